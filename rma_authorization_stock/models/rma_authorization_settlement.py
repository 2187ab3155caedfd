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

    def _get_replaced_warranties(self, warranties):
        """Override of `rma_authorization`: the number of the finding, or those that the
        line names."""
        numbers = self.inspection_id.lot_id or self.line_id.lot_ids
        own = warranties.filtered(lambda one: one.lot_id in numbers)
        return own or super()._get_replaced_warranties(warranties)

    def _get_free_findings(self):
        """The findings of this line that no settlement is about, and whose goods are
        here."""
        self.ensure_one()
        return self.line_id.inspection_ids.filtered(
            lambda finding: (
                all(one.state == "cancelled" for one in finding.settlement_ids)
                and finding.disposition_state in ("no", "pending")
            )
        ).sorted("id")
