# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

# What the cost of a service follows from.
COST_FIELDS = {"price_unit", "product_qty", "discount", "product_uom_id"}


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    rma_outsourcing_id = fields.Many2one(
        comodel_name="rma.authorization.outsourcing",
        string="Repair at the Vendor",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def write(self, vals):
        """Override of `purchase`: the ledger of the return follows the price."""
        res = super().write(vals)
        if COST_FIELDS & set(vals):
            self._follow_rma_costs()
        return res

    def _follow_rma_costs(self):
        # sudo: who buys needs no rights on returns
        lines_sudo = self.sudo().filtered("rma_outsourcing_id")
        if lines_sudo:
            self.env["rma.authorization.cost"].sudo()._follow_purchases(lines_sudo)
