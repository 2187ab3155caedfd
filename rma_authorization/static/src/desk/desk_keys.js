import { _t } from "@web/core/l10n/translation";

/**
 * The keys of the inspection desk, in the order in which they are explained. A command
 * is a method of `InspectionDesk`. Digits choose the grade, and are not listed here.
 */
export const DESK_KEYS = [
    { keys: ["ArrowUp"], shown: "↑", command: "selectPrevious", label: _t("row above") },
    { keys: ["ArrowDown"], shown: "↓", command: "selectNext", label: _t("row below") },
    { keys: ["ArrowLeft"], shown: "←", command: "previousNumber", label: _t("number before") },
    { keys: ["ArrowRight"], shown: "→", command: "nextNumber", label: _t("next number") },
    { keys: ["a"], shown: "A", command: "accept", label: _t("accept") },
    { keys: ["r"], shown: "R", command: "reject", label: _t("reject") },
    { keys: ["n"], shown: "N", command: "findNoFault", label: _t("no fault found") },
    { keys: ["f"], shown: "F", command: "pickFault", label: _t("fault, by typing") },
    { keys: ["c"], shown: "C", command: "pickCause", label: _t("cause, by typing") },
    { keys: ["b"], shown: "B", command: "nextResponsible", label: _t("caused by") },
    { keys: ["w"], shown: "W", command: "toggleWrong", label: _t("wrong item") },
    { keys: ["i"], shown: "I", command: "toggleIncomplete", label: _t("incomplete") },
    { keys: ["+"], shown: "+", command: "more", label: _t("one more") },
    { keys: ["-"], shown: "−", command: "less", label: _t("one less") },
    { keys: ["q"], shown: "Q", command: "typeQuantity", label: _t("type the quantity") },
    { keys: ["s"], shown: "S", command: "split", label: _t("split: another finding for the rest") },
    { keys: ["t"], shown: "T", command: "typeNote", label: _t("note") },
    { keys: ["p"], shown: "P", command: "addPhotos", label: _t("photos") },
    { keys: ["o"], shown: "O", command: "overrule", label: _t("decide otherwise") },
    { keys: ["x"], shown: "X", command: "mark", label: _t("mark for the same finding") },
    { keys: ["l"], shown: "L", command: "toggleLate", label: _t("late ones only") },
    { keys: ["u"], shown: "U", command: "update", label: _t("update the queue") },
    { keys: ["/"], shown: "/", command: "typeNumber", label: _t("type a number") },
    { keys: ["Escape"], shown: "Esc", command: "startOver", label: _t("start over") },
    { keys: ["?"], shown: "?", command: "toggleHelp", label: _t("show the keys") },
];

const COMMANDS = Object.fromEntries(
    DESK_KEYS.flatMap(({ keys, command }) => keys.map((key) => [key, command]))
);

/** What a key does, as [command, argument]; nothing for other keys. */
export function getCommand(key) {
    if (/^[1-9]$/.test(key)) {
        return ["chooseGrade", Number(key) - 1];
    }
    const command = COMMANDS[key.length === 1 ? key.toLowerCase() : key];
    return command && [command];
}

/** Letters and digits may also be the start of a scanned number. */
export function isAmbiguous(key) {
    return /^[a-z0-9]$/i.test(key);
}
