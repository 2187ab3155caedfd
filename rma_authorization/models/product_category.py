# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

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
