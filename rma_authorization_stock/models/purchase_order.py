# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def write(self, vals):
        """Override of `purchase`: what is ordered costs its return something, and no
        more once it is cancelled."""
        res = super().write(vals)
        if "state" in vals:
            self.order_line._follow_rma_costs()
        return res
