# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditQuantities(RmaAccountCommon):
    def test_everything_returned_is_credited(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        note = self._credit(order_line, qty=10)
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(note.amount_total, invoice.amount_total)

    def test_part_returned_is_credited_in_part(self):
        order_line = self._sell()
        self._bill(order_line)
        note = self._credit(order_line, qty=3)
        self.assertEqual(note.invoice_line_ids.quantity, 3)

    def test_two_invoices_are_credited_oldest_first(self):
        order_line = self._sell()
        newer = self._bill(order_line, qty=6, date="2026-03-01")
        older = self._bill(order_line, qty=4, date="2026-02-01")
        authorization = self._return(order_line, qty=7)
        notes = self._settle(authorization)
        self.assertRecordValues(
            self._get_settlements(authorization),
            [
                {"invoice_line_id": older.invoice_line_ids.id, "qty": 4},
                {"invoice_line_id": newer.invoice_line_ids.id, "qty": 3},
            ],
        )
        self.assertEqual(notes.reversed_entry_id, older | newer)

    def test_named_invoice_is_credited_before_older_ones(self):
        order_line = self._sell()
        older = self._bill(order_line, qty=4, date="2026-02-01")
        newer = self._bill(order_line, qty=6, date="2026-03-01")
        notes = self._credit(order_line, qty=7, invoice_line=newer.invoice_line_ids)
        quantities = {
            note.reversed_entry_id: note.invoice_line_ids.quantity for note in notes
        }
        self.assertEqual(quantities, {newer: 6, older: 1})

    def test_named_invoice_is_credited_though_more_is_to_be_invoiced(self):
        order_line = self._sell(product=self.goods_by_delivery, delivered=10)
        invoice = self._bill(order_line, qty=6)
        note = self._credit(order_line, qty=3, invoice_line=invoice.invoice_line_ids)
        self.assertEqual(note.invoice_line_ids.quantity, 3)
        self._assert_sale(
            order_line, kept=7, invoiced=3, to_invoice=4, status="to invoice"
        )

    def test_units_never_invoiced_are_not_credited(self):
        order_line = self._sell()
        authorization = self._return(order_line, qty=3)
        self.assertFalse(self._settle(authorization))
        self.assertRecordValues(
            self._get_settlements(authorization),
            [{"state": "done", "is_uninvoiced": True, "qty": 3}],
        )
        self.assertEqual(authorization.state, "closed")
        self._assert_sale(
            order_line, kept=7, invoiced=0, to_invoice=7, status="to invoice"
        )

    def test_what_is_not_invoiced_yet_goes_before_what_is(self):
        order_line = self._sell()
        self._bill(order_line, qty=8)
        authorization = self._return(order_line, qty=5)
        note = self._settle(authorization)
        self.assertEqual(note.invoice_line_ids.quantity, 3)
        self.assertEqual(
            self._get_settlements(authorization).filtered("is_uninvoiced").qty, 2
        )
        self._assert_sale(
            order_line, kept=5, invoiced=5, to_invoice=0, status="invoiced"
        )

    def test_ordered_quantities_stay_invoiced_at_each_step(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        self._assert_sale(
            order_line, kept=10, invoiced=10, to_invoice=0, status="invoiced"
        )
        note = self._settle(authorization)
        settled = {"kept": 7, "invoiced": 7, "to_invoice": 0}
        self._assert_sale(order_line, **settled, status="invoiced")
        self._release(note)
        self._assert_sale(order_line, **settled, status="invoiced")
        note.button_cancel()
        self._assert_sale(
            order_line, kept=10, invoiced=10, to_invoice=0, status="invoiced"
        )

    def test_delivered_quantities_stay_invoiced_at_each_step(self):
        order_line = self._sell(product=self.goods_by_delivery, delivered=8)
        self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        note = self._settle(authorization)
        self._assert_sale(order_line, kept=5, invoiced=5, to_invoice=0, status="no")
        self._release(note)
        self._deliver(order_line, 2)
        self._assert_sale(
            order_line, kept=7, invoiced=5, to_invoice=2, status="to invoice"
        )

    def test_reversal_made_by_hand_counts(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        self._credit_by_hand(invoice, qty=1)
        authorization = self._return(order_line, qty=4)
        note = self._settle(authorization)
        self.assertEqual(note.invoice_line_ids.quantity, 3)
        self.assertEqual(sum(authorization.settlement_ids.mapped("qty")), 4)
        self._assert_sale(
            order_line, kept=6, invoiced=6, to_invoice=0, status="invoiced"
        )

    def test_credit_note_without_original_counts_for_its_order(self):
        order_line = self._sell()
        older = self._bill(order_line, qty=4, date="2026-02-01")
        newer = self._bill(order_line, qty=6, date="2026-03-01")
        by_hand = self._credit_by_hand(newer, qty=2)
        by_hand.reversed_entry_id = False
        left = older.invoice_line_ids._get_rma_creditable_qty()
        self.assertEqual(left, {older.invoice_line_ids: 4, newer.invoice_line_ids: 4})

    def test_settling_twice_credits_once(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        note = self._settle(authorization)
        authorization.action_settle()
        self.assertEqual(self._get_notes(authorization), note)
        self.assertEqual(len(authorization.settlement_ids), 1)

    def test_two_returns_share_what_is_left_of_an_invoice(self):
        order_line = self._sell()
        self._bill(order_line, qty=4)
        returns = self._return(order_line, qty=5) | self._return(order_line, qty=5)
        note = self._settle(returns)
        self.assertEqual(sum(note.invoice_line_ids.mapped("quantity")), 4)
        self._assert_sale(
            order_line, kept=0, invoiced=0, to_invoice=0, status="invoiced"
        )

    def test_draft_invoice_must_be_decided_before_its_units_are_credited(self):
        order_line = self._sell()
        self._bill(order_line, post=False)
        authorization = self._return(order_line, qty=3)
        with self.assertRaisesRegex(UserError, "Drafts: Draft Invoice"):
            authorization.action_settle()

    def test_named_invoice_without_order_bounds_the_credit(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        invoice.invoice_line_ids.sale_line_ids = False
        authorization = self._return(
            self.env["sale.order.line"], qty=11, invoice_line=invoice.invoice_line_ids
        )
        with self.assertRaisesRegex(UserError, "can't be credited"):
            authorization.action_settle()

    def test_pieces_of_an_invoiced_dozen_are_credited_exactly(self):
        order_line = self._sell(
            qty=1, product_uom_id=self.uom_dozen.id, price_unit=120.0
        )
        self._bill(order_line)
        note = self._credit(order_line, qty=5, product_uom_id=self.uom_unit.id)
        self.assertEqual(note.amount_untaxed, 50.0)
        self.assertEqual(order_line.invoice_status, "invoiced")

    def test_our_credits_take_up_their_units_once(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        self._credit(order_line, qty=3)
        self.assertEqual(order_line._get_rma_returnable_qty()[order_line], 7)
        self._credit_by_hand(invoice, qty=2)
        self.assertEqual(order_line._get_rma_returnable_qty()[order_line], 5)

    def test_the_invoice_stands_once_it_is_credited(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        line = authorization.line_ids.with_user(self.agent)
        line.invoice_line_id = invoice.invoice_line_ids
        self._settle(authorization)
        with self.assertRaisesRegex(UserError, "the invoice can't change any more"):
            line.invoice_line_id = False

    def test_lost_units_are_credited_nevertheless(self):
        order_line = self._sell()
        self._bill(order_line)
        authorization = self._request(order_line, qty=3)
        authorization.action_report_lost("Lost by the carrier", settle=True)
        note = self._settle(authorization)
        self.assertEqual(note.invoice_line_ids.quantity, 3)
        self._release(note)
        self.assertEqual(authorization.state, "closed")
