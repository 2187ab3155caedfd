# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_datetime

CHANNELS = [
    ("internal", "Entered by Us"),
    ("mail", "Mail"),
    ("portal", "Portal"),
    ("public", "Public Page"),
    ("api", "Other System"),
]
# Where customers build their requests themselves.
CUSTOMER_CHANNELS = ("portal", "public")
# Abandoned requests of customers are forgotten after so many days.
ABANDONED_DAYS = 30


class RmaAuthorizationPortal(models.AbstractModel):
    """What customers see of a return on its page, and what they may do there.

    Customers have no rights on returns. The pages find a return by its customer or
    its access token, and call these methods with all rights (sudo); nothing else
    takes what a customer has entered.
    """

    _name = "rma.authorization.portal"
    _description = "Return on the Portal"

    channel = fields.Selection(
        selection=CHANNELS,
        default="internal",
        required=True,
        copy=False,
        help="Where the request came from.",
    )
    is_prevented = fields.Boolean(
        string="Prevented by Self-help",
        readonly=True,
        copy=False,
        help="What the customer read before the request was handed in solved it.",
    )

    # -- who sees what -----------------------------------------------------------------

    @api.model
    def _get_customer_domain(self, partner):
        """The returns that this contact may see: of its company, and handed in, or
        begun on a page."""
        return fields.Domain(
            [
                (
                    "commercial_partner_id",
                    "=",
                    partner.commercial_partner_id.id,
                ),
                ("direction", "=", "customer"),
                "|",
                ("state", "!=", "draft"),
                ("channel", "in", CUSTOMER_CHANNELS),
                "|",
                ("state", "!=", "cancelled"),
                ("date_submitted", "!=", False),
            ]
        )

    @api.model
    def _get_allowed_access_params(self):
        """Override of `portal`, whose conversation isn't on these pages: a token opens
        them, and not core's ways to send messages and files past their checks."""
        return super()._get_allowed_access_params() - {"hash", "pid", "token"}

    def _is_unfinished(self):
        """Whether the customer is still writing this request."""
        self.ensure_one()
        return self.state == "draft" and self.channel in CUSTOMER_CHANNELS

    def _get_next_step(self):
        """Extension: nobody reviews what a customer is still writing."""
        return "none" if self._is_unfinished() else super()._get_next_step()

    @api.autovacuum
    def _forget_abandoned(self):
        """Delete what customers began on a page, and didn't hand in."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=ABANDONED_DAYS)
        self.search(
            [
                ("state", "=", "draft"),
                ("channel", "in", CUSTOMER_CHANNELS),
                ("write_date", "<", limit),
            ],
            limit=1000,
        ).unlink()

    def action_view_customer_page(self):
        """Look at the page of this return as the customer sees it; without its token,
        so that nobody acts there in the customer's place."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "target": "new", "url": self.access_url}

    # -- what they see -----------------------------------------------------------------

    def _get_timeline(self):
        """The way of this return, as the customer goes it.

        :return: list of dicts: ``label``, ``date`` (datetime, or None where it is
            ahead or unknown), ``status`` (done, current or open), ``note``
        """
        self.ensure_one()
        if self.state in ("refused", "cancelled", "expired"):
            return self._get_ended_timeline()
        steps = [
            (self.env._("Requested"), self.date_submitted, bool(self.date_submitted)),
            (self.env._("Authorized"), self.date_authorized, self._is_permitted()),
        ]
        if any(line._expects_goods() for line in self.line_ids):
            steps += self._get_transport_steps()
            arrived = self.receipt_status == "done"
            steps.append((self.env._("Received"), self._get_received_date(), arrived))
            if self.inspection_required:
                inspected = self.inspection_status == "done"
                date = max(self.inspection_ids.mapped("create_date"), default=None)
                steps.append((self.env._("Inspected"), date, inspected))
        # of what was closed without anything to settle, nothing is open either
        ended = ("done", "no") if self.state == "closed" else ("done",)
        settled = self._is_permitted() and self.settlement_status in ended
        steps.append((self._get_promise_label(), self._get_settled_date(), settled))
        steps.append((self.env._("Finished"), self.date_closed, self.state == "closed"))
        return self._mark_current(steps)

    @api.model
    def _mark_current(self, steps):
        """The first step that isn't done is the current one."""
        timeline, is_reached = [], False
        for label, date, is_done in steps:
            status = "done" if is_done else "open" if is_reached else "current"
            is_reached = is_reached or not is_done
            timeline.append(
                {
                    "label": label,
                    "date": is_done and date or None,
                    "status": status,
                    "note": "",
                }
            )
        return timeline

    def _get_ended_timeline(self):
        """The way of a return that ended before anything came back: its history."""
        labels = {
            "submitted": self.env._("Requested"),
            "authorized": self.env._("Authorized"),
            "refused": self.env._("Not Authorized"),
            "cancelled": self.env._("Withdrawn"),
            "expired": self.env._("Expired"),
        }
        return [
            {
                "label": labels.get(log.to_state, ""),
                "date": log.create_date,
                "status": "done",
                "note": "",
            }
            for log in self.log_ids.sorted("id")
            if log.to_state in labels
        ]

    def _is_permitted(self):
        return self.state in ("authorized", "closed")

    def _get_received_date(self):
        """When the last goods arrived, where documents tell; nothing otherwise.
        Override in an addon that has such documents."""
        self.ensure_one()
        return False

    def _get_settled_date(self):
        self.ensure_one()
        done = self.settlement_ids.filtered(lambda one: one.state == "done")
        return max(done.mapped("write_date"), default=None)

    def _get_promise_label(self):
        """What the customer gets, in a word."""
        self.ensure_one()
        labels = dict(
            self.line_ids._fields["resolution"]._description_selection(self.env)
        )
        promised = {
            labels[line.resolution]
            for line in self.line_ids
            if line.resolution not in ("none", "solved")
        }
        return ", ".join(sorted(promised)) or self.env._("Settled")

    def _get_customer_goods(self, limit):
        """Names of the goods on the first so many lines."""
        self.ensure_one()
        # no slice of the records: it would forget what is read with the other returns
        lines = list(self.line_ids)[:limit]
        return list(dict.fromkeys(line.product_id.display_name for line in lines))

    def _get_customer_step(self):
        """What happens next, and who must do it.

        :return: dict: ``text`` (a sentence), ``who`` (customer, us or nobody)
        """
        self.ensure_one()
        who, text = getattr(self, f"_get_step_{self.state}")()
        return {"text": text, "who": who}

    def _get_step_draft(self):
        return "customer", self.env._(
            "This request isn't finished. Complete it and hand it in."
        )

    def _get_step_submitted(self):
        if self.awaiting_customer:
            return "customer", self.env._(
                "We have a question: %(question)s Please answer it below.",
                question=self.question or "",
            )
        if self.date_promised:
            return "us", self.env._(
                "We look at your request. You have our answer by %(date)s. Please "
                "don't send anything yet.",
                date=format_datetime(
                    self.env,
                    self.date_promised,
                    tz=self.env.context.get("tz") or self.partner_id.tz or "UTC",
                    dt_format="short",
                ),
            )
        return "us", self.env._(
            "We look at your request, and then tell you. Please don't send anything "
            "yet."
        )

    def _get_step_authorized(self):
        if self.awaiting_customer:
            return self._get_step_submitted()
        step = self.next_step
        if step == "receive":
            return self._get_step_receive()
        if step == "inspect":
            return "us", self.env._("Your goods have arrived. We are checking them.")
        if step == "settle":
            return "us", self.env._(
                "Everything is there. We prepare this: %(promise)s.",
                promise=self._get_promise_label(),
            )
        return "us", self.env._("The last papers are under way.")

    def _get_step_refused(self):
        if self._may_appeal():
            return "customer", self.env._(
                "We could not authorize this return. If you see it differently, you "
                "may ask us once to look at it again."
            )
        return "nobody", self.env._("We could not authorize this return.")

    def _get_step_cancelled(self):
        return "nobody", self.env._("This request was withdrawn.")

    def _get_step_expired(self):
        return "customer", self.env._(
            "The time to send the goods is over. Write to us if you still want to."
        )

    def _get_step_closed(self):
        return "nobody", self.env._("This return is finished.")

    def _get_customer_documents(self):
        """The documents that the customer may open.

        :return: list of dicts: ``label``, ``name``, ``url``, ``note``. Override to
            add those of another addon.
        """
        self.ensure_one()
        return [
            {
                "label": self.env._("Replacement"),
                "name": order.name,
                "url": order.get_portal_url(),
                "note": dict(order._fields["state"]._description_selection(self.env))[
                    order.state
                ],
            }
            for order in self.replacement_order_ids
            if order.state in ("sent", "sale")
        ]

    def _get_return_address(self):
        """Where customers send their goods, or bring them."""
        self.ensure_one()
        if self.transport == "drop_off" and self.dropoff_partner_id:
            return self.sudo().dropoff_partner_id
        company_sudo = self.sudo().company_id
        return company_sudo.rma_return_partner_id or company_sudo.partner_id

    def _get_customer_evidence(self):
        """The files that the customer may see: those sent by customers, and those of
        messages to the customer; not what colleagues have attached for themselves."""
        self.ensure_one()
        return self._get_uploads() | self._get_customer_messages().attachment_ids

    def _get_customer_fees(self):
        """What the customer may have to pay, in words, before it is handed in.
        Override in an addon that knows charges.

        :rtype: list of str
        """
        self.ensure_one()
        if "customer" in self.line_ids.mapped("freight_payer"):
            return [self.env._("You pay for sending the goods back.")]
        return []

    def _get_customer_messages(self):
        """The conversation, as far as it is the customer's: the oldest first."""
        self.ensure_one()
        return self.website_message_ids.filtered(
            lambda message: (
                not message.is_internal
                and message.subtype_id
                and not message.subtype_id.internal
            )
        ).sorted("id")

    # -- what they do ------------------------------------------------------------------

    def _may_withdraw(self):
        """Whether the customer may still take the request back."""
        self.ensure_one()
        return (
            self.state in ("submitted", "authorized", "expired")
            and not self.line_ids._has_started()
        )

    def _withdraw(self):
        """The customer takes the request back.

        :raise UserError: once something was received, replaced or credited
        """
        self.ensure_one()
        if self.state == "cancelled":
            return
        self._cancel(self.env._("Withdrawn by the customer"))

    def _may_appeal(self):
        self.ensure_one()
        return self.state == "refused" and not self.is_appealed

    def _appeal(self, text):
        """The customer asks for a second look, and says why.

        :raise UserError: without words, or where it isn't possible (any more)
        """
        self.ensure_one()
        if not text.strip():
            raise UserError(self.env._("Please tell us why you see it differently."))
        self.action_appeal()

    def _may_rate(self):
        """Whether the customer may say how the return was: once it is finished."""
        self.ensure_one()
        return self.state == "closed" and not self._get_rating()

    def _get_rating(self):
        """What the customer has said about this return, if anything."""
        self.ensure_one()
        return self.rating_ids.filtered("consumed")[:1]

    def _rate(self, rate, feedback):
        """The customer says how it was; once.

        :param int rate: 1, 3 or 5
        :raise UserError: before the end, twice, or for another number
        """
        self.ensure_one()
        if not self._may_rate():
            raise UserError(
                self.env._("You can tell us once how it was, when it is finished.")
            )
        if rate not in (1, 3, 5):
            raise UserError(self.env._("Please choose one of the answers."))
        self.rating_apply(
            rate, token=self._rating_get_access_token(), feedback=feedback
        )

    def _write_message(self, author, text, attachments=None):
        """A message of the customer, with files; it answers what we asked.

        :param author: the contact who writes
        :param attachments: files of this return
        :raise UserError: where there is nothing to say
        """
        self.ensure_one()
        if not text.strip() and not attachments:
            raise UserError(self.env._("Please write a message, or choose a file."))
        return self.message_post(
            author_id=author.id,
            body=plaintext2html(text.strip()),
            attachment_ids=attachments and attachments.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _solve_by_self_help(self, guide=None):
        """What the customer read has solved it: a return prevented.

        :param guide: the guide that did, where it is known
        """
        self.ensure_one()
        if not self._is_unfinished():
            raise UserError(self.env._("This request was handed in already."))
        self._cancel(self.env._("Solved by self-help"))
        self._record({"is_prevented": True, "guide_id": guide and guide.id})
