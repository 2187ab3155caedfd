"""./setup/test without arguments: every check, as many at a time as there are cores."""

import concurrent.futures
import dataclasses
import fcntl
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import addons
import database
import installation

ROOT = addons.ROOT
LOGS = ROOT / ".local" / "log"
PREFIX = database.prefix() + "_full"
ALL = addons.ADDONS
# Copies of the database with all addons.
LINT, WHOLE = f"{PREFIX}_lint", f"{PREFIX}_whole"
WITH_OTHERS = f"{PREFIX}_other_apps"
JOBS = int(os.environ.get("JOBS") or os.cpu_count())

# Odoo's own linter has many tests; these say something about addons that aren't Odoo's.
TEST_LINT = [
    "ManifestLinter",
    "PotLinter",
    "RoutesLinter",
    "TestDunderinit",
    "TestIndex",
    "TestLintOverrideSignatures",
    "TestNaming",
    "TestOnchangeDomains",
    "TestTestHoles",
]


@dataclasses.dataclass
class Check:
    """Something to be done once `needs` are done, and what became of it.

    `run` takes the path of a log, raises a SetupError if something is wrong, and
    returns how many tests passed and failed, if it ran any.
    """

    name: str
    run: Callable[[Path], tuple[int, int] | None]
    needs: list[str] = dataclasses.field(default_factory=list)
    passed: int = 0
    failed: int = 0
    problem: str = ""
    seconds: float = 0

    @property
    def log(self):
        return LOGS / (re.sub(r"\W+", "_", f"test {self.name}") + ".log")

    @property
    def verdict(self):
        return "FAILED" if self.problem else "ok"

    @property
    def summary(self):
        count = f", {self.passed} tests passed" if self.passed > 1 else ""
        return f"{self.seconds:.0f} s{count}"

    def perform(self):
        start = time.monotonic()
        self.log.unlink(missing_ok=True)
        try:
            self.passed, self.failed = self.run(self.log) or (1, 0)
        except Exception as error:
            self.failed = 1
            self.problem = str(error)
            if not isinstance(error, database.SetupError):
                self.problem = repr(error)
        if self.failed and not self.problem:
            self.problem = f"{self.failed} failed, {self.passed} passed"
        self.seconds = time.monotonic() - start


# What is checked
# ---------------


def tool(name, *args):
    """A linter: a program that says in its exit code whether it is content."""

    def run(log):
        program = Path(sys.executable).with_name(name)
        if installation.command(log, program, *args):
            raise database.SetupError(f"{name} found something")

    return run


def wheels(log):
    """Every addon can be packaged (with the network out of the game)."""
    program = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index"]
    options = ["--no-build-isolation", f"--wheel-dir={ROOT / '.local' / 'wheels'}"]
    if installation.command(log, *program, *options, *(f"./{name}" for name in ALL)):
        raise database.SetupError("an addon can't be built into a wheel")


def linters():
    translations = sorted(
        str(path.relative_to(ROOT))
        for name in ALL
        for path in (ROOT / name).glob("i18n/*.po*")
    )
    yield Check("ruff format", tool("ruff", "format", "--check", "--quiet", "--diff"))
    yield Check("ruff check", tool("ruff", "check"))
    yield Check("pylint-odoo", tool("pylint", "--rcfile=.pylintrc", *ALL))
    yield Check("oca hooks", tool("oca-checks-odoo-module", *ALL))
    if translations:
        yield Check("oca po hooks", tool("oca-checks-po", *translations))
    yield Check("wheels", wheels)


def core(names, *, demo=False):
    def run(log):
        installation.core_database(log, names, demo=demo)

    return run


def install(name, names, copies=()):
    """Install addons into a new database, and copy that for checks that run beside."""

    def run(log):
        database.copy(installation.core_database(log, names), name)
        installation.install(log, name, names)
        if copies:
            make_bundles(log, name)
        for copy in copies:
            database.copy(name, copy)

    return run


