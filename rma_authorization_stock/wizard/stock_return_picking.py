# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def action_create_returns_all(self):
        """Override of `stock`: all that can be returned is what no authorization has
        taken up."""
        return super(
            StockReturnPicking, self.with_context(rma_limit_returns=True)
        ).action_create_returns_all()

    def action_create_returns(self):
        """Override of `stock` to offer the right rest where all is returned."""
        if self.env.context.get("rma_limit_returns"):
            for row in self.product_return_moves:
                if row.move_id._is_rma_delivery():
                    row.quantity = max(min(row.quantity, row.rma_returnable_qty), 0.0)
        return super().action_create_returns()

    def _create_return(self):
        """Override of `stock` to refuse what an authorization has taken up.

        Deliveries that no return asks for are none of our business: core sets no
        limit on them.
        """
        picking = super()._create_return()
        picking.move_ids._check_rma_claims()
        return picking

    def _prepare_picking_default_values_based_on(self, picking):
        """Override of `stock`: goods of a return that come back to us from the customer
        wait in quarantine again, on the same return."""
        vals = super()._prepare_picking_default_values_based_on(picking)
        if picking.rma_id and picking.location_dest_id.usage == "customer":
            vals["location_dest_id"] = picking.location_id.id
            vals["rma_id"] = picking.rma_id.id
            rma_type = picking.picking_type_id.warehouse_id.rma_type_id
            if rma_type:
                vals["picking_type_id"] = rma_type.id
        elif picking.rma_id and picking.move_ids._get_rma_shipments():
            # what didn't go to the supplier, or what they sent, is where it was
            vals["location_dest_id"] = picking.location_id.id
            vals["rma_id"] = picking.rma_id.id
        return vals


class StockReturnPickingLine(models.TransientModel):
    _inherit = "stock.return.picking.line"

    rma_returnable_qty = fields.Float(
        string="Returnable",
        digits="Product Unit",
        compute="_compute_rma_returnable_qty",
        help="Delivered, and neither back nor on a return.",
    )

    @api.depends("move_id")
    def _compute_rma_returnable_qty(self):
        returnable = self.move_id._get_rma_returnable_qty()
        for row in self:
            row.rma_returnable_qty = max(returnable.get(row.move_id, 0.0), 0.0)

    def _process_line(self, new_picking):
        """Override of `stock`: what is regraded no more is what it was again."""
        is_returned = super()._process_line(new_picking)
        taken = self.move_id.rma_regraded_move_id
        if is_returned and taken:
            self._turn_back(taken, new_picking)
        return is_returned

    def _put_together(self, taken, new_picking):
        """Bring into quarantine again what was taken apart, once for all its parts.

        :param taken: the move that the part's leads to
        """
        handler = self.env["rma.authorization.disposition.harvest"]
        moves = handler._get_sources(taken)
        if moves & new_picking.move_ids.origin_returned_move_id:
            return
        for move in moves:
            self._bring_back(move, move.product_uom_qty, new_picking)

    def _turn_back(self, taken, new_picking):
        """Bring into quarantine again, as what it was, what this line takes away.

        :param taken: the move by which it left
        """
        given = new_picking.move_ids.filtered(
            lambda move: move.origin_returned_move_id == self.move_id
        )
        given.location_dest_id = taken.location_dest_id
        given.move_line_ids.location_dest_id = taken.location_dest_id
        if self.move_id.rma_is_part:
            # it may have a place of its own
            given.location_id = self.move_id.location_dest_id
            self._put_together(taken, new_picking)
            return
        self._bring_back(
            taken,
            self.uom_id._compute_quantity(
                self.quantity, taken.product_uom, rounding_method="HALF-UP"
            ),
            new_picking,
        )

    def _bring_back(self, taken, qty, new_picking):
        """Bring so much of what a move took into quarantine again."""
        taken.copy(
            {
                **self._prepare_move_default_values(new_picking),
                "product_id": taken.product_id.id,
                "product_uom": taken.product_uom.id,
                "product_uom_qty": qty,
                "location_id": taken.location_dest_id.id,
                "location_dest_id": taken.location_id.id,
                "origin_returned_move_id": taken.id,
                "move_orig_ids": [Command.link(taken.id)],
            }
        )

    def _prepare_move_default_values(self, new_picking):
        """Override of `stock_account`: undoing a move of a return changes no quantity
        of the sale, as the move itself changed none (F10)."""
        vals = super()._prepare_move_default_values(new_picking)
        move = self.move_id
        if (
            move.rma_line_id
            or move.rma_regraded_move_id
            or move._get_rma_root()
            or move._get_rma_shipments()
        ):
            vals["to_refund"] = False
        return vals
