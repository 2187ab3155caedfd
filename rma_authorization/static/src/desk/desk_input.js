import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useForwardRefToParent } from "@web/core/utils/hooks";
import { getCommand, isAmbiguous } from "./desk_keys";

// Scanners send the next character within 50 ms, people later.
const SCANNER_PAUSE = 80;

/**
 * The input that has the focus: it takes scans, typed numbers and single keys. A letter
 * or a digit is a key once nothing followed it for a moment.
 */
export class DeskInput extends Component {
    static template = "rma_authorization.DeskInput";
    static props = {
        inputRef: Function,
        onCommand: Function,
        onText: Function,
        onEnter: Function,
    };

    setup() {
        this.input = useForwardRefToParent("inputRef");
        // a number is typed by hand: keys are no commands
        this.state = useState({ isTyping: false });
        onWillUnmount(() => clearTimeout(this.pause));
    }

    get placeholder() {
        return this.state.isTyping
            ? _t("Type the number, then Enter")
            : _t("Scan a number, or press a key (? shows them)");
    }

    onKeydown(ev) {
        if (ev.isComposing || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        clearTimeout(this.pause);
        const isEmpty = !this.state.isTyping && !this.input.el.value;
        if (ev.key === "Enter") {
            ev.preventDefault();
            const text = this.takeText();
            if (text) {
                this.props.onText(text);
            } else {
                this.props.onEnter();
            }
        } else if (isEmpty) {
            this.onKey(ev);
        } else if (ev.key === "Escape") {
            ev.preventDefault();
            this.takeText();
        }
    }

    onKey(ev) {
        const command = getCommand(ev.key);
        if (!command) {
            return;
        }
        if (isAmbiguous(ev.key)) {
            this.pause = setTimeout(() => this.onPause(command), SCANNER_PAUSE);
            return;
        }
        ev.preventDefault();
        if (command[0] === "typeNumber") {
            this.state.isTyping = true;
        } else {
            this.props.onCommand(...command);
        }
    }

    /** Nothing followed: it was a key. */
    onPause(command) {
        if (this.input.el && this.input.el.value.length <= 1) {
            this.takeText();
            this.props.onCommand(...command);
        }
    }

    takeText() {
        const text = this.input.el.value.trim();
        this.input.el.value = "";
        this.state.isTyping = false;
        return text;
    }
}
