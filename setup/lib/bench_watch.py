"""./setup/bench --watch: how long the watch takes at a million units."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import bench
import database
import machine
from bench_fill import CONTEXT, Steps
from bench_years import PLANTED, Years

from odoo.api import SUPERUSER_ID

DEFAULT_UNITS = 1_000_000
# What a look, and what a screen may take.
LIMIT_SECONDS = {"look": 10.0, "chart": 2.0, "holders": 2.0}
LIMIT_MEGABYTES = 500
# What the watch's documentation allows: one false alarm in 52 looks, in the mean. A
# look with two of them happens once in five thousand (Poisson).
FALSE_ALARMS = 1


def database_name():
    return bench.database_name().replace("rma_bench", "rma_watch")


def fill(name, units):
    """Make the database, with two years of a shop.

    :return: the ids of the lot and of the product that have the fault
    """
    steps = Steps()
    bench.make_database(name)
    steps.say(f"The database {name} with our addons is there")
    with bench.environment(bench.load(name), SUPERUSER_ID, **CONTEXT) as env:
        years = Years(env, units)
        for text in years.write():
            steps.say(text)
        lot, _fault = years.get_planted()
        planted = lot.id, lot.product_id.id
        env.cr.commit()
    for table in years.tables:
        database.query(f'VACUUM (ANALYZE) "{table}"', database=name)
    database.query("ANALYZE", database=name)
    steps.say("PostgreSQL knows what is there")
    return planted


# -- in a process of their own ---------------------------------------------------------


def look(env):
    """What the scheduled action does."""
    before = env["rma.authorization.case"].search([]).ids
    yield
    env["rma.authorization.sentinel"]._cron_watch()
    yield
    cases = env["rma.authorization.case"].search([("id", "not in", before)])
    return [
        {
            "name": case.display_name,
            "product": case.product_id.id,
            "lots": case.lot_ids.ids,
            "kind": case.alarm_kind,
            "note": case.alarm_note,
            "findings": len(case.inspection_ids),
        }
        for case in cases
    ]


def chart(env):
    """What the case's screen shows of the weeks before."""
    case = env["rma.authorization.case"].search([("lot_ids", "!=", False)], limit=1)
    case.read(["product_id"])
    yield
    figures = case.chart
    yield
    return [sum(figures["counted"]), sum(figures["expected"])]


def holders(env):
    """Who has units of the lot."""
    case = env["rma.authorization.case"].search([("lot_ids", "!=", False)], limit=1)
    yield
    case.action_find_holders()
    yield
    return len(case.holder_ids)


JOBS = {"look": look, "chart": chart, "holders": holders}
STEPS = {
    "first look": "look",
    "second look": "look",
    "chart of the case": "chart",
    "holders of its lot": "holders",
}


def work(name, job):
    """Do one of the jobs in this process, which has done nothing yet but load Odoo, and
    print what it took."""
    registry = bench.load(name)
    with bench.environment(registry, SUPERUSER_ID) as env:
        env.cr.execute("SELECT pg_backend_pid()")
        backend = env.cr.fetchone()[0]
        steps = JOBS[job](env)
        next(steps)
        env.invalidate_all()
        with contextlib.suppress(OSError):
            # the peak of memory starts here
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        loaded = read_megabytes("VmRSS")
        queries = env.cr.sql_log_count
        server = read_server_time(backend)
        python, start = time.process_time(), time.perf_counter()
        next(steps)
        env.flush_all()
        taken = {
            "wall": time.perf_counter() - start,
            "python": time.process_time() - python,
            "server": read_server_time(backend) - server,
            "queries": env.cr.sql_log_count - queries,
            "memory": read_megabytes("VmHWM"),
            "loaded": loaded,
        }
        try:
            next(steps)
        except StopIteration as end:
            taken["answer"] = end.value
        env.cr.commit()
    print(json.dumps(taken))


def read_megabytes(key):
    """Memory of this process; 0 where that can't be found out."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(re.search(rf"^{key}:\s*(\d+) kB", status, re.M)[1]) // 1024


def read_server_time(pid):
    """Seconds that a process of PostgreSQL has worked, and with it those that helped it
    and have ended; 0 where that can't be found out."""
    try:
        parent = _read_stat(pid)[1]
        helped = sum(map(int, _read_stat(parent)[13:15])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return 0.0
    return machine.read_processor_time(pid) + helped


def _read_stat(pid):
    """What stands behind the name in /proc/<pid>/stat."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return text.rpartition(")")[2].split()


# -- report ----------------------------------------------------------------------------


def measure(name, job):
    process = subprocess.run(
        [sys.executable, __file__, "--work", name, job],
        stdout=subprocess.PIPE,
        check=False,
    )
    if process.returncode:
        raise database.SetupError(f"{job} failed; look at the lines above.")
    return json.loads(process.stdout.splitlines()[-1])


def report(label, taken):
    print(
        f"{label:28}{taken['wall']:8.1f}{taken['python']:10.1f}{taken['server']:12.1f}"
        f"{taken['memory']:11}{taken['memory'] - taken['loaded']:11}"
        f"{taken['queries']:10}",
        flush=True,
    )


def find_slow(label, taken, *, is_disturbed):
    """Sentences about what takes too much."""
    processor = taken["python"] + taken["server"]
    limit = LIMIT_SECONDS[STEPS[label]]
    if processor > limit:
        yield f"{label}: {processor:.1f} s of processor time"
    elif taken["wall"] > limit and not is_disturbed:
        yield f"{label}: {taken['wall']:.1f} s"
    if taken["memory"] > LIMIT_MEGABYTES:
        yield f"{label}: {taken['memory']} MB"


def find_wrong(planted, first, second):
    """Sentences about cases that are missing or shouldn't be there."""
    lot, product = planted
    found = [case for case in first if case["lots"] == [lot]]
    if len(found) != 1 or found[0]["product"] != product:
        yield "the planted fault was not found"
    elif found[0]["findings"] < PLANTED:
        yield f"the case has {found[0]['findings']} findings of {PLANTED} and more"
    if len(first) - len(found) > FALSE_ALARMS:
        yield f"{len(first) - len(found)} cases about chance alone"
    if second:
        yield f"the second look opens {len(second)} cases again"


def main(units):
    name = database_name()
    # what is stopped takes its database with it
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit("setup/bench: stopped"))
    try:
        planted = fill(name, units)
        watch = machine.Watch()
        print(
            f"\n{'':28}{'clock, s':>8}{'Python, s':>10}{'server, s':>12}"
            f"{'peak, MB':>11}{'more, MB':>11}{'queries':>10}"
        )
        results = {}
        for label, job in STEPS.items():
            results[label] = measure(name, job)
            report(label, results[label])
    finally:
        database.drop(name)
    is_disturbed = watch.is_disturbed()
    first = results["first look"]["answer"]
    for case in first:
        print(f"{case['name']} [{case['kind']}]: {case['note']}")
    wrong = [
        *find_wrong(planted, first, results["second look"]["answer"]),
        *(
            sentence
            for label, taken in results.items()
            for sentence in find_slow(label, taken, is_disturbed=is_disturbed)
        ),
    ]
    if wrong:
        sys.exit("setup/bench: " + "; ".join(wrong))


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["--work"]:
            work(*sys.argv[2:])
        else:
            main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_UNITS)
    except database.SetupError as problem:
        sys.exit(f"setup/bench: {problem}")
