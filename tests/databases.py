# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Databases that tests make for themselves, with what ./setup makes its own with."""

import contextlib
import sys
from pathlib import Path

import odoo.sql_db
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

ROOT = Path(__file__).resolve().parents[1]

sys.path.insert(0, str(ROOT / "setup" / "lib"))
try:
    import addons
    import database
    import installation
finally:
    sys.path.pop(0)


@contextlib.contextmanager
def extended_database(name, *args):
    """A database with Odoo's addons that ours need, and the addon `name`."""
    new = f"{get_db_name()}_extension"
    log = ROOT / ".local" / "log" / f"{new}.log"
    log.unlink(missing_ok=True)
    database.copy(installation.core_database(log, addons.ADDONS), new)
    installation.install(log, new, [name], extra=args)
    yield new
    database.drop(new)


@contextlib.contextmanager
def copied_database(suffix):
    """A copy of the database under test, in which everything may be committed."""
    source = get_db_name()
    name = f"{source}_{suffix}"
    # PostgreSQL copies what nobody is connected to; Odoo connects anew when it has to.
    odoo.sql_db.close_db(source)
    database.copy(source, name)
    try:
        yield name
    finally:
        Registry.delete(name)
        odoo.sql_db.close_db(name)
        database.drop(name)
