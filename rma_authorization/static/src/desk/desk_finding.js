import { Component, useRef, useState } from "@odoo/owl";
import { useFileUploader } from "@web/core/utils/files";
import { useAutofocus } from "@web/core/utils/hooks";
import { DeskChoice } from "./desk_choice";

const UPLOAD = "/web/binary/upload_attachment";
const FINDING = "rma.authorization.inspection";

/**
 * What was found: the choices made, and the fields to type in. Keys are taken by the
 * desk; a field gives the focus back with Enter or Escape.
 */
export class DeskFinding extends Component {
    static template = "rma_authorization.DeskFinding";
    static components = { DeskChoice };
    static props = {
        draft: Object,
        choices: Object,
        uom: String,
        run: Function,
        onChange: Function,
        onLeave: Function,
        onFail: Function,
        // the desk asks for the focus of these by their name
        fields: Object,
    };

    setup() {
        this.draft = useState(this.props.draft);
        this.upload = useFileUploader();
        this.quantity = useRef("quantity");
        this.note = useRef("note");
        // said to be incomplete: the field that asks what is missing takes the focus
        useAutofocus({ refName: "missing" });
        this.files = useRef("files");
        Object.assign(this.props.fields, {
            focusQuantity: () => this.quantity.el?.select(),
            focusNote: () => this.note.el?.focus(),
            chooseFiles: () => this.files.el?.click(),
        });
    }

    // -- what is shown ----------------------------------------------------------------

    get grades() {
        return this.props.choices.grade.map((choice, index) => ({
            ...choice,
            key: String(index + 1),
        }));
    }

    get verdicts() {
        const keys = { accepted: "A", rejected: "R" };
        return this.props.choices.verdict.map((choice) => ({ ...choice, key: keys[choice.code] }));
    }

    get diagnoses() {
        const keys = { found: "F", none: "N" };
        return this.props.choices.fault_found.map((choice) => ({
            ...choice,
            key: keys[choice.code],
        }));
    }

    get responsibles() {
        return this.props.choices.responsible;
    }

    // -- what is entered --------------------------------------------------------------

    onQuantity(ev) {
        this.draft.setQty(parseFloat(ev.target.value.replace(",", ".")));
        this.props.onChange();
    }

    onText(name, ev) {
        this.draft[name] = ev.target.value;
    }

    onFieldKeydown(ev) {
        const isLine = ev.target.tagName === "TEXTAREA" && ev.shiftKey;
        if (ev.key === "Escape" || (ev.key === "Enter" && !isLine)) {
            ev.preventDefault();
            ev.stopPropagation();
            this.props.onLeave();
        }
    }

    async onFiles(ev) {
        const files = [...ev.target.files];
        if (!files.length) {
            return;
        }
        const sent = await this.upload(UPLOAD, {
            csrf_token: odoo.csrf_token,
            ufile: files,
            model: FINDING,
            id: 0,
        });
        ev.target.value = "";
        this.props.onLeave();
        for (const file of sent || []) {
            if (file.error) {
                this.props.onFail(file.error);
            } else {
                this.draft.photos.push({ id: file.id, name: file.filename });
            }
        }
    }
}
