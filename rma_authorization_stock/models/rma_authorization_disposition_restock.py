# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationDispositionRestock(models.AbstractModel):
    """Back to saleable stock, at once: an internal transfer out of quarantine."""

    _name = "rma.authorization.disposition.restock"
    _description = "Disposition: Back to Stock"
    _inherit = ["rma.authorization.transformation"]

    def _get_picking_type(self, warehouse):
        return warehouse.int_type_id

    def _get_destination(self, authorization, warehouse):
        return warehouse.lot_stock_id

    def _dispose(self, inspections):
        self._finish(self._create_pickings(inspections))

    def _finish(self, pickings):
        pickings.move_ids.picked = True
        # core values goods, and posts what they lose, for one company at a time
        for company, own in pickings.grouped("company_id").items():
            own.with_company(company)._action_done()
