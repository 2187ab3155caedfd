# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .res_company import CERTIFICATES


class ProductCategory(models.Model):
    _inherit = "product.category"

    rma_certificate_required = fields.Selection(
        selection=CERTIFICATES,
        string="Scrap Certificate",
        company_dependent=True,
        help="For which scrapped goods a certificate is needed before their return "
        "closes. When empty the categories above decide, then the company.",
    )

    def _get_rma_certificate_required(self, company):
        """What this category demands, else the nearest above it, else the company."""
        category = self.with_company(company)
        while category:
            if category.rma_certificate_required:
                return category.rma_certificate_required
            category = category.parent_id
        return company.rma_certificate_required
