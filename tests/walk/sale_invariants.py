# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invariants 1, 4 and 6: invoices, credit notes, and what a sale says of itself."""

from .goods_invariants import GoodsInvariants


class SaleInvariants(GoodsInvariants):
    # -- invariants 1 and 4 ------------------------------------------------------------

    def check_notes(self):
        posted = self.env["account.move"].union(*self.options("posted"))
        lines = posted.invoice_line_ids
        for line, note_lines in self.get_note_lines(lines).items():
            slack = self.slack(
                note_lines, line.product_uom_id, *note_lines.product_uom_id
            )
            self.require_at_most(
                self.get_credited(line, note_lines),
                line.quantity,
                slack,
                "1: credited beyond invoiced",
                line,
            )
        for line, note_lines in self.get_note_lines(lines, posted=True).items():
            self.check_amounts(line, note_lines, slack=0.005)
        for note in self.options("posted_notes"):
            if note.rma_id:
                self.check_entry(note)

    def check_entry(self, note):
        lines = note.line_ids
        currency = note.company_currency_id
        balance = sum(lines.mapped("debit")) - sum(lines.mapped("credit"))
        self.require(currency.is_zero(balance), "4: unbalanced", note)
        original = note.reversed_entry_id
        self.require(
            not original or note.currency_id == original.currency_id,
            "4: another currency",
            note,
        )
        for line in note.invoice_line_ids:
            self.require(
                line.rma_settlement_id or not line.rma_line_id,
                "4: credited without a settlement",
                note,
            )

    def check_amounts(self, invoice_line, note_lines, *, slack):
        """Each at the invoice's price, and all together the invoice's amount."""
        if not invoice_line.quantity:
            return
        price = invoice_line.price_subtotal / invoice_line.quantity
        total = credited = 0.0
        for line in note_lines:
            qty = self.convert(
                line.quantity, line.product_uom_id, invoice_line.product_uom_id
            )
            total, credited = total + line.price_subtotal, credited + qty
            self.require_equal(
                line.price_subtotal,
                price * qty,
                slack + 0.01 * len(note_lines),
                "4: another price than the invoice's",
                line.move_id,
            )
        is_ours = note_lines and note_lines.sorted("id")[-1].rma_settlement_id
        if is_ours and abs(credited - invoice_line.quantity) < 0.0001:
            self.require_equal(
                total,
                invoice_line.price_subtotal,
                slack,
                "4: credit notes don't add up to the invoice",
                invoice_line.move_id,
            )

    # -- invariant 6 -------------------------------------------------------------------

    def check_sales(self):
        for line in self.options("order_lines"):
            self.check_sale(line)

    def check_sale(self, line):
        unit = line.product_uom_id
        settlements = self.get_active(line.rma_line_ids.settlement_ids).filtered(
            lambda one: one.resolution == "credit" and one.is_carried_out
        )
        credited = sum(
            self.convert(one.qty, one.product_uom_id, unit) for one in settlements
        )
        documents = [*line.move_ids, *settlements, *line.invoice_lines]
        units = [*settlements.product_uom_id, *line.invoice_lines.product_uom_id]
        slack = self.slack(documents, unit, line.product_id.uom_id, *units)
        delivered = self.get_delivered(line, refunds_only=True) - credited
        self.require_equal(
            line.qty_delivered, delivered, slack, "6: delivered", line.order_id
        )
        invoiced = refunded = 0.0
        for one in line.invoice_lines.filtered(
            lambda one: one.parent_state != "cancel"
        ):
            qty = self.convert(one.quantity, one.product_uom_id, unit)
            if one.move_id.move_type == "out_invoice":
                invoiced += qty
            else:
                refunded += qty
        is_ordered = line.product_id.invoice_policy == "order"
        owed = line.product_uom_qty - credited if is_ordered else delivered
        self.require_equal(
            line.qty_to_invoice,
            owed - invoiced + refunded,
            slack,
            "6: to invoice",
            line.order_id,
        )
        self.check_credited_once(line, settlements, credited, slack)
        self.check_invoice_status(line, owed, invoiced - refunded, slack)

    def check_credited_once(self, line, settlements, credited, slack):
        """What was credited is on a note, or is on no invoice: it is never invoiced
        again."""
        unit = line.product_uom_id
        noted = 0.0
        for settlement in settlements:
            notes = settlement.credit_line_ids.filtered(
                lambda one: one.parent_state != "cancel"
            )
            qty = settlement.qty if settlement.is_uninvoiced or notes else 0.0
            noted += self.convert(qty, settlement.product_uom_id, unit)
            self.require(
                len(notes) == (0 if settlement.is_uninvoiced else 1),
                "6: a credit has one line of one note",
                settlement,
            )
            self.require(
                not notes or line in notes.sale_line_ids,
                "6: a note that the sale does not know",
                settlement,
            )
        self.require_equal(noted, credited, slack, "6: credited", line.order_id)

    def check_invoice_status(self, line, owed, invoiced, slack):
        if abs(owed - invoiced) > slack:
            expected = ("to invoice",)
        elif line.product_uom_id.is_zero(line.qty_to_invoice):
            expected = ("invoiced", "upselling", "no")
            if abs(owed) <= slack and line.qty_delivered <= slack and invoiced <= slack:
                expected = ("invoiced", "no", "upselling")
        else:
            expected = ("to invoice", "invoiced", "no")
        self.require(
            line.invoice_status in expected,
            f"6: {line.invoice_status} instead of {expected}",
            line.order_id,
        )
