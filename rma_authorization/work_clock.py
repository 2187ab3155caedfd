# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
# On a calendar on which nobody works for so long, nobody ever does: as in core.
LONGEST = timedelta(days=1400)


class WorkClock:
    """Plans and counts working hours, on the calendar of a team or its company.

    The timers of a batch mostly ask the same, so each question is worked out once.
    Times are naive UTC, as in fields; the calendar knows in which time zone its people
    work, and keeps in memory when they do.
    """

    def __init__(self):
        self._answers = {}

    def plan(self, calendar, company, start, hours):
        """When so many working hours after `start` are over; before it where `hours`
        is negative. Without a calendar, or one on which nobody ever works, every hour
        counts."""

        def answer():
            end = calendar and self._plan(calendar, company, start, hours)
            end = end or start + hours * HOUR
            # parts of an hour have no exact number
            return (end + SECOND / 2).replace(microsecond=0)

        return self._remember(("plan", calendar, company, start, hours), answer)

    def count(self, calendar, company, start, end):
        """Working hours between two times; 0 where `end` isn't later."""

        def answer():
            if not calendar:
                return (end - start) / HOUR
            return self._count(calendar, company, start, end)

        if not start or not end or end <= start:
            return 0.0
        return self._remember(("count", calendar, company, start, end), answer)

    def _remember(self, question, answer):
        if question not in self._answers:
            self._answers[question] = answer()
        return self._answers[question]

    # -- work --------------------------------------------------------------------------

    def _plan(self, calendar, company, start, hours):
        """:return: None where nobody ever works"""
        step = 1 if hours >= 0 else -1
        rest = abs(hours) * HOUR
        for month in self._iterate_months(start, start + step * LONGEST, step):
            intervals = calendar._get_rma_work_intervals(company.id, *month)
            if intervals is None:
                return calendar.plan_hours(
                    hours,
                    start,
                    compute_leaves=True,
                    domain=calendar._get_rma_leaves_domain(company.id),
                )
            for work_start, work_end in intervals[::step]:
                if step > 0:
                    work_start = max(work_start, start)
                else:
                    work_end = min(work_end, start)
                if work_start >= work_end:
                    continue
                if rest <= work_end - work_start:
                    return work_start + rest if step > 0 else work_end - rest
                rest -= work_end - work_start
        return None

    def _count(self, calendar, company, start, end):
        worked = timedelta()
        for month in self._iterate_months(start, end, 1):
            intervals = calendar._get_rma_work_intervals(company.id, *month)
            if intervals is None:
                return calendar.get_work_hours_count(
                    start,
                    end,
                    compute_leaves=True,
                    domain=calendar._get_rma_leaves_domain(company.id),
                )
            for work_start, work_end in intervals:
                work_start, work_end = max(work_start, start), min(work_end, end)
                if work_start < work_end:
                    worked += work_end - work_start
        return worked / HOUR

    def _iterate_months(self, start, end, step):
        """(year, month) from that of `start` to that of `end`, on or back."""
        month, last = (12 * day.year + day.month - 1 for day in (start, end))
        for number in range(month, last + step, step):
            yield number // 12, number % 12 + 1
