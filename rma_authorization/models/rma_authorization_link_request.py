# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

_logger = logging.getLogger(__name__)

# Where the links of each purpose lead.
PATHS = {"return": "/returns/new", "withdraw": "/returns/withdraw"}

# Who asks again while the mail is on its way needs no second one.
JOIN_WITHIN = relativedelta(minutes=10)


class RmaAuthorizationLinkRequest(models.Model):
    """Somebody without an account asked for the link to return goods of an order.

    Whether the order exists is found out in the background: what the page answers, and
    how long that takes, tells nothing. The mail goes to an address that we have known
    before, never to one that was typed; what was typed is forgotten afterwards.
    """

    _name = "rma.authorization.link.request"
    _description = "Request for a Link"
    _order = "id desc"
    _rec_name = "order_id"

    number = fields.Char(readonly=True, help="The order, as it was typed.")
    secret = fields.Char(readonly=True, help="What was typed to prove it.")
    purpose = fields.Selection(
        selection=[
            ("return", "Return Goods"),
            ("withdraw", "Withdraw from the Contract"),
        ],
        default="return",
        required=True,
        readonly=True,
        help="What the order was asked for.",
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("unknown", "Nothing Found"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_id.company_id")
    date_sent = fields.Datetime(readonly=True)

    # -- match -------------------------------------------------------------------------

    @api.model
    def _simplify(self, number):
        """A number as it is compared and counted, however it was typed."""
        return "".join((number or "").replace("\x00", "").split()).upper()

    @api.model
    def _get_spellings(self, number):
        """The number as typed, and in capitals."""
        plain = "".join((number or "").replace("\x00", "").split())
        return list({plain, plain.upper()})

    @api.model
    def _match(self, number, secret, links):
        """The order with this number on which this e-mail address or postcode stands;
        one query, so that a wrong secret takes as long as an unknown order.

        :param links: `rma_public_link` of the companies whose orders count
        :return: the order and the contact on it who proved it, both empty if none
        """
        order, partner = self.env["sale.order"], self.env["res.partner"]
        secret = (secret or "").replace("\x00", "")
        order.flush_model()
        partner.flush_model()
        self.env["res.company"].flush_model(["rma_public_link"])
        rows = self.env.execute_query(
            SQL(
                r"""
                SELECT sale.id, partner.id
                FROM sale_order sale
                JOIN res_company company ON company.id = sale.company_id
                JOIN res_partner partner ON partner.id IN (
                    sale.partner_id, sale.partner_invoice_id, sale.partner_shipping_id
                )
                WHERE sale.name = ANY(%(names)s) AND sale.state = 'sale'
                AND company.rma_public_link = ANY(%(links)s)
                AND (
                    partner.email_normalized = %(email)s
                    OR upper(regexp_replace(partner.zip, '[\W_]', '', 'g'))
                        = %(postcode)s
                )
                ORDER BY sale.id DESC, partner.id = sale.partner_id DESC
                LIMIT 1
                """,
                names=self._get_spellings(number),
                links=list(links),
                email=email_normalize(secret) or None,
                postcode=re.sub(r"[\W_]", "", secret).upper() or None,
            )
        )
        for order_id, partner_id in rows:
            return order.browse(order_id), partner.browse(partner_id)
        return order, partner

    @api.model
    def _has_mailing_companies(self):
        """Whether there are companies whose links are mailed, never shown."""
        companies_sudo = self.env["res.company"].sudo()
        return bool(
            companies_sudo.search_count([("rma_public_link", "=", "mail")], limit=1)
        )

    # -- answer ------------------------------------------------------------------------

    @api.model
    def _ask(self, number, secret, purpose="return"):
        """Keep what was typed, and look it up in the background."""
        # sudo: visitors have no rights on anything here
        self.sudo().create({"number": number, "secret": secret, "purpose": purpose})
        self.env.ref("rma_authorization.ir_cron_send_links").sudo()._trigger()

    @api.model
    def _cron_send_links(self, limit=100):
        """Answer what waits, each request in a transaction of its own."""
        cron = self.env["ir.cron"]
        for _number in range(limit):
            waiting = self._take_next()
            if not waiting:
                break
            waiting._answer()
            if not cron._commit_progress(1):
                break
        cron._commit_progress(remaining=self.search_count([("state", "=", "waiting")]))

    @api.model
    def _take_next(self):
        """The oldest that waits, locked; those that another worker has are passed."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM rma_authorization_link_request WHERE state = 'waiting'
                ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
                """
            )
        )
        return self.browse(row[0] for row in rows)

    def _answer(self):
        """Send the link, if the order is known; forget what was typed."""
        self.ensure_one()
        order, prover = self._match(self.number, self.secret, ("mail", "show"))
        recipient = self._get_recipient(order, prover)
        vals = {"number": False, "secret": False, "state": "unknown"}
        if recipient and not self._was_sent_lately(order, recipient):
            vals.update(
                order_id=order.id,
                partner_id=recipient.id,
                state="sent",
                date_sent=fields.Datetime.now(),
            )
        self.write(vals)
        if self.state == "sent":
            self._send()

    @api.model
    def _get_recipient(self, order, prover):
        """Who proved it, where we can write to them; else the customer."""
        candidates = prover | order.partner_id | order.partner_id.commercial_partner_id
        return candidates.filtered(lambda partner: email_normalize(partner.email))[:1]

    @api.model
    def _was_sent_lately(self, order, recipient):
        return bool(
            self.search_count(
                [
                    ("order_id", "=", order.id),
                    ("partner_id", "=", recipient.id),
                    ("purpose", "=", self.purpose),
                    ("date_sent", ">", fields.Datetime.now() - JOIN_WITHIN),
                ],
                limit=1,
            )
        )

    def _send(self):
        template = self.env.ref(
            "rma_authorization.mail_template_link", raise_if_not_found=False
        )
        if not template or not template.active:
            _logger.warning("No link is mailed: its template is deleted or archived.")
            return
        template.send_mail(self.id, email_layout_xmlid="mail.mail_notification_layout")
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # -- what the mail says ------------------------------------------------------------

    @api.model
    def _get_path(self, order, purpose):
        """The signed address under which an order can be returned."""
        return f"{PATHS[purpose]}/{order._get_rma_link_token()}"

    def _get_link(self):
        """The address for the mail."""
        self.ensure_one()
        path = self._get_path(self.order_id, self.purpose)
        return f"{self.order_id.get_base_url()}{path}"

    def _get_link_end(self):
        """Until when the link works, in UTC."""
        self.ensure_one()
        return (self.date_sent or fields.Datetime.now()) + relativedelta(
            hours=self.order_id._get_rma_link_hours()
        )

    def _get_timezone(self):
        """The time zone in which the mail tells that."""
        self.ensure_one()
        company = self.company_id
        return self.partner_id.tz or company.resource_calendar_id.tz or "UTC"

    @api.autovacuum
    def _gc_link_requests(self):
        """Forget who asked yesterday."""
        yesterday = fields.Datetime.now() - relativedelta(days=1)
        self.search(
            [("state", "!=", "waiting"), ("create_date", "<", yesterday)]
        ).unlink()
