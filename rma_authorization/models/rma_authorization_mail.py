# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import time

from dateutil.relativedelta import relativedelta
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .rma_authorization_mailing import ROLE_USER

_logger = logging.getLogger(__name__)

# Time before each further attempt; after the last one a mail has failed.
RETRY_AFTER = (relativedelta(minutes=10), relativedelta(hours=1))
MAX_ATTEMPTS = len(RETRY_AFTER) + 1

_CRON = "rma_authorization.ir_cron_send_mails"

# {database: when this process has woken its scheduled actions}, and for how long that
# will do, in seconds
_WOKEN = {}
_WAKE_AGAIN = 60.0


class RmaAuthorizationMail(models.Model):
    """A mail to the customer about one event of a return: it waits, was sent, failed,
    or was withdrawn because it isn't true any more.

    Rendering PDFs takes a second each, and nobody should wait for it: a scheduled
    action sends what waits, in order, each on its own. An event that happens again
    while its mail still waits joins it: the mail is written when it is sent.
    """

    _name = "rma.authorization.mail"
    _description = "Mail about a Return"
    _order = "id desc"
    _rec_name = "template_id"

    authorization_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Return",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="authorization_id.partner_id")
    company_id = fields.Many2one(related="authorization_id.company_id")
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Event",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    state = fields.Selection(
        selection=[
            ("queued", "Waiting"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("withdrawn", "Withdrawn"),
        ],
        default="queued",
        required=True,
        readonly=True,
        index=True,
    )
    date = fields.Datetime(
        string="Happened on", default=fields.Datetime.now, required=True, readonly=True
    )
    date_next = fields.Datetime(
        string="Not before", default=fields.Datetime.now, required=True, readonly=True
    )
    date_sent = fields.Datetime(string="Sent on", readonly=True)
    attempts = fields.Integer(default=0, readonly=True)
    error = fields.Char(readonly=True, help="Why it could not be sent.")
    message_id = fields.Many2one(
        comodel_name="mail.message",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _waiting_unique = models.UniqueIndex(
        "(authorization_id, template_id) WHERE state = 'queued'",
        "A mail about this event waits already.",
    )

    def _fetch_query(self, query, fields):
        """Override of the ORM: the events have names that are in memory."""
        mails = super()._fetch_query(query, fields)
        mails.sudo().template_id._recall()
        return mails

    # -- queue -------------------------------------------------------------------------

    @api.model
    def _queue(self, authorizations, template, date=None, superseded=None):
        """Let a mail wait for each authorization, unless it does already; one query,
        whatever their number.

        :param date: the time from which it may be sent; now by default
        :param superseded: the templates whose mails aren't sent any more, where they
            still wait
        """
        now = fields.Datetime.now()
        # of the returns only their rows are needed, which are there since `create`
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
                WITH superseded AS (
                    UPDATE rma_authorization_mail
                       SET state = 'withdrawn',
                           write_uid = %(uid)s, write_date = %(now)s
                     WHERE authorization_id = ANY(%(ids)s)
                       AND template_id = ANY(%(superseded)s)
                       AND template_id != %(template)s
                       AND state = 'queued'
                ), woken AS (%(wake)s)
                INSERT INTO rma_authorization_mail (
                    authorization_id, template_id, state, date, date_next, attempts,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT authorization_id, %(template)s, 'queued', %(now)s, %(next)s, 0,
                    %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM unnest(%(ids)s) AS authorization_id
                ON CONFLICT (authorization_id, template_id) WHERE state = 'queued'
                DO NOTHING
                RETURNING id
                """,
                template=template.id,
                superseded=superseded.ids if superseded else [],
                now=now,
                next=date or now,
                uid=self.env.uid,
                ids=authorizations.ids,
                wake=self._get_wake_query(date) or SQL("SELECT"),
            )
        )
        self.invalidate_model(["state", "write_uid", "write_date"], flush=False)
        authorizations.invalidate_recordset(["mail_ids"], flush=False)

    @api.model
    def _trigger(self, date=None):
        """Let the queue run at this time, or soon; once for all that a transaction
        queues. What is undone clears this memory as well."""
        if query := self._get_wake_query(date):
            self.env.execute_query(SQL("%s RETURNING id", query))

    @api.model
    def _get_wake_query(self, date=None):
        """What lets the queue run, as `ir.cron._trigger` does, but for the rights of an
        administrator, and as a part of the one statement that queues.

        :return: SQL, or none where this transaction has done it
        """
        triggered = self.env.cr.precommit.data.setdefault(self._name, set())
        if date in triggered:
            return None
        triggered.add(date)
        now = fields.Datetime.now()
        if not date and self._is_wake_worth_while():
            self.env.cr.postcommit.add(self.env["ir.cron"]._notifydb)
        return SQL(
            """
            INSERT INTO ir_cron_trigger (
                cron_id, call_at, create_uid, create_date, write_uid, write_date
            )
            SELECT id, %(wake)s, %(uid)s, %(now)s, %(uid)s, %(now)s
            FROM ir_cron WHERE id = %(cron)s AND active
            """,
            cron=self.env["ir.model.data"]._xmlid_to_res_id(_CRON),
            wake=date or now,
            uid=self.env.uid,
            now=now,
        )

    @api.model
    def _is_wake_worth_while(self):
        """Whether scheduled actions are to be woken for a mail, or find it themselves:
        they look once a minute, and each wake takes a connection of its own. So a
        single mail goes out at once, and of many that one process queues in a minute
        the others follow."""
        now, database = time.monotonic(), self.env.cr.dbname
        is_worth_while = now - _WOKEN.get(database, -_WAKE_AGAIN) >= _WAKE_AGAIN
        if is_worth_while:
            _WOKEN[database] = now
        return is_worth_while

    def _withdraw(self):
        """Don't send these any more."""
        self.write({"state": "withdrawn"})

    def action_retry(self):
        """Send failed mails once more, with the next run of the queue.

        :raise UserError: for a mail that has not failed
        """
        self.authorization_id._check_role(ROLE_USER)
        self.check_access("read")
        for mail in self:
            if mail.state != "failed":
                raise UserError(
                    self.env._(
                        "The mail “%(mail)s” of %(name)s has not failed, so it can't "
                        "be sent once more.",
                        mail=mail.template_id.name or mail.id,
                        name=mail.authorization_id.display_name,
                    )
                )
        # sudo: only these steps write the queue
        mails_sudo = self.sudo()
        undelivered = mails_sudo.filtered("message_id")
        undelivered._deliver_again()
        undelivered.write({"state": "sent", "attempts": 1, "error": False})
        unwritten = mails_sudo - undelivered
        # the same event may wait, or be chosen, twice: it is told once
        waiting = self.sudo().search(
            [
                ("state", "=", "queued"),
                ("authorization_id", "in", unwritten.authorization_id.ids),
            ]
        )
        seen = {(mail.authorization_id, mail.template_id) for mail in waiting}
        for mail in unwritten.sorted("id", reverse=True):
            key = (mail.authorization_id, mail.template_id)
            mail.write(
                {
                    "state": "withdrawn" if key in seen else "queued",
                    "attempts": 0,
                    "error": False,
                    "date_next": fields.Datetime.now(),
                }
            )
            seen.add(key)
        self._trigger()

    # -- send --------------------------------------------------------------------------

    @api.model
    def _send_queued(self, limit):
        """Send what waits, each in a transaction of its own, until the time is over."""
        cron = self.env["ir.cron"]
        self._watch_deliveries()
        for _number in range(limit):
            mail = self._take_next()
            if not mail:
                break
            mail._send()
            if not cron._commit_progress(1):
                break
        cron._commit_progress(remaining=self._count_due())

    @api.model
    def _get_due_condition(self):
        """What may be sent now: nothing overtakes an older mail of the same return."""
        return SQL(
            """
            mail.state = 'queued' AND mail.date_next <= %(now)s AND NOT EXISTS (
                SELECT 1 FROM rma_authorization_mail earlier
                WHERE earlier.authorization_id = mail.authorization_id
                AND earlier.state = 'queued' AND earlier.id < mail.id
                -- one that is to be sent some day holds up nothing
                AND earlier.date_next <= %(retry)s
            )
            """,
            now=fields.Datetime.now(),
            retry=fields.Datetime.now() + RETRY_AFTER[-1],
        )

    @api.model
    def _take_next(self):
        """The next mail to send, locked; those that another worker sends are passed."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mail.id FROM rma_authorization_mail mail WHERE %s
                ORDER BY mail.id LIMIT 1 FOR UPDATE OF mail SKIP LOCKED
                """,
                self._get_due_condition(),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _count_due(self):
        self.flush_model()
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM rma_authorization_mail mail WHERE %s",
                self._get_due_condition(),
            )
        )
        return count

    def _send(self):
        """Write and send one mail; where that fails, a note on the return says so."""
        self.ensure_one()
        template = self.template_id
        # switched off since it was queued
        if not template.active:
            self._withdraw()
            return
        authorization = self.authorization_id.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                message = authorization._post_mail(template)
        except OperationalError:
            # not the mail's fault: the whole run is repeated
            raise
        except Exception as error:
            _logger.warning("%s: a mail can't be sent", authorization, exc_info=True)
            self._fail(error)
        else:
            self.write(
                {
                    "state": "sent",
                    "date_sent": fields.Datetime.now(),
                    "attempts": self.attempts + 1,
                    "error": False,
                    "message_id": message.id,
                }
            )

    def _fail(self, error):
        """Keep why, and try again later, a few times."""
        vals = {"attempts": self.attempts + 1, "error": str(error)}
        if vals["attempts"] >= MAX_ATTEMPTS:
            vals["state"] = "failed"
        else:
            vals["date_next"] = fields.Datetime.now() + RETRY_AFTER[self.attempts]
            self._trigger(vals["date_next"])
        self.write(vals)
        if vals["attempts"] == 1 or "state" in vals:
            self.authorization_id._message_log(
                body=self.env._(
                    "The mail “%(mail)s” could not be sent: %(error)s",
                    mail=self.template_id.name,
                    error=error,
                )
            )

    # -- delivery ----------------------------------------------------------------------

    @api.model
    def _watch_deliveries(self):
        """Mails that no mail server took are tried again, a few times."""
        undelivered = self.search(
            [
                ("state", "=", "sent"),
                ("date_sent", ">", fields.Datetime.now() - relativedelta(days=2)),
                ("message_id.notification_ids.notification_status", "=", "exception"),
            ]
        )
        for mail in undelivered:
            mail.attempts += 1
            notification = mail.message_id.notification_ids.filtered(
                lambda notification: notification.notification_status == "exception"
            )[:1]
            mail.error = notification.failure_reason or notification.failure_type
            if mail.attempts > MAX_ATTEMPTS:
                mail.state = "failed"
        undelivered.filtered(lambda mail: mail.state == "sent")._deliver_again()

    def _deliver_again(self):
        """Put what no server took back into the core's own queue."""
        self.env["mail.mail"].sudo().search(
            [
                ("mail_message_id", "in", self.message_id.ids),
                ("state", "=", "exception"),
            ]
        ).mark_outgoing()
