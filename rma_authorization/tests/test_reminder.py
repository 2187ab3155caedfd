# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .timers import TimerCommon


@tagged("post_install", "-at_install")
class TestReminder(TimerCommon):
    """The customer's own times: reminded, expired, extended, unanswered."""

    def setUp(self):
        super().setUp()
        self.mails = []
        self._catch_mails()
        with self._at("03-02 10:00"):
            self.authorization = self._create_authorization(self.order)

    def _catch_mails(self):
        """Keep what is queued, whether or not its template exists."""
        model = type(self.env["rma.authorization"])

        def queue(authorizations, xmlid):
            for authorization in authorizations:
                self.mails.append((authorization.id, xmlid.split("mail_template_")[1]))

        patcher = patch.object(model, "_queue_mail", queue)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _get_mails(self, *names):
        return [
            name
            for id_, name in self.mails
            if id_ == self.authorization.id and name in names
        ]

    def _authorize_at(self, time):
        with self._at(time):
            self.authorization.action_authorize()

    def _run_at(self, *times):
        for time in times:
            with self._at(time):
                self._run_timers()

    def _set_policy(self, **terms):
        policy = self.env["rma.authorization.policy"].create(
            {
                "name": "P",
                "returnable": "always",
                "partner_ids": self.authorization.partner_id.ids,
                **terms,
            }
        )
        policy.action_put_in_force()

    def test_the_customer_is_reminded_once_seven_days_before(self):
        self._authorize_at("03-02 10:00")
        self.assertRecordValues(
            self.authorization,
            [{"date_deadline": date(2026, 4, 1), "date_reminder": date(2026, 3, 25)}],
        )
        self._run_at("03-24 10:00")
        self.assertFalse(self._get_mails("reminder"))
        self._run_at("03-25 10:00", "03-26 10:00", "04-01 10:00")
        self.assertEqual(self._get_mails("reminder"), ["reminder"])
        self.assertFalse(self.authorization.date_reminder)

    def test_an_extended_deadline_is_reminded_of_again(self):
        self._authorize_at("03-02 10:00")
        self._run_at("03-25 10:00")
        with self._at("03-26 10:00"):
            self.authorization.action_extend(10)
        self.assertEqual(self.authorization.date_reminder, date(2026, 4, 4))
        self._run_at("04-03 10:00", "04-04 10:00", "04-05 10:00")
        self.assertEqual(
            self._get_mails("reminder", "extended"),
            ["reminder", "extended", "reminder"],
        )

    def test_nobody_is_reminded_on_the_day_of_the_news(self):
        self.company.rma_validity_days = 3
        self._authorize_at("03-02 10:00")
        self.assertEqual(self.authorization.date_reminder, date(2026, 3, 3))

    def test_the_policy_says_when(self):
        self._set_policy(reminder_days=2, validity_days=10)
        self._authorize_at("03-02 10:00")
        self.assertRecordValues(
            self.authorization,
            [{"date_deadline": date(2026, 3, 12), "date_reminder": date(2026, 3, 10)}],
        )
        with self._at("03-03 10:00"):
            self.authorization.action_extend()
        self.assertEqual(self.authorization.date_deadline, date(2026, 3, 22))

    def test_a_policy_without_terms_leaves_them_to_the_company(self):
        self._set_policy()
        self.company.write({"rma_reminder_days": 5, "rma_validity_days": 20})
        self._authorize_at("03-02 10:00")
        self.assertRecordValues(
            self.authorization,
            [{"date_deadline": date(2026, 3, 22), "date_reminder": date(2026, 3, 17)}],
        )

    def test_a_company_without_reminder_sends_none(self):
        self.company.rma_reminder_days = 0
        self._authorize_at("03-02 10:00")
        self.assertFalse(self.authorization.date_reminder)

    def test_what_has_arrived_is_not_reminded_of(self):
        self._authorize_at("03-02 10:00")
        with self._at("03-10 10:00"):
            self._receive(self.authorization)
        self._run_at("03-25 10:00")
        self.assertFalse(self._get_mails("reminder"))

    def test_what_expires_is_told(self):
        self._authorize_at("03-02 10:00")
        self._run_at("04-01 10:00")
        self.assertEqual(self.authorization.state, "authorized")
        self._run_at("04-02 10:00")
        self.assertEqual(self.authorization.state, "expired")
        self.assertEqual(self._get_mails("expired"), ["expired"])
        # it is over, and late no more
        self.assertFalse(self.authorization.activity_ids)
        self.assertFalse(self.authorization.is_late)

    def _ask_at(self, time):
        with self._at(time):
            self.authorization.team_id = self.team
            self.authorization.action_submit()
            self.authorization.action_request_information("What is wrong?")

    def test_a_request_without_answer_is_closed_after_fourteen_days(self):
        self._ask_at("03-02 10:00")
        self._run_at("03-16 09:59")
        self.assertEqual(self.authorization.state, "submitted")
        self._run_at("03-16 10:01")
        self.assertEqual(self.authorization.state, "cancelled")
        self.assertEqual(
            self.authorization.log_ids.sorted()[0].reason,
            "The customer has not answered",
        )
        self.assertEqual(self._get_mails("unanswered"), ["unanswered"])
        self.assertFalse(self.authorization.awaiting_customer)
        self.assertEqual(
            self._get_timers(self.authorization, "decision").state, "cancelled"
        )

    def test_an_answer_keeps_the_request(self):
        self._ask_at("03-02 10:00")
        with self._at("03-03 10:00"):
            self.authorization.action_information_received()
        self._run_at("03-30 10:00")
        self.assertEqual(self.authorization.state, "submitted")

    def test_the_policy_says_how_long_an_answer_may_take(self):
        self._set_policy(answer_days=3)
        self._ask_at("03-02 10:00")
        self.assertEqual(self.authorization.date_answer_by, self._read("03-05 10:00"))
        self._run_at("03-05 10:01")
        self.assertEqual(self.authorization.state, "cancelled")

    def test_a_company_may_wait_for_ever(self):
        self.company.rma_answer_days = 0
        self._ask_at("03-02 10:00")
        self._run_at("12-02 10:00")
        self.assertEqual(self.authorization.state, "submitted")

    def test_what_is_permitted_is_not_closed_for_a_question(self):
        self._authorize_at("03-02 10:00")
        with self._at("03-03 10:00"):
            self.authorization.action_request_information("Where is it?")
        self._run_at("03-30 10:00")
        self.assertEqual(self.authorization.state, "authorized")
