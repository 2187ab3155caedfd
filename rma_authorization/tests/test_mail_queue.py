# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from .common import RmaCommon

QUEUE = "rma_authorization.ir_cron_send_mails"
LOGGER = "odoo.addons.rma_authorization.models.rma_authorization_mail"


class MailQueueCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mails = cls.env["rma.authorization.mail"]

    def _run_queue(self):
        with self.enter_registry_test_mode():
            self.env.ref(QUEUE).method_direct_trigger()

    def _get_template(self, event):
        return self.env.ref(f"rma_authorization.mail_template_{event}")

    def _get_states(self, authorization):
        """{event: state of its newest mail}"""
        prefix = "rma_authorization.mail_template_"
        xmlids = (
            self.env["mail.template"]
            .with_context(active_test=False)
            .search([])
            .get_external_id()
        )
        return {
            xmlids[mail.template_id.id].removeprefix(prefix): mail.state
            for mail in authorization.sudo().mail_ids.sorted("id")
        }

    def _get_words(self, mail):
        """The words of a mail, however its lines are broken."""
        return " ".join(html2plaintext(mail.body).split())

    def _get_mails(self, authorization):
        """Messages that went to the customer, oldest first."""
        return (
            authorization.sudo()
            .message_ids.filtered(
                lambda message: authorization.partner_id in message.notified_partner_ids
            )
            .sorted("id")
        )


