# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
from email.message import EmailMessage

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


class IntakeCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {
                "name": "intake.example.com",
                "bounce_alias": "bounce-intake",
                "catchall_alias": "catchall-intake",
            }
        )
        cls.env["res.company"].search([]).alias_domain_id = cls.domain
        cls.team = cls.env["rma.authorization.team"].create(
            {
                "name": "Returns Desk",
                "company_id": cls.company.id,
                "alias_name": "returns-desk",
                "alias_domain_id": cls.domain.id,
                "alias_contact": "everyone",
                "member_ids": cls.agent.ids,
            }
        )
        cls.number = 0

    def _write(self, text="The radio is broken.", **headers):
        """A mail of the customer to the team, as an object."""
        type(self).number += 1
        mail = EmailMessage()
        for name, value in {
            "From": "Ada Customer <ada@example.com>",
            "To": "returns-desk@intake.example.com",
            "Subject": "My radio",
            "Message-Id": f"<{self.number}.intake@example.com>",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }.items():
            if value is not None:
                mail[name] = value
        mail.set_content(text)
        return mail

    def _receive_mail(self, mail):
        """Let the gateway read it.

        :return: the new requests
        """
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        before = self._get_requests()
        self.env["mail.thread"].with_context(tracking_disable=False).message_process(
            None, raw
        )
        return self._get_requests() - before

    def _get_requests(self):
        return self.env["rma.authorization"].search([])


