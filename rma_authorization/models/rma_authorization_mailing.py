# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, ormcache
from odoo.tools.misc import formatLang

ROLE_USER = "rma_authorization.group_rma_user"

# What a mail makes untrue, or superfluous, while it still waits.
SUPERSEDED = {
    "authorized": ("submitted", "appealed"),
    "refused": ("submitted", "appealed"),
    "appealed": ("refused",),
    "withdrawal": ("submitted",),
    "received": ("pickup", "label"),
    "inspected": ("received", "pickup", "label"),
    "unanswered": ("cancelled", "submitted"),
    "expired": ("reminder",),
    "extended": ("reminder", "expired"),
    "closed": (
        "reminder",
        "received",
        "inspected",
        "reopened",
        "owed",
        "pickup",
        "label",
    ),
    "reopened": ("closed",),
}


def get_template_xmlid(event):
    """The external id of the template of an event of this addon."""
    return f"rma_authorization.mail_template_{event}"


class RmaAuthorizationMailing(models.AbstractModel):
    """What the customer is told, by mail, in their language.

    An event is a template: whoever archives the template switches its mails off.
    """

    _name = "rma.authorization.mailing"
    _description = "Return Mails"
    _inherit = ["rma.authorization.flow"]

    mail_ids = fields.One2many(
        comodel_name="rma.authorization.mail",
        inverse_name="authorization_id",
        string="Mails to the Customer",
        readonly=True,
    )
    mail_sender = fields.Char(
        compute="_compute_mail_sender",
        help="The responsible, the company, or what the mail server sends from.",
    )
    question = fields.Text(
        readonly=True, copy=False, help="What we have asked the customer."
    )
    is_questioned = fields.Boolean(
        string="Asked before the Decision",
        # written with new returns: of those before there was the flag it isn't known
        default=False,
        readonly=True,
        copy=False,
        help="The request couldn't be decided as it was handed in.",
    )

    @api.depends("user_id", "company_id")
    def _compute_mail_sender(self):
        for authorization in self:
            senders = authorization._get_senders()
            authorization.mail_sender = next(
                (sender for sender in senders if email_normalize(sender)), False
            )

    def _get_senders(self):
        """Who could send, the best first; some may have no valid address."""
        self.ensure_one()
        # sudo: a customer's page shows who writes without rights on users
        user_sudo, company_sudo = self.user_id.sudo(), self.company_id.sudo()
        return [
            user_sudo.active and user_sudo.email_formatted,
            company_sudo.email_formatted,
            company_sudo.catchall_formatted,
            company_sudo.default_from_email,
            self.env["ir.mail_server"].sudo()._get_default_from_address(),
            self.env["ir.config_parameter"].sudo().get_param("mail.default.from"),
            self.env.ref("base.partner_root").sudo().email_formatted,
        ]

    # -- queue -------------------------------------------------------------------------

    def _queue_mail(self, template_xmlid, date=None):
        """Tell the customers of this event, with the next run of the queue.

        Suppliers are told by the documents of the return instead. An archived template
        means that the company tells nothing of the event.

        :param date: the time from which it may be sent; now by default
        """
        customers = self.filtered(lambda sent: sent.direction == "customer")
        if not customers:
            return
        superseded = self._get_superseded(template_xmlid)
        template = self._get_active_template(template_xmlid)
        if not template:
            customers._withdraw_mail(*superseded)
            return
        # sudo: whoever takes the step may have no rights on the queue
        self.env["rma.authorization.mail"].sudo()._queue(
            customers, template, date, self._get_templates(superseded)
        )

    @api.model
    def _get_superseded(self, template_xmlid):
        """External ids of the templates that needn't be sent once this event happens.
        Override to add those of another addon."""
        return [
            get_template_xmlid(old)
            for event, events in SUPERSEDED.items()
            if template_xmlid == get_template_xmlid(event)
            for old in events
        ]

    @api.model
    def _get_active_template(self, xmlid):
        """The template of this event; none where nobody is told of it."""
        return self.env["mail.template"].browse(self._find_active_template_ids(xmlid))

    @api.model
    @ormcache("xmlid")
    def _find_active_template_ids(self, xmlid):
        # sudo: whoever takes a step may have no rights on templates
        return tuple(self._get_templates([xmlid]).sudo().filtered("active").ids)

    @api.model
    def _get_templates(self, xmlids):
        """The templates of these external ids that weren't deleted."""
        # from the cache: `env.ref` would ask the database whether each still exists
        find = self.env["ir.model.data"]._xmlid_to_res_id
        ids = [find(xmlid, raise_if_not_found=False) for xmlid in xmlids]
        return self.env["mail.template"].browse(filter(None, ids))

    def _withdraw_mail(self, *template_xmlids):
        """Don't send these mails where they still wait: they aren't true any more.

        :return: the authorizations whose customer would have been told
        """
        templates = self._get_templates(template_xmlids)
        if not self or not templates:
            return self.browse()
        return self._withdraw_waiting([("template_id", "in", templates.ids)])

    def _withdraw_waiting(self, domain=()):
        """Don't send whatever waits, or what of it matches the domain."""
        waiting_sudo = self._get_waiting(domain)
        waiting_sudo._withdraw()
        return self & waiting_sudo.authorization_id.sudo(self.env.su)

    def _filter_waiting(self, domain=()):
        """Those for whose customer a mail waits that matches the domain."""
        return self & self._get_waiting(domain).authorization_id.sudo(self.env.su)

    def _get_waiting(self, domain):
        # sudo: only these steps read and write the queue of all
        return (
            self.env["rma.authorization.mail"]
            .sudo()
            .search(
                [
                    ("authorization_id", "in", self.ids),
                    ("state", "=", "queued"),
                    *domain,
                ]
            )
        )

    def _filter_told(self, *template_xmlids):
        """Those whose customer has got one of these mails, or any mail at all."""
        if not self:
            return self
        domain = [("authorization_id", "in", self.ids), ("state", "=", "sent")]
        if template_xmlids:
            templates = self._get_templates(template_xmlids)
            domain.append(("template_id", "in", templates.ids))
        told_sudo = self.env["rma.authorization.mail"].sudo().search(domain)
        return self & told_sudo.authorization_id.sudo(self.env.su)

    @api.model
    def _cron_send_mails(self, limit=50):
        """Send the queued mails, each on its own: a failing one holds up no other."""
        self.env["rma.authorization.mail"]._send_queued(limit)

    # -- write -------------------------------------------------------------------------

    def _post_mail(self, template, **vals):
        """Write the mail of one return, and hand it over to the mail server.

        :param vals: further values of the composer
        :raise UserError: where the customer has no address
        :return: the message
        """
        self.ensure_one()
        if not self._has_address():
            raise UserError(
                self.env._(
                    "%(customer)s has no valid mail address. Enter one on the contact, "
                    "then send the mail once more.",
                    customer=self.partner_id.display_name,
                )
            )
        composer = (
            self.env["mail.compose.message"]
            .with_context(
                default_composition_mode="comment",
                default_model=self._name,
                default_res_ids=self.ids,
                default_template_id=template.id,
            )
            .create(
                {
                    "message_type": "notification",
                    "subtype_id": self.env.ref("mail.mt_comment").id,
                    "email_layout_xmlid": "mail.mail_notification_layout_with_"
                    "responsible_signature",
                    **vals,
                }
            )
        )
        composer.attachment_ids |= self._get_mail_attachments(template)
        _mails, message = composer._action_send_mail()
        return message

    def _post_question(self):
        """Ask now, as this user, what is in `question`: it belongs to a conversation.
        Where its template is switched off, or the customer has no address, it is a
        message of nothing but these words."""
        template = self._get_templates(["rma_authorization.mail_template_information"])
        for authorization in self:
            if template.active and authorization._has_address():
                authorization._post_mail(
                    template, author_id=self.env.user.partner_id.id
                )
            else:
                authorization.message_post(
                    body=authorization.question,
                    partner_ids=authorization.partner_id.ids,
                    subtype_xmlid="mail.mt_comment",
                )

    def _has_address(self):
        self.ensure_one()
        return bool(email_normalize(self.partner_id.email))

    def _get_mail_attachments(self, template):
        """Documents that go along with this mail, beside the template's own reports.
        Override to add those of another addon.

        :rtype: ir.attachment recordset
        """
        return self.env["ir.attachment"]

    def _format_qty(self, qty):
        """A quantity as the customer writes it: no needless zeros, own separators."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        _whole, _point, decimals = f"{qty:.{digits}f}".rstrip("0").partition(".")
        return formatLang(self.env, qty, digits=len(decimals))
