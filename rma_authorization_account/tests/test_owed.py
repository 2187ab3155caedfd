# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestOwed(RmaAccountCommon):
    """Replaced in advance and not returned: invoiced once, credited when it comes.

    One unit is 33.33 and 7 % tax.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rma_advance_invoice = "manual"
        cls.order_line = cls._sell()
        cls.replaced = cls._create_replaced()

    @classmethod
    def _create_replaced(cls, qty=3.0, order_line=None):
        """A return whose replacement was delivered today, in advance."""
        authorization = cls._request(
            order_line or cls.order_line,
            qty=qty,
            resolution="exchange",
            advance=True,
        )
        authorization.inspection_required = False
        authorization.action_settle()
        replacement = authorization.sudo().replacement_order_ids
        cls._deliver(replacement.order_line, qty)
        return authorization

    def _after(self, authorization, days=1):
        """So many days after the deadline."""
        deadline = authorization.owed_deadline or date.today()
        authorization.line_ids.invalidate_recordset(["is_owed_late"])
        return freeze_time(f"{deadline + timedelta(days=days)} 12:00:00")

    def _invoice(self, authorization, user=None):
        with self._after(authorization):
            authorization.with_user(user or self.agent).action_invoice_owed()
        return authorization.sudo().owed_invoice_ids

    def _run_timers(self, authorization, days=1):
        cron = type(self.env["ir.cron"])
        with (
            self._after(authorization, days),
            patch.object(cron, "_commit_progress", lambda *_args, **_kwargs: 1),
        ):
            self.env["rma.authorization"]._cron_timers()

    def _arrive(self, authorization, qty):
        """So much arrives, by hand or by the receipt."""
        lines_sudo = authorization.sudo().line_ids
        if "stock.picking" in self.env:
            receipt_sudo = authorization.sudo()._get_open_receipts()
            receipt_sudo.move_ids.write({"quantity": qty, "picked": True})
            receipt_sudo.with_context(skip_backorder=True).button_validate()
        else:
            lines_sudo._receive_by_hand({lines_sudo: qty})
            authorization.sudo()._update_closure()

    def _get_calls(self, authorization):
        kind = self.env.ref("rma_authorization.mail_activity_type_owed")
        return authorization.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def _get_credits(self, invoice):
        return invoice.reversal_move_ids.sorted("id")

    # -- invoice -------------------------------------------------------------------

    def test_what_is_late_is_invoiced_at_the_price_that_was_paid(self):
        authorization = self.replaced
        # 3 x 33.33 and 7 % of 99.99
        self.assertEqual(authorization.amount_owed_goods, 106.99)
        invoice = self._invoice(authorization)
        self.assertRecordValues(
            invoice,
            [
                {
                    "move_type": "out_invoice",
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "amount_untaxed": 99.99,
                    "amount_total": 106.99,
                    "rma_count": 1,
                }
            ],
        )
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_owed": 0, "qty_owed_invoiced": 3, "owed_deadline": False}],
        )
        self.assertEqual(authorization.amount_owed_goods, 0.0)

    def test_a_discount_stays(self):
        line = self._sell(qty=2.0, price_unit=50.0, discount=10.0)
        invoice = self._invoice(self._create_replaced(2.0, line))
        self.assertEqual(invoice.amount_untaxed, 90.0)

    def test_the_list_price_may_be_asked(self):
        self.company.rma_advance_price = "list"
        line = self._sell(qty=2.0, price_unit=20.0)
        invoice = self._invoice(self._create_replaced(2.0, line))
        self.assertEqual(invoice.amount_untaxed, 66.66)

    def test_it_is_posted_where_credits_are(self):
        self.company.rma_credit_posting = "posted"
        self.assertEqual(self._invoice(self.replaced).state, "posted")

    def test_before_the_deadline_there_is_time(self):
        authorization = self.replaced
        with self.assertRaisesRegex(UserError, "there is time"):
            authorization.action_invoice_owed()
        self.assertFalse(authorization.sudo().owed_invoice_ids)

    def test_managers_need_not_wait(self):
        authorization = self.replaced
        authorization.with_user(self.chief).action_invoice_owed()
        self.assertEqual(authorization.line_ids.qty_owed_invoiced, 3)

    def test_nothing_is_invoiced_twice(self):
        authorization = self.replaced
        self._invoice(authorization)
        with self.assertRaisesRegex(UserError, "is owed to us"):
            self._invoice(authorization)
        self.assertEqual(len(authorization.sudo().owed_invoice_ids), 1)

    def test_what_is_not_delivered_yet_is_not_invoiced(self):
        authorization = self._request(
            self.order_line, resolution="exchange", advance=True
        )
        authorization.action_settle()
        with self.assertRaisesRegex(UserError, "still on its way"):
            authorization.with_user(self.chief).action_invoice_owed()

    def test_accountants_invoice_and_nobody_without_a_role(self):
        authorization = self.replaced
        clerk = self._create_user("clerk", "base.group_user")
        with self.assertRaises(AccessError):
            authorization.with_user(clerk).action_invoice_owed()
        self._invoice(authorization, self.accountant)
        self.assertEqual(authorization.line_ids.qty_owed_invoiced, 3)

    def test_after_a_part_arrived_the_rest_is_invoiced(self):
        authorization = self.replaced
        self._arrive(authorization, 1.0)
        # 2 x 33.33
        self.assertEqual(self._invoice(authorization).amount_untaxed, 66.66)

    def test_a_cancelled_invoice_leaves_the_goods_owed(self):
        authorization = self.replaced
        self._invoice(authorization).button_cancel()
        self.assertEqual(authorization.line_ids.qty_owed, 3)
        self._invoice(authorization)
        self.assertEqual(authorization.line_ids.qty_owed_invoiced, 3)

    def test_another_currency_is_invoiced_as_it_was_sold(self):
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        order_line = self._sell(qty=2.0)
        order_line.order_id.currency_id = currency
        order_line.price_unit = 50.0
        authorization = self._create_replaced(2.0, order_line)
        invoice = self._invoice(authorization)
        self.assertEqual(invoice.currency_id, currency)
        self.assertEqual(invoice.amount_untaxed, 100.0)

    # -- by itself -----------------------------------------------------------------

    def test_the_scheduled_action_invoices_once_where_the_company_says_so(self):
        self.company.rma_advance_invoice = "auto"
        authorization = self.replaced
        deadline = authorization.owed_deadline
        self._run_timers(authorization, 0)
        self.assertFalse(authorization.sudo().owed_invoice_ids)
        self._run_timers(authorization, 1)
        for day in (1, 2):
            with freeze_time(f"{deadline + timedelta(days=day)} 12:00:00"):
                self._run_timers(authorization)
        self.assertEqual(authorization.sudo().owed_invoice_ids.amount_untaxed, 99.99)
        self.assertFalse(self._get_calls(authorization))

    def test_by_default_a_person_is_asked(self):
        authorization = self.replaced
        self._run_timers(authorization)
        self.assertFalse(authorization.sudo().owed_invoice_ids)
        self.assertEqual(self._get_calls(authorization).user_id, self.agent)
        self._invoice(authorization)
        self.assertFalse(self._get_calls(authorization))

    def test_what_can_not_be_invoiced_is_told_and_holds_up_nothing(self):
        self.company.rma_advance_invoice = "auto"
        authorization = self.replaced
        with patch.object(
            type(self.env["rma.authorization.line"]),
            "_invoice_owed",
            side_effect=UserError("The books are closed"),
        ):
            self._run_timers(authorization)
        self.assertEqual(authorization.line_ids.qty_owed, 3)
        self.assertIn("The books are closed", authorization.sudo().message_ids[0].body)
        self.assertTrue(self._get_calls(authorization))

    # -- late arrival ----------------------------------------------------------------

    def test_a_draft_is_lowered_by_what_arrives(self):
        authorization = self.replaced
        invoice = self._invoice(authorization)
        self._arrive(authorization, 1.0)
        self.assertEqual(invoice.amount_untaxed, 66.66)
        self._arrive(authorization, 2.0)
        self.assertFalse(invoice.exists())
        self.assertEqual(authorization.line_ids.qty_owed_invoiced, 0)

    def test_a_posted_invoice_is_credited_exactly(self):
        self.company.rma_credit_posting = "posted"
        authorization = self.replaced
        invoice = self._invoice(authorization)
        self._arrive(authorization, 3.0)
        self.assertRecordValues(
            self._get_credits(invoice),
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "amount_untaxed": 99.99,
                    "amount_total": 106.99,
                }
            ],
        )
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertRecordValues(
            authorization.line_ids, [{"qty_owed": 0, "qty_owed_invoiced": 0}]
        )

    def test_what_arrives_in_parts_adds_up_to_the_invoice(self):
        self.company.rma_credit_posting = "posted"
        authorization = self.replaced
        invoice = self._invoice(authorization)
        for _part in range(3):
            self._arrive(authorization, 1.0)
        # each alone is 33.33 and 2.33 tax, 0.01 less than the invoice in all
        self.assertEqual(
            self._get_credits(invoice).mapped("amount_total"), [35.66, 35.66, 35.67]
        )
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_credits_wait_for_an_accountant_like_any_other(self):
        authorization = self.replaced
        invoice = self._invoice(authorization)
        invoice.action_post()
        self._arrive(authorization, 2.0)
        note = self._get_credits(invoice)
        self.assertRecordValues(note, [{"state": "draft", "amount_untaxed": 66.66}])
        self.assertEqual(authorization.line_ids.qty_owed_invoiced, 1)
        self._release(note)
        self.assertEqual(note.state, "posted")

    def test_a_reversal_by_hand_is_counted(self):
        authorization = self.replaced
        invoice = self._invoice(authorization)
        invoice.action_post()
        self._credit_by_hand(invoice)
        self.assertEqual(authorization.line_ids.qty_owed_invoiced, 0)
        self._arrive(authorization, 3.0)
        self.assertEqual(len(self._get_credits(invoice)), 1)

    def test_a_copy_of_the_invoice_bills_nothing_owed(self):
        authorization = self.replaced
        self._invoice(authorization).copy()
        self.assertEqual(authorization.line_ids.qty_owed_invoiced, 3)
