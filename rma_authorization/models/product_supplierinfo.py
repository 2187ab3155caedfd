# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    rma_warranty_months = fields.Integer(
        string="Vendor's Warranty",
        help="Months that this vendor grants us on the product, from our receipt.",
    )

    _rma_warranty_months_positive = models.Constraint(
        "CHECK(rma_warranty_months >= 0)", "A warranty has no negative months."
    )
