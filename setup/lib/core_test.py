"""./setup/test --core: Odoo's own tests, without and with our addons installed."""

import concurrent.futures
import dataclasses
import datetime
import fcntl
import hashlib
import json
import re
import signal
import socket
import sys
import time
from pathlib import Path

import addons
import database
import full_test
import installation

# Most telling first; the tests of account take as long as all others.
MODULES = [
    "repair",
    "sale_stock",
    "stock_account",
    "stock",
    "sale",
    "purchase_stock",
    "account",
]
SIDES = WITHOUT, WITH = "without", "with"
AGAIN = "again"
PREFIX = f"{database.prefix()}_compare"
LOGS = full_test.LOGS
RECORDS = addons.ROOT / ".local" / "core_tests"
RUNNER = Path(__file__).with_name("core_runner.py")
# Seconds after which a module's tests are taken to hang.
TIMEOUT = 4 * 3600
# What may become of a test, from good to bad; "missing" is one that side doesn't have.
OUTCOMES = ["passed", "skipped", "missing", "failed"]


class Outcomes(dict):
    """What became of each test; the name of a test is its tag for `--test-tags`."""

    def __missing__(self, test):
        return "missing"

    def failed(self):
        return sorted(test for test in self if self[test] == "failed")

    def __str__(self):
        values = list(self.values())
        counts = {name: values.count(name) for name in OUTCOMES}
        parts = [f"{count} {name}" for name, count in counts.items() if count]
        return f"{len(values)} tests: {', '.join(parts)}"


@dataclasses.dataclass
class Run:
    """Tests of Odoo in a copy of the database of one side."""

    side: str
    name: str  # a module, or AGAIN
    tags: list[str]
    outcomes: Outcomes | None = None
    seconds: float = 0
    made: str = ""  # when, if what is kept of an earlier run is used

    @property
    def log(self):
        return LOGS / f"core_{self.side}_{self.name}.log"

    @property
    def record(self):
        return RECORDS / f"{self.side}_{self.name}.jsonl"

    def perform(self):
        start = time.monotonic()
        name = f"{side_database(self.side)}_{self.name}"
        for path in (self.log, self.record):
            path.unlink(missing_ok=True)
        try:
            database.copy(side_database(self.side), name)
            run_odoo(self.log, self.record, name, self.tags)
            self.outcomes = read_record(self.record, self.log)
        finally:
            database.drop(name)
        self.seconds = time.monotonic() - start

    def __str__(self):
        how = f"kept from {self.made}" if self.made else f"{self.seconds:.0f} s"
        return f"{self.side} ours, {self.name}: {self.outcomes} ({how})"


# One run
# -------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_odoo(log, record, name, tags):
    options = {
        "--database": name,
        "--db-filter": f"^{name}$",
        "--http-port": str(free_port()),
        "--screenshots": str(RECORDS / "screenshots"),
        "--test-tags": ",".join(tags),
    }
    program = [sys.executable, RUNNER, record, "--stop-after-init"]
    given = (f"{option}={value}" for option, value in options.items())
    installation.command(log, *program, *given, timeout=TIMEOUT)


def read_record(record, log):
    """Return the outcomes, if they are complete and Odoo came to the same verdict."""
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    found, outcomes = None, Outcomes()
    for values in map(json.loads, lines):
        if "found" in values:
            found = values["found"]
        else:
            outcomes[values["test"]] = values["outcome"]
    if found is None or not outcomes.keys() >= set(found):
        raise database.SetupError(f"Odoo ended before all tests had run: {log}")
    text = log.read_text(encoding="utf-8", errors="replace")
    counts = re.findall(r" (\d+) failed, (\d+) error\(s\) of \d+ tests when", text)
    if not counts or any(map(int, counts[-1])) != bool(outcomes.failed()):
        raise database.SetupError(f"Odoo counted other failures than we did: {log}")
    return outcomes


