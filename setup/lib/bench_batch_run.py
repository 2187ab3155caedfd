"""One run of ./setup/bench --batch, in a process of its own on a fresh database.

Prints what it cost as JSON, or says what is missing and fails.
"""

import argparse
import contextlib
import cProfile
import gc
import json
import pstats
import resource
import sys
import time

import bench
from bench_work import WORKS, find_orders
from bench_world import CLERK
from machine import read_processor_time

from odoo.api import SUPERUSER_ID

MUCH = 20


class Meter:
    """Adds up what work costs, where it is done: here and in PostgreSQL."""

    def __init__(self):
        self.python = self.postgres = 0.0
        self.queries = 0

    @contextlib.contextmanager
    def measure(self, cr):
        """What is done in between, up to the commit at its end."""
        backend = cr.connection.info.backend_pid
        queries = cr.sql_log_count
        postgres, python = read_processor_time(backend), time.process_time()
        yield
        cr.commit()
        self.python += time.process_time() - python
        self.postgres += read_processor_time(backend) - postgres
        self.queries += cr.sql_log_count - queries


class Run:
    """A clerk who does the work."""

    def __init__(self, name, work):
        self.registry = bench.load(name)
        self.work = work
        with self._open(SUPERUSER_ID) as env:
            user = env["res.users"].search([("login", "=", CLERK)])
            self.uid = user.id
            self.context = {
                "lang": user.lang,
                "tz": "UTC",
                "allowed_company_ids": user.company_ids.ids,
            }

    def _open(self, uid, **context):
        return bench.environment(self.registry, uid, **context)

    def find(self, kind):
        with self._open(SUPERUSER_ID) as env:
            return find_orders(env, kind).ids

    def do(self, order_ids, meter):
        """Return these orders, each step in a transaction of its own: another person
        does it, another day."""
        for step in self.work.steps:
            with self._open(self.uid, **self.context) as env, meter.measure(env.cr):
                getattr(self.work, step)(env["sale.order"].browse(order_ids))

    def check(self, order_ids):
        """:return: sentences about what is missing"""
        with self._open(SUPERUSER_ID) as env:
            return list(self.work.find_missing(env["sale.order"].browse(order_ids)))

    def read_size(self):
        with self._open(SUPERUSER_ID) as env:
            # the size of the database has files in it that come and go
            env.cr.execute(
                "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
                "WHERE relkind = 'r'"
            )
            return int(env.cr.fetchone()[0])

    # -- measure -------------------------------------------------------------------

    def measure(self, kind, count, *, is_single):
        """What so many returns cost, one by one or all at once."""
        # what Odoo keeps in memory for all users is there before it counts
        for order_id in self.find("warm"):
            self.do([order_id], Meter())
        order_ids = self.find(kind)[:count]
        assert len(order_ids) == count
        batches = [[order] for order in order_ids] if is_single else [order_ids]
        size = self.read_size()
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        meter = Meter()
        for batch in batches:
            self.do(batch, meter)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grown = self.read_size() - size
        if missing := self.check(order_ids):
            sys.exit("\n".join(["Not all of the work was done:", *missing[:MUCH]]))
        return {
            "python": meter.python,
            "postgres": meter.postgres,
            "queries": meter.queries,
            "memory": (peak - before) * 1024,
            "growth": grown,
        }

    # -- self-test -----------------------------------------------------------------

    def test(self):
        """The checks find whatever is left out, and nothing where nothing is.

        :return: what was left out without being found
        """
        with self._open(self.uid, **self.context) as env:
            orders = find_orders(env, "many")[:3]
            work, unseen = self.work, []
            for step in work.steps:
                if not self._sees(env, orders):
                    unseen.append(f"everything from {step!r} on")
                getattr(work, step)(orders)
                # tracking writes its messages only then
                env.cr.flush()
            env.invalidate_all()
            if missing := list(work.find_missing(orders.sudo())):
                sys.exit("\n".join(["Work that was done is missing:", *missing]))
            if not self._sees(env, find_orders(env, "many")[:4]):
                unseen.append("a whole return")
            for what, query in work.losses.items():
                env.cr.execute("SAVEPOINT loss")
                env.cr.execute(query)
                if not self._sees(env, orders):
                    unseen.append(what)
                env.cr.execute("ROLLBACK TO SAVEPOINT loss")
            env.invalidate_all(flush=False)
            env.cr.rollback()
        return unseen

    def _sees(self, env, orders):
        env.invalidate_all()
        return bool(list(self.work.find_missing(orders.sudo())))

    # -- profile -------------------------------------------------------------------

    def profile(self, count, path):
        """Where the time of each step goes, in files that begin with `path`."""
        for order_id in self.find("warm"):
            self.do([order_id], Meter())
        order_ids = self.find("many")[:count]
        profiler = cProfile.Profile()
        for step in self.work.steps:
            meter = Meter()
            with self._open(self.uid, **self.context) as env:
                orders = env["sale.order"].browse(order_ids)
                profiler.enable()
                with meter.measure(env.cr):
                    getattr(self.work, step)(orders)
                profiler.disable()
            print(
                f"{step:12} python {1000 * meter.python / count:7.1f} ms  "
                f"postgres {1000 * meter.postgres / count:6.1f} ms  "
                f"{meter.queries / count:6.1f} queries, each",
                flush=True,
            )
        profiler.dump_stats(path)
        pstats.Stats(path).sort_stats("cumulative").print_stats(MUCH)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("database")
    parser.add_argument("kind", choices=["many", "long"], nargs="?", default="many")
    parser.add_argument("count", type=int, nargs="?", default=1)
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--profile")
    options = parser.parse_args()
    run = Run(options.database, WORKS[options.work]())
    if options.test:
        if unseen := run.test():
            sys.exit("\n".join(["Nobody would see that these are missing:", *unseen]))
    elif options.profile:
        run.profile(options.count, options.profile)
    else:
        result = run.measure(options.kind, options.count, is_single=options.single)
        print(json.dumps(result))


if __name__ == "__main__":
    main()
