# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import freeze_time, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestRequestInformation(RmaCommon):
    """While the customer has to answer, the clocks stand still."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorization = cls._create_authorization(cls._sell())
        cls.authorization.action_submit()

    def test_without_a_question_the_window_asks_for_one(self):
        action = self.authorization.action_request_information()
        self.assertAsks(action, "action_request_information")
        self.assertFalse(self.authorization.awaiting_customer)

    def test_asking_sets_flag_and_time(self):
        with freeze_time("2026-03-01 12:00:00"):
            self.authorization.action_request_information("What is wrong?")
        self.assertTrue(self.authorization.awaiting_customer)
        self.assertEqual(str(self.authorization.date_awaiting), "2026-03-01 12:00:00")
        self.assertEqual(self.authorization.state, "submitted")

    def test_the_question_goes_to_the_customer(self):
        self.authorization.action_request_information("What is wrong?")
        message = self.authorization.message_ids[0]
        self.assertIn("What is wrong?", message.body)
        self.assertEqual(message.partner_ids, self.customer)
        self.assertEqual(message.author_id, self.agent.partner_id)

    def test_the_answer_lets_the_clocks_go_on(self):
        self.authorization.action_request_information("What is wrong?")
        self.authorization.action_information_received()
        self.assertRecordValues(
            self.authorization, [{"awaiting_customer": False, "date_awaiting": False}]
        )

    def test_the_decision_ends_the_question(self):
        self.authorization.action_request_information("What is wrong?")
        self.authorization.action_authorize()
        self.assertFalse(self.authorization.awaiting_customer)

    def test_cancelling_ends_the_question(self):
        self.authorization.action_request_information("What is wrong?")
        self.authorization.action_cancel()
        self.assertFalse(self.authorization.awaiting_customer)

    def test_each_customer_of_a_batch_is_asked(self):
        other = self._create_authorization(self._sell(partner=self.other_customer))
        (self.authorization | other).action_request_information("What is wrong?")
        self.assertEqual(other.message_ids[0].partner_ids, self.other_customer)
        self.assertTrue(self.authorization.awaiting_customer)
