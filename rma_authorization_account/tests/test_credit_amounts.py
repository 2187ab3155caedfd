# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditAmounts(RmaAccountCommon):
    def _assert_adds_up(self, invoice, notes):
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertAlmostEqual(
                sum(notes.mapped(name)), invoice[name], 2, f"{name} is off"
            )

    def _set_tax(self, **vals):
        self.tax.write(vals)

    def test_discount_and_taxes_to_the_cent(self):
        order_line = self._sell(price_unit=19.99, discount=12.5)
        invoice = self._bill(order_line)
        note = self._credit(order_line, qty=10)
        self.assertRecordValues(
            note.invoice_line_ids,
            [
                {
                    "price_unit": 19.99,
                    "discount": 12.5,
                    "tax_ids": self.tax.ids,
                    "price_subtotal": invoice.invoice_line_ids.price_subtotal,
                    "account_id": invoice.invoice_line_ids.account_id.id,
                }
            ],
        )
        self._assert_adds_up(invoice, note)

    def test_parts_add_up_to_the_invoice(self):
        for price in (33.333, 0.125, 1.115, 19.99):
            for discount in (0.0, 7.5):
                with self.subTest(price=price, discount=discount):
                    order_line = self._sell(price_unit=price, discount=discount)
                    invoice = self._bill(order_line)
                    notes = self._credit(order_line, qty=3)
                    notes |= self._credit(order_line, qty=7)
                    self._assert_adds_up(invoice, notes)

    def test_parts_add_up_without_taxes(self):
        order_line = self._sell(price_unit=0.125, tax_ids=[Command.clear()])
        invoice = self._bill(order_line)
        notes = self._credit(order_line, qty=3) | self._credit(order_line, qty=7)
        self._assert_adds_up(invoice, notes)
        last = notes[-1].invoice_line_ids
        self.assertEqual(last.price_subtotal, notes[-1].amount_untaxed)

    def test_parts_add_up_with_taxes_included_and_rounded_per_line(self):
        self._set_tax(price_include_override="tax_included", amount=21.0)
        self.company.tax_calculation_rounding_method = "round_per_line"
        order_line = self._sell(price_unit=21.53)
        invoice = self._bill(order_line)
        notes = self._credit(order_line, qty=3) | self._credit(order_line, qty=7)
        self._assert_adds_up(invoice, notes)

    def test_fixed_amounts_survive_posting(self):
        order_line = self._sell(price_unit=0.125)
        invoice = self._bill(order_line)
        notes = self._credit(order_line, qty=3) | self._credit(order_line, qty=7)
        self._release(notes)
        self._assert_adds_up(invoice, notes)
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_taxes_corrected_by_hand_are_credited_as_they_are(self):
        order_line = self._sell()
        invoice = self._bill(order_line, post=False)
        totals = invoice.tax_totals
        totals["subtotals"][0]["tax_groups"][0]["tax_amount_currency"] += 0.5
        invoice.tax_totals = totals
        invoice.action_post()
        self._assert_adds_up(invoice, self._credit(order_line, qty=10))

    def test_fee_on_an_earlier_note_is_not_given_back(self):
        order_line = self._sell(price_unit=100.0)
        invoice = self._bill(order_line)
        first = self._credit(order_line, qty=3)
        first.invoice_line_ids = [
            Command.create(
                {"name": "Fee", "price_unit": -50.0, "tax_ids": self.tax.ids}
            )
        ]
        second = self._credit(order_line, qty=7)
        self.assertEqual(second.amount_untaxed, 700.0)
        self.assertEqual(second.amount_tax, 49.0)
        self.assertEqual(invoice.amount_total, 1070.0)

    def test_foreign_currency_keeps_the_rate_of_the_invoice(self):
        currency = self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 2.0), ("2026-06-01", 4.0)]
        )
        order_line = self._sell(price_unit=100.0)
        order_line.order_id.currency_id = currency
        invoice = self._bill(order_line)
        note = self._release(self._credit(order_line, qty=10))
        self.assertEqual(note.currency_id, currency)
        self.assertEqual(note.invoice_currency_rate, 2.0)
        self.assertEqual(note.amount_total_signed, -invoice.amount_total_signed)
        exchange = invoice.line_ids.matched_credit_ids.exchange_move_id
        self.assertFalse(exchange)

    def test_prices_are_the_invoiced_ones(self):
        order_line = self._sell(price_unit=50.0)
        self._bill(order_line)
        order_line.product_id.list_price = 80.0
        order_line.price_unit = 70.0
        note = self._credit(order_line, qty=2)
        self.assertEqual(note.amount_untaxed, 100.0)

    def test_journal_items_balance(self):
        order_line = self._sell()
        self._bill(order_line)
        note = self._release(self._credit(order_line, qty=3))
        self.assertEqual(sum(note.line_ids.mapped("balance")), 0.0)
        product_line = note.invoice_line_ids
        self.assertEqual((product_line.debit, product_line.credit), (99.99, 0.0))

    def test_storno_company_books_red_letters(self):
        self.company.account_storno = True
        order_line = self._sell()
        self._bill(order_line)
        note = self._release(self._credit(order_line, qty=3))
        product_line = note.invoice_line_ids
        self.assertEqual((product_line.debit, product_line.credit), (0.0, -99.99))
        receivable = note.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.assertLess(receivable.debit, 0.0)
