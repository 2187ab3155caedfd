# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invariants 1, 2, 3 and 5: what may come back, where it is, what is settled."""

from collections import defaultdict

from .facts import PERMITTED, Facts


class GoodsInvariants(Facts):
    def begin(self):
        super().begin()
        self.known_settlements = self.env["rma.authorization.settlement"]

    def require(self, condition, sentence, *records):
        names = ", ".join(f"{one} {one.display_name}" for one in records if one)
        assert condition, f"{sentence}: {names}"

    def require_at_most(self, qty, limit, slack, sentence, *records):
        if qty > limit + slack:
            self.require(False, f"{sentence}: {qty} > {limit}", *records)

    def require_equal(self, found, expected, slack, sentence, *records):
        if abs(found - expected) > slack:
            self.require(False, f"{sentence}: {found} != {expected}", *records)

    def check_lines(self):
        for authorization in self.options("returns"):
            for line in authorization.line_ids:
                self.check_quantities(line)
                self.check_findings(line)
                self.check_settlements(line)
        new = self.env["rma.authorization.settlement"].union(
            *self.options("settlements")
        )
        for settlement in new - self.known_settlements:
            self.check_gate(settlement)
        self.known_settlements = new

    # -- invariant 1 -------------------------------------------------------------------

    def check_quantities(self, line):
        unit = line.product_uom_id
        slack = self.slack(line.move_ids, unit, line.product_id.uom_id)
        received = self.get_received(line)
        self.require_at_most(
            line.qty_authorized, line.qty_requested, slack, "1: permitted", line
        )
        self.require_at_most(
            received, line.qty_authorized, slack, "1: received beyond permission", line
        )
        self.require_at_most(
            self.get_settled(line),
            line.qty_authorized,
            slack,
            "1: settled beyond permission",
            line,
        )
        self.require_equal(
            line.qty_received, received, slack, "1: received by moves", line
        )
        if line.state not in PERMITTED:
            self.require_equal(received, 0.0, slack, "1: not permitted, yet here", line)

    # -- invariant 3 -------------------------------------------------------------------

    def check_findings(self, line):
        unit, received = line.product_uom_id, self.get_received(line)
        slack = self.slack(line.move_ids, unit, line.product_id.uom_id)
        findings = line.inspection_ids
        self.require_at_most(
            sum(findings.mapped("qty")),
            received,
            slack,
            "3: judged beyond received",
            line,
        )
        for finding in findings:
            self.require_at_most(
                sum(self.get_active(finding.settlement_ids).mapped("qty")),
                finding.qty,
                slack,
                "3: settled beyond the finding",
                finding,
            )
            self.require_at_most(
                self.get_disposed(line, self.done(finding.move_ids)),
                finding.qty,
                slack,
                "2: disposed of beyond the finding",
                finding,
            )

    def check_settlements(self, line):
        """A unit has at most one resolution."""
        settled = self.get_settled(line)
        arrived = max(self.get_permitted(line), self.get_received(line))
        arrived += line.qty_lost_due
        # replaced in advance: what then doesn't come is closed, and stays settled
        ahead = sum(
            one.qty
            for one in self.get_active(line.settlement_ids)
            if not one.inspection_id
        )
        slack = self.slack(line.move_ids, line.product_uom_id, line.product_id.uom_id)
        self.require_at_most(
            settled, max(arrived, ahead), slack, "3: settled twice", line
        )

    # -- invariant 5 -------------------------------------------------------------------

    def check_gate(self, settlement):
        line = settlement.line_id
        self.require(line.state in PERMITTED, "5: settled unpermitted", settlement)
        slack = self.slack(line.move_ids, line.product_uom_id, line.product_id.uom_id)
        self.require_at_most(
            self.get_settled(line),
            self.get_due(line),
            slack,
            "5: settled before its gate",
            settlement,
        )

    # -- invariant 2 -------------------------------------------------------------------

    def check_order_lines(self):
        for line in self.options("order_lines"):
            unit = line.product_uom_id
            slack = self.slack(line.move_ids, unit, line.product_id.uom_id)
            self.require_at_most(
                self.get_taken(line, PERMITTED),
                self.get_delivered(line),
                slack,
                "2: returns take more than was delivered",
                line,
            )

    def check_stock(self):
        """Every unit is in one place: what the moves of returns say is what the stock
        says."""
        expected = defaultdict(float)
        for authorization in self.options("returns"):
            for line in authorization.line_ids:
                for lot, qty in self.get_held_by_lot(line).items():
                    expected[line.product_id, lot] += qty
        held, owned = defaultdict(float), defaultdict(float)
        for quant in self.search(
            "stock.quant",
            ("product_id", "in", self.case.products.ids),
            ("location_id.usage", "in", ("internal", "customer", "transit")),
        ):
            key = quant.product_id, quant.lot_id
            owned[(quant.location_id, *key)] += quant.quantity
            if quant.location_id in self.quarantines:
                held[key] += quant.quantity
            if quant.location_id.usage == "internal":
                self.require(quant.quantity >= -0.005, "2: negative stock", quant)
        for key in {*expected, *held}:
            self.require_equal(held[key], expected[key], 0.011, "2: quarantine", *key)
        self.check_places(owned)

    def check_places(self, owned):
        """No customer gave more than they had, and no serial is in two places."""
        places = defaultdict(float)
        # what the dock let in beyond the permission, they may have got elsewhere
        extra = self.env["rma.authorization"].union(*self.options("returns"))
        let_in = extra.exception_ids.product_id
        for (location, product, lot), qty in owned.items():
            self.require(
                qty >= -0.005 or product in let_in,
                f"2: {qty} left, more than there was",
                location,
                product,
                lot,
            )
            if product.tracking == "serial":
                places[lot] += qty
        for lot, qty in places.items():
            self.require(qty in (0.0, 1.0), "2: a serial in two places", lot)