def make_bundles(log, name):
    """Make what browsers load before it is copied, once for all tests."""
    program = ROOT / "setup" / "lib" / "bundles.py"
    if installation.command(log, sys.executable, program, name):
        raise database.SetupError(f"bundles of scripts and styles failed: {log}")


def install_others(log):
    """Install the other apps beside ours."""
    installation.install(log, WITH_OTHERS, addons.OTHER_APPS)


def pytest(name, *paths, ignore=()):
    """Run the tests below `paths` on the database `name`."""

    def run(log):
        options = [*installation.pytest_options(name), "-q", "--durations=15"]
        options += [f"--ignore={path}" for path in ignore]
        existing = [path for path in paths if (ROOT / path).is_dir()]
        program = [sys.executable, "-m", "pytest", *options, *existing]
        status = installation.command(log, *program)
        *_, last = log.read_text(encoding="utf-8").splitlines() or [""]
        counts = {word: int(n) for n, word in re.findall(r"(\d+) (\w+)", last)}
        failed = counts.get("failed", 0) + counts.get("error", counts.get("errors", 0))
        if status and not failed:
            raise database.SetupError(f"pytest ended with exit code {status}")
        return counts.get("passed", 0), failed

    return run


def test_lint(log):
    """Odoo's own linter, which is an addon that has to be installed."""
    tags = ",".join(f"/test_lint:{test}" for test in TEST_LINT)
    status = installation.odoo(log, LINT, "-i", "test_lint", "--test-tags", tags)
    ran = [line for line in log.read_text().splitlines() if "error(s) of" in line]
    if status or not ran:
        raise database.SetupError("Odoo's test_lint found something, or did not run")


def demo(log):
    """The demo data loads, over Odoo's own; Odoo forgives it when it doesn't."""
    name = f"{PREFIX}_demo"
    names = [*ALL, "sale_management"]
    database.copy(installation.core_database(log, names, demo=True), name)
    installation.install(log, name, ALL)
    without = database.query(
        """
        SELECT name FROM ir_module_module
         WHERE name = ANY(%s) AND (state != 'installed' OR demo IS NOT TRUE)
        """,
        [ALL],
        database=name,
    )
    if without:
        raise database.SetupError(f"no demo data in {', '.join(sum(without, ()))}")


def label(names):
    """Name a combination by what it has beside the addon that the others extend."""
    return " + ".join(name.removeprefix(f"{ALL[0]}_") for name in names)


def needed_by(names):
    """Return those of our addons that others of `names` depend on."""
    return {other for name in names for other in addons.depends(name)}


def checks():
    """Return all checks: the quick ones, then those that others wait for longest."""
    yield from linters()
    # all, whose tests take longest, then the fewest, which have most tests of the rest
    combinations = sorted(
        addons.combinations(), key=lambda names: (names != ALL, names)
    )
    cores = {}
    for names in sorted(combinations, key=lambda names: len(addons.core(names))):
        key = frozenset(addons.core(names))
        # each begins with the largest that has a part of it
        parts = [check.name for part, check in cores.items() if part < key]
        check = Check(f"core for {label(names)}", core(names), parts[-1:])
        cores.setdefault(key, check)
    yield from cores.values()
    # early, as it takes long and only one check waits for it
    names = [*ALL, "sale_management"]
    yield Check("core with demo data", core(names, demo=True))
    for names in combinations:
        name = re.sub(r"\W+", "_", f"{PREFIX} {label(names)}")
        copies = [LINT, WHOLE, WITH_OTHERS] if names == ALL else []
        needs = [cores[frozenset(addons.core(names))].name]
        installed = Check(
            f"install {label(names)}", install(name, names, copies), needs
        )
        yield installed
        # Without the others, an addon's own tests are enough; those of the addons it
        # extends run beside it when all are installed.
        leaves = names if names == ALL else set(names) - needed_by(names)
        paths = [f"{part}/tests" for part in sorted(leaves)]
        run_elsewhere = addons.own_tests() if names == ALL else []
        tests = pytest(name, *paths, ignore=run_elsewhere)
        yield Check(f"tests {label(names)}", tests, [installed.name])
        if names == ALL:
            across = pytest(WHOLE, "tests", ignore=[addons.OTHER_TESTS])
            yield Check("tests across addons", across, [installed.name])
    # at the end, as these are short: no long one is left to run alone
    apps = ", ".join(addons.OTHER_APPS)
    whole = f"install {label(ALL)}"
    yield Check(f"install {apps}", install_others, [whole])
    others = pytest(WITH_OTHERS, addons.OTHER_TESTS)
    yield Check(f"tests with {apps}", others, [f"install {apps}"])
    yield Check("test_lint", test_lint, [whole])
    yield Check("demo data", demo, ["core with demo data"])


