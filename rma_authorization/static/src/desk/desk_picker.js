import { Component, onMounted, useRef, useState } from "@odoo/owl";

const SHOWN = 8;

/**
 * Chooses a fault or a cause by typing: each word has to be in its name or its code.
 */
export class DeskPicker extends Component {
    static template = "rma_authorization.DeskPicker";
    static props = {
        label: String,
        options: Array,
        onChoose: Function,
        onCancel: Function,
    };

    setup() {
        this.state = useState({ text: "", index: 0 });
        this.input = useRef("input");
        onMounted(() => this.input.el.focus());
    }

    get found() {
        const words = this.state.text.toLowerCase().split(/\s+/);
        return this.props.options
            .filter((option) => {
                const name = `${option.name} ${option.code}`.toLowerCase();
                return words.every((word) => name.includes(word));
            })
            .slice(0, SHOWN);
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.state.index = 0;
    }

    onKeydown(ev) {
        const last = this.found.length - 1;
        if (ev.key === "ArrowDown") {
            this.state.index = Math.min(this.state.index + 1, last);
        } else if (ev.key === "ArrowUp") {
            this.state.index = Math.max(this.state.index - 1, 0);
        } else if (ev.key === "Enter" && last >= 0) {
            this.props.onChoose(this.found[this.state.index]);
        } else if (ev.key === "Escape") {
            this.props.onCancel();
        } else if (ev.key !== "Enter") {
            return;
        }
        // neither the desk nor a dialog around it takes the key once more
        ev.preventDefault();
        ev.stopPropagation();
    }
}
