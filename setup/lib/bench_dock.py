"""./setup/bench --dock: how long the dock check takes to answer a scan."""

import random
import statistics
import sys
import time
from typing import NamedTuple

import bench
import database
import machine
from machine import read_processor_time

from odoo.api import SUPERUSER_ID
from odoo.tools import SQL

DEFAULT_SCANS = 40
# Scans before it counts: what Odoo keeps in memory for all users is there then.
WARM_UP = 3
LIMIT = 150.0

# What is scanned: rows of a number, and of the return that is on the screen by then.
KINDS = {
    "RMA number": """
        SELECT rma_number, NULL FROM rma_authorization WHERE state = 'authorized'
    """,
    "number of a request": """
        SELECT name, NULL FROM rma_authorization
    """,
    "number of the parcel": """
        SELECT tracking_ref, NULL FROM rma_authorization
         WHERE tracking_ref IS NOT NULL AND state = 'authorized'
    """,
    "return transfer": """
        SELECT name, NULL FROM stock_picking
         WHERE rma_id IS NOT NULL AND state NOT IN ('done', 'cancel')
    """,
    "delivery": """
        SELECT name, NULL FROM stock_picking
         WHERE rma_id IS NULL AND state = 'done' AND sale_id NOT IN %(frameworks)s
    """,
    "serial number": """
        SELECT lot.name, NULL FROM stock_lot lot
          JOIN product_product product ON product.id = lot.product_id
         WHERE product.default_code LIKE 'PH-%%'
    """,
    "serial number, after its label": """
        SELECT lot.name, line.authorization_id
          FROM rma_authorization_line_lot_rel rel
          JOIN stock_lot lot ON lot.id = rel.stock_lot_id
          JOIN rma_authorization_line line ON line.id = rel.rma_authorization_line_id
         WHERE line.state = 'authorized'
    """,
    "product": """
        SELECT barcode, NULL FROM product_product WHERE barcode IS NOT NULL
    """,
    "product, after its label": """
        SELECT product.barcode, line.authorization_id
          FROM rma_authorization_line line
          JOIN product_product product ON product.id = line.product_id
         WHERE line.state = 'authorized'
    """,
    "nothing known": """
        SELECT 'NOBODY-' || number, NULL FROM generate_series(1, 10000) number
    """,
    "framework order: delivery": """
        SELECT name, NULL FROM stock_picking
         WHERE rma_id IS NULL AND state = 'done' AND sale_id IN %(frameworks)s
    """,
    "framework order: RMA number": """
        SELECT rma.rma_number, NULL
          FROM rma_authorization_line line
          JOIN sale_order_line origin ON origin.id = line.sale_line_id
          JOIN rma_authorization rma ON rma.id = line.authorization_id
         WHERE line.state = 'authorized' AND origin.order_id IN %(frameworks)s
    """,
    "framework order: serial number": """
        SELECT lot.name, NULL FROM stock_lot lot
          JOIN product_product product ON product.id = lot.product_id
         WHERE product.default_code LIKE 'UN-%%'
    """,
}


class Scan(NamedTuple):
    """How long one answer took, and what it was."""

    # milliseconds on the clock, and of processor time
    wall: float
    processor: float
    queries: int
    verdict: str


class Dock:
    """A warehouse worker who scans."""

    def __init__(self, registry):
        self.registry = registry
        with bench.environment(registry, SUPERUSER_ID) as env:
            user = env["res.users"].search([("login", "=", bench.WORKER)])
            self.uid = user.id
            self.context = {
                "lang": user.lang,
                "tz": "UTC",
                "allowed_company_ids": user.company_ids.ids,
            }
            customer = env["res.partner"].search([("name", "=", "Framework Customer")])
            orders = env["sale.order"].search([("partner_id", "=", customer.id)])
            self.frameworks = tuple(orders.ids)

    def choose(self, kind, count):
        """So many numbers of this kind at random, and the return on the screen."""
        query = SQL(
            "SELECT * FROM (%s) found ORDER BY random() LIMIT %s",
            SQL(KINDS[kind], frameworks=self.frameworks),
            count,
        )
        with bench.environment(self.registry, SUPERUSER_ID) as env:
            return env.execute_query(query)

    def scan(self, barcode, rma_id):
        """One scan, in a transaction that has read nothing yet."""
        with bench.environment(self.registry, self.uid, **self.context) as env:
            env.cr.execute("SELECT pg_backend_pid()")
            backend = env.cr.fetchone()[0]
            dock = env["rma.authorization.dock"]
            queries = env.cr.sql_log_count
            processor = time.process_time() + read_processor_time(backend)
            start = time.perf_counter()
            answer = dock.scan(barcode, {"rma_id": rma_id, "goods": []})
            wall = time.perf_counter() - start
            processor = time.process_time() + read_processor_time(backend) - processor
            queries = env.cr.sql_log_count - queries
            env.cr.rollback()
        return Scan(1000 * wall, 1000 * processor, queries, answer["verdict"])


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def measure(dock, count):
    """{kind: its scans}, made in any order."""
    todo = []
    for kind in KINDS:
        chosen = dock.choose(kind, count + WARM_UP)
        for barcode, rma_id in chosen[:WARM_UP]:
            dock.scan(barcode, rma_id)
        todo += [(kind, *one) for one in chosen[WARM_UP:]]
    random.shuffle(todo)
    scans = {kind: [] for kind in KINDS}
    for kind, barcode, rma_id in todo:
        scans[kind].append(dock.scan(barcode, rma_id))
    return scans


def report(scans):
    print(
        f"{'scanned':32}{'on the clock, ms':>24}{'processor, ms':>24}{'queries':>10}\n"
        f"{'':32}{'median':>8}{'95 %':>8}{'worst':>8}{'median':>8}{'95 %':>8}"
        f"{'worst':>8}{'median':>6}{'most':>5}   verdicts"
    )
    for kind, made in scans.items():
        figures = "".join(
            f"{function(values):8.0f}"
            for values in ([one.wall for one in made], [one.processor for one in made])
            for function in (statistics.median, p95, max)
        )
        queries = [one.queries for one in made]
        verdicts = sorted({one.verdict for one in made})
        print(
            f"{kind:32}{figures}{statistics.median(queries):6.0f}{max(queries):5}"
            f"   {', '.join(verdicts)}"
        )


def p95(values):
    return percentile(values, 0.95)


def find_slow(scans, *, is_disturbed):
    """Sentences about what takes too long."""
    for kind, made in scans.items():
        processor = p95([one.processor for one in made])
        wall = p95([one.wall for one in made])
        if processor > LIMIT:
            yield f"{kind}: 95 % within {processor:.0f} ms of processor time"
        elif wall > LIMIT and not is_disturbed:
            yield f"{kind}: 95 % within {wall:.0f} ms"


def main(count):
    name, returns = bench.update_database()
    dock = Dock(bench.load(name))
    print(f"{returns} open returns; {count} scans of each kind", flush=True)
    watch = machine.Watch()
    scans = {kind: made for kind, made in measure(dock, count).items() if made}
    report(scans)
    slow = list(find_slow(scans, is_disturbed=watch.is_disturbed()))
    if slow:
        sys.exit(f"setup/bench: slower than {LIMIT:.0f} ms: " + "; ".join(slow))


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_SCANS)
    except database.SetupError as problem:
        sys.exit(f"setup/bench: {problem}")
