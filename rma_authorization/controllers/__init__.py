# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import common, home, portal, public, request, table, withdrawal
