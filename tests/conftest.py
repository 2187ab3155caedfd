# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What tests share in which several processes meet in a copy of the database."""

import pytest

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
