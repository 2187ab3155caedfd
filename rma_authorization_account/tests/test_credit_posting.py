# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditPosting(RmaAccountCommon):
    def test_posting_closes_the_return(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line)
        note = self._settle(authorization)
        self.assertEqual(authorization.next_step, "close")
        self.assertEqual(authorization.settlement_ids.state, "in_progress")
        note.with_user(self.accountant).action_post()
        self.assertEqual(authorization.settlement_ids.state, "done")
        self.assertEqual(authorization.state, "closed")

    def test_note_is_reconciled_with_its_original(self):
        order_line = self._sell(price_unit=100.0)
        invoice = self._bill(order_line)
        note = self._release(self._credit(order_line, qty=3))
        self.assertEqual(note.payment_state, "paid")
        self.assertEqual(invoice.payment_state, "partial")
        self.assertEqual(invoice.amount_residual, 749.0)

    def test_company_may_post_at_once(self):
        self.company.rma_credit_posting = "posted"
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line)
        note = self._settle(authorization)
        self.assertEqual(note.state, "posted")
        self.assertEqual(authorization.state, "closed")

    def test_list_prices_are_never_posted_at_once(self):
        self.company.rma_credit_posting = "posted"
        authorization = self._return(self.env["sale.order.line"])
        self.assertEqual(self._settle(authorization).state, "draft")

    def test_four_eyes_keep_the_note_in_draft(self):
        self.company.rma_credit_posting = "posted"
        self.company.rma_credit_four_eyes = True
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line)
        self.assertEqual(self._settle(authorization).state, "draft")

    def test_notes_of_one_original_are_posted_in_rounds(self):
        first, second = self._sell(), self._sell(price_unit=70.0)
        invoice, other = self._bill(first), self._bill(second)
        notes = self._credit(first, qty=2) | self._credit(first, qty=3)
        notes |= self._credit(second, qty=4)
        self._release(notes)
        for note in notes:
            partials = note.line_ids.matched_debit_ids
            self.assertEqual(
                partials.debit_move_id.move_id, note.reversed_entry_id, note.name
            )
        self.assertEqual(invoice.amount_residual, 178.31)
        self.assertEqual(other.amount_residual, 449.4)

    def test_changed_quantity_is_not_posted(self):
        order_line = self._sell()
        self._bill(order_line)
        note = self._credit(order_line, qty=3)
        note.invoice_line_ids.quantity = 2
        with self.assertRaisesRegex(UserError, "but 3.0 were settled"):
            self._release(note)

    def test_nothing_is_credited_twice_beside_a_note_made_by_hand(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        note = self._credit(order_line, qty=3)
        self._credit_by_hand(invoice, qty=8)
        with self.assertRaisesRegex(UserError, "credited twice"):
            self._release(note)

    def test_posting_writes_the_credit_into_the_costs(self):
        order_line = self._sell(price_unit=100.0)
        self._bill(order_line)
        authorization = self._return(order_line)
        note = self._release(self._settle(authorization))
        self.assertRecordValues(
            authorization.cost_ids,
            [{"kind": "credit", "amount": 300.0, "res_id": note.id}],
        )
        note.button_draft()
        self.assertFalse(authorization.cost_ids)

    def test_other_moves_are_posted_as_ever(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        notes = self._credit_by_hand(invoice, qty=2)
        notes.action_post()
        self.assertEqual(notes.state, "posted")
        self.assertFalse(notes.rma_id)