# What is kept of the runs without ours
# -------------------------------------


def kept_path(run):
    return RECORDS / f"without_{run.name}.json"


def kept_key(run):
    """What the outcome without ours depends on: Odoo, its addons, and how it is run."""
    procedure = hashlib.sha256(RUNNER.read_bytes()).hexdigest()
    core = sorted(installation.core_databases)
    return [addons.odoo_version(), core, run.tags, procedure]


def keep(run):
    made = datetime.datetime.now().isoformat(" ", "minutes")
    values = {"key": kept_key(run), "made": made, "outcomes": run.outcomes}
    kept_path(run).write_text(json.dumps(values, indent=1), encoding="utf-8")


def reuse(run):
    """Take the outcomes from an earlier run, and return whether there was one."""
    path = kept_path(run)
    values = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if values.get("key") != kept_key(run):
        return False
    run.made, run.outcomes = values["made"], Outcomes(values["outcomes"])
    return True


# Both sides
# ----------


@dataclasses.dataclass
class Comparison:
    """The same tests without and with our addons."""

    without: Run
    with_ours: Run

    @property
    def runs(self):
        return self.without, self.with_ours

    def outcomes(self, test):
        return [run.outcomes[test] for run in self.runs]

    def tests(self):
        return sorted({test for run in self.runs for test in run.outcomes})

    def worse(self):
        """Return the tests that do worse with our addons."""
        return [test for test in self.tests() if self.badness(test) > 0]

    def better(self):
        return [test for test in self.tests() if self.badness(test) < 0]

    def badness(self, test):
        without, with_ours = map(OUTCOMES.index, self.outcomes(test))
        return with_ours - without

    def describe(self, test):
        without, with_ours = self.outcomes(test)
        place = find(test, self.with_ours.log)
        return f"{test}\n    {without} without ours, {with_ours} with: {place}"


def comparison(name, tags):
    return Comparison(*(Run(side, name, tags) for side in SIDES))


def side_by_side(function, items, clock):
    """Call the function with the items, JOBS at a time, and yield them as they end."""
    with concurrent.futures.ThreadPoolExecutor(full_test.JOBS) as pool:
        futures = {pool.submit(function, item): item for item in items}
        try:
            while futures:
                ended, _ = concurrent.futures.wait(
                    futures, 300, concurrent.futures.FIRST_COMPLETED
                )
                for future in ended:
                    future.result()
                    yield futures.pop(future)
                if not ended:
                    clock.say(f"  ...  {len(futures)} to go")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            installation.stop_all()
            raise


def side_database(side):
    """Return the name of a side's database, of which each run gets a copy."""
    return f"{PREFIX}_{side}"


def make_databases(modules, clock):
    """Make both sides' databases, which differ in nothing but our addons."""
    core = installation.core_database(install_log(WITHOUT), addons.ADDONS)
    if unknown := set(modules) - installed(core):
        raise database.SetupError(
            f"Our addons don't need {', '.join(sorted(unknown))}, so it isn't installed"
            f" with them. Tested is usually: {', '.join(MODULES)}."
        )
    for side in SIDES:
        database.copy(core, side_database(side))
    for side in side_by_side(prepare_database, SIDES, clock):
        clock.say(f"{side} ours: the database is there")
    if installed(side_database(WITH)) - installed(core) != set(addons.ADDONS):
        raise database.SetupError("Our addons brought others of Odoo's with them.")


def prepare_database(side):
    """Install our addons, and make once for all runs what browser tests begin with."""
    name, log = side_database(side), install_log(side)
    if side == WITH:
        installation.install(log, name, addons.ADDONS)
    options = ["--bundles", "--database", name]
    if installation.command(log, sys.executable, RUNNER, *options):
        raise database.SetupError(f"Odoo failed: {log}")


def install_log(side):
    return LOGS / f"core_{side}_install.log"


def installed(name):
    statement = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return {module for (module,) in database.query(statement, database=name)}


