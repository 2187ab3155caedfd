# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorization(models.Model):
    # a subject of its own, in a file of its own
    _inherit = "rma.authorization"  # pylint: disable=consider-merging-classes-inherited

    def _get_posted_notes(self):
        """The posted credit notes of this return, for the customer's mail."""
        # sudo: who sends the mail, and the customer, have no rights on invoices
        notes_sudo = self.sudo().settlement_ids.credit_line_ids.move_id
        return notes_sudo.filtered(lambda note: note.state == "posted")

    def _get_mail_attachments(self, template):
        """Override of `rma_authorization` to send the credit notes along, each once."""
        attachments = super()._get_mail_attachments(template)
        credited = self._get_templates(
            ["rma_authorization_account.mail_template_credited"]
        )
        if template != credited:
            return attachments
        sent = set(self.sudo().message_ids.attachment_ids.mapped("name"))
        for note in self._get_posted_notes():
            name = note._get_invoice_report_filename()
            if name in sent:
                continue
            report = note.with_context(lang=note.partner_id.lang)
            content, _format = report.env["ir.actions.report"]._render_qweb_pdf(
                "account.account_invoices", note.ids
            )
            attachments |= attachments.create(
                {
                    "name": name,
                    "raw": content,
                    "res_model": "mail.compose.message",
                    "res_id": 0,
                }
            )
        return attachments
