# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """Override of `sale` to keep when an estimate was sent, by whatever button."""
        res = super().write(vals)
        if vals.get("state") == "sent":
            self._get_rma_repairs().rma_date_estimate_sent = fields.Datetime.now()
        return res

    def _action_confirm(self):
        """Override of `sale`: an accepted estimate lets the bench begin."""
        res = super()._action_confirm()
        self._get_rma_repairs()._accept_rma_estimates()
        return res

    def _action_cancel(self):
        """Override of `sale`: a quotation that the customer has, and that is cancelled,
        was declined, on the portal or on the phone."""
        asked = self.filtered(lambda order: order.state == "sent")
        res = super()._action_cancel()
        asked._get_rma_repairs()._decline_rma_estimates()
        return res

    def _get_rma_repairs(self):
        """Repairs of returns that these quotations are for."""
        # sudo: customers and salespeople answer without rights on repairs
        return self.sudo().repair_order_ids.filtered("rma_settlement_id")
