# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.rma_authorization.tools import read_rows


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_rma_returnable_qty(self, ignore=None):
        """Override of `rma_authorization` to read the places at both ends of all moves
        at once."""
        moves = read_rows(self, "move_ids")
        (moves.location_id | moves.location_dest_id)._recall()
        return super()._get_rma_returnable_qty(ignore)

    def _get_rma_delivered_qty(self):
        """Override of `rma_authorization` to count the deliveries themselves."""
        delivered = super()._get_rma_delivered_qty()
        for order_line in self.filtered(lambda line: line._is_rma_counted_by_move()):
            components = order_line._get_rma_components()
            delivered[order_line] = order_line._count_rma_moves(
                components,
                order_line._sum_rma_moves(components, order_line._get_rma_deliveries()),
            )
        return delivered

    def _get_rma_returned_elsewhere_qty(self):
        """Override of `rma_authorization` to count the core wizard's returns, those
        that are still expected, too; and of kits, components that went a way of
        their own."""
        returned = super()._get_rma_returned_elsewhere_qty()
        delivered = self._get_rma_delivered_qty()
        for order_line in self.filtered(lambda line: line._is_rma_counted_by_move()):
            components = order_line._get_rma_components()
            left = order_line._get_rma_kept_goods(components)
            returned[order_line] = delivered[order_line] - order_line._count_rma_moves(
                components, left
            )
        return returned

    def _get_rma_components(self):
        """What one unit of this line consists of, as {product: quantity in its unit};
        of what is no kit, the product itself."""
        self.ensure_one()
        components = self.env["rma.authorization.kit"]._get_components(
            self.product_id, self.company_id, self
        )
        return components or {self.product_id: 1.0}

    def _get_rma_kept_goods(self, components, ignore=None):
        """What the customer has, by product, of what this line delivered: neither
        returned by hand, nor on a return of a component.

        :param ignore: return lines that don't count, because they ask
        """
        self.ensure_one()
        kept = self._sum_rma_moves(components, self._get_rma_deliveries())
        foreign = self._sum_rma_moves(components, self._get_rma_foreign_returns())
        for product, qty in foreign.items():
            kept[product] -= qty
        if self.product_id in components:
            return kept
        # sudo: units on returns that the user may not see are taken all the same
        lines_sudo = self.env["rma.authorization.line"].sudo()
        domain = [
            ("move_id", "in", self.move_ids.ids),
            ("state", "in", ("submitted", "authorized", "closed")),
        ]
        for line in lines_sudo.search(domain):
            if line.product_id in kept and line not in (ignore or lines_sudo)._origin:
                kept[line.product_id] -= line._to_product_uom(line._get_occupied_qty())
        return kept

    def _get_rma_component_rest(self, component, ignore=None):
        """What can still be returned of a component by itself, in its unit: the kits
        on returns hold theirs."""
        self.ensure_one()
        components = self._get_rma_components()
        if component not in components:
            return 0.0
        kits = self.product_uom_id._compute_quantity(
            self._get_rma_taken_qty(ignore)[self],
            self.product_id.uom_id,
            rounding_method="HALF-UP",
        )
        kept = self._get_rma_kept_goods(components, ignore)
        return component.uom_id.round(kept[component] - kits * components[component])

    def _sum_rma_moves(self, components, moves):
        """{product: quantity in its unit} of these moves, for these components."""
        quantities = dict.fromkeys(components, 0.0)
        for move in moves:
            product = move.product_id
            if product in quantities:
                quantities[product] += move._get_rma_qty(product.uom_id)
        return quantities

    def _count_rma_moves(self, components, quantities):
        """How much of this line these goods are, in its unit; of kits, whole ones."""
        self.ensure_one()
        if self.product_id in components:
            qty = quantities[self.product_id]
        else:
            qty = self.env["rma.authorization.kit"]._count_kits(components, quantities)
        return self.product_id.uom_id._compute_quantity(
            qty, self.product_uom_id, rounding_method="HALF-UP"
        )

    def _get_rma_deliveries(self):
        """Moves that have brought goods of this line to the customer."""
        return self._filter_rma_moves(lambda move: move._is_rma_delivery())

    def _get_rma_foreign_returns(self):
        """Moves from the customer that no authorization asked for."""
        return self._filter_rma_moves(
            lambda move: (
                move.location_id.usage == "customer"
                and move.state != "cancel"
                and not move.rma_line_id
                and not move._get_rma_root()
            )
        )

    def _filter_rma_moves(self, condition):
        """Some of its moves, that are read together with those of the other lines of
        the batch: `filtered` alone forgets about these."""
        moves = self.move_ids
        return moves.filtered(condition).with_prefetch(moves._prefetch_ids)

    def _is_rma_counted_by_move(self):
        """Whether moves tell what was delivered of this line."""
        self.ensure_one()
        return self.qty_delivered_method == "stock_move"

    def _get_rma_taker_names(self):
        """Override of `rma_authorization` to name the core wizard's returns."""
        foreign_returns_sudo = self.sudo()._get_rma_foreign_returns()
        return [
            *super()._get_rma_taker_names(),
            *foreign_returns_sudo.picking_id.mapped("display_name"),
        ]
