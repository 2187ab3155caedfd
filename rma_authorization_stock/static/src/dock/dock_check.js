import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DockParcel } from "./dock_parcel";
import { DockRows } from "./dock_rows";
import { DockSound } from "./dock_sound";
import { DockVerdict } from "./dock_verdict";

const MODEL = "rma.authorization.dock";
const KEPT_PARCELS = 10;
const IDLE = {
    verdict: "idle",
    message: _t("Scan a label, a parcel, a delivery, a serial number or a product."),
    choices: [],
    exception: false,
};
// Barcodes to print and hang up.
const COMMANDS = {
    RECEIVE: "receive",
    CLEAR: "clear",
    ALL: "countAll",
    COMPLETE: "tickAll",
    PHOTO: "takePhoto",
    EXCEPTION: "addException",
    REGISTER: "register",
};
// Keys that act while nothing is typed; scanners send a whole number at once.
const KEYS = {
    "+": "countMore",
    "-": "countLess",
    ArrowRight: "countMore",
    ArrowLeft: "countLess",
    "*": "countAll",
    "!": "addException",
    " ": "tick",
    F2: "takePhoto",
    ArrowDown: "selectNext",
    ArrowUp: "selectPrevious",
    Escape: "clear",
};

/**
 * The dock check: one input that always has the focus takes what scanners and people
 * type. The server judges each scan; scans that come meanwhile wait for their turn.
 */
