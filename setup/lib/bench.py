"""The database of ./setup/bench, and Odoo in this process on it."""

import contextlib
import json
import os

import addons
import database
import installation

from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config

LOG = addons.ROOT / ".local" / "log" / "bench_database.log"
# Who works there; made by --fill.
AGENT = "bench_agent"
WORKER = "bench_worker"
ACCOUNTANT = "bench_accountant"
# Customers with a login: one of one return, and one of many.
CUSTOMER = "bench_customer"
FRAMEWORK_CUSTOMER = "bench_framework_customer"


def database_name():
    return database.prefix().replace("rma_test", "rma_bench")


def make_database(name):
    """Make the database anew, with our addons and nothing in it."""
    LOG.unlink(missing_ok=True)
    core = installation.core_database(LOG, addons.ADDONS)
    database.copy(core, name)
    installation.install(LOG, name, addons.ADDONS)


def mark(name, returns, pattern):
    """Note that the database is complete, for which state of our addons, and what it is
    filled with: how many open returns, made how."""
    facts = {"returns": returns, "pattern": pattern, "files": _digest()}
    database.mark(name, json.dumps(facts))


def read_facts(name):
    """What `mark` noted, or nothing."""
    return json.loads(database.read_mark(name) or "{}")


def update_database(name=None):
    """Bring the database up to date.

    :return: its name, and how many open returns were put into it
    """
    name = name or database_name()
    found = read_facts(name)
    if not found:
        raise database.SetupError(
            "There is no complete database to measure on. First run setup/bench --fill."
        )
    if found["files"] != _digest():
        print(f"Addons have changed: updating the database {name}", flush=True)
        LOG.unlink(missing_ok=True)
        installation.install(LOG, name, addons.ADDONS, option="-u")
        mark(name, found["returns"], found.get("pattern"))
    return name, found["returns"]


def _digest():
    return addons.digest(addons.ADDONS)


def load(name):
    """Load Odoo in this process.

    :return: the registry of the database
    """
    os.environ.setdefault("ODOO_RC", str(addons.ROOT / ".local" / "odoo.conf"))
    config.parse_config(
        [f"--database={name}", "--no-http", "--log-level=critical"], setup_logging=True
    )
    return Registry(name)


@contextlib.contextmanager
def environment(registry, uid, **context):
    """An environment that has read nothing yet, in a transaction of its own."""
    with registry.cursor() as cr:
        yield Environment(cr, uid, context)


def get_figures(records):
    """The fields that Odoo computes from other records and keeps."""
    return [
        field
        for field in records._fields.values()
        if field.store and field.compute and field.readonly
    ]
