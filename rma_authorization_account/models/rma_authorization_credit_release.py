# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import lock_rows

_logger = logging.getLogger(__name__)

# Notes that are posted together and then committed: what a crash does again.
BATCH = 20
CRON = "rma_authorization_account.ir_cron_release_credits"


class RmaAuthorizationCreditRelease(models.Model):
    """Credits that an accountant has released, to be posted in the background.

    A scheduled action posts them in small batches, with the rights of who asked. What
    is done is committed with its line, so a crash loses nothing and repeats nothing;
    what is refused keeps its sentence and stops no other.
    """

    _name = "rma.authorization.credit.release"
    _description = "Release of Credits"
    _inherit = ["mail.thread"]
    _order = "id desc"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Released by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        help="The credits are released with this user's rights.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        selection=[("running", "Running"), ("stopped", "Stopped"), ("done", "Done")],
        default="running",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    date_done = fields.Datetime(string="Done on", readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name="rma.authorization.credit.release.line",
        inverse_name="release_id",
        string="Credit Notes",
        readonly=True,
    )
    count_total = fields.Integer(string="Credits", compute="_compute_progress")
    count_waiting = fields.Integer(string="Waiting", compute="_compute_progress")
    count_done = fields.Integer(string="Released", compute="_compute_progress")
    count_failed = fields.Integer(string="Failed", compute="_compute_progress")
    progress = fields.Float(
        compute="_compute_progress",
        help="Percent of the credits, failed ones included.",
    )
    amount_total = fields.Monetary(string="Total", compute="_compute_progress")
    amount_done = fields.Monetary(string="Released Amount", compute="_compute_progress")

    # -- computes ----------------------------------------------------------------------

    @api.depends("user_id", "create_date")
    def _compute_display_name(self):
        for release in self:
            release.display_name = self.env._(
                "Release %(number)s of %(user)s",
                number=release.id or "",
                user=release.user_id.name or "",
            )

    @api.depends("line_ids.state", "line_ids.amount")
    def _compute_progress(self):
        groups = self.env["rma.authorization.credit.release.line"]._read_group(
            [("release_id", "in", self.ids)],
            ["release_id", "state"],
            ["__count", "amount:sum"],
        )
        found = {
            (release.id, state): (count, amount)
            for release, state, count, amount in groups
        }
        for release in self:
            waiting, done, failed = (
                found.get((release.id, state), (0, 0.0))
                for state in ("waiting", "done", "failed")
            )
            total = waiting[0] + done[0] + failed[0]
            release.count_total = total
            release.count_waiting = waiting[0]
            release.count_done = done[0]
            release.count_failed = failed[0]
            release.progress = 100.0 * (total - waiting[0]) / total if total else 0.0
            release.amount_total = waiting[1] + done[1] + failed[1]
            release.amount_done = done[1]

    # -- actions -----------------------------------------------------------------------

    @api.model
    def _queue(self, notes):
        """Put draft credit notes into the queue, in the name of the user.

        Those that wait in a running release already are left out.

        :return: the new releases, one per company
        :raise UserError: when all of them wait already
        """
        lines_model = self.env["rma.authorization.credit.release.line"]
        waiting = lines_model.sudo().search(
            [
                ("note_id", "in", notes.ids),
                ("state", "=", "waiting"),
                ("release_id.state", "=", "running"),
            ]
        )
        fresh = notes.filtered(lambda note: note.id not in waiting.note_id.ids)
        if not fresh:
            raise UserError(
                self.env._(
                    "These credits are being released already: %(releases)s.",
                    releases=", ".join(waiting.release_id.mapped("display_name")),
                )
            )
        # sudo: accountants start, stop and read releases, and never write them
        releases_sudo = self.sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "company_id": company.id,
                    "line_ids": [
                        fields.Command.create(lines_model._prepare_vals(note))
                        for note in batch
                    ],
                }
                for company, batch in fresh.grouped("company_id").items()
            ]
        )
        self._wake_up()
        return releases_sudo.sudo(self.env.su)

    def action_stop(self):
        """Post no more of these; what is posted stays posted.

        :raise UserError: for a release that isn't running
        """
        self._check_role()
        lock_rows(self.sudo())
        for release in self:
            if release.state != "running":
                raise UserError(
                    self.env._(
                        "%(release)s isn't running, so there is nothing to stop.",
                        release=release.display_name,
                    )
                )
        self.sudo().state = "stopped"

    def action_resume(self):
        """Go on with what was stopped.

        :raise UserError: for a release that isn't stopped, or is somebody else's
        """
        self._check_role()
        self._check_asker()
        lock_rows(self.sudo())
        for release in self:
            if release.state != "stopped":
                raise UserError(
                    self.env._(
                        "%(release)s wasn't stopped, so there is nothing to resume.",
                        release=release.display_name,
                    )
                )
        self._run()

    def action_retry(self):
        """Try the failed credits again.

        :raise UserError: where none has failed, or for somebody else's release
        """
        self._check_role()
        self._check_asker()
        lock_rows(self.sudo())
        for release in self:
            failed_sudo = release.sudo().line_ids.filtered(
                lambda line: line.state == "failed" and line.note_id
            )
            if not failed_sudo:
                raise UserError(
                    self.env._(
                        "%(release)s has no failed credit that still exists, so there "
                        "is nothing to try again.",
                        release=release.display_name,
                    )
                )
            failed_sudo.write({"state": "waiting", "error": False})
        self._run()

    def _run(self):
        self.sudo().write({"state": "running", "date_done": False})
        self._wake_up()

    @api.model
    def _wake_up(self):
        self.env.ref(CRON).sudo()._trigger()

    def _check_role(self):
        self.env["account.move"]._check_rma_accountant()
        self.check_access("read")

    def _check_asker(self):
        """Nobody makes another user release something."""
        for release in self:
            if release.user_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(release)s works with the rights of %(user)s, who alone can "
                        "set it going. Ask them, or release the credits yourself.",
                        release=release.display_name,
                        user=release.user_id.name,
                    )
                )

    # -- work --------------------------------------------------------------------------

    @api.model
    def _cron_release(self, limit=BATCH):
        """Post what waits in running releases, batch by batch, each committed."""
        lines_model = self.env["rma.authorization.credit.release.line"]
        seconds = 1
        while seconds:
            try:
                lines = lines_model._take(limit)
                lines._release()
                self.search([("state", "=", "running")])._finish()
                seconds = self.env["ir.cron"]._commit_progress(
                    len(lines), remaining=lines_model._count_waiting()
                )
            except psycopg2.OperationalError:
                # somebody else works on the same documents: the next run tries again
                self.env.cr.rollback()
                _logger.info("Release of credits: conflict, trying again later")
                self._wake_up()
                self.env["ir.cron"]._commit_progress(0)
                return
            if not lines:
                return

    def _finish(self):
        """Close the releases that have nothing waiting, and tell who asked."""
        finished = self.filtered(lambda release: not release.count_waiting)
        finished.write({"state": "done", "date_done": fields.Datetime.now()})
        for release in finished:
            release._notify_done()

    def _notify_done(self):
        user = self.user_id
        text = self.with_context(lang=user.lang).env._(
            "%(done)s of %(total)s credits are released, %(failed)s failed.",
            done=self.count_done,
            total=self.count_total,
            failed=self.count_failed,
        )
        self.message_post(
            body=text,
            partner_ids=user.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )
        user._bus_send(
            "simple_notification",
            {
                "type": "warning" if self.count_failed else "success",
                "title": self.with_context(lang=user.lang).display_name,
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
