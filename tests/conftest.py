# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What tests share in which several processes meet in a copy of the database."""

import dataclasses

import pytest

from .browser import serve
from .databases import copied_database
from .processes import Team
from .shop import open_shop


@pytest.fixture(scope="module")
def database_name(request):
    """A copy for the tests of one file: what they do there is committed."""
    with copied_database(request.module.__name__.rpartition("test_")[2]) as name:
        yield name


@pytest.fixture(scope="module")
def team(database_name):
    with Team(database_name) as team:
        yield team


@pytest.fixture(scope="module")
def shop(database_name, team):
    with open_shop(database_name) as shop:
        yield shop


@dataclasses.dataclass
class Site:
    """A shop whose customers have pages: what is committed in it is served there."""

    shop: object
    address: str


@pytest.fixture(scope="session")
def site():
    """One for all tests that need a real server: it takes a while to open.

    After each of its own test cases Odoo ends the processes that it finds below itself,
    this server as well: files that need it stand beside each other, by their names.
    """
    with copied_database("site") as name, open_shop(name) as shop:
        env = shop.env
        # the bundles of the database this one was copied from have stayed there
        env["ir.attachment"].search([("url", "=like", "/web/assets/%")]).unlink()
        shop.save()
        with serve(name) as address:
            env["ir.config_parameter"].set_param("web.base.url", address)
            shop.save()
            yield Site(shop, address)
