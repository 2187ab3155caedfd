# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResourceCalendarLeaves(models.Model):
    """Holidays, which calendars remember."""

    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "rma.authorization.remembered"]

    def _is_remembered(self):
        """Override: not the leaves of a single person, of whom there may be many."""
        return any(not leave.resource_id for leave in self)
