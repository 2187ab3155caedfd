# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationLineEligibility(models.AbstractModel):
    _inherit = "rma.authorization.line.eligibility"

    def _get_delivery_dates(self):
        """Override of `rma_authorization`: when the last of the goods left, of the
        named numbers where there are any, or else of the chosen delivery or order."""
        dates = super()._get_delivery_dates()
        # sudo: a service agent asks without rights in the warehouse
        by_lot = self.sudo().lot_ids._get_rma_deliveries().grouped("lot_id")
        for line in self.sudo():
            if line.lot_ids:
                # newest first: a number sold a second time counts from then on
                found = [by_lot[lot][:1].date for lot in line.lot_ids if lot in by_lot]
            else:
                moves = line.move_id or line.sale_line_id.move_ids
                found = [move.date for move in moves if move._is_rma_delivery()]
            if found:
                dates[line.sudo(self.env.su)] = max(found)
        return dates

    def _get_missing_serial(self):
        """Override of `rma_authorization`: goods with numbers are named by them."""
        missing = super()._get_missing_serial()
        if self.product_id.tracking != "none" and not self.lot_ids:
            missing.append("serial")
        return missing

    def _get_same_unit_domain(self):
        """Override of `rma_authorization` to tell units by their numbers."""
        if self.lot_ids:
            return [("lot_ids", "in", self.lot_ids.ids)]
        return super()._get_same_unit_domain()
