# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationResolutionSupplierExchange(models.AbstractModel):
    """A supplier replaces what went back to them. Without an app that follows goods
    the answer itself is the proof."""

    _name = "rma.authorization.resolution.supplier_exchange"
    _description = "Resolution of a Supplier: Replacement"
    _inherit = ["rma.authorization.resolution"]

    def _settles_before_receipt(self, line):
        return line.advance

    def _settle(self, settlements):
        """No document: the settlement itself is the proof."""
