# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.fields import Domain


class RmaAuthorizationWarranty(models.Model):
    _inherit = "rma.authorization.warranty"

    move_id = fields.Many2one(
        comodel_name="stock.move",
        string="Delivery",
        readonly=True,
        copy=True,
        ondelete="set null",
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Lot/Serial Number",
        index="btree_not_null",
        check_company=True,
        ondelete="cascade",
        domain="[('product_id', '=', product_id)]",
    )

    _delivery_uniq = models.UniqueIndex(
        "(move_id, COALESCE(lot_id, 0)) WHERE move_id IS NOT NULL"
        " AND split_from_id IS NULL",
        "What was delivered has one warranty.",
    )
    # also finds the parts that were cut off
    _move_idx = models.Index("(move_id) WHERE split_from_id IS NOT NULL")

    def _get_siblings(self):
        """Override of `rma_authorization`: those of the same delivery, and the same
        serial sold before or again."""
        domain = Domain.OR(
            [
                Domain("id", "in", self.ids),
                Domain("sale_line_id", "in", self.sale_line_id.ids),
                Domain("move_id", "in", self.move_id.ids),
                Domain("lot_id", "in", self.lot_id.ids),
            ]
        )
        return self.search(domain)

    def _get_lines(self):
        """Override of `rma_authorization` to find them by delivery and number, too."""
        domain = Domain.OR(
            [
                Domain("sale_line_id", "in", self.sale_line_id.ids),
                Domain("move_id", "in", self.move_id.ids),
                Domain("lot_ids", "in", self.lot_id.ids),
            ]
        )
        domain &= Domain("authorization_id.direction", "=", "customer")
        return self.env["rma.authorization.line"].search(domain)

    # -- what came back ----------------------------------------------------------------

    def _get_loss_claims(self):
        """Override of `rma_authorization` to tell serials and deliveries apart, and to
        count what came back without an authorization, too."""
        ordered = self.sorted(lambda one: (one.date_start, one.id))
        by_order_line = ordered.grouped("sale_line_id")
        by_move = ordered.grouped("move_id")
        by_lot = ordered.grouped("lot_id")
        nothing = self.browse()
        claims = []
        for line in self._get_lines():
            for lot, qty in line._get_warranty_losses().items():
                if lot:
                    known = by_lot.get(lot, nothing)
                    own = known.filtered(lambda one, line=line: one._is_origin_of(line))
                    candidates = own or known[-1:]
                elif line.move_id:
                    candidates = by_move.get(line.move_id, nothing)
                else:
                    candidates = by_order_line.get(line.sale_line_id, nothing)
                claims.append((candidates, qty))
        return (
            claims
            + self._get_foreign_claims(by_move)
            + self._get_superseded_claims(by_lot)
        )

    def _is_origin_of(self, line):
        """Whether a return line names this very delivery, or its order line."""
        self.ensure_one()
        if line.move_id:
            return line.move_id == self.move_id
        return bool(line.sale_line_id) and line.sale_line_id == self.sale_line_id

    def _get_foreign_claims(self, by_move):
        """What came back by transfers that no authorization asked for."""
        returns = self.move_id.returned_move_ids.filtered(
            lambda move: move.state == "done" and not move.rma_line_id
        )
        return [
            (
                by_move[move.origin_returned_move_id].filtered(
                    lambda one, lot=lot: one.lot_id == lot
                ),
                qty,
            )
            for move in returns
            for lot, qty in move._get_rma_net_numbers().items()
        ]

    def _get_superseded_claims(self, by_lot):
        """A serial that was delivered again has come back before, however."""
        return [
            (earlier, earlier.quantity)
            for lot, warranties in by_lot.items()
            if lot.product_id.tracking == "serial"
            for earlier in warranties[:-1]
        ]
