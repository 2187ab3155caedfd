# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .common import RmaCommon


class MeasureCommon(RmaCommon):
    """Moves records in time, and asks for measures of `customers`, as the agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.customer | cls.other_customer

    @classmethod
    def _set(cls, records, **values):
        """Move records in time: no flow lets anybody choose these dates."""
        cls.env.flush_all()
        cls.env.execute_query(
            SQL(
                "UPDATE %s SET %s WHERE id IN %s RETURNING id",
                SQL.identifier(records._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in values.items()
                ),
                tuple(records.ids),
            )
        )
        cls.env.invalidate_all()

    def _read_rows(self, domain):
        """{id of a row: its values}, of all columns, for the agent."""
        report = self.env["rma.authorization.report"].with_user(self.agent)
        names = report._get_columns()
        return {row["id"]: row for row in report.search_read(domain, names)}

    def _read(self, *names, groupby=(), domain=(), user=None):
        """Measures of these customers, as the agent: rows of values."""
        report = self.env["rma.authorization.report"].with_user(user or self.agent)
        return report._read_group(
            [("partner_id", "in", self.customers.ids), *domain],
            groupby,
            [f"{name}:{report._fields[name].aggregator}" for name in names],
        )

    def assertMeasures(self, domain=(), **expected):
        values = self._read(*expected, domain=domain)[0]
        for (name, amount), value in zip(expected.items(), values, strict=True):
            self.assertAlmostEqual(value, amount, places=3, msg=name)


class ReportCommon(MeasureCommon):
    """Sales and returns at known times.

    Sold: 10 radios on 15 January 2024 and 20 on 10 February by Ada, 10 speakers on
    10 February by Bob; 100 each. One radio more is sent today, as a replacement.

    ======  ======  ====  =======  =================================================
    return  sale    qty   reason   what happened
    ======  ======  ====  =======  =================================================
    r1      Jan     2     defect   received, fault found; parts 60
    r2      Jan     1     DOA      received, fault found
    r3      Feb     1     DOA      received, no fault found
    r4      Feb     1     defect   received, no fault found, exchanged
    r5      today   1     defect   the replacement of r4 received, not checked
    r6      Feb     3     defect   refused
    r7      Feb     1     defect   authorized after a question, by exception
    r8      Feb     1     defect   authorized, expired
    r9      Bob's   2     other    received, not checked
    r10     Bob's   1     other    solved, closed; labour 30, freight 12
    r11     Feb     1     defect   prevented by self-help
    r12     Bob's   1     other    solved, closed; credit 100, fee 10, recovered 25
    r13     Bob's   1     other    solved, closed
    ======  ======  ====  =======  =================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reasons = cls.env["rma.authorization.reason"].create(
            [
                {"name": "Defect", "code": "r_defect", "responsible": "supplier"},
                {"name": "Dead", "code": "r_dead", "is_doa": True},
                {"name": "Other", "code": "r_other", "responsible": "us"},
            ]
        )
        cls.defect, cls.dead, cls.other = reasons
        cls.fault = cls.env["rma.authorization.fault"].create(
            {"name": "No sound", "kind": "fault", "code": "r_sound"}
        )
        cls.january = cls._sell_on(date(2024, 1, 15), 10)
        cls.february = cls._sell_on(date(2024, 2, 10), 20)
        cls.bobs = cls._sell_on(
            date(2024, 2, 10),
            10,
            products=cls.other_product,
            partner=cls.other_customer,
        )
        cls._play_faults()
        cls._play_decisions()
        cls._play_speakers()

    # -- the story -----------------------------------------------------------------

    @classmethod
    def _sell_on(cls, day, qty, **kwargs):
        order = cls._sell(qty, **kwargs)
        cls._set(order, date_order=day)
        if "picking_ids" in order._fields:
            cls._set(order.picking_ids, date_done=day)
        return order

    @classmethod
    def _return(cls, order, qty, reason, *findings, **line_vals):
        authorization = cls._authorize(order, qty, reason_id=reason.id, **line_vals)
        if findings:
            cls._receive(authorization)
            cls._inspect(authorization, *findings)
        return authorization

    @classmethod
    def _play_faults(cls):
        found = {"fault_found": "found", "fault_id": cls.fault.id}
        none = {"fault_found": "none"}
        cls.r1 = cls._return(cls.january, 2, cls.defect, (2, found))
        cls.r2 = cls._return(cls.january, 1, cls.dead, (1, {"fault_found": "found"}))
        cls.r3 = cls._return(cls.february, 1, cls.dead, (1, none))
        cls.r4 = cls._return(
            cls.february, 1, cls.defect, (1, none), resolution="exchange"
        )
        cls.r4.action_settle()
        replacement = cls.r4.sudo().replacement_order_ids
        cls._deliver(replacement)
        cls.r5 = cls._return(replacement, 1, cls.defect, (1, {}))

    @classmethod
    def _play_decisions(cls):
        refused = cls._create_authorization(cls.february, 3, reason_id=cls.defect.id)
        refused.action_submit()
        refused.action_refuse("Too late")
        asked = cls._create_authorization(cls.february, 1, reason_id=cls.defect.id)
        asked.action_submit()
        asked.action_request_information("Which one?")
        asked.action_information_received()
        asked.action_authorize()
        cls._set(asked.line_ids, eligibility="ineligible")
        expired = cls._return(cls.february, 1, cls.defect)
        expired.sudo()._change_state("expired")
        prevented = cls._create_authorization(cls.february, 1, reason_id=cls.defect.id)
        prevented.sudo()._cancel()
        prevented.sudo()._record({"is_prevented": True})
        cls.r6, cls.r7, cls.r8, cls.r11 = refused, asked, expired, prevented

    @classmethod
    def _play_speakers(cls):
        cls.r9 = cls._return(cls.bobs, 2, cls.other, (2, {}))
        solved = [
            cls._return(cls.bobs, 1, cls.other, resolution="solved") for _i in range(3)
        ]
        for authorization in solved:
            authorization.action_settle()
        cls.r10, cls.r12, cls.r13 = solved
        cls._spend(cls.r1, parts=60)
        cls._spend(cls.r10, labour=30, freight_in=12)
        cls._spend(cls.r12, credit=100, fee=-10, recovery=-25)

    @classmethod
    def _spend(cls, authorization, **amounts):
        cls.env["rma.authorization.cost"].with_user(cls.agent).create(
            [
                {
                    "name": kind,
                    "authorization_id": authorization.id,
                    "kind": kind,
                    "amount": amount,
                }
                for kind, amount in amounts.items()
            ]
        )

    @property
    def speakers(self):
        return [("product_id", "=", self.other_product.id)]


