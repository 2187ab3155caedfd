# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Quantities of a return, counted from documents without our computed fields."""

from collections import defaultdict

from .finders import Finders

PERMITTED = ("authorized", "closed")


class Facts(Finders):
    # -- units -------------------------------------------------------------------------

    def convert(self, qty, unit, target):
        """Without rounding: what is one of a dozen stays one of a dozen."""
        return unit._compute_quantity(qty, target, round=False)

    def slack(self, documents, unit, *others):
        """What rounding may cost: nothing in one unit, half a step per document where
        a dozen is counted in pieces."""
        if all(other == unit for other in others):
            return unit.rounding / 2
        return unit.rounding / 2 * (len(documents) + 1)

    # -- moves of goods ----------------------------------------------------------------

    def done(self, moves):
        return moves.filtered(lambda move: move.state == "done")

    def get_reversals(self, move):
        """Done moves by the core's window that undo this one, for no other reason; and
        what a supplier refused and sent back."""
        return self.done(move.returned_move_ids).filtered(
            lambda one: (
                not one.rma_inspection_id
                and one.rma_answer_id.answer in (False, "back")
            )
        )

    def sum_net(self, moves, target):
        """What was moved and not moved back, nor that moved forth again."""
        return sum(
            self.convert(move.quantity, move.product_uom, target)
            - self.sum_net(self.get_reversals(move), target)
            for move in moves
        )

    def get_receipts(self, line):
        """Done moves that brought the goods of a return line in."""
        return self.done(line.move_ids).filtered(
            lambda move: not move.rma_inspection_id
        )

    def get_disposals(self, line):
        return self.done(line.move_ids).filtered("rma_inspection_id")

    def get_received(self, line):
        return self.sum_net(self.get_receipts(line), line.product_uom_id)

    def get_disposed(self, line, disposals=None):
        """What left quarantine for good; of a line, or by some of its moves."""
        if disposals is None:
            disposals = self.get_disposals(line)
        return self.sum_net(disposals, line.product_uom_id)

    def get_sent_back(self, line):
        """What the customer has again."""
        sent = self.get_disposals(line).filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        return self.get_disposed(line, sent)

    def get_received_by_lot(self, line):
        """{lot: quantity} in the line's unit."""
        lots = defaultdict(float)
        self.add_lots(lots, self.get_receipts(line), line.product_uom_id, 1)
        return lots

    def get_held_by_lot(self, line):
        """What the moves of a line have brought into quarantine and left there, in the
        product's unit."""
        lots, unit = defaultdict(float), line.product_id.uom_id
        self.add_lots(lots, self.get_receipts(line), unit, 1)
        self.add_lots(lots, self.get_disposals(line), unit, -1)
        return lots

    def add_lots(self, lots, moves, unit, sign):
        for move in moves:
            for line in move.move_line_ids:
                lots[line.lot_id] += sign * self.convert(
                    line.quantity, line.product_uom_id, unit
                )
            self.add_lots(lots, self.get_reversals(move), unit, -sign)

    # -- settlements -------------------------------------------------------------------

    def get_active(self, settlements):
        return settlements.filtered(lambda one: one.state != "cancelled")

    def get_settled(self, line):
        return sum(self.get_active(line.settlement_ids).mapped("qty"))

    def get_permitted(self, line):
        return max(line.qty_authorized - line.qty_closed, 0.0)

    def expects_goods(self, line):
        return line.resolution != "solved" and line.disposition != "keep"

    def is_due_before_receipt(self, line):
        in_advance = line.resolution == "exchange" and line.advance
        return in_advance or not self.expects_goods(line)

    def get_due(self, line):
        """What may be settled by now."""
        if self.is_due_before_receipt(line):
            due = self.get_permitted(line)
        elif line.authorization_id.inspection_required:
            due = sum(line.inspection_ids.mapped("qty"))
        else:
            due = self.get_received(line)
        return due + line.qty_lost_due

    # -- order lines -------------------------------------------------------------------

    def is_of_return(self, move):
        """Whether a move belongs to a return, or undoes one that does."""
        while move:
            if move.rma_line_id:
                return True
            move = move.origin_returned_move_id
        return False

    def get_delivered(self, order_line, *, refunds_only=False, planned=False):
        """What the customer got, less what came back without us.

        :param bool refunds_only: of the latter only what lowers the sale
        :param bool planned: of the latter also what is expected
        """
        unit, total = order_line.product_uom_id, 0.0
        for move in order_line.move_ids:
            is_back = move.location_id.usage == "customer"
            counts = move.state == "done" or (
                planned and is_back and move.state != "cancel"
            )
            if not counts or self.is_of_return(move):
                continue
            if refunds_only and move.origin_returned_move_id and not move.to_refund:
                continue
            qty = move.quantity if move.state == "done" else move.product_uom_qty
            qty = self.convert(qty, move.product_uom, unit)
            if is_back:
                total -= qty
            elif move.location_dest_id.usage == "customer":
                total += qty
        return total

    def get_taken(self, order_line, states=(*PERMITTED, "submitted")):
        """What returns take up: permitted, and at least what came or was settled,
        unless the customer has it again; what was lost, too."""
        taken = 0.0
        for line in order_line.rma_line_ids:
            if line.state in states:
                asked = max(
                    self.get_permitted(line) + line.qty_lost,
                    self.get_received(line) + line.qty_lost,
                    self.get_settled(line),
                )
                rest = asked - self.get_sent_back(line)
                taken += self.convert(
                    rest, line.product_uom_id, order_line.product_uom_id
                )
        return taken

    def get_at_customer(self, order_line, unit):
        """What the customer has of it, permitted or not, in a unit."""
        own = order_line.product_uom_id
        left = self.get_delivered(order_line, planned=True)
        for line in order_line.rma_line_ids:
            gone = self.get_received(line) - self.get_sent_back(line)
            left -= self.convert(gone, line.product_uom_id, own)
        return unit.round(self.convert(max(left, 0.0), own, unit))

    def get_unreturned(self, order_line, unit):
        """What can still be returned, in a unit."""
        own = order_line.product_uom_id
        left = self.get_delivered(order_line, planned=True)
        left -= self.get_taken(order_line)
        return unit.round(self.convert(left, own, unit))

    # -- invoices ----------------------------------------------------------------------

    def get_credited_line(self, note_line, invoice_lines):
        """The invoice line that a line of a credit note is about."""
        settlement = note_line.rma_settlement_id
        if settlement:
            return settlement.invoice_line_id
        return invoice_lines.filtered(
            lambda line: (
                line.move_id == note_line.move_id.reversed_entry_id
                and line.sale_line_ids & note_line.sale_line_ids
            )
        )[:1]

    def get_note_lines(self, invoice_lines, *, posted=False):
        """{invoice line: lines of credit notes about it that aren't cancelled}."""
        found = dict.fromkeys(invoice_lines, self.env["account.move.line"])
        states = ("posted",) if posted else ("draft", "posted")
        for note in self.options("notes"):
            if note.state in states:
                for line in note.invoice_line_ids:
                    origin = self.get_credited_line(line, invoice_lines)
                    if origin in found:
                        found[origin] |= line
        return found

    def get_credited(self, invoice_line, note_lines):
        """Credited units; a draft of ours counts as what its settlement says."""
        total = 0.0
        for line in note_lines:
            settlement, qty, unit = (
                line.rma_settlement_id,
                line.quantity,
                line.product_uom_id,
            )
            if settlement and line.parent_state == "draft":
                qty, unit = settlement.qty, settlement.product_uom_id
            total += self.convert(qty, unit, invoice_line.product_uom_id)
        return total

    def get_uncredited(self, invoice_lines):
        """{invoice line: what no credit note is about yet}."""
        return {
            line: line.quantity - self.get_credited(line, note_lines)
            for line, note_lines in self.get_note_lines(invoice_lines).items()
        }
