# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationWarrantyTransfer(models.TransientModel):
    """Gives warranties to another holder, who has bought the goods second-hand."""

    _name = "rma.authorization.warranty.transfer"
    _description = "Transfer Warranties"

    warranty_ids = fields.Many2many(
        comodel_name="rma.authorization.warranty",
        relation="rma_authorization_warranty_transfer_rel",
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="New Holder", required=True
    )
    reason = fields.Char()

    def action_apply(self):
        self.ensure_one()
        self.warranty_ids._transfer(self.partner_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
