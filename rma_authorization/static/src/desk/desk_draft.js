/**
 * What the inspector has found so far of one unit: parts that are put aside, and the
 * finding at hand. The server reads `values`.
 */
export class DeskDraft {
    constructor() {
        this.show(false);
    }

    /** Start on a unit of the server, or on none. */
    show(unit) {
        this.unit = unit;
        this.parts = [];
        this.begin();
    }

    /** Another finding, for what is left. */
    begin() {
        this.lotId = this.openNumbers.length ? this.openNumbers[0].id : false;
        // what the dock has missed already
        const incomplete = this.unit ? this.unit.incomplete : {};
        Object.assign(this, {
            qty: this.rest,
            verdict: "",
            grade: "",
            faultFound: "",
            fault: false,
            cause: false,
            responsible: "",
            isWrongItem: false,
            isIncomplete: Boolean(incomplete.is_incomplete),
            missingParts: incomplete.missing_parts || "",
            note: "",
            photos: [],
            isOverruling: false,
            resolution: "",
            disposition: "",
            overruleReason: "",
        });
    }

    // -- goods ------------------------------------------------------------------------

    get numbers() {
        return this.unit ? this.unit.numbers : [];
    }

    /** Numbers that no part is about. */
    get openNumbers() {
        const judged = new Set(this.parts.map((part) => part.values.lot_id));
        return this.numbers.filter((number) => !judged.has(number.id));
    }

    get number() {
        return this.numbers.find((number) => number.id === this.lotId);
    }

    /** What is left for this finding, of the unit or of its number. */
    get rest() {
        if (!this.unit) {
            return 0;
        }
        if (this.numbers.length) {
            return this.number ? this.number.qty : 0;
        }
        const taken = this.parts.reduce((total, part) => total + part.values.qty, 0);
        return round(this.unit.row.qty - taken);
    }

    chooseNumber(lotId) {
        this.lotId = lotId;
        this.qty = this.rest;
    }

    /** The number that is so many places further among those still open. */
    moveNumber(step) {
        const numbers = this.openNumbers;
        const index = numbers.findIndex((number) => number.id === this.lotId);
        const next = numbers[index + step];
        if (next) {
            this.chooseNumber(next.id);
        }
    }

    setQty(qty) {
        if (Number.isFinite(qty) && qty > 0) {
            this.qty = Math.min(round(qty), this.rest);
        }
    }

    // -- finding ----------------------------------------------------------------------

    /** Something was found, so it is accepted unless it was rejected. */
    set(values) {
        Object.assign(this, values);
        if (!this.verdict) {
            this.verdict = "accepted";
        }
    }

    get isJudged() {
        return Boolean(this.verdict);
    }

    /** What is asked for by a proposal, and recorded. */
    get values() {
        return {
            qty: this.qty,
            lot_id: this.lotId,
            verdict: this.verdict,
            grade: this.grade,
            fault_found: this.faultFound,
            fault_id: this.fault && this.fault.id,
            cause_id: this.cause && this.cause.id,
            responsible: this.responsible,
            is_wrong_item: this.isWrongItem,
            is_incomplete: this.isIncomplete,
            missing_parts: this.isIncomplete && this.missingParts,
            note: this.note,
            photo_ids: this.photos.map((photo) => photo.id),
            as_proposed: !this.isOverruling,
            resolution: this.isOverruling && this.resolution,
            disposition: this.isOverruling && this.disposition,
            overrule_reason: this.isOverruling && this.overruleReason,
        };
    }

    /** Put the finding aside, and begin another one for the rest. */
    split(words) {
        this.parts.push({ values: this.values, words, name: this.number?.name || "" });
        this.begin();
    }

    /** All findings of the unit. */
    get findings() {
        const findings = this.parts.map((part) => part.values);
        return this.isJudged && this.qty > 0 ? [...findings, this.values] : findings;
    }
}

/** Quantities are added up in steps that units may have. */
function round(qty) {
    return Math.round(qty * 1e6) / 1e6;
}
