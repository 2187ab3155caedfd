# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invariant 8: what suppliers have, owe and answer, and what purchases say of it."""

from collections import defaultdict

from .facts import PERMITTED
from .progress_invariants import ProgressInvariants
from .supplier_facts import SupplierFacts

GOODS = ("exchange", "repair", "back")


class SupplierInvariants(ProgressInvariants, SupplierFacts):
    def check(self):
        super().check()
        if self.options("claims") or self.counts["return_purchase_by_hand"]:
            self.check_suppliers()

    def check_suppliers(self):
        for claim in self.options("claims"):
            for line in claim.line_ids:
                self.check_claim_line(line)
            self.check_open(
                claim, [self.get_claim_open(line) for line in claim.line_ids]
            )
        for settlement in self.options("answers"):
            self.check_answer(settlement)
        for finding in self.options("findings"):
            self.check_claimed(finding)
        for line in self.options("bought"):
            self.check_purchase(line)
        self.check_numbers()
        self.check_values()

    def get_slack(self, line):
        return self.slack(
            line.supplier_move_ids, line.product_uom_id, line.product_id.uom_id
        )

    # -- returns -----------------------------------------------------------------------

    def check_claim_line(self, line):
        slack, shipped = self.get_slack(line), self.get_shipped(line)
        self.require_equal(line.qty_received, shipped, slack, "8: shipped", line)
        self.require_at_most(
            shipped,
            self.get_permitted(line),
            slack,
            "8: shipped beyond permission",
            line,
        )
        if line.state not in PERMITTED:
            self.require_equal(shipped, 0.0, slack, "8: shipped unpermitted", line)
        self.require_at_most(
            self.get_settled(line),
            self.get_answerable(line),
            slack,
            "8: answered beyond what they have",
            line,
        )

    def check_answer(self, settlement):
        slack = self.get_slack(settlement.line_id)
        arrived = self.get_arrived(settlement)
        self.require_at_most(
            arrived, settlement.qty, slack, "8: more came than was answered", settlement
        )
        expected = "done"
        if settlement.resolution == "credit":
            expected = self.get_state_of_credit(settlement)
        elif settlement.answer_move_ids and arrived < settlement.qty - slack:
            expected = "in_progress"
        self.require(
            settlement.state == expected,
            f"8: answer is {settlement.state}, its documents are {expected}",
            settlement,
        )
        if settlement.answer in GOODS:
            self.require(
                settlement.answer_move_ids, "8: answered without goods", settlement
            )

    def get_claim_open(self, line):
        permitted = self.get_permitted(line) if self.sends_goods(line) else 0.0
        unfinished = sum(
            one.qty
            for one in self.get_active(line.settlement_ids)
            if one.state != "done"
        )
        return {
            "inspect": 0.0,
            "settle": self.get_answerable(line) - self.get_settled(line),
            "dispose": 0.0,
            "receive": permitted - self.get_shipped(line),
            "close": unfinished,
        }

    # -- the customers' returns --------------------------------------------------------

    def check_claimed(self, finding):
        """No more is claimed than was found, and what left is disposed of."""
        line, claims = finding.line_id, finding.claim_line_ids
        unit = finding.product_uom_id
        slack = self.slack(
            claims.supplier_move_ids,
            unit,
            line.product_id.uom_id,
            *claims.product_uom_id,
        )
        claimed = sum(
            self.convert(self.get_claimed(one), one.product_uom_id, unit)
            for one in claims
        )
        self.require_at_most(
            claimed, finding.qty, slack, "8: claimed beyond the finding", finding
        )
        if finding.disposition == "vendor":
            gone = sum(
                self.convert(self.get_kept(one), one.product_uom_id, unit)
                for one in claims
            )
            self.require_equal(
                finding.qty_disposed, gone, slack, "8: disposed of", finding
            )

    def get_kept(self, line):
        """What the supplier got, and didn't refuse to keep."""
        refused = line.settlement_ids.filtered(lambda one: one.answer == "back")
        return self.get_shipped(line) - sum(map(self.get_arrived, refused))

    # -- purchases ---------------------------------------------------------------------

    def check_purchase(self, line):
        unit, order = line.product_uom_id, line.order_id
        settlements = self.get_active(line.rma_line_ids.settlement_ids).filtered(
            lambda one: one.resolution == "credit" and one.is_carried_out
        )
        credited = sum(
            self.convert(one.qty, one.product_uom_id, unit) for one in settlements
        )
        slack = self.slack(
            [*line.move_ids, *settlements, *line.invoice_lines],
            unit,
            line.product_id.uom_id,
            *settlements.product_uom_id,
        )
        ordered = self.case.ordered[line]
        self.require_equal(line.product_qty, ordered, slack, "8: ordered", order)
        received = self.get_supplied(line, refunds_only=True) - credited
        self.require_equal(line.qty_received, received, slack, "8: received", order)
        billed = sum(
            self.convert(one.quantity, one.product_uom_id, unit)
            * (-1 if one.move_id.move_type == "in_refund" else 1)
            for one in line.invoice_lines
            if one.parent_state != "cancel"
        )
        self.require_equal(line.qty_invoiced, billed, slack, "8: billed", order)
        by_order = line.product_id.purchase_method == "purchase"
        owed = ordered - credited if by_order else received
        self.require_equal(
            line.qty_to_invoice, owed - billed, slack, "8: to bill", order
        )
        self.require_at_most(
            self.get_claimed_of_purchase(line),
            self.get_supplied(line),
            slack,
            "8: more goes back than came",
            order,
        )

    def get_supplied(self, line, *, refunds_only=False):
        """What came, less what went back without a return of ours."""
        total = 0.0
        for move in self.done(line.move_ids):
            if self.is_of_claim(move):
                continue
            if refunds_only and move.origin_returned_move_id and not move.to_refund:
                continue
            sign = -1 if move.location_dest_id.usage == "supplier" else 1
            total += sign * self.convert(
                move.quantity, move.product_uom, line.product_uom_id
            )
        return total

    def get_claimed_of_purchase(self, order_line):
        total = 0.0
        for line in order_line.rma_line_ids:
            if line.state not in PERMITTED:
                continue
            back = sum(map(self.get_arrived, self.get_active(line.settlement_ids)))
            total += self.convert(
                self.get_claimed(line) - back,
                line.product_uom_id,
                order_line.product_uom_id,
            )
        return total

    # -- goods -------------------------------------------------------------------------

    def check_numbers(self):
        """No serial is twice with a supplier, nor on its way there by two returns."""
        places = defaultdict(float)
        for quant in self.search(
            "stock.quant",
            ("product_id", "in", self.case.products.ids),
            ("product_id.tracking", "=", "serial"),
            ("lot_id", "!=", False),
        ):
            places[quant.lot_id] += quant.quantity
            if quant.location_id.usage == "supplier":
                self.require(
                    quant.quantity in (-1.0, 0.0, 1.0),
                    "8: a serial twice with suppliers",
                    quant.lot_id,
                )
        for lot, qty in places.items():
            self.require(qty in (0.0, 1.0), "8: a serial too many", lot)
        promised = defaultdict(list)
        for claim in self.claims_with_state("submitted", "authorized"):
            for line in claim.line_ids:
                sent = self.done(line.supplier_move_ids).lot_ids
                if self.sends_goods(line) and line.tracking == "serial":
                    for lot in line.lot_ids - sent:
                        promised[lot].append(line)
        for lot, lines in promised.items():
            self.require(len(lines) == 1, "8: a serial on two returns", lot)

    def check_values(self):
        """What comes back is worth what left, whatever it costs today."""
        for claim in self.options("claims"):
            for move in self.done(claim.line_ids.supplier_move_ids):
                backs = self.done(move.returned_move_ids)
                if move.product_id.cost_method == "standard" or not move.quantity:
                    continue
                for back in backs.filtered("quantity"):
                    self.require_equal(
                        back.value / back.quantity,
                        move.value / move.quantity,
                        0.01,
                        "8: worth",
                        back,
                    )
