# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorization(models.Model):
    # a subject of its own, in a file of its own
    _inherit = "rma.authorization"  # pylint: disable=consider-merging-classes-inherited

    def _get_mail_attachments(self, template):
        """Override of `rma_authorization` to send the test reports along, each once."""
        attachments = super()._get_mail_attachments(template)
        repaired = self._get_templates(
            ["rma_authorization_stock.mail_template_repaired"]
        )
        if template != repaired:
            return attachments
        sent = set(self.sudo().message_ids.attachment_ids.mapped("name"))
        for report in self.sudo().repair_ids._get_rma_test_reports().values():
            if report.name not in sent:
                # the mail's own: the repair's stays where it is
                attachments |= report.copy(
                    {"res_model": "mail.compose.message", "res_id": 0}
                ).sudo(self.env.su)
        return attachments