@tagged("post_install", "-at_install")
class TestMailIntake(IntakeCommon):
    """A mail to the team becomes a draft: nothing is lost, nothing crashes."""

    def test_a_mail_becomes_a_draft_of_its_sender(self):
        request = self._receive_mail(self._write("The radio\nis broken."))
        self.assertRecordValues(
            request,
            [
                {
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "user_id": False,
                    "rma_number": False,
                }
            ],
        )
        self.assertNotEqual(request.name, "My radio")
        self.assertIn("is broken", request.note)
        self.assertEqual(request.message_ids[-1:].subject, "My radio")
        self.assertEqual(request.message_ids[-1:].author_id, self.customer)

    def test_attachments_and_inline_images_stay_as_evidence(self):
        mail = self._write()
        mail.add_alternative('<p>See <img src="cid:photo1"/></p>', subtype="html")
        mail.get_payload()[1].add_related(
            PIXEL, "image", "png", cid="<photo1>", filename="inline.png"
        )
        mail.add_attachment(
            b"%PDF-1.4", maintype="application", subtype="pdf", filename="bill.pdf"
        )
        request = self._receive_mail(mail)
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", "rma.authorization"), ("res_id", "=", request.id)]
        )
        self.assertEqual(sorted(attachments.mapped("name")), ["bill.pdf", "inline.png"])

    def test_html_only_is_read_and_scripts_are_not_kept(self):
        mail = self._write()
        mail.set_content(
            "<p>The <b>radio</b> smokes</p><script>alert(1)</script>", subtype="html"
        )
        request = self._receive_mail(mail)
        self.assertIn("smokes", request.note)
        self.assertNotIn("alert", request.note)
        self.assertNotIn("<script", request.message_ids[-1:].body)

    def test_a_mail_without_subject_is_taken(self):
        self.assertEqual(len(self._receive_mail(self._write(Subject=None))), 1)

    def test_an_empty_mail_is_taken(self):
        self.assertEqual(len(self._receive_mail(self._write("", Subject=""))), 1)

    def test_an_unknown_charset_is_taken(self):
        raw = self._write().as_bytes().replace(b'"utf-8"', b'"x-klingon"')
        self.assertIn(b"x-klingon", raw)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.assertEqual(len(self._receive_mail(raw)), 1)

    def test_bytes_that_are_no_text_are_taken(self):
        raw = (
            self._write("PLACE").as_bytes().replace(b"PLACE", b"\xff\xfe caf\xe9 \x01")
        )
        self.assertEqual(len(self._receive_mail(raw)), 1)

    def test_a_broken_multipart_is_taken(self):
        raw = (
            b"From: ada@example.com\r\nTo: returns-desk@intake.example.com\r\n"
            b"Message-Id: <broken.intake@example.com>\r\nMIME-Version: 1.0\r\n"
            b'Content-Type: multipart/mixed; boundary="never"\r\n\r\nno part at all'
        )
        self.assertEqual(len(self._receive_mail(raw)), 1)

    def test_an_encoded_subject_of_chinese_is_read(self):
        request = self._receive_mail(self._write("收音机坏了。", Subject="退货申请"))
        self.assertIn("收音机坏了", request.note)
        self.assertEqual(request.message_ids[-1:].subject, "退货申请")

    def test_a_huge_mail_is_taken_and_its_note_shortened(self):
        request = self._receive_mail(self._write("A1 B2 C3 " * 200_000))
        self.assertEqual(len(request), 1)
        self.assertLess(len(request.note), 20_000)

    def test_the_same_mail_twice_is_one_request(self):
        mail = self._write()
        self.assertEqual(len(self._receive_mail(mail)), 1)
        self.assertFalse(self._receive_mail(mail))

    def test_an_unknown_sender_becomes_a_contact(self):
        request = self._receive_mail(self._write(From="Cy New <cy.new@example.com>"))
        self.assertRecordValues(
            request.partner_id, [{"name": "Cy New", "email": "cy.new@example.com"}]
        )
        self.assertEqual(request.partner_id.company_id, self.company)

    def test_a_sender_without_address_is_taken(self):
        request = self._receive_mail(self._write(From="nobody in particular"))
        self.assertEqual(len(request), 1)
        self.assertTrue(request.partner_id)

    def test_a_contact_of_a_company_writes_for_it(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.customer.parent_id = firm
        request = self._receive_mail(self._write())
        self.assertEqual(request.partner_id, self.customer)
        self.assertEqual(request.commercial_partner_id, firm)

    def test_a_contact_of_another_company_is_not_taken(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.customer.company_id = elsewhere
        request = self._receive_mail(self._write())
        self.assertNotEqual(request.partner_id, self.customer)
        self.assertEqual(request.company_id, self.company)

    def test_automatic_mails_make_no_request(self):
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated; type=vacation"},
            {"Precedence": "bulk"},
            {"X_Autoreply": "yes"},
        ):
            with self.subTest(headers):
                self.assertFalse(self._receive_mail(self._write(**headers)))

    def test_who_says_that_no_machine_wrote_is_believed(self):
        self.assertTrue(self._receive_mail(self._write(Auto_Submitted="no")))

    def test_a_bounce_makes_no_request(self):
        bounce = self._write(From="MAILER-DAEMON@example.com")
        self.assertFalse(self._receive_mail(bounce))

    def test_a_loop_is_stopped(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 2)
        requests = [self._receive_mail(self._write()) for _number in range(4)]
        self.assertEqual([len(request) for request in requests], [1, 1, 0, 0])

    def test_a_team_may_accept_known_contacts_only(self):
        self.team.alias_contact = "partners"
        stranger = self._write(From="Cy New <cy.new@example.com>")
        self.assertFalse(self._receive_mail(stranger))
        self.assertTrue(self._receive_mail(self._write()))

    def test_a_team_may_accept_its_followers_only(self):
        self.team.alias_contact = "followers"
        self.assertFalse(self._receive_mail(self._write()))
        self.team.message_subscribe(self.customer.ids)
        self.assertTrue(self._receive_mail(self._write()))

    def test_an_employee_gets_no_draft_of_their_own(self):
        self.agent.email = "agent@example.com"
        request = self._receive_mail(self._write(From="agent@example.com"))
        self.assertFalse(request.user_id)


@tagged("post_install", "-at_install")
class TestMailNumbers(IntakeCommon):
    """Numbers in a mail lead to documents of its sender, and to no others."""

    def test_orders_are_found_by_number_in_any_spelling(self):
        order = self._sell()
        request = self._receive_mail(self._write(f"It was ({order.name.lower()})."))
        self.assertEqual(request.mentioned_order_ids, order)
        self.assertFalse(request.line_ids)

    def test_orders_are_found_by_the_customers_own_reference(self):
        order = self._sell()
        order.client_order_ref = "PO-4711/b"
        request = self._receive_mail(self._write(Subject="Our PO-4711/b"))
        self.assertEqual(request.mentioned_order_ids, order)

    def test_orders_of_others_are_never_found(self):
        order = self._sell(partner=self.other_customer)
        request = self._receive_mail(self._write(f"It was {order.name}"))
        self.assertFalse(request.mentioned_order_ids)

    def test_a_name_that_looks_like_an_address_is_no_sender(self):
        order = self._sell()
        forged = self._write(order.name, From='"ada@example.com" <eve@example.org>')
        request = self._receive_mail(forged)
        self.assertNotEqual(request.partner_id, self.customer)
        self.assertFalse(request.mentioned_order_ids)

    def test_a_forged_sender_gets_nothing_permitted_and_nothing_told(self):
        mails = self.env["mail.mail"].search_count([])
        request = self._receive_mail(self._write(self._sell().name))
        self.assertEqual(request.state, "draft")
        self.assertFalse(request.rma_number)
        self.assertFalse(request.mail_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_an_open_return_that_is_named_gets_the_mail(self):
        authorization = self._authorize(self._sell())
        mail = self._write("Two boxes.", Subject=f"Re: {authorization.rma_number}")
        self.assertFalse(self._receive_mail(mail))
        self.assertIn("Two boxes", authorization.sudo().message_ids[0].body)
        self.assertEqual(authorization.state, "authorized")

    def test_a_return_of_somebody_else_never_gets_the_mail(self):
        authorization = self._authorize(self._sell(partner=self.other_customer))
        mail = self._write("Two boxes.", Subject=authorization.rma_number)
        self.assertEqual(len(self._receive_mail(mail)), 1)

    def test_a_closed_return_that_is_named_is_left_closed(self):
        authorization = self._create_closed(self._sell())
        request = self._receive_mail(self._write(Subject=authorization.rma_number))
        self.assertEqual(len(request), 1)
        self.assertEqual(authorization.state, "closed")

    def test_numbers_in_a_quoted_mail_are_not_meant(self):
        authorization = self._authorize(self._sell())
        mail = self._write(f"Another one.\n> your return {authorization.rma_number}")
        self.assertEqual(len(self._receive_mail(mail)), 1)

    def test_the_found_orders_fill_the_draft_by_the_window(self):
        order = self._sell(3)
        request = self._receive_mail(self._write(order.name)).with_user(self.agent)
        action = request.action_open_mentioned_lines()
        wizard = (
            self.env[action["res_model"]].with_user(self.agent).browse(action["res_id"])
        )
        wizard.resolution = "none"
        wizard.line_ids.qty = 2
        wizard.action_create_rma()
        self.assertRecordValues(
            request.line_ids,
            [{"sale_line_id": order.order_line.id, "qty_requested": 2.0}],
        )

    def test_a_technician_fills_no_draft(self):
        request = self._receive_mail(self._write(self._sell().name))
        with self.assertRaises(AccessError):
            request.with_user(self.technician).action_open_mentioned_lines()


@tagged("post_install", "-at_install")
class TestAnswers(IntakeCommon):
    """Answers belong to their return, and let its clocks go on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorization = cls._create_authorization(cls._sell())
        cls.authorization.team_id = cls.team
        cls.authorization.action_submit()
        cls.authorization.action_request_information("What is wrong?")
        cls.question = cls.authorization.sudo().message_ids[0]

    def _answer(self, **headers):
        return self._write(
            "It hums.",
            Subject="Re: a question",
            In_Reply_To=self.question.message_id,
            **headers,
        )

    def test_an_answer_goes_to_its_return_and_ends_the_waiting(self):
        self.assertFalse(self._receive_mail(self._answer()))
        self.assertIn("It hums", self.authorization.sudo().message_ids[0].body)
        self.assertFalse(self.authorization.awaiting_customer)

    def test_an_automatic_answer_is_kept_and_ends_nothing(self):
        self._receive_mail(self._answer(Auto_Submitted="auto-replied"))
        self.assertIn("It hums", self.authorization.sudo().message_ids[0].body)
        self.assertTrue(self.authorization.awaiting_customer)

    def test_an_answer_of_somebody_else_ends_nothing(self):
        self._receive_mail(self._answer(From="bob@example.com"))
        self.assertTrue(self.authorization.awaiting_customer)

    def test_an_answer_on_the_portal_ends_the_waiting(self):
        self.authorization.sudo().message_post(
            body="It hums.",
            author_id=self.customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertFalse(self.authorization.awaiting_customer)

    def test_our_own_messages_end_nothing(self):
        self.authorization.message_post(
            body="Still waiting",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.authorization.message_post(body="Note to self")
        self.assertTrue(self.authorization.awaiting_customer)

    def test_answers_are_asked_for_at_the_teams_address(self):
        reply_to = self.authorization._notify_get_reply_to()
        self.assertIn(
            "returns-desk@intake.example.com", reply_to[self.authorization.id]
        )
