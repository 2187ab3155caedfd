# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_rma_delivered_qty(self):
        """Override of `rma_authorization` to count the deliveries themselves."""
        delivered = super()._get_rma_delivered_qty()
        for order_line in self.filtered(lambda line: line._is_rma_counted_by_move()):
            delivered[order_line] = order_line._sum_rma_moves(
                lambda move: move.location_dest_id.usage == "customer"
            )
        return delivered

    def _get_rma_returned_elsewhere_qty(self):
        """Override of `rma_authorization` to count the core wizard's returns."""
        returned = super()._get_rma_returned_elsewhere_qty()
        for order_line in self.filtered(lambda line: line._is_rma_counted_by_move()):
            returned[order_line] = order_line._sum_rma_moves(
                lambda move: (
                    move.location_id.usage == "customer" and not move.rma_line_id
                )
            )
        return returned

    def _is_rma_counted_by_move(self):
        """Whether the moves carry the very product that was sold; a kit's don't."""
        self.ensure_one()
        return self.qty_delivered_method == "stock_move" and all(
            move.product_id == self.product_id for move in self.move_ids
        )

    def _sum_rma_moves(self, condition):
        """Done quantity of the line's moves that meet `condition`, in its unit."""
        self.ensure_one()
        return sum(
            move.product_uom._compute_quantity(
                move.quantity, self.product_uom_id, rounding_method="HALF-UP"
            )
            for move in self.move_ids
            if move.state == "done" and condition(move)
        )
