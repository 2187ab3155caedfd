import { registry } from "@web/core/registry";

const INPUT = "#rma_dock_input:focus";

function scan(number) {
    return [
        { content: `Scan ${number}`, trigger: INPUT, run: `edit ${number}` },
        { trigger: INPUT, run: "press Enter" },
    ];
}

function press(key) {
    return { content: `Press ${key}`, trigger: INPUT, run: `press ${key}` };
}

function verdict(name, text) {
    return {
        content: `The screen says ${name}: ${text}`,
        trigger: `.o_rma_dock_verdict[data-verdict=${name}]:contains(${text})`,
    };
}

/**
 * Parcels at the dock by keyboard alone. The test that runs it makes the returns: of
 * three radios that came with number 1Z-TOUR, and of the phones Phone-001 and Phone-002.
 */
registry.category("web_tour.tours").add("rma_dock_check_tour", {
    steps: () => [
        ...scan("1Z-TOUR"),
        verdict("accept", "3 Units Radio"),
        press("ArrowRight"),
        press("ArrowRight"),
        { trigger: ".o_rma_dock_counted:contains(2)" },
        press("-"),
        { trigger: ".o_rma_dock_counted:contains(1)" },
        press("Enter"),
        verdict("accept", "still expects: 2 Units Radio"),

        ...scan("1Z-TOUR"),
        verdict("accept", "2 Units Radio"),
        press("*"),
        { trigger: ".o_rma_dock_counted:contains(2)" },
        press("Enter"),
        verdict("accept", "is here"),

        ...scan("1Z-TOUR"),
        verdict("refuse", "received already"),

        ...scan("Phone-001"),
        verdict("accept", "Phone-001: 1 of 2"),
        ...scan("Phone-001"),
        verdict("refuse", "counted already"),
        ...scan("Phone-003"),
        verdict("refuse", "Authorized: Phone-001, Phone-002"),
        ...scan("Phone-002"),
        verdict("accept", "Phone-002: 2 of 2"),
        {
            content: "Two accessories are to be ticked",
            trigger: ".o_rma_dock_accessory:contains(Charger)",
        },
        press("Enter"),
        verdict("choose", "Not ticked: Charger, Cable"),
        press("ArrowDown"),
        {
            content: "The charger is selected",
            trigger: ".o_rma_dock_accessory[aria-current=true]:contains(Charger)",
        },
        press("Space"),
        {
            content: "The charger is there, and the cable is missing",
            trigger: ".o_rma_dock_accessory:contains(Charger) input:checked",
        },
        press("Enter"),
        verdict("accept", "is here"),
        { content: "Photos can be taken", trigger: ".o_rma_dock_photo:contains(Photo)" },

        ...scan("Nobody-9"),
        verdict("unknown", "Nothing is known by Nobody-9"),
        press("Enter"),
        verdict("hold", "Registered as RET"),
        ...scan("Nobody-9"),
        verdict("refuse", "waits for review"),

        {
            content: "Six parcels are in the history",
            trigger: ".o_rma_dock_history li:nth-child(6)",
        },
    ],
});
