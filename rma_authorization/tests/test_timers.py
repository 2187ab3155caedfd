# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .timers import TimerCommon


@tagged("post_install", "-at_install")
class TestWorkingHours(TimerCommon):
    """What is due when, in the working hours of the team."""

    def _create_leave(self, day, company=None, calendar=None):
        company = company or self.company
        leaves = self.env["resource.calendar.leaves"].with_company(company)
        leave = leaves.create(
            {
                "name": "Holiday",
                "date_from": self._read(f"{day} 00:00"),
                "date_to": self._read(f"{day} 23:59"),
                "calendar_id": (calendar or self.env["resource.calendar"]).id,
            }
        )
        # computed from the company at work when it is first asked for
        self.assertEqual(leave.company_id, company)

    def _get_decision(self, start):
        with self._at(start):
            authorization = self._request()
        return self._get_timers(authorization, "decision")

    def test_a_request_starts_first_answer_and_decision(self):
        with self._at("03-02 10:00"):
            authorization = self._request()
        # 7 hours are left on Monday
        self.assertTimer(
            self._get_timers(authorization, "first_answer"),
            date_start="03-02 10:00",
            date_due="03-03 10:00",
            hours=8,
            state="running",
            user_id=self.agent,
            team_id=self.team,
        )
        self.assertTimer(
            self._get_timers(authorization, "decision"), date_due="03-04 10:00"
        )
        self.assertEqual(len(authorization.timer_ids), 2)
        self.assertEqual(authorization.date_due, self._read("03-03 10:00"))
        self.assertEqual(authorization.next_milestone, "first_answer")
        self.assertEqual(authorization.date_promised, self._read("03-04 10:00"))

    def test_a_decision_that_nobody_waited_for_is_not_timed(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_authorize()
        self.assertEqual(authorization.timer_ids.mapped("milestone"), ["receipt"])
        self.assertEqual(authorization.next_milestone, "receipt")

    def test_nobody_works_at_the_weekend(self):
        # an hour on Friday, 8 on Monday, 7 on Tuesday
        timer = self._get_decision("03-06 17:00")
        self.assertTimer(timer, date_due="03-10 17:00")

    def test_a_request_at_night_counts_from_the_morning(self):
        timer = self._get_decision("03-07 23:00")
        self.assertTimer(timer, date_due="03-10 18:00")

    def test_nobody_works_on_a_holiday_of_the_company(self):
        self._create_leave("03-09")
        timer = self._get_decision("03-06 17:00")
        self.assertTimer(timer, date_due="03-11 17:00")

    def test_nobody_works_on_a_holiday_of_the_calendar(self):
        self._create_leave("03-09", calendar=self.calendar)
        timer = self._get_decision("03-06 17:00")
        self.assertTimer(timer, date_due="03-11 17:00")

    def test_the_holidays_of_others_are_work(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._create_leave("03-09", company=other)
        self._create_leave(
            "03-10", calendar=self._create_calendar("Other", "Asia/Shanghai")
        )
        timer = self._get_decision("03-06 17:00")
        self.assertTimer(timer, date_due="03-10 17:00")

    def test_a_team_without_calendar_works_when_its_company_does(self):
        self.team.calendar_id = False
        # 9:00 in Berlin is 16:00 in Shanghai, as long as it is winter
        self.company.resource_calendar_id = self._create_calendar(
            "Berlin", "Europe/Berlin"
        )
        timer = self._get_decision("03-02 10:00")
        # two whole days of Berlin: until Tuesday 18:00 there
        self.assertTimer(timer, date_due="03-04 01:00")

    def test_daylight_saving_time_moves_the_hours(self):
        self.team.calendar_id = False
        self.company.resource_calendar_id = self._create_calendar(
            "Berlin", "Europe/Berlin"
        )
        # Friday 17:00 in Berlin; summer time begins on Sunday
        timer = self._get_decision("03-28 00:00")
        # Tuesday 17:00 in Berlin
        self.assertTimer(timer, date_due="03-31 23:00")

    def test_without_any_calendar_every_hour_counts(self):
        self.team.calendar_id = False
        self.company.resource_calendar_id = False
        timer = self._get_decision("03-06 17:00")
        self.assertTimer(timer, date_due="03-07 09:00")

    def test_a_calendar_on_which_nobody_works_promises_in_plain_hours(self):
        self.calendar.attendance_ids = [Command.clear()]
        timer = self._get_decision("03-06 17:00")
        self.assertTimer(timer, date_due="03-07 09:00")

    def test_goods_are_due_until_the_end_of_the_day_where_the_team_is(self):
        with self._at("03-02 10:00"):
            authorization = self._request()
            authorization.date_deadline = date(2026, 3, 10)
            authorization.action_authorize()
        timer = self._get_timers(authorization, "receipt")
        self.assertTimer(timer, date_due="03-11 00:00", target_id=timer.target_id)
        self.assertEqual(authorization.next_milestone, "receipt")

    def test_another_team_promises_by_its_own_hours(self):
        with self._at("03-02 10:00"):
            authorization = self._request()
        other = self.team.copy({"calendar_id": self._create_calendar("UTC", "UTC").id})
        authorization.team_id = other
        # 9:00 in London on Monday is 17:00 in Shanghai; until Tuesday 18:00 there
        self.assertTimer(
            self._get_timers(authorization, "decision"), date_due="03-04 02:00"
        )


@tagged("post_install", "-at_install")
class TestPauses(TimerCommon):
    """While others have to answer, the clocks stand still (R74)."""

    def setUp(self):
        super().setUp()
        with self._at("03-02 10:00"):
            self.authorization = self._request()
        self.decision = self._get_timers(self.authorization, "decision")

    def test_a_pause_puts_the_due_time_off_by_its_working_hours(self):
        with self._at("03-02 16:00"):
            self.authorization.action_request_information("What is wrong?")
        self.assertTimer(self.decision, state="paused", date_paused="03-02 16:00")
        self.assertFalse(self.authorization.date_due)
        with self._at("03-03 11:00"):
            self.authorization.action_information_received()
        # 16 to 18, and 9 to 11
        self.assertTimer(
            self.decision,
            state="running",
            paused_hours=4,
            date_paused=False,
            date_due="03-04 15:00",
        )
        self.assertEqual(self.authorization.date_due, self._read("03-04 15:00"))
        self.assertEqual(self.authorization.date_promised, self._read("03-04 15:00"))

    def test_a_weekend_of_waiting_is_no_time(self):
        with self._at("03-03 18:30"):
            self.authorization.action_request_supplier("Do you repair it?")
        with self._at("03-04 08:00"):
            self.authorization.action_supplier_answered()
        self.assertTimer(self.decision, paused_hours=0, date_due="03-04 10:00")

    def test_pauses_add_up(self):
        for start, end in (
            ("03-02 11:00", "03-02 12:00"),
            ("03-02 13:00", "03-02 14:00"),
        ):
            with self._at(start):
                self.authorization.action_request_supplier("Do you repair it?")
            with self._at(end):
                self.authorization.action_supplier_answered()
        self.assertTimer(self.decision, paused_hours=2, date_due="03-04 12:00")

    def test_the_clocks_wait_for_the_last_answer(self):
        with self._at("03-02 11:00"):
            self.authorization.action_request_information("What is wrong?")
        with self._at("03-02 13:00"):
            self.authorization.action_request_supplier("Do you repair it?")
        self.assertEqual(
            self.authorization.date_awaiting_supplier, self._read("03-02 13:00")
        )
        with self._at("03-02 14:00"):
            self.authorization.action_information_received()
        self.assertTimer(self.decision, state="paused")
        with self._at("03-02 15:00"):
            self.authorization.action_supplier_answered()
        self.assertTimer(self.decision, state="running", paused_hours=3)
        self.assertFalse(self.authorization.awaiting_supplier)

    def test_asking_twice_is_one_pause(self):
        for time in ("03-02 11:00", "03-02 14:00"):
            with self._at(time):
                self.authorization.action_request_information("What is wrong?")
        with self._at("03-02 15:00"):
            self.authorization.action_information_received()
        self.assertTimer(self.decision, paused_hours=3)

    def test_nothing_becomes_late_while_others_have_to_answer(self):
        with self._at("03-02 16:00"):
            self.authorization.action_request_information("What is wrong?")
        with self._at("03-10 16:00"):
            self._run_timers()
            self.assertFalse(self.decision.is_late)
            self.assertFalse(self.authorization.search([("is_late", "=", True)]))
            self.authorization.action_refuse("No answer")
        # 16 hours less the 5 before the question
        self.assertTimer(self.decision, state="done", hours_used=5, is_late=False)

    def test_the_decision_ends_what_the_supplier_was_asked(self):
        self.authorization.action_request_supplier("Do you repair it?")
        self.authorization.action_refuse("No")
        self.assertRecordValues(
            self.authorization,
            [{"awaiting_supplier": False, "date_awaiting_supplier": False}],
        )

    def test_without_words_the_window_asks_for_them(self):
        action = self.authorization.action_request_supplier()
        self.assertAsks(action, "action_request_supplier")
        wizard = (
            self.env["rma.authorization.ask"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"text": "Do you repair it?"})
        )
        wizard.action_apply()
        self.assertTrue(self.authorization.awaiting_supplier)
        self.assertIn("Do you repair it?", self.authorization.message_ids[0].body)

    def test_a_decided_request_asks_no_supplier(self):
        self.authorization.action_refuse("No")
        with self.assertRefusedNaming(self.authorization):
            self.authorization.action_request_supplier("Do you repair it?")

    def test_the_day_of_the_receipt_does_not_move(self):
        with self._at("03-02 16:00"):
            self.authorization.date_deadline = date(2026, 3, 10)
            self.authorization.action_authorize()
            self.authorization.action_request_information("Where is it?")
        self.assertTimer(
            self._get_timers(self.authorization, "receipt"),
            state="running",
            date_due="03-11 00:00",
        )


@tagged("post_install", "-at_install")
class TestMilestones(TimerCommon):
    """What really happens starts and ends the clocks."""

    def _submit(self, start="03-02 10:00", **line_vals):
        with self._at(start):
            return self._request(**line_vals)

    def test_a_decision_in_time(self):
        authorization = self._submit()
        with self._at("03-03 15:00"):
            authorization.action_authorize()
        # 7 hours on Monday, 3 and 2 on Tuesday
        self.assertTimer(
            self._get_timers(authorization, "decision"),
            state="done",
            date_done="03-03 15:00",
            hours_used=12,
            is_late=False,
            late_share=0,
        )

    def test_a_late_decision_stays_late(self):
        authorization = self._submit()
        with self._at("03-04 11:00"):
            authorization.action_refuse("Too old")
        self.assertTimer(
            self._get_timers(authorization, "decision"),
            state="missed",
            hours_used=17,
            is_late=True,
            late_share=100,
        )
        # nothing is due on what is refused
        self.assertRecordValues(
            authorization,
            [{"date_due": False, "is_late": False, "next_milestone": False}],
        )

    def test_the_first_word_to_the_customer_is_the_answer(self):
        authorization = self._submit()
        with self._at("03-02 11:00"):
            authorization.message_post(
                body="We look at it.",
                partner_ids=self.customer.ids,
                subtype_xmlid="mail.mt_comment",
            )
        self.assertTimer(
            self._get_timers(authorization, "first_answer"),
            state="done",
            date_done="03-02 11:00",
            hours_used=1,
        )
        self.assertEqual(authorization.next_milestone, "decision")
        # and isn't started again by what happens later
        with self._at("03-02 14:00"):
            authorization.priority = "1"
            authorization._follow_timers()
        self.assertEqual(len(self._get_timers(authorization, "first_answer")), 1)

    def test_notes_and_the_customers_words_are_no_answer(self):
        authorization = self._submit()
        authorization.message_post(body="Call him.", subtype_xmlid="mail.mt_note")
        authorization.message_post(
            body="To a colleague.",
            partner_ids=self.manager.partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )
        authorization.sudo().message_post(
            body="Hello?",
            author_id=self.customer.id,
            partner_ids=self.customer.ids,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertTimer(
            self._get_timers(authorization, "first_answer"), state="running"
        )

    def test_the_confirmation_by_mail_is_no_answer(self):
        authorization = self._submit()
        with self.enter_registry_test_mode():
            self.env.ref("rma_authorization.ir_cron_send_mails").method_direct_trigger()
        self.assertEqual(authorization.mail_ids.state, "sent")
        self.assertTimer(
            self._get_timers(authorization, "first_answer"), state="running"
        )

    def test_a_question_is_an_answer(self):
        authorization = self._submit()
        with self._at("03-02 11:00"):
            authorization.action_request_information("What is wrong?")
        self.assertTimer(self._get_timers(authorization, "first_answer"), state="done")

    def test_a_request_taken_back_is_not_timed(self):
        authorization = self._submit()
        with self._at("03-02 11:00"):
            authorization.action_draft()
        self.assertEqual(set(authorization.timer_ids.mapped("state")), {"cancelled"})
        with self._at("03-03 10:00"):
            authorization.action_submit()
        self.assertTimer(
            self._get_timers(authorization, "decision")[1:],
            date_start="03-03 10:00",
            date_due="03-05 10:00",
        )
        self.assertEqual(len(self._get_timers(authorization, "first_answer")), 2)

    def test_an_appeal_starts_anew(self):
        authorization = self._submit()
        with self._at("03-20 10:00"):
            authorization.action_refuse("Too old")
        with self._at("03-23 10:00"):
            authorization.action_appeal()
        first, second = self._get_timers(authorization, "decision")
        self.assertTimer(first, state="missed")
        self.assertTimer(second, state="running", date_due="03-25 10:00")
        self.assertEqual(len(self._get_timers(authorization, "first_answer")), 2)
        self.assertFalse(authorization.is_late)

    def test_goods_that_arrive_are_inspected_in_time(self):
        authorization = self._submit()
        with self._at("03-02 11:00"):
            authorization.action_authorize()
        self.assertTimer(self._get_timers(authorization, "receipt"), state="running")
        with self._at("03-03 10:00"):
            self._receive(authorization)
        self.assertTimer(
            self._get_timers(authorization, "receipt"),
            state="done",
            date_done="03-03 10:00",
        )
        inspection = self._get_timers(authorization, "inspection")
        self.assertTimer(
            inspection, line_id=authorization.line_ids, date_due="03-05 10:00"
        )
        self.assertEqual(authorization.date_due, self._read("03-05 10:00"))
        with self._at("03-04 10:00"):
            authorization.with_user(self.technician).action_inspect()
        self.assertTimer(inspection, state="done", hours_used=8)
        self.assertTimer(
            self._get_timers(authorization, "resolution"),
            date_start="03-04 10:00",
            date_due="03-11 10:00",
        )
        with self._at("03-05 10:00"):
            authorization.action_settle()
        self.assertTimer(
            self._get_timers(authorization, "resolution"), state="done", hours_used=8
        )
        self.assertFalse(authorization.date_due)

    def test_without_inspection_the_resolution_counts_from_the_receipt(self):
        authorization = self._submit()
        authorization.inspection_required = False
        with self._at("03-02 11:00"):
            authorization.action_authorize()
        with self._at("03-03 10:00"):
            self._receive(authorization)
        self.assertFalse(self._get_timers(authorization, "inspection"))
        self.assertTimer(
            self._get_timers(authorization, "resolution"), date_start="03-03 10:00"
        )

    def test_an_advance_exchange_counts_from_the_decision(self):
        authorization = self._submit(resolution="exchange", advance=True)
        with self._at("03-02 11:00"):
            authorization.action_authorize()
        self.assertTimer(
            self._get_timers(authorization, "resolution"), date_start="03-02 11:00"
        )

    def test_the_resolution_lasts_until_its_documents_are_done(self):
        authorization = self._submit(resolution="exchange", advance=True)
        with self._at("03-02 11:00"):
            authorization.action_authorize()
        with self._at("03-02 14:00"):
            authorization.action_settle()
        timer = self._get_timers(authorization, "resolution")
        self.assertTimer(timer, state="running")
        with self._at("03-03 11:00"):
            order = authorization.sudo().replacement_order_ids
            self._deliver(order)
        self.assertTimer(timer, state="done", date_done="03-03 11:00")

    def test_each_line_has_its_own_clock(self):
        order = self._sell(2, products=self.product | self.other_product)
        authorization = self._submit(order=order)
        with self._at("03-02 11:00"):
            authorization.action_authorize()
        with self._at("03-03 10:00"):
            self._receive(authorization)
        self.assertEqual(len(self._get_timers(authorization, "inspection")), 2)
        with self._at("03-04 10:00"):
            self._inspect(authorization, (1, {}))
        first, second = self._get_timers(authorization, "inspection")
        self.assertTimer(first, state="done", line_id=authorization.line_ids[0])
        self.assertTimer(second, state="running", line_id=authorization.line_ids[1])
        self.assertTimer(
            self._get_timers(authorization, "resolution"),
            line_id=authorization.line_ids[0],
        )

    def test_each_arrival_is_inspected_in_its_own_time(self):
        with self._at("03-02 10:00"):
            authorization = self._create_authorization(self.order, 3)
            authorization.team_id = self.team
            authorization.action_authorize()
        with self._at("03-03 10:00"):
            self._receive(authorization, 1)
        with self._at("03-04 10:00"):
            authorization.with_user(self.technician).action_inspect()
        with self._at("03-10 10:00"):
            self._receive(authorization)
        first, second = self._get_timers(authorization, "inspection")
        self.assertTimer(first, state="done", date_due="03-05 10:00")
        self.assertTimer(second, state="running", date_due="03-12 10:00")
        self.assertTimer(
            self._get_timers(authorization, "receipt"), date_done="03-10 10:00"
        )

    def test_what_expires_waits_for_nothing(self):
        authorization = self._submit()
        with self._at("03-02 11:00"):
            authorization.action_authorize()
            authorization._expire()
        self.assertTimer(self._get_timers(authorization, "receipt"), state="cancelled")
        self.assertFalse(authorization.date_due)
        with self._at("03-10 11:00"):
            authorization.action_extend(5)
        # thirty days from the second of March, and five
        self.assertTimer(
            self._get_timers(authorization, "receipt")[1:],
            state="running",
            date_due="04-07 00:00",
        )

    def test_reopening_starts_anew(self):
        authorization = self._submit()
        with self._at("03-02 11:00"):
            authorization.action_authorize()
        with self._at("03-03 11:00"):
            authorization.action_close("Never sent")
        self.assertEqual(authorization.state, "closed")
        with self._at("03-05 11:00"):
            authorization.with_user(self.manager).action_reopen("It came")
        first, second = self._get_timers(authorization, "receipt")
        self.assertTimer(first, state="done", date_done="03-03 11:00")
        self.assertTimer(second, state="running", date_start="03-05 11:00")

    def test_a_batch_takes_no_query_per_return(self):
        def create(count):
            authorizations = self.env["rma.authorization"].with_user(self.agent)
            for _number in range(count):
                authorizations |= self._create_authorization(self.order)
            authorizations.team_id = self.team
            self.env.cr.flush()
            return authorizations

        def follow(authorizations):
            authorizations._change_state("submitted")
            self.env.cr.flush()
            before = self.env.cr.sql_log_count
            authorizations.timer_ids.sudo()._stop("Measured")
            self.env.invalidate_all()
            authorizations._follow_timers()
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        follow(create(1))
        one, many = follow(create(1)), follow(create(12))
        self.assertLessEqual(many, one + 6)

    def test_returns_from_before_the_clocks_are_timed_from_now_on(self):
        authorization, refused = self._submit(), self._submit()
        with self._at("03-02 11:00"):
            refused.action_refuse("No")
        (authorization | refused).sudo().timer_ids.unlink()
        with self._at("03-03 10:00"):
            self.env["rma.authorization"]._start_missing_timers()
        self.assertTimer(
            self._get_timers(authorization, "decision"), date_due="03-05 10:00"
        )
        self.assertFalse(refused.timer_ids)

    def test_a_sale_takes_no_clock(self):
        self.env.cr.flush()
        order = self._sell()
        self.assertNotIn("rma.authorization.timers", self.env.cr.precommit.data)
        self.assertFalse(
            self.env["rma.authorization"].search(
                [("line_ids.sale_line_id.order_id", "=", order.id)]
            )
        )

    def test_suppliers_are_promised_nothing(self):
        authorization = self._create_authorization(self.order)
        authorization.direction = "supplier"
        authorization.action_submit()
        self.assertFalse(authorization.timer_ids)

    def test_nobody_sets_a_clock(self):
        authorization = self._submit()
        for user in (self.technician, self.agent, self.manager):
            timer = authorization.timer_ids.sudo(False).with_user(user)[:1]
            self.assertTrue(timer.date_due)
            with self.assertRaises(AccessError):
                timer.date_done = timer.date_due
        with self.assertRefused("Due"):
            authorization.date_due = False

    def test_other_companies_timers_are_not_seen(self):
        authorization = self._submit()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        timers = self.env["rma.authorization.timer"].with_user(stranger)
        self.assertFalse(timers.search([("authorization_id", "=", authorization.id)]))


@tagged("post_install", "-at_install")
class TestStop(TimerCommon):
    """Stopping a clock after its time is over takes a reason (R75)."""

    def setUp(self):
        super().setUp()
        with self._at("03-02 10:00"):
            self.authorization = self._request()

    def test_in_time_it_takes_no_words(self):
        with self._at("03-02 11:00"):
            self.authorization.action_stop_timers()
        self.assertEqual(set(self.authorization.timer_ids.mapped("state")), {"stopped"})
        self.assertFalse(self.authorization.date_due)

    def test_late_it_takes_a_reason(self):
        with self._at("03-04 11:00"):
            action = self.authorization.action_stop_timers()
            self.assertAsks(action, "action_stop_timers")
            self.authorization.action_stop_timers("Power cut")
        for timer in self.authorization.timer_ids:
            self.assertTimer(timer, state="stopped", reason="Power cut", is_late=True)

    def test_what_was_stopped_late_ends_missed(self):
        with self._at("03-04 11:00"):
            self.authorization.action_stop_timers("Power cut")
        with self._at("03-20 11:00"):
            self.authorization.action_authorize()
        self.assertTimer(
            self._get_timers(self.authorization, "decision"),
            state="missed",
            date_done="03-04 11:00",
            reason="Power cut",
        )

    def test_a_stopped_clock_is_not_started_again(self):
        with self._at("03-02 11:00"):
            self.authorization.action_stop_timers("A duplicate")
            self.authorization._follow_timers()
        self.assertEqual(len(self.authorization.timer_ids), 2)

    def test_without_a_clock_there_is_none_to_stop(self):
        self.authorization.action_refuse("No")
        with self.assertRefusedNaming(self.authorization):
            self.authorization.action_stop_timers("Power cut")


@tagged("post_install", "-at_install")
class TestTargets(TimerCommon):
    """The most specific target counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["rma.authorization.policy"].create({"name": "Quick"})

    def _get_hours(self, policy=None, **vals):
        authorization = self._create_authorization(self.order)
        authorization.write({"team_id": self.team.id, **vals})
        authorization.action_submit()
        authorization.sudo().line_ids.policy_id = policy
        return self._get_timers(authorization, "decision").hours

    def test_policy_before_team_before_priority_before_company(self):
        self._create_target("decision", 1, company_id=self.company.id)
        self.assertEqual(self._get_hours(priority="1"), 1)
        self._create_target("decision", 2, priority="1")
        self.assertEqual(self._get_hours(priority="1"), 2)
        self._create_target("decision", 3, team_id=self.team.id)
        self.assertEqual(self._get_hours(priority="1"), 3)
        self._create_target("decision", 4, policy_id=self.policy.id)
        self.assertEqual(self._get_hours(self.policy, priority="1"), 4)
        self.assertEqual(self._get_hours(priority="1"), 3)

    def test_what_lines_have_in_common_follows_the_strictest(self):
        strict = self.policy.copy()
        self._create_target("decision", 6, policy_id=self.policy.id)
        self._create_target("decision", 3, policy_id=strict.id)
        order = self._sell(1, products=self.product | self.other_product)
        authorization = self._create_authorization(order)
        authorization.action_submit()
        authorization.sudo().line_ids[0].policy_id = self.policy
        authorization.sudo().line_ids[1].policy_id = strict
        self.assertEqual(self._get_timers(authorization, "decision").hours, 3)

    def test_equal_targets_are_refused(self):
        with self.assertRefused("Decision within 16 h"):
            self._create_target("decision", 5)
        with self.assertRefused("already"):
            self.targets["decision"].copy()
        self.targets["decision"].active = False
        self._create_target("decision", 5)
        with self.assertRefused("already"):
            self.targets["decision"].active = True

    def test_what_is_switched_off_is_not_timed(self):
        self.targets["decision"].active = False
        self.assertFalse(self._get_hours())

    def test_a_changed_target_is_for_clocks_to_come(self):
        with self._at("03-02 10:00"):
            authorization = self._request()
        self.targets["decision"].hours = 1
        self.assertTimer(
            self._get_timers(authorization, "decision"),
            hours=16,
            date_due="03-04 10:00",
        )

    def test_an_urgent_request_is_due_earlier(self):
        self._create_target("decision", 4, priority="1")
        with self._at("03-02 10:00"):
            authorization = self._request()
        authorization.priority = "1"
        self.assertTimer(
            self._get_timers(authorization, "decision"), date_due="03-02 15:00"
        )

    def test_a_policy_found_later_counts(self):
        self._create_target("decision", 2, policy_id=self.policy.id)
        with self._at("03-02 10:00"):
            authorization = self._request()
        authorization.sudo().line_ids.policy_id = self.policy
        self.assertTimer(
            self._get_timers(authorization, "decision"), date_due="03-02 12:00"
        )

    def test_managers_alone_set_targets(self):
        self.targets["decision"].with_user(self.manager).hours = 4
        with self.assertRaises(AccessError):
            self.targets["decision"].with_user(self.agent).hours = 2

    def test_a_target_for_a_team_is_for_its_company(self):
        target = self._create_target("decision", 3, team_id=self.team.id)
        self.assertEqual(target.company_id, self.company)
