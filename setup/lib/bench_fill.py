"""./setup/bench --fill: a database with returns by the thousand."""

import hashlib
import math
import random
import sys
import time
from pathlib import Path

import bench
import database
from bench_copies import Copies
from bench_pattern import OPEN_RETURNS, Pattern

from odoo.api import SUPERUSER_ID
from odoo.tools import SQL

CONTEXT = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "no_reset_password": True,
}
# What is compared with what Odoo computes, for so many records.
CHECKED = [
    "rma.authorization",
    "rma.authorization.line",
    "rma.authorization.timer",
    "sale.order",
    "sale.order.line",
    "stock.move",
    "stock.move.line",
    "stock.picking",
]
SAMPLE = 60
# What the content of the database is made by.
SOURCES = ("bench_copies.py", "bench_fill.py", "bench_pattern.py")
# Stored for lists and groups; a scheduled action follows the clock.
OF_THE_DAY = {"is_late"}


class Steps:
    """Says what is being done, and how long it took."""

    def __init__(self):
        self._start = self._last = time.monotonic()

    def say(self, text):
        now = time.monotonic()
        print(
            f"{now - self._start:6.0f} s  {text} ({now - self._last:.0f} s)", flush=True
        )
        self._last = now


def get_pattern():
    """Tells databases apart that were filled in another way."""
    sources = [Path(__file__).with_name(name).read_bytes() for name in SOURCES]
    return hashlib.sha256(b"".join(sources)).hexdigest()


def fill(number, name=None):
    """Make the database, with at least so many open returns."""
    steps = Steps()
    name = name or bench.database_name()
    bench.make_database(name)
    steps.say(f"The database {name} with our addons is there")
    registry = bench.load(name)
    with bench.environment(registry, SUPERUSER_ID, **CONTEXT) as env:
        pattern = Pattern(env)
        pattern.prepare()
        env.flush_all()
        copies = Copies(env)
        pattern.make()
        env.flush_all()
        env.cr.commit()
        steps.say(f"{OPEN_RETURNS} open returns were made by Odoo")
        number_of_copies = math.ceil(number / OPEN_RETURNS) - 1
        for table, rows in copies.write(number_of_copies):
            env.cr.commit()
            if rows > 10 * number_of_copies:
                steps.say(f"{rows:9} rows of {table}")
        env.invalidate_all()
        pattern.complete(number_of_copies)
        env.flush_all()
        env.cr.commit()
        steps.say("Figures of what all copies share are right")
    for table in copies.tables:
        database.query(f'VACUUM (ANALYZE) "{table}"', database=name)
    database.query("ANALYZE", database=name)
    steps.say("PostgreSQL knows what is there")
    with bench.environment(registry, SUPERUSER_ID) as env:
        check(env)
        total = env["rma.authorization"].search_count(
            [("state", "in", ("submitted", "authorized"))]
        )
        env.cr.rollback()
    bench.mark(name, total, get_pattern())
    steps.say(f"{total} open returns")


def check(env):
    """Stored figures are what Odoo would compute.

    :raise SetupError: naming those that aren't
    """
    wrong = []
    for model in CHECKED:
        records = env[model].browse(pick(env[model]))
        for field in bench.get_figures(records):
            if field.name in OF_THE_DAY or field.name.startswith("activity_"):
                continue
            stored = [record[field.name] for record in records]
            env.add_to_compute(field, records)
            computed = [record[field.name] for record in records]
            if any(map(differs, stored, computed)):
                wrong.append(f"{model}.{field.name}")
    if wrong:
        raise database.SetupError(
            f"The copies aren't as Odoo would make them: {', '.join(wrong)}"
        )


def differs(stored, computed):
    if isinstance(stored, float):
        return abs(stored - computed) > 1e-6
    return stored != computed


def pick(model):
    table = SQL.identifier(model._table)
    [(first, last)] = model.env.execute_query(
        SQL("SELECT min(id), max(id) FROM %s", table)
    )
    chosen = random.sample(range(first, last + 1), min(SAMPLE, last - first + 1))
    return model.browse(chosen).exists().ids


if __name__ == "__main__":
    try:
        fill(int(sys.argv[1]), *sys.argv[2:])
    except database.SetupError as problem:
        sys.exit(f"setup/bench: {problem}")
