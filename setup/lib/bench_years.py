"""Two years of a shop: what it bought, sold and got back, written by SQL."""

import datetime
import random
from typing import NamedTuple

import psycopg2.extras
from bench_copies import check_superuser

from odoo import Command, fields
from odoo.tools import SQL

# Every product comes in batches, each from one supplier, and each is sold before the
# next one comes. Of lot-tracked products a batch is a lot.
BATCHES, BATCH_DAYS = 25, 29
BATCH_UNITS, UNITS_A_SALE = 125, 5
PRODUCT_UNITS = BATCHES * BATCH_UNITS
# Of ten products.
TRACKING = ["serial"] * 4 + ["lot"] * 3 + ["none"] * 3
VENDORS, CUSTOMERS = 8, 500
# Chance breaks so many of the units, any day that they are in use.
RETURNED = 0.05
# What is wrong with one lot: so many of its units come back with one fault, any day of
# so many.
PLANTED, PLANTED_DAYS = 25, 300


class Place(NamedTuple):
    """Ids after which transfers and their moves were written, and how many rows."""

    pickings: int
    moves: int
    rows: int = 0


class Years:
    """Fills a database with a shop's two years up to today.

    Odoo makes one purchase, one sale and one return; SQL makes the others after them,
    with products, numbers, people, days and faults of their own.
    """

    def __init__(self, env, units):
        check_superuser(env)
        self.env = env
        self.products = -(-units // (10 * PRODUCT_UNITS)) * 10
        self.units = self.products * PRODUCT_UNITS
        self.returns = round(self.units * RETURNED) + PLANTED
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        self._today = env.company._get_rma_day(fields.Datetime.now())
        self._tables = []

    def write(self):
        """Do it all.

        :return: yields what was written, in words
        """
        self._write_catalogue()
        self._make_pattern()
        # as for the copies: nothing is looked up for each row
        self.env.cr.execute("SET LOCAL session_replication_role = replica")
        self._plan_batches()
        rows = self._write_receipts()
        yield f"{rows} rows of receipts"
        rows = self._write_deliveries()
        yield f"{rows} rows of deliveries: {self.units} units"
        self._plan_returns()
        rows = self._write_returns()
        yield f"{rows} rows of returns: {self.returns} of them"
        self._advance()

    @property
    def tables(self):
        return sorted(set(self._tables))

    def get_planted(self):
        """The lot that has the fault, and the fault."""
        [(lot, fault)] = self._query(
            SQL(
                "SELECT lot_id, fault_id FROM plan_finding ORDER BY number DESC LIMIT 1"
            )
        )
        return (
            self.env["stock.lot"].browse(lot),
            self.env["rma.authorization.fault"].browse(fault),
        )

    # -- by Odoo -------------------------------------------------------------------

    def _write_catalogue(self):
        env = self.env
        self._product_ids = (
            env["product.product"]
            .create(
                [
                    {
                        "name": f"Device {number:03}",
                        "default_code": f"DE-{number:03}",
                        "type": "consu",
                        "is_storable": True,
                        "tracking": TRACKING[number % len(TRACKING)],
                        "taxes_id": [Command.clear()],
                    }
                    for number in range(self.products)
                ]
            )
            .ids
        )
        partners = env["res.partner"]
        self._vendor_ids = partners.create(
            [{"name": f"Supplier {number}"} for number in range(1, VENDORS + 1)]
        ).ids
        self._customer_ids = partners.create(
            [
                {
                    "name": f"Customer {number:03}",
                    "email": f"customer{number}@example.com",
                }
                for number in range(1, CUSTOMERS + 1)
            ]
        ).ids
        self._fault_ids = (
            env["rma.authorization.fault"]
            .search([("kind", "=", "fault"), ("child_ids", "=", False)], limit=5)
            .ids
        )

    def _make_pattern(self):
        """One unit that is bought, sold and comes back with a fault."""
        env = self.env
        partners = env["res.partner"]
        product = env["product.product"].browse(
            self._product_ids[TRACKING.index("lot")]
        )
        self._lot = env["stock.lot"].create(
            {"name": "PATTERN", "product_id": product.id}
        )
        self._receipt = self._transfer(
            self.warehouse.in_type_id,
            partners.browse(self._vendor_ids[0]),
            env.ref("stock.stock_location_suppliers"),
            self.warehouse.lot_stock_id,
        )
        self._delivery = self._transfer(
            self.warehouse.out_type_id,
            partners.browse(self._customer_ids[0]),
            self.warehouse.lot_stock_id,
            env.ref("stock.stock_location_customers"),
        )
        self._return = env["rma.authorization"].create(
            {
                "partner_id": self._customer_ids[0],
                "line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "qty_requested": 1.0,
                            "reason_id": env["rma.authorization.reason"]
                            .search([], limit=1)
                            .id,
                            "resolution": "none",
                            "disposition": "scrap",
                            "lot_ids": [Command.set(self._lot.ids)],
                        }
                    )
                ],
            }
        )
        self._return.action_submit()
        if self._return.state == "submitted":
            self._return.action_authorize()
        self._return.action_receive()
        arrival = self._return._get_open_receipts()
        move = arrival.move_ids
        move.move_line_ids.unlink()
        self._write_line(move)
        arrival.with_context(skip_backorder=True).button_validate()
        self._finding = env["rma.authorization.inspection"].create(
            {
                "line_id": self._return.line_ids.id,
                "qty": 1.0,
                "lot_id": self._lot.id,
                "fault_found": "found",
                "fault_id": self._fault_ids[0],
                "disposition": "scrap",
            }
        )
        self._arrival = self._return.picking_ids
        done = self._receipt | self._delivery | self._arrival
        assert set(done.mapped("state")) == {"done"}, done.mapped("state")
        # nobody is written to
        env["rma.authorization.mail"].search([]).unlink()
        env["mail.mail"].search([]).unlink()
        env.flush_all()

    def _transfer(self, picking_type, partner, source, target):
        places = {"location_id": source.id, "location_dest_id": target.id}
        picking = self.env["stock.picking"].create(
            {
                **places,
                "partner_id": partner.id,
                "picking_type_id": picking_type.id,
                "move_ids": [
                    Command.create(
                        {
                            **places,
                            "product_id": self._lot.product_id.id,
                            "product_uom_qty": 1.0,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.move_line_ids.unlink()
        self._write_line(picking.move_ids)
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def _write_line(self, move):
        self.env["stock.move.line"].create(
            {
                **move._prepare_move_line_vals(),
                "lot_id": self._lot.id,
                "quantity": 1.0,
                "picked": True,
            }
        )

    # -- plans ---------------------------------------------------------------------

    def _plan_batches(self):
        """`plan_batch`: what was bought when, of whom, and the number of its first unit
        where units have numbers; `plan_sale`: what was sold of it, to whom."""
        self._query(
            SQL(
                """
                CREATE TEMP TABLE plan_batch AS
                SELECT row_number() OVER times AS number,
                       product.id AS product_id,
                       product.tracking,
                       (%(vendors)s::int[])[1 + place %% 6 + period %% 3] AS partner_id,
                       %(start)s::date + period * %(days)s AS day,
                       product.lots,
                       SUM(product.lots) OVER times AS last_lot
                  FROM (SELECT own.id, template.tracking, given.place::int,
                               CASE template.tracking WHEN 'serial' THEN %(units)s
                                                      WHEN 'lot' THEN 1
                                                      ELSE 0 END AS lots
                          FROM unnest(%(products)s) WITH ORDINALITY given(id, place)
                          JOIN product_product own ON own.id = given.id
                          JOIN product_template template
                            ON template.id = own.product_tmpl_id) product,
                       generate_series(0, %(batches)s - 1) AS period
                WINDOW times AS (ORDER BY period, place ROWS BETWEEN
                                 UNBOUNDED PRECEDING AND CURRENT ROW)
                """,
                units=BATCH_UNITS,
                vendors=self._vendor_ids,
                products=self._product_ids,
                start=self._today - datetime.timedelta(days=BATCHES * BATCH_DAYS),
                days=BATCH_DAYS,
                batches=BATCHES,
            )
        )
        sales = BATCH_UNITS // UNITS_A_SALE
        self._query(
            SQL(
                """
                CREATE TEMP TABLE plan_sale AS
                SELECT batch.number * %(sales)s + part AS number,
                       batch.product_id, batch.tracking, part,
                       batch.last_lot - batch.lots + 1 AS first_lot,
                       (%(customers)s::int[])
                           [1 + (batch.number * 7 + part * 3) %% %(all_customers)s]
                           AS partner_id,
                       batch.day + 1 + (part * (%(days)s - 1)) / %(sales)s AS day
                  FROM plan_batch batch, generate_series(0, %(sales)s - 1) AS part
                """,
                sales=sales,
                customers=self._customer_ids,
                all_customers=CUSTOMERS,
                days=BATCH_DAYS,
            )
        )

    def _plan_returns(self):
        """`plan_finding`: which unit came back when, with which fault."""
        chance = random.Random(2)
        sold = self._query(SQL("SELECT number, day FROM plan_sale ORDER BY number"))
        ages = [(self._today - day).days for _number, day in sold]
        numbers = range(len(sold))
        found = [
            (sold[place][0], chance.randrange(ages[place]), chance.randrange(5))
            for place in chance.choices(numbers, weights=ages, k=self.returns - PLANTED)
        ]
        [(lot_batch,)] = self._query(
            SQL(
                "SELECT number FROM plan_batch WHERE tracking = 'lot' AND day < %s"
                " ORDER BY day DESC, number LIMIT 1",
                self._today - datetime.timedelta(days=PLANTED_DAYS + BATCH_DAYS),
            )
        )
        sales = BATCH_UNITS // UNITS_A_SALE
        found += [
            (
                lot_batch * sales + unit % sales,
                chance.randrange(PLANTED_DAYS),
                0,
            )
            for unit in range(PLANTED)
        ]
        self._query(
            SQL(
                "CREATE TEMP TABLE plan_found"
                " (number int, sale int, ago int, fault int)"
            )
        )
        psycopg2.extras.execute_values(
            self.env.cr._obj,
            "INSERT INTO plan_found VALUES %s",
            [(number, *row) for number, row in enumerate(found, 1)],
            page_size=5000,
        )
        self._query(
            SQL(
                """
                CREATE TEMP TABLE plan_finding AS
                SELECT found.number, sale.product_id, sale.partner_id,
                       %(today)s::date - 1 - found.ago AS day,
                       (%(faults)s::int[])[1 + found.fault] AS fault_id,
                       %(lots)s + CASE sale.tracking
                           WHEN 'serial' THEN first_lot + part * %(a_sale)s
                                              + found.number %% %(a_sale)s
                           WHEN 'lot' THEN first_lot END AS lot_id
                  FROM plan_found found
                  JOIN plan_sale sale ON sale.number = found.sale
                """,
                today=self._today,
                faults=self._fault_ids,
                lots=self._lots,
                a_sale=UNITS_A_SALE,
            )
        )

    # -- by SQL --------------------------------------------------------------------

    def _write_receipts(self):
        batch = SQL("plan_batch new")
        picking = self._receipt
        lots = SQL(
            "plan_batch batch, generate_series(batch.last_lot - batch.lots + 1,"
            " batch.last_lot) AS lot,"
            " LATERAL (SELECT batch.*, lot AS lot_number) new"
        )
        self._lots = self._get_last_id("stock_lot")
        rows = self._copy(
            self._lot,
            lots,
            id=SQL("%s + new.lot_number", self._lots),
            name=SQL("'N' || lpad(new.lot_number::text, 9, '0')"),
            product_id=SQL("new.product_id"),
        )
        place = self._copy_transfer(picking, batch, qty=BATCH_UNITS)
        rows += place.rows
        # a line for each number, else one for all
        lines = SQL(
            "plan_batch batch, generate_series(1, CASE batch.tracking WHEN 'serial'"
            " THEN %(units)s ELSE 1 END) AS part,"
            " LATERAL (SELECT batch.*, CASE WHEN batch.lots > 0"
            " THEN batch.last_lot - batch.lots + part END AS lot_number,"
            " CASE batch.tracking WHEN 'serial' THEN 1 ELSE %(units)s END AS qty) new",
            units=BATCH_UNITS,
        )
        return rows + self._copy_lines(
            picking, lines, place, SQL("%s + new.lot_number", self._lots)
        )

    def _write_deliveries(self):
        picking = self._delivery
        place = self._copy_transfer(picking, SQL("plan_sale new"), qty=UNITS_A_SALE)
        lines = SQL(
            "plan_sale sale, generate_series(0, CASE sale.tracking WHEN 'serial'"
            " THEN %(units)s - 1 ELSE 0 END) AS unit,"
            " LATERAL (SELECT sale.*, CASE sale.tracking"
            " WHEN 'serial' THEN first_lot + sale.part * %(units)s + unit"
            " WHEN 'lot' THEN first_lot END AS lot_number,"
            " CASE sale.tracking WHEN 'serial' THEN 1 ELSE %(units)s END AS qty) new",
            units=UNITS_A_SALE,
        )
        return place.rows + self._copy_lines(
            picking, lines, place, SQL("%s + new.lot_number", self._lots)
        )

    def _write_returns(self):
        finding = SQL("plan_finding new")
        header, line = self._return, self._return.line_ids
        headers = self._get_last_id(header._table)
        line_ids = self._get_last_id(line._table)
        rows = self._copy(
            header,
            finding,
            id=SQL("%s + new.number", headers),
            name=SQL("'RET/W/' || new.number"),
            rma_number=SQL("'RMA/W/' || new.number"),
            access_token=SQL("md5('return' || new.number)"),
            partner_id=SQL("new.partner_id"),
            commercial_partner_id=SQL("new.partner_id"),
            date_request=SQL("new.day - interval '9 days'"),
            date_deadline=SQL("new.day + 30"),
        )
        rows += self._copy(
            line,
            finding,
            id=SQL("%s + new.number", line_ids),
            authorization_id=SQL("%s + new.number", headers),
            partner_id=SQL("new.partner_id"),
            product_id=SQL("new.product_id"),
        )
        self._query(
            SQL(
                "INSERT INTO rma_authorization_line_lot_rel"
                " (rma_authorization_line_id, stock_lot_id)"
                " SELECT %s + number, lot_id FROM plan_finding"
                " WHERE lot_id IS NOT NULL",
                line_ids,
            )
        )
        rows += self._copy(
            self._finding,
            finding,
            id=SQL("%s + new.number", self._get_last_id(self._finding._table)),
            authorization_id=SQL("%s + new.number", headers),
            line_id=SQL("%s + new.number", line_ids),
            product_id=SQL("new.product_id"),
            lot_id=SQL("new.lot_id"),
            fault_id=SQL("new.fault_id"),
            date=SQL("new.day + interval '12 hours'"),
        )
        place = self._copy_transfer(
            self._arrival,
            finding,
            qty=1,
            picking={"rma_id": SQL("%s + new.number", headers)},
            move={"rma_line_id": SQL("%s + new.number", line_ids)},
        )
        lines = SQL("(SELECT *, 1 AS qty FROM plan_finding) new")
        rows += place.rows
        return rows + self._copy_lines(self._arrival, lines, place, SQL("new.lot_id"))

    def _copy_transfer(self, pattern, source, *, qty, picking=None, move=None):
        """Transfers like the pattern, each with one product.

        :return: Place of their rows
        """
        place = Place(
            self._get_last_id("stock_picking"), self._get_last_id("stock_move")
        )
        name = SQL("%s || new.number", f"{pattern.name}/")
        day = SQL("new.day + interval '12 hours'")
        rows = self._copy(
            pattern,
            source,
            id=SQL("%s + new.number", place.pickings),
            name=name,
            partner_id=SQL("new.partner_id"),
            date_done=day,
            scheduled_date=day,
            **(picking or {}),
        )
        rows += self._copy(
            pattern.move_ids,
            source,
            id=SQL("%s + new.number", place.moves),
            picking_id=SQL("%s + new.number", place.pickings),
            reference=name,
            product_id=SQL("new.product_id"),
            date=day,
            product_uom_qty=SQL("%s", qty),
            product_qty=SQL("%s", qty),
            quantity=SQL("%s", qty),
            **(move or {}),
        )
        return place._replace(rows=rows)

    def _copy_lines(self, pattern, source, place, lot):
        return self._copy(
            pattern.move_line_ids,
            source,
            id=SQL("%s + row_number() OVER ()", self._get_last_id("stock_move_line")),
            picking_id=SQL("%s + new.number", place.pickings),
            move_id=SQL("%s + new.number", place.moves),
            product_id=SQL("new.product_id"),
            lot_id=lot,
            quantity=SQL("new.qty"),
            quantity_product_uom=SQL("new.qty"),
            date=SQL("new.day + interval '12 hours'"),
        )

    def _copy(self, pattern, source, **values):
        """A row like that of the record for each row of `source`, which is SQL of what
        stands after FROM and calls its rows `new`."""
        table = pattern.ensure_one()._table
        self._tables.append(table)
        columns = [
            name
            for (name,) in self._query(
                SQL(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_schema = current_schema AND table_name = %s",
                    table,
                )
            )
        ]
        if unknown := set(values) - set(columns):
            raise AssertionError(f"{table} has no {unknown}")
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s"
                " FROM %(table)s old, %(source)s WHERE old.id = %(pattern)s",
                table=SQL.identifier(table),
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(
                    values.get(name) or SQL.identifier("old", name) for name in columns
                ),
                source=source,
                pattern=pattern.id,
            )
        )
        return self.env.cr.rowcount

    def _get_last_id(self, table):
        query = SQL("SELECT max(id) FROM %s", SQL.identifier(table))
        return self._query(query)[0][0] or 0

    def _query(self, query):
        self.env.cr.execute(query)
        return self.env.cr.fetchall() if self.env.cr.description else []

    def _advance(self):
        """Ids of what comes next are free."""
        for table in self.tables:
            self._query(
                SQL(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM %s",
                    table,
                    SQL.identifier(table),
                )
            )
        self.env.invalidate_all()
