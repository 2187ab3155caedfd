import { registry } from "@web/core/registry";

const figure = (name) => `.o_rma_dashboard_figure[data-figure=${name}]`;

/**
 * The dashboard of an agent, on a phone: what waits, figures, and the lists behind them.
 * The test that runs it has sold and taken back Tour Radios.
 */
registry.category("web_tour.tours").add("rma_dashboard_tour", {
    steps: () => [
        { trigger: ".o_rma_dashboard_queue[data-queue=inspect]" },
        { trigger: figure("return_rate") },
        {
            content: "The chart is drawn",
            trigger: ".o_rma_dashboard canvas",
        },
        {
            content: "Choose another period",
            trigger: ".o_rma_dashboard_period",
            run: "select year",
        },
        {
            content: "Everything was counted anew",
            trigger: ".o_rma_dashboard[aria-busy=false]",
        },
        {
            content: "Open what is to be inspected",
            trigger: ".o_rma_dashboard_queue[data-queue=inspect]",
            run: "click",
        },
        { trigger: ".o_breadcrumb:contains(To Inspect)" },
        {
            content: "Back to the dashboard",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "Open what a product was counted from",
            trigger: ".o_rma_dashboard_products button:contains(Tour Radio)",
            run: "click",
        },
        {
            content: "Open the return behind a row",
            trigger: ".o_data_row:contains(Received) .o_data_cell",
            run: "click",
        },
        { trigger: ".o_form_view:contains(Tour Radio)" },
    ],
});
