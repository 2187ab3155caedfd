# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationWarrantyExtend(models.TransientModel):
    """Makes warranties longer, and asks why."""

    _name = "rma.authorization.warranty.extend"
    _description = "Extend Warranties"

    warranty_ids = fields.Many2many(
        comodel_name="rma.authorization.warranty",
        relation="rma_authorization_warranty_extend_rel",
        required=True,
        readonly=True,
    )
    kind = fields.Selection(
        selection=[("sold", "Sold"), ("goodwill", "Goodwill")],
        required=True,
        default="goodwill",
    )
    months = fields.Integer(default=12)
    days = fields.Integer()
    reason = fields.Char(required=True)

    def action_apply(self):
        self.ensure_one()
        self.warranty_ids._extend(
            {
                "kind": self.kind,
                "months": self.months,
                "days": self.days,
                "reason": self.reason,
            }
        )
        return {"type": "ir.actions.act_window_close"}
