import { Component, onWillStart, useState } from "@odoo/owl";
import { cookie } from "@web/core/browser/cookie";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DashboardChart } from "./dashboard_chart";

const MODEL = "rma.authorization.dashboard";
// Bars and lines are told apart by lightness as well, for those who see no colours.
const COLORS = {
    bright: { bar: "#9CC9F0", line: "#9A3412", text: "#495057", grid: "#DEE2E6" },
    dark: { bar: "#3C6E9C", line: "#FDBA74", text: "#CED4DA", grid: "#495057" },
};

/**
 * What waits for whom, and how returns went. The server counts everything in one call,
 * and says it as text in the user's language.
 */
export class ReturnsDashboard extends Component {
    static template = "rma_authorization.ReturnsDashboard";
    static components = { DashboardChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ period: "quarter", companyId: false, isLoading: false });
        this.periods = [
            ["month", _t("Last 30 days")],
            ["quarter", _t("Last 90 days")],
            ["year", _t("Last 365 days")],
        ];
        onWillStart(() => this.load());
    }

    get scope() {
        return { period: this.state.period, company_id: this.state.companyId };
    }

    async load() {
        this.state.isLoading = true;
        try {
            const data = await this.keepLast.add(
                this.orm.call(MODEL, "get_data", [], this.scope)
            );
            this.state.data = data;
            this.charts = data.trend
                ? { trend: this.getTrendConfig(data), faults: this.getFaultsConfig(data) }
                : {};
        } finally {
            this.state.isLoading = false;
        }
    }

    // -- input ------------------------------------------------------------------------

    onPeriod(ev) {
        this.state.period = ev.target.value;
        return this.load();
    }

    onCompany(ev) {
        this.state.companyId = Number(ev.target.value) || false;
        return this.load();
    }

    async refresh() {
        this.action.doAction(await this.orm.call(MODEL, "action_refresh"));
    }

    async openQueue(key) {
        this.action.doAction(
            await this.orm.call(MODEL, "action_open_queue", [key], {
                company_id: this.state.companyId,
            })
        );
    }

    async openRows(name, resId = false) {
        this.action.doAction(
            await this.orm.call(MODEL, "action_open_rows", [name, resId], this.scope)
        );
    }

    // -- charts -----------------------------------------------------------------------

    /** Bars of `units`, with a line of `percent` and its own axis. */
    getConfig(labels, units, percent, axis = {}) {
        const colors = COLORS[cookie.get("color_scheme") === "dark" ? "dark" : "bright"];
        const getTicks = (ticks) => ({ color: colors.text, ...ticks });
        return {
            data: {
                labels,
                datasets: [
                    {
                        type: "line",
                        ...percent,
                        borderColor: colors.line,
                        backgroundColor: colors.line,
                        yAxisID: "percent",
                    },
                    { type: "bar", ...units, backgroundColor: colors.bar },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: { legend: { position: "bottom", labels: { color: colors.text } } },
                scales: {
                    x: { ticks: getTicks(), grid: { display: false } },
                    y: {
                        beginAtZero: true,
                        ticks: getTicks({ precision: 0 }),
                        grid: { color: colors.grid },
                    },
                    percent: {
                        beginAtZero: true,
                        position: "right",
                        ticks: getTicks({ callback: (value) => `${value} %` }),
                        grid: { display: false },
                        ...axis,
                    },
                },
            },
        };
    }

    getTrendConfig({ trend }) {
        return this.getConfig(
            trend.labels,
            { label: _t("Units returned"), data: trend.returned },
            { label: _t("Return rate (%)"), data: trend.rates }
        );
    }

    getFaultsConfig({ faults }) {
        return this.getConfig(
            faults.map((fault) => fault.name),
            {
                label: _t("Units with this fault"),
                data: faults.map((fault) => fault.qty),
            },
            {
                label: _t("Together (%)"),
                data: faults.map((fault) => fault.cumulated),
            },
            { max: 100 }
        );
    }
}

registry.category("actions").add("rma_authorization_dashboard", ReturnsDashboard);
