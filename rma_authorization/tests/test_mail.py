# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import rma_authorization_mail
from .common import RmaCommon

QUEUE = "rma_authorization.ir_cron_send_mails"


@tagged("post_install", "-at_install")
class TestMail(RmaCommon):
    """Customers hear what was decided, from the queue and not from the click."""

    def _run_queue(self):
        with self.enter_registry_test_mode():
            self.env.ref(QUEUE).method_direct_trigger()

    def _get_mails(self, authorization):
        """Messages that went to the customer."""
        return authorization.sudo().message_ids.filtered(
            lambda message: authorization.partner_id in message.notified_partner_ids
        )

    def test_authorizing_only_queues_the_mail(self):
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", self.env.ref(QUEUE).id)]
        before = triggers.search_count(domain)
        authorization = self._authorize(self._sell())
        self.assertIn("queued", authorization.mail_ids.mapped("state"))
        self.assertFalse(self._get_mails(authorization))
        self.assertGreater(triggers.search_count(domain), before)

    def test_scheduled_actions_are_woken_for_the_first_mail_of_a_minute(self):
        mails = self.env["rma.authorization.mail"]
        with (
            patch.dict(rma_authorization_mail._WOKEN, clear=True),
            patch.object(rma_authorization_mail.time, "monotonic") as clock,
        ):
            woken = []
            for clock.return_value in (1000.0, 1030.0, 1059.0, 1060.0, 1061.0):
                woken.append(mails._is_wake_worth_while())
        self.assertEqual(woken, [True, False, False, True, False])

    def test_a_submitted_request_is_confirmed(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        self._run_queue()
        self.assertIn(authorization.name, self._get_mails(authorization).body)

    def test_a_request_authorized_at_once_is_not_confirmed_as_well(self):
        authorization = self._authorize(self._sell())
        self._run_queue()
        self.assertEqual(len(self._get_mails(authorization)), 1)

    def test_the_customer_hears_of_the_end(self):
        authorization = self._authorize(self._sell(), resolution="solved")
        self._run_queue()
        authorization.action_settle()
        self._run_queue()
        last = self._get_mails(authorization).sorted("id")[-1]
        self.assertIn("is finished", last.subject)

    def test_the_end_does_not_replace_a_mail_that_waits(self):
        authorization = self._create_closed(self._sell())
        self._run_queue()
        first, last = self._get_mails(authorization).sorted("id")
        self.assertIn("is authorized", first.subject)
        self.assertIn("is finished", last.subject)

    def test_the_end_of_a_return_that_goes_on_is_not_announced(self):
        authorization = self._authorize(self._sell(), resolution="solved")
        self._run_queue()
        authorization.action_settle()
        authorization.with_user(self.manager).action_reopen("Not yet")
        self._run_queue()
        self.assertEqual(len(self._get_mails(authorization)), 1)

    def test_the_queue_sends_number_form_and_label_once(self):
        authorization = self._authorize(self._sell())
        self._run_queue()
        self._run_queue()
        mail = self._get_mails(authorization)
        self.assertEqual(len(mail), 1)
        self.assertIn(authorization.rma_number, mail.body)
        self.assertEqual(len(mail.attachment_ids), 2)
        self.assertTrue(
            all(
                authorization.rma_number in name
                for name in mail.mapped("attachment_ids.name")
            )
        )
        self.assertEqual(
            authorization.mail_ids.filtered(
                lambda sent: sent.state == "sent"
            ).message_id,
            mail,
        )
        self.assertNotIn("queued", authorization.mail_ids.mapped("state"))

    def test_a_customers_mail_has_a_button_to_the_page_of_the_return(self):
        authorization = self._authorize(self._sell()).sudo()
        message = authorization.message_post(body="Hello")
        groups = authorization._notify_get_recipients_groups(message, "Return")
        buttons = {name: data for name, _is, data in groups}
        self.assertTrue(buttons["portal_customer"]["has_button_access"])
        url = buttons["portal_customer"]["button_access"]["url"]
        self.assertIn(f"access_token={authorization.access_token}", url)
        self.assertIn(f"res_id={authorization.id}", url)

    def test_every_customer_of_a_batch_gets_their_own_mail(self):
        authorizations = self._authorize(self._sell())
        authorizations |= self._authorize(self._sell(partner=self.other_customer))
        self._run_queue()
        for authorization in authorizations:
            mail = self._get_mails(authorization)
            self.assertEqual(mail.notified_partner_ids, authorization.partner_id)

    def test_the_reason_of_a_refusal_reaches_the_customer(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        authorization.action_refuse("The guarantee ended last year")
        self._run_queue()
        self.assertIn(
            "The guarantee ended last year", self._get_mails(authorization).body
        )

    def test_refusing_twice_mails_once(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        authorization.action_refuse("Too late")
        self._run_queue()
        authorization.action_refuse("Too late, again")
        self.assertNotIn("queued", authorization.mail_ids.mapped("state"))
        self.assertEqual(authorization.refusal_reason, "Too late")

    def test_cancelling_takes_back_a_mail_that_was_not_sent(self):
        authorization = self._authorize(self._sell())
        authorization.action_cancel()
        self._run_queue()
        self.assertFalse(self._get_mails(authorization))

    def test_a_failing_mail_holds_up_no_other(self):
        failing = self._authorize(self._sell())
        broken = self.env["mail.template"].create(
            {
                "name": "Broken",
                "model_id": self.env["ir.model"]._get_id("rma.authorization"),
                # fails for this one record alone, where there is no pick-up address
                "subject": "{{ object.pickup_partner_id.name.upper() }}",
                "use_default_to": True,
            }
        )
        self.env["rma.authorization.mail"]._queue(failing, broken)
        failing.sudo().mail_ids.filtered(
            lambda mail: mail.template_id != broken
        )._withdraw()
        failing.pickup_partner_id = False
        other = self._authorize(self._sell())
        with mute_logger(
            "odoo.addons.rma_authorization.models.rma_authorization_mail",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            self._run_queue()
        self.assertTrue(self._get_mails(other))
        self.assertFalse(self._get_mails(failing))
        self.assertIn("“Broken” could not be sent", failing.message_ids[0].body)
