# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Returns to suppliers: what steps can be about, and quantities counted from moves."""

from .facts import Facts

REJECTED = ("refused", "cancelled", "expired")


class SupplierFacts(Facts):
    # -- returns -----------------------------------------------------------------------

    def find_claims(self):
        return self.search(
            "rma.authorization", ("partner_id", "in", self.case.suppliers.ids)
        )

    def claims_with_state(self, *states):
        return [one for one in self.options("claims") if one.state in states]

    def find_undecided_claims(self):
        return self.claims_with_state("draft", "submitted")

    def find_agreed_claims(self):
        return self.claims_with_state("authorized")

    def find_open_claims(self):
        return self.claims_with_state("draft", "submitted", "authorized")

    def find_closed_claims(self):
        return self.claims_with_state("closed")

    def find_answerable_claims(self):
        """Those of which the supplier has something to say about."""
        return [
            one
            for one in self.options("agreed_claims")
            if one.line_ids._has_open("qty_to_settle")
        ]

    def find_bought(self):
        return self.case.supplies.order_line

    def find_blamed(self):
        """Findings for which a supplier answers."""
        return [
            one for one in self.options("findings") if one.responsible == "supplier"
        ]

    def find_answers(self):
        return self.search(
            "rma.authorization.settlement",
            ("partner_id", "in", self.case.suppliers.ids),
            ("state", "!=", "cancelled"),
        )

    # -- transfers ---------------------------------------------------------------------

    def find_supplier_transfers(self):
        return self.search(
            "stock.picking", ("rma_id", "in", [one.id for one in self.find_claims()])
        )

    def with_moves(self, *states, answers):
        """Transfers of goods that suppliers send, or that they get."""
        return [
            one
            for one in self.options("supplier_transfers")
            if one.state in states and bool(one.move_ids.rma_answer_id) == answers
        ]

    def find_claim_shipments(self):
        return self.with_moves("draft", "confirmed", "assigned", answers=False)

    def find_claims_shipped(self):
        return self.with_moves("done", answers=False)

    def find_answer_receipts(self):
        return self.with_moves("draft", "confirmed", "assigned", answers=True)

    def find_answers_received(self):
        return self.with_moves("done", answers=True)

    def find_supplied(self):
        """Receipts of purchases."""
        return [one for one in self.case.supplies.picking_ids if not one.return_id]

    # -- credit notes ------------------------------------------------------------------

    def find_supplier_notes(self):
        return self.search(
            "account.move",
            ("partner_id", "in", self.case.suppliers.ids),
            ("move_type", "=", "in_refund"),
        )

    def find_supplier_drafts(self):
        return [one for one in self.options("supplier_notes") if one.state == "draft"]

    def find_supplier_posted(self):
        return [one for one in self.options("supplier_notes") if one.state == "posted"]

    # -- quantities --------------------------------------------------------------------

    def is_of_claim(self, move):
        """Whether a move belongs to a return to a supplier, or undoes one that does."""
        while move:
            if move.rma_supplier_line_id:
                return True
            move = move.origin_returned_move_id
        return False

    def sum_claimed(self, moves, target):
        """What was moved by these, and not moved back by hand."""
        return sum(
            self.convert(move.quantity, move.product_uom, target)
            - self.sum_claimed(
                self.done(move.returned_move_ids).filtered(
                    lambda one: not one.rma_answer_id
                ),
                target,
            )
            for move in self.done(moves)
        )

    def get_shipped(self, line):
        """What the supplier got, whatever they sent back."""
        moves = line.supplier_move_ids.filtered(lambda move: not move.rma_answer_id)
        return self.sum_claimed(moves, line.product_uom_id)

    def get_arrived(self, settlement):
        """What came with an answer."""
        return self.sum_claimed(settlement.answer_move_ids, settlement.product_uom_id)

    def sends_goods(self, line):
        return line.disposition != "keep"

    def get_answerable(self, line):
        permitted = self.get_permitted(line)
        due = self.get_shipped(line) if self.sends_goods(line) else permitted
        return due + line.qty_lost_due

    def get_claimed(self, line):
        """What a line claims of its finding."""
        if line.state in REJECTED:
            return 0.0
        return max(self.get_permitted(line), self.get_shipped(line))

    def get_claimed_ahead(self, finding):
        """What of a finding is claimed and waits to be shipped."""
        return sum(
            self.convert(
                max(self.get_permitted(line) - self.get_shipped(line), 0.0),
                line.product_uom_id,
                finding.product_uom_id,
            )
            for line in finding.claim_line_ids
            if self.sends_goods(line)
            and line.state in ("draft", "submitted", "authorized")
        )
