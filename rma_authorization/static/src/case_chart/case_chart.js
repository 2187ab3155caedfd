import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Faulty units of the last weeks as bars, and those to be expected as a line.
 */
export class CaseChart extends Component {
    static template = "rma_authorization.CaseChart";
    static props = standardFieldProps;

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (data) => {
                if (!data) {
                    return;
                }
                const chart = new window.Chart(this.canvas.el, this.getConfig(data));
                return () => chart.destroy();
            },
            () => [this.data]
        );
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    get counted() {
        return this.data.counted.reduce((sum, number) => sum + number, 0);
    }

    get expected() {
        return this.data.expected.reduce((sum, number) => sum + number, 0).toFixed(1);
    }

    getConfig(data) {
        const scheme = cookie.get("color_scheme");
        return {
            data: {
                labels: data.labels,
                datasets: [
                    {
                        type: "line",
                        label: _t("To be expected"),
                        data: data.expected,
                        // the palette has three colours, and the bars have the second
                        borderColor: getColor(0, scheme, "odoo"),
                        borderDash: [6, 4],
                        pointRadius: 0,
                    },
                    {
                        type: "bar",
                        label: _t("Counted"),
                        data: data.counted,
                        backgroundColor: getColor(1, scheme, "odoo"),
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                scales: { y: { beginAtZero: true, ticks: { precision: 0 } } },
            },
        };
    }
}

registry.category("fields").add("rma_case_chart", {
    component: CaseChart,
    supportedTypes: ["json"],
});
