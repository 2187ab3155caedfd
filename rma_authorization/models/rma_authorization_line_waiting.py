# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists


class RmaAuthorizationLineWaiting(models.AbstractModel):
    """Since when the goods of an authorization line wait to be inspected: the order of
    the inspection desk's queue."""

    _name = "rma.authorization.line.waiting"
    _description = "Return Line Waiting for Inspection"
    _inherit = ["rma.authorization.line.quantity"]

    date_to_inspect = fields.Datetime(
        string="To Inspect since",
        compute="_compute_date_to_inspect",
        store=True,
        copy=False,
        index="btree_not_null",
        help="When the first of what waits to be inspected arrived.",
    )

    # Not by the receipts: goods are received with and without them, and what came
    # later waits no longer than from then on, once everything before is judged.
    @api.depends("qty_to_inspect")
    def _compute_date_to_inspect(self):
        now = fields.Datetime.now()
        for line in self:
            line.date_to_inspect = (
                (line.date_to_inspect or now)
                if line._has_open("qty_to_inspect")
                else False
            )

    def _filter_to_inspect(self):
        """Those of which something waits to be inspected."""
        return self.filtered(lambda line: line._has_open("qty_to_inspect"))

    def _auto_init(self):
        if self._auto:
            self._fill_date_to_inspect()
        return super()._auto_init()

    def _fill_date_to_inspect(self):
        """What waits when this is installed has waited since its clock was started, or
        at least since it was touched last; not since the update."""
        cr = self.env.cr
        if not table_exists(cr, self._table) or column_exists(
            cr, self._table, "date_to_inspect"
        ):
            return
        create_column(cr, self._table, "date_to_inspect", "timestamp")
        cr.execute(
            SQL(
                "UPDATE %(lines)s line SET date_to_inspect = COALESCE(("
                "SELECT MAX(timer.date_start) FROM %(timers)s timer "
                "WHERE timer.line_id = line.id AND timer.date_done IS NULL "
                "AND timer.milestone = 'inspection'), line.write_date) "
                "WHERE line.qty_to_inspect > 0",
                lines=SQL.identifier(self._table),
                timers=SQL.identifier(self.env["rma.authorization.timer"]._table),
            )
        )