# How it is carried out
# ---------------------


def perform(todo, clock):
    """Perform the checks, JOBS at a time, and return them in the order they ended."""
    ended, running = [], {}
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        try:
            while todo or running:
                for check in startable(todo, ended, JOBS - len(running)):
                    todo.remove(check)
                    running[pool.submit(check.perform)] = check
                done, _ = concurrent.futures.wait(
                    running, 60, concurrent.futures.FIRST_COMPLETED
                )
                for future in done:
                    check = running.pop(future)
                    ended.append(check)
                    clock.say(f"{check.verdict:6} {check.name} ({check.summary})")
                if not done:
                    names = ", ".join(check.name for check in running.values())
                    clock.say(f"  ...  {names}")
        finally:
            installation.stop_all()
    return ended


class Clock:
    """Says what happens, and when."""

    def __init__(self):
        self.start = time.monotonic()

    def say(self, text):
        print(f"[{self.seconds:4.0f} s] {text}", flush=True)

    @property
    def seconds(self):
        return time.monotonic() - self.start


def startable(todo, ended, slots):
    """Return what may start now; what can't any more ends without having run."""
    state = {check.name: bool(check.problem) for check in ended}
    for check in list(todo):
        if any(state.get(name) for name in check.needs):
            check.problem = "not run, as what it needs has failed"
            check.failed = 1
            todo.remove(check)
            ended.append(check)
            state[check.name] = True
    ready = [check for check in todo if all(name in state for name in check.needs)]
    return ready[:slots]


def explain(check):
    print(f"\n--- {check.name}: {check.problem}")
    if check.log.exists():
        lines = installation.interesting(check.log)
        # A log in CI goes with the machine it was made on.
        print(*lines[-400 if os.environ.get("CI") else -60 :], sep="\n")
        print(f"--- all of it: {check.log}")


def drop_databases():
    """Drop what was tested, and copies of core that were made for another Odoo."""
    prefix = database.prefix()
    outdated = [*database.names(f"{prefix}_core_"), *database.names(f"{prefix}_demo_")]
    for name in [*outdated, *database.names(PREFIX)]:
        if name not in installation.core_databases:
            database.drop(name)


def main():
    LOGS.mkdir(parents=True, exist_ok=True)
    lock = (ROOT / ".local" / f"{PREFIX}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "setup/test: another setup/test runs here; wait until it has ended."
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    clock, todo = Clock(), list(checks())
    print(f"{len(todo)} checks, {JOBS} at a time; logs are in {LOGS}", flush=True)
    try:
        ended = perform(todo, clock)
    except KeyboardInterrupt:
        return "setup/test: stopped"
    for check in ended:
        if check.problem:
            explain(check)
    failed = [check.name for check in ended if check.problem]
    if not failed:
        drop_databases()
    print(f"\n{len(ended)} checks in {clock.seconds / 60:.1f} minutes.")
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    total = sum(check.passed for check in ended), sum(check.failed for check in ended)
    print("{} passed, {} failed".format(*total))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
