import { browser } from "@web/core/browser/browser";

const MUTED_KEY = "rma_authorization_dock.muted";
// Hertz and seconds: what is fine is high and short, what isn't is low and long.
const TONES = {
    accept: [880, 0.12],
    refuse: [196, 0.45],
    choose: [440, 0.25],
    unknown: [330, 0.35],
    hold: [440, 0.25],
};

/**
 * Beeps that tell a verdict to who looks at the parcel and not at the screen.
 */
export class DockSound {
    constructor() {
        this.isMuted = browser.localStorage.getItem(MUTED_KEY) === "1";
    }

    toggle() {
        this.isMuted = !this.isMuted;
        browser.localStorage.setItem(MUTED_KEY, this.isMuted ? "1" : "0");
    }

    play(verdict) {
        const AudioContext = window.AudioContext || window.webkitAudioContext;
        if (this.isMuted || !AudioContext || !TONES[verdict]) {
            return;
        }
        this.context ||= new AudioContext();
        const [frequency, duration] = TONES[verdict];
        const now = this.context.currentTime;
        const tone = this.context.createOscillator();
        const volume = this.context.createGain();
        tone.frequency.value = frequency;
        volume.gain.setValueAtTime(0.2, now);
        // without a fade, loudspeakers click
        volume.gain.linearRampToValueAtTime(0, now + duration);
        tone.connect(volume).connect(this.context.destination);
        tone.start(now);
        tone.stop(now + duration);
    }

    stop() {
        this.context?.close();
    }
}
