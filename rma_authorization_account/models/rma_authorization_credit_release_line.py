# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class RmaAuthorizationCreditReleaseLine(models.Model):
    """One credit note that is released in the background, and what became of it."""

    _name = "rma.authorization.credit.release.line"
    _description = "Released Credit"
    _order = "id"
    _rec_name = "note_id"

    release_id = fields.Many2one(
        comodel_name="rma.authorization.credit.release",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="release_id.company_id", store=True)
    note_id = fields.Many2one(
        comodel_name="account.move",
        string="Credit Note",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    # kept, so that a deleted draft can still be told from the others
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    origin = fields.Char(string="Return", readonly=True)
    currency_id = fields.Many2one(related="release_id.currency_id")
    amount = fields.Monetary(
        readonly=True, help="What is credited, in the company's currency."
    )
    state = fields.Selection(
        selection=[("waiting", "Waiting"), ("done", "Released"), ("failed", "Failed")],
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
    )
    error = fields.Text(string="Remark", readonly=True)
    date_done = fields.Datetime(string="Tried on", readonly=True)

    _waiting_idx = models.Index("(release_id, id) WHERE state = 'waiting'")

    @api.model
    def _prepare_vals(self, note):
        """Values of the line of one draft credit note."""
        return {
            "note_id": note.id,
            "partner_id": note.partner_id.id,
            "origin": ", ".join(note.rma_ids.mapped("display_name")),
            "amount": -note.amount_total_signed,
        }

    @api.model
    def _get_waiting_domain(self):
        return [("state", "=", "waiting"), ("release_id.state", "=", "running")]

    @api.model
    def _count_waiting(self):
        return self.search_count(self._get_waiting_domain())

    @api.model
    def _take(self, limit):
        """Lock the next waiting lines; those that another worker has are left to it."""
        waiting = self.search(self._get_waiting_domain())
        return waiting.try_lock_for_update(limit=limit) if waiting else waiting

    def _release(self):
        """Post the notes of these lines, each as who asked for it, and say how it went.

        Together where all may be posted, else each on its own.
        """
        for release, lines in self.grouped("release_id").items():
            ready = lines._settle_without_posting()
            if not ready:
                continue
            sentence = ready._try(release)
            if sentence and len(ready) > 1:
                for line in ready:
                    line._record_outcome(line._try(release))
            else:
                ready._record_outcome(sentence)

    def _settle_without_posting(self):
        """Sort out what was posted or deleted in the meantime.

        :return: the lines that are left to post
        """
        deleted = self.filtered(lambda line: not line.note_id)
        for line in deleted:
            line._record_outcome(
                line.release_id._get_asker_env()._(
                    "The draft was deleted in the meantime, so there is nothing to "
                    "release. Settle the return again if it was a mistake."
                )
            )
        posted = (self - deleted).filtered(lambda line: line.note_id.state == "posted")
        for line in posted:
            line._record_outcome(None)
            line.error = line.release_id._get_asker_env()._(
                "Posted in the meantime, not by this release."
            )
        return self - deleted - posted

    def _try(self, release):
        """Post the notes of these lines, all or none.

        :return: the sentence why not, or nothing
        """
        env = release._get_asker_env()
        if not release.user_id.active:
            return env._(
                "%(user)s is archived and can't release any more. Release it yourself.",
                user=release.user_id.name,
            )
        try:
            with self.env.cr.savepoint():
                env["account.move"].browse(
                    self.note_id.ids
                ).action_release_rma_credits()
        except UserError as error:
            return str(error)
        except psycopg2.OperationalError:
            # a conflict with another transaction: the whole batch is tried again
            raise
        except Exception as error:
            _logger.exception("%s can't be released", self)
            return env._("Unexpected error: %(error)s", error=error)
        return None

    def _record_outcome(self, sentence):
        self.write(
            {
                "state": "failed" if sentence else "done",
                "error": sentence,
                "date_done": fields.Datetime.now(),
            }
        )
