"""./setup/run, once everything is there: make the database if need be, serve it."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import addons
import database
import installation

HOST = "127.0.0.1"
# What a shop that sells to somebody has installed beside our addons.
NAMES = [*addons.ADDONS, "sale_management"]
LOGS = addons.ROOT / ".local" / "log"


@contextlib.contextmanager
def step(what):
    """Say what is being done, and how long it took."""
    print(what, end=" ... ", flush=True)
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:.0f} s", flush=True)


def check_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise database.SetupError(
                f"Port {port} can't be used ({error.strerror}): is Odoo running there"
                " already? Choose another one with --port."
            ) from error


def prepare(name, *, demo):
    """Make the database unless it exists, and load what changed in our addons."""
    mark = {"made by": "setup/run", "addons": addons.digest(addons.ADDONS)}
    unfinished = {**mark, "addons": None}
    log = LOGS / f"run_{name}_install.log"
    log.unlink(missing_ok=True)
    found = json.loads(database.read_mark(name) or "{}")
    if database.exists(name) and "made by" not in found:
        raise database.SetupError(
            f"The database {name} wasn't made by setup/run, so it leaves it alone:"
            " choose another name with --database."
        )
    if found in ({}, unfinished):
        with step("Odoo's own addons" + (", with demo data" if demo else "")):
            core = installation.core_database(log, NAMES, demo=demo)
        with step(f"Our addons, into a new database {name}"):
            database.copy(core, name)
            database.mark(name, json.dumps(unfinished))
            installation.install(log, name, addons.ADDONS)
    elif found != mark:
        with step(f"Our addons have changed: updating the database {name}"):
            installation.install(log, name, addons.ADDONS, option="-u")
    database.mark(name, json.dumps(mark))


def set_report_url(name, url):
    """Make PDFs load their style sheets from here, whatever the public address is."""
    database.query(
        """
        INSERT INTO ir_config_parameter (key, value) VALUES ('report.url', %s)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """,
        [url],
        database=name,
    )


def serve(name, port):
    url = f"http://{HOST}:{port}"
    set_report_url(name, url)
    log = LOGS / f"run_{name}.log"
    options = {
        "--database": name,
        "--db-filter": f"^{name}$",
        "--http-interface": HOST,
        "--http-port": str(port),
        "--max-cron-threads": "1",
    }
    with log.open("ab") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "odoo", *(f"{k}={v}" for k, v in options.items())],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    with step("Starting Odoo"):
        wait_until_it_answers(server, url, log)
    print(f"\n  {url}   login: admin, password: admin\n")
    print(f"Its log is {log}. Ctrl-C stops Odoo; the database stays.", flush=True)
    while True:
        # Ctrl-C reaches Odoo, too: it shuts down by itself, and we wait for that.
        with contextlib.suppress(KeyboardInterrupt):
            return server.wait()


def wait_until_it_answers(server, url, log):
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            return urllib.request.urlopen(f"{url}/web/login", timeout=60)
        if server.poll() is not None:
            raise database.SetupError(f"Odoo stopped; its last words are in {log}")
        time.sleep(0.2)


def main(name, port, demo):
    try:
        database.check_name(name)
        check_port(int(port))
        prepare(name, demo=demo == "demo")
        return serve(name, int(port))
    except database.SetupError as problem:
        return f"\nsetup/run: {problem}"
    except KeyboardInterrupt:
        return "\nsetup/run: stopped"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
