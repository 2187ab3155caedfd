"""./setup/bench --screens: how long screens take, with few returns and with many."""

import argparse
import contextlib
import datetime
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import addons
import bench
import bench_fill
import database
import machine
from bench_pattern import OPEN_RETURNS
from bench_questions import Shop
from bench_site import Site
from machine import read_processor_time

from odoo.tools import config

DEFAULT_SIZES = [1_000, 10_000, 100_000]
TIMES = 20
# Before it counts: what Odoo keeps in memory for all users is there then.
WARM_UP = 2
# With the most returns a question may take so many times what it takes with the fewest,
# or so many milliseconds more: counting a hundred thousand entries of an index takes
# some ten, and nobody notices them.
LIMIT_RATIO = 1.5
LIMIT_MS = 25.0


class Answer(NamedTuple):
    # milliseconds on the clock, of processor time, and of that PostgreSQL's
    wall: float
    processor: float
    postgres: float
    queries: int
    # of a page of a list
    rows: int = 0


def answer(shop, question, number):
    """Ask once, in a transaction that has read nothing yet."""
    if isinstance(question.who, Site):
        return answer_page(shop, question, number)
    with shop.open(question.who) as env:
        backend = env.cr.connection.info.backend_pid
        before = env.cr.sql_log_count
        with measure([backend]) as taken:
            found = question.ask(env, number)
        queries = env.cr.sql_log_count - before
        env.cr.rollback()
    rows = len(found["records"]) if "records" in found else 0
    return Answer(*taken, queries, rows)


def answer_page(shop, question, number):
    backends = database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = %s",
        [shop.name, "client backend"],
    )
    with measure([pid for (pid,) in backends]) as taken:
        question.ask(number)
    return Answer(*taken, question.who.queries)


@contextlib.contextmanager
def measure(backends):
    """Fills a list with milliseconds: clock, processor, of that PostgreSQL."""
    taken = []
    postgres = sum(map(read_processor_time, backends))
    python, start = time.process_time(), time.perf_counter()
    yield taken
    wall, python = time.perf_counter() - start, time.process_time() - python
    postgres = sum(map(read_processor_time, backends)) - postgres
    taken += [1000 * wall, 1000 * (python + postgres), 1000 * postgres]


# -- databases -------------------------------------------------------------------------


def find_shops(sizes):
    """A database for each size, filled where there is none."""
    names = {}
    for size in sizes:
        size = math.ceil(size / OPEN_RETURNS) * OPEN_RETURNS
        name = f"{bench.database_name()}_{size}"
        facts = bench.read_facts(name)
        if facts.get("pattern") != bench_fill.get_pattern():
            print(f"Filling the database {name}", flush=True)
            command = [sys.executable, bench_fill.__file__, str(size), name]
            subprocess.run(command, check=True)
        names[size], _returns = bench.update_database(name)
    shops = [Shop(name, size) for size, name in names.items()]
    # pages are of the database of who asks
    config["db_name"] = list(names.values())
    return shops


# -- measure ---------------------------------------------------------------------------


def measure_all(shops, times, wanted):
    """{question: {returns: its answers}}; the databases take turns, in any order."""
    asked = {}
    for shop in shops:
        for question in shop.questions:
            if not wanted or any(text in question.label for text in wanted):
                asked.setdefault(question.label, []).append((shop, question))
    answers = {
        label: {shop.returns: [] for shop, _question in both}
        for label, both in asked.items()
    }
    for label, both in asked.items():
        for number in range(WARM_UP):
            for shop, question in both:
                answer(shop, question, number)
        for number in range(times):
            for shop, question in random.sample(both, len(both)):
                made = answer(shop, question, WARM_UP + number)
                answers[label][shop.returns].append(made)
    return {label: both[0][1] for label, both in asked.items()}, answers


def p95(values):
    return sorted(values)[min(int(len(values) * 0.95), len(values) - 1)]


def summarize(made):
    """Figures of so many answers to the same question."""
    return {
        "processor": statistics.median(one.processor for one in made),
        "processor_95": p95([one.processor for one in made]),
        "postgres": statistics.median(one.postgres for one in made),
        "wall": statistics.median(one.wall for one in made),
        "wall_95": p95([one.wall for one in made]),
        "queries": statistics.median(one.queries for one in made),
        "queries_most": max(one.queries for one in made),
        "rows": statistics.median(one.rows for one in made),
    }