@tagged("post_install", "-at_install")
class TestMailQueue(MailQueueCommon):
    """One mail per return and event: in order, once, and tried again."""

    def test_an_event_that_happens_again_joins_the_mail_that_waits(self):
        authorization = self._authorize(self._sell(), 2)
        self._run_queue()
        xmlid = "rma_authorization.mail_template_reminder"
        authorization._queue_mail(xmlid)
        authorization._queue_mail(xmlid)
        self.assertEqual(
            authorization.mail_ids.filtered(
                lambda mail: mail.state == "queued"
            ).template_id,
            self._get_template("reminder"),
        )
        self.assertEqual(
            len(authorization.mail_ids.filtered(lambda mail: mail.state == "queued")), 1
        )

    def test_an_event_after_its_mail_was_sent_gets_a_new_mail(self):
        authorization = self._authorize(self._sell())
        xmlid = "rma_authorization.mail_template_reminder"
        for _number in range(2):
            authorization._queue_mail(xmlid)
            self._run_queue()
        reminders = authorization.mail_ids.filtered(
            lambda mail: mail.template_id == self._get_template("reminder")
        )
        self.assertEqual(reminders.mapped("state"), ["sent", "sent"])

    def test_a_batch_is_queued_by_one_insert(self):
        authorizations = self._authorize(self._sell())
        for _number in range(3):
            authorizations |= self._authorize(self._sell())
        xmlid = "rma_authorization.mail_template_extended"
        authorizations[0]._queue_mail(xmlid)
        authorizations.mail_ids.mapped("state")
        with self.assertQueryCount(__system__=8, rma_agent=8):
            authorizations._queue_mail(xmlid)
        self.assertEqual(
            [self._get_states(one)["extended"] for one in authorizations],
            ["queued"] * 4,
        )

    def test_suppliers_get_none_of_these_mails(self):
        authorization = self._create_authorization(self._sell())
        authorization.line_ids.unlink()
        authorization.direction = "supplier"
        authorization._queue_mail("rma_authorization.mail_template_received")
        self.assertFalse(authorization.mail_ids)

    def test_an_archived_template_switches_its_mails_off(self):
        self._get_template("authorized").action_archive()
        authorization = self._authorize(self._sell())
        self.assertNotIn("authorized", self._get_states(authorization))

    def test_a_template_archived_while_its_mail_waits_is_not_sent(self):
        authorization = self._authorize(self._sell())
        self._get_template("authorized").action_archive()
        self._run_queue()
        self.assertFalse(self._get_mails(authorization))
        self.assertEqual(self._get_states(authorization)["authorized"], "withdrawn")

    def test_a_failing_mail_is_tried_three_times(self):
        authorization = self._authorize(self._sell())
        self.customer.email = False
        mail = authorization.sudo().mail_ids.filtered(lambda one: one.state == "queued")
        for day in ("2030-01-01", "2030-01-02", "2030-01-03"):
            self.assertEqual(mail.state, "queued")
            with freeze_time(day), mute_logger(LOGGER):
                self._run_queue()
        self.assertRecordValues(mail, [{"state": "failed", "attempts": 3}])
        self.assertIn("no valid mail address", mail.error)

    def test_a_failing_mail_is_not_tried_again_at_once(self):
        authorization = self._authorize(self._sell())
        self.customer.email = "nobody"
        with mute_logger(LOGGER):
            self._run_queue()
            self._run_queue()
        mail = authorization.mail_ids.filtered(lambda one: one.state == "queued")
        self.assertEqual(mail.attempts, 1)
        notes = authorization.sudo().message_ids.filtered(
            lambda message: "could not be sent" in message.body
        )
        self.assertEqual(len(notes), 1)

    def test_nothing_overtakes_an_older_mail_of_the_same_return(self):
        authorization = self._authorize(self._sell())
        self.customer.email = False
        with mute_logger(LOGGER):
            self._run_queue()
        self.customer.email = "ada@example.com"
        authorization._queue_mail("rma_authorization.mail_template_reminder")
        self._run_queue()
        self.assertFalse(self._get_mails(authorization))
        with freeze_time("2030-01-01"):
            self._run_queue()
        first, second = self._get_mails(authorization)
        self.assertIn("is authorized", first.subject)
        self.assertIn("still expected", second.subject)

    def test_an_agent_sends_a_failed_mail_again(self):
        authorization = self._authorize(self._sell())
        mail_sudo = authorization.sudo().mail_ids.filtered(
            lambda one: one.state == "queued"
        )
        mail_sudo.write({"state": "failed", "attempts": 3, "error": "No server"})
        mail_sudo.with_user(self.agent).action_retry()
        self._run_queue()
        self.assertEqual(mail_sudo.state, "sent")
        self.assertEqual(len(self._get_mails(authorization)), 1)

    def test_a_sent_mail_is_not_sent_again(self):
        authorization = self._authorize(self._sell())
        self._run_queue()
        sent = authorization.mail_ids.filtered(lambda mail: mail.state == "sent")
        with self.assertRefusedNaming(authorization):
            sent.with_user(self.agent).action_retry()

    def test_a_technician_reads_the_queue_and_changes_nothing(self):
        authorization = self._authorize(self._sell())
        mails = authorization.mail_ids.with_user(self.technician)
        self.assertTrue(mails.mapped("state"))
        mails.sudo().write({"state": "failed"})
        with self.assertRaises(AccessError):
            mails.action_retry()
        with self.assertRaises(AccessError):
            mails.write({"state": "queued"})

    def test_agents_see_the_mails_of_their_companies_only(self):
        authorization = self._authorize(self._sell())
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._create_user(
            "elsewhere",
            "rma_authorization.group_rma_user",
            company_id=company.id,
            company_ids=company.ids,
        )
        found = self.mails.with_user(other).search(
            [("id", "in", authorization.sudo().mail_ids.ids)]
        )
        self.assertFalse(found)

    def test_what_no_server_takes_is_delivered_again_and_fails_at_last(self):
        authorization = self._authorize(self._sell())
        self._run_queue()
        mail = authorization.sudo().mail_ids.filtered(lambda one: one.state == "sent")
        mail.message_id.notification_ids.write(
            {
                "notification_status": "exception",
                "failure_type": "mail_smtp",
                "failure_reason": "Connection refused",
            }
        )
        outgoing = self.env["mail.mail"].create(
            {"mail_message_id": mail.message_id.id, "state": "exception"}
        )
        self.mails._watch_deliveries()
        self.assertEqual(outgoing.state, "outgoing")
        self.assertEqual(mail.error, "Connection refused")
        for _number in range(2):
            outgoing.state = "exception"
            self.mails._watch_deliveries()
        self.assertEqual(mail.state, "failed")

    def test_the_sender_is_always_valid(self):
        authorization = self._authorize(self._sell())
        company = self.company
        self.agent.email = "agent@example.com"
        company.partner_id.email = "us@example.com"
        authorization.user_id = self.agent
        self.assertIn("agent@example.com", authorization.mail_sender)
        self.agent.email = "no address"
        authorization.invalidate_recordset(["mail_sender"])
        self.assertIn("us@example.com", authorization.mail_sender)
        company.partner_id.email = False
        authorization.invalidate_recordset(["mail_sender"])
        self.assertIn("@", authorization.mail_sender)

    def test_the_form_shows_the_mails(self):
        authorization = self._authorize(self._sell())
        with Form(authorization) as form:
            self.assertGreaterEqual(len(form.mail_ids), 1)


