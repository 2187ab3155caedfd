# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL


def lock_rows(records):
    """Lock the rows of `records` so that what is read of them next stays true.

    PostgreSQL runs Odoo's transactions at REPEATABLE READ. Somebody who merely
    locked a row and wrote elsewhere would stay invisible to us: we would get the lock
    after them and still judge by our older snapshot. An update that changes no
    value makes a new version of the row, so the later of two transactions fails
    with a serialization error, and Odoo runs its request again on fresh data.
    """
    if not records:
        return
    records.flush_recordset()
    records.env.execute_query(
        SQL(
            "UPDATE %(table)s SET write_date = write_date WHERE id IN %(ids)s "
            "RETURNING id",
            table=SQL.identifier(records._table),
            ids=tuple(sorted(records.ids)),
        )
    )
    records.invalidate_recordset()
