import { registry } from "@web/core/registry";

/**
 * The credit journey by clicks, from the delivered and invoiced sales order to the
 * posted credit note. Needs the stock addon for the return picking; the test that
 * runs it opens the order.
 */
registry.category("web_tour.tours").add("rma_credit_journey_tour", {
    steps: () => [
        {
            content: "Start the return from the order",
            trigger: ".o_form_view button[name=action_create_rma]",
            run: "click",
        },
        {
            content: "The customer wants a credit",
            trigger: ".modal div[name=resolution] .o_select_menu_toggler",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Credit)",
            run: "click",
        },
        {
            content: "Two of five come back",
            trigger: ".modal .o_data_row td[name=qty]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row td[name=qty] input",
            run: "edit 2",
        },
        {
            trigger: ".modal button[name=action_create_rma]",
            run: "click",
        },
        {
            content: "The draft shows the quantity",
            trigger: ".o_form_view:contains(RET/) .o_data_row:contains(Tour Radio)",
        },
        {
            content: "Put the goods back to stock afterwards",
            trigger: ".o_form_view button[name=action_submit].btn-primary",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_authorize].btn-primary",
            run: "click",
        },
        {
            content: "The RMA number is given, the goods are expected",
            trigger: ".o_form_view:contains(RMA2) button[name=action_receive].btn-primary",
            run: "click",
        },
        {
            content: "Validate the return picking",
            trigger:
                ".o_form_view:contains(/RMA/) button[name=button_validate]:enabled",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Done)",
        },
        {
            content: "Back to the return",
            trigger: ".o_form_view button[name=action_view_rma]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_open_inspect].btn-primary",
            run: "click",
        },
        {
            content: "The goods are fine: back to stock",
            trigger: ".modal .o_data_row td[name=disposition]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row td[name=disposition] .o_select_menu_toggler",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Back to Stock)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Accepted: now settle",
            trigger: ".o_form_view button[name=action_settle].btn-primary",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_dispose].btn-primary",
            run: "click",
        },
        {
            content: "Everything is started, only the credit note is open",
            trigger: ".o_form_view:not(:has(button[name=action_dispose].btn-primary))",
        },
        {
            trigger: ".o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            content: "The draft credit note waits for the accountant",
            trigger: "button[name=action_view_credit_notes]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_post]",
            run: "click",
        },
        {
            content: "Posted, and set off against the invoice",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current:contains(Posted)",
        },
    ],
});