@tagged("post_install", "-at_install")
class TestMailEvents(MailQueueCommon):
    """Which events tell the customer what."""

    def test_a_second_look_is_announced(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        authorization.action_refuse("Too late")
        self._run_queue()
        authorization.action_appeal()
        self._run_queue()
        self.assertIn("once more", self._get_mails(authorization)[-1].body)

    def test_an_appeal_takes_back_a_refusal_that_was_not_sent(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        authorization.action_refuse("Too late")
        authorization.action_appeal()
        self.assertEqual(self._get_states(authorization)["refused"], "withdrawn")

    def test_a_part_that_arrives_is_told_with_what_is_missing(self):
        authorization = self._authorize(self._sell(), 3)
        self._run_queue()
        self._receive(authorization, 2)
        self._run_queue()
        body = self._get_words(self._get_mails(authorization)[-1])
        self.assertIn("have arrived", body)
        self.assertIn("Still missing", body)
        self.assertRegex(body, r"2 x Radio")
        self.assertRegex(body, r"1 x Radio")

    def test_what_was_inspected_is_told(self):
        authorization = self._authorize(self._sell(), 3)
        self._receive(authorization)
        self._inspect(authorization, (2, {}), (1, {"verdict": "rejected"}))
        self._run_queue()
        body = self._get_words(self._get_mails(authorization)[-1])
        self.assertRegex(body, r"2 x Radio: Accepted")
        self.assertRegex(body, r"1 x Radio: Rejected")
        self.assertEqual(self._get_states(authorization)["received"], "withdrawn")

    def test_a_replacement_is_told_with_its_order(self):
        authorization = self._receive_and_accept(self._sell(), resolution="exchange")
        authorization.action_settle()
        self._run_queue()
        mails = self._get_mails(authorization)
        replaced = mails.filtered(lambda mail: "replacement" in mail.subject)
        self.assertIn(authorization.sudo().replacement_order_ids.name, replaced.body)

    def test_a_cancelled_return_is_told_to_who_has_heard_of_it(self):
        authorization = self._authorize(self._sell())
        self._run_queue()
        authorization.action_cancel()
        self._run_queue()
        mail = self._get_mails(authorization)[-1]
        self.assertIn("no longer valid", self._get_words(mail))

    def test_who_was_told_of_the_end_hears_that_it_goes_on(self):
        authorization = self._create_closed(self._sell())
        self._run_queue()
        authorization.with_user(self.manager).action_reopen("Not yet")
        self._run_queue()
        self.assertIn("again", self._get_mails(authorization)[-1].subject)

    def test_the_question_has_the_frame_of_its_template(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_request_information("Does the <lamp> light up?")
        message = authorization.message_ids[0]
        self.assertIn("Does the &lt;lamp&gt; light up?", message.body)
        self.assertIn("Photos and documents", message.body)

    def test_the_mails_of_time_name_deadline_and_goods(self):
        authorization = self._authorize(self._sell())
        self._run_queue()
        authorization.date_deadline = "2030-12-24"
        for event in ("reminder", "extended", "expired", "unanswered"):
            authorization._queue_mail(f"rma_authorization.mail_template_{event}")
            self._run_queue()
        reminder, extended, expired, unanswered = self._get_mails(authorization)[1:]
        self.assertIn("12/24/2030", self._get_words(reminder))
        self.assertIn("1 x Radio", self._get_words(reminder))
        self.assertIn("12/24/2030", self._get_words(extended))
        self.assertIn("has expired", self._get_words(expired))
        self.assertIn("no answer", self._get_words(unanswered))

    def test_the_promised_time_of_the_answer_is_in_the_confirmation(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        self._run_queue()
        is_promised = bool(getattr(authorization, "date_promised", False))
        words = self._get_words(self._get_mails(authorization)[-1])
        self.assertEqual("You have our answer by" in words, is_promised)

    def test_every_template_of_returns_has_sender_language_and_model(self):
        templates = self.env["mail.template"].search(
            [("model", "=", "rma.authorization")]
        )
        self.assertGreaterEqual(len(templates), 16)
        for template in templates:
            with self.subTest(template.name):
                self.assertEqual(template.email_from, "{{ object.mail_sender }}")
                self.assertEqual(template.lang, "{{ object.partner_id.lang }}")

    def test_quantities_are_written_as_the_customer_writes_them(self):
        authorization = self._create_authorization(self._sell())
        self.env["res.lang"]._activate_lang("fr_FR")
        french = authorization.with_context(lang="fr_FR")
        self.assertEqual(authorization._format_qty(10.0), "10")
        self.assertEqual(authorization._format_qty(1.5), "1.5")
        self.assertEqual(french._format_qty(1.5), "1,5")

    def test_workers_pass_by_what_another_one_sends(self):
        authorization = self._authorize(self._sell())
        with patch.object(
            type(self.env["rma.authorization"]), "_post_mail", autospec=True
        ) as post:
            post.return_value = self.env["mail.message"]
            self._run_queue()
            self._run_queue()
        self.assertEqual(post.call_count, 1)
        self.assertEqual(self._get_states(authorization)["authorized"], "sent")
