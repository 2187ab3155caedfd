# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A new resolution is one file: addons/rma_authorization_store_credit is installed into
a database of its own, used, and taken away again, as another addon would be."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .databases import extended_database

ROOT = Path(__file__).resolve().parents[1]
EXTENSIONS = Path(__file__).resolve().parent / "addons"
EXTENSION = "rma_authorization_store_credit"

# One return is settled, undone and settled again; another is still awaited.
USE = """
product = env["product.product"].create({"name": "Radio", "list_price": 100.0})
settled, awaited = env["rma.authorization"].create([
    {
        "partner_id": env["res.partner"].create({"name": name}).id,
        "customer_reference": name,
        "inspection_required": False,
        "line_ids": [(0, 0, {
            "product_id": product.id,
            "qty_requested": 2,
            "resolution": "store_credit",
        })],
    }
    for name in ("settled", "awaited")
])
(settled | awaited).action_authorize()
receipts = env["rma.authorization.receive"]
receipts.create({"authorization_ids": settled.ids}).action_apply()
settlement = settled.action_settle()
first = settled.cost_ids.kind, settled.cost_ids.amount
settlement.action_undo()
undone = settlement.state, len(settled.cost_ids), settled.line_ids.qty_to_settle
settled.action_settle()
answer = {
    "first": first,
    "undone": undone,
    "again": [settled.state, settled.line_ids.qty_settled, settled.cost_total],
    "opened": settled.settlement_ids[0].action_open_documents()["res_model"],
}
"""

REMOVE = """
env["ir.module.module"].search([("name", "=", EXTENSION)]).button_immediate_uninstall()
answer = "uninstalled"
"""

GO_ON = """
def get(name):
    return env["rma.authorization"].search([("customer_reference", "=", name)])

settled, awaited = get("settled"), get("awaited")
mixin = env["rma.authorization.resolution.mixin"]
answer = {
    "kinds": mixin._fields["resolution"].get_values(env),
    "is_handled": "rma.authorization.resolution.store_credit" in env,
    "lines": (settled | awaited).line_ids.mapped("resolution"),
    "settlements": settled.settlement_ids.mapped("resolution"),
    "settled": [settled.state, settled.line_ids.qty_settled, settled.cost_total],
}
env["rma.authorization.receive"].create(
    {"authorization_ids": awaited.ids}
).action_apply()
awaited.action_settle()
answer["awaited"] = [awaited.state, awaited.line_ids.qty_settled]
"""


@pytest.fixture(scope="module")
def database_name():
    with extended_database(EXTENSION, get_addons_path()) as name:
        yield name


def get_addons_path():
    return f"--addons-path={ROOT},{EXTENSIONS}"


def run(name, script):
    """Run the script in Odoo's shell on the database and return its `answer`."""
    lines = [f"EXTENSION = {EXTENSION!r}", "import json", script]
    lines += ["env.cr.commit()", 'print("ANSWER", json.dumps(answer))']
    options = [f"--database={name}", "--no-http", "--log-level=warn", get_addons_path()]
    process = subprocess.run(
        [sys.executable, "-m", "odoo", "shell", *options],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    answer = process.stdout.rpartition("ANSWER ")[2]
    return json.loads(answer)


def test_the_extension_is_one_file():
    files = [
        path
        for path in (EXTENSIONS / EXTENSION).rglob("*")
        if path.suffix not in (".pyc", "")
        and path.name not in ("__init__.py", "__manifest__.py")
    ]
    assert [path.stem for path in files] == [
        "rma_authorization_resolution_store_credit"
    ]


def test_a_resolution_of_another_addon_comes_and_goes(database_name):
    assert run(database_name, USE) == {
        "first": ["other", 200.0],
        "undone": ["cancelled", 0, 2.0],
        "again": ["closed", 2.0, 200.0],
        "opened": "rma.authorization.cost",
    }
    assert run(database_name, REMOVE) == "uninstalled"
    assert run(database_name, GO_ON) == {
        "kinds": ["none", "solved", "exchange"],
        "is_handled": False,
        "lines": ["none", "none"],
        "settlements": ["none", "none"],
        "settled": ["closed", 2.0, 200.0],
        "awaited": ["closed", 2.0],
    }
