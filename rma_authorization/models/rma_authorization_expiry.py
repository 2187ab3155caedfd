# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..tools import lock_rows
from .rma_authorization_decision import ROLE_USER


class RmaAuthorizationExpiry(models.AbstractModel):
    """The customer's times: until when goods come back, or a question is answered; the
    reminder before, what happens after, and how the time is extended."""

    _name = "rma.authorization.expiry"
    _description = "Return Expiry"
    _inherit = ["rma.authorization.review"]

    reminded_deadline = fields.Date(
        readonly=True,
        copy=False,
        help="The day of which the customer was reminded.",
    )
    date_reminder = fields.Date(
        string="Reminder on",
        compute="_compute_date_reminder",
        store=True,
        index="btree_not_null",
        copy=False,
        help="When the customer is reminded of the day by which the goods have to be "
        "back; once for each such day.",
    )
    date_answer_by = fields.Datetime(
        string="Answer by",
        compute="_compute_date_answer_by",
        store=True,
        index="btree_not_null",
        copy=False,
        help="A request on which the customer has answered no question by then is "
        "closed.",
    )

    # -- computes --------------------------------------------------------------------

    @api.depends("date_deadline", "reminded_deadline", "line_ids.policy_id")
    def _compute_date_reminder(self):
        """Not on the day on which the customer is told about the deadline itself."""
        tomorrow = fields.Date.context_today(self) + relativedelta(days=1)
        for authorization in self:
            deadline = authorization.date_deadline
            days = authorization._get_term("reminder_days")
            if not deadline or not days or deadline == authorization.reminded_deadline:
                authorization.date_reminder = False
                continue
            day = max(deadline - relativedelta(days=days), tomorrow)
            authorization.date_reminder = day <= deadline and day

    @api.depends("date_awaiting", "line_ids.policy_id")
    def _compute_date_answer_by(self):
        for authorization in self:
            days = authorization._get_term("answer_days")
            authorization.date_answer_by = (
                bool(days)
                and authorization.date_awaiting
                and authorization.date_awaiting + relativedelta(days=days)
            )

    def _get_term(self, name):
        """A term of the lines' policies, in days, or of the company where none of them
        sets it."""
        self.ensure_one()
        return self._get_policy_term(name) or self.company_id[f"rma_{name}"]

    # -- extend ------------------------------------------------------------------------

    def action_extend(self, days=None):
        """Give the customer more time: from today, or from a deadline still ahead.

        Expired authorizations become valid again, if the goods may still be returned.

        :param int days: by default the validity in days, by policy or company
        """
        self._check_role(ROLE_USER)
        lock_rows(self)
        for authorization in self:
            if authorization.state not in ("authorized", "expired"):
                authorization._check_transition("expired")
            today = fields.Date.context_today(authorization)
            start = max(today, authorization.date_deadline or today)
            authorization.date_deadline = start + relativedelta(
                days=days or authorization._get_term("validity_days")
            )
        extended = self.filtered(lambda expired: expired.state == "expired")
        extended._change_state("authorized", self.env._("Extended"))
        extended.line_ids._check_returnable()
        self._tell_extended()
        return extended

    def _tell_extended(self):
        """The mail with the label names the new day by itself, where it still waits."""
        template = self._get_templates(["rma_authorization.mail_template_authorized"])
        untold = self._filter_waiting([("template_id", "in", template.ids)])
        (self - untold)._queue_mail("rma_authorization.mail_template_extended")

    # -- what time brings ------------------------------------------------------------

    def _expire(self):
        expired = self._change_state("expired", self.env._("Not returned in time"))
        expired._queue_mail("rma_authorization.mail_template_expired")
        return expired

    def _remind(self):
        """Remind the customers once of each deadline."""
        for deadline, authorizations in self.grouped("date_deadline").items():
            authorizations._record({"reminded_deadline": deadline})
        self._queue_mail("rma_authorization.mail_template_reminder")

    def _close_unanswered(self):
        """Cancel requests on which the customer has answered no question."""
        unanswered = self._cancel(self.env._("The customer has not answered"))
        unanswered._queue_mail("rma_authorization.mail_template_unanswered")

    @api.model
    def _get_timed_steps(self):
        """What the scheduled action does, in this order: tuples of a model, the domain
        of what has to be done there, and the method that does it for a batch."""
        today = fields.Date.context_today(self)
        return [
            ("rma.authorization", self._get_expired_domain(), "_expire"),
            (
                "rma.authorization",
                [
                    ("date_reminder", "<=", today),
                    ("date_deadline", ">=", today),
                    ("state", "=", "authorized"),
                    ("next_step", "=", "receive"),
                    ("direction", "=", "customer"),
                    # what was replaced in advance doesn't expire: it is owed
                    ("line_ids", "not any", [("qty_owed", ">", 0)]),
                ],
                "_remind",
            ),
            (
                "rma.authorization",
                [
                    ("date_answer_by", "<", fields.Datetime.now()),
                    ("state", "in", ("draft", "submitted")),
                    ("awaiting_customer", "=", True),
                ],
                "_close_unanswered",
            ),
        ]

    @api.model
    def _get_expired_domain(self):
        return [
            ("state", "=", "authorized"),
            ("next_step", "=", "receive"),
            ("date_deadline", "<", fields.Date.context_today(self)),
            # nothing came, nor did a replacement go out in advance (R18)
            ("receipt_status", "in", ("no", "pending")),
            (
                "line_ids",
                "not any",
                ["|", ("qty_settled", ">", 0), ("qty_settling", ">", 0)],
            ),
        ]
