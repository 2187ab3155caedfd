# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationSettlement(models.Model):
    _inherit = "rma.authorization.settlement"

    repair_ids = fields.One2many(
        comodel_name="repair.order", inverse_name="rma_settlement_id", string="Repairs"
    )

    @api.depends("repair_ids.state", "inspection_id.qty_disposed")
    def _compute_state(self):
        """Override of `rma_authorization` to follow repairs and deliveries back."""
        return super()._compute_state()
