# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResourceCalendarAttendance(models.Model):
    """Working hours, which calendars remember."""

    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "rma.authorization.remembered"]
