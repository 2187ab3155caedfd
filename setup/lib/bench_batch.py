"""./setup/bench --batch: what a return costs, with our addons and with core alone."""

import argparse
import datetime
import hashlib
import itertools
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import addons
import bench
import bench_world
import database
import installation

from odoo.api import SUPERUSER_ID

HERE = Path(__file__).parent
LOG = addons.ROOT / ".local" / "log" / "bench_batch.log"
REPEAT = 3
WARM_UP = 6
MANY = 300
CONTEXT = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nosubscribe": True,
    "no_reset_password": True,
}
FLOOR = "floor"
OURS = ["ours", "ours, inspected"]
SALES, SALES_UNUSED = "sales", "sales, ours unused"
# At most so many times the processor time of the floor ...
LIMIT_TIME = 1.3
# ... and where none of our addons is used, no more than runs differ by.
LIMIT_UNUSED = 1.05
# ... and so many queries for each return: one by one, and in a batch of 100 and more.
LIMIT_SINGLE = 260
LIMIT_BATCH = 75
FROM = 100
# A return among more gets dearer by as much as the floor does, and what runs differ by.
LIMIT_GROWTH = 1.1


class Size(NamedTuple):
    """How many returns, and whether all at once."""

    title: str
    kind: str
    count: int
    is_single: bool = False
    # what is compared: the first is core alone
    works: tuple = (FLOOR, *OURS)
    limit: float = LIMIT_TIME

    @property
    def most_queries(self):
        if SALES in self.works:
            return None
        if self.is_single:
            return LIMIT_SINGLE
        return LIMIT_BATCH if self.kind == "many" and self.count >= FROM else None


SIZES = {
    "single": Size("one by one", "many", 30, is_single=True),
    "10": Size("batch of 10", "many", 10),
    "100": Size("batch of 100", "many", 100),
    "300": Size("batch of 300", "many", 300),
    "long": Size("one of 100 lines", "long", 1),
    "sales": Size(
        "sales", "many", 100, works=(SALES, SALES_UNUSED), limit=LIMIT_UNUSED
    ),
    "sale": Size(
        "sales one by one", "many", 30, True, (SALES, SALES_UNUSED), LIMIT_UNUSED
    ),
}


