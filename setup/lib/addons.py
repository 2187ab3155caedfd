"""The addons of this repository, and what of Odoo's core they need."""

import ast
import functools
import hashlib
import itertools
import subprocess
from pathlib import Path

import odoo.release

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
# Apps that none of our addons depends on, and that some of our code is for; and where
# the tests are that need them.
OTHER_APPS = ["l10n_cn", "payment_demo", "sale_mrp", "stock_delivery"]
OTHER_TESTS = "tests/other_apps"
# Tests of what no other of our addons takes part in. They run where theirs is installed
# without the others, and not once more beside them: time is short (25 minutes).
OWN_TESTS = {
    "rma_authorization": [
        "accessory",
        "alarms",
        "case",
        "chance",
        "contract",
        "create_wizard",
        "demo",
        "demo_year",
        "dashboard",
        "desk",
        "expire_extend",
        "fault",
        "frozen",
        "guide",
        "inspection",
        "keep_proof",
        "mail",
        "mail_intake",
        "mail_languages",
        "mail_queue",
        "owed",
        "policy",
        "policy_judge",
        "portal_public",
        "portal_request",
        "portal_return",
        "portal_transport",
        "rate",
        "recurrence",
        "refuse",
        "reminder",
        "report_copy",
        "request_information",
        "review",
        "satisfaction",
        "table",
        "timers",
        "transitions",
        "transport",
        "uploads",
        "warranty",
        "withdrawal",
        "worth",
    ],
    "rma_authorization_account": [
        "charges",
        "credit_amounts",
        "credit_caps",
        "credit_configurations",
        "credit_documents",
        "credit_posting",
        "credit_release",
        "credit_supplier",
        "fee",
        "locks",
        "mails",
        "money_back",
        "owed",
        "red_letter",
    ],
    "rma_authorization_stock": [
        "arrival",
        "case",
        "certificates",
        "desk",
        "dispositions",
        "dock",
        "dock_accessories",
        "harvest",
        "loaner",
        "mails",
        "numbers",
        "outsourcing",
        "owed",
        "owner",
        "policy",
        "portal",
        "proposal",
        "receipt",
        "regrade",
        "repair_estimate",
        "repair_for_stock",
        "repair_repeat",
        "repair_report",
        "repair_timers",
        "table",
        "transport",
        "warranty",
    ],
}

_ODOO = Path(odoo.release.__file__).parent
# In a checkout of Odoo's repository most addons are beside the package `odoo`.
_CORE = [_ODOO / "addons", _ODOO.parent / "addons"]


@functools.cache
def manifest(name):
    for directory in [ROOT, *_CORE]:
        path = directory / name / "__manifest__.py"
        if path.exists():
            return ast.literal_eval(path.read_text(encoding="utf-8"))
    raise LookupError(f"No addon {name} in this repository or in Odoo")


def depends(name):
    return set(manifest(name).get("depends", ["base"] if name != "base" else []))


def closure(names):
    """Return `names` and all that they depend on."""
    found, todo = set(), set(names)
    while todo:
        name = todo.pop()
        found.add(name)
        todo |= depends(name) - found
    return found


def own_tests():
    """Return the files of `OWN_TESTS`, all of which are there."""
    paths = [
        f"{name}/tests/test_{test}.py"
        for name, tests in OWN_TESTS.items()
        for test in tests
    ]
    missing = [path for path in paths if not (ROOT / path).is_file()]
    if missing:
        raise LookupError(f"OWN_TESTS names what isn't there: {', '.join(missing)}")
    return paths


def core(names):
    """Return the addons of Odoo that must be there before `names` are installed."""
    return closure(names) - set(ADDONS)


def combinations():
    """Return the sets of our addons that can be installed without the others."""
    return [
        list(names)
        for size in range(1, len(ADDONS) + 1)
        for names in itertools.combinations(ADDONS, size)
        if closure(names) & set(ADDONS) == set(names)
    ]


def digest(names):
    """Return a hash of all files of our addons that an update may have to load."""
    sha = hashlib.sha256()
    for name in names:
        for path in sorted((ROOT / name).rglob("*")):
            parts = path.relative_to(ROOT / name).parts
            if path.is_file() and parts[0] not in ("tests", "static"):
                sha.update(f"{path.relative_to(ROOT)}\0".encode())
                sha.update(path.read_bytes())
    return sha.hexdigest()


@functools.cache
def odoo_version():
    """Return a text that changes when Odoo's source does."""
    head = subprocess.run(
        ["git", "-C", _ODOO.parent, "rev-parse", "--show-toplevel", "HEAD"],
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    if head[0] == str(_ODOO.parent):
        return head[1]
    return f"{_ODOO} {(_ODOO / 'release.py').stat().st_mtime_ns}"
