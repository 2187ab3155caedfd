# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationResolutionSupplierNone(models.AbstractModel):
    """A supplier, or a carrier, gives neither goods nor a credit note: they refuse, or
    pay an amount. The settlement's answer says which."""

    _name = "rma.authorization.resolution.supplier_none"
    _description = "Resolution of a Supplier: Refused, or Paid"
    _inherit = ["rma.authorization.resolution"]

    def _settle(self, settlements):
        """No document: the settlement itself is the proof."""
