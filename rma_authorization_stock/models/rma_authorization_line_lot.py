# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.rma_authorization.tools import lock_rows, read_rows

# So many deliveries are named in a sentence.
MAX_ORIGINS = 5


class LotFacts:
    """What is known of numbers that are named on lines, or arrive on them: looked up
    once for all of them."""

    def __init__(self, lines, lots):
        self.returnable = lots._get_rma_returnable_qty()
        self._open_lines = defaultdict(lines.browse)
        for line in lots._get_rma_open_lines():
            for lot in line.lot_ids & lots:
                self._open_lines[lot.id] |= line
        self._from_origin = lines._get_lots_from_origin(lots)

    def get_open_lines(self, lot):
        """The lines of open returns of customers that name this number."""
        return self._open_lines[lot.id]

    def is_from_origin(self, line, lot):
        """Whether the line's origin brought this number to the customer."""
        return (line.id, lot.id) in self._from_origin


class RmaAuthorizationLineLot(models.AbstractModel):
    """The lots and serial numbers of an authorization line: which may be named on it,
    which may arrive on it, and which have."""

    _name = "rma.authorization.line.lot"
    _description = "Return Line Numbers"

    # -- what may be asked for ---------------------------------------------------------

    def _check_lots_returnable(self):
        """A number named on a return was delivered on its origin, is with the customer
        (A4), and is on no other open authorization (R2). Locks the numbers first."""
        lines_sudo = self.sudo().filtered(
            lambda line: line.lot_ids and line.direction == "customer"
        )
        lock_rows(lines_sudo.lot_ids)
        numbers = LotFacts(lines_sudo, lines_sudo.lot_ids)
        for line in lines_sudo:
            arrived = self.env["stock.lot"].concat(*line._get_received_lots())
            lots = line.lot_ids - arrived
            line._check_lots_are_customers(lots, numbers)
            line._check_lots_free(lots, numbers)

    def _check_lots_are_customers(self, lots, numbers):
        self.ensure_one()
        rest = self._to_product_uom(self._get_permitted_qty())
        for lot in lots:
            # a serial is one; of lots the customer may have less than is asked for
            available = numbers.returnable[lot]
            asked = min(rest, 1.0) if self.tracking == "serial" else rest
            if lot != lots[-1]:
                asked = min(asked, max(available, 0.0))
            if problem := self._get_lot_problem(lot, asked, numbers):
                raise UserError(
                    self.env._(
                        "%(line)s: %(lot)s can't be returned. %(problem)s Name another "
                        "number, or none.",
                        line=self.display_name,
                        lot=lot.name,
                        problem=problem,
                    )
                )
            rest -= asked

    def _get_lot_problem(self, lot, qty, numbers):
        """Why `qty` of this number can't come back on this line, as a sentence; empty
        if it can.

        :param LotFacts numbers: what is known of it
        """
        self.ensure_one()
        unit, available = lot.product_id.uom_id, numbers.returnable[lot]
        is_there = (
            unit.compare(available, 0.0) > 0 and unit.compare(available, qty) >= 0
        )
        is_from_origin = numbers.is_from_origin(self, lot)
        if is_from_origin and is_there:
            return ""
        origins = self.browse().move_id
        if not is_from_origin:
            origins = self._get_first_origins(lot.product_id)
        if origins:
            return self.env._(
                "It wasn't delivered by %(deliveries)s.",
                deliveries=", ".join(origins.picking_id.mapped("name")),
            )
        delivery = lot._get_rma_deliveries(limit=1)
        holder = delivery.picking_id.partner_id.commercial_partner_id
        # an order may be shipped to somebody else than who bought and returns
        if not is_from_origin and holder not in (
            self.env["res.partner"],
            self.partner_id.commercial_partner_id,
        ):
            return self.env._("It was delivered to somebody else.")
        if is_there:
            return ""
        if unit.compare(available, 0.0) > 0:
            return self.env._(
                "Customers have %(available)s %(unit)s of it.",
                available=f"{available:g}",
                unit=unit.name,
            )
        if on_hand := lot._get_rma_locations():
            return self.env._(
                "It is in %(locations)s.",
                locations=", ".join(on_hand.mapped("display_name")),
            )
        if delivery:
            return self.env._("It came back already.")
        return ""

    def _get_origin_domain(self, product):
        """Deliveries of this product by the line's origin: the returns of returns that
        are among them have to be left out.

        Asked of the database, not of the order line: a framework order has thousands.
        """
        self.ensure_one()
        if self.move_id:
            return Domain("id", "=", self.move_id.id)
        if not self.sale_line_id:
            return Domain.FALSE
        of_line = [
            ("sale_line_id", "=", self.sale_line_id.id),
            ("product_id", "=", product.id),
        ]
        return Domain(of_line) & self._get_delivered_domain()

    def _get_delivered_domain(self):
        return Domain(
            [
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
                ("location_id.usage", "!=", "customer"),
                ("rma_line_id", "=", False),
            ]
        )

    def _get_lots_from_origin(self, lots):
        """Which of these numbers the origins of the lines brought to the customer.

        :return: {(id of the line, id of the number)}
        """
        of_delivery = self.filtered("move_id").grouped("move_id")
        of_order = self.filtered(
            lambda line: line.sale_line_id and not line.move_id
        ).grouped("sale_line_id")
        delivered = self._get_delivered_domain()
        of_orders = [("sale_line_id", "in", [order_line.id for order_line in of_order])]
        domain = (Domain(of_orders) & delivered) | Domain(
            "id", "in", [move.id for move in of_delivery]
        )
        if not lots:
            return set()
        # sudo: as in `stock.lot._get_rma_deliveries`
        carrying_sudo = (
            self.env["stock.move.line"]
            .sudo()
            .search_fetch(
                [("lot_id", "in", lots.ids), ("move_id", "any", domain)],
                ["lot_id", "move_id"],
            )
        )
        found = set()
        for move_line in carrying_sudo:
            move = move_line.move_id
            lines = of_delivery.get(move.sudo(self.env.su), self.browse())
            if move._is_rma_delivery():
                order_line = move.sale_line_id.sudo(self.env.su)
                lines |= of_order.get(order_line, self.browse())
            found |= {(line.id, move_line.lot_id.id) for line in lines}
        return found

    def _get_first_origins(self, product):
        """The first deliveries of this product by the line's origin, as superuser; none
        where it has no origin."""
        domain = self._get_origin_domain(product)
        if not self.move_id:
            domain &= Domain("origin_returned_move_id", "=", False)
        # sudo: as above
        moves_sudo = self.env["stock.move"].sudo()
        return moves_sudo.search(domain, order="date, id", limit=MAX_ORIGINS)

    def _check_lots_free(self, lots, numbers):
        """A serial is on one open authorization at most (R2)."""
        self.ensure_one()
        if self.tracking != "serial":
            return
        for lot in lots:
            if other := numbers.get_open_lines(lot) - self:
                raise UserError(
                    self.env._(
                        "%(line)s: serial number %(lot)s is on %(other)s already. "
                        "Finish or cancel that return first.",
                        line=self.display_name,
                        lot=lot.name,
                        other=other[0].authorization_id.display_name,
                    )
                )

    # -- what arrives ------------------------------------------------------------------

    def _get_arrival_problem(self, lot, qty, numbers=None):
        """Why this number isn't the one that was authorized, as a sentence; empty if
        it is, or if somebody has accepted it as an exception.

        :param lot: what the worker has entered; empty for a number nobody knows
        :param float qty: how much of it arrives, in its unit
        :param LotFacts numbers: what is known of it; looked up when empty
        """
        self.ensure_one()
        if not lot:
            return self.env._("Nobody knows this number.")
        accepted = self.exception_ids.filtered(lambda one: one._is_accepted_number())
        if lot in accepted.lot_id:
            return ""
        if self.lot_ids and lot not in self.lot_ids:
            return self.env._(
                "Authorized: %(lots)s.", lots=", ".join(self.lot_ids.mapped("name"))
            )
        numbers = numbers or LotFacts(self, lot)
        other = numbers.get_open_lines(lot) - self
        if lot.product_id.tracking == "serial" and other:
            return self.env._(
                "It is authorized on %(other)s.",
                other=other[0].authorization_id.display_name,
            )
        return self._get_lot_problem(lot, qty, numbers)

    def _get_received_lots(self):
        """What arrived by lot and was not taken out again, in the line's unit.

        :return: {lot: quantity}
        """
        self.ensure_one()
        lots = {}
        receipts = self._get_receipts()
        read_rows(receipts, "move_line_ids")
        for receipt in receipts:
            if receipt.state == "done":
                self._add_received_lots(lots, receipt, 1)
        return {
            lot: qty
            for lot, qty in lots.items()
            if self.product_uom_id.compare(qty, 0.0) > 0
        }

    def _get_waiting_lots(self):
        """What of each lot arrived and has no finding, in the line's unit; empty for
        what has no numbers.

        :return: {lot: quantity}
        """
        self.ensure_one()
        if self.tracking == "none":
            return {}
        found = {}
        for finding in self.inspection_ids:
            found[finding.lot_id] = found.get(finding.lot_id, 0.0) + finding.qty
        waiting = {
            lot: self._get_rest(qty, found.get(lot, 0.0))
            for lot, qty in self._get_received_lots().items()
        }
        return {
            lot: qty
            for lot, qty in waiting.items()
            if self.product_uom_id.compare(qty, 0.0) > 0
        }

    def _add_received_lots(self, lots, move, sign):
        for move_line in move.move_line_ids:
            lots[move_line.lot_id] = lots.get(
                move_line.lot_id, 0.0
            ) + sign * move_line.product_uom_id._compute_quantity(
                move_line.quantity, self.product_uom_id, rounding_method="HALF-UP"
            )
        for reversal in move._get_rma_reversals():
            self._add_received_lots(lots, reversal, -sign)
