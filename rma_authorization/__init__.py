# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import controllers, models, wizard


def uninstall_hook(env):
    """Tables that the ORM doesn't know aren't left behind."""
    env["rma.authorization.report.copy"].search([]).unlink()
