# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditUndo(RmaAccountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_line = cls._sell()
        cls.invoice = cls._bill(cls.order_line)
        cls.authorization = cls._return(cls.order_line, qty=3)
        cls.note = cls._settle(cls.authorization)
        cls.line = cls.authorization.line_ids

    def _assert_free(self):
        self.assertEqual(self.line.settlement_ids.mapped("state"), ["cancelled"])
        self.assertEqual(self.line.qty_to_settle, 3)
        self.assertEqual(self.line.qty_received, 3)
        self.assertEqual(self.order_line.rma_credited_qty, 0)
        self.assertEqual(self.order_line.qty_invoiced, 10)
        self.assertEqual(self.order_line.invoice_status, "invoiced")

    def test_deleting_the_draft_frees_the_quantity(self):
        self.note.with_user(self.accountant).unlink()
        self._assert_free()
        self.assertTrue(self._settle(self.authorization))

    def test_cancelling_the_draft_frees_the_quantity(self):
        self.note.with_user(self.accountant).button_cancel()
        self._assert_free()

    def test_removing_one_line_frees_one_settlement(self):
        other = self._return(self.order_line, qty=2)
        third = self._return(self.order_line, qty=4)
        note = self._settle(other | third)
        note.invoice_line_ids.filtered(
            lambda line: line.rma_line_id == other.line_ids
        ).unlink()
        self.assertEqual(other.settlement_ids.state, "cancelled")
        self.assertEqual(third.settlement_ids.state, "in_progress")
        self.assertEqual(note.rma_id, third)
        self.assertEqual(self.order_line.rma_credited_qty, 7)

    def test_removing_a_line_in_the_form_frees_it(self):
        self.note.with_user(self.accountant).write(
            {"invoice_line_ids": [(2, self.note.invoice_line_ids.id)]}
        )
        self._assert_free()

    def test_taking_back_deletes_the_draft(self):
        self.authorization.settlement_ids.action_undo()
        self.assertFalse(self.note.exists())
        self._assert_free()

    def test_taking_back_leaves_the_lines_of_others(self):
        self.note.invoice_line_ids = [
            (0, 0, {"name": "Freight", "price_unit": 12.0, "quantity": 1})
        ]
        self.authorization.settlement_ids.action_undo()
        self.assertEqual(self.note.invoice_line_ids.name, "Freight")
        self._assert_free()

    def test_taking_back_cancels_a_draft_that_has_a_number(self):
        self._release(self.note)
        self.note.button_draft()
        self.authorization.settlement_ids.action_undo()
        self.assertEqual(self.note.state, "cancel")
        self._assert_free()

    def test_taken_back_note_stays_cancelled(self):
        self._release(self.note)
        self.note.button_draft()
        self.authorization.settlement_ids.action_undo()
        with self.assertRaisesRegex(UserError, "was taken back"):
            self.note.button_draft()

    def test_posted_note_is_not_taken_back(self):
        self._release(self.note)
        with self.assertRaisesRegex(UserError, "is posted and can't be taken back"):
            self.authorization.settlement_ids.action_undo()

    def test_posted_note_in_draft_again_reopens_the_return(self):
        self._release(self.note)
        self.assertEqual(self.authorization.state, "closed")
        self.note.with_user(self.accountant).button_draft()
        self.assertEqual(self.authorization.state, "authorized")
        self.assertEqual(self.authorization.settlement_ids.state, "in_progress")

    def test_removed_credit_reopens_the_return_however_it_became_a_draft(self):
        self._release(self.note)
        self.note.state = "draft"
        self.note.invoice_line_ids.unlink()
        self.assertEqual(self.authorization.state, "authorized")

    def test_cancelled_note_stays_cancelled_once_settled_anew(self):
        self.note.button_cancel()
        self._settle(self.authorization)
        with self.assertRaisesRegex(UserError, "settled anew"):
            self.note.button_draft()

    def test_cancelled_note_may_come_back_while_nothing_else_was_settled(self):
        self.note.button_cancel()
        self.note.button_draft()
        self.assertEqual(self.authorization.settlement_ids.state, "in_progress")
        self.assertEqual(self.line.qty_to_settle, 0)

    def test_taking_back_units_never_invoiced(self):
        order_line = self._sell()
        authorization = self._return(order_line)
        self._settle(authorization)
        authorization.settlement_ids.action_undo()
        self.assertEqual(order_line.qty_to_invoice, 10)
        self.assertEqual(authorization.state, "authorized")
