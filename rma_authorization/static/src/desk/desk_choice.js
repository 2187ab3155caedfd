import { Component } from "@odoo/owl";

/** Buttons of which one is chosen, each with its key. */
export class DeskChoice extends Component {
    static template = "rma_authorization.DeskChoice";
    static props = {
        label: String,
        name: String,
        options: Array,
        value: [String, Boolean],
        onChoose: Function,
    };
}