def get_ratio(by_size):
    """What it takes with the most returns, in times of that with the fewest."""
    fewest, most = by_size[min(by_size)], by_size[max(by_size)]
    return most["processor"] / fewest["processor"]


def get_mark(question, by_size):
    """Why it may take longer with more returns: a sign, or nothing."""
    if question.grows_with:
        return " †"
    rows = [one["rows"] for one in by_size.values()]
    return " \\*" if max(rows) > by_size[min(by_size)]["rows"] else ""


def report(questions, results):
    sizes = list(next(iter(results.values())))
    heads = [f"{size:,}".replace(",", " ") for size in sizes]
    print(
        "\n| screen | "
        + " | ".join(f"{head}: ms | 95 % | clock" for head in heads)
        + " | times | queries |\n|---|"
        + "--:|" * (3 * len(sizes) + 2)
    )
    for label in questions:
        by_size = results[label]
        figures = " | ".join(
            f"{one['processor']:.0f} | {one['processor_95']:.0f} | {one['wall']:.0f}"
            for one in by_size.values()
        )
        counts = sorted({one["queries_most"] for one in by_size.values()})
        spread = f"{counts[0]}–{counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
        mark = get_mark(questions[label], by_size)
        print(f"| {label}{mark} | {figures} | {get_ratio(by_size):.2f} | {spread} |")
    print("\n\\*: there are more rows to show, as the page isn't full with the fewest")
    for reason in dict.fromkeys(q.grows_with for q in questions.values()):
        if reason:
            labels = [q.label for q in questions.values() if q.grows_with == reason]
            print(f"†: {', '.join(labels)}: there are more {reason}")


def find_dear(questions, results):
    """Sentences about what takes too much."""
    for label, question in questions.items():
        by_size = results[label]
        fewest, most = by_size[min(by_size)], by_size[max(by_size)]
        for size, one in by_size.items():
            if question.queries and one["queries_most"] > question.queries:
                yield (
                    f"{label}, {size} returns: {one['queries_most']} queries, "
                    f"not {question.queries}"
                )
        more = most["processor"] - fewest["processor"]
        if get_mark(question, by_size):
            continue
        if more > LIMIT_MS and get_ratio(by_size) > LIMIT_RATIO:
            yield (
                f"{label}: {most['processor']:.0f} ms with {max(by_size)} returns, "
                f"{fewest['processor']:.0f} ms with {min(by_size)}"
            )


def prepare_json(questions, results):
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "odoo": addons.odoo_version(),
        "python": platform.python_version(),
        "postgresql": database.query("SHOW server_version")[0][0],
        "results": [
            {
                "screen": label,
                "returns": size,
                "times": get_ratio(results[label]),
                **one,
            }
            for label in questions
            for size, one in results[label].items()
        ],
    }


def main():
    parser = argparse.ArgumentParser(prog="setup/bench --screens")
    parser.add_argument("sizes", nargs="*", type=int, default=DEFAULT_SIZES)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--only", action="append", default=[], metavar="TEXT")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    # what other processes of PostgreSQL do for one wouldn't be counted
    os.environ["PGOPTIONS"] = "-c max_parallel_workers_per_gather=0"
    shops = find_shops(options.sizes)
    watch = machine.Watch()
    questions, answers = measure_all(shops, options.times, options.only)
    results = {
        label: {size: summarize(made) for size, made in by_size.items()}
        for label, by_size in answers.items()
    }
    print(f"{options.times} times each, in milliseconds of processor time")
    report(questions, results)
    watch.is_disturbed()
    if options.json:
        text = json.dumps(prepare_json(questions, results), indent=2)
        options.json.write_text(text, encoding="utf-8")
    if dear := list(find_dear(questions, results)):
        raise database.SetupError("dearer than it may be:\n" + "\n".join(dear))


if __name__ == "__main__":
    try:
        main()
    except database.SetupError as problem:
        sys.exit(f"setup/bench: {problem}")
