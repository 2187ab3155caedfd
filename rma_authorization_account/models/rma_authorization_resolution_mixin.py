# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationResolutionMixin(models.AbstractModel):
    _inherit = "rma.authorization.resolution.mixin"

    resolution = fields.Selection(
        selection_add=[("credit", "Credit"), ("resale", "Credit and Sell Another")],
        ondelete={"credit": "set default", "resale": "set default"},
    )
