# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import lock_rows

_logger = logging.getLogger(__name__)

# Documents that are worked on together and then committed: what a crash does again.
BATCH = 20


class RmaAuthorizationBackground(models.AbstractModel):
    """Something that is done to many documents in the background.

    A scheduled action does it in small batches, with the rights of who asked. What is
    done is committed with its line (`rma.authorization.background.line`), so a crash
    loses nothing and repeats nothing; what is refused keeps its sentence and stops no
    other. Several workers share the lines, each line is one's.
    """

    _name = "rma.authorization.background"
    _description = "Work in the Background"
    _inherit = ["mail.thread"]
    _order = "id desc"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked for by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        help="The work is done with this user's rights.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    state = fields.Selection(
        selection=[("running", "Running"), ("stopped", "Stopped"), ("done", "Done")],
        default="running",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    date_done = fields.Datetime(string="Done on", readonly=True, copy=False)
    count_total = fields.Integer(string="All", compute="_compute_progress")
    count_waiting = fields.Integer(string="Waiting", compute="_compute_progress")
    count_done = fields.Integer(string="Done", compute="_compute_progress")
    count_failed = fields.Integer(string="Failed", compute="_compute_progress")
    progress = fields.Float(
        compute="_compute_progress", help="Percent of all, failed ones included."
    )

    # -- for each kind of work -------------------------------------------------------

    def _get_line_model(self):
        """The model of its lines, which have this as `work_id`, or related to it."""
        raise NotImplementedError

    @api.model
    def _get_cron_xmlid(self):
        """The scheduled action that calls `_cron_work`."""
        raise NotImplementedError

    def _check_may_steer(self):
        """Who may stop and resume it."""
        raise NotImplementedError

    def _get_done_text(self):
        """What who asked is told at the end, in the language of the environment."""
        return self.env._(
            "%(done)s of %(total)s are done, %(failed)s failed.",
            done=self.count_done,
            total=self.count_total,
            failed=self.count_failed,
        )

    # -- computes ----------------------------------------------------------------------

    @api.depends("line_ids.state")
    def _compute_progress(self):
        lines_model = self._get_line_model()
        groups = lines_model._read_group(
            [(lines_model._work_field, "in", self.ids)],
            [lines_model._work_field, "state"],
            ["__count"],
        )
        found = {(work.id, state): count for work, state, count in groups}
        for work in self:
            states = ("waiting", "done", "failed")
            waiting, done, failed = (found.get((work.id, one), 0) for one in states)
            total = waiting + done + failed
            work.count_total = total
            work.count_waiting = waiting
            work.count_done = done
            work.count_failed = failed
            work.progress = 100.0 * (total - waiting) / total if total else 0.0

    # -- steer -------------------------------------------------------------------------

    def action_stop(self):
        """Do no more of these; what is done stays done.

        :raise UserError: for work that isn't running
        """
        self._check_may_steer()
        lock_rows(self.sudo())
        for work in self:
            if work.state != "running":
                raise UserError(
                    self.env._(
                        "%(work)s isn't running, so there is nothing to stop.",
                        work=work.display_name,
                    )
                )
        self.sudo().state = "stopped"

    def action_resume(self):
        """Go on with what was stopped.

        :raise UserError: for what isn't stopped, or is somebody else's
        """
        self._check_may_steer()
        self._check_asker()
        lock_rows(self.sudo())
        for work in self:
            if work.state != "stopped":
                raise UserError(
                    self.env._(
                        "%(work)s wasn't stopped, so there is nothing to resume.",
                        work=work.display_name,
                    )
                )
        self._run()

    def action_retry(self):
        """Try again what has failed.

        :raise UserError: where nothing has failed, or for somebody else's work
        """
        self._check_may_steer()
        self._check_asker()
        lock_rows(self.sudo())
        for work in self:
            failed_sudo = work.sudo().line_ids.filtered(
                lambda line: line.state == "failed" and line._get_document()
            )
            if not failed_sudo:
                raise UserError(
                    self.env._(
                        "%(work)s: nothing has failed that still exists, so there is "
                        "nothing to try again.",
                        work=work.display_name,
                    )
                )
            failed_sudo.write({"state": "waiting", "error": False})
        self._run()

    def _check_asker(self):
        """Nobody makes another user do something."""
        for work in self:
            if work.user_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(work)s is done with the rights of %(user)s, who alone can "
                        "set it going. Ask them, or do it yourself.",
                        work=work.display_name,
                        user=work.user_id.name,
                    )
                )

    def _run(self):
        self.sudo().write({"state": "running", "date_done": False})
        self._wake_up()

    @api.model
    def _wake_up(self):
        self.env.ref(self._get_cron_xmlid()).sudo()._trigger()

    # -- work --------------------------------------------------------------------------

    @api.model
    def _cron_work(self, limit=BATCH):
        """Do what waits, batch by batch, each committed."""
        lines_model = self._get_line_model()
        seconds = 1
        while seconds:
            try:
                lines = lines_model._take(limit)
                lines._work()
                self.search([("state", "=", "running")])._finish()
                seconds = self.env["ir.cron"]._commit_progress(
                    len(lines), remaining=lines_model._count_waiting()
                )
            except psycopg2.OperationalError:
                # somebody else works on the same documents: the next run tries again
                self.env.cr.rollback()
                _logger.info("%s: conflict, trying again later", self._description)
                self._wake_up()
                self.env["ir.cron"]._commit_progress(0)
                return
            if not lines:
                return

    def _finish(self):
        """Close what has nothing waiting, and tell who asked."""
        finished = self.filtered(lambda work: not work.count_waiting)
        finished.write({"state": "done", "date_done": fields.Datetime.now()})
        for work in finished:
            work._notify_done()

    def _notify_done(self):
        user = self.user_id
        work = self.with_context(lang=user.lang)
        text = work._get_done_text()
        self.message_post(
            body=text,
            partner_ids=user.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )
        user._bus_send(
            "simple_notification",
            {
                "type": "warning" if self.count_failed else "success",
                "title": work.display_name,
                "message": text,
            },
        )

    def _get_asker_env(self):
        """The environment of who asked: their rights, company and language."""
        self.ensure_one()
        user = self.user_id
        return self.env(
            user=user.id,
            su=False,
            context={
                "allowed_company_ids": self.company_id.ids,
                "lang": user.lang,
                "tz": user.tz,
            },
        )
