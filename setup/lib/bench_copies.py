"""Multiplies what was written into a database since a moment, by SQL."""

import database

from odoo.tools import SQL

# What isn't a document: queues, logs, and what Odoo keeps of its own work.
LEFT_OUT = ("bus_", "ir_", "mail_mail", "mail_notification", "rma_authorization_mail")
# Columns with the number of a document, or with a text that ends with one.
NUMBERED = {
    "complete_name",
    "name",
    "origin",
    "reference",
    "rma_number",
    "tracking_ref",
}
# Each copy's numbers are so much higher than those of the copy before.
NUMBERS = 400
# Copies are 0 to 8 weeks older than the pattern: whole weeks, so that what is counted
# in working hours stays right.
WEEKS = 9


def check_superuser(env):
    """Raise a SetupError unless rows can be written without looking each one up."""
    env.cr.execute("SHOW is_superuser")
    if env.cr.fetchone()[0] != "on":
        raise database.SetupError(
            "Filling a database takes a superuser of PostgreSQL. Unset PGHOST, so that "
            "the server below .local is used."
        )


class Copies:
    """Copies of all rows that are written from now on, however they hang together.

    Of every table with new rows, a copy has the same rows with ids that are higher by a
    fixed step. What refers to a new row refers to its copy, and what refers to an older
    row is shared by all copies. So whatever is to be shared has to be there before this
    is made, and nothing of what is copied has to be known by name.
    """

    def __init__(self, env):
        self.env = env
        check_superuser(env)
        self._columns = self._read_columns()
        self._references = self._read_references()
        self._last_ids = self._read_last_ids()
        self._numbers = self._read_numbers()
        self._steps = {}
        self.tables = []

    def write(self, count):
        """Write so many copies, table by table.

        :return: yields each table, and how many rows it got
        """
        # ids and numbers of all tables are known before the first one grows
        new = {
            table: last - self._last_ids[table]
            for table, last in self._read_last_ids().items()
            if last > self._last_ids[table] and not self._is_left_out(table)
        }
        self._steps = new
        self._check_numbers()
        relations = [
            table
            for table, columns in self._columns.items()
            if "id" not in columns
            and any(self._references.get((table, column)) in new for column in columns)
        ]
        self.tables = [*new, *relations]
        for table in self.tables:
            yield table, self._copy(table, count)
        self._advance(count)

    # -- what there is -------------------------------------------------------------

    def _query(self, query):
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    def _read_columns(self):
        columns = {}
        for table, column, kind in self._query(
            SQL(
                """
                SELECT c.table_name, c.column_name, c.data_type
                  FROM information_schema.columns c
                  JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
                 ORDER BY c.table_name, c.ordinal_position
                """
            )
        ):
            columns.setdefault(table, {})[column] = kind
        return columns

    def _read_references(self):
        """{(table, column): table that it refers to}"""
        return {
            (table, column): target
            for table, column, target in self._query(
                SQL(
                    """
                    SELECT own.relname, a.attname, target.relname
                      FROM pg_constraint c
                      JOIN pg_class own ON own.oid = c.conrelid
                      JOIN pg_class target ON target.oid = c.confrelid
                      JOIN pg_attribute a
                        ON a.attrelid = own.oid AND a.attnum = c.conkey[1]
                     WHERE c.contype = 'f'
                    """
                )
            )
        }

    def _read_last_ids(self):
        last_ids = {}
        for table, columns in self._columns.items():
            if columns.get("id") == "integer":
                query = SQL("SELECT max(id) FROM %s", SQL.identifier(table))
                last_ids[table] = self._query(query)[0][0] or 0
        return last_ids

    def _read_numbers(self):
        """{id of a sequence: name in PostgreSQL or none, last number}"""
        numbers = {}
        for record in self.env["ir.sequence"].search([]):
            if record.implementation == "standard":
                name = f"ir_sequence_{record.id:03d}"
                query = SQL("SELECT last_value FROM %s", SQL.identifier(name))
                numbers[record.id] = name, self._query(query)[0][0]
            else:
                numbers[record.id] = None, record.number_next
        return numbers

    def _check_numbers(self):
        for key, (_name, last) in self._read_numbers().items():
            assert last - self._numbers[key][1] < NUMBERS, (
                self.env["ir.sequence"].browse(key).name
            )

    def _is_left_out(self, table):
        # a hierarchy has paths of ids, which nothing here shifts
        assert "parent_path" not in self._columns[table] or table.startswith(
            LEFT_OUT
        ), table
        models = [model for model in self.env.values() if model._table == table]
        return table.startswith(LEFT_OUT) or any(model._transient for model in models)

    # -- copy ----------------------------------------------------------------------

    def _copy(self, table, count):
        self.env.cr.execute("SET LOCAL session_replication_role = replica")
        columns = list(self._columns[table])
        query = SQL(
            """
            INSERT INTO %(table)s (%(columns)s)
            SELECT %(values)s
              FROM %(table)s old, generate_series(1, %(count)s) AS copy(k)
             WHERE %(condition)s
             ORDER BY k, %(order)s
            """,
            table=SQL.identifier(table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(self._get_value(table, name) for name in columns),
            count=count,
            condition=self._get_condition(table),
            order=SQL.identifier("old", columns[0]),
        )
        self.env.cr.execute(query)
        return self.env.cr.rowcount

    def _get_condition(self, table):
        if table in self._steps:
            condition = SQL("old.id > %s", self._last_ids[table])
            if table == "stock_quant":
                # what has no number lies on one pile, see `Pattern.complete`
                condition = SQL(
                    "%s AND old.lot_id IS NOT NULL AND old.quantity <> 0", condition
                )
            return condition
        return SQL(" OR ").join(
            SQL(
                "%s > %s",
                SQL.identifier("old", column),
                self._last_ids[self._references[table, column]],
            )
            for column in self._columns[table]
            if self._references.get((table, column)) in self._steps
        )

    def _get_value(self, table, column):
        old = SQL.identifier("old", column)
        kind = self._columns[table][column]
        if column == "id" and table in self._steps:
            return SQL("%s + k * %s", old, self._steps[table])
        target = self._references.get((table, column))
        if target:
            return self._shift(old, target)
        if kind == "integer" and (of := self._get_model_column(table, column)):
            return self._shift_any(old, SQL.identifier("old", of))
        if kind in ("character varying", "text") and column in NUMBERED:
            return self._renumber(old)
        if kind.startswith(("timestamp", "date")):
            return SQL("%s - (k %% %s) * interval '7 days'", old, WEEKS)
        return old

    def _shift(self, old, target):
        """The copy of the row that is referred to, where it has any."""
        if target not in self._steps:
            return old
        return SQL(
            "CASE WHEN %(old)s > %(last)s THEN %(old)s + k * %(step)s ELSE %(old)s END",
            old=old,
            last=self._last_ids[target],
            step=self._steps[target],
        )

    def _get_model_column(self, table, column):
        """The column that says which model this id is of, for fields that may be of
        any."""
        for model in self.env.values():
            if model._table == table and column in model._fields:
                return getattr(model._fields[column], "model_field", None)
        return None

    def _shift_any(self, old, model_column):
        cases = [
            SQL("WHEN %s THEN %s", name, self._shift(old, model._table))
            for name, model in self.env.items()
            if model._auto and model._table in self._steps
        ]
        return SQL("CASE %s %s ELSE %s END", model_column, SQL(" ").join(cases), old)

    def _renumber(self, old):
        number = SQL(r"substring(%s from '\d+$')", old)
        new = SQL("(%s::bigint + k * %s)::text", number, NUMBERS)
        return SQL(
            r"CASE WHEN %(old)s ~ '\d{4,}$' THEN regexp_replace(%(old)s, '\d+$', '') "
            r"|| lpad(%(new)s, greatest(length(%(number)s), length(%(new)s)), '0') "
            r"ELSE %(old)s END",
            old=old,
            number=number,
            new=new,
        )

    # -- go on after them ----------------------------------------------------------

    def _advance(self, count):
        """Ids and numbers of what comes next are free."""
        for table in self._steps:
            self.env.cr.execute(
                SQL(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM %s",
                    table,
                    SQL.identifier(table),
                )
            )
        for key, (name, last) in self._read_numbers().items():
            if last == self._numbers[key][1]:
                continue
            number = last + count * NUMBERS
            if name:
                self.env.cr.execute(SQL("SELECT setval(%s, %s)", name, number))
            else:
                self.env["ir.sequence"].browse(key).number_next = number
        self.env.cr.commit()
