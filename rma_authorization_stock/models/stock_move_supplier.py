# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import lock_rows


class StockMove(models.Model):
    """What goes to suppliers, and comes back from them. Goods of a customer's return
    that go to a supplier are on both: they leave that return by a disposition."""

    # a subject of its own, in a file of its own
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    rma_supplier_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Line of Return to Supplier",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rma_answer_id = fields.Many2one(
        comodel_name="rma.authorization.settlement",
        string="Supplier's Answer",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The answer with which these goods come back from the supplier.",
    )

    def _prepare_move_split_vals(self, qty):
        """Override of `stock` to keep backorders on their return."""
        vals = super()._prepare_move_split_vals(qty)
        if self.rma_supplier_line_id:
            vals["rma_supplier_line_id"] = self.rma_supplier_line_id.id
            vals["rma_answer_id"] = self.rma_answer_id.id
        return vals

    def _prepare_merge_moves_distinct_fields(self):
        """Override of `stock`: moves of different lines and answers never merge."""
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "rma_supplier_line_id",
            "rma_answer_id",
        ]

    def _is_rma_shipment(self):
        """Whether this move brings goods to the supplier of a return."""
        self.ensure_one()
        return bool(self.rma_supplier_line_id) and not self.rma_answer_id

    def _action_done(self, cancel_backorder=False):
        """Override of `stock`: nothing leaves without the supplier's number, where
        they want one (R67)."""
        # sudo: warehouse workers ship without any rights on returns
        shipments_sudo = self.sudo().filtered(lambda move: move._is_rma_shipment())
        if shipments_sudo:
            shipments_sudo.rma_supplier_line_id.authorization_id._check_may_ship()
        # what undoes a shipment, or what came for it, is on no purchase either
        undoing_sudo = self.sudo().filtered(
            lambda move: (
                move.to_refund
                and not move.rma_supplier_line_id
                and move.origin_returned_move_id._get_rma_shipments()
            )
        )
        undoing_sudo.to_refund = False
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # sudo: as above
        moves.sudo()._check_rma_purchase_returns()
        return moves

    def _get_rma_reversals(self):
        """Extension: what a supplier replaced or repaired undoes no shipment; what they
        refused does, for the return of the customer that it came from."""
        return (
            super()
            ._get_rma_reversals()
            .filtered(lambda move: move.rma_answer_id.answer in (False, "back"))
        )

    def _get_rma_shipped_qty(self, unit):
        """What the supplier got by this move, in `unit`: less what was taken back by
        hand, whatever they answered."""
        self.ensure_one()
        return self._get_rma_qty(unit) - sum(
            move._get_rma_net_qty(unit)
            for move in self._get_rma_reversals()
            if not move.rma_answer_id
        )

    def _get_rma_shipments(self):
        """The moves to and from suppliers that these are, or undo, however often."""
        found, seen, moves = self.browse(), self.browse(), self
        while moves:
            seen |= moves
            found |= moves.filtered("rma_supplier_line_id")
            moves = moves.origin_returned_move_id - seen
        return found

    def _update_rma_closure(self):
        """Extension: returns to suppliers follow their goods, too."""
        # sudo: as in _action_done
        shipments_sudo = self.sudo()._get_rma_shipments()
        # a dependency can't follow returns of returns
        shipments_sudo.modified(["quantity"])
        res = super()._update_rma_closure()
        if shipments_sudo:
            lines_sudo = shipments_sudo.rma_supplier_line_id
            lines_sudo._check_shipped()
            shipments_sudo.rma_answer_id._follow_answers()
            shipments_sudo.rma_answer_id._check_arrived()
            lines_sudo.authorization_id._update_closure()
        return res

    # -- value -------------------------------------------------------------------------

    def _get_value_from_account_move(self, quantity, at_date=None):
        """Override of `purchase_stock`: what a supplier sends back, or a worker takes
        back, is no purchase, and worth what the goods were worth when they left."""
        origin = self.origin_returned_move_id
        if origin.is_out and origin._get_rma_shipments():
            return self._get_value_from_returns(quantity, at_date)
        return super()._get_value_from_account_move(quantity, at_date=at_date)

    # -- what may be returned ----------------------------------------------------------

    def _check_rma_purchase_returns(self):
        """Refuse returns by hand of what is on a return to a supplier already.

        :raise UserError: naming the receipt
        """
        lines = self.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id.usage == "supplier"
                and not move.rma_supplier_line_id
            )
        ).purchase_line_id
        lines = lines.filtered("rma_line_ids")
        lock_rows(lines)
        for line in lines:
            rest = line._get_rma_returnable_qty()[line]
            if line.product_uom_id.compare(rest, 0.0) < 0:
                raise UserError(
                    self.env._(
                        "%(product)s, %(order)s: %(over)s %(unit)s too many, of what "
                        "was received; what is on returns to the supplier counts as "
                        "well. Lower the quantity, or cancel that return.",
                        product=line.product_id.display_name,
                        order=line.order_id.name,
                        over=-rest,
                        unit=line.product_uom_id.name,
                    )
                )
