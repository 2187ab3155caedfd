import { Component } from "@odoo/owl";

/** What the inspector has to know of the goods: why they came back, what is known. */
export class DeskUnit extends Component {
    static template = "rma_authorization.DeskUnit";
    static props = {
        unit: Object,
        lotId: [Number, Boolean],
        openNumbers: Array,
        onChooseNumber: Function,
    };

    getUrl(file) {
        return file.is_image ? `/web/image/${file.id}` : `/web/content/${file.id}`;
    }

    isOpen(number) {
        return this.props.openNumbers.some((one) => one.id === number.id);
    }
}
