# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import Form, HttpCase, freeze_time, tagged

from .test_mail_queue import MailQueueCommon


class SatisfactionCommon(MailQueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"rma_rating_enabled": True, "rma_rating_days": 0})

    def _create_asked(self):
        authorization = self._create_closed(self._sell())
        self._run_queue()
        return authorization

    def _rate(self, authorization, rate, feedback=""):
        token = authorization.sudo()._rating_get_access_token()
        return authorization.sudo().rating_apply(rate, token=token, feedback=feedback)

    def _get_requests(self, authorization):
        return self._get_mails(authorization).filtered(
            lambda mail: "how was your return" in mail.subject
        )


@tagged("post_install", "-at_install")
class TestSatisfaction(SatisfactionCommon):
    """After the end customers are asked once how it was; unhappy ones are called."""

    def test_a_finished_return_is_asked_about(self):
        authorization = self._create_asked()
        body = self._get_requests(authorization).body
        for rate in (1, 3, 5):
            self.assertRegex(body, rf"/rate/\w+/{rate}")

    def test_the_request_waits_for_the_days_of_the_company(self):
        self.company.rma_rating_days = 3
        with freeze_time("2030-03-01 12:00:00"):
            authorization = self._create_asked()
            self.assertFalse(self._get_requests(authorization))
        with freeze_time("2030-03-04 11:00:00"):
            self._run_queue()
            self.assertFalse(self._get_requests(authorization))
        with freeze_time("2030-03-04 13:00:00"):
            self._run_queue()
            self.assertTrue(self._get_requests(authorization))

    def test_days_before_the_end_are_refused(self):
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self.company.rma_rating_days = -1
            self.company.flush_recordset()
        self.assertNotIsInstance(caught.exception, UserError)
        self.assertIn("rma_rating_days_positive", str(caught.exception))

    def test_a_company_may_ask_nobody(self):
        self.company.rma_rating_enabled = False
        authorization = self._create_asked()
        self.assertFalse(self._get_requests(authorization))

    def test_a_return_that_is_reopened_and_closed_again_is_asked_about_once(self):
        authorization = self._create_asked()
        authorization.with_user(self.manager).action_reopen("Look again")
        authorization.action_close("That was it")
        self.assertEqual(authorization.state, "closed")
        self._run_queue()
        self.assertEqual(len(self._get_requests(authorization)), 1)

    def test_a_return_that_goes_on_is_not_asked_about_yet(self):
        authorization = self._create_closed(self._sell())
        authorization.with_user(self.manager).action_reopen("Look again")
        self._run_queue()
        self.assertFalse(self._get_requests(authorization))

    def test_an_unhappy_customer_is_called_by_the_responsible(self):
        authorization = self._create_asked()
        self._rate(authorization, 1, "It took <b>months</b>")
        activity = authorization.sudo().activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("months", activity.note)

    def test_without_a_responsible_the_leader_of_the_team_calls(self):
        authorization = self._create_asked()
        authorization.sudo().user_id = False
        authorization.sudo().team_id.user_id = self.manager
        self._rate(authorization, 1)
        self.assertEqual(authorization.sudo().activity_ids.user_id, self.manager)

    def test_a_customer_who_changes_the_words_is_called_once(self):
        authorization = self._create_asked()
        rating = self._rate(authorization, 1, "Bad")
        authorization.sudo().rating_apply(1, rating=rating, feedback="Very bad")
        self.assertEqual(len(authorization.sudo().activity_ids), 1)

    def test_a_happy_customer_is_not_called(self):
        authorization = self._create_asked()
        self._rate(authorization, 5)
        self.assertFalse(authorization.sudo().activity_ids)

    def test_scores_reach_return_team_and_report(self):
        happy, unhappy = self._create_asked(), self._create_asked()
        team = self.env["rma.authorization.team"].create({"name": "Rated"})
        (happy | unhappy).sudo().team_id = team
        self._rate(happy, 5)
        rating = self._rate(unhappy, 1)
        self.assertRecordValues(
            rating,
            [
                {
                    "rma_id": unhappy.id,
                    "rma_team_id": team.id,
                    "rma_reason_id": self.reason.id,
                    "rated_partner_id": self.agent.partner_id.id,
                }
            ],
        )
        self.assertRecordValues(team, [{"rating_avg": 3.0, "rating_count": 2}])
        found = self.env["rma.authorization"].search(
            [("rating_last_value", ">=", 1), ("rating_last_value", "<", 3)]
        )
        self.assertIn(unhappy, found)
        self.assertNotIn(happy, found)
        action = team.with_user(self.agent).action_view_ratings()
        shown = self.env["rating.rating"].with_user(self.agent).search(action["domain"])
        self.assertEqual(len(shown), 2)

    def test_ratings_of_other_companies_are_not_shown(self):
        rating = self._rate(self._create_asked(), 1)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._create_user(
            "elsewhere",
            "rma_authorization.group_rma_user",
            company_id=company.id,
            company_ids=company.ids,
        )
        ratings = self.env["rating.rating"].with_user(other)
        self.assertFalse(ratings.search([("id", "=", rating.id)]))

    def test_forms_of_return_and_team_open(self):
        authorization = self._create_asked()
        self._rate(authorization, 5)
        with Form(authorization) as form:
            self.assertEqual(form.rating_count, 1)
        with Form(authorization.team_id.with_user(self.manager)) as form:
            form.alias_name = "rated-returns"
            form.alias_contact = "partners"


@tagged("post_install", "-at_install")
class TestRatingPage(SatisfactionCommon, HttpCase):
    def test_the_customer_rates_by_the_link_of_the_mail(self):
        authorization = self._create_asked()
        token = authorization.sudo()._rating_get_access_token()
        page = self.url_open(f"/rate/{token}/1")
        self.assertEqual(page.status_code, 200)
        self.assertFalse(authorization.sudo().rating_ids.consumed)
        self.authenticate(None, None)
        answer = self.url_open(
            f"/rate/{token}/submit_feedback",
            data={
                "rate": "1",
                "feedback": "Too slow",
                "csrf_token": Request.csrf_token(self),
            },
        )
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(authorization.sudo().rating_last_value, 1.0)
        self.assertEqual(authorization.sudo().activity_ids.user_id, self.agent)