@tagged("post_install", "-at_install")
class TestReport(ReportCommon):
    """Every measure against figures worked out by hand from the table above."""

    # -- units ---------------------------------------------------------------------

    def test_units_shipped_are_those_delivered_and_their_net_price(self):
        # 10 + 20 + 10, and the replacement, which costs nothing
        self.assertMeasures(qty_shipped=41, amount_sold=4000)

    def test_return_rate_is_units_returned_by_units_shipped(self):
        # 2 + 1 + 1 + 1 + 1 radios, 2 speakers; 8 ÷ 41
        self.assertMeasures(qty_returned=8, return_rate=19.512)

    def test_a_rate_of_groups_is_no_average_of_their_rates(self):
        rows = self._read("return_rate", groupby=["product_id"])
        rates = {product: rate for product, rate in rows if product}
        # 6 ÷ 31 and 2 ÷ 10: their average would be 19.677
        self.assertAlmostEqual(rates[self.product], 19.355, 3)
        self.assertAlmostEqual(rates[self.other_product], 20.0, 3)

    def test_return_rate_by_month_of_sale(self):
        rows = dict(self._read("return_rate", groupby=["sale_date:month"]))
        # r1 and r2 of January's 10; r3, r4 and r9 of February's 30
        self.assertAlmostEqual(rows[date(2024, 1, 1)], 30.0, 3)
        self.assertAlmostEqual(rows[date(2024, 2, 1)], 13.333, 3)

    def test_where_nothing_was_shipped_there_is_no_rate(self):
        rows = self._read("return_rate", groupby=["reason_id"])
        self.assertIs(dict(rows)[self.other], False)

    def test_doa_rate_counts_what_is_confirmed(self):
        # claimed r2 and r3, confirmed r2; 1 ÷ 41 and 1 ÷ 2
        self.assertMeasures(
            qty_doa_claimed=2,
            qty_doa_confirmed=1,
            doa_rate=2.439,
            doa_confirmed_rate=50,
        )

    def test_nff_rate_is_by_units_diagnosed(self):
        # checked r1 (2), r2, r3, r4; no fault r3 and r4
        self.assertMeasures(
            qty_inspected=8, qty_diagnosed=5, qty_faulty=3, qty_nff=2, nff_rate=40
        )

    def test_a_replacement_that_comes_back_is_a_repeat_return(self):
        # r5 is the replacement of r4, which is all that was given back
        self.assertMeasures(qty_given_back=1, qty_repeat=1, repeat_rate=100)

    def test_a_replacement_that_comes_back_late_is_no_repeat_return(self):
        received = self.r4.line_ids.date_received
        self._set(self.r4.line_ids, date_received=received - timedelta(days=91))
        self.assertMeasures(qty_repeat=0, repeat_rate=0)

    def test_exchange_share_is_by_units_settled(self):
        # r4 of r4, r10, r12 and r13
        self.assertMeasures(qty_settled=4, qty_exchanged=1, exchange_rate=25)

    def test_units_are_counted_in_the_products_own(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(24)
        self._return(order, 1, self.defect, (1, {}), product_uom_id=dozen.id)
        # 12 more of 24 more: 20 ÷ 65
        self.assertMeasures(qty_returned=20, qty_shipped=65, return_rate=30.769)

    # -- age and warranty ----------------------------------------------------------

    def test_returns_by_age_are_of_what_was_sold_then(self):
        # sold on 15 January and 10 February 2024: the day after so many months isn't
        # within them any more
        for authorization, day in (
            (self.r1, date(2024, 7, 15)),  # 2 within 6 months
            (self.r2, date(2024, 7, 16)),  # 1 within 18
            (self.r3, date(2025, 8, 10)),  # 1 within 18
            (self.r4, date(2025, 8, 11)),  # 1 later
            (self.r9, date(2026, 1, 1)),  # 2 later
        ):
            self._set(authorization.line_ids, date_received=day)
        # r5 came back on the day on which it was sold
        self.assertMeasures(
            qty_returned=8,
            qty_returned_early=3,
            qty_returned_year=2,
            qty_returned_late=3,
            early_return_rate=7.317,
            year_return_rate=4.878,
            late_return_rate=7.317,
        )
        rows = self._read(
            "early_return_rate",
            "year_return_rate",
            "late_return_rate",
            groupby=["sale_date:month"],
        )
        # 2, 1 and 0 of 10 radios; 0, 1 and 3 of 20 radios and 10 speakers
        self.assertEqual(
            {month: [round(rate, 3) for rate in rates] for month, *rates in rows[:2]},
            {
                date(2024, 1, 1): [20.0, 10.0, 0.0],
                date(2024, 2, 1): [0.0, 3.333, 10.0],
            },
        )

    def test_of_what_was_sold_elsewhere_the_age_is_not_known(self):
        lines = self.r1.line_ids
        self._set(lines, sale_line_id=None)
        self.assertMeasures(
            [("line_id", "in", lines.ids)], qty_returned=2, qty_returned_early=0
        )

    def _promise(self, *orders):
        """These deliveries have a warranty, and what came back was covered by it."""
        self.env["rma.authorization.warranty"].create(
            [
                {
                    "product_id": order.order_line.product_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_line_id": order.order_line.id,
                    "quantity": order.order_line.qty_delivered,
                    "date_start": order.date_order,
                    "months": 24,
                }
                for order in orders
            ]
        )
        returns = self.r1 | self.r2 | self.r3 | self.r9
        self._set(returns.line_ids, under_warranty=True)

    def test_warranty_claims_are_by_units_shipped_with_a_warranty(self):
        self._promise(self.january, self.february)
        # r1 (2) and r2 of 10 + 20; r3 has no fault, and r9 wasn't checked
        self.assertMeasures(qty_warranted=30, qty_warranty=3, warranty_claim_rate=10)
        rates = dict(self._read("warranty_claim_rate", groupby=["sale_date:month"]))
        self.assertAlmostEqual(rates[date(2024, 1, 1)], 30.0, 3)
        self.assertAlmostEqual(rates[date(2024, 2, 1)], 0.0, 3)

    def test_what_the_customer_broke_or_was_rejected_is_no_warranty_claim(self):
        self._promise(self.january, self.february)
        self.r2.inspection_ids.with_user(self.technician).responsible = "customer"
        # r1 of 30
        self.assertMeasures(qty_warranty=2, warranty_claim_rate=6.667)
        self.r1.inspection_ids.with_user(self.technician).verdict = "rejected"
        self.assertMeasures(qty_warranty=0, warranty_claim_rate=0)

    def test_without_a_warranty_there_is_no_claim_rate(self):
        self.assertEqual(self._read("warranty_claim_rate"), [(False,)])

    def test_warranty_costs_are_those_of_accepted_claims(self):
        self._promise(self.january, self.february)
        self._spend(self.r1, credit=40, fee=-5, recovery=-20)
        # under warranty, and no claim
        self._spend(self.r3, labour=15)
        # 60 for parts and the credit, of 4000, by 41 units
        self.assertMeasures(
            amount_warranty=100, warranty_sales_rate=2.5, warranty_cost_per_unit=2.439
        )

    # -- decisions -----------------------------------------------------------------

    def test_deflection_is_requests_prevented_by_requests(self):
        # r11 of 13
        self.assertMeasures(requests=13, prevented=1, deflection_rate=7.692)

    def test_first_pass_approval_counts_neither_refused_nor_asked(self):
        # decided are all but r11; authorized all of them but r6; asked was r7
        self.assertMeasures(
            decided=12,
            approved=11,
            first_pass=10,
            approval_rate=91.667,
            first_pass_rate=83.333,
        )

    def test_what_is_asked_after_the_decision_leaves_it_at_first_pass(self):
        self.r9.action_request_information("When do you send the rest?")
        self.assertMeasures(first_pass=10)

    def test_an_appeal_is_no_second_decision(self):
        self.r6.action_appeal()
        self.r6.with_user(self.manager).action_authorize()
        self.assertMeasures(decided=12, approved=11)

    def test_expired_authorizations_by_those_given(self):
        self.assertMeasures(expired=1, expiry_rate=9.091)

    def test_policy_leakage_is_lines_authorized_by_exception(self):
        # r7 of 11
        self.assertMeasures(
            lines_authorized=11, lines_overridden=1, override_rate=9.091
        )

    # -- time ----------------------------------------------------------------------

    def test_turnaround_has_median_and_90_percent(self):
        # 2, 4 and 9 days: 90 % is 0.8 of the way from the second to the third
        for authorization, days in ((self.r10, 2), (self.r12, 4), (self.r13, 9)):
            request = authorization.date_request
            self._set(authorization, date_closed=request + timedelta(days=days))
        self.assertMeasures(
            self.speakers,
            closed=3,
            turnaround_days=5,
            turnaround_median=4,
            turnaround_p90=8,
        )

    def test_time_to_decision_is_from_request_to_decision(self):
        returns = (self.r9, self.r10, self.r12, self.r13)
        for days, authorization in enumerate(returns, 1):
            request = authorization.date_request
            self._set(authorization.log_ids, date=request + timedelta(days=days))
        # 1, 2, 3, 4
        self.assertMeasures(
            self.speakers, decision_days=2.5, decision_median=2.5, decision_p90=3.7
        )

    def test_receipt_and_inspection_have_times_of_their_own(self):
        self._set(self.r9, date_authorized=date(2024, 3, 1))
        self._set(self.r9.line_ids, date_received=date(2024, 3, 11))
        self._set(self.r9.inspection_ids, date=date(2024, 3, 14))
        self.assertMeasures(
            self.speakers,
            receipt_days=10,
            receipt_median=10,
            receipt_p90=10,
            disposition_days=3,
            disposition_median=3,
            disposition_p90=3,
        )

    def test_age_at_return_is_from_sale_to_receipt(self):
        self._set(self.r1.line_ids, date_received=date(2024, 1, 25))
        self._set(self.r2.line_ids, date_received=date(2024, 2, 4))
        # sold on 15 January: 10 and 20 days
        self.assertMeasures(
            [("sale_order_id", "=", self.january.id)],
            age_days=15,
            age_median=15,
            qty_returned=3,
        )

    def test_time_to_remedy_is_from_request_to_settlement(self):
        for authorization, days in ((self.r10, 1), (self.r12, 3), (self.r13, 8)):
            day = self.company._get_rma_day(authorization.date_request)
            self._set(
                authorization.settlement_ids, date_done=day + timedelta(days=days)
            )
        self.assertMeasures(self.speakers, remedy_days=4, remedy_median=3, remedy_p90=7)

    def test_on_time_share_is_milestones_reached_by_milestones_due(self):
        timers = self.env["rma.authorization.timer"].sudo()
        all_returns = self.env["rma.authorization"].search(
            [("partner_id", "in", self.customers.ids)]
        )
        all_returns.timer_ids.unlink()
        now = self.env.cr.now()
        timers.create(
            [
                {
                    "authorization_id": self.r9.id,
                    "milestone": "decision",
                    "state": state,
                    "date_done": done and now,
                }
                for state, done in (
                    ("done", True),
                    ("done", True),
                    ("done", True),
                    ("missed", True),
                    ("cancelled", True),
                    ("running", False),
                    ("running", False),
                )
            ]
        )
        running = self.r9.timer_ids.filtered(lambda timer: timer.state == "running")
        self._set(running[0], date_due=now - timedelta(days=1))
        self._set(running[1], date_due=now + timedelta(days=1))
        answers = timers.create(
            [
                {
                    "authorization_id": self.r9.id,
                    "milestone": "first_answer",
                    "state": "done",
                    "date_done": now,
                }
                for _number in range(2)
            ]
        )
        self._set(answers[0], hours_used=2.0)
        self._set(answers[1], hours_used=5.0)
        decision = [("milestone", "=", "decision")]
        # three of: three in time, one missed, one whose time is over
        self.assertMeasures(decision, timers_due=5, timers_met=3, on_time_rate=60)
        # 2 and 5 working hours
        self.assertMeasures(answer_hours=3.5, answer_median=3.5, answer_p90=4.7)

    # -- money ---------------------------------------------------------------------

    def test_costs_are_those_of_the_ledger(self):
        self.assertMeasures(
            amount_cost=102,
            amount_credited=100,
            amount_fee=10,
            amount_recovered=25,
            amount_net=167,
        )

    def test_cost_per_return_is_by_returns_closed(self):
        # 42, and 42 + 100 − 10 − 25, by r10, r12 and r13
        self.assertMeasures(self.speakers, cost_per_return=14, loss_per_return=35.667)

    def test_return_rate_by_value_is_credits_by_net_sales(self):
        self.assertMeasures(return_value_rate=2.5)

    def test_costs_of_sales_are_costs_by_net_sales(self):
        # 102 of 4000
        self.assertMeasures(cost_sales_rate=2.55)

    def test_supplier_recovery_is_by_what_suppliers_caused(self):
        # 25 of the parts of r1
        self.assertMeasures(amount_supplier_cost=60, supplier_recovery_rate=41.667)

    def test_costs_of_another_companys_currency_are_converted(self):
        euros = self.env["res.currency"].create(
            {
                "name": "XRE",
                "symbol": "r",
                "rate_ids": [
                    Command.create(
                        {"name": "2020-01-01", "rate": 2.0, "company_id": False}
                    )
                ],
            }
        )
        company = self.env["res.company"].create(
            {"name": "Branch", "currency_id": euros.id}
        )
        report = self.env["rma.authorization.report"].with_context(
            allowed_company_ids=[company.id, self.company.id]
        )
        [(cost,)] = report._read_group(
            [("partner_id", "in", self.customers.ids)], [], ["amount_cost:sum"]
        )
        # 102 of ours are 204 of theirs
        self.assertAlmostEqual(cost, 204, 3)

    # -- satisfaction --------------------------------------------------------------

    def test_satisfaction_is_the_average_of_ratings_given(self):
        model = self.env["ir.model"]._get_id("rma.authorization")
        self.env["rating.rating"].sudo().create(
            [
                {
                    "res_model_id": model,
                    "res_id": authorization.id,
                    "rating": rating,
                    "consumed": bool(rating),
                }
                for authorization, rating in (
                    (self.r10, 5),
                    (self.r12, 2),
                    (self.r13, 0),
                )
            ]
        )
        self.assertMeasures(
            surveys=3,
            ratings=2,
            rating_sum=7,
            satisfaction=3.5,
            response_rate=66.667,
        )

    # -- advance -------------------------------------------------------------------

    def test_what_was_replaced_in_advance_and_is_late(self):
        lent = self._return(
            self.february, 2, self.defect, resolution="exchange", advance=True
        )
        lent.action_settle()
        self._deliver(lent.sudo().replacement_order_ids)
        self._set(lent.line_ids, owed_deadline=date(2024, 3, 1))
        self.assertMeasures(qty_advanced=2, qty_owed_late=2, non_return_rate=100)

    # -- quality cases -------------------------------------------------------------

    def test_8d_days_kept_by_days_due(self):
        cases = self.env["rma.authorization.case"].create(
            [
                {
                    "title": title,
                    "product_id": self.product.id,
                    "partner_id": self.customer.id,
                }
                for title in ("Kept", "Missed")
            ]
        )
        kept, missed = cases
        self._set(
            kept,
            date_containment_due=date(2024, 3, 5),
            date_contained=date(2024, 3, 4),
            date_close_due=date(2999, 1, 1),
        )
        self._set(
            missed,
            date_containment_due=date(2024, 3, 5),
            date_contained=date(2024, 3, 7),
            date_close_due=date(2024, 3, 9),
        )
        # one of three: the day for closing the first isn't here yet
        self.assertMeasures(cases=2, cases_due=3, cases_met=1, case_on_time_rate=33.333)

    def _close_case(self, fault, corrected, **vals):
        """A case of radios that was closed, its corrective action done that day."""
        case = self.env["rma.authorization.case"].create(
            {
                "title": "Closed",
                "product_id": self.product.id,
                "fault_id": fault.id,
                "partner_id": self.customer.id,
                **vals,
            }
        )
        self.env["rma.authorization.case.action"].create(
            [
                {
                    "case_id": case.id,
                    "kind": kind,
                    "name": "Solder anew",
                    "user_id": self.manager.id,
                    "date_due": day,
                    "date_done": day,
                }
                for kind, day in (
                    ("corrective", corrected - timedelta(days=3)),
                    ("corrective", corrected),
                    ("preventive", corrected + timedelta(days=99)),
                )
            ]
        )
        self._set(case, step="closed", date_closed=date(2024, 3, 1))
        return case

    def test_a_fault_in_what_was_sold_after_its_correction_is_a_recurrence(self):
        audio = self.env["rma.authorization.fault"].create(
            {"name": "Audio", "kind": "fault", "code": "r_audio"}
        )
        hum = audio.create({"name": "Hum", "kind": "fault", "code": "r_hum"})
        self.fault.parent_id = audio
        found = {"fault_found": "found", "fault_id": self.fault.id}
        # one more without sound, of February's radios: they were sold on the 10th
        self._return(self.february, 1, self.defect, (1, found))
        self._close_case(self.fault, date(2024, 2, 9))  # came again
        self._close_case(audio, date(2024, 2, 9))  # so did what is a part of it
        self._close_case(self.fault, date(2024, 2, 10))  # sold before it was done
        self._close_case(hum, date(2024, 2, 9))  # another fault
        self.assertMeasures(cases_closed=4, cases_recurred=2, recurrence_rate=50)

    def test_a_case_that_another_one_came_after_is_a_recurrence(self):
        first = self._close_case(self.fault, date(2024, 2, 20))
        self._close_case(self.fault, date(2024, 2, 20))
        again = first.create(
            {
                "title": "Again",
                "product_id": self.product.id,
                "recurrence_of_id": first.id,
            }
        )
        self.assertMeasures(cases_closed=2, cases_recurred=1, recurrence_rate=50)
        again.action_cancel()
        self.assertMeasures(cases_recurred=0, recurrence_rate=0)

    def test_goods_of_another_supplier_are_no_recurrence(self):
        vendor, other = self.env["res.partner"].create(
            [{"name": "Vendor"}, {"name": "Other Vendor"}]
        )
        found = {
            "fault_found": "found",
            "fault_id": self.fault.id,
            "responsible": "supplier",
            "vendor_id": vendor.id,
        }
        self._return(self.february, 1, self.defect, (1, found))
        for partner in (vendor, other):
            self._close_case(self.fault, date(2024, 2, 9), vendor_id=partner.id)
        self.assertMeasures(cases_closed=2, cases_recurred=1)

    def test_penalties_are_those_that_customers_charged(self):
        case = self.env["rma.authorization.case"].create(
            {
                "title": "Noise",
                "product_id": self.product.id,
                "partner_id": self.customer.id,
            }
        )
        self.env["rma.authorization.case.event"].create(
            [
                {"case_id": case.id, "kind": kind, "amount": amount}
                for kind, amount in (("penalty", 250), ("visit", 80))
            ]
        )
        self.assertMeasures(amount_penalty=250)

    # -- who, where, how -----------------------------------------------------------

    def test_every_measure_of_groups_says_its_formula(self):
        report = self.env["rma.authorization.report"]
        columns, ratios = report.fields_get(), report._get_ratios()
        for name in [*ratios, *report._get_percentiles()]:
            self.assertTrue(columns[name]["help"], name)
            self.assertEqual(columns[name]["aggregator"], "avg", name)
        for name in ratios:
            self.assertIn("÷", columns[name]["help"])

    def test_every_column_can_be_read(self):
        report = self.env["rma.authorization.report"].with_user(self.agent)
        rows = report.search([("partner_id", "in", self.customers.ids)])
        self.assertEqual(len(rows), len(set(rows.ids)))
        self.assertEqual(len(rows.read()), len(rows))

    def test_the_pivot_divides_in_totals_and_in_groups(self):
        report = self.env["rma.authorization.report"].with_user(self.agent)
        total, by_product = report.formatted_read_grouping_sets(
            [("partner_id", "in", self.customers.ids)],
            [[], ["product_id"]],
            ["return_rate:avg", "turnaround_median:avg"],
        )
        self.assertAlmostEqual(total[0]["return_rate:avg"], 19.512, 3)
        self.assertIn(20.0, [row["return_rate:avg"] for row in by_product])

    def test_every_screen_asks_for_its_measures(self):
        for name, user in (
            ("action", self.agent),
            ("action_reliability", self.agent),
            ("action_claims", self.manager),
        ):
            action = (
                self.env["ir.actions.act_window"]
                .with_user(user)
                ._for_xml_id(f"rma_authorization.rma_authorization_report_{name}")
            )
            report = self.env[action["res_model"]].with_user(user)
            views = report.get_views(action["views"])["views"]
            domain = safe_eval(action["domain"] or "[]")
            for view in ("pivot", "graph"):
                fields = etree.fromstring(views[view]["arch"]).iter("field")
                groups, measures = [], []
                for field in fields:
                    if field.get("type") == "measure":
                        measures.append(field.get("name"))
                    else:
                        interval = field.get("interval")
                        groups.append(
                            field.get("name") + f":{interval}" * bool(interval)
                        )
                specs = self._get_client_specs(report, measures)
                self.assertTrue(specs and groups)
                report.formatted_read_grouping_sets(domain, [[], groups], specs)

    def _get_client_specs(self, report, measures):
        """What pivot and graph of the web client ask for these measures."""
        specs = []
        for name in measures:
            field = report._fields[name]
            specs.append(f"{name}:{field.aggregator}")
            if field.type == "monetary":
                currency = field.get_currency_field(report)
                specs += [f"{currency}:array_agg_distinct", f"{name}:sum_currency"]
        return specs

    def test_every_measure_can_be_chosen_in_a_screen(self):
        report = self.env["rma.authorization.report"].with_user(self.manager)
        measures = [name for name, one in report._fields.items() if one.aggregator]
        for name in measures:
            with self.subTest(name):
                specs = self._get_client_specs(report, [name])
                report.formatted_read_grouping_sets([], [[], ["product_id"]], specs)

    def test_amounts_per_unit_are_converted(self):
        report = self.env["rma.authorization.report"].with_user(self.agent)
        specs = ["cost_per_return:avg", "cost_per_return:sum_currency"]
        domain = [("partner_id", "in", self.customers.ids)]
        [own] = report.formatted_read_group(domain, [], specs)
        self.assertTrue(own[specs[0]])
        self.assertAlmostEqual(own[specs[0]], own[specs[1]])
        # read in another company, of another currency
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.assertNotEqual(self.env.company.currency_id, euro)
        other = self.env["res.company"].create({"name": "Euro", "currency_id": euro.id})
        self.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "company_id": other.id, "rate": rate}
                for currency, rate in ((euro, 1.0), (self.env.company.currency_id, 2.0))
            ]
        )
        self.agent.sudo().company_ids |= other
        companies = other | self.env.company
        [both] = report.with_context(
            allowed_company_ids=companies.ids
        ).formatted_read_group(domain, [], specs)
        self.assertAlmostEqual(both[specs[1]], own[specs[1]] / 2)

    def test_the_age_of_claims_is_for_managers(self):
        menu = self.env.ref("rma_authorization.rma_authorization_report_menu_claims")
        menus = self.env["ir.ui.menu"]
        self.assertIn(menu.id, menus.with_user(self.manager)._visible_menu_ids())
        self.assertNotIn(menu.id, menus.with_user(self.agent)._visible_menu_ids())

    def test_rows_lead_to_their_return(self):
        report = self.env["rma.authorization.report"].with_user(self.agent)
        row = report.search([("authorization_id", "=", self.r1.id)], limit=1)
        action = row.action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("rma.authorization", self.r1.id)
        )

    def test_rows_of_sales_lead_to_their_order(self):
        report = self.env["rma.authorization.report"].with_user(self.agent)
        row = report.search(
            [("fact", "=", "shipped"), ("sale_order_id", "=", self.january.id)], limit=1
        )
        self.assertEqual(row.action_open_document()["res_id"], self.january.id)

    def test_other_companies_measure_nothing_of_ours(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertEqual(
            self._read("qty_shipped", "qty_returned", "amount_cost", user=stranger),
            [(False, False, False)],
        )

    def test_technicians_and_salespeople_read_no_measures(self):
        clerk = new_test_user(
            self.env, "rma_clerk", groups="sales_team.group_sale_salesman_all_leads"
        )
        for user in (self.technician, clerk):
            with self.assertRaises(AccessError):
                self._read("qty_shipped", user=user)
