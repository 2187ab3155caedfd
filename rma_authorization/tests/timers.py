# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from pytz import timezone, utc

from odoo import Command
from odoo.tests import freeze_time

from .common import RmaCommon

SHANGHAI = timezone("Asia/Shanghai")


class TimerCommon(RmaCommon):
    """A team that works Monday to Friday, 9 to 12 and 13 to 18, in Shanghai.

    Times are given as its people read them from the wall. 2026-03-02 is a Monday.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rma.authorization.target"].search([]).active = False
        cls.calendar = cls._create_calendar("Shanghai", "Asia/Shanghai")
        cls.leader = cls._create_user("leader", "rma_authorization.group_rma_manager")
        cls.team = cls.env["rma.authorization.team"].create(
            {
                "name": "Shanghai",
                "company_id": cls.company.id,
                "calendar_id": cls.calendar.id,
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.agent.ids)],
            }
        )
        cls.targets = {
            milestone: cls._create_target(milestone, hours)
            for milestone, hours in {
                "first_answer": 8,
                "decision": 16,
                "inspection": 16,
                "resolution": 40,
            }.items()
        }
        cls.order = cls._sell(50)

    @classmethod
    def _create_calendar(cls, name, tz):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"{day} {start}",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": end,
                                "day_period": period,
                            }
                        )
                        for day in range(5)
                        for start, end, period in (
                            (9, 12, "morning"),
                            (13, 18, "afternoon"),
                        )
                    ),
                ],
            }
        )

    @classmethod
    def _create_target(cls, milestone, hours, **vals):
        return cls.env["rma.authorization.target"].create(
            {"milestone": milestone, "hours": hours, **vals}
        )

    @contextmanager
    def _at(self, text):
        """Do something at this time of Shanghai; what follows at the end of a
        transaction follows at the end of this."""
        with freeze_time(self._read(text)):
            yield
            self.env.cr.flush()

    def _read(self, text):
        """Shanghai's "03-02 10:00" as Odoo keeps it, in UTC."""
        local = datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M")
        return SHANGHAI.localize(local).astimezone(utc).replace(tzinfo=None)

    def _request(self, order=None, **line_vals):
        """A request of the agent, handed in, for the team in Shanghai."""
        authorization = self._create_authorization(order or self.order, **line_vals)
        authorization.team_id = self.team
        authorization.action_submit()
        return authorization

    def _get_timers(self, authorization, milestone):
        """Its timers of this milestone, the oldest first."""
        return (
            authorization.sudo()
            .timer_ids.filtered(lambda timer: timer.milestone == milestone)
            .sorted("id")
        )

    def _run_timers(self, limit=500):
        """The scheduled action, in this transaction."""
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *_args, **_kwargs: 1):
            self.env["rma.authorization"]._cron_timers(limit)

    def assertTimer(self, timer, **expected):
        """Compare the one timer with values; times as in Shanghai."""
        self.assertEqual(len(timer), 1)
        for name, value in expected.items():
            if name.startswith("date_") and value:
                value = self._read(value)
            if timer._fields[name].type == "float":
                self.assertAlmostEqual(timer[name], value, 6, name)
            else:
                self.assertEqual(timer[name], value, name)
