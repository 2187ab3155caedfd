# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_rma_delivered_qty(self):
        """Override of `rma_authorization` to count the deliveries themselves."""
        delivered = super()._get_rma_delivered_qty()
        for order_line in self.filtered(lambda line: line._is_rma_counted_by_move()):
            delivered[order_line] = sum(
                move._get_rma_qty(order_line.product_uom_id)
                for move in order_line.move_ids
                if move._is_rma_delivery()
            )
        return delivered

    def _get_rma_returned_elsewhere_qty(self):
        """Override of `rma_authorization` to count the core wizard's returns, those
        that are still expected, too."""
        returned = super()._get_rma_returned_elsewhere_qty()
        for order_line in self.filtered(lambda line: line._is_rma_counted_by_move()):
            returned[order_line] = sum(
                move._get_rma_qty(order_line.product_uom_id)
                for move in order_line._get_rma_foreign_returns()
            )
        return returned

    def _get_rma_foreign_returns(self):
        """Moves from the customer that no authorization asked for."""
        return self.move_ids.filtered(
            lambda move: (
                move.location_id.usage == "customer"
                and move.state != "cancel"
                and not move.rma_line_id
                and not move._get_rma_root()
            )
        )

    def _is_rma_counted_by_move(self):
        """Whether the moves carry the very product that was sold; a kit's don't."""
        self.ensure_one()
        return self.qty_delivered_method == "stock_move" and all(
            move.product_id == self.product_id for move in self.move_ids
        )

    def _get_rma_taker_names(self):
        """Override of `rma_authorization` to name the core wizard's returns."""
        foreign_returns_sudo = self.sudo()._get_rma_foreign_returns()
        return [
            *super()._get_rma_taker_names(),
            *foreign_returns_sudo.picking_id.mapped("display_name"),
        ]
