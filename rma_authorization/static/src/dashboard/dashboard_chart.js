import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/**
 * A chart of the dashboard. What it shows stands beside it as text, too: it is hidden
 * from screen readers.
 */
export class DashboardChart extends Component {
    static template = "rma_authorization.DashboardChart";
    static props = { config: Object };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (config) => {
                const chart = new window.Chart(this.canvas.el, config);
                return () => chart.destroy();
            },
            () => [this.props.config]
        );
    }
}
