# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.payment.models.payment_provider import PaymentProvider
from odoo.addons.payment.models.payment_transaction import PaymentTransaction

from .common import RmaAccountCommon

DECLINED = "Card expired"


class RmaMoneyBackCommon(RmaAccountCommon):
    """A shop whose customers pay at the bank, or through a provider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.company_data["default_journal_bank"]
        # payments have a journal entry of their own, as with outstanding accounts
        cls.bank.outbound_payment_method_line_ids.payment_account_id = (
            cls.outbound_payment_method_line.payment_account_id
        )
        cls.bank.inbound_payment_method_line_ids.payment_account_id = (
            cls.inbound_payment_method_line.payment_account_id
        )
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Provider",
                "code": "none",
                "state": "test",
                "payment_method_ids": [Command.set(cls.method.ids)],
            }
        )
        cls.method.write({"active": True, "support_refund": "partial"})
        cls._create_dummy_payment_method_for_provider(cls.provider, cls.bank)
        cls.provider.journal_id.inbound_payment_method_line_ids.payment_account_id = (
            cls.inbound_payment_method_line.payment_account_id
        )

    def setUp(self):
        super().setUp()
        self.requests = []
        self.answers = []
        self.support = "partial"

        def support(providers):
            providers.update({"support_refund": self.support})

        def answer(refund):
            """The next answer of the provider; it confirms when none was prepared."""
            self.requests.append(-refund.amount)
            state = self.answers.pop(0) if self.answers else "done"
            if state == "declined":
                raise ValidationError(DECLINED)
            if state == "done":
                refund._set_done()
            elif state == "pending":
                refund._set_pending()

        original = PaymentProvider._compute_feature_support_fields

        def compute(providers):
            original(providers)
            support(providers)

        self.startPatcher(
            patch.object(PaymentProvider, "_compute_feature_support_fields", compute)
        )
        self.startPatcher(
            patch.object(PaymentTransaction, "_send_refund_request", answer)
        )

    @classmethod
    def _pay(cls, move, *, amount=None):
        """Money at the bank: in for an invoice, out for a credit note."""
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": cls.bank.id})
        )
        if amount is not None:
            wizard.amount = amount
        return wizard._create_payments()

    def _pay_online(self, invoice, *amounts):
        """The customer pays the invoice through the provider, in several goes."""
        transactions = self.env["payment.transaction"]
        for amount in amounts or (invoice.amount_residual,):
            transactions |= transactions.create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "reference": f"{invoice.name}/{len(transactions)}",
                    "amount": amount,
                    "currency_id": invoice.currency_id.id,
                    "partner_id": self.customer.id,
                    "operation": "online_direct",
                    "invoice_ids": [Command.set(invoice.ids)],
                }
            )
            transactions[-1]._set_done()
            transactions[-1]._post_process()
        return transactions

    def _owe(self, *, qty=3, pay=None, **sell):
        """A paid invoice of 10 at 107.00, and the credit of some of it."""
        order_line = self._sell(price_unit=100.0, **sell)
        invoice = self._bill(order_line)
        transactions = (pay or self._pay_online)(invoice)
        authorization = self._return(order_line, qty=qty)
        note = self._release(self._settle(authorization))
        return authorization, note, transactions

    def _pay_back(self, notes):
        return notes.with_user(self.accountant).action_pay_back_rma_credit()

    def _assert_balance(self, authorization, credited, set_off, paid_back, owed):
        """As the service agent sees it."""
        self.assertRecordValues(
            authorization.with_user(self.agent),
            [
                {
                    "amount_credited": credited,
                    "amount_set_off": set_off,
                    "amount_paid_back": paid_back,
                    "amount_owed": owed,
                }
            ],
        )


@tagged("post_install", "-at_install")
class TestCreditBalance(RmaMoneyBackCommon):
    def test_unpaid_original_is_set_off(self):
        order_line = self._sell(price_unit=100.0)
        self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        note = self._settle(authorization)
        self._assert_balance(authorization, 0, 0, 0, 0)
        self.assertEqual(authorization.credit_status, "no")
        self._release(note)
        self._assert_balance(authorization, 321, 321, 0, 0)
        self.assertEqual(authorization.credit_status, "done")

    def test_paid_original_leaves_a_debt(self):
        authorization, note, _payment = self._owe(pay=self._pay)
        self._assert_balance(authorization, 321, 0, 0, 321)
        self.assertEqual(authorization.credit_status, "pay")
        self.assertEqual(note.rma_amount_owed, 321)
        self.assertEqual(note.rma_credit_use, "pay")

    def test_partly_paid_original_is_set_off_as_far_as_it_is_open(self):
        authorization, _note, _payment = self._owe(
            pay=lambda invoice: self._pay(invoice, amount=963.0)
        )
        self._assert_balance(authorization, 321, 107, 0, 214)

    def test_payment_to_the_customer_settles_and_taking_it_apart_owes_again(self):
        authorization, note, _payment = self._owe(pay=self._pay)
        self._pay(note, amount=100.0)
        self._assert_balance(authorization, 321, 0, 100, 221)
        self._pay(note)
        self._assert_balance(authorization, 321, 0, 321, 0)
        self.assertEqual(authorization.credit_status, "done")
        note.line_ids.remove_move_reconcile()
        self._assert_balance(authorization, 321, 0, 0, 321)
        self.assertEqual(authorization.credit_status, "pay")

    def test_payment_without_an_entry_of_its_own_counts_as_paid_back(self):
        self.bank.outbound_payment_method_line_ids.payment_account_id = False
        # with the Accounting app, payments may wait for the bank's entry
        self.startPatcher(
            patch.object(
                type(self.env["account.move"]),
                "_get_invoice_in_payment_state",
                lambda move: "in_payment",
            )
        )
        authorization, note, _payment = self._owe(pay=self._pay)
        payment = self._pay(note)
        self.assertFalse(payment.move_id)
        self._assert_balance(authorization, 321, 0, 321, 0)
        payment.action_cancel()
        self._assert_balance(authorization, 321, 0, 0, 321)

    def test_next_purchase_uses_up_the_kept_credit(self):
        authorization, note, _payment = self._owe(pay=self._pay)
        authorization.credit_use = "keep"
        self.assertEqual(authorization.credit_status, "keep")
        invoice = self._bill(self._sell(qty=2, price_unit=100.0))
        credit = note.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        invoice.js_assign_outstanding_line(credit.id)
        self._assert_balance(authorization, 321, 214, 0, 107)

    def test_credit_reset_to_draft_owes_nothing(self):
        authorization, note, _payment = self._owe(pay=self._pay)
        note.button_draft()
        self._assert_balance(authorization, 0, 0, 0, 0)
        self.assertEqual(note.rma_amount_owed, 0)

    def test_note_of_two_returns_is_shared_out_to_the_cent(self):
        order_line = self._sell(price_unit=100.0)
        self._pay(self._bill(order_line))
        first = self._return(order_line, qty=1)
        second = self._return(order_line, qty=2)
        note = self._release(self._settle(first | second))
        self.assertEqual(len(note), 1)
        self._pay(note, amount=100.0)
        self._assert_balance(first, 107, 0, 33.33, 73.67)
        self._assert_balance(second, 214, 0, 66.67, 147.33)

    def test_foreign_currency_is_shown_in_both(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        self.customer.property_product_pricelist = pricelist
        authorization, note, _payment = self._owe(pay=self._pay)
        self.assertEqual(note.currency_id, euro)
        self._assert_balance(authorization, 642, 0, 0, 642)
        self._pay(note, amount=107.0)
        self._assert_balance(authorization, 642, 0, 214, 428)
        summary = authorization.with_user(self.agent).credit_summary
        self.assertIn("€", summary)
        for amount in ("321.00", "107.00", "214.00"):
            self.assertIn(amount, summary)

    def test_list_finds_what_is_owed(self):
        kept, kept_note, _payment = self._owe(pay=self._pay)
        kept.credit_use = "keep"
        paying, paying_note, _payment = self._owe(pay=self._pay)
        settled, settled_note, _payment = self._owe(pay=self._pay)
        self._pay(settled_note)
        notes = kept_note | paying_note | settled_note
        action = self.env.ref("rma_authorization_account.rma_owed_action")

        def find(*domain):
            found = notes.with_user(self.accountant).search(
                [
                    ("id", "in", notes.ids),
                    ("state", "=", "posted"),
                    ("rma_amount_owed", ">", 0),
                    *domain,
                ]
            )
            return found.sudo()

        self.assertIn("('rma_amount_owed', '>', 0)", action.domain)
        self.assertEqual(find(), kept_note | paying_note)
        self.assertEqual(find(("rma_credit_use", "=", "pay")), paying_note)
        self.assertEqual(find(("rma_credit_use", "=", "keep")), kept_note)
        self.assertEqual(find(("rma_credit_use", "!=", "keep")), paying_note)
        owing = (kept | paying | settled).search(
            [("id", "in", (kept | paying | settled).ids), ("amount_owed", ">", 0)]
        )
        self.assertEqual(owing, kept | paying)


@tagged("post_install", "-at_install")
class TestCreditUse(RmaMoneyBackCommon):
    def test_company_proposes_and_the_agent_chooses(self):
        self.company.rma_credit_use = "keep"
        authorization = self._request(self._sell())
        self.assertEqual(authorization.credit_use, "keep")
        with Form(authorization.with_user(self.agent)) as form:
            form.credit_use = "pay"
        self.assertEqual(authorization.credit_use, "pay")

    def test_choice_stands_once_it_is_carried_out(self):
        authorization, note, _payment = self._owe(pay=self._pay)
        self._pay(note)
        authorization.credit_use = "pay"
        with self.assertRaisesRegex(UserError, "can't change any more"):
            authorization.credit_use = "keep"

    def test_choice_stands_while_a_refund_is_under_way(self):
        authorization, note, _transactions = self._owe()
        self.answers = ["pending"]
        self._pay_back(note)
        with self.assertRaisesRegex(UserError, "under way"):
            authorization.credit_use = "keep"


@tagged("post_install", "-at_install")
class TestPayBack(RmaMoneyBackCommon):
    def test_provider_refunds_and_the_payment_is_matched(self):
        authorization, note, transaction = self._owe()
        action = self._pay_back(note)
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(self.requests, [321])
        refund = transaction.child_transaction_ids
        self.assertRecordValues(
            refund,
            [{"operation": "refund", "state": "done", "invoice_ids": note.ids}],
        )
        self.assertRecordValues(
            refund.payment_id, [{"payment_type": "outbound", "amount": 321}]
        )
        self.assertEqual(note.amount_residual, 0)
        self._assert_balance(authorization, 321, 0, 321, 0)

    def test_nothing_is_paid_twice(self):
        _authorization, note, _transaction = self._owe()
        self._pay_back(note)
        with self.assertRaisesRegex(UserError, "owes nothing"):
            self._pay_back(note)
        self.assertEqual(self.requests, [321])

    def test_pending_refund_counts_as_taken_and_is_matched_when_it_is_confirmed(self):
        authorization, note, transaction = self._owe()
        self.answers = ["pending"]
        action = self._pay_back(note)
        self.assertIn("until the provider confirms", action["params"]["message"])
        self.assertEqual(note.rma_amount_refunding, 321)
        self._assert_balance(authorization, 321, 0, 0, 321)
        with self.assertRaisesRegex(UserError, "under way"):
            self._pay_back(note)
        refund = transaction.child_transaction_ids
        refund._set_done()
        self.assertEqual(note.rma_amount_refunding, 321)
        refund._post_process()
        self.assertEqual(note.rma_amount_refunding, 0)
        self._assert_balance(authorization, 321, 0, 321, 0)
        self.assertEqual(self.requests, [321])

    def test_cancelled_refund_is_owed_again(self):
        _authorization, note, transaction = self._owe()
        self.answers = ["pending"]
        self._pay_back(note)
        transaction.child_transaction_ids._set_canceled()
        self.assertEqual(note.rma_amount_refunding, 0)
        self._pay_back(note)
        self.assertEqual(self.requests, [321, 321])
        self.assertEqual(note.rma_amount_owed, 0)

    def test_several_payments_are_used_in_order(self):
        _authorization, note, transactions = self._owe(
            pay=lambda invoice: self._pay_online(invoice, 200.0, 870.0)
        )
        self._pay_back(note)
        self.assertEqual(self.requests, [200, 121])
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual([one._get_rma_refundable() for one in transactions], [0, 749])

    def test_no_more_than_captured_less_refunded(self):
        _authorization, note, transactions = self._owe(
            pay=lambda invoice: (
                self._pay_online(invoice, 300.0) + self._pay_rest(invoice)
            )
        )
        # somebody refunded some of it before, and it isn't confirmed yet
        self.answers = ["pending"]
        transactions._refund(100.0)
        action = self._pay_back(note)
        self.assertEqual(self.requests, [100, 200])
        self.assertEqual(note.amount_residual, 121)
        self.assertEqual(action["res_model"], "account.payment.register")

    def _pay_rest(self, invoice):
        self._pay(invoice)
        return self.env["payment.transaction"]

    def test_declined_refund_says_why_and_the_rest_can_be_paid(self):
        authorization, note, _transactions = self._owe(
            pay=lambda invoice: self._pay_online(invoice, 200.0, 870.0)
        )
        self.answers = ["done", "declined"]
        action = self._pay_back(note)
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn(DECLINED, action["params"]["message"])
        self.assertIn(DECLINED, note.message_ids[0].body)
        self._assert_balance(authorization, 321, 0, 200, 121)
        window = action["params"]["next"]
        self.assertEqual(window["res_model"], "account.payment.register")
        wizard = (
            self.env[window["res_model"]]
            .with_user(self.accountant)
            .with_context(**window["context"])
            .create({"journal_id": self.bank.id})
        )
        self.assertEqual(wizard.amount, 121)
        wizard._create_payments()
        self._assert_balance(authorization, 321, 0, 321, 0)

    def test_disabled_provider_leaves_the_window_to_pay(self):
        _authorization, note, _transaction = self._owe()
        self.provider.state = "disabled"
        action = self._pay_back(note)
        self.assertIn("provider is disabled", action["params"]["message"])
        self.assertFalse(self.requests)
        self.assertEqual(note.rma_amount_owed, 321)

    def test_provider_that_refunds_only_all_is_not_asked_for_a_part(self):
        self.support = "full_only"
        _authorization, note, _transaction = self._owe()
        self.assertEqual(self._pay_back(note)["res_model"], "account.payment.register")
        _authorization, whole, _transaction = self._owe(qty=10)
        self._pay_back(whole)
        self.assertEqual(self.requests, [1070])

    def test_provider_or_method_without_refunds_is_not_asked(self):
        self.method.support_refund = "none"
        _authorization, note, _transaction = self._owe()
        self.assertEqual(self._pay_back(note)["res_model"], "account.payment.register")
        self.assertFalse(self.requests)

    def test_paid_at_the_bank_opens_the_window_to_pay(self):
        _authorization, note, _payment = self._owe(pay=self._pay)
        action = self._pay_back(note)
        self.assertEqual(action["res_model"], "account.payment.register")
        self.assertFalse(self.requests)

    def test_several_notes_go_their_ways(self):
        _authorization, online, _transaction = self._owe()
        _authorization, bank, _payment = self._owe(pay=self._pay)
        action = self._pay_back(online | bank)
        self.assertEqual(self.requests, [321])
        self.assertEqual(action["res_model"], "account.payment.register")
        self.assertEqual(
            self.env["account.move.line"]
            .browse(action["context"]["active_ids"])
            .move_id,
            bank,
        )

    def test_kept_credit_is_not_paid_back(self):
        authorization, note, _transaction = self._owe()
        authorization.credit_use = "keep"
        with self.assertRaisesRegex(UserError, "keeps this credit"):
            self._pay_back(note)
        self.assertFalse(self.requests)

    def test_of_two_returns_only_the_one_that_wants_money_is_paid(self):
        order_line = self._sell(price_unit=100.0)
        self._pay_online(self._bill(order_line))
        kept = self._return(order_line, qty=1)
        kept.credit_use = "keep"
        paying = self._return(order_line, qty=2)
        note = self._release(self._settle(kept | paying))
        self._pay_back(note)
        self.assertEqual(self.requests, [214])
        self.assertEqual(note.amount_residual, 107)
        with self.assertRaisesRegex(UserError, "all that was to be paid back is paid"):
            self._pay_back(note)

    def test_customer_who_wants_part_is_paid_that_part_at_the_bank(self):
        order_line = self._sell(price_unit=100.0)
        self._pay(self._bill(order_line))
        kept = self._return(order_line, qty=1)
        kept.credit_use = "keep"
        paying = self._return(order_line, qty=2)
        note = self._release(self._settle(kept | paying))
        window = self._pay_back(note)
        wizard = (
            self.env[window["res_model"]]
            .with_user(self.accountant)
            .with_context(**window["context"])
            .create({"journal_id": self.bank.id})
        )
        self.assertEqual(wizard.amount, 214)
        wizard._create_payments()
        self.assertEqual(note.amount_residual, 107)

    def test_foreign_currency_is_refunded_in_it(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.5)])
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        authorization, note, transaction = self._owe()
        self._pay_back(note)
        self.assertEqual(self.requests, [321])
        self.assertEqual(transaction.child_transaction_ids.currency_id, euro)
        self.assertEqual(note.amount_residual, 0)
        self._assert_balance(authorization, 642, 0, 642, 0)

    def test_refund_that_cannot_be_booked_counts_as_taken(self):
        authorization, note, transaction = self._owe()
        with patch.object(
            type(self.env["payment.transaction"]),
            "_create_payment",
            side_effect=UserError("Period is locked"),
        ):
            self._pay_back(note)
        self.assertEqual(note.rma_amount_refunding, 321)
        with self.assertRaisesRegex(UserError, "under way"):
            self._pay_back(note)
        transaction.child_transaction_ids._post_process()
        self._assert_balance(authorization, 321, 0, 321, 0)

    def test_refund_taken_apart_is_not_paid_again(self):
        authorization, note, transaction = self._owe()
        self._pay_back(note)
        note.line_ids.remove_move_reconcile()
        self._assert_balance(authorization, 321, 0, 0, 321)
        self.assertEqual(note.rma_amount_refunding, 321)
        with self.assertRaisesRegex(UserError, "isn't matched"):
            self._pay_back(note)
        payment = transaction.child_transaction_ids.payment_id
        (note.line_ids | payment.move_id.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self._assert_balance(authorization, 321, 0, 321, 0)
        self.assertEqual(note.rma_amount_refunding, 0)
        self.assertEqual(self.requests, [321])

    def test_note_is_not_taken_back_while_its_refund_is_under_way(self):
        _authorization, note, transaction = self._owe()
        self.answers = ["pending"]
        self._pay_back(note)
        with self.assertRaisesRegex(UserError, "under way"):
            note.button_draft()
        transaction.child_transaction_ids._set_canceled()
        note.button_draft()
        self.assertEqual(note.state, "draft")

    def test_figures_of_many_returns_take_no_query_per_return(self):
        order_line = self._sell(price_unit=100.0)
        self._pay(self._bill(order_line))
        authorizations = self.env["rma.authorization"]
        for _number in range(6):
            authorizations |= self._return(order_line, qty=1)
        self._release(self._settle(authorizations[:3]))
        for authorization in authorizations[3:]:
            self._release(self._settle(authorization))

        def count(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.sudo().mapped("amount_credited")
            return self.env.cr.sql_log_count - before

        count(authorizations)
        few, many = count(authorizations[3:5]), count(authorizations)
        self.assertLessEqual(many, few)

    def test_agent_sees_but_does_not_pay(self):
        authorization, note, _transaction = self._owe()
        with self.assertRaisesRegex(AccessError, "accountant"):
            note.with_user(self.agent).action_pay_back_rma_credit()
        self.assertFalse(self.requests)
        summary = authorization.with_user(self.agent).credit_summary
        self.assertIn(note.name, summary)

    def test_accountant_of_another_company_does_not_pay(self):
        _authorization, note, _transaction = self._owe()
        other = self.env["res.company"].create({"name": "Other"})
        foreigner = self.env["res.users"].create(
            {
                "name": "Foreigner",
                "login": "rma_foreigner",
                "group_ids": [
                    Command.link(self.env.ref("account.group_account_invoice").id)
                ],
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
            }
        )
        with self.assertRaises(AccessError):
            note.with_user(foreigner).action_pay_back_rma_credit()
        self.assertFalse(self.requests)

    def test_only_posted_credits_of_returns_are_paid_back(self):
        order_line = self._sell()
        invoice = self._bill(order_line)
        draft = self._credit(order_line)
        for move in (invoice, draft):
            with self.assertRaisesRegex(UserError, "no posted credit note of a return"):
                self._pay_back(move)
