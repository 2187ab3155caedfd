# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestRefuse(RmaCommon):
    """A refusal has a reason that the customer reads, and may be appealed once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorization = cls._create_authorization(cls._sell())
        cls.authorization.action_submit()

    def test_without_a_reason_the_window_asks_for_one(self):
        self.assertAsks(self.authorization.action_refuse(), "action_refuse")
        self.assertEqual(self.authorization.state, "submitted")

    def test_the_window_refuses_with_the_text(self):
        action = self.authorization.action_refuse()
        wizard = (
            self.env["rma.authorization.ask"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"text": "Bought elsewhere"})
        )
        wizard.action_apply()
        self.assertEqual(self.authorization.state, "refused")
        self.assertEqual(self.authorization.refusal_reason, "Bought elsewhere")

    def test_the_reason_stands_in_the_history(self):
        self.authorization.action_refuse("Bought elsewhere")
        self.assertEqual(
            self.authorization.log_ids.sorted()[0].reason, "Bought elsewhere"
        )

    def test_a_refused_request_frees_its_quantity(self):
        order = self._sell(5)
        authorization = self._create_authorization(order, 5)
        authorization.action_submit()
        authorization.action_refuse("Too late")
        self.assertEqual(self._authorize(order, 5).state, "authorized")

    def test_an_open_question_ends_with_the_refusal(self):
        self.authorization.action_request_information("What is wrong?")
        self.authorization.action_refuse("No answer")
        self.assertRecordValues(
            self.authorization, [{"awaiting_customer": False, "date_awaiting": False}]
        )

    def test_an_appeal_puts_it_back_into_review(self):
        self.authorization.action_refuse("Too late")
        self.authorization.action_appeal()
        self.assertRecordValues(
            self.authorization,
            [{"state": "submitted", "is_appealed": True, "next_step": "review"}],
        )

    def test_a_second_appeal_is_refused(self):
        self.authorization.action_refuse("Too late")
        self.authorization.action_appeal()
        self.authorization.action_refuse("Still too late")
        with self.assertRefused("was appealed before"):
            self.authorization.action_appeal()

    def test_submitting_again_is_no_way_round_the_appeal(self):
        self.authorization.action_refuse("Too late")
        with self.assertRefusedNaming(self.authorization):
            self.authorization.action_submit()
        with self.assertRefusedNaming(self.authorization):
            self.authorization.action_authorize()

    def test_an_appealed_request_can_be_authorized(self):
        self.authorization.action_refuse("Too late")
        self.authorization.action_appeal()
        # a manager, not who refused it (A10)
        self.authorization.with_user(self.manager).action_authorize()
        self.assertTrue(self.authorization.rma_number)
