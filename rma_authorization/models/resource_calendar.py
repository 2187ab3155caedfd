# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timezone

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import ormcache


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "rma.authorization.remembered"]

    @ormcache("self.id", "company_id", "year", "month")
    def _get_rma_work_intervals(self, company_id, year, month):
        """When people work in a month (of UTC), but for the company's holidays.

        Core reads attendances and holidays anew for every question, and the clocks of
        returns ask several times in each step.

        :return: ((start, end), …), naive UTC; None where the hours are flexible: then
            they depend on the period that is asked for
        """
        # the same for everybody; and the context may name an employee's time zone
        calendar = self.with_env(self.env(su=True, context={}))
        if calendar.flexible_hours:
            return None
        start = datetime(year, month, 1, tzinfo=timezone.utc)
        intervals = calendar._work_intervals_batch(
            start,
            start + relativedelta(months=1),
            domain=self._get_rma_leaves_domain(company_id),
        )[False]
        return tuple(
            (_to_utc(work_start), _to_utc(work_end))
            for work_start, work_end, _attendances in intervals
        )

    @ormcache("self.id")
    def _get_rma_timezone(self):
        # sudo: the clock is the same for everybody
        return self.sudo().tz

    def _get_rma_leaves_domain(self, company_id):
        """Holidays of the company; as superuser core would count everybody's."""
        return [
            ("time_type", "=", "leave"),
            ("company_id", "in", (False, company_id)),
        ]


def _to_utc(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
