# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

# With more lines of orders and returns than these, measures are counted from a copy:
# of the records themselves it would take more than two seconds.
LIVE_LINES = 20_000
# An older copy isn't read any more.
MAX_HOURS = 24
PREFIX = "rma_authorization_report_copy_"


class RmaAuthorizationReportCopy(models.Model):
    """A copy of the rows of `rma.authorization.report`, for those with so many orders
    and returns that nobody would wait until all are counted.

    Each copy is a table of its own, and never changes: a transaction that began before
    it was made goes on with the copy before. Amounts are in the currency of each row's
    company. What time alone changes is in no copy (`Fact.depends_on_today`).
    """

    _name = "rma.authorization.report.copy"
    _description = "Copy of Return Measures"
    _order = "id desc"
    _rec_name = "date"

    date = fields.Datetime(
        string="Figures as of",
        required=True,
        readonly=True,
        help="What happened later isn't in the measures yet.",
    )
    definition = fields.Char(
        required=True,
        readonly=True,
        help="Digest of the queries that made it; after an update they may be others.",
    )

    @api.model
    def _find(self):
        """The copy to be read from; none where the records themselves are counted:
        there are few, or what was copied is too old, or was defined otherwise."""
        copy = self.search([], limit=1)
        oldest = fields.Datetime.now() - relativedelta(hours=MAX_HOURS)
        if copy and copy.date >= oldest and copy.definition == self._get_definition():
            return copy
        return self.browse()

    def _get_table(self):
        self.ensure_one()
        return f"{PREFIX}{self.id}"

    # -- make --------------------------------------------------------------------------

    @api.model
    def _cron_make(self):
        """Make the copy anew, or drop it where it isn't needed."""
        if self._is_needed():
            self._make()
        else:
            self.search([("date", "!=", False)]).unlink()

    @api.model
    def _schedule(self):
        """Make the copy soon."""
        self.env.ref("rma_authorization.ir_cron_report_copy").sudo()._trigger()

    @api.model
    def _is_needed(self):
        count = 0
        for model, domain in (
            ("sale.order.line", [("state", "=", "sale")]),
            ("rma.authorization.line", []),
        ):
            count += self.env[model].search_count(domain, limit=LIVE_LINES + 1)
        return count > LIVE_LINES

    @api.model
    def _make(self):
        """Copy the events of all companies. The copy before stays for those who are
        reading it.

        :return: the copy
        """
        report = self._get_report()
        report.env.flush_all()
        report._avoid_compiling()
        cr = self.env.cr
        # sorts and hashes of all rows; for this transaction alone
        cr.execute("SET LOCAL work_mem = '128MB'")
        before = self.search([("date", "!=", False)])
        copy = self.create(
            {"date": fields.Datetime.now(), "definition": self._get_definition()}
        )
        table, columns = SQL.identifier(copy._get_table()), report._get_columns()
        cr.execute(
            SQL(
                "CREATE TABLE %s (id bigint, %s)",
                table,
                SQL(", ").join(
                    SQL("%s %s", SQL.identifier(name), SQL(column_type))
                    for name, column_type in columns.items()
                ),
            )
        )
        for select in self._get_selects(report, columns):
            cr.execute(SQL("INSERT INTO %s %s", table, select))
        cr.execute(SQL("CREATE INDEX ON %s (fact, date)", table))
        cr.execute(SQL("ANALYZE %s", table))
        before[1:].unlink()
        report._forget_query()
        return copy

    def unlink(self):
        """Extension: with their tables."""
        for copy in self:
            self.env.cr.execute(
                SQL("DROP TABLE IF EXISTS %s", SQL.identifier(copy._get_table()))
            )
        self.env["rma.authorization.report"]._forget_query()
        return super().unlink()

    # -- definition --------------------------------------------------------------------

    @api.model
    def _get_report(self):
        """The measures as seen from all companies, whoever asks."""
        companies = self.env["res.company"].sudo().search([("id", "!=", False)])
        return (
            self.env["rma.authorization.report"]
            .with_user(api.SUPERUSER_ID)
            .with_context(allowed_company_ids=companies.ids)
        )

    @api.model
    def _get_selects(self, report, columns):
        return [
            report._select_fact(number, name, fact, columns, is_converted=False)
            for number, name, fact in report._number_facts()
            if not fact.depends_on_today
        ]

    @api.model
    def _get_definition(self):
        report = self._get_report()
        digest = hashlib.sha256()
        for select in self._get_selects(report, report._get_columns()):
            digest.update(repr((select.code, select.params)).encode())
        return digest.hexdigest()
