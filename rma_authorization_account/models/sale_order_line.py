# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_rma_credit(self, invoice_line):
        """Override of `rma_authorization` to tell our credits from others."""
        return bool(invoice_line.rma_settlement_id)

    def _get_rma_billable_qty(self):
        """What this line bills in the end, less all that returns have credited: of
        the ordered or of the delivered quantity, as its product is invoiced."""
        self.ensure_one()
        if self.product_id.invoice_policy == "order":
            return self.product_uom_qty - self.rma_credited_qty
        if self.qty_delivered_method == "manual":
            return self.qty_delivered - self.rma_credited_qty
        return self.qty_delivered

    def _get_rma_invoice_lines(self):
        """The posted invoice lines that can be credited, oldest first."""
        return self.invoice_lines.filtered(
            lambda line: line._is_rma_creditable()
        )._sorted_by_rma_age()