class Databases:
    """The sold orders, without and with our addons, and copies of them to work on."""

    def __init__(self):
        prefix = database.prefix().replace("rma_test", "rma_batch")
        self.floor, self.ours = f"{prefix}_floor", f"{prefix}_ours"
        self.copy = f"{prefix}_run"

    def prepare(self):
        core = installation.core_database(LOG, addons.ADDONS)
        world = (HERE / "bench_world.py").read_text(encoding="utf-8")
        mark = json.dumps(
            [
                addons.odoo_version(),
                hashlib.sha256(world.encode()).hexdigest(),
                *(MANY, WARM_UP),
            ]
        )
        if database.read_mark(self.floor) != mark:
            print("Selling, delivering and invoicing with core alone", flush=True)
            database.copy(core, self.floor)
            self._run("--make", self.floor)
            database.mark(self.floor, mark)
            database.drop(self.ours)
        self._prepare_ours(json.dumps([mark, addons.digest(addons.ADDONS)]))

    def _prepare_ours(self, mark):
        if database.exists(self.ours) and database.read_mark(self.ours) == mark:
            return
        print("Installing our addons beside these orders", flush=True)
        # anew: an update leaves indexes that aren't wanted any more
        database.copy(self.floor, self.ours)
        LOG.unlink(missing_ok=True)
        installation.install(LOG, self.ours, addons.ADDONS)
        self._run("--settle", self.ours)
        database.mark(self.ours, mark)

    def _run(self, option, name):
        subprocess.run([sys.executable, __file__, option, name], check=True)

    def run(self, work, *args):
        """Work in a process of its own, on a fresh copy.

        :return: what it prints
        :raise SetupError: with what it says is missing
        """
        is_core = work in (FLOOR, SALES)
        database.copy(self.floor if is_core else self.ours, self.copy)
        database.query("ANALYZE", database=self.copy)
        done = subprocess.run(
            [sys.executable, HERE / "bench_batch_run.py", work, self.copy, *args],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise database.SetupError(f"{work}: {done.stderr.strip()[-4000:]}")
        return done.stdout


# -- databases, each in a process of its own ---------------------------------------


def make_world(name):
    with bench.environment(bench.load(name), SUPERUSER_ID, **CONTEXT) as env:
        bench_world.World(env).make(MANY, WARM_UP)


def settle_company(name):
    """Credits are posted at once, as the floor does, and the clerk may do all."""
    with bench.environment(bench.load(name), SUPERUSER_ID, **CONTEXT) as env:
        env.company.rma_credit_posting = "posted"
        clerk = env["res.users"].search([("login", "=", bench_world.CLERK)])
        clerk.group_ids |= env.ref("rma_authorization.group_rma_user")
        clerk.group_ids |= env.ref("rma_authorization_stock.group_rma_warehouse")


# -- measure -----------------------------------------------------------------------


def measure(databases, sizes, repeat):
    """{size: {work: [result of each run]}}; floor and ours take turns."""
    results = {size: {work: [] for work in size.works} for size in sizes}
    for size in sizes:
        for number in range(repeat):
            for work, made in results[size].items():
                args = [size.kind, str(size.count), *["--single"] * size.is_single]
                made.append(json.loads(databases.run(work, *args)))
            print(f"{size.title}: {number + 1} of {repeat}", file=sys.stderr)
    return results


def summarize(made, count, floor):
    """The median of the runs, for each return; against the run of the floor just before
    each, as the speed of a machine changes."""
    figures = {
        name: statistics.median(run[name] for run in made) / count for name in made[0]
    }
    times = [_get_time(run) / count for run in made]
    return {
        **figures,
        "processor": statistics.median(times),
        "ratio": statistics.median(
            _get_time(run) / _get_time(other)
            for run, other in zip(made, floor, strict=True)
        ),
        "least": min(times),
        "most": max(times),
    }


def _get_time(run):
    return run["python"] + run["postgres"]


def report(results):
    print(
        "\n| returns | work | processor, ms | of that PostgreSQL | against the floor "
        "| queries | memory, KiB | database, KiB |\n"
        "|---|---|--:|--:|--:|--:|--:|--:|"
    )
    for size, works in results.items():
        for work, one in works.items():
            print(
                f"| {size.title} | {work} | {1000 * one['processor']:.1f} "
                f"({1000 * one['least']:.1f}–{1000 * one['most']:.1f}) "
                f"| {1000 * one['postgres']:.1f} "
                f"| {one['ratio']:.2f} "
                f"| {one['queries']:.0f} "
                f"| {one['memory'] / 1024:.0f} "
                f"| {one['growth'] / 1024:.1f} |"
            )


def find_dear(results):
    """Sentences about what costs more than it may."""
    for size, works in results.items():
        for work in size.works[1:]:
            one, name = works[work], f"{size.title}, {work}"
            if one["ratio"] > size.limit:
                yield f"{name}: {one['ratio']:.2f} × the floor, not {size.limit}"
            if size.most_queries and one["queries"] > size.most_queries:
                yield f"{name}: {one['queries']:.0f} queries, not {size.most_queries}"
    yield from find_growth(results)


def find_growth(results):
    """Sentences about what gets dearer with the number of returns, and more than the
    floor does."""
    batches = [size for size in results if FLOOR in size.works and size.kind == "many"]
    batches = sorted(
        (size for size in batches if not size.is_single), key=lambda size: size.count
    )
    for fewer, more in itertools.pairwise(batches):
        growth = {
            work: results[more][work]["processor"] / results[fewer][work]["processor"]
            for work in more.works
        }
        for work, times in growth.items():
            if times > max(growth[FLOOR], 1.0) * LIMIT_GROWTH:
                yield (
                    f"{more.title}, {work}: {times:.2f} × {fewer.title}, "
                    f"the floor {growth[FLOOR]:.2f} ×"
                )


def main():
    parser = argparse.ArgumentParser(prog="setup/bench --batch")
    parser.add_argument("sizes", nargs="*", metavar="SIZE")
    parser.add_argument("--repeat", type=int, default=REPEAT)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--make")
    parser.add_argument("--settle")
    options = parser.parse_args()
    if options.make or options.settle:
        if options.make:
            make_world(options.make)
        else:
            settle_company(options.settle)
        return
    if unknown := set(options.sizes) - set(SIZES):
        parser.error(f"SIZE is one of {', '.join(SIZES)}, not {', '.join(unknown)}")
    databases = Databases()
    databases.prepare()
    try:
        work(databases, options)
    finally:
        database.drop(databases.copy)


def work(databases, options):
    sizes = [SIZES[name] for name in options.sizes or SIZES]
    if options.profile:
        for name in sizes[0].works:
            path = options.profile.with_suffix(f".{name.replace(', ', '-')}")
            count = str(sizes[0].count)
            print(
                f"\n{name}\n{databases.run(name, 'many', count, f'--profile={path}')}"
            )
        return
    for name in dict.fromkeys(name for size in sizes for name in size.works):
        databases.run(name, "--test")
    print("The checks find whatever is left out", flush=True)
    made = measure(databases, sizes, options.repeat)
    results = {
        size: {
            name: summarize(runs, size.count, works[size.works[0]])
            for name, runs in works.items()
        }
        for size, works in made.items()
    }
    report(results)
    if options.json:
        options.json.write_text(json.dumps(prepare_json(made, results), indent=2))
    if dear := list(find_dear(results)):
        raise database.SetupError("dearer than it may be: " + "; ".join(dear))


def prepare_json(made, results):
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "odoo": addons.odoo_version(),
        "python": platform.python_version(),
        "postgresql": database.query("SHOW server_version")[0][0],
        "results": [
            {
                "returns": size.title,
                "work": name,
                "count": size.count,
                "each": one,
                "runs": made[size][name],
            }
            for size, works in results.items()
            for name, one in works.items()
        ],
    }


if __name__ == "__main__":
    try:
        main()
    except database.SetupError as problem:
        sys.exit(f"setup/bench: {problem}")
