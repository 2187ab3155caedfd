# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationLineKit(models.AbstractModel):
    """What an authorization line consists of: its product, or the components of the kit
    that it is. A kit is authorized, judged and settled as the kit that was sold, and
    received and moved by component (L7)."""

    _name = "rma.authorization.line.kit"
    _description = "Return Line Goods"

    is_incomplete_accepted = fields.Boolean(
        string="Incomplete Kits Received",
        readonly=True,
        copy=False,
        help="What is missing isn't expected any more: kits of which something arrived "
        "count as received.",
    )
    missing_goods = fields.Char(
        string="Missing Parts",
        compute="_compute_missing_goods",
        help="What lacks of the kits of which something arrived.",
    )

    @api.depends("qty_received", "move_ids.state", "move_ids.quantity")
    def _compute_missing_goods(self):
        for line in self:
            components = line._get_components()
            if not components:
                line.missing_goods = False
                continue
            received = line._get_received_goods()
            kits = self.env["rma.authorization.kit"]._count_begun_kits(
                components, received
            )
            missing = {
                component: component.uom_id.round(
                    need * kits - received.get(component, 0.0)
                )
                for component, need in components.items()
            }
            line.missing_goods = ", ".join(
                f"{qty:g} {component.uom_id.name} {component.display_name}"
                for component, qty in missing.items()
                if component.uom_id.compare(qty, 0.0) > 0
            )

    def _get_components(self):
        """{component: quantity in one of the product's unit}; empty for no kit."""
        self.ensure_one()
        line = self.sudo()
        return self.env["rma.authorization.kit"]._get_components(
            line.product_id, line.company_id, line.sale_line_id
        )

    def _get_received_goods(self):
        """What arrived and was not taken out again, as {product: quantity in its
        unit}."""
        self.ensure_one()
        received = {}
        for move in self._get_receipts():
            if move.state == "done":
                product = move.product_id
                received[product] = received.get(product, 0.0) + move._get_rma_net_qty(
                    product.uom_id
                )
        return received

    def _get_received_qty(self):
        """What arrived by moves, in the line's unit. Of kits the complete ones; all of
        which something arrived, once nobody expects the missing parts any more."""
        self.ensure_one()
        components = self._get_components()
        if not components:
            return sum(
                move._get_rma_net_qty(self.product_uom_id)
                for move in self._get_receipts()
                if move.state == "done"
            )
        kit = self.env["rma.authorization.kit"]
        count = kit._count_kits
        if self.is_incomplete_accepted:
            count = kit._count_begun_kits
        return self.product_id.uom_id._compute_quantity(
            max(count(components, self._get_received_goods()), 0.0),
            self.product_uom_id,
            rounding_method="HALF-UP",
        )

    def _accept_incomplete(self):
        """Count incomplete kits as received: what is missing doesn't come."""
        for line in self:
            received = line._get_received_goods()
            if any(received.values()) and line._get_components():
                line.is_incomplete_accepted = True

    def _get_needed_goods(self, qty):
        """What `qty` of this line consists of, as {product: quantity in its unit}."""
        self.ensure_one()
        qty = self._to_product_uom(qty)
        components = self._get_components() or {self.product_id: 1.0}
        return {
            product: product.uom_id.round(need * qty)
            for product, need in components.items()
        }

    def _is_worth(self, parcels, qty):
        """Whether these goods make up `qty` of this line."""
        self.ensure_one()
        found = {}
        for parcel, part in parcels:
            found[parcel.product] = found.get(parcel.product, 0.0) + part
        if self.is_incomplete_accepted:
            return bool(found)
        components = self._get_components() or {self.product_id: 1.0}
        worth = min(
            found.get(product, 0.0) / need for product, need in components.items()
        )
        worth = self.product_id.uom_id._compute_quantity(
            worth, self.product_uom_id, rounding_method="HALF-UP"
        )
        return self.product_uom_id.compare(worth, qty) >= 0

    def _get_excess_qty(self, product, arriving):
        """What of `arriving`, in the product's unit, is too much on this line."""
        self.ensure_one()
        permitted = self._get_permitted_qty()
        if product == self.product_id:
            total = self._get_received_qty() + product.uom_id._compute_quantity(
                arriving, self.product_uom_id, rounding_method="HALF-UP"
            )
            excess = total - permitted
            if self.product_uom_id.compare(excess, 0.0) <= 0:
                return 0.0
            return min(self._to_product_uom(excess), arriving)
        expected = self._get_needed_goods(permitted).get(product, 0.0)
        received = self._get_received_goods().get(product, 0.0)
        return min(
            max(product.uom_id.round(received + arriving - expected), 0.0), arriving
        )

    def _get_moved_qty(self, finding, moves):
        """How much of a finding these of its moves carry out, in the line's unit."""
        self.ensure_one()
        components = self._get_components()
        if not components:
            return sum(move._get_rma_net_qty(self.product_uom_id) for move in moves)
        alive = finding.move_ids.filtered(lambda move: move.state != "cancel")
        goods = self.env["rma.authorization.goods"]._get_goods(self)
        total = 0.0
        for component, need in self._get_needed_goods(finding.qty).items():
            at_hand = sum(
                qty for parcel, qty in goods.items() if parcel.product == component
            )
            total += min(need, self._sum_net(alive, component) + at_hand)
        moved = sum(self._sum_net(moves, component) for component in components)
        if not total:
            return 0.0
        return self.product_uom_id.round(
            finding.qty * min(moved / total, 1.0), rounding_method="DOWN"
        )

    def _sum_net(self, moves, product):
        return sum(
            move._get_rma_net_qty(product.uom_id)
            for move in moves
            if move.product_id == product
        )
