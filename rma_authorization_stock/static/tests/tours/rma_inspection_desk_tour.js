import { registry } from "@web/core/registry";

const INPUT = "#rma_desk_input:focus";

function press(key, trigger = INPUT) {
    return { content: `Press ${key}`, trigger, run: `press ${key}` };
}

function scan(number) {
    return [
        { content: `Scan ${number}`, trigger: INPUT, run: `edit ${number}` },
        press("Enter"),
    ];
}

function type(text, trigger) {
    return [{ trigger: `${trigger}:focus`, run: `edit ${text}` }, press("Enter", `${trigger}:focus`)];
}

function see(trigger) {
    return { content: `See ${trigger}`, trigger };
}

const chosen = (name, code) => see(`[data-name=${name}] [data-code=${code}][aria-pressed=true]`);
const proposed = (resolution, disposition) =>
    see(
        `.o_rma_desk_proposal[data-resolution=${resolution}][data-disposition=${disposition}]`
    );
const told = (kind, text) => see(`.o_rma_desk_message[data-kind=${kind}]:contains(${text})`);
const current = (text) => see(`.o_rma_desk_row[aria-current=true]:contains(${text})`);

/**
 * The inspection desk by keyboard alone. The test that runs it makes what waits, the
 * oldest first: ten radios, two returns of lamps, and the phones Phone-001 and Phone-002.
 */
registry.category("web_tour.tours").add("rma_inspection_desk_tour", {
    steps: () => [
        // keys are explained
        current("Radio"),
        press("?"),
        see(".o_rma_desk_help:contains(accept)"),
        press("?"),
        see(".o_rma_desk:not(:has(.o_rma_desk_help))"),
        press("Enter"),
        told("refuse", "Nothing was judged"),

        // ten radios: three like new, five faulty, one damaged, one rejected
        press("1"),
        chosen("grade", "new"),
        proposed("exchange", "restock"),
        see(".o_rma_desk_worth:contains(90%)"),
        press("q"),
        ...type("3", "#rma_desk_quantity"),
        press("s"),
        see(".o_rma_desk_parts li:contains(3):contains(As New)"),
        press("f"),
        ...type("switch on", "#rma_desk_picker"),
        see(".o_rma_desk_fault:contains(Does Not Switch On)"),
        press("c"),
        ...type("material", "#rma_desk_picker"),
        see(".o_rma_desk_cause:contains(Material)"),
        press("-"),
        press("-"),
        see(".o_rma_desk_proposal"),
        press("s"),
        see(".o_rma_desk_parts li:nth-child(2):contains(5)"),
        press("4"),
        chosen("grade", "damaged"),
        proposed("exchange", "scrap"),
        press("-"),
        press("s"),
        see(".o_rma_desk_parts li:nth-child(3):contains(1)"),
        press("r"),
        chosen("verdict", "rejected"),
        proposed("none", "send_back"),
        press("t"),
        ...type("Not ours", "#rma_desk_note"),
        press("Enter"),
        told("accept", "recorded"),

        // two returns of lamps, alike
        current("Lamp"),
        press("x"),
        see(".o_rma_desk_marked"),
        press("ArrowDown"),
        see(".o_rma_desk_row:nth-child(2)[aria-current=true]:contains(Lamp)"),
        press("n"),
        chosen("fault_found", "none"),
        press("2"),
        chosen("grade", "good"),
        press("Enter"),
        told("accept", "2 findings on 2 lines"),

        // phones by their numbers; one is decided otherwise, and why
        ...scan("Nobody-9"),
        told("refuse", "Nothing waits to be inspected under Nobody-9"),
        ...scan("Phone-002"),
        see(".o_rma_desk_numbers [aria-pressed=true]:contains(Phone-002)"),
        press("1"),
        proposed("exchange", "restock"),
        press("o"),
        { trigger: ".o_rma_desk_overrule select:first:focus", run: "press Tab" },
        { trigger: ".o_rma_desk_overrule select:last:focus", run: "select scrap" },
        { trigger: ".o_rma_desk_overrule select:last:focus", run: "press Tab" },
        ...type("Water inside", ".o_rma_desk_why"),
        press("Enter"),
        told("accept", "1 Units still to be judged"),
        see(".o_rma_desk_numbers [aria-pressed=true]:contains(Phone-001)"),
        press("i"),
        ...type("The charger", ".o_rma_desk_missing_parts"),
        press("1"),
        proposed("exchange", "regrade"),
        press("Enter"),
        told("accept", "recorded"),
    ],
});
