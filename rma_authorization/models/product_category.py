# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import ormcache


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "rma.authorization.remembered"]

    rma_warranty_months = fields.Integer(
        string="Warranty",
        company_dependent=True,
        help="Months from the start that the settings choose. With 0 the category "
        "decides, then the categories above it, then the company.",
    )
    rma_no_warranty = fields.Boolean(
        string="No Warranty",
        company_dependent=True,
        help="There is none, whatever the category or the company says.",
    )

    @api.constrains("rma_warranty_months", "rma_no_warranty")
    def _check_rma_warranty_months(self):
        self.env["rma.authorization.warranty.term"]._check(self)

    def write(self, vals):
        """Past deliveries of what has a warranty now get their passports."""
        res = super().write(vals)
        self.env["rma.authorization.warranty.term"]._follow(vals)
        return res

    @ormcache("self.id", "company_id")
    def _get_rma_category_term(self, company_id):
        """Months of warranty that this category, or the nearest above it, promises in a
        company; None where none of them says anything."""
        # sudo: what was promised holds, whoever may read it
        category = self.sudo().with_company(company_id)
        months = None
        while months is None and category:
            months = self.env["rma.authorization.warranty.term"]._get_own(category)
            category = category.parent_id
        return months
