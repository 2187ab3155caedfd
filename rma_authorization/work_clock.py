# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

HOUR = timedelta(hours=1)


class WorkClock:
    """Plans and counts working hours, on the calendar of a team or its company.

    Every answer costs queries on attendances and holidays, and the timers of a batch
    mostly ask the same, so each is worked out once. Times are naive UTC, as in fields;
    the calendar knows in which time zone its people work.
    """

    def __init__(self):
        self._answers = {}

    def plan(self, calendar, company, start, hours):
        """When so many working hours after `start` are over; before it where `hours`
        is negative. Without a calendar, or one on which nobody ever works, every hour
        counts."""

        def answer():
            end = bool(calendar) and calendar.plan_hours(
                hours, start, compute_leaves=True, domain=self._get_leaves(company)
            )
            return (end or start + hours * HOUR).replace(microsecond=0)

        return self._remember(("plan", calendar, company, start, hours), answer)

    def count(self, calendar, company, start, end):
        """Working hours between two times; 0 where `end` isn't later."""

        def answer():
            if not calendar:
                return (end - start) / HOUR
            return calendar.get_work_hours_count(
                start, end, compute_leaves=True, domain=self._get_leaves(company)
            )

        if not start or not end or end <= start:
            return 0.0
        return self._remember(("count", calendar, company, start, end), answer)

    def _remember(self, question, answer):
        if question not in self._answers:
            self._answers[question] = answer()
        return self._answers[question]

    def _get_leaves(self, company):
        """Holidays of the company; as superuser core would count everybody's."""
        return [
            ("time_type", "=", "leave"),
            ("company_id", "in", (False, company.id)),
        ]
