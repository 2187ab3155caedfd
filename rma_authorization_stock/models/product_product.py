# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _with_valuation_context(self):
        """Override of `stock_account`: what customers own and we repair has no value.

        Core leaves their goods out of what is valued, but not with FIFO: there it
        counts them as ours when it looks how deep the stock reaches into the past
        receipts, and values as many of our own goods once more. For dates in the past
        core's quantities can't tell owners apart, so these stay as they are.
        """
        product = super()._with_valuation_context()
        if self.cost_method != "fifo" or self.env.context.get("to_date"):
            return product
        return product.with_context(owners=[False, self.env.company.partner_id.id])
