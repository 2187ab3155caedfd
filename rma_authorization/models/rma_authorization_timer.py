# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models

from ..work_clock import WorkClock

_logger = logging.getLogger(__name__)

# Timers that hold their milestone: a second one isn't started beside them.
OPEN_STATES = ("running", "paused", "stopped")
# Timers whose due time still follows what it depends on.
TICKING_STATES = ("running", "paused")


class RmaAuthorizationTimer(models.Model):
    """One clock of a return: from when to when, how long it stood still, and whether
    it was in time.

    A milestone that comes again (an appeal, a reopened return, a second arrival) gets
    a timer of its own, so what was late stays so. Only the flow writes timers:
    `rma.authorization.clock` starts, pauses and ends them.
    """

    _name = "rma.authorization.timer"
    _description = "Return Timer"
    _inherit = ["rma.authorization.milestone"]
    _order = "date_start desc, id desc"
    _rec_name = "authorization_id"

    authorization_id = fields.Many2one(
        comodel_name="rma.authorization", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        index="btree_not_null",
        ondelete="cascade",
        help="Inspection and resolution are timed for each line.",
    )
    company_id = fields.Many2one(
        related="authorization_id.company_id", store=True, index=True, precompute=True
    )
    team_id = fields.Many2one(
        related="authorization_id.team_id",
        store=True,
        index="btree_not_null",
        precompute=True,
    )
    user_id = fields.Many2one(
        related="authorization_id.user_id",
        string="Responsible",
        store=True,
        index="btree_not_null",
        precompute=True,
    )
    partner_id = fields.Many2one(related="authorization_id.partner_id")
    state = fields.Selection(
        selection=[
            ("running", "Running"),
            ("paused", "Paused"),
            ("stopped", "Stopped"),
            ("done", "In Time"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
        ],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    # target
    target_id = fields.Many2one(
        comodel_name="rma.authorization.target",
        compute="_compute_target",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    hours = fields.Float(
        string="Target Hours",
        compute="_compute_target",
        store=True,
        precompute=True,
        aggregator="avg",
        help="Working hours, as promised when the clock was started.",
    )
    # time
    date_start = fields.Datetime(
        string="Started", default=fields.Datetime.now, required=True
    )
    date_paused = fields.Datetime(string="Paused since")
    paused_hours = fields.Float(
        string="Hours Paused", help="Working hours in which others had to answer."
    )
    date_done = fields.Datetime(string="Ended")
    hours_used = fields.Float(
        aggregator="avg", help="Working hours until the end, without the pauses."
    )
    date_due = fields.Datetime(
        string="Due",
        compute="_compute_date_due",
        store=True,
        index=True,
        precompute=True,
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        store=True,
        index=True,
        precompute=True,
    )
    late_share = fields.Float(
        string="Late (%)",
        compute="_compute_late_share",
        store=True,
        precompute=True,
        aggregator="avg",
    )
    reason = fields.Text(help="Why the clock was stopped by hand.")
    # what the cron has to do about it
    date_warn = fields.Datetime(
        compute="_compute_date_due", store=True, precompute=True
    )
    date_escalation = fields.Datetime(
        compute="_compute_date_due", store=True, precompute=True
    )
    alarm = fields.Selection(
        selection=[
            ("warned", "Warned"),
            ("late", "Late"),
            ("escalated", "Escalated"),
        ],
        help="What was done about the due time in `alarm_date_due`.",
    )
    alarm_date_due = fields.Datetime()
    date_alarm = fields.Datetime(
        compute="_compute_date_alarm",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="When the scheduled action has to look at it next.",
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity", ondelete="set null", index="btree_not_null"
    )

    # -- computes --------------------------------------------------------------------

    @api.depends(
        "authorization_id.priority",
        "authorization_id.team_id",
        # of `line_id`, too: it is one of them
        "authorization_id.line_ids.policy_id",
    )
    def _compute_target(self):
        """Follows what the return is judged by, as long as the clock runs. A target
        that is changed is for the clocks started from then on."""
        targets = self.env["rma.authorization.target"]._get_all()
        for timer in self:
            if timer.state in TICKING_STATES:
                target = targets._select(
                    timer.milestone,
                    timer.authorization_id,
                    self._get_policies(timer.authorization_id, timer.line_id),
                )
                timer.update(
                    self._prepare_target_vals(
                        {"milestone": timer.milestone}, target or timer.target_id
                    )
                )
            else:
                timer.target_id = timer.target_id
                timer.hours = timer.hours

    @api.depends(
        "hours",
        "paused_hours",
        "date_start",
        "target_id",
        "authorization_id.team_id",
        "authorization_id.date_deadline",
    )
    def _compute_date_due(self):
        """A pause moves the due time by the working hours that it took."""
        clock = WorkClock()
        for timer in self:
            if timer.state not in TICKING_STATES:
                timer.date_due = timer.date_due
                timer.date_warn = timer.date_warn
                timer.date_escalation = timer.date_escalation
                continue
            due = timer._get_due(clock)
            target = timer.target_id
            timer.date_due = due
            timer.date_warn = (
                due
                and target.warn_hours
                and timer._plan(clock, due, -target.warn_hours)
            )
            timer.date_escalation = (
                due
                and target.escalation_hours
                and timer._plan(clock, due, target.escalation_hours)
            )

    @api.depends("date_due", "date_done", "date_paused")
    def _compute_is_late(self):
        """The scheduled action has this computed anew once the due time is over."""
        now = fields.Datetime.now()
        for timer in self:
            until = timer.date_done or timer.date_paused or now
            timer.is_late = bool(timer.date_due and timer.date_due < until)

    @api.depends("is_late")
    def _compute_late_share(self):
        for timer in self:
            timer.late_share = 100.0 if timer.is_late else 0.0

    @api.depends(
        "state", "date_due", "date_warn", "date_escalation", "alarm", "alarm_date_due"
    )
    def _compute_date_alarm(self):
        for timer in self:
            timer.date_alarm = timer._get_next_alarm()

    def _get_next_alarm(self):
        """Warning, due time, escalation: each once for one due time."""
        self.ensure_one()
        if self.state != "running":
            return False
        alarm = self.alarm if self.alarm_date_due == self.date_due else False
        if alarm in ("late", "escalated"):
            return alarm == "late" and self.date_escalation
        return (not alarm and self.date_warn) or self.date_due

    # -- working hours ---------------------------------------------------------------

    def _get_calendar(self):
        """Working hours of the team, or of the company."""
        self.ensure_one()
        authorization = self.authorization_id
        return (
            authorization.team_id.calendar_id
            or authorization.company_id._get_rma_calendar()
        )

    def _plan(self, clock, start, hours):
        self.ensure_one()
        return clock.plan(
            self._get_calendar(), self.authorization_id.company_id, start, hours
        )

    def _count(self, clock, start, end):
        self.ensure_one()
        return clock.count(
            self._get_calendar(), self.authorization_id.company_id, start, end
        )

    def _get_due(self, clock):
        """When it has to be reached; the receipt by the end of the day that the
        customer was told, whatever the working hours."""
        self.ensure_one()
        if self.milestone == "receipt":
            return self._get_end_of_day(self.authorization_id.date_deadline)
        if not self.hours:
            return False
        return self._plan(clock, self.date_start, self.hours + self.paused_hours)

    def _get_end_of_day(self, day):
        self.ensure_one()
        if not day:
            return False
        calendar = self._get_calendar()
        tz = timezone(calendar and calendar._get_rma_timezone() or "UTC")
        midnight = datetime.combine(day + timedelta(days=1), time.min)
        return tz.localize(midnight).astimezone(utc).replace(tzinfo=None)

    # -- start, pause, end -----------------------------------------------------------

    @api.model
    def _get_key_fields(self):
        """What tells the open timers of a milestone apart. Override to add a document
        that is timed on its own."""
        return ["authorization_id", "milestone", "line_id"]

    def _get_key(self):
        self.ensure_one()
        return tuple(
            self[name].id if self._fields[name].relational else self[name]
            for name in self._get_key_fields()
        )

    @api.model
    def _start(self, vals_list):
        """Start the clocks for which there is a target; the receipt has its day."""
        targets = self.env["rma.authorization.target"]._get_all()
        lines = self.env["rma.authorization.line"]
        started = []
        for vals in vals_list:
            authorization = self.env["rma.authorization"].browse(
                vals["authorization_id"]
            )
            target = targets._select(
                vals["milestone"],
                authorization,
                self._get_policies(authorization, lines.browse(vals["line_id"] or [])),
            )
            if target or vals["milestone"] == "receipt":
                started.append({**vals, **self._prepare_target_vals(vals, target)})
        return self.create(started)

    @api.model
    def _prepare_target_vals(self, vals, target):
        is_timed = vals["milestone"] != "receipt"
        return {"target_id": target.id, "hours": target.hours if is_timed else 0.0}

    @api.model
    def _get_policies(self, authorization, line):
        """Of the line, or of all lines where the whole return is timed."""
        return (line or authorization.line_ids).policy_id

    def _pause(self):
        """Let these clocks stand still: somebody else has to answer."""
        running = self.filtered(lambda timer: timer.state == "running")
        running.write({"state": "paused", "date_paused": fields.Datetime.now()})

    def _resume(self):
        """Let these clocks go on, and put their due time off by the time they stood."""
        clock, now = WorkClock(), fields.Datetime.now()
        for timer in self.filtered(lambda timer: timer.state == "paused"):
            was_late = timer.is_late
            timer.paused_hours += timer._count(clock, timer.date_paused, now)
            timer.write({"state": "running", "date_paused": False})
            if was_late:
                # it isn't late once more: everybody knows
                timer.alarm_date_due = timer.date_due

    def _end(self):
        """End these clocks: what they waited for has happened, or never will."""
        self._resume()
        clock, now = WorkClock(), fields.Datetime.now()
        for timer in self:
            if timer.state != "stopped":
                timer._measure(clock, now)
            timer.state = timer._get_end_state()
        self._close_activities()

    def _stop(self, reason):
        """Stop these clocks by hand, for the reason given; they aren't started again
        until the milestone comes again."""
        self._resume()
        clock, now = WorkClock(), fields.Datetime.now()
        for timer in self:
            timer._measure(clock, now)
        self.write({"state": "stopped", "reason": reason})
        self._close_activities()

    def _measure(self, clock, end):
        self.ensure_one()
        # what it depends on may just have changed; it follows no more once it is over
        self.date_due  # noqa: B018
        used = self._count(clock, self.date_start, end) - self.paused_hours
        self.write({"date_done": end, "hours_used": max(used, 0.0)})

    def _get_end_state(self):
        self.ensure_one()
        if self._is_void():
            return "cancelled"
        if self.is_late:
            return "missed"
        return "cancelled" if self.state == "stopped" else "done"

    def _is_void(self):
        """Whether what it waited for will not happen, and needn't."""
        self.ensure_one()
        return self.authorization_id.state in ("draft", "cancelled", "expired")

    def _look_at_time(self):
        """Have computed anew what is late: nothing was written, but time went by."""
        self.modified(["date_due"])

    def _close_activities(self):
        self.activity_id.unlink()

    # -- alarms ----------------------------------------------------------------------

    def _ring(self):
        """Do what is due about these timers: tell the responsible that the time is
        nearly over, or over, and the team's leader that it has been for long."""
        now = fields.Datetime.now()
        late = self.filtered(lambda timer: timer.date_due < now)
        long_late = late.filtered(
            lambda timer: timer.date_escalation and timer.date_escalation < now
        )
        late._look_at_time()
        (late - long_late).alarm = "late"
        long_late.alarm = "escalated"
        (self - late).alarm = "warned"
        for date_due, timers in self.grouped("date_due").items():
            timers.alarm_date_due = date_due
        self._follow_activities()
        long_late._escalate()

    def _follow_activities(self):
        """One activity for each timer, whatever happens to its due time."""
        missing = self.filtered(
            lambda timer: not timer.activity_id and timer._get_assignee()
        )
        # without a mail for each: who is late gets enough of them
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create([timer._prepare_activity_vals() for timer in missing])
        )
        for timer, activity in zip(missing, activities, strict=True):
            timer.activity_id = activity
        for timer in self - missing:
            vals = timer._prepare_activity_vals()
            timer.activity_id.write(
                {name: vals[name] for name in ("summary", "date_deadline")}
            )

    def _prepare_activity_vals(self):
        self.ensure_one()
        user = self._get_assignee()
        lang = self.with_context(lang=user.lang)
        labels = dict(self._fields["milestone"]._description_selection(lang.env))
        milestone = labels[self.milestone]
        tz = timezone(self._get_calendar().tz or "UTC")
        return {
            "res_model_id": self.env["ir.model"]._get_id("rma.authorization"),
            "res_id": self.authorization_id.id,
            "activity_type_id": self.env.ref(
                "rma_authorization.mail_activity_type_timer"
            ).id,
            "user_id": user.id,
            "date_deadline": utc.localize(self.date_due).astimezone(tz).date(),
            "summary": lang.env._("%(milestone)s is late", milestone=milestone)
            if self.is_late
            else lang.env._("%(milestone)s is due", milestone=milestone),
        }

    def _get_assignee(self):
        """The first who may see the return, and is still here."""
        self.ensure_one()
        return self._get_assignees().filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids
                and user.has_group("rma_authorization.group_rma_technician")
            )
        )[:1]

    def _get_assignees(self):
        """Whom an alarm is for: the responsible, else the leader of the team, else one
        of its members. Override to put somebody before."""
        self.ensure_one()
        team = self.authorization_id.team_id
        return self.authorization_id.user_id | team.user_id | team.member_ids

    def _escalate(self):
        """Mail to the leaders of the teams; a template that fails holds up nothing."""
        template = self.env.ref(
            "rma_authorization.mail_template_escalation", raise_if_not_found=False
        )
        told = self.filtered(lambda timer: timer.team_id.user_id.active)
        if not template or not told:
            return
        try:
            with self.env.cr.savepoint():
                template.send_mail_batch(told.ids)
        except Exception:
            _logger.warning("%s: the escalation can't be sent", told, exc_info=True)
