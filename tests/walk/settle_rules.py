# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Steps of settlements and their documents, by agents, technicians, accountants."""

from odoo import fields

from .finders import Finders
from .machine import FLAG, SHARE, act


class SettleRules(Finders):
    @act("permitted", weight=2)
    def settle(self, permitted):
        self.by(self.case.agent, permitted).action_settle()

    @act("permitted")
    def settle_all(self, _permitted):
        everything = self.env["rma.authorization"].union(*self.options("permitted"))
        self.by(self.case.accountant, everything).action_settle()

    @act("settlements", limit=4)
    def undo_settlement(self, settlement):
        self.by(self.case.agent, settlement).action_undo()

    # -- credit notes ------------------------------------------------------------------

    @act("own_draft_notes", limit=3)
    def post_note(self, note):
        self.release(note)

    @act("own_draft_notes", limit=3)
    def post_all_notes(self, _note):
        self.release(self.env["account.move"].union(*self.options("own_draft_notes")))

    def release(self, notes):
        if notes:
            self.post(notes)

    @act("own_posted_notes", limit=3)
    def reset_note(self, note):
        self.by(self.case.accountant, note).button_draft()

    @act("own_draft_notes", limit=3)
    def cancel_note(self, note):
        self.by(self.case.accountant, note).button_cancel()

    @act("cancelled_notes", limit=2)
    def redraft_note(self, note):
        self.by(self.case.accountant, note).button_draft()

    @act("own_draft_notes", limit=3)
    def delete_note(self, note):
        self.by(self.case.accountant, note).unlink()

    @act("own_draft_notes", limit=3)
    def delete_note_line(self, note):
        self.by(self.case.accountant, note).invoice_line_ids[:1].unlink()

    @act("own_draft_notes", limit=3, share=SHARE, more=FLAG)
    def edit_note(self, note, share, more):
        """An accountant enters another quantity."""
        line = note.invoice_line_ids[:1]
        qty = self.part(line.quantity + more, share, line.product_uom_id)
        self.by(self.case.accountant, note).write(
            {
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [fields.Command.update(line.id, {"quantity": qty})],
            }
        )

    # -- replacements ------------------------------------------------------------------

    @act("replacements")
    def cancel_replacement(self, order):
        """By an administrator: with purchases installed, salespeople may not."""
        order._action_cancel()

    @act("replacements", share=SHARE)
    def lower_replacement(self, order, share):
        line = self.by(self.case.agent, order).order_line[:1]
        qty = self.part(line.product_uom_qty, share, line.product_uom_id)
        line.product_uom_qty = qty

    # -- repairs -----------------------------------------------------------------------

    @act("repairs")
    def start_repair(self, repair):
        self.begin_repair(self.by(self.case.technician, repair))

    def begin_repair(self, repair):
        if repair.state == "draft" and repair._awaits_rma_estimate():
            # no customer is there to answer a quotation
            self.by(self.case.manager, repair).action_approve_rma_repair()
        if repair.state == "draft":
            repair.action_validate()
        if repair.state == "confirmed":
            repair.action_repair_start()

    @act("repairs")
    def end_repair(self, repair):
        self.finish_repair(repair)

    def finish_repair(self, repair):
        repair = self.by(self.case.technician, repair)
        self.begin_repair(repair)
        if repair.state == "under_repair":
            repair.action_repair_end()

    @act("repairs")
    def cancel_repair(self, repair):
        self.by(self.case.technician, repair).action_repair_cancel()
