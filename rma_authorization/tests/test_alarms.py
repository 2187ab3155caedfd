# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .timers import TimerCommon


@tagged("post_install", "-at_install")
class TestAlarms(TimerCommon):
    """What nobody has looked after rings: an activity, then a mail to the leader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.targets["first_answer"].active = False
        cls.targets["decision"].write({"warn_hours": 4, "escalation_hours": 8})

    def setUp(self):
        super().setUp()
        with self._at("03-02 10:00"):
            self.authorization = self._request()
        self.timer = self._get_timers(self.authorization, "decision")

    def _ring(self, time):
        with self._at(time):
            self._run_timers()

    def _get_activities(self):
        return self.authorization.sudo().activity_ids

    def _get_mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "rma.authorization.timer"), ("res_id", "=", self.timer.id)]
        )

    def test_alarms_are_planned_in_working_hours(self):
        # due on Wednesday at 10: one hour before it on Wednesday, three on Tuesday
        self.assertTimer(
            self.timer,
            date_warn="03-03 15:00",
            date_escalation="03-05 10:00",
            date_alarm="03-03 15:00",
        )

    def test_before_the_warning_nothing_rings(self):
        self._ring("03-03 14:59")
        self.assertFalse(self._get_activities())

    def test_the_responsible_is_warned_once(self):
        self._ring("03-03 15:01")
        self._ring("03-03 17:00")
        self.assertRecordValues(
            self._get_activities(),
            [
                {
                    "user_id": self.agent.id,
                    "summary": "Decision is due",
                    "date_deadline": date(2026, 3, 4),
                }
            ],
        )
        self.assertTimer(self.timer, alarm="warned", date_alarm="03-04 10:00")
        self.assertFalse(self.authorization.is_late)

    def test_the_same_activity_says_that_it_is_late(self):
        self._ring("03-03 15:01")
        self._ring("03-04 10:01")
        self.assertEqual(self._get_activities().mapped("summary"), ["Decision is late"])
        self.assertTrue(self.authorization.is_late)
        self.assertTimer(self.timer, is_late=True, date_alarm="03-05 10:00")
        self.assertFalse(self._get_mails())

    def test_without_a_warning_it_rings_when_late(self):
        self.targets["decision"].warn_hours = 0
        with self._at("03-02 10:00"):
            self.authorization = self._request()
        self._ring("03-04 09:59")
        self.assertFalse(self._get_activities())
        self._ring("03-04 10:01")
        self.assertEqual(self._get_activities().summary, "Decision is late")

    def test_an_activity_that_was_done_does_not_come_back(self):
        self._ring("03-04 10:01")
        self._get_activities().action_done()
        self._ring("03-04 12:00")
        self.assertFalse(self._get_activities())

    def test_the_search_is_right_between_two_runs(self):
        authorizations = self.authorization.search([("id", "=", self.authorization.id)])
        with self._at("03-04 10:01"):
            self.assertEqual(
                authorizations.search(
                    [("id", "=", authorizations.id), ("is_late", "=", True)]
                ),
                authorizations,
            )
            self.assertFalse(
                authorizations.search(
                    [("id", "=", authorizations.id), ("is_late", "!=", True)]
                )
            )

    def test_late_returns_are_grouped(self):
        self._ring("03-04 10:01")
        groups = self.env["rma.authorization"]._read_group(
            [("id", "=", self.authorization.id)], ["is_late"], ["__count"]
        )
        self.assertEqual(groups, [(True, 1)])

    def test_the_decision_closes_the_activity(self):
        self._ring("03-04 10:01")
        with self._at("03-04 11:00"):
            self.authorization.action_authorize()
        self.assertFalse(self._get_activities())
        self.assertFalse(self.authorization.is_late)

    def test_the_leader_gets_one_mail(self):
        self._ring("03-04 10:01")
        self._ring("03-05 10:01")
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.leader.partner_id)
        self.assertIn(f"{self.authorization.name}: Decision is late", mail.subject)
        # the time of Shanghai
        self.assertIn("10:00:00", mail.body_html)
        self._ring("03-09 10:01")
        self.assertEqual(len(self._get_mails()), 1)
        self.assertTimer(self.timer, alarm="escalated", date_alarm=False)

    def test_what_nobody_looked_at_for_long_does_all_at_once(self):
        self._ring("03-20 10:00")
        self.assertEqual(self._get_activities().summary, "Decision is late")
        self.assertEqual(len(self._get_mails()), 1)
        self.assertTrue(self.authorization.is_late)

    def test_a_broken_template_holds_up_nothing(self):
        templates = type(self.env["mail.template"])
        with (
            patch.object(templates, "send_mail_batch", side_effect=ValueError),
            self.assertLogs(
                "odoo.addons.rma_authorization.models.rma_authorization_timer"
            ),
        ):
            self._ring("03-20 10:00")
        self.assertTrue(self.authorization.is_late)
        self.assertEqual(len(self._get_activities()), 1)

    def test_an_answer_does_not_ring_again_for_what_was_late(self):
        self._ring("03-05 10:01")
        with self._at("03-05 11:00"):
            self.authorization.action_request_information("What is wrong?")
        with self._at("03-06 11:00"):
            self.authorization.action_information_received()
        self._ring("03-06 12:00")
        self.assertEqual(len(self._get_mails()), 1)
        self.assertTimer(self.timer, is_late=True, state="running")

    def test_a_pause_puts_the_alarm_off(self):
        with self._at("03-02 16:00"):
            self.authorization.action_request_information("What is wrong?")
        with self._at("03-03 11:00"):
            self.authorization.action_information_received()
        # four hours later
        self.assertTimer(self.timer, date_alarm="03-04 10:00")

    def test_an_extended_deadline_rings_again(self):
        self._create_target("receipt", 1, warn_hours=0)
        with self._at("03-02 11:00"):
            self.authorization.action_authorize()
            self._receive_part()
            self.authorization.date_deadline = date(2026, 3, 5)
        self._ring("03-06 00:01")
        self.assertEqual(self._get_activities().mapped("summary"), ["Receipt is late"])
        with self._at("03-06 10:00"):
            self.authorization.action_extend(3)
        self.assertFalse(self.authorization.is_late)
        # from the fifth in Shanghai, which is still the sixth in UTC
        self._ring("03-10 00:01")
        self.assertEqual(len(self._get_activities()), 1)
        self.assertEqual(self._get_activities().date_deadline, date(2026, 3, 10))

    def _receive_part(self):
        """A promise that can't expire any more: its replacement has gone out."""
        self.authorization.sudo().line_ids.write(
            {"resolution": "exchange", "advance": True}
        )
        self.authorization.action_settle()
        self.env["rma.authorization.target"].search(
            [("milestone", "=", "resolution")]
        ).active = False
        self._get_timers(self.authorization, "resolution")._stop("Not asked here")

    def test_without_a_responsible_the_leader_is_told(self):
        self.authorization.user_id = False
        self._ring("03-04 10:01")
        self.assertEqual(self._get_activities().user_id, self.leader)

    def test_who_may_not_see_it_is_not_told(self):
        self.team.user_id = False
        self.team.member_ids = self._create_user("clerk", "base.group_user")
        self.authorization.user_id = False
        self._ring("03-04 10:01")
        self.assertFalse(self._get_activities())
        self.assertTrue(self.authorization.is_late)

    def test_small_batches_ring_everything_in_the_end(self):
        with self._at("03-02 10:00"):
            second = self._request()
        for _batch in range(2):
            with self._at("03-04 10:01"):
                self._run_timers(limit=1)
        self.assertTrue(second.is_late)
        self.assertTrue(self.authorization.is_late)
