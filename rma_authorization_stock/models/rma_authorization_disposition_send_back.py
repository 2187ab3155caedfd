# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationDispositionSendBack(models.AbstractModel):
    """Back to the customer as it is, or repaired: a delivery out of quarantine.

    Done when the warehouse has shipped it. It belongs to no sales order line: what
    was returned by itself lowered no delivered quantity, so nothing is delivered anew.
    Core values whatever leaves by the product's costing method, not at what it came in.
    """

    _name = "rma.authorization.disposition.send_back"
    _description = "Disposition: Send Back to Customer"
    _inherit = ["rma.authorization.transfer"]

    def _ends_warranty(self):
        return False

    def _get_picking_type(self, warehouse):
        return warehouse.out_type_id

    def _get_destination(self, authorization, warehouse):
        return authorization.partner_id.property_stock_customer

    def _prepare_move_vals(self, finding, parcel, qty, destination):
        """Override of the transfer to know the way out as a return of the way in."""
        vals = super()._prepare_move_vals(finding, parcel, qty, destination)
        vals["origin_returned_move_id"] = parcel.receipt.id
        vals["partner_id"] = finding.authorization_id.partner_id.id
        return vals

    def _dispose(self, inspections):
        self._create_pickings(inspections)
