"""./setup/bench --report: how long the measures and the dashboard take to answer."""

import statistics
import sys
import time
from datetime import date
from typing import NamedTuple

import bench
import database
import machine
from machine import read_processor_time

from odoo.api import SUPERUSER_ID

DEFAULT_TIMES = 5
LIMIT = 2000.0
CUSTOMERS = [("direction", "=", "customer")]


class Answer(NamedTuple):
    # milliseconds on the clock, and of processor time
    wall: float
    processor: float
    queries: int


def get_measures(report):
    """All that can be added up or divided."""
    return [
        f"{name}:{field['aggregator']}"
        for name, field in report.fields_get().items()
        if field["type"] in ("integer", "float", "monetary")
        and field.get("aggregator")
        and name != "id"
    ]


def pivot(env):
    """As the menu opens it: this year, by product."""
    year = [*CUSTOMERS, ("date", ">=", date.today().replace(month=1, day=1))]
    env["rma.authorization.report"].formatted_read_grouping_sets(
        year,
        [[], ["product_id"]],
        [
            "qty_shipped:sum",
            "qty_returned:sum",
            "return_rate:avg",
            "nff_rate:avg",
            "amount_cost:sum",
            "currency_id:array_agg_distinct",
        ],
    )


def pivot_all(env):
    """Every measure of all time, by month."""
    report = env["rma.authorization.report"]
    report.formatted_read_group(CUSTOMERS, ["date:month"], get_measures(report))


def pivot_cohort(env):
    """What came back of what was sold in which month, by product category."""
    env["rma.authorization.report"].formatted_read_grouping_sets(
        CUSTOMERS,
        [[], ["sale_date:month"], ["sale_date:month", "categ_id"]],
        ["return_rate:avg", "doa_rate:avg"],
    )


def graph(env):
    """As the menu opens it: return rate by month."""
    env["rma.authorization.report"].formatted_read_group(
        CUSTOMERS, ["date:month"], ["return_rate:avg"]
    )


def reliability(env):
    """As the menu opens it: returns by age and warranty claims, by quarter of sale."""
    ask_all(
        env,
        CUSTOMERS,
        "sale_date:quarter",
        [
            "qty_shipped",
            "early_return_rate",
            "year_return_rate",
            "late_return_rate",
            "warranty_claim_rate",
            "warranty_sales_rate",
            "warranty_cost_per_unit",
        ],
    )


def claims(env):
    """As the menu opens it: value and age of open claims, by supplier."""
    ask_all(
        env,
        [("direction", "=", "supplier"), ("fact", "in", ("claim", "answered"))],
        "vendor_id",
        [
            "claims_open",
            "amount_claim_open",
            "claim_days",
            "claim_p90",
            "claims_due",
            "claim_on_time_rate",
        ],
    )


def repairs(env):
    """As the menu opens it: yield, bench and loans, by product."""
    ask_all(
        env,
        [("fact", "in", ("repaired", "repairing", "lent"))],
        "product_id",
        [
            "qty_repaired",
            "depot_yield",
            "qty_repairing",
            "qty_repairing_late",
            "repairing_late_rate",
            "qty_lent",
            "qty_lent_late",
        ],
    )


def ask_all(env, domain, groupby, names):
    report = env["rma.authorization.report"]
    specs = [f"{name}:{report._fields[name].aggregator}" for name in names]
    report.formatted_read_grouping_sets(domain, [[], [groupby]], specs)


def turnaround(env):
    """Percentiles by reason."""
    env["rma.authorization.report"].formatted_read_group(
        CUSTOMERS, ["reason_id"], ["turnaround_median:avg", "turnaround_p90:avg"]
    )


def dashboard(env):
    """All of it, for the last 90 days."""
    env["rma.authorization.dashboard"].get_data()


def dashboard_year(env):
    """All of it, for the last 365 days."""
    env["rma.authorization.dashboard"].get_data(period="year")


QUESTIONS = {
    "pivot": pivot,
    "pivot, every measure by month": pivot_all,
    "pivot, by month of sale": pivot_cohort,
    "graph": graph,
    "turnaround by reason": turnaround,
    "field reliability": reliability,
    "age of claims": claims,
    "repairs and loaners": repairs,
    "dashboard": dashboard,
    "dashboard, a year": dashboard_year,
}


def ask(registry, manager, question):
    """One answer, in a transaction that has read nothing yet."""
    with bench.environment(registry, *manager) as env:
        env.cr.execute("SELECT pg_backend_pid()")
        backend = env.cr.fetchone()[0]
        queries = env.cr.sql_log_count
        processor = time.process_time() + read_processor_time(backend)
        start = time.perf_counter()
        question(env)
        wall = time.perf_counter() - start
        processor = time.process_time() + read_processor_time(backend) - processor
        queries = env.cr.sql_log_count - queries
        env.cr.rollback()
    return Answer(1000 * wall, 1000 * processor, queries)


def report(answers):
    print(
        f"{'':32}{'on the clock, ms':>18}{'processor, ms':>18}{'queries':>10}\n"
        f"{'':32}{'median':>9}{'worst':>9}{'median':>9}{'worst':>9}"
    )
    for name, made in answers.items():
        figures = "".join(
            f"{function(values):9.0f}"
            for values in ([one.wall for one in made], [one.processor for one in made])
            for function in (statistics.median, max)
        )
        print(f"{name:32}{figures}{max(one.queries for one in made):10}")


def find_slow(answers, *, is_disturbed):
    """Sentences about what takes too long."""
    for name, made in answers.items():
        processor = statistics.median(one.processor for one in made)
        wall = statistics.median(one.wall for one in made)
        if processor > LIMIT:
            yield f"{name}: {processor:.0f} ms of processor time"
        elif wall > LIMIT and not is_disturbed:
            yield f"{name}: {wall:.0f} ms"


def main(times):
    name, returns = bench.update_database()
    registry = bench.load(name)
    with bench.environment(registry, SUPERUSER_ID) as env:
        user = env.ref("base.user_admin")
        manager = (user.id,)
        start = time.perf_counter()
        env["rma.authorization.report.copy"]._cron_make()
        print(f"Copy of the measures: {time.perf_counter() - start:.0f} s")
        env.cr.commit()
    print(f"{returns} open returns; {times} times each", flush=True)
    watch = machine.Watch()
    answers = {}
    for label, question in QUESTIONS.items():
        # what Odoo keeps in memory for all users is there then
        ask(registry, manager, question)
        answers[label] = [ask(registry, manager, question) for _n in range(times)]
    report(answers)
    slow = list(find_slow(answers, is_disturbed=watch.is_disturbed()))
    if slow:
        sys.exit(f"setup/bench: slower than {LIMIT:.0f} ms: " + "; ".join(slow))


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_TIMES)
    except database.SetupError as problem:
        sys.exit(f"setup/bench: {problem}")
