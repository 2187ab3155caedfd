import { Component, onMounted, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useChildRef, useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DeskDraft } from "./desk_draft";
import { DeskFinding } from "./desk_finding";
import { DeskHelp } from "./desk_help";
import { DeskInput } from "./desk_input";
import { DeskPicker } from "./desk_picker";
import { DeskProposal } from "./desk_proposal";
import { DeskQueue } from "./desk_queue";
import { DeskRows } from "./desk_rows";
import { DeskUnit } from "./desk_unit";

const MODEL = "rma.authorization.desk";

/**
 * The inspection desk: what waits on the left, the goods at hand on the right. The
 * server says what follows from a finding, and records it; the screen decides nothing.
 * Commands come from keys (`DESK_KEYS`) and buttons, one after the other.
 */
export class InspectionDesk extends Component {
    static template = "rma_authorization.InspectionDesk";
    static components = {
        DeskFinding,
        DeskHelp,
        DeskInput,
        DeskPicker,
        DeskProposal,
        DeskQueue,
        DeskUnit,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.queue = useState(new DeskRows());
        this.draft = useState(new DeskDraft());
        this.state = useState({
            picking: false,
            isHelpShown: false,
            proposal: false,
            message: { kind: "idle", text: "" },
        });
        this.input = useChildRef();
        this.fields = {};
        this.mutex = new Mutex();
        onWillStart(() => this.load());
        onMounted(() => this.focus());
    }

    get unit() {
        return this.draft.unit;
    }

    focus() {
        this.input.el?.focus();
    }

    // -- input ------------------------------------------------------------------------

    /** Clicks on the page give the focus back, unless they are into a field. */
    onClick(ev) {
        if (!ev.target.closest("input, textarea, select, label, a, summary")) {
            this.focus();
        }
    }

    run(command, ...args) {
        return this.mutex.exec(() => this[command](...args));
    }

    onText(text) {
        this.run("find", text);
    }

    onEnter() {
        this.run("record");
    }

    // -- queue ------------------------------------------------------------------------

    async load() {
        const answer = await this.call("get_queue", [this.queue.filters]);
        if (answer) {
            this.queue.add(answer);
        }
        if (!this.queue.selectedId) {
            await this.select(this.queue.rows[0]?.id);
        }
    }

    async select(id) {
        this.queue.selectedId = id || false;
        this.state.proposal = false;
        this.state.picking = false;
        const unit = id ? await this.call("get_unit", [id]) : false;
        this.draft.show(unit);
    }

    onSelect(id) {
        this.run("select", id);
    }

    selectNext() {
        return this.move(1);
    }

    selectPrevious() {
        return this.move(-1);
    }

    async move(step) {
        const row = this.queue.get(step);
        if (row) {
            await this.select(row.id);
        }
        if (this.queue.isShort) {
            await this.load();
        }
    }

    async update() {
        this.queue.clear();
        await this.load();
        this.tell("idle", "");
    }

    async toggleLate() {
        this.queue.isLateOnly = !this.queue.isLateOnly;
        await this.update();
    }

    mark() {
        this.queue.toggleMark();
    }

    /** Jump to what was scanned; it may be further down than the queue is loaded. */
    async find(barcode) {
        const here = this.draft.openNumbers.find((number) => number.name === barcode);
        if (here) {
            this.draft.chooseNumber(here.id);
            return this.propose();
        }
        const answer = await this.call("find", [barcode]);
        if (!answer) {
            return;
        }
        const [row] = answer.rows;
        if (!row) {
            return this.tell("refuse", answer.message);
        }
        this.queue.show(row);
        await this.select(row.id);
        if (answer.lot_id) {
            this.draft.chooseNumber(answer.lot_id);
        }
        this.tell("idle", "");
    }

    // -- finding ----------------------------------------------------------------------

    /** Change the finding, and ask what follows from it. */
    async change(values) {
        if (this.unit) {
            this.tell("idle", "");
            this.draft.set(values);
            await this.propose();
        }
    }

    async propose() {
        if (!this.unit || !this.draft.isJudged) {
            return;
        }
        const values = { ...this.draft.values, line_id: this.unit.row.id };
        const proposal = await this.call("propose", [values]);
        if (proposal) {
            this.state.proposal = proposal;
        }
    }

    onChange() {
        this.run("propose");
    }

    chooseGrade(index) {
        const choice = this.unit && this.unit.choices.grade[index];
        return choice && this.setGrade(choice.code);
    }

    setGrade(grade) {
        return this.change({ grade });
    }

    accept() {
        return this.change({ verdict: "accepted" });
    }

    reject() {
        return this.change({ verdict: "rejected" });
    }

    findNoFault() {
        return this.setDiagnosis("none");
    }

    setDiagnosis(code) {
        const isFound = code === "found";
        return this.change({
            faultFound: code,
            fault: isFound && this.draft.fault,
            cause: isFound && this.draft.cause,
        });
    }

    setResponsible(code) {
        return this.change({ responsible: code });
    }

