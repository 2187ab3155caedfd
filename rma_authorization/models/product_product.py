# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    rma_count = fields.Integer(string="Returns", compute="_compute_rma_count")
    rma_return_rate = fields.Float(
        string="Return Rate",
        compute="_compute_rma_return_rate",
        help="Units that came back ÷ units delivered, of goods on orders of the last "
        "12 months.",
    )
    rma_warranty_count = fields.Integer(
        string="Warranties", compute="_compute_rma_warranty_count"
    )

    def _compute_rma_count(self):
        self.env["rma.authorization.rate"]._count(self, "product_id")

    def _compute_rma_return_rate(self):
        self.env["rma.authorization.rate"]._rate(self, "product_id")

    def action_view_rma(self):
        """Open the returns of these records."""
        return self.env["rma.authorization.rate"]._open(
            self, [("line_ids.product_id", "in", self.ids)], create=False
        )

    def _compute_rma_warranty_count(self):
        self.env["rma.authorization.warranty.button"]._count(self, "product_id")

    def action_view_rma_warranties(self):
        """Open the warranty passports of these records."""
        return self.env["rma.authorization.warranty.button"]._open(self, "product_id")

    def _get_rma_warranty_months(self, company):
        """How long each product is under our warranty when it is sold by `company`.

        :return: {product: months}, 0 where there is no warranty
        """
        # sudo: what was promised holds, whoever may read the product
        return {
            product: product.sudo().with_company(company)._get_rma_term(company)
            for product in self
        }

    def _get_rma_term(self, company):
        self.ensure_one()
        if self.type == "service":
            return 0
        term = self.env["rma.authorization.warranty.term"]
        months = term._get_own(self.product_tmpl_id)
        if months is None:
            months = self.categ_id._get_rma_category_term(company.id)
        return company.sudo().rma_warranty_months if months is None else months
