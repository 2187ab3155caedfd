import { Component } from "@odoo/owl";
import { DESK_KEYS } from "./desk_keys";

/** The keys of the desk. */
export class DeskHelp extends Component {
    static template = "rma_authorization.DeskHelp";
    static props = {};

    get keys() {
        return DESK_KEYS.map(({ shown, label }) => ({ shown, label: label.toString() }));
    }
}
