# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class UomUom(models.Model):
    """Units are remembered."""

    _name = "uom.uom"
    _inherit = ["uom.uom", "rma.authorization.remembered"]
