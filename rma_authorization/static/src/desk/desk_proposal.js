import { Component, onMounted, onPatched, useRef, useState } from "@odoo/owl";

/**
 * What follows from the finding, and why; and where something else is decided, what
 * and why.
 */
export class DeskProposal extends Component {
    static template = "rma_authorization.DeskProposal";
    static props = {
        proposal: Object,
        draft: Object,
        choices: Object,
        onChange: Function,
        onLeave: Function,
        onCancel: Function,
    };

    setup() {
        this.draft = useState(this.props.draft);
        this.resolution = useRef("resolution");
        this.wasOverruling = false;
        // who decides otherwise goes on in these fields
        const follow = () => {
            const isOverruling = this.draft.isOverruling;
            if (isOverruling && !this.wasOverruling) {
                this.resolution.el?.focus();
            }
            this.wasOverruling = isOverruling;
        };
        onMounted(follow);
        onPatched(follow);
    }

    onChoose(name, ev) {
        this.draft[name] = ev.target.value;
        this.props.onChange();
    }

    onReason(ev) {
        this.draft.overruleReason = ev.target.value;
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            this.props.onCancel();
        } else if (ev.key === "Enter") {
            this.props.onLeave();
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }
}
