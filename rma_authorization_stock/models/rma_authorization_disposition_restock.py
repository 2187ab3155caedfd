# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationDispositionRestock(models.AbstractModel):
    """Back to saleable stock, at once: an internal transfer out of quarantine."""

    _name = "rma.authorization.disposition.restock"
    _description = "Disposition: Back to Stock"
    _inherit = ["rma.authorization.transfer"]

    def _check_parcels(self, finding, parcels):
        """Goods received as the customer's property never become stock silently."""
        for parcel, _qty in parcels:
            if parcel.owner:
                raise UserError(
                    self.env._(
                        "%(line)s: the goods belong to %(owner)s and can't be put into "
                        "our stock. Send them back.",
                        line=finding.line_id.display_name,
                        owner=parcel.owner.display_name,
                    )
                )

    def _get_picking_type(self, warehouse):
        return warehouse.int_type_id

    def _get_destination(self, authorization, warehouse):
        return warehouse.lot_stock_id

    def _dispose(self, inspections):
        pickings = self._create_pickings(inspections)
        pickings.move_ids.picked = True
        # core values goods, and posts what they lose, for one company at a time
        for company, own in pickings.grouped("company_id").items():
            own.with_company(company)._action_done()
