# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaAccountCommon

CREDITED = "rma_authorization_account.mail_template_credited"
QUEUE = "rma_authorization.ir_cron_send_mails"


@tagged("post_install", "-at_install")
class TestMails(RmaAccountCommon):
    """Customers get the credit note once it is posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "customer@example.com"

    def _run_queue(self):
        with self.enter_registry_test_mode():
            self.env.ref(QUEUE).method_direct_trigger()

    def _get_credit_mails(self, authorization):
        return (
            authorization.sudo()
            .mail_ids.filtered(lambda mail: mail.template_id == self.env.ref(CREDITED))
            .sorted("id")
        )

    def test_a_posted_note_is_sent_with_its_document(self):
        order_line = self._sell(price_unit=100.0)
        self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        note = self._settle(authorization)
        self.assertFalse(self._get_credit_mails(authorization))
        self._release(note)
        self._run_queue()
        mail = self._get_credit_mails(authorization)
        self.assertEqual(mail.state, "sent")
        self.assertIn(note.name, mail.message_id.body)
        self.assertIn("321.00", mail.message_id.body)
        self.assertEqual(
            mail.message_id.attachment_ids.mapped("name"),
            [note._get_invoice_report_filename()],
        )

    def test_every_note_goes_along_once(self):
        order_line = self._sell(price_unit=100.0)
        self._bill(order_line)
        authorization = self._request(order_line, qty=3)
        notes = self.env["account.move"]
        for mode in ("first", "second"):
            with self.subTest(mode):
                if mode == "first":
                    self._receive(authorization)
                    notes = self._settle(authorization)
                else:
                    notes.button_draft()
                self._release(notes)
                self._run_queue()
        first, second = self._get_credit_mails(authorization)
        self.assertEqual(len(first.message_id.attachment_ids), 1)
        self.assertFalse(second.message_id.attachment_ids)
