"""Databases with our addons, made as copies of databases that have Odoo's already."""

import fcntl
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading

import addons
import database

# Names of the databases with Odoo's addons that were asked for.
core_databases = set()

_running = set()
_stopping = threading.Event()

LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (\w+) ")
HARMLESS = re.compile(
    "|".join(
        [
            # Odoo says so of every database made from a shell.
            r"Running as user 'root' is a security risk",
        ]
    )
)


def command(log, *args, timeout=3600):
    """Run a program with its output in the file `log`, and return its exit code.

    It leads a process group of its own, so that with it ends all that it started.
    """
    if _stopping.is_set():
        raise database.SetupError("stopped")
    with log.open("ab") as stream:
        process = subprocess.Popen(
            args,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=addons.ROOT,
            start_new_session=True,
        )
        _running.add(process)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            stream.write(f"Stopped after {timeout} seconds.\n".encode())
            return -signal.SIGKILL
        finally:
            _kill(process)
            _running.discard(process)


def stop_all():
    """End every program that is running, in whichever thread, and start no more."""
    _stopping.set()
    for process in list(_running):
        _kill(process)


def _kill(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def odoo(log, name, *args):
    """Run Odoo on the database `name` once, without serving HTTP."""
    args = ["--database", name, "--no-http", "--stop-after-init", *args]
    return command(log, sys.executable, "-m", "odoo", *args)


def complaints(log):
    """Return the lines of an Odoo log that no installation of ours may cause."""
    return [
        line
        for line in interesting(log)
        if LOG_LINE.match(line) and not HARMLESS.search(line)
    ]


def interesting(log):
    """Return the lines of a log without those that Odoo writes when all is well."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    levels = ((match := LOG_LINE.match(line)) and match[1] for line in lines)
    return [
        line
        for line, level in zip(lines, levels, strict=True)
        if level not in ("INFO", "DEBUG")
    ]


def install(log, name, names, *, option="-i", extra=()):
    """Install (or update) addons; raise a SetupError if Odoo had anything to say."""
    if odoo(log, name, option, ",".join(names), *extra):
        raise database.SetupError(f"Odoo failed: {log}")
    if lines := complaints(log):
        raise database.SetupError("Odoo complained:\n" + "\n".join(lines[:20]))


def core_database(log, names, *, demo=False):
    """Return the name of a database that has what `names` need of Odoo's core.

    It is made once, and again when Odoo's source has changed. Databases for our addons
    are copies of it, which takes a second where installing takes minutes.
    """
    core = sorted(addons.core(names))
    key = json.dumps([addons.odoo_version(), core, demo])
    kind = "demo" if demo else "core"
    tag = hashlib.sha256(key.encode()).hexdigest()[:8]
    name = f"{database.prefix()}_{kind}_{tag}"
    with (addons.ROOT / ".local" / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Without the mark it is a database whose making was interrupted.
        if database.read_mark(name) != key:
            database.drop(name)
            if part := _find_part(core, demo=demo):
                database.copy(part, name)
            demo_option = ["--with-demo"] if demo else []
            if odoo(log, name, "-i", ",".join(core), *demo_option):
                raise database.SetupError(
                    f"Odoo's own addons can't be installed: {log}"
                )
            database.mark(name, key)
    core_databases.add(name)
    return name


def _find_part(core, *, demo):
    """Return the database that has most of these addons of Odoo's and no others.

    None with demo data: it tells of the addons that are there when it is loaded.
    """
    found, most = None, 0
    for name in [] if demo else database.names(f"{database.prefix()}_core_"):
        version, part, _demo = json.loads(database.read_mark(name) or "[0, [], 0]")
        if version == addons.odoo_version() and most < len(part) and {*part} < {*core}:
            found, most = name, len(part)
    return found


def pytest_options(name):
    """Return what pytest needs to run Odoo's tests on the database `name`.

    Odoo's log stays quiet: what matters is in the failures.
    """
    return [f"--odoo-database={name}", "--odoo-http", "--odoo-log-level=critical"]
