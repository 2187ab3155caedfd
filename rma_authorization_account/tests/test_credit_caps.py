# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditCaps(RmaAccountCommon):
    """Never more than was invoiced, less what was credited (F2): whoever edits the
    draft, and by whatever door it is posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_line = cls._sell(price_unit=100.0)
        cls.invoice = cls._bill(cls.order_line)

    def _get_doors(self):
        """Every way in which a draft is posted, as the accountant."""
        return {
            "button": lambda note: note.action_post(),
            "queue": lambda note: note.action_release_rma_credits(),
            "list": lambda note: (
                self.env["validate.account.move"]
                .with_user(self.accountant)
                .with_context(active_model="account.move", active_ids=note.ids)
                .create({})
                .validate_move()
            ),
            "method": lambda note: note._post(soft=False),
        }

    def _get_excesses(self):
        """What somebody may do to a draft that no door lets through."""

        def set_line(**vals):
            return lambda note: note.invoice_line_ids[:1].write(vals)

        def add_line(note):
            note.invoice_line_ids = [
                Command.create({"name": "Goodwill", "price_unit": 5000.0})
            ]

        return {
            "quantity": (set_line(quantity=4), "were settled"),
            "price": (set_line(price_unit=100.01), "price or the taxes exceed"),
            "taxes": (
                set_line(tax_ids=[Command.clear()]),
                "price or the taxes exceed",
            ),
            "goodwill": (add_line, "would credit"),
            "original": (
                lambda note: note.write({"reversed_entry_id": False}),
                "is a reversal of that",
            ),
            "customer": (
                lambda note: note.write(
                    {"partner_id": self.env["res.partner"].create({"name": "X"}).id}
                ),
                "is a reversal of that",
            ),
        }

    def test_no_excess_passes_any_door(self):
        note = self._credit(self.order_line, qty=3).with_user(self.accountant)
        for excess, (edit, sentence) in self._get_excesses().items():
            for door, post in self._get_doors().items():
                with self.subTest(excess=excess, door=door):
                    with self.cr.savepoint() as savepoint:
                        edit(note)
                        with self.assertRaisesRegex(UserError, sentence):
                            post(note)
                        savepoint.rollback()
                    self.env.invalidate_all()
                    self.assertEqual(note.state, "draft")

    def test_every_door_posts_what_is_right(self):
        for door, post in self._get_doors().items():
            with self.subTest(door=door):
                note = self._credit(self.order_line, qty=1)
                post(note.with_user(self.accountant))
                self.assertEqual(note.state, "posted")

    def test_auto_post_obeys_as_well(self):
        note = self._credit(self.order_line, qty=3)
        note.write({"auto_post": "at_date", "date": fields.Date.today()})
        note.invoice_line_ids.price_unit = 200.0
        self._auto_post()
        self.assertEqual(note.state, "draft")
        note.invoice_line_ids.price_unit = 100.0
        self._auto_post()
        self.assertEqual(note.state, "posted")

    def _auto_post(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "account.ir_cron_auto_post_draft_entry"
            ).method_direct_trigger()

    def test_the_accountant_may_credit_less(self):
        note = self._credit(self.order_line, qty=3)
        note.invoice_line_ids.price_unit = 90.0
        self._release(note)
        self.assertEqual(note.amount_untaxed, 270.0)

    def test_prices_lowered_by_hand_are_not_given_back_later(self):
        first = self._credit(self.order_line, qty=3)
        first.invoice_line_ids.price_unit = 90.0
        self._release(first)
        second = self._release(self._credit(self.order_line, qty=7))
        self.assertEqual(second.amount_untaxed, 700.0)

    def test_goodwill_within_the_invoice_passes(self):
        note = self._credit(self.order_line, qty=3)
        note.invoice_line_ids = [
            Command.create({"name": "Goodwill", "price_unit": 20.0, "tax_ids": []})
        ]
        self._release(note)
        self.assertEqual(note.amount_untaxed, 320.0)

    def test_coins_are_rounded_on_every_note(self):
        coins = self.env["account.cash.rounding"].create(
            {
                "name": "Five cents",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        order_line = self._sell(qty=3, price_unit=33.33, tax_ids=[Command.clear()])
        invoice = self._bill(order_line, post=False)
        invoice.invoice_cash_rounding_id = coins
        invoice.action_post()
        notes = self.env["account.move"]
        for _turn in range(3):
            notes |= self._release(self._credit(order_line, qty=1))
        # 99.99 is 100.00 in coins, and 33.33 is 33.35
        self.assertEqual(invoice.amount_total, 100.0)
        self.assertEqual(notes.mapped("amount_total"), [33.35, 33.35, 33.35])

    def test_a_service_agent_passes_no_door(self):
        note = self._credit(self.order_line, qty=1).with_user(self.agent)
        for door in ("button", "queue", "method"):
            with self.subTest(door=door), self.assertRaises(AccessError):
                self._get_doors()[door](note)
        self.assertEqual(note.sudo().state, "draft")

    def test_down_payments_were_paid_before(self):
        order = self._sell(price_unit=100.0).order_id
        context = {"active_model": "sale.order", "active_ids": order.ids}
        advance = (
            self.env["sale.advance.payment.inv"]
            .with_context(**context)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        advance.create_invoices()
        order.invoice_ids.action_post()
        order_line = order.order_line.filtered(lambda line: not line.is_downpayment)[:1]
        final = order._create_invoices(final=True)
        final.action_post()
        self.assertEqual(final.amount_total, 749.0)
        notes = self._credit(order_line, qty=4) | self._credit(order_line, qty=6)
        self._release(notes)
        self.assertEqual(sum(notes.mapped("amount_total")), 1070.0)
        self.assertEqual(final.amount_residual, 0.0)
        # what was paid in advance is open for the customer
        self.assertEqual(sum(notes.mapped("amount_residual")), 321.0)
