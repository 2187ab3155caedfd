# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from ..tools import read_rows
from .rma_authorization_decision import ROLE_USER
from .rma_authorization_timer import OPEN_STATES

# The customer has a day, not hours: it doesn't matter who else has to answer.
NEVER_PAUSED = {"receipt"}
_PRECOMMIT_KEY = "rma.authorization.timers"


class RmaAuthorizationClock(models.AbstractModel):
    """The clocks of a return: when which step is due, and whether that was in time.

    `_follow_timers` compares which milestones are open with which timers run, and
    writes the difference, so it may be called at any time, and as often as one likes.
    It is called where permission or a question changes, and before a transaction is
    committed in which the progress of a return was computed anew: documents of other
    apps change that without coming here.
    """

    _name = "rma.authorization.clock"
    _description = "Return Clocks"
    _inherit = ["rma.authorization.progress"]

    awaiting_supplier = fields.Boolean(
        readonly=True,
        copy=False,
        tracking=True,
        help="We have asked the supplier something; the clocks stand still.",
    )
    date_awaiting_supplier = fields.Datetime(
        string="Awaiting the Supplier since", readonly=True, copy=False
    )
    timer_ids = fields.One2many(
        comodel_name="rma.authorization.timer",
        inverse_name="authorization_id",
        string="Timers",
        readonly=True,
    )
    next_timer_id = fields.Many2one(
        comodel_name="rma.authorization.timer",
        string="Next Due",
        compute="_compute_next_timer",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )
    next_milestone = fields.Selection(
        # stored, so that a list needn't read timers
        related="next_timer_id.milestone",
        string="Next Milestone",
        store=True,
    )
    date_due = fields.Datetime(
        string="Due",
        compute="_compute_next_timer",
        store=True,
        copy=False,
        help="When the next step has to be done; empty while the clocks stand still.",
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        store=True,
        copy=False,
        help="The time in which something had to be done is over.",
    )
    due_color = fields.Integer(compute="_compute_due_color")
    date_promised = fields.Datetime(
        string="Answer Promised",
        compute="_compute_date_promised",
        # also for the customer who reads the mail, or the page
        compute_sudo=True,
        help="By when the customer gets our decision.",
    )

    # -- computes ------------------------------------------------------------------

    @api.depends("timer_ids.state", "timer_ids.date_due")
    def _compute_next_timer(self):
        for authorization in self:
            # oldest first, of those that are due at the same time
            timer = authorization.timer_ids.filtered(
                lambda timer: timer.state == "running" and timer.date_due
            ).sorted(lambda timer: (timer.date_due, timer.id))[:1]
            authorization.next_timer_id = timer
            authorization.date_due = timer.date_due

    @api.depends("date_due", "timer_ids.is_late")
    def _compute_is_late(self):
        """The timer that is due first tells; the scheduled action has it computed anew
        once that time is over."""
        now = fields.Datetime.now()
        for authorization in self:
            due = authorization.date_due
            authorization.is_late = bool(due and due < now)

    def _search_is_late(self, operator, value):
        """By the due time, so that it is true between two runs of the scheduled action
        as well; what is stored is for groups and the colours of lists."""
        if operator != "in":
            return NotImplemented
        late = fields.Domain("date_due", "<", fields.Datetime.now())
        return late if True in value else ~late

    @api.depends("date_due", "awaiting_customer", "awaiting_supplier")
    def _compute_due_color(self):
        """Red is late, orange is due within a day, yellow waits for somebody else."""
        now = fields.Datetime.now()
        for authorization in self:
            due = authorization.date_due
            if due and due < now + timedelta(days=1):
                authorization.due_color = 1 if due < now else 2
            elif authorization.awaiting_customer or authorization.awaiting_supplier:
                authorization.due_color = 3
            else:
                authorization.due_color = 0

    @api.depends("timer_ids.milestone", "timer_ids.date_due")
    def _compute_date_promised(self):
        for authorization in self:
            authorization.date_promised = (
                authorization.timer_ids.filtered(
                    lambda timer: timer.milestone == "decision"
                )
                .sorted("id")[-1:]
                .date_due
            )

    def _compute_progress(self):
        """Override of the progress to let the clocks follow it, see the class."""
        res = super()._compute_progress()
        self._follow_timers_later()
        return res

    # -- follow --------------------------------------------------------------------

    def _update_closure(self, reason=None):
        """Extension: what a step has moved is timed at once, so that it is written
        together with the step."""
        res = super()._update_closure(reason)
        waiting = self.env.cr.precommit.data.get(_PRECOMMIT_KEY, set())
        ids = sorted(waiting)
        waiting.clear()
        self.browse(ids)._follow_timers()
        return res

    def _follow_timers_later(self):
        """Follow once for all that happens in this transaction, as tracking does."""
        ids = [id_ for id_ in self._ids if id_]
        if not ids:
            return
        data = self.env.cr.precommit.data
        if _PRECOMMIT_KEY not in data:
            data[_PRECOMMIT_KEY] = set()
            self.env.cr.precommit.add(self.env[self._name]._follow_timers_now)
        data[_PRECOMMIT_KEY].update(ids)

    def _follow_timers_now(self):
        ids = self.env.cr.precommit.data.pop(_PRECOMMIT_KEY, ())
        self.browse(sorted(ids))._follow_timers()

    def unlink(self):
        """Override: what is deleted isn't timed before the commit."""
        self.env.cr.precommit.data.get(_PRECOMMIT_KEY, set()).difference_update(
            self.ids
        )
        return super().unlink()

    def _follow_timers(self):
        """Start, pause, resume and end timers, as far these returns have come."""
        if not self:
            return
        # sudo: the clocks run whoever moves the return, and nobody sets them
        self_sudo = self.with_env(
            self.env(su=True, context=clean_context(self.env.context))
        )
        # their terms are in memory
        self_sudo.env["rma.authorization.team"]._get_remembered()
        self_sudo.env["rma.authorization.policy"]._get_remembered()
        timers = read_rows(self_sudo, "timer_ids").filtered(
            lambda timer: (
                timer.state in OPEN_STATES or timer.milestone == "first_answer"
            )
        )
        open_timers = timers.filtered(lambda timer: timer.state in OPEN_STATES)
        wanted = {
            self_sudo._get_timer_key(vals): vals
            for vals in self_sudo._get_open_milestones(timers - open_timers)
        }
        over = open_timers.filtered(lambda timer: timer._get_key() not in wanted)
        over._end()
        ticking = open_timers - over
        for timer in ticking:
            wanted.pop(timer._get_key())
        ticking |= timers._start(list(wanted.values()))
        self_sudo._follow_pauses(ticking)

    @api.model
    def _start_missing_timers(self):
        """Time the open returns from before the clocks were installed, from now on."""
        self.search(
            [
                ("state", "in", ("submitted", "authorized")),
                ("next_step", "!=", "none"),
                ("timer_ids", "=", False),
            ]
        )._follow_timers()

    def _get_timer_key(self, vals):
        names = self.env["rma.authorization.timer"]._get_key_fields()
        return tuple(vals[name] for name in names)

    def _follow_pauses(self, timers):
        waiting = timers.filtered(
            lambda timer: (
                timer.milestone not in NEVER_PAUSED
                and (
                    timer.authorization_id.awaiting_customer
                    or timer.authorization_id.awaiting_supplier
                )
            )
        )
        waiting._pause()
        (timers - waiting)._resume()

    def _get_open_milestones(self, ended):
        """What has to happen next, and is timed. Override to add milestones.

        :param ended: earlier timers of the first answer
        :return: list of values, with the key fields of timers
        """
        wanted = []
        for authorization in self:
            names = authorization._get_open_header_milestones(ended)
            if authorization._is_promised() and authorization.state == "authorized":
                wanted += authorization.line_ids._get_open_milestones()
            wanted += [
                {"authorization_id": authorization.id, "milestone": name}
                for name in names
            ]
        empty = dict.fromkeys(
            self.env["rma.authorization.timer"]._get_key_fields(), False
        )
        return [{**empty, **vals} for vals in wanted]

    def _get_open_header_milestones(self, ended):
        """Those in which the return is timed as a whole."""
        self.ensure_one()
        if self.state == "authorized" and self.line_ids._has_open("qty_to_receive"):
            return ["receipt"]
        if self.state != "submitted" or not self._is_promised():
            return []
        return ["decision"] + ["first_answer"] * (not self._has_answered(ended))

    def _is_promised(self):
        """Targets are promises to customers; suppliers have their day alone."""
        self.ensure_one()
        return self.direction == "customer"

    def _has_answered(self, ended):
        """Whether the customer has heard from us since the request was handed in."""
        self.ensure_one()
        return any(
            timer.authorization_id == self
            and timer.state != "cancelled"
            and timer.date_start >= self.date_submitted
            for timer in ended
        )

    # -- what moves the clocks -----------------------------------------------------

    def _change_state(self, target, reason=None):
        """Override of the flow: permission starts and ends clocks."""
        moved = super()._change_state(target, reason)
        if not self.env.context.get("rma_untimed"):
            moved._follow_timers()
        return moved

    def _prepare_state_vals(self, target):
        """Override of the flow: a decision ends what we asked the supplier."""
        vals = super()._prepare_state_vals(target)
        if target not in ("draft", "submitted"):
            vals.update(awaiting_supplier=False, date_awaiting_supplier=False)
        return vals

    def _record(self, vals):
        """Override of the flow: a question lets the clocks stand still."""
        flags = {"awaiting_customer", "awaiting_supplier"} & set(vals)
        changed = self.filtered(
            lambda authorization: any(
                authorization[name] != vals[name] for name in flags
            )
        )
        res = super()._record(vals)
        changed._follow_timers()
        return res

    def _message_post_after_hook(self, message, msg_values):
        """Override of `mail`: the first word to the customer is our first answer."""
        res = super()._message_post_after_hook(message, msg_values)
        # sudo: the clocks run whoever answers
        self_sudo = self.sudo()
        if self_sudo.state == "submitted" and self_sudo._is_our_answer(message):
            self_sudo.timer_ids.filtered(
                lambda timer: (
                    timer.milestone == "first_answer" and timer.state in OPEN_STATES
                )
            )._end()
        return res

    def _is_our_answer(self, message):
        """Written to the customer by one of us. Automatic mails don't answer, though
        they may be signed by the responsible: it is the system that posts them."""
        self.ensure_one()
        message_sudo = message.sudo(self.env.su)
        poster = message_sudo.create_uid
        return (
            message_sudo.subtype_id == self.env.ref("mail.mt_comment")
            and poster.active
            and poster._is_internal()
            and any(user._is_internal() for user in message_sudo.author_id.user_ids)
            and self.partner_id in (message_sudo.partner_ids | self.message_partner_ids)
        )

    # -- actions -------------------------------------------------------------------

    def action_request_supplier(self, question=None):
        """Wait for the supplier; the clocks stand still until the answer.

        :param str question: what was asked; without it, the window asks for it
        """
        self._check_role(ROLE_USER)
        if not question:
            return self._ask_reason("action_request_supplier")
        for authorization in self:
            if authorization.state not in ("draft", "submitted", "authorized"):
                raise UserError(
                    self.env._(
                        "%(name)s is settled or decided; there is nothing to ask the "
                        "supplier. Write a note instead.",
                        name=authorization.display_name,
                    )
                )
        self._message_log_batch(
            bodies={
                authorization.id: self.env._(
                    "Asked the supplier: %(question)s", question=question
                )
                for authorization in self
            }
        )
        self._record(
            {
                "awaiting_supplier": True,
                "date_awaiting_supplier": fields.Datetime.now(),
            }
        )
        return None

    def action_supplier_answered(self):
        """The supplier has answered: the clocks go on."""
        self._check_role(ROLE_USER)
        self._record({"awaiting_supplier": False, "date_awaiting_supplier": False})

    def action_stop_timers(self, reason=None):
        """Stop the running clocks of these returns by hand.

        What was reached in time needs no words; once a time is over, the reason is kept
        with its clock.

        :param str reason: without it, the window asks for it where something is late
        :raise UserError: where no clock is running
        """
        self._check_role(ROLE_USER)
        self.check_access("write")
        # sudo: nobody sets a clock by hand, except through this
        ticking = self.sudo().timer_ids.filtered(
            lambda timer: timer.state in ("running", "paused")
        )
        if not ticking:
            raise UserError(
                self.env._(
                    "%(names)s: no clock is running, so there is none to stop.",
                    names=self._get_names(),
                )
            )
        ticking._look_at_time()
        if not reason and any(ticking.mapped("is_late")):
            return self._ask_reason("action_stop_timers")
        ticking._stop(reason)
        return None

    # -- cron ----------------------------------------------------------------------

    @api.model
    def _cron_timers(self, limit=500):
        """Everything that happens to returns because time goes by, in batches.

        Each step names what it has to do by a stored, indexed date, so what is done
        isn't found again. Rows that another worker has in hand are left to it.
        """
        cron = self.env["ir.cron"]
        # sudo: time goes by whoever runs the action, and nobody may write timers
        self_sudo = self.sudo()
        steps = [
            (self_sudo.env[model], domain, method)
            for model, domain, method in self_sudo._get_timed_steps()
        ]
        for records, domain, method in steps:
            batch = records.search(domain, limit=limit).try_lock_for_update()
            getattr(batch, method)()
            cron._commit_progress(len(batch))
        cron._commit_progress(
            remaining=sum(records.search_count(domain) for records, domain, _ in steps)
        )

    @api.model
    def _get_timed_steps(self):
        """Override of the expiry: what is over by then rings no more."""
        return [
            *super()._get_timed_steps(),
            (
                "rma.authorization.timer",
                [("date_alarm", "<", fields.Datetime.now())],
                "_ring",
            ),
        ]