    nextResponsible() {
        const codes = ["", ...((this.unit && this.unit.choices.responsible) || []).map((one) => one.code)];
        const index = codes.indexOf(this.draft.responsible);
        return this.setResponsible(codes[(index + 1) % codes.length]);
    }

    toggleWrong() {
        return this.change({ isWrongItem: !this.draft.isWrongItem });
    }

    toggleIncomplete() {
        return this.change({ isIncomplete: !this.draft.isIncomplete });
    }

    pickFault() {
        this.state.picking = this.unit ? "fault" : false;
    }

    pickCause() {
        if (this.unit && !this.draft.fault) {
            return this.tell("refuse", _t("A cause explains a fault: choose the fault first."));
        }
        this.state.picking = this.unit ? "cause" : false;
    }

    get pickerLabel() {
        return this.state.picking === "fault" ? _t("Fault") : _t("Cause");
    }

    get pickerOptions() {
        return this.state.picking === "fault" ? this.unit.faults : this.unit.causes;
    }

    onPick(option) {
        const values = { [this.state.picking]: option, faultFound: "found" };
        this.leaveField();
        this.run("change", values);
    }

    leaveField() {
        this.state.picking = false;
        this.focus();
    }

    more() {
        this.draft.setQty(this.draft.qty + 1);
        return this.propose();
    }

    less() {
        this.draft.setQty(this.draft.qty - 1);
        return this.propose();
    }

    nextNumber() {
        this.draft.moveNumber(1);
        return this.propose();
    }

    previousNumber() {
        this.draft.moveNumber(-1);
        return this.propose();
    }

    onChooseNumber(id) {
        this.draft.chooseNumber(id);
        this.run("propose");
    }

    typeQuantity() {
        this.fields.focusQuantity?.();
    }

    typeNote() {
        this.fields.focusNote?.();
    }

    addPhotos() {
        this.fields.chooseFiles?.();
    }

    /** Decide otherwise: what is proposed is where one starts from. */
    async overrule() {
        if (!this.state.proposal) {
            return this.tell("refuse", _t("Say first what you have found."));
        }
        const { resolution, disposition } = this.state.proposal;
        await this.change({
            isOverruling: true,
            resolution: resolution ? resolution.code : "",
            disposition: disposition ? disposition.code : "",
        });
    }

    cancelOverruling() {
        this.draft.isOverruling = false;
        this.focus();
        this.run("propose");
    }

    /** Put the finding aside, and go on with the rest of the line. */
    split() {
        const { draft } = this;
        if (!draft.isJudged || !(draft.qty > 0)) {
            return this.tell("refuse", _t("Say first what you have found."));
        }
        const { resolution, disposition } = this.state.proposal || {};
        const choices = this.unit.choices;
        const name = (list, code) => choices[list].find((one) => one.code === code)?.label;
        const words = [
            name("grade", draft.grade),
            name("verdict", draft.verdict),
            draft.fault && draft.fault.name,
            draft.isOverruling ? name("resolution", draft.resolution) : resolution?.label,
            draft.isOverruling ? name("disposition", draft.disposition) : disposition?.label,
        ];
        draft.split(words.filter(Boolean).join(", "));
        this.state.proposal = false;
        this.tell("idle", "");
    }

    startOver() {
        this.draft.show(this.unit);
        this.state.proposal = false;
        this.queue.marked = [];
        this.tell("idle", "");
    }

    toggleHelp() {
        this.state.isHelpShown = !this.state.isHelpShown;
    }

    // -- record -----------------------------------------------------------------------

    async record() {
        const { findings, unit } = this.draft;
        if (!unit) {
            return this.update();
        }
        if (!findings.length) {
            return this.tell(
                "refuse",
                _t("Nothing was judged. Choose a grade, accept or reject first.")
            );
        }
        if (this.queue.marked.length) {
            return this.recordAlike();
        }
        const answer = await this.call("judge", [unit.row.id, findings, unit.row.qty]);
        if (!answer) {
            return;
        }
        if (answer.left) {
            this.queue.replace(answer.left);
            await this.select(answer.left.id);
        } else {
            await this.goOn([unit.row.id]);
        }
        this.tell("accept", answer.message);
    }

    async recordAlike() {
        const ids = [...new Set([...this.queue.marked, this.queue.selectedId])];
        const answer = await this.call("judge_alike", [ids, this.draft.values]);
        if (answer) {
            await this.goOn(ids);
            this.tell("accept", answer.message);
        }
    }

    /** These lines are judged: go on with the one that follows. */
    async goOn(ids) {
        this.queue.remove(ids);
        if (this.queue.isShort) {
            await this.load();
        }
        await this.select(this.queue.selectedId);
    }

    // -- answers ----------------------------------------------------------------------

    /** An answer of the server; what it refuses is told in its words. */
    async call(method, args) {
        try {
            return await this.orm.call(MODEL, method, args);
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            this.tell("refuse", error.data?.message || error.message);
            return false;
        }
    }

    onFail(text) {
        this.tell("refuse", text);
    }

    tell(kind, text) {
        this.state.message = { kind, text: text.toString() };
    }
}

registry.category("actions").add("rma_authorization_desk", InspectionDesk);