def perform(runs, clock):
    for run in side_by_side(Run.perform, runs, clock):
        clock.say(run)
        if run.side == WITHOUT and run.name != AGAIN:
            keep(run)


def run_again(tests, clock):
    """Return those of the tests that do worse with ours when run by themselves, too."""
    clock.say(f"{len(tests)} did worse with ours; both sides run them again")
    # A class that couldn't be cleaned up is run as a whole.
    tags = sorted({re.sub(r"\.\w+Class$", "", test) for test in tests})
    again = comparison(AGAIN, tags)
    perform(again.runs, clock)
    return [test for test in tests if again.badness(test) > 0]


# What is said about it
# ---------------------


def find(test, log):
    """Return file and line where the log tells how a test failed."""
    path, _, name = test.partition(":")
    module = re.escape("odoo.addons" + path.removesuffix(".py").replace("/", "."))
    test_class, _, method = name.partition(".")
    pattern = re.compile(
        rf" {module}: (FAIL|ERROR): .*\b{test_class}\.{method}\b"
        rf"|(FAIL|ERROR): \w+ \({module}\.{test_class}\)"
    )
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    numbers = (f":{n}" for n, line in enumerate(lines, 1) if pattern.search(line))
    return f"{log}{next(numbers, '')}"


def show(title, lines):
    if lines:
        print(f"\n{title} ({len(lines)}):", *lines, sep="\n  ")


def report(comparisons, consistent):
    """Print all that failed, and what differs."""
    alike, better, once, always = [], [], [], []
    for one in comparisons:
        for test in one.tests():
            if one.outcomes(test) == ["failed", "failed"]:
                alike.append(test)
            elif one.badness(test) < 0:
                better.append(one.describe(test))
            elif one.badness(test) > 0:
                (always if test in consistent else once).append(one.describe(test))
    show("Fails without ours too", alike)
    show("Does better with ours", better)
    show("Did worse with ours, but not when run again by itself", once)
    show("DOES WORSE WITH OURS", always)
    print()
    for side in zip(*(one.runs for one in comparisons), strict=True):
        total = Outcomes()
        for run in side:
            total |= run.outcomes
        print(f"{side[0].side:7} ours: {Outcomes(total)}")


def work(modules, clock, *, fresh):
    make_databases(modules, clock)
    comparisons = [comparison(name, [f"/{name}"]) for name in modules]
    todo = []
    for run in (run for one in comparisons for run in one.runs):
        if run.side == WITHOUT and not fresh and reuse(run):
            clock.say(run)
        else:
            todo.append(run)
    perform(todo, clock)
    if empty := [one.without.name for one in comparisons if not one.without.outcomes]:
        raise database.SetupError(f"There are no tests of {', '.join(empty)}.")
    worse = [test for one in comparisons for test in one.worse()]
    consistent = run_again(worse, clock) if worse else []
    report(comparisons, consistent)
    minutes = clock.seconds / 60
    print(f"{minutes:.1f} minutes; {len(consistent)} do worse with ours than without")
    return consistent


def main(*arguments):
    modules = list(dict.fromkeys(arguments))
    if fresh := "--fresh" in modules:
        modules.remove("--fresh")
    modules = modules or MODULES
    for directory in (LOGS, RECORDS):
        directory.mkdir(parents=True, exist_ok=True)
    lock = (addons.ROOT / ".local" / f"{PREFIX}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "setup/test: another --core runs here; wait until it has ended."
    for side in SIDES:
        install_log(side).unlink(missing_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"{', '.join(modules)}: Odoo's tests; logs are in {LOGS}", flush=True)
    try:
        consistent = work(modules, full_test.Clock(), fresh=fresh)
    except database.SetupError as problem:
        return f"setup/test: {problem}"
    except KeyboardInterrupt:
        return "setup/test: stopped"
    if consistent:
        return 1
    for name in database.names(PREFIX):
        database.drop(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
