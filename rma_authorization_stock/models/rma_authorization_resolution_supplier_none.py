# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationResolutionSupplierNone(models.AbstractModel):
    """What a supplier refused comes back to where it was, unless it is scrapped
    there. Of a customer's return, its finding is to be decided anew."""

    _inherit = "rma.authorization.resolution.supplier_none"

    def _settle(self, settlements):
        """Override of `rma_authorization` to take back what was refused."""
        refused = settlements.filtered(lambda settlement: settlement.answer == "back")
        return self.env["rma.authorization.supplier.goods"]._settle(refused)

    def _get_settlement_state(self, settlement):
        handler = self.env["rma.authorization.supplier.goods"]
        return handler._get_settlement_state(settlement)

    def _undo(self, settlements):
        return self.env["rma.authorization.supplier.goods"]._undo(settlements)

    def _get_documents(self, settlements):
        return self.env["rma.authorization.supplier.goods"]._get_documents(settlements)
