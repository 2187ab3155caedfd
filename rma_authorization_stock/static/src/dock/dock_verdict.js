import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/**
 * The verdict on a scan: in words, in colour and with an icon.
 */
export class DockVerdict extends Component {
    static template = "rma_authorization_stock.DockVerdict";
    static props = {
        verdict: String,
        message: String,
    };

    get look() {
        return {
            idle: { label: _t("Scan"), icon: "fa-barcode", color: "text-bg-secondary" },
            accept: { label: _t("Accept"), icon: "fa-check-circle", color: "text-bg-success" },
            refuse: { label: _t("Refuse"), icon: "fa-times-circle", color: "text-bg-danger" },
            choose: { label: _t("Choose"), icon: "fa-list-ol", color: "text-bg-warning" },
            unknown: { label: _t("Unknown"), icon: "fa-question-circle", color: "text-bg-warning" },
            hold: { label: _t("Put Aside"), icon: "fa-archive", color: "text-bg-info" },
        }[this.props.verdict];
    }
}
