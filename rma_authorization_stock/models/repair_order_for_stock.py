# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    """Repairs of returned goods for our own stock, as against those for customers."""

    _inherit = "repair.order"

    rma_inspection_id = fields.Many2one(
        comodel_name="rma.authorization.inspection",
        string="Return Inspection",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The finding whose goods are repaired to be sold again.",
    )

    def action_repair_done(self):
        """Override of `repair` to bring what was repaired for stock there."""
        res = super().action_repair_done()
        # sudo: a technician finishes a repair without rights on returns
        findings_sudo = self.sudo().rma_inspection_id.filtered(
            lambda finding: finding.disposition == "repair"
        )
        if findings_sudo:
            handler = self.env["rma.authorization.disposition.repair"].sudo()
            handler._bring_to_stock(findings_sudo)
            findings_sudo.authorization_id._update_closure()
        return res

    def action_repair_cancel_draft(self):
        """Override of `repair`: the goods of a cancelled repair have been free since,
        and may have gone another way."""
        for repair in self:
            if repair.rma_inspection_id and repair.state == "cancel":
                raise UserError(
                    self.env._(
                        "%(repair)s can't be taken up again: its goods are free for "
                        "another disposition. Dispose of them on %(authorization)s "
                        "anew.",
                        repair=repair.display_name,
                        authorization=repair.sudo().rma_id.display_name,
                    )
                )
        return super().action_repair_cancel_draft()
