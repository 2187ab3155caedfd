# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    rma_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Return Line",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rma_inspection_id = fields.Many2one(
        comodel_name="rma.authorization.inspection",
        string="Return Inspection",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The finding whose disposition this move carries out.",
    )

    def _prepare_move_split_vals(self, qty):
        """Override of `stock` to keep backorders on their return line."""
        vals = super()._prepare_move_split_vals(qty)
        if self.rma_line_id:
            vals["rma_line_id"] = self.rma_line_id.id
            vals["rma_inspection_id"] = self.rma_inspection_id.id
        return vals

    def _prepare_merge_moves_distinct_fields(self):
        """Override of `stock`: moves of different return lines never merge."""
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "rma_line_id",
            "rma_inspection_id",
        ]

    def _action_done(self, cancel_backorder=False):
        """Override of `stock` to let returns follow the goods."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._update_rma_closure()
        return moves

    def _action_cancel(self):
        """Override of `stock` to let returns follow the goods."""
        res = super()._action_cancel()
        self._update_rma_closure()
        return res

    def _update_rma_closure(self):
        """Close or take up the returns whose goods or replacements moved."""
        # sudo: warehouse workers move goods without any rights on returns
        moves_sudo = self.sudo()
        authorizations_sudo = (
            moves_sudo.rma_line_id | moves_sudo.origin_returned_move_id.rma_line_id
        ).authorization_id
        authorizations_sudo |= moves_sudo.sale_line_id.rma_line_id.authorization_id
        if authorizations_sudo:
            authorizations_sudo._update_closure()

    def _is_rma_receipt(self):
        """Whether this move brings returned goods in, rather than disposing of them."""
        self.ensure_one()
        return bool(self.rma_line_id) and not self.rma_inspection_id

    def _get_rma_net_qty(self, uom):
        """What a done receipt brought in, less what was sent out again by a return of
        it that carries out no disposition; in `uom`."""
        self.ensure_one()
        reversed_moves = self.returned_move_ids.filtered(
            lambda move: move.state == "done" and not move.rma_inspection_id
        )
        qty = self.product_uom._compute_quantity(
            self.quantity, uom, rounding_method="HALF-UP"
        )
        return qty - sum(
            move.product_uom._compute_quantity(
                move.quantity, uom, rounding_method="HALF-UP"
            )
            for move in reversed_moves
        )

    def _get_rma_unreturned_qty(self):
        """What of a delivery has no return yet, done or planned, in the move's unit."""
        self.ensure_one()
        returned = sum(
            move.product_uom._compute_quantity(
                move.quantity if move.state == "done" else move.product_uom_qty,
                self.product_uom,
                rounding_method="HALF-UP",
            )
            for move in self.returned_move_ids
            if move.state != "cancel"
        )
        return max(self.product_uom.round(self.quantity - returned), 0.0)
