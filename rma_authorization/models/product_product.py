# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "rma.authorization.warranty.button"]
    _rma_warranty_path = "product_id"

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
        months = self.product_tmpl_id._get_rma_own_warranty()
        category = self.categ_id
        while months is None and category:
            months = category._get_rma_own_warranty()
            category = category.parent_id
        return company.sudo().rma_warranty_months if months is None else months
