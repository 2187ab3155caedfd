# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = [
        "product.template",
        "rma.authorization.warranty.term",
        "rma.authorization.warranty.button",
    ]
    _rma_warranty_path = "product_id.product_tmpl_id"
