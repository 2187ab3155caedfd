# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import find_together


class RmaAuthorizationResolutionCredit(models.AbstractModel):
    """A credit note: the money, or the set-off, for goods that go back out of the sale;
    from a supplier, for goods that go back to them.

    One reversal per original invoice and batch, in draft or posted as the company
    wants it. The settlement is done once its credit note is posted, or at once where
    the units were on no invoice: then they just aren't invoiced any more.
    """

    _name = "rma.authorization.resolution.credit"
    _description = "Resolution: Credit"
    _inherit = ["rma.authorization.resolution"]

    def _lowers_delivered(self):
        return True

    def _settle(self, settlements):
        self._credit(settlements)

    def _credit(self, settlements):
        """Make the credit notes of a batch, and post those that wait for nobody.

        :return: the settlements, and the siblings that some were split into
        """
        parts = self.env["rma.authorization.credit.allocation"]._allocate(settlements)
        notes = self.env["rma.authorization.credit.builder"]._create_notes(parts)
        # the siblings are ours alone, and what is posted next reads their state
        parts.is_carried_out = True
        find_together(parts.authorization_id, ["charge_ids", "cost_ids"])
        charger = self.env["rma.authorization.charger"]
        charger._charge(parts)
        charger._charge_by_hand(parts.authorization_id)
        notes._get_rma_auto_posted()._post(soft=False)
        return parts

    def _get_settlement_state(self, settlement):
        if settlement.is_uninvoiced:
            return "done"
        states = set(settlement.credit_line_ids.mapped("parent_state")) - {"cancel"}
        if not states:
            return "cancelled"
        return "done" if states == {"posted"} else "in_progress"

    def _undo(self, settlements):
        """Delete the drafts, or only our lines where somebody added others.

        :raise UserError: for a posted credit note, which stands
        """
        lines = settlements.credit_line_ids.filtered(
            lambda line: line.parent_state != "cancel"
        )
        for note in lines.move_id.filtered(lambda note: note.state == "posted"):
            raise UserError(
                self.env._(
                    "Credit note %(note)s is posted and can't be taken back. Reset it "
                    "to draft in Accounting if that is still allowed, or bill the "
                    "customer again with an invoice.",
                    note=note.display_name,
                )
            )
        lines.move_id._remove_rma_lines(lines)

    def _get_documents(self, settlements):
        # sudo: which note it is may be known; opening it takes a role in accounting
        notes_sudo = settlements.sudo().credit_line_ids.move_id
        return [notes_sudo.sudo(self.env.su)]
