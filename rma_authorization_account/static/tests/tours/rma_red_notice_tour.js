import { registry } from "@web/core/registry";

/**
 * An accountant types the number of a red-letter notice into the list, and releases the
 * credit note. The test that runs it made the one note that waits.
 */
registry.category("web_tour.tours").add("rma_red_notice_tour", {
    steps: () => [
        {
            content: "The credit note waits for its notice",
            trigger: ".o_data_row:contains(Tourist) td[name=rma_red_notice_number]",
            run: "click",
        },
        {
            trigger: ".o_selected_row td[name=rma_red_notice_number] input",
            run: "edit 3101 0425 1109 0000 0017",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "The number is kept without its blanks",
            trigger:
                ".o_data_row:not(.o_selected_row):contains(31010425110900000017)",
        },
        {
            trigger: ".o_data_row:contains(Tourist) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: "button[name=action_release_rma_credits]",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_view_nocontent:contains(No credit note waits for a notice)",
        },
    ],
});