export class DockCheck extends Component {
    static template = "rma_authorization_stock.DockCheck";
    static components = { DockRows, DockVerdict };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.sound = useState(new DockSound());
        this.parcel = useState(new DockParcel());
        this.state = useState({ answer: IDLE, history: [], scanned: [] });
        this.input = useRef("input");
        this.photo = useRef("photo");
        this.mutex = new Mutex();
        this.parcelCount = 0;
        // scans while something else has the focus
        useBus(useService("barcode").bus, "barcode_scanned", (ev) =>
            this.submit(ev.detail.barcode)
        );
        onMounted(() => this.focus());
        onWillUnmount(() => this.sound.stop());
    }

    focus() {
        this.input.el?.focus();
    }

    // -- input ------------------------------------------------------------------------

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            const text = this.input.el.value;
            this.input.el.value = "";
            this.submit(text);
        } else if (KEYS[ev.key] && (!this.input.el.value || ev.key === "Escape")) {
            ev.preventDefault();
            this.input.el.value = "";
            this.run(KEYS[ev.key]);
        }
    }

    /** Clicks on the page give the focus back. */
    onClick() {
        this.focus();
    }

    submit(text) {
        const barcode = text.trim();
        const command = COMMANDS[barcode.toUpperCase()];
        if (command) {
            return this.run(command);
        }
        return this.mutex.exec(() => (barcode ? this.scan(barcode) : this.goOn()));
    }

    run(command) {
        return this.mutex.exec(() => this[command]());
    }

    // -- steps ------------------------------------------------------------------------

    async scan(barcode) {
        const { choices } = this.state.answer;
        const choice = /^\d$/.test(barcode) && choices[Number(barcode) - 1];
        let request = this.parcel.request;
        if (choice) {
            request = { rma_id: choice.id, goods: [] };
            barcode = this.state.scanned.at(-1);
        } else {
            if (!request.rma_id && this.state.answer.verdict !== "unknown") {
                this.state.scanned = [];
            }
            this.state.scanned.push(barcode);
        }
        const answer = await this.call("scan", [barcode, request]);
        if (!answer) {
            return;
        }
        this.parcel.show(answer.rma);
        if (answer.count) {
            this.parcel.add(answer.count);
        }
        this.tell(answer);
        if (answer.verdict === "refuse" && !this.parcel.isOpen) {
            this.remember(answer, answer.rma ? answer.rma.name : barcode);
        }
    }

    /** Enter on the empty input: whatever comes next. */
    goOn() {
        if (this.parcel.isOpen) {
            return this.receive();
        }
        if (this.state.answer.verdict === "unknown") {
            return this.register();
        }
    }

    async receive() {
        if (!this.parcel.isOpen) {
            return;
        }
        const goods = this.parcel.goods.map((one) => ({ ...one }));
        const missing = this.parcel.missing;
        if (missing.length && !this.parcel.isWarned) {
            this.parcel.isWarned = true;
            this.tell({
                ...IDLE,
                verdict: "choose",
                message: _t(
                    "Not ticked: %s. Tick what is there with the space bar. Receive again, and the rest is recorded as missing.",
                    missing.map((one) => one.name).join(", ")
                ),
            });
            return;
        }
        const answer = await this.call("receive", [this.parcel.rma.id, goods, missing]);
        if (!answer) {
            return;
        }
        this.parcel.finish(answer.rma);
        this.tell(answer);
        this.remember(answer, answer.rma.name);
        if (answer.action) {
            // not awaited: the window stays open as long as somebody decides
            this.action.doAction(answer.action, { onClose: () => this.lookAgain() });
        }
    }

    /** What became of the return after a window was closed. */
    async lookAgain() {
        const answer = await this.call("scan", ["", { rma_id: this.parcel.rma.id }]);
        if (answer) {
            this.parcel.finish(answer.rma);
            this.tell(answer);
        }
        this.focus();
    }

    async register() {
        if (this.state.answer.verdict !== "unknown") {
            return;
        }
        const answer = await this.call("register", [[...this.state.scanned]]);
        if (answer) {
            this.parcel.show(answer.rma);
            this.tell(answer);
            this.remember(answer, this.state.scanned[0]);
        }
    }

    addException() {
        if (this.state.answer.exception) {
            this.parcel.add(this.state.answer.exception);
            this.tell({
                ...IDLE,
                verdict: "choose",
                message: _t("Added as an exception: you choose what to do when you receive it."),
            });
        }
    }

    countMore(row = this.parcel.selectedRow) {
        if (!this.parcel.isOpen || !row) {
            return;
        }
        if (row.tracking === "none") {
            this.parcel.addOne(row);
        } else {
            this.tell({
                ...IDLE,
                verdict: "refuse",
                message: _t("%s comes with a number: scan it.", row.name),
            });
        }
    }

    countLess(row = this.parcel.selectedRow) {
        if (this.parcel.isOpen && row) {
            this.parcel.removeOne(row);
        }
    }

    countAll() {
        if (this.parcel.isOpen) {
            this.parcel.addAll();
        }
    }

    tick() {
        this.parcel.tick();
    }

    tickAll() {
        this.parcel.tickAll();
    }

    toggle(row, accessory) {
        this.parcel.toggle(row, accessory);
    }

    selectNext() {
        this.parcel.move(1);
    }

    selectPrevious() {
        this.parcel.move(-1);
    }

    clear() {
        this.parcel.clear();
        this.state.scanned = [];
        this.state.answer = IDLE;
    }

    toggleSound() {
        this.sound.toggle();
    }

    // -- photo ------------------------------------------------------------------------

    /** Open the camera, or the choice of a file where there is none. */
    takePhoto() {
        this.photo.el?.click();
    }

    async onPhoto(ev) {
        const [file] = ev.target.files;
        const rma = this.parcel.rma;
        if (file && rma) {
            const content = (await getDataURLFromFile(file)).split(",")[1];
            await this.mutex.exec(() => this.attachPhoto(rma, file.name, content));
        }
        // the same file may be chosen again
        ev.target.value = "";
        this.focus();
    }

    async attachPhoto(rma, name, content) {
        if (await this.call("attach_photo", [rma.id, name, content])) {
            this.notification.add(_t("The photo is kept with %s.", rma.name), {
                type: "success",
            });
        }
    }

    // -- answers ----------------------------------------------------------------------

    /** An answer of the server; what it refuses with an error is a verdict, too. */
    async call(method, args) {
        try {
            return await this.orm.call(MODEL, method, args);
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            this.tell({
                ...IDLE,
                verdict: "refuse",
                message: error.data?.message || error.message,
            });
            return false;
        }
    }

    tell(answer) {
        this.state.answer = answer;
        this.sound.play(answer.verdict);
    }

    remember(answer, name) {
        const time = luxon.DateTime.now().toFormat("HH:mm:ss");
        this.state.history.unshift({
            id: ++this.parcelCount,
            time,
            name,
            verdict: answer.verdict,
            message: answer.message,
        });
        this.state.history.splice(KEPT_PARCELS);
    }
}

registry.category("actions").add("rma_authorization_dock", DockCheck);
