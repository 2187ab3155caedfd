# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditDocuments(RmaAccountCommon):
    def test_note_has_what_a_reversal_has(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        note = self._settle(authorization)
        self.assertRecordValues(
            note,
            [
                {
                    "state": "draft",
                    "move_type": "out_refund",
                    "reversed_entry_id": invoice.id,
                    "partner_id": invoice.partner_id.id,
                    "journal_id": invoice.journal_id.id,
                    "invoice_origin": order_line.order_id.name,
                    "invoice_user_id": invoice.invoice_user_id.id,
                    "team_id": invoice.team_id.id,
                    "rma_id": authorization.id,
                }
            ],
        )
        self.assertIn(invoice.name, note.ref)
        self.assertIn(authorization.rma_number, note.ref)

    def test_copied_fields_equal_those_of_the_core_reversal(self):
        order_line = self._sell(price_unit=19.99, discount=5.0)
        invoice = self._bill(order_line)
        by_core = self._credit_by_hand(invoice)
        by_core.button_cancel()
        note = self._credit(order_line, qty=10)
        self._assert_same_copies(note, by_core)
        self._assert_same_copies(
            note.line_ids.sorted("display_type"),
            by_core.line_ids.sorted("display_type"),
        )

    def _assert_same_copies(self, ours, theirs):
        self.assertEqual(len(ours), len(theirs))
        for name, field in ours._fields.items():
            if field.store and field.copy and name not in self._differing_fields():
                self.assertEqual(ours.mapped(name), theirs.mapped(name), name)

    def _differing_fields(self):
        return {
            *models.MAGIC_COLUMNS,
            "line_ids",
            "move_id",
            "invoice_payment_term_id",
            "date_maturity",
            "is_manually_modified",
        }

    def test_note_lines_point_to_order_and_return(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        line = self._settle(authorization).invoice_line_ids
        self.assertEqual(line.sale_line_ids, order_line)
        self.assertEqual(line.rma_line_id, authorization.line_ids)
        self.assertEqual(line.rma_settlement_id, authorization.settlement_ids)

    def test_two_originals_in_a_batch_make_two_notes(self):
        first, second = self._sell(), self._sell(qty=4)
        invoices = self._bill(first) | self._bill(second)
        returns = self._return(first) | self._return(second)
        notes = self._settle(returns)
        self.assertEqual(notes.reversed_entry_id, invoices)
        self.assertEqual(len(notes), 2)

    def test_two_returns_of_an_invoice_in_a_batch_make_one_note(self):
        order_line = self._sell()
        self._bill(order_line)
        returns = self._return(order_line, qty=2) | self._return(order_line, qty=5)
        note = self._settle(returns)
        self.assertEqual(len(note), 1)
        self.assertEqual(note.invoice_line_ids.mapped("quantity"), [2, 5])
        self.assertEqual(note.rma_ids, returns)
        self._release(note)
        self.assertEqual(returns.mapped("state"), ["closed", "closed"])

    def test_journal_of_the_company_is_used(self):
        journal = self.company_data["default_journal_sale"].copy({"code": "RMA"})
        self.company.rma_credit_journal_id = journal
        order_line = self._sell()
        self._bill(order_line)
        self.assertEqual(self._credit(order_line).journal_id, journal)

    def test_without_any_original_list_prices_are_flagged(self):
        authorization = self._return(self.env["sale.order.line"], qty=2)
        note = self._settle(authorization)
        self.assertTrue(note.rma_is_unpriced)
        self.assertEqual(note.amount_untaxed, 66.66)
        self.assertEqual(note.invoice_line_ids.tax_ids, self.tax)
        self.assertIn("Check", note.message_ids[0].body)
        self._release(note)
        self.assertEqual(authorization.state, "closed")

    def test_documents_of_the_settlement_are_its_notes(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line)
        note = self._settle(authorization)
        action = authorization.settlement_ids.action_open_documents()
        self.assertEqual((action["res_model"], action["res_id"]), (note._name, note.id))

    def test_defaults_of_the_screen_stay_out_of_the_note(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line)
        self._settle(authorization.with_context(default_name="Wrong"))
        line = self._get_notes(authorization).invoice_line_ids
        self.assertNotEqual(line.name, "Wrong")
