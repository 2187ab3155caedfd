# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import codecs
import logging

from odoo import models

_logger = logging.getLogger(__name__)

AUTOMATIC_PRECEDENCE = ("auto_reply", "bulk", "junk", "list")
AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Override of `mail`: what a machine sent makes no return request, and answers
        no question of one."""
        process = super()._message_route_process
        if any(route[0] == "rma.authorization" for route in routes or ()) and (
            self._is_rma_automatic_mail(message)
        ):
            _logger.info(
                "No return request from %s, Message-Id %s: sent automatically",
                message_dict.get("email_from"),
                message_dict.get("message_id"),
            )
            routes = [
                route for route in routes if route[0] != "rma.authorization" or route[1]
            ]
            automatic = self.with_context(rma_is_automatic_mail=True)
            process = super(MailThread, automatic)._message_route_process
        return process(message, message_dict, routes)

    def _message_parse_extract_payload(
        self, message, message_dict, save_original=False
    ):
        """Override of `mail`, whose gateway crashes on a charset that nobody knows, and
        loses the mail."""
        for part in message.walk():
            try:
                codecs.lookup(part.get_content_charset("utf-8"))
            except LookupError:
                part.set_param("charset", "utf-8")
        return super()._message_parse_extract_payload(
            message, message_dict, save_original=save_original
        )

    def _is_rma_automatic_mail(self, message):
        """Whether the headers of this mail say that a machine sent it (RFC 3834)."""
        submitted = str(message.get("Auto-Submitted") or "no").strip().lower()
        precedence = str(message.get("Precedence") or "").strip().lower()
        return (
            not submitted.startswith("no")
            or precedence in AUTOMATIC_PRECEDENCE
            or any(message.get(header) for header in AUTOMATIC_HEADERS)
        )
