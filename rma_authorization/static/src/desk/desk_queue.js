import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** What waits to be inspected, the oldest first. */
export class DeskQueue extends Component {
    static template = "rma_authorization.DeskQueue";
    static props = {
        rows: Array,
        total: Number,
        selectedId: [Number, Boolean],
        marked: Array,
        isLateOnly: Boolean,
        onSelect: Function,
    };

    setup() {
        this.list = useRef("list");
        useEffect(
            () => {
                const row = this.list.el?.querySelector("[aria-current='true']");
                row?.scrollIntoView({ block: "nearest" });
            },
            () => [this.props.selectedId]
        );
    }

    get title() {
        const { rows, total } = this.props;
        return rows.length < total
            ? _t("%(shown)s of %(total)s to inspect", { shown: rows.length, total })
            : _t("%s to inspect", total);
    }

    getAge(row) {
        if (!row.days) {
            return _t("today");
        }
        return row.days === 1 ? _t("1 day") : _t("%s days", row.days);
    }

    isMarked(row) {
        return this.props.marked.includes(row.id);
    }
}
