# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestPolicyJudge(RmaCommon):
    """What a policy says about a request: literal dates, and everything it demands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Weekdays", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.order = cls._sell(5)

    def _put_in_force(self, **terms):
        """A policy for Ada alone, so that nothing is more specific."""
        policy = (
            self.env["rma.authorization.policy"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Ada's Policy",
                    "partner_ids": [Command.set(self.customer.ids)],
                    "window_start": "order",
                    **terms,
                }
            )
        )
        policy.action_put_in_force()
        return policy

    def _ask(self, ordered, asked, **line_vals):
        """Ada asks at a moment (UTC) for what was ordered at another."""
        self.order.date_order = ordered
        authorization = self._create_authorization(self.order, **line_vals)
        authorization.date_request = asked
        authorization.action_submit()
        return authorization.line_ids

    def _draft(self, **line_vals):
        return self._create_authorization(self.order, **line_vals)

    # -- windows -----------------------------------------------------------------------

    def test_a_window_ends_with_its_last_day(self):
        """(unit, number, ends on a working day, ordered, asked, verdict)"""
        eligible, over = "eligible", "ineligible"
        cases = [
            # the day of the order doesn't count, the last day does, until midnight
            ("day", 14, 0, "2026-03-01 09:00:00", "2026-03-15 23:59:59", eligible),
            ("day", 14, 0, "2026-03-01 09:00:00", "2026-03-16 00:00:00", over),
            # one second of a day makes it that day
            ("day", 14, 0, "2026-03-01 23:59:59", "2026-03-16 00:00:00", over),
            ("day", 14, 0, "2026-03-02 00:00:00", "2026-03-16 00:00:00", eligible),
            # over the end of a leap year's February
            ("day", 14, 0, "2028-02-20 09:00:00", "2028-03-05 09:00:00", eligible),
            ("day", 14, 0, "2028-02-20 09:00:00", "2028-03-06 09:00:00", over),
            # months end with the month
            ("month", 1, 0, "2026-01-31 09:00:00", "2026-02-28 09:00:00", eligible),
            ("month", 1, 0, "2026-01-31 09:00:00", "2026-03-01 09:00:00", over),
            ("month", 1, 0, "2028-01-31 09:00:00", "2028-02-29 09:00:00", eligible),
            ("month", 6, 0, "2025-08-31 09:00:00", "2026-02-28 09:00:00", eligible),
            ("month", 6, 0, "2025-08-31 09:00:00", "2026-03-01 09:00:00", over),
            # a year after 29 February ends on the 28th
            ("year", 1, 0, "2024-02-29 09:00:00", "2025-02-28 09:00:00", eligible),
            ("year", 1, 0, "2024-02-29 09:00:00", "2025-03-01 09:00:00", over),
            ("year", 4, 0, "2024-02-29 09:00:00", "2028-02-29 09:00:00", eligible),
            # 14 days after Saturday 28 February 2026 are a Saturday: Monday counts
            ("day", 14, 1, "2026-02-28 09:00:00", "2026-03-16 09:00:00", eligible),
            ("day", 14, 1, "2026-02-28 09:00:00", "2026-03-17 09:00:00", over),
            ("day", 14, 0, "2026-02-28 09:00:00", "2026-03-15 09:00:00", over),
            # five working days after Thursday 5 March are Thursday the 12th
            ("workday", 5, 0, "2026-03-05 09:00:00", "2026-03-12 23:00:00", eligible),
            ("workday", 5, 0, "2026-03-05 09:00:00", "2026-03-13 01:00:00", over),
            # after a Saturday, one working day is the Monday
            ("workday", 1, 0, "2026-03-07 09:00:00", "2026-03-09 09:00:00", eligible),
            ("workday", 1, 0, "2026-03-07 09:00:00", "2026-03-10 09:00:00", over),
            # asked before anything counts
            ("day", 14, 0, "2026-03-01 09:00:00", "2026-03-01 09:00:01", eligible),
        ]
        policy = self._put_in_force(window=14)
        for unit, number, on_workday, ordered, asked, verdict in cases:
            with self.subTest(unit=unit, number=number, ordered=ordered, asked=asked):
                policy.action_draft()
                policy.write(
                    {
                        "window": number,
                        "window_unit": unit,
                        "window_on_workday": bool(on_workday),
                    }
                )
                policy.action_put_in_force()
                line = self._ask(ordered, asked)
                self.assertEqual(line.eligibility, verdict)
                self.assertEqual(line.policy_id, policy)
                line.authorization_id.action_cancel()
                line.authorization_id.with_user(self.manager).unlink()

    def test_holidays_are_no_working_days(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Labour Day",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-05-01 00:00:00",
                "date_to": "2026-05-01 23:59:59",
            }
        )
        self._put_in_force(window=1, window_unit="workday")
        # after Thursday 30 April comes the holiday, the weekend, Monday 4 May
        line = self._ask("2026-04-30 09:00:00", "2026-05-04 20:00:00")
        self.assertEqual(line.eligibility, "eligible")
        line = self._ask("2026-04-30 09:00:00", "2026-05-05 01:00:00")
        self.assertEqual(line.eligibility, "ineligible")

    def test_days_begin_at_midnight_where_the_company_is(self):
        self.calendar.tz = "Asia/Shanghai"
        self._put_in_force(window=7)
        # 1 March, 23:30 in Greenwich is the 2nd in Shanghai: the 9th is the last day
        line = self._ask("2026-03-01 23:30:00", "2026-03-09 15:59:59")
        self.assertEqual(line.eligibility, "eligible")
        self.assertIn("03/09/2026", line.eligibility_note)
        line = self._ask("2026-03-01 23:30:00", "2026-03-09 16:00:00")
        self.assertEqual(line.eligibility, "ineligible")

    def test_summer_time_neither_adds_nor_takes_a_day(self):
        self.calendar.tz = "Europe/Brussels"
        self._put_in_force(window=1)
        # clocks go forward on 29 March 2026: the 29th ends at 22:00 in Greenwich
        line = self._ask("2026-03-28 12:00:00", "2026-03-29 21:59:59")
        self.assertEqual(line.eligibility, "eligible")
        line = self._ask("2026-03-28 12:00:00", "2026-03-29 22:00:00")
        self.assertEqual(line.eligibility, "ineligible")

    def test_an_invoice_counts_where_the_policy_says_so(self):
        self._put_in_force(window=10, window_start="invoice")
        invoice = self.order._create_invoices()
        invoice.invoice_date = "2026-03-10"
        invoice.action_post()
        line = self._ask("2026-03-01 09:00:00", "2026-03-20 09:00:00")
        self.assertEqual(line.eligibility, "eligible")
        line = self._ask("2026-03-01 09:00:00", "2026-03-21 09:00:00")
        self.assertEqual(line.eligibility, "ineligible")

    def test_without_an_invoice_the_order_counts(self):
        self._put_in_force(window=10, window_start="invoice")
        line = self._ask("2026-03-01 09:00:00", "2026-03-12 09:00:00")
        self.assertEqual(line.eligibility, "ineligible")

    def test_without_any_date_a_person_decides(self):
        self._put_in_force(window=10)
        authorization = self._draft()
        authorization.line_ids.sale_line_id = False
        authorization.action_submit()
        self.assertEqual(authorization.eligibility, "check")
        self.assertFalse(authorization.needs_manager)

    # -- what else is demanded ---------------------------------------------------------

    def test_always_and_never(self):
        for returnable, verdict in (("always", "eligible"), ("never", "ineligible")):
            with self.subTest(returnable=returnable):
                policy = self._put_in_force(returnable=returnable)
                line = self._ask("2020-01-01 09:00:00", "2026-03-12 09:00:00")
                self.assertEqual(line.eligibility, verdict)
                line.authorization_id.action_cancel()
                line.authorization_id.with_user(self.manager).unlink()
                policy.action_draft()
                policy.unlink()

    def test_excluded_products_and_categories_never_pass(self):
        category = self.env["product.category"].create({"name": "Final Sale"})
        below = self.env["product.category"].create(
            {"name": "Hygiene", "parent_id": category.id}
        )
        self.product.categ_id = below
        policy = self._put_in_force(
            returnable="always", excluded_category_ids=[Command.set(category.ids)]
        )
        line = self._ask("2026-03-01 09:00:00", "2026-03-01 10:00:00")
        self.assertEqual(line.eligibility, "ineligible")
        line.authorization_id.action_cancel()
        line.authorization_id.with_user(self.manager).unlink()
        policy.action_draft()
        policy.write(
            {
                "excluded_category_ids": [Command.clear()],
                "excluded_product_tmpl_ids": [
                    Command.set(self.product.product_tmpl_id.ids)
                ],
            }
        )
        policy.action_put_in_force()
        line = self._ask("2026-03-01 09:00:00", "2026-03-01 10:00:00")
        self.assertEqual(line.eligibility, "ineligible")
        self.assertIn("can't be returned", line.eligibility_note)

    def test_dead_on_arrival_has_a_shorter_time(self):
        doa = self.env.ref("rma_authorization.rma_authorization_reason_doa")
        doa.is_doa = True
        doa.serial_required = False
        self._put_in_force(window=30, doa_days=7)
        line = self._ask("2026-03-01 09:00:00", "2026-03-08 09:00:00", reason_id=doa.id)
        self.assertEqual((line.eligibility, line.is_doa), ("eligible", True))
        line = self._ask("2026-03-01 09:00:00", "2026-03-09 09:00:00", reason_id=doa.id)
        self.assertEqual((line.eligibility, line.is_doa), ("ineligible", False))
        line = self._ask("2026-03-01 09:00:00", "2026-03-09 09:00:00")
        self.assertEqual((line.eligibility, line.is_doa), ("eligible", False))

    def test_the_condition_is_at_least_what_is_demanded(self):
        self._put_in_force(returnable="always", condition="opened")
        for condition, verdict in (
            (False, "incomplete"),
            ("unopened", "eligible"),
            ("opened", "eligible"),
            ("used", "ineligible"),
            ("damaged", "ineligible"),
        ):
            with self.subTest(condition=condition):
                authorization = self._draft(condition=condition)
                authorization.action_submit()
                self.assertEqual(authorization.eligibility, verdict)
                authorization.action_cancel()

    def test_evidence_that_is_missing_is_named_and_looked_at_again(self):
        self._put_in_force(
            returnable="always", photo_required=True, description_required=True
        )
        authorization = self._draft()
        authorization.action_submit()
        line = authorization.line_ids
        self.assertEqual(line.eligibility, "incomplete")
        self.assertIn("picture", line.eligibility_note)
        self.assertIn("describe", line.eligibility_note)
        self.assertEqual(authorization.proposal, "ask")
        line.description = "It hums."
        self.assertNotIn("describe", line.eligibility_note)
        # a text file is no picture
        self._attach(authorization, "note.txt", b"no picture")
        authorization.action_judge()
        self.assertEqual(line.eligibility, "incomplete")
        self._attach(
            authorization,
            "radio.gif",
            b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        )
        authorization.action_authorize()
        self.assertEqual(line.eligibility, "eligible")
        self.assertEqual(authorization.state, "authorized")

    def _attach(self, authorization, name, content):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": authorization._name,
                "res_id": authorization.id,
            }
        )

    def test_an_overdue_account_is_seen(self):
        policy = self._put_in_force(
            returnable="always", overdue="refuse", overdue_days=3
        )
        invoice = self.order._create_invoices()
        invoice.write(
            {
                "invoice_date": "2026-03-01",
                "invoice_payment_term_id": False,
                "invoice_date_due": "2026-03-10",
            }
        )
        invoice.action_post()
        # due on the 10th, and three days more are tolerated
        line = self._ask("2026-03-01 09:00:00", "2026-03-13 09:00:00")
        self.assertEqual(line.eligibility, "eligible")
        line = self._ask("2026-03-01 09:00:00", "2026-03-14 09:00:00")
        self.assertEqual(line.eligibility, "ineligible")
        self.assertIn("500.00", line.eligibility_note)
        self.assertEqual(line.policy_id, policy)

    def test_another_customers_debts_dont_count(self):
        self._put_in_force(returnable="always", overdue="refuse")
        order = self._sell(1, partner=self.other_customer)
        invoice = order._create_invoices()
        invoice.write(
            {
                "invoice_date": "2026-01-01",
                "invoice_payment_term_id": False,
                "invoice_date_due": "2026-01-10",
            }
        )
        invoice.action_post()
        line = self._ask("2026-03-01 09:00:00", "2026-03-14 09:00:00")
        self.assertEqual(line.eligibility, "eligible")

    def test_frequent_returns_are_looked_at(self):
        self._put_in_force(returnable="always", max_returns=2, max_returns_days=30)
        for asked in ("2026-01-01 09:00:00", "2026-03-01 09:00:00"):
            line = self._ask("2025-12-31 09:00:00", asked)
            self.assertEqual(line.eligibility, "eligible")
        # the first is more than thirty days ago
        line = self._ask("2025-12-31 09:00:00", "2026-03-02 09:00:00")
        self.assertEqual(line.eligibility, "eligible")
        line = self._ask("2025-12-31 09:00:00", "2026-03-03 09:00:00")
        self.assertEqual(line.eligibility, "check")

    def test_resolutions_are_allowed_for_a_time(self):
        self._put_in_force(
            window=30,
            resolution_ids=[
                Command.create({"resolution": "exchange", "window": 15}),
            ],
        )
        line = self._ask(
            "2026-03-01 09:00:00", "2026-03-16 09:00:00", resolution="exchange"
        )
        self.assertEqual(line.eligibility, "eligible")
        line = self._ask(
            "2026-03-01 09:00:00", "2026-03-17 09:00:00", resolution="exchange"
        )
        self.assertEqual(line.eligibility, "ineligible")
        self.assertIn("“Exchange” is not possible", line.eligibility_note)
        # helping without a return is always possible
        line = self._ask(
            "2026-03-01 09:00:00", "2026-03-17 09:00:00", resolution="solved"
        )
        self.assertEqual(line.eligibility, "eligible")

    def test_replacements_in_advance_are_allowed_or_not(self):
        self._put_in_force(returnable="always")
        line = self._ask(
            "2026-03-01 09:00:00",
            "2026-03-02 09:00:00",
            resolution="exchange",
            advance=True,
        )
        self.assertEqual(line.eligibility, "ineligible")

    def test_cheap_goods_stay_with_the_customer(self):
        self._put_in_force(returnable="always", keep_amount=200)
        line = self._ask("2026-03-01 09:00:00", "2026-03-02 09:00:00", qty=2)
        self.assertEqual(line.amount_requested, 200.0)
        self.assertEqual(line.disposition, "keep")
        line = self._ask("2026-03-01 09:00:00", "2026-03-02 09:00:00", qty=3)
        self.assertFalse(line.disposition)

    def test_the_value_is_in_the_companys_currency_and_any_unit(self):
        currency = self.env["res.currency"].create(
            {
                "name": "RMX",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        self.customer.property_product_pricelist = pricelist
        order = self._sell(
            1,
            deliver=False,
            product_uom_id=self.env.ref("uom.product_uom_dozen").id,
            price_unit=4800.0,
        )
        self.assertEqual(order.currency_id, currency)
        line = self._create_authorization(
            order, 3, product_uom_id=self.product.uom_id.id
        ).line_ids
        # 4800 X a dozen are 400 a piece; four X are one of the company's currency
        self.assertEqual(line.amount_requested, 300.0)

    # -- kept --------------------------------------------------------------------------

    def test_the_verdict_stands_with_the_decision(self):
        policy = self._put_in_force(returnable="always", text="Ada may return it all.")
        authorization = self._draft()
        authorization.action_submit()
        line = authorization.line_ids
        authorization.action_authorize()
        note = line.eligibility_note
        self.assertIn("Ada may return it all.", note)
        policy.action_end()
        line.description = "added later"
        self.assertEqual(line.eligibility_note, note)
        self.assertEqual(line.policy_id, policy)
        with self.assertRefusedNaming(authorization):
            authorization.action_judge()

    def test_nobody_enters_a_verdict(self):
        authorization = self._draft()
        with self.assertRefused("can't be entered"):
            authorization.line_ids.eligibility = "eligible"
        with self.assertRefused("can't be entered"):
            authorization.is_auto_authorized = True

    def test_a_changed_request_is_judged_anew(self):
        self._put_in_force(returnable="always", keep_amount=100)
        other = self._put_in_force(
            returnable="never", reason_ids=[Command.set(self._reason("other").ids)]
        )
        authorization = self._draft()
        authorization.action_submit()
        self.assertEqual(authorization.eligibility, "eligible")
        authorization.line_ids.reason_id = self._reason("other")
        self.assertEqual(authorization.eligibility, "ineligible")
        self.assertEqual(authorization.line_ids.policy_id, other)
        authorization.line_ids.reason_id = self.reason
        self.assertEqual(authorization.eligibility, "eligible")

    def _reason(self, code):
        return self.env.ref(f"rma_authorization.rma_authorization_reason_{code}")

    def test_the_customer_reads_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        policy = self._put_in_force(window=14, text="Fourteen days.")
        policy.action_draft()
        policy.with_context(lang="fr_FR").text = "Quatorze jours."
        policy.action_put_in_force()
        line = self._ask("2026-03-01 09:00:00", "2026-03-02 09:00:00")
        self.assertIn("Quatorze jours.", line.eligibility_note)
        # the reviewer reads the checks in their own
        self.assertIn("03/15/2026", line.eligibility_html)

    def test_a_batch_is_judged_with_few_queries(self):
        self._put_in_force(
            window=14,
            overdue="check",
            max_returns=50,
            photo_required=True,
            excluded_product_tmpl_ids=[
                Command.set(self.other_product.product_tmpl_id.ids)
            ],
        )
        orders = [self._sell(1) for _number in range(12)]
        ids = [self._create_authorization(order).line_ids.id for order in orders]
        counts = []
        for batch in (ids[:2], ids[2:]):
            lines = self.env["rma.authorization.line"].browse(batch)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines._judge()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_a_supplier_return_has_no_policy(self):
        self._put_in_force(returnable="never")
        authorization = self._draft()
        authorization.direction = "supplier"
        authorization.line_ids.sale_line_id = False
        authorization.action_submit()
        self.assertFalse(authorization.eligibility)

    def test_now_is_the_day_of_the_request(self):
        self._put_in_force(window=14)
        today = fields.Date.context_today(self.env.user)
        line = self._create_authorization(self.order).line_ids
        line.authorization_id.action_submit()
        self.assertEqual(line.eligibility, "eligible")
        self.assertEqual(line.authorization_id.date_request.date(), today)
