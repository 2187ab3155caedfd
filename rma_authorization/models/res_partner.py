# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "rma.authorization.warranty.button"]
    _rma_warranty_path = "partner_id"
    _rma_warranty_operator = "child_of"
