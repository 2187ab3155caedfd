# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists


class RmaAuthorizationLineMoment(models.AbstractModel):
    """When a line got how far, as far as no document keeps it: figures by month and
    durations are counted from it."""

    _name = "rma.authorization.line.moment"
    _description = "Moments of a Return Line"

    qty_received = fields.Float(digits="Product Unit")
    date_received = fields.Datetime(
        string="Received on",
        compute="_compute_date_received",
        store=True,
        copy=False,
        help="When the first of these goods arrived.",
    )

    @api.depends("qty_received")
    def _compute_date_received(self):
        for line in self:
            if line.qty_received <= 0:
                line.date_received = False
            else:
                line.date_received = line._get_received_moment()

    def _get_received_moment(self):
        """When the first arrived: what was noted before, or now. Override where
        arrivals have documents."""
        self.ensure_one()
        return self.date_received or fields.Datetime.now()

    def _auto_init(self):
        """What arrived before this was noted came before its first finding, and after
        it was permitted; the finding is nearer to the truth."""
        cr, table = self.env.cr, self._table
        is_new = table_exists(cr, table) and not column_exists(
            cr, table, "date_received"
        )
        if is_new:
            create_column(cr, table, "date_received", "timestamp")
            self.env.execute_query(
                SQL(
                    """
                    UPDATE %(table)s line
                       SET date_received = COALESCE(
                               (SELECT MIN(finding.date)
                                  FROM rma_authorization_inspection finding
                                 WHERE finding.line_id = line.id),
                               a.date_closed, a.date_authorized, a.date_request)
                      FROM rma_authorization a
                     WHERE a.id = line.authorization_id
                       AND line.qty_received > 0
                    RETURNING line.id
                    """,
                    table=SQL.identifier(table),
                )
            )
        return super()._auto_init()
