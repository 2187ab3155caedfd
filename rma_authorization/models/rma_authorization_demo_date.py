# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time

from odoo import models
from odoo.tools import SQL

from ..work_clock import WorkClock

# Milestones: after which of these steps their clock starts, the last that was taken,
# and with which it ends.
TIMED = {
    "first_answer": (("submitted",), "decided"),
    "decision": (("submitted",), "decided"),
    "receipt": (("decided",), "received"),
    "inspection": (("received",), "inspected"),
    "resolution": (("decided", "received", "inspected"), "settled"),
    "repair": (("received", "inspected"), "settled"),
}
LOGGED = {
    "submitted": "submitted",
    "authorized": "decided",
    "refused": "decided",
    "cancelled": "decided",
    "expired": "expired",
    "closed": "closed",
}
WORK_ENDS = time(16)


class RmaAuthorizationDemoDate(models.AbstractModel):
    """Moves demo data into the past. Which step was taken when is told as
    `{authorization: {step: datetime}}`, with the steps of `demo_year`.

    In SQL: no flow, and rightly so, lets anybody choose these dates.
    """

    _name = "rma.authorization.demo.date"
    _description = "Dates of Demo Data"

    def _set_dates(self, records, columns, moments):
        """Write `moments`, datetimes or dates for each of the records, into these
        columns; empty ones are left out."""
        dated = [
            (record.id, moment)
            for record, moment in zip(records, moments, strict=True)
            if moment
        ]
        if not dated:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s AS target SET %s FROM UNNEST(%s::int[], %s::timestamp[]) "
                "AS source(id, moment) WHERE target.id = source.id",
                SQL.identifier(records._table),
                SQL(", ").join(
                    SQL("%s = source.moment", SQL.identifier(column))
                    for column in columns
                ),
                [id_ for id_, _moment in dated],
                [moment for _id, moment in dated],
            )
        )
        self.env.invalidate_all()

    # -- returns -----------------------------------------------------------------------

    def _date_returns(self, moments):
        """Date returns and what hangs on them, and reckon their clocks anew."""
        returns = self.env["rma.authorization"].union(*moments)
        self._date_headers(moments)
        for records, columns, get_moment in self._get_dated_records(returns):
            self._set_dates(
                records,
                columns,
                [
                    get_moment(moments[record.authorization_id], record)
                    for record in records
                ],
            )
        self._date_deadlines(moments)
        self._reckon_clocks(moments)

    def _date_headers(self, moments):
        returns = self.env["rma.authorization"].union(*moments)
        for columns, step, state in (
            (["create_date", "date_request"], "submitted", "any"),
            (["date_submitted"], "submitted", "date_submitted"),
            (["date_authorized"], "decided", "date_authorized"),
            (["date_closed"], "closed", "date_closed"),
        ):
            dated = returns if state == "any" else returns.filtered(state)
            self._set_dates(
                dated,
                columns,
                [get_moment(moments[one], step) for one in dated],
            )

    def _get_dated_records(self, returns):
        """[(records with `authorization_id`, columns, function of moments and record
        that tells when)]. Override to add what other apps make."""

        def at(step):
            return lambda moments, _record: get_moment(moments, step)

        lines = returns.line_ids
        arrived = lines.filtered("date_received")
        waiting = lines.filtered("date_to_inspect")
        done = returns.settlement_ids.filtered("date_done")
        return [
            (lines, ["create_date"], at("submitted")),
            (arrived, ["date_received"], at("received")),
            (waiting, ["date_to_inspect"], at("received")),
            (returns.inspection_ids, ["date", "create_date"], at("inspected")),
            (returns.settlement_ids, ["create_date"], at("settled")),
            (done, ["date_done"], at("settled")),
            (
                returns.log_ids,
                ["date"],
                lambda moments, log: get_moment(
                    moments, LOGGED.get(log.to_state, "submitted")
                ),
            ),
            (
                returns.cost_ids.filtered(self._is_dated_cost),
                ["date"],
                lambda moments, cost: get_moment(
                    moments, "received" if cost.kind == "freight_in" else "closed"
                ),
            ),
        ]

    def _is_dated_cost(self, cost):
        """Whether this cost has no date of its own. Override where documents have."""
        return True

    def _date_deadlines(self, moments):
        """The day until which goods may come is as long after the decision as it was
        after today."""
        today = datetime.now()
        expected = (
            self.env["rma.authorization"].union(*moments).filtered("date_deadline")
        )
        self._set_dates(
            expected,
            ["date_deadline"],
            [
                get_moment(moments[one], "decided")
                and one.date_deadline
                - (today.date() - get_moment(moments[one], "decided").date())
                for one in expected
            ],
        )

    def _read_moments(self, authorization):
        """{step: datetime} of a return that has its dates."""
        settled = authorization.settlement_ids.filtered("date_done").mapped("date_done")
        moments = {
            "submitted": authorization.date_submitted,
            "decided": authorization.date_authorized,
            "received": min(
                (day for day in authorization.line_ids.mapped("date_received") if day),
                default=None,
            ),
            "inspected": max(authorization.inspection_ids.mapped("date"), default=None),
            "settled": settled and datetime.combine(max(settled), WORK_ENDS),
            "closed": authorization.date_closed,
        }
        return {step: moment for step, moment in moments.items() if moment}

    # -- clocks ------------------------------------------------------------------------

    def _reckon_clocks(self, moments):
        """Timers start and end with the steps, are due by the working hours, and were
        missed where they ended later than that."""
        clock = WorkClock()
        returns = self.env["rma.authorization"].union(*moments)
        for timer in returns.timer_ids:
            steps = moments[timer.authorization_id]
            starts, end = TIMED[timer.milestone]
            timer.date_start = max(
                (steps[step] for step in starts if step in steps),
                default=timer.date_start,
            )
            if timer.date_done:
                self._end_clock(timer, clock, get_moment(steps, end))
        returns.timer_ids._look_at_time()

    def _end_clock(self, timer, clock, end):
        end = max(end or timer.date_start, timer.date_start)
        due = timer._get_due(clock)
        state = timer.state
        if state in ("done", "missed"):
            state = "missed" if due and due < end else "done"
        timer.write(
            {
                "date_done": end,
                "date_due": due,
                "hours_used": timer._count(clock, timer.date_start, end),
                "state": state,
            }
        )


def get_moment(moments, step):
    """When a step was taken, or else the last one that was."""
    if step in moments:
        return moments[step]
    return max(moments.values(), default=None)
