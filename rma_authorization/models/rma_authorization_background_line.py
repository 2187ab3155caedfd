# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class RmaAuthorizationBackgroundLine(models.AbstractModel):
    """One document that something is done to in the background, and what became of
    it."""

    _name = "rma.authorization.background.line"
    _description = "Document Worked on in the Background"
    _order = "id"
    # the many2one to the work, and that to the document
    _work_field = None
    _document_field = None

    state = fields.Selection(
        selection=[("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
    )
    error = fields.Text(string="Remark", readonly=True)
    date_done = fields.Datetime(string="Tried on", readonly=True)

    # -- for each kind of work -------------------------------------------------------

    def _get_deleted_text(self, env):
        """What is said of a document that was deleted."""
        raise NotImplementedError

    def _sort_out(self):
        """Settle the lines that need no work any more: their document was deleted.

        :return: the others
        """
        deleted = self.filtered(lambda line: not line._get_document())
        for line in deleted:
            env = line[self._work_field]._get_asker_env()
            line._record_outcome(line._get_deleted_text(env))
        return self - deleted

    def _perform(self, env):
        """Do it to the documents of these lines, in the environment of who asked.

        :raise UserError: why it can't be done to one of them
        """
        raise NotImplementedError

    # -- work --------------------------------------------------------------------------

    def _get_document(self):
        """The document; empty once it was deleted."""
        self.ensure_one()
        return self[self._document_field]

    @api.model
    def _get_waiting_domain(self):
        return [
            ("state", "=", "waiting"),
            (f"{self._work_field}.state", "=", "running"),
        ]

    @api.model
    def _count_waiting(self):
        return self.search_count(self._get_waiting_domain())

    @api.model
    def _take(self, limit):
        """Lock the next waiting lines; those that another worker has are left to it."""
        waiting = self.search(self._get_waiting_domain())
        return waiting.try_lock_for_update(limit=limit) if waiting else waiting

    def _work(self):
        """Do it, and say how it went: together where all allow it, else each on its
        own."""
        for work, lines in self.grouped(self._work_field).items():
            ready = lines._sort_out()
            if not ready:
                continue
            sentence = ready._try(work)
            if sentence and len(ready) > 1:
                for line in ready:
                    line._record_outcome(line._try(work))
            else:
                ready._record_outcome(sentence)

    def _try(self, work):
        """Do it to all of these, or to none.

        :return: the sentence why not, or nothing
        """
        env = work._get_asker_env()
        if not work.user_id.active:
            return env._(
                "%(user)s is archived and can do nothing any more. Do it yourself.",
                user=work.user_id.name,
            )
        try:
            with self.env.cr.savepoint():
                self._perform(env)
        except UserError as error:
            return str(error)
        except psycopg2.OperationalError:
            # a conflict with another transaction: the whole batch is tried again
            raise
        except Exception as error:
            _logger.exception("%s: it failed", self)
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
