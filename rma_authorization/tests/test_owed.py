# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .timers import TimerCommon


@tagged("post_install", "-at_install")
class TestOwed(TimerCommon):
    """Replaced in advance: on which condition, and what is owed to us until when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell(20)
        cls.asked = cls._create_asked()
        cls.replaced = cls._create_replaced()

    @classmethod
    @contextmanager
    def _at_evening(cls, day):
        """In the evening of Shanghai, which is the same day everywhere else where
        companies of tests may be."""
        with freeze_time(f"2026-{day} 10:00:00"):
            yield
            cls.env.cr.flush()

    @classmethod
    def _create_asked(cls, qty=2, order=None, **line_vals):
        """Authorized on March 2nd, to be replaced before it comes back."""
        with cls._at_evening("03-02"):
            authorization = cls._create_authorization(
                order or cls.order,
                qty,
                resolution="exchange",
                advance=True,
                **line_vals,
            )
            authorization.action_authorize()
        return authorization

    @classmethod
    def _create_replaced(cls, qty=3, **kwargs):
        """Replaced, and all of it delivered on March 10th."""
        authorization = cls._create_asked(qty, **kwargs)
        with cls._at_evening("03-10"):
            authorization.action_settle()
            cls._deliver(authorization.sudo().replacement_order_ids)
        return authorization

    def _run_on(self, *days):
        for day in days:
            with self._at_evening(day):
                self._run_timers()

    def _get_reminders(self, authorization):
        template = self.env.ref("rma_authorization.mail_template_owed")
        return (
            authorization.sudo()
            .mail_ids.filtered(lambda mail: mail.template_id == template)
            .sorted("id")
        )

    def _count_reminders(self, authorization):
        """How many mails; those that wait are sent first."""
        reminders = self._get_reminders(authorization)
        reminders.filtered(lambda mail: mail.state == "queued").state = "sent"
        return len(reminders)

    def _get_calls(self, authorization):
        kind = self.env.ref("rma_authorization.mail_activity_type_owed")
        return authorization.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    # -- condition -----------------------------------------------------------------

    def _make_overdue(self, partner=None):
        invoice = self._sell(1, partner=partner)._create_invoices()
        invoice.write(
            {
                "invoice_date": "2026-01-01",
                "invoice_payment_term_id": False,
                "invoice_date_due": "2026-01-10",
            }
        )
        invoice.action_post()

    def test_who_lets_a_replacement_go_out_in_advance(self):
        cases = [
            # condition, who settles, the sentence that refuses without and with debts
            ("none", self.agent, None, None),
            ("account", self.agent, None, "invoices of .*100.00.* are overdue"),
            ("account", self.manager, None, None),
            ("manager", self.agent, "takes a manager", "takes a manager"),
            ("manager", self.manager, None, None),
        ]
        for overdue in (False, True):
            if overdue:
                self._make_overdue()
            for condition, user, *refusals in cases:
                with self.subTest(condition, user=user.login, overdue=overdue):
                    self.company.rma_advance_condition = condition
                    authorization = self.asked.with_user(user)
                    if refusals[overdue]:
                        with self.assertRefused(refusals[overdue]):
                            authorization.action_settle()
                        self.assertEqual(authorization.line_ids.qty_settling, 0)
                    else:
                        settlements = authorization.action_settle()
                        self.assertEqual(settlements.qty, 2)
                        settlements.action_undo()

    def test_another_customers_debts_dont_count(self):
        self.company.rma_advance_condition = "account"
        self._make_overdue(self.other_customer)
        self.assertTrue(self.asked.action_settle())

    def test_a_managers_word_is_enough(self):
        self.company.rma_advance_condition = "manager"
        authorization = self.asked
        self.assertTrue(authorization.needs_advance_approval)
        with self.assertRaises(AccessError):
            authorization.action_approve_advance()
        authorization.with_user(self.manager).action_approve_advance()
        self.assertFalse(authorization.needs_advance_approval)
        self.assertTrue(authorization.action_settle())
        self.assertEqual(authorization.advance_approved_by_id, self.manager)

    def test_nobody_gives_the_managers_word_by_writing_it(self):
        with self.assertRefused("can't be entered"):
            self.asked.advance_approved_by_id = self.manager

    def test_goods_that_are_here_need_no_condition(self):
        self.company.rma_advance_condition = "manager"
        authorization = self.asked
        self._receive(authorization)
        self.assertTrue(authorization.action_settle())

    # -- how much, until when --------------------------------------------------------

    def test_nothing_is_owed_before_the_replacement_is_ordered(self):
        self.assertEqual(self.asked.line_ids.qty_owed, 0)

    def test_on_its_way_it_is_owed_without_a_deadline(self):
        authorization = self.asked
        authorization.action_settle()
        self.assertRecordValues(
            authorization.line_ids, [{"qty_owed": 2, "owed_deadline": False}]
        )
        self.assertEqual(authorization.amount_owed_goods, 200.0)

    def test_thirty_days_after_the_delivery_it_has_to_be_here(self):
        authorization = self.replaced
        line = authorization.line_ids
        self.assertRecordValues(
            line, [{"qty_owed": 3, "owed_deadline": date(2026, 4, 9)}]
        )
        self.assertEqual(authorization.owed_deadline, date(2026, 4, 9))
        late = [("id", "=", line.id), ("is_owed_late", "=", True)]
        with self._at_evening("04-09"):
            self.assertFalse(line.is_owed_late)
            self.assertFalse(line.search(late))
        with self._at_evening("04-10"):
            line.invalidate_recordset(["is_owed_late"])
            self.assertTrue(line.is_owed_late)
            self.assertEqual(line.search(late), line)

    def test_the_policy_says_how_long(self):
        policy = self.env["rma.authorization.policy"].create(
            {
                "name": "P",
                "returnable": "always",
                "advance_allowed": True,
                "advance_days": 10,
                "partner_ids": self.customer.ids,
            }
        )
        policy.action_put_in_force()
        self.assertEqual(
            self._create_replaced(2).line_ids.owed_deadline, date(2026, 3, 20)
        )

    def test_a_company_may_wait_for_ever(self):
        self.company.rma_advance_days = 0
        authorization = self._create_replaced(2)
        self.assertFalse(authorization.owed_deadline)
        self.assertEqual(authorization.amount_owed_goods, 200.0)

    def test_a_part_that_arrives_leaves_the_rest(self):
        authorization = self.replaced
        self._receive(authorization, 1)
        self.assertRecordValues(
            authorization.line_ids,
            [
                {
                    "qty_owed": 2,
                    "amount_owed_goods": 200.0,
                    "owed_deadline": date(2026, 4, 9),
                }
            ],
        )
        self._receive(authorization)
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_owed": 0, "amount_owed_goods": 0.0, "owed_deadline": False}],
        )

    def test_what_is_lost_at_our_risk_is_not_owed(self):
        authorization = self.replaced
        authorization.action_report_lost("Lost", settle=True)
        self.assertEqual(authorization.line_ids.qty_owed, 0)

    def test_what_is_lost_at_the_customers_risk_is_owed(self):
        authorization = self.replaced
        authorization.action_report_lost("Lost")
        self.assertEqual(authorization.line_ids.qty_owed, 3)

    def test_closing_the_return_forgives_nothing(self):
        authorization = self.replaced
        authorization.action_close("No answer")
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(authorization.line_ids.qty_owed, 3)

    def test_a_cancelled_replacement_is_not_owed(self):
        authorization = self.asked
        authorization.action_settle()
        authorization.sudo().replacement_order_ids._action_cancel()
        self.assertEqual(authorization.line_ids.qty_owed, 0)

    def test_of_a_replacement_cancelled_in_part_the_rest_is_owed(self):
        authorization = self._create_asked(3)
        with self._at_evening("03-10"):
            authorization.action_settle()
            replacement = authorization.sudo().replacement_order_ids
            self._deliver(replacement, 1)
        self.assertRecordValues(
            authorization.line_ids, [{"qty_owed": 3, "owed_deadline": False}]
        )
        with self._at_evening("03-12"):
            replacement.order_line.product_uom_qty = 1
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_owed": 1, "owed_deadline": date(2026, 4, 11)}],
        )

    def test_an_exchange_after_receipt_is_never_owed(self):
        authorization = self._receive_and_accept(self.order, 2, resolution="exchange")
        authorization.action_settle()
        self._deliver(authorization.sudo().replacement_order_ids)
        self.assertEqual(authorization.line_ids.qty_owed, 0)

    def test_the_value_is_what_was_paid_or_the_list_price(self):
        order = self._sell(4, price_unit=80.0)
        authorization = self._create_replaced(2, order=order)
        self.assertEqual(authorization.amount_owed_goods, 160.0)
        self.company.rma_advance_price = "list"
        self.assertEqual(authorization.amount_owed_goods, 200.0)

    def test_the_value_is_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create(
            {
                "name": "RMX",
                "symbol": "X",
                "rate_ids": [(0, 0, {"name": "2020-01-01", "rate": 4.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "RMX", "currency_id": currency.id}
        )
        self.customer.property_product_pricelist = pricelist
        order = self._sell(2, price_unit=100.0)
        self.assertEqual(order.currency_id, currency)
        # 2 x 100 at 4 for one of ours
        self.assertEqual(self._create_replaced(2, order=order).amount_owed_goods, 50.0)

    def test_only_managers_waive_with_a_reason(self):
        authorization = self.replaced
        with self.assertRaises(AccessError):
            authorization.action_waive_owed("A gift")
        as_manager = authorization.with_user(self.manager)
        self.assertAsks(as_manager.action_waive_owed(), "action_waive_owed")
        as_manager.action_waive_owed("A gift")
        self.assertRecordValues(
            authorization.line_ids, [{"qty_owed": 0, "qty_owed_waived": 3}]
        )
        with self.assertRefused("is owed to us"):
            as_manager.action_waive_owed("Again")

    # -- what time brings ------------------------------------------------------------

    def test_the_customer_is_reminded_seven_days_before_and_on_the_day(self):
        authorization = self.replaced
        self._run_on("04-01")
        self.assertEqual(self._count_reminders(authorization), 0)
        self._run_on("04-02", "04-03")
        self.assertEqual(self._count_reminders(authorization), 1)
        self._run_on("04-08")
        self.assertEqual(self._count_reminders(authorization), 1)
        self._run_on("04-09", "04-09", "04-10", "04-20")
        self.assertEqual(self._count_reminders(authorization), 2)

    def test_a_late_run_reminds_once(self):
        authorization = self.replaced
        self._run_on("04-09", "04-10")
        self.assertEqual(self._count_reminders(authorization), 1)

    def test_what_is_owed_is_not_reminded_of_as_expiring(self):
        authorization = self.replaced
        # the thirty days of the authorization end on April 1st
        self._run_on("03-25")
        template = self.env.ref("rma_authorization.mail_template_reminder")
        self.assertNotIn(template, authorization.sudo().mail_ids.template_id)

    def test_nobody_is_reminded_of_what_has_arrived(self):
        authorization = self.replaced
        self._receive(authorization)
        self._run_on("04-02", "04-09", "04-10")
        self.assertEqual(self._count_reminders(authorization), 0)
        self.assertFalse(self._get_calls(authorization))

    def test_after_the_deadline_the_responsible_is_told_once(self):
        authorization = self.replaced
        self._run_on("04-09")
        self.assertFalse(self._get_calls(authorization))
        self._run_on("04-10", "04-10", "04-11")
        self.assertEqual(self._get_calls(authorization).user_id, self.agent)
        self._receive(authorization)
        self.assertFalse(self._get_calls(authorization))

    def test_a_tracking_number_gives_fourteen_days(self):
        authorization = self.replaced
        with self._at_evening("04-01"):
            authorization.tracking_ref = "1Z"
        # the 1st and 14 days
        self.assertEqual(authorization.owed_deadline, date(2026, 4, 15))
        self._run_on("04-02", "04-14")
        self.assertEqual(self._count_reminders(authorization), 0)
        with self._at_evening("04-14"):
            authorization.tracking_ref = "2Z"
        self.assertEqual(authorization.owed_deadline, date(2026, 4, 15))
        self._run_on("04-15", "04-16")
        self.assertEqual(self._count_reminders(authorization), 1)
        self.assertEqual(len(self._get_calls(authorization)), 1)

    def test_a_number_entered_early_shortens_nothing(self):
        authorization = self.replaced
        with self._at_evening("03-11"):
            authorization.tracking_ref = "1Z"
        self.assertEqual(authorization.owed_deadline, date(2026, 4, 9))

    def test_a_scan_of_the_carrier_starts_the_way_anew(self):
        authorization = self.replaced
        with self._at_evening("04-05"):
            authorization._record_carrier_scan()
        self.assertEqual(authorization.owed_deadline, date(2026, 4, 19))

    def test_more_time_counts_from_the_deadline(self):
        authorization = self.replaced
        self._run_on("04-02")
        self.assertEqual(self._count_reminders(authorization), 1)
        with self._at_evening("04-03"):
            authorization.action_extend(10)
        self.assertEqual(authorization.owed_deadline, date(2026, 4, 19))
        # of the new day, as of the first one, twice
        for day, count in (("04-11", 1), ("04-12", 2), ("04-19", 3)):
            self._run_on(day)
            self.assertEqual(self._count_reminders(authorization), count)

    def test_the_mail_names_what_is_owed_and_until_when(self):
        authorization = self.replaced
        self._receive(authorization, 1)
        template = self.env.ref("rma_authorization.mail_template_owed")
        body = template._generate_template(authorization.ids, ["body_html"])
        words = " ".join(body[authorization.id]["body_html"].split())
        self.assertRegex(words, r"2\D{1,20}x\D{1,40}Radio")
        self.assertIn("04/09/2026", words)

    def test_a_hundred_days_later_many_are_called_in_small_batches(self):
        several = [self._create_replaced(1) for _number in range(3)]
        for _run in range(3):
            with self._at_evening("06-20"):
                self._run_timers(limit=1)
        for authorization in several:
            self.assertEqual(len(self._get_calls(authorization)), 1)
