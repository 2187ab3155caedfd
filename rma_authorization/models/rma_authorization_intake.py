# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize, html2plaintext, plaintext2html
from odoo.tools.mail import parse_contact_from_email

from .rma_authorization_mailing import ROLE_USER

# What is read of a mail to find numbers in it: nobody writes them on page ten.
READ_CHARACTERS = 20_000
READ_NUMBERS = 200
KEPT_CHARACTERS = 10_000
NUMBER = re.compile(r"[^\W_](?:[\w./-]{0,62}[^\W_])?")
QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)


class RmaAuthorizationIntake(models.AbstractModel):
    """Requests that come by mail, and the customer's answers.

    A mail to a team's address becomes a draft, of the contact with the sender's
    address: it permits nothing, and tells the sender nothing. Senders can be forged, so
    numbers in it are looked up among the documents of that very customer only.
    """

    _name = "rma.authorization.intake"
    _description = "Return Requests by Mail"
    _inherit = ["mail.thread"]

    mentioned_order_ids = fields.Many2many(
        comodel_name="sale.order",
        relation="rma_authorization_mentioned_order_rel",
        string="Orders in the Mail",
        copy=False,
        readonly=True,
        groups="sales_team.group_sale_salesman",
        help="Orders of this customer whose number, invoice or goods the mail names.",
    )

    # -- gateway -----------------------------------------------------------------------

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Override of `mail`: a mail to a team that names an open return of its sender
        belongs to that return."""
        route = super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )
        if not route or route[1] or route[0] != self._name:
            return route
        named = self.sudo()._find_named(message_dict)
        return (route[0], named.id, *route[2:]) if named else route

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Override of `mail`, which stops who sends too many requests in an hour."""
        return [("email", "ilike", email_from_normalized)]

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override of `mail` to make a draft of what a customer writes to a team."""
        values = dict(custom_values or {})
        team = self.env["rma.authorization.team"].browse(values.get("team_id"))
        company = (
            self.env["res.company"].browse(values.get("company_id"))
            or team.company_id
            or self.env.company
        )
        partner = self._find_or_create_sender(msg_dict, company)
        text = self._get_mail_text(msg_dict)
        values |= {
            "name": "New",
            "channel": "mail",
            "company_id": company.id,
            "partner_id": partner.id,
            "user_id": values.get("user_id", False),
            "note": plaintext2html(text[:KEPT_CHARACTERS]),
            "mentioned_order_ids": [
                Command.set(
                    self._find_orders(
                        self._find_numbers(msg_dict), partner, company
                    ).ids
                )
            ],
        }
        if email_normalize(msg_dict.get("email_from")):
            values["email"] = msg_dict["email_from"]
        authorization = super().message_new(msg_dict, values)
        # whose message it is follows from the contact
        msg_dict["author_id"] = msg_dict.get("author_id") or partner.id
        return authorization

    @api.model
    def _find_or_create_sender(self, msg_dict, company):
        """The contact who wrote, of this company or of all; a new one if nobody has
        this address."""

        def fits(partner):
            return partner.company_id in (company, company.browse())

        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        if author and fits(author):
            return author
        sender = msg_dict.get("email_from") or ""
        address = email_normalize(sender)
        if address:
            found = self.env["mail.thread"]._partner_find_from_emails_single(
                [sender],
                filter_found=fits,
                additional_values={address: {"company_id": company.id}},
                no_create=False,
            )
            if found:
                return found[0]
        name, _email = parse_contact_from_email(sender)
        return self.env["res.partner"].create(
            {
                "name": name or sender or self.env._("Unknown Sender"),
                "email": address,
                "company_id": company.id,
            }
        )

    # -- numbers in mails --------------------------------------------------------------

    @api.model
    def _get_mail_text(self, msg_dict):
        """The words of a mail, without its markup."""
        text = html2plaintext(msg_dict.get("body") or "", include_references=False)
        return text.replace("\x00", "").strip()

    @api.model
    def _find_numbers(self, msg_dict):
        """Whatever could be a number in subject and body, as written and in capitals.

        What is quoted of other mails is left out: who answers quotes all that we wrote.
        """
        subject = (msg_dict.get("subject") or "").replace("\x00", "")
        body = QUOTED.sub("", self._get_mail_text(msg_dict))
        words = NUMBER.findall(f"{subject}\n{body}"[:READ_CHARACTERS])
        numbers = [word for word in words if re.search(r"\d", word)]
        numbers = list(dict.fromkeys(numbers))[:READ_NUMBERS]
        return sorted({*numbers, *(number.upper() for number in numbers)})

    @api.model
    def _find_named(self, msg_dict):
        """The newest open return of the sender whose number the mail names."""
        numbers = self._find_numbers(msg_dict)
        address = email_normalize(msg_dict.get("email_from"))
        if not numbers or not address:
            return self.browse()
        senders = self.env["res.partner"].search([("email_normalized", "=", address)])
        if not senders:
            return self.browse()
        return self.search(
            [
                ("commercial_partner_id", "in", senders.commercial_partner_id.ids),
                ("state", "not in", ("closed", "cancelled")),
                ("direction", "=", "customer"),
                "|",
                ("rma_number", "in", numbers),
                ("name", "in", numbers),
            ],
            order="id desc",
            limit=1,
        )

    @api.model
    def _find_orders(self, numbers, partner, company):
        """Confirmed orders of this customer that the numbers mean: their own, the
        customer's, or that of an invoice. Override to find them by other numbers."""
        orders = self.env["sale.order"]
        if not numbers:
            return orders
        own = Domain("company_id", "=", company.id) & Domain(
            "commercial_partner_id", "=", partner.commercial_partner_id.id
        )
        orders |= orders.search(
            Domain("partner_id", "child_of", partner.commercial_partner_id.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "sale")
            & (
                Domain("name", "in", numbers)
                | Domain("client_order_ref", "in", numbers)
            )
        )
        invoices = self.env["account.move"].search(
            own
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("name", "in", numbers)
        )
        return orders | invoices.line_ids.sale_line_ids.order_id

    def action_open_mentioned_lines(self):
        """Open the window with the lines of the orders that the mail names."""
        self.ensure_one()
        self._check_role(ROLE_USER)
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(name)s is no draft any more, so no lines are added to it.",
                    name=self.display_name,
                )
            )
        create = self.env["rma.authorization.create"]
        return create.with_context(default_authorization_id=self.id)._open(
            self.mentioned_order_ids.order_line
        )

    # -- answers -----------------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_values):
        """Override of `mail`: with the customer's answer the clocks go on, by mail as
        on the portal."""
        res = super()._message_post_after_hook(message, msg_values)
        if self.env.context.get("rma_is_automatic_mail"):
            return res
        for authorization in self:
            if authorization.awaiting_customer and authorization._is_customers_answer(
                message
            ):
                # sudo: a customer may answer, and has no rights on returns
                authorization.sudo()._receive_information()
        return res

    def _is_customers_answer(self, message):
        """Whether the customer wrote this, and not one of us."""
        self.ensure_one()
        if message.message_type not in ("email", "comment") or message.is_internal:
            return False
        author_sudo = message.author_id.sudo()
        if author_sudo:
            return author_sudo.partner_share and (
                author_sudo.commercial_partner_id == self.sudo().commercial_partner_id
            )
        address = email_normalize(message.email_from)
        return bool(address) and address == email_normalize(self.sudo().email)

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Override of `mail`: answers go to the team's address, if it has one."""
        res = super()._notify_get_reply_to(default=default, author_id=author_id)
        with_alias_sudo = self.sudo().filtered("team_id.alias_email")
        aliases = with_alias_sudo.team_id._notify_get_reply_to(
            default=default, author_id=author_id
        )
        for authorization in with_alias_sudo:
            res[authorization.id] = aliases[authorization.team_id.id]
        return res
