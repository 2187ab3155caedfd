# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResCurrency(models.Model):
    """How amounts are rounded is remembered; rates are records of their own."""

    _name = "res.currency"
    _inherit = ["res.currency", "rma.authorization.remembered"]
