# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invariants 1, 2, 3 and 5: what may come back, where it is, what is settled."""

from collections import defaultdict
from contextlib import contextmanager

from .facts import PERMITTED, Facts

# What a walk's rounding of average costs may add up to, in the company's currency.
CENTS = 0.5


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

    # -- value -------------------------------------------------------------------------

    @contextmanager
    def worth_kept(self):
        """Whatever happens to goods: what the stock is worth less is in the ledgers."""
        before = self.get_worth()
        yield
        self.env.flush_all()
        self.require_equal(self.get_worth(), before, CENTS, "2: value made or lost")

    def get_worth(self):
        """The value of the walk's stock and what its returns lost of it."""
        self.env.invalidate_all()
        case = self.case
        products = case.products | case.outcomes
        return sum(products.mapped("total_value")) + sum(
            self.get_losses(
                self.env["rma.authorization"].union(*self.find_returns())
            ).mapped("amount")
        )

    def get_losses(self, authorizations):
        return authorizations.cost_ids.filtered(
            lambda row: row.kind == "value_loss" and row.res_model
        )

    def check_losses(self):
        """The ledger of each return has what its goods lost by the moves."""
        for authorization in self.options("returns"):
            lost = 0.0
            for taken in self.done(authorization.line_ids.move_ids):
                if taken.location_dest_id.usage == "inventory":
                    lost += self.get_net_value(taken) - sum(
                        self.get_net_value(brought)
                        for brought in self.done(taken.rma_regraded_move_ids)
                    )
            found = sum(self.get_losses(authorization).mapped("amount"))
            self.require_equal(found, lost, CENTS, "2: value lost", authorization)
        for quant in self.search(
            "stock.quant",
            ("product_id", "in", self.case.outcomes.ids),
            ("location_id.usage", "=", "internal"),
        ):
            self.require(quant.quantity >= -0.005, "2: negative stock", quant)
            self.require(
                quant.location_id not in self.quarantines, "2: in quarantine", quant
            )

    def get_net_value(self, move):
        return move.value - sum(self.get_reversals(move).mapped("value"))

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
