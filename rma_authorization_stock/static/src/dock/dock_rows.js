import { Component, useState } from "@odoo/owl";

/**
 * What a return expects, what has come before, and what was counted of this parcel.
 */
export class DockRows extends Component {
    static template = "rma_authorization_stock.DockRows";
    static props = {
        parcel: Object,
        onMore: Function,
        onLess: Function,
        onToggle: Function,
    };

    setup() {
        this.parcel = useState(this.props.parcel);
    }

    getClass(row) {
        const counted = this.parcel.getCounted(row);
        return {
            "table-active": row === this.parcel.selectedRow,
            "text-success": counted > 0 && counted === row.expected,
            "text-danger": counted > row.expected,
        };
    }
}
