# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invariant 7: headers say what their lines say, and stored figures are fresh."""

from .request_rules import REOPENED
from .sale_invariants import SaleInvariants

STORED = {
    "rma.authorization": [
        "receipt_status",
        "inspection_status",
        "settlement_status",
        "disposition_status",
        "next_step",
        "cost_total",
    ],
    "rma.authorization.line": [
        "qty_received",
        "qty_inspected",
        "qty_accepted",
        "qty_rejected",
        "qty_settled",
        "qty_settling",
        "qty_disposed",
        "qty_disposing",
        "qty_to_receive",
        "qty_to_inspect",
        "qty_to_settle",
        "qty_to_dispose",
    ],
    "rma.authorization.inspection": [
        "qty_disposed",
        "qty_disposing",
        "disposition_state",
        "certificate_state",
        "claim_state",
    ],
    "rma.authorization.settlement": ["state"],
    "sale.order.line": [
        "rma_credited_qty",
        "qty_delivered",
        "qty_invoiced",
        "qty_to_invoice",
        "invoice_status",
    ],
    "purchase.order.line": [
        "rma_credited_qty",
        "qty_received",
        "qty_invoiced",
        "qty_to_invoice",
    ],
}


class ProgressInvariants(SaleInvariants):
    def check(self):
        """Every invariant, on the whole shop."""
        self.check_lines()
        self.check_order_lines()
        self.check_stock()
        self.check_losses()
        self.check_notes()
        self.check_sales()
        for settlement in self.options("settlements"):
            self.check_settlement_state(settlement)
        for authorization in self.options("returns"):
            self.check_progress(authorization)
        self.check_stored()

    # -- settlements -------------------------------------------------------------------

    def check_settlement_state(self, settlement):
        expected = "planned"
        if settlement.is_carried_out:
            expected = getattr(self, f"get_state_of_{settlement.resolution}")(
                settlement
            )
        self.require(
            settlement.state == expected,
            f"7: settlement is {settlement.state}, its documents are {expected}",
            settlement,
        )

    def get_state_of_none(self, _settlement):
        return "done"

    def get_state_of_solved(self, _settlement):
        return "done"

    def get_state_of_exchange(self, settlement):
        lines = settlement.sale_line_ids
        unit = settlement.product_uom_id
        delivered = sum(
            # a return that shall not change the order doesn't undo its delivery
            self.convert(
                self.get_delivered(line, refunds_only=True), line.product_uom_id, unit
            )
            for line in lines
        )
        slack = self.slack(lines.move_ids, unit, *lines.move_ids.product_uom)
        if delivered >= settlement.qty - slack:
            return "done"
        is_cancelled = set(lines.mapped("state")) <= {"cancel"}
        return "cancelled" if is_cancelled else "in_progress"

    def get_state_of_credit(self, settlement):
        states = set(settlement.credit_line_ids.mapped("parent_state")) - {"cancel"}
        if settlement.is_uninvoiced or states == {"posted"}:
            return "done"
        return "in_progress" if states else "cancelled"

    def get_state_of_repair(self, settlement):
        repairs = settlement.repair_ids.filtered(lambda one: one.state != "cancel")
        if not repairs:
            return "cancelled"
        finding = settlement.inspection_id
        gone = self.get_disposed(finding.line_id, self.done(finding.move_ids))
        is_back = gone >= finding.qty - finding.product_uom_id.rounding / 2
        is_repaired = set(repairs.mapped("state")) == {"done"}
        return "done" if is_back and is_repaired else "in_progress"

    # -- headers -----------------------------------------------------------------------

    def get_open(self, line):
        """What is open on each axis, counted from documents."""
        received, settled = self.get_received(line), self.get_settled(line)
        held = received - self.get_disposed(line)
        expected = self.get_permitted(line) if self.expects_goods(line) else 0.0
        judged = sum(line.inspection_ids.mapped("qty"))
        unfinished = sum(
            one.qty
            for one in self.get_active(line.settlement_ids)
            if one.state != "done"
        )
        inspected = line.authorization_id.inspection_required
        return {
            "receive": expected - received,
            "inspect": received - judged if inspected else 0.0,
            "settle": self.get_due(line) - settled,
            "dispose": held - self.get_disposing(line, held),
            "close": max(
                unfinished,
                min(self.get_disposing(line, held), held),
                float(self.lacks_certificate(line)),
            ),
        }

    def lacks_certificate(self, line):
        """Whether goods were scrapped for which their category demands a proof."""
        return line.product_id.categ_id == self.case.certified and any(
            finding.disposition == "scrap"
            and self.get_disposed(line, self.done(finding.move_ids)) > 0
            and not finding.certificate_file
            for finding in line.inspection_ids
        )

    def get_disposing(self, line, held):
        """Goods in quarantine that move already, or that a repair holds."""
        total = 0.0
        for finding in line.inspection_ids:
            on_the_way = finding.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            qty = sum(
                self.convert(
                    move.product_uom_qty, move.product_uom, line.product_uom_id
                )
                for move in on_the_way
            )
            qty += sum(
                self.convert(
                    repair.product_qty, repair.product_uom, line.product_uom_id
                )
                for repair in finding.repair_ids
                if repair.state not in ("done", "cancel")
            )
            repairs = self.get_active(finding.settlement_ids).repair_ids
            if finding.disposition == "vendor":
                qty = self.get_claimed_ahead(finding)
            if any(one.state not in ("done", "cancel") for one in repairs):
                done = self.get_disposed(line, self.done(finding.move_ids))
                qty = finding.qty - done
            total += qty
        return min(total, held)

    def check_progress(self, authorization):
        opened = [self.get_open(line) for line in authorization.line_ids]
        self.check_open(authorization, opened)

    def check_open(self, authorization, opened):
        """What is open is what the header says; `opened` says it for each line."""
        slacks = [
            self.slack(line.move_ids, line.product_uom_id, line.product_id.uom_id)
            for line in authorization.line_ids
        ]
        steps = [
            step
            for step in ("inspect", "settle", "dispose", "receive", "close")
            if any(one[step] > slack for one, slack in zip(opened, slacks, strict=True))
        ]
        if authorization.state == "closed":
            self.require(not steps, f"7: closed, but {steps} is open", authorization)
        is_reopened = authorization.log_ids.sorted("id")[-1:].reason == REOPENED
        if authorization.state == "authorized" and not is_reopened:
            self.require(steps, "7: open, but nothing is", authorization)
        expected = {"draft": "review", "submitted": "review"}.get(
            authorization.state, "none"
        )
        if authorization.state == "authorized":
            expected = steps[0] if steps else "none"
        self.require(
            authorization.next_step == expected,
            f"7: the queue {authorization.next_step} instead of {expected}",
            authorization,
        )

    # -- stored figures ----------------------------------------------------------------

    def get_stored(self):
        found = {
            "rma.authorization": self.env["rma.authorization"].union(
                *self.options("returns"), *self.options("claims")
            )
        }
        returns = found["rma.authorization"]
        found["rma.authorization.line"] = returns.line_ids
        found["rma.authorization.inspection"] = returns.inspection_ids
        found["rma.authorization.settlement"] = returns.settlement_ids
        lines = self.env["sale.order.line"].union(*self.options("order_lines"))
        found["sale.order.line"] = lines | returns.settlement_ids.sale_line_ids
        # others than those on returns don't change
        found["purchase.order.line"] = returns.line_ids.purchase_line_id
        return found

    def check_stored(self):
        """What is stored is what computing it now gives: no depends is missing."""
        records = self.get_stored()
        stored = {
            (record, name): record[name]
            for model, names in STORED.items()
            for record in records[model]
            for name in names
        }
        for model, names in STORED.items():
            for name in names:
                field = self.env[model]._fields[name]
                self.env.add_to_compute(field, records[model])
        for (record, name), value in stored.items():
            fresh = record[name]
            same = fresh == value or (
                isinstance(value, float) and abs(fresh - value) < 0.0001
            )
            self.require(
                same, f"7: {name} is stored as {value}, but computes as {fresh}", record
            )
