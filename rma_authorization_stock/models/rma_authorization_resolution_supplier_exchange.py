# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationResolutionSupplierExchange(models.AbstractModel):
    """A replacement comes in. It is no purchase: it is worth what went out for it, and
    nothing is received or billed on the order."""

    _inherit = "rma.authorization.resolution.supplier_exchange"

    def _settle(self, settlements):
        """Override of `rma_authorization` to receive it."""
        return self.env["rma.authorization.supplier.goods"]._settle(settlements)

    def _get_settlement_state(self, settlement):
        handler = self.env["rma.authorization.supplier.goods"]
        return handler._get_settlement_state(settlement)

    def _undo(self, settlements):
        return self.env["rma.authorization.supplier.goods"]._undo(settlements)

    def _get_documents(self, settlements):
        return self.env["rma.authorization.supplier.goods"]._get_documents(settlements)
