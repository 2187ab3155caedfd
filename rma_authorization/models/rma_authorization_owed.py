# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import lock_rows
from .rma_authorization_decision import ROLE_MANAGER

_ACTIVITY = "rma_authorization.mail_activity_type_owed"
_MAIL = "rma_authorization.mail_template_owed"


class RmaAuthorizationOwed(models.AbstractModel):
    """Replaced in advance: whether that was allowed, what customers still owe us, when
    they are reminded of it, and what happens when it doesn't come."""

    _name = "rma.authorization.owed"
    _description = "Goods Owed to Us"
    _inherit = ["rma.authorization.clock"]

    amount_owed_goods = fields.Monetary(
        string="Goods Owed to Us",
        compute="_compute_owed",
        store=True,
        copy=False,
        help="Value of what was replaced in advance and has not come back.",
    )
    currency_id = fields.Many2one(comodel_name="res.currency")
    owed_deadline = fields.Date(
        string="Owed by",
        compute="_compute_owed",
        store=True,
        copy=False,
        help="The first day by which goods that were replaced in advance have to be "
        "here.",
    )
    owed_extended = fields.Date(
        string="Owed Goods Extended to", readonly=True, copy=False
    )
    owed_reminded_before = fields.Date(
        readonly=True, copy=False, help="The deadline of which was reminded before."
    )
    owed_reminded_on = fields.Date(
        readonly=True, copy=False, help="The deadline of which was reminded on the day."
    )
    owed_called = fields.Date(
        readonly=True, copy=False, help="The deadline after which somebody was told."
    )
    date_owed_reminder = fields.Date(
        string="Next Reminder of Owed Goods",
        compute="_compute_owed_dates",
        store=True,
        index="btree_not_null",
        copy=False,
    )
    date_owed_call = fields.Date(
        string="Owed Goods Fall Due",
        compute="_compute_owed_dates",
        store=True,
        index="btree_not_null",
        copy=False,
        help="The day after the deadline, on which the responsible is told.",
    )
    date_tracking = fields.Date(
        string="On Its Way since",
        compute="_compute_date_tracking",
        store=True,
        copy=False,
        help="When a tracking number was entered, or the carrier has scanned the "
        "parcel: from then on nobody is reminded, or invoiced, for some days.",
    )
    advance_approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Advance Approved by",
        readonly=True,
        copy=False,
        help="The manager who lets replacements go out before the goods are here.",
    )
    needs_advance_approval = fields.Boolean(
        compute="_compute_needs_advance_approval", compute_sudo=True
    )

    # -- computes ------------------------------------------------------------------

    @api.depends("line_ids.amount_owed_goods", "line_ids.owed_deadline")
    def _compute_owed(self):
        for authorization in self:
            lines = authorization.line_ids
            authorization.amount_owed_goods = sum(lines.mapped("amount_owed_goods"))
            authorization.owed_deadline = min(
                filter(None, lines.mapped("owed_deadline")), default=False
            )

    @api.depends(
        "owed_deadline",
        "owed_reminded_before",
        "owed_reminded_on",
        "owed_called",
        "date_tracking",
    )
    def _compute_owed_dates(self):
        for authorization in self:
            deadline = authorization.owed_deadline
            authorization.date_owed_reminder = authorization._get_owed_reminder()
            authorization.date_owed_call = (
                bool(deadline)
                and deadline != authorization.owed_called
                and deadline + relativedelta(days=1)
            )

    def _get_owed_reminder(self):
        """The day of the next reminder: some days before the deadline, and on it; never
        while a parcel is on its way."""
        self.ensure_one()
        deadline = self.owed_deadline
        if not deadline or deadline == self.owed_reminded_on:
            return False
        days = self.company_id.rma_advance_reminder_days
        if not days or deadline == self.owed_reminded_before:
            return deadline
        day = max(
            deadline - relativedelta(days=days),
            # not on the day on which the replacement arrives
            fields.Date.context_today(self) + relativedelta(days=1),
        )
        if self.date_tracking:
            day = max(day, self._get_transit_end())
        return min(day, deadline)

    @api.depends("tracking_ref")
    def _compute_date_tracking(self):
        """Another number for the parcel doesn't start its time anew."""
        for authorization in self:
            authorization.date_tracking = bool(authorization.tracking_ref) and (
                authorization.date_tracking or fields.Date.context_today(authorization)
            )

    @api.depends(
        "state",
        "advance_approved_by_id",
        "line_ids.advance",
        "line_ids.resolution",
        "line_ids.qty_to_settle",
        "company_id.rma_advance_condition",
    )
    def _compute_needs_advance_approval(self):
        for authorization in self:
            authorization.needs_advance_approval = (
                authorization.state in ("submitted", "authorized")
                and not authorization.advance_approved_by_id
                and any(
                    line._get_resolution_handler()._settles_before_receipt(line)
                    and (authorization.state != "authorized" or line.qty_to_settle)
                    for line in authorization.line_ids
                )
                # last, as the company is on no screen
                and authorization.company_id.rma_advance_condition != "none"
            )

    def _get_transit_end(self):
        """Until when a parcel on its way is waited for."""
        self.ensure_one()
        days = self.company_id.rma_advance_transit_days
        return self.date_tracking + relativedelta(days=days)

    # -- actions -------------------------------------------------------------------

    def action_approve_advance(self):
        """The manager's word that replacements may go out before the goods are here."""
        self._check_role(ROLE_MANAGER)
        lock_rows(self)
        self._record({"advance_approved_by_id": self.env.user.id})
        self._message_log_batch(
            bodies={
                authorization.id: self.env._("Replacement in advance approved")
                for authorization in self
            }
        )

    def action_waive_owed(self, reason=None):
        """The customers keep what was replaced in advance, for nothing.

        :param str reason: without it, the window asks for it
        :raise UserError: where nothing is owed
        """
        self._check_role(ROLE_MANAGER)
        if not reason:
            return self._ask_reason("action_waive_owed")
        lock_rows(self)
        self._check_owed()
        # sudo: what is waived is counted, not entered
        for line_sudo in self.sudo().line_ids:
            if line_sudo._has_open("qty_owed"):
                line_sudo.qty_owed_waived += line_sudo.qty_owed
        self._message_log_batch(
            bodies={
                authorization.id: self.env._(
                    "What was owed to us is waived: %(reason)s", reason=reason
                )
                for authorization in self
            }
        )
        self.sudo()._drop_owed_activities()
        return None

    def action_extend(self, days=None):
        """Extension: goods owed to us get as much more time, from today or from their
        own deadline."""
        deadlines = {
            authorization: authorization.owed_deadline for authorization in self
        }
        res = super().action_extend(days)
        for authorization, deadline in deadlines.items():
            if deadline:
                start = max(fields.Date.context_today(authorization), deadline)
                extra = days or authorization._get_term("validity_days")
                authorization._record(
                    {"owed_extended": start + relativedelta(days=extra)}
                )
        return res

    def _check_owed(self):
        for authorization in self:
            if not authorization.line_ids._has_open("qty_owed"):
                raise UserError(
                    self.env._(
                        "%(name)s: nothing that was replaced in advance is owed to us.",
                        name=authorization.display_name,
                    )
                )

    def _record_carrier_scan(self, date=None):
        """The carrier has the parcel: what it sends back is waited for, anew from here.

        :param date: of the scan, today by default
        """
        self._record({"date_tracking": date or fields.Date.context_today(self)})

    # -- what time brings ----------------------------------------------------------

    @api.model
    def _get_timed_steps(self):
        """Extension: reminders of what is owed, and what happens when it doesn't come.
        What was promised to arrive later is not reminded of as expiring."""
        today = fields.Date.context_today(self)
        return [
            *super()._get_timed_steps(),
            (
                "rma.authorization",
                [("date_owed_reminder", "<=", today), ("direction", "=", "customer")],
                "_remind_owed",
            ),
            ("rma.authorization", [("date_owed_call", "<=", today)], "_call_owed"),
        ]

    def _remind_owed(self):
        """Remind the customers of what they owe us; before each deadline, and on it."""
        today = fields.Date.context_today(self)
        for deadline, authorizations in self.grouped("owed_deadline").items():
            vals = {"owed_reminded_before": deadline}
            if deadline <= today:
                vals["owed_reminded_on"] = deadline
            authorizations._record(vals)
        self._queue_mail(_MAIL)

    def _call_owed(self):
        """The time is over."""
        for deadline, authorizations in self.grouped("owed_deadline").items():
            authorizations._record({"owed_called": deadline})
        self._claim_owed()

    def _claim_owed(self):
        """It is a person's turn: one activity each, for the responsible, or who leads
        the team. Override to act instead."""
        self._ask_assignees(
            _ACTIVITY,
            lambda authorization: authorization.env._(
                "Replaced in advance, and not returned by %(date)s",
                date=authorization.owed_deadline,
            ),
        )

    def _update_closure(self, reason=None):
        """Extension: nobody has to ask for what has arrived."""
        res = super()._update_closure(reason)
        self.filtered("owed_called").sudo()._drop_owed_activities()
        return res

    def _drop_owed_activities(self):
        self.filtered(
            lambda authorization: not authorization.line_ids._has_open("qty_owed")
        ).activity_unlink([_ACTIVITY])
