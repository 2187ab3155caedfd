# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import random
from datetime import datetime, timedelta

import pytz

from odoo.tests import tagged

from ..tools import lock_rows, own_rows, take_numbers
from ..work_clock import WorkClock
from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestRemembered(RmaCommon):
    """Settings that are kept in memory are what they are in the database."""

    def setUp(self):
        super().setUp()
        self.reasons = self.env["rma.authorization.reason"]
        self._read_names()

    def _read_names(self, lang=None):
        self.env.flush_all()
        self.env.invalidate_all()
        reasons = self.reasons.with_context(lang=lang)
        return [reason.name for reason in reasons._get_remembered()]

    def _create_reason(self, **vals):
        return self.reasons.create(
            {"name": "Fell from the table", "code": "FELL", **vals}
        )

    # -- catalogues ----------------------------------------------------------------

    def test_what_is_remembered_costs_no_query(self):
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            for reason in self.reasons._get_remembered():
                self.assertTrue(reason.name)

    def test_what_is_added_changed_and_archived_counts_at_once(self):
        reason = self._create_reason()
        self.assertIn("Fell from the table", self._read_names())
        reason.name = "Was dropped"
        self.assertIn("Was dropped", self._read_names())
        reason.active = False
        self.assertNotIn("Was dropped", self._read_names())
        reason.active = True
        self.assertIn("Was dropped", self._read_names())
        reason.unlink()
        self.assertNotIn("Was dropped", self._read_names())

    def test_each_language_has_its_own_names(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        reason = self._create_reason()
        reason.with_context(lang="fr_FR").name = "Tombé de la table"
        self.assertIn("Fell from the table", self._read_names("en_US"))
        self.assertIn("Tombé de la table", self._read_names("fr_FR"))

    def test_what_is_about_to_be_written_is_not_replaced(self):
        reason = self._create_reason()
        self._read_names()
        reason.name = "Was dropped"
        self.assertIn("Was dropped", self.reasons._get_remembered().mapped("name"))
        self.assertEqual(reason.name, "Was dropped")

    def test_the_order_is_that_of_the_database(self):
        first = self._create_reason(sequence=-1)
        self.assertEqual(self.reasons._get_remembered()[:1], first)
        first.sequence = 10000
        self.assertEqual(
            self.reasons._get_remembered().ids, self.reasons.search([]).ids
        )

    # -- rows ----------------------------------------------------------------------

    def _start_anew(self):
        """As another transaction, which has read and changed nothing."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.precommit.clear()

    def test_a_recalled_row_costs_no_query_and_is_that_of_the_database(self):
        currency = self.company.currency_id
        currency.symbol = "¤"
        self._start_anew()
        currency._recall()
        self._start_anew()
        with self.assertQueryCount(0):
            self.assertEqual(currency._recall().symbol, "¤")

    def test_every_recalled_value_is_that_of_the_database(self):
        for record in (self.company.currency_id, self.product.uom_id):
            self._start_anew()
            record._recall()
            names = [
                name
                for name, field in record._fields.items()
                if field.column_type and record._is_in_memory(field)
            ]
            self.assertGreater(len(names), 3)
            recalled = {name: record[name] for name in names}
            self.env.invalidate_all()
            self.assertEqual(recalled, {name: record[name] for name in names})

    def test_a_recalled_row_follows_what_is_written(self):
        currency = self.company.currency_id
        self._start_anew()
        currency._recall()
        currency.symbol = "¤"
        self.assertEqual(currency._recall().symbol, "¤")
        self._start_anew()
        self.assertEqual(currency._recall().symbol, "¤")

    def test_a_recalled_row_follows_what_is_computed(self):
        unit = self.env["uom.uom"].create(
            {
                "name": "Crate",
                "relative_factor": 12,
                "relative_uom_id": self.product.uom_id.id,
            }
        )
        self._start_anew()
        self.assertEqual(unit._recall().factor, 12)
        # written by nobody: the factor of the larger unit follows
        self.env.add_to_compute(unit._fields["factor"], unit)
        self.env.cr.execute(
            "UPDATE uom_uom SET relative_factor = 24 WHERE id = %s", [unit.id]
        )
        unit.invalidate_recordset(["relative_factor"], flush=False)
        self._start_anew()
        self.assertEqual(unit._recall().factor, 24)

    def test_what_is_not_committed_yet_is_not_kept(self):
        currency = self.company.currency_id
        self._start_anew()
        before = currency._recall().symbol
        self.env.cr.execute("SAVEPOINT other")
        currency.symbol = "¤"
        self.env.flush_all()
        self.assertEqual(currency._recall().symbol, "¤")
        self.env.cr.execute("ROLLBACK TO SAVEPOINT other")
        self._start_anew()
        self.assertEqual(currency._recall().symbol, before)

    def test_what_was_read_meanwhile_is_forgotten_when_the_change_ends(self):
        currency = self.company.currency_id
        for ended in (self.env.cr.postcommit, self.env.cr.postrollback):
            ended.clear()
            self._start_anew()
            currency.symbol = "¤"
            self._start_anew()
            # by somebody who can't see the change yet
            currency._recall()
            self.env.cr.execute(
                "UPDATE res_currency SET symbol = '¢' WHERE id = %s", [currency.id]
            )
            ended.run()
            self.env.invalidate_all()
            self.assertEqual(currency._recall().symbol, "¢")

    def test_a_row_that_is_gone_is_not_recalled(self):
        unit = self.env["uom.uom"].create({"name": "Crate"})
        self._start_anew()
        unit._recall()
        unit.unlink()
        self._start_anew()
        self.assertFalse(unit._recall().exists())

    def test_no_number_is_taken_from_memory(self):
        sequence = self.env.ref("rma_authorization.ir_sequence_rma_number").sudo()
        sequence.write({"implementation": "no_gap", "use_date_range": False})
        numbers, companies = [], [self.company.id] * 2
        for _attempt in range(3):
            self._start_anew()
            numbers += take_numbers(self.env, "rma.authorization", companies)
        self.assertEqual(len(set(numbers)), 6)

    # -- locks ---------------------------------------------------------------------

    def test_a_row_is_locked_once(self):
        lines = self._authorize(self._sell()).sudo().line_ids
        own_rows(lines).clear()
        with self.assertQueryCount(1):
            lock_rows(lines)
        with self.assertQueryCount(0):
            lock_rows(lines)

    def test_a_lock_that_was_rolled_back_is_taken_again(self):
        lines = self._authorize(self._sell()).sudo().line_ids
        self.env.flush_all()
        own_rows(lines).clear()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            lock_rows(lines)
            raise ZeroDivisionError
        with self.assertQueryCount(1):
            lock_rows(lines)

    def test_a_commit_gives_locks_back(self):
        lines = self._authorize(self._sell()).sudo().line_ids
        own_rows(lines).clear()
        lock_rows(lines)
        self.env.cr.precommit.run()
        self.assertFalse(own_rows(lines))


@tagged("post_install", "-at_install")
class TestRememberedHours(RmaCommon):
    """The hours in memory give the answers of core's calendar."""

    def _create_calendar(self, zone, **vals):
        return self.env["resource.calendar"].create(
            {"name": f"Work in {zone}", "tz": zone, **vals}
        )

    def _take_leave(self, calendar, day, hours):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "date_from": day,
                "date_to": day + timedelta(hours=hours),
                "calendar_id": calendar.id,
                "company_id": self.company.id,
            }
        )

    def _compare(self, calendar, seed):
        chance = random.Random(seed)
        clock, company = WorkClock(), self.company
        domain = calendar._get_rma_leaves_domain(company.id)
        for _number in range(25):
            # around both changes of the clock
            start = datetime(2026, chance.choice([2, 3, 10]), 1) + timedelta(
                minutes=chance.randrange(60 * 24 * 35)
            )
            hours = chance.choice([0.25, 1, 7.5, 8, 40, 170]) * chance.choice([1, -1])
            aware = pytz.utc.localize(start)
            planned = calendar.plan_hours(
                hours, aware, compute_leaves=True, domain=domain
            )
            planned = planned.astimezone(pytz.utc).replace(tzinfo=None)
            self.assertLess(
                abs(clock.plan(calendar, company, start, hours) - planned),
                timedelta(seconds=1),
                f"{hours} hours from {start}",
            )
            end = start + timedelta(hours=chance.choice([1, 30, 900]))
            self.assertAlmostEqual(
                clock.count(calendar, company, start, end),
                calendar.get_work_hours_count(
                    aware, pytz.utc.localize(end), compute_leaves=True, domain=domain
                ),
                4,
                f"from {start} to {end}",
            )

    def test_a_company_has_the_hours_that_it_was_given_last(self):
        for zone in ("UTC", "Asia/Shanghai"):
            calendar = self._create_calendar(zone)
            self.company.resource_calendar_id = calendar
            self.assertEqual(self.company._get_rma_calendar(), calendar)
            self.assertEqual(self.company._get_rma_timezone(), zone)

    def test_planned_and_counted_hours_are_those_of_core(self):
        for seed, zone in enumerate(
            ("UTC", "Europe/Paris", "Asia/Shanghai", "America/New_York")
        ):
            with self.subTest(zone=zone):
                calendar = self._create_calendar(zone)
                self._take_leave(calendar, datetime(2026, 3, 17, 10), 30)
                self._compare(calendar, seed)

    def test_two_week_schedules_are_those_of_core(self):
        calendar = self._create_calendar("Europe/Paris")
        calendar.switch_calendar_type()
        calendar.attendance_ids.filtered(
            lambda hours: hours.week_type == "1" and hours.dayofweek == "2"
        ).unlink()
        self._compare(calendar, 7)

    def test_a_holiday_counts_as_soon_as_it_is_entered(self):
        calendar = self._create_calendar("UTC")
        company, clock = self.company, WorkClock
        monday, friday = datetime(2026, 3, 2), datetime(2026, 3, 7)
        before = clock().count(calendar, company, monday, friday)
        self._take_leave(calendar, datetime(2026, 3, 4), 23)
        self.assertEqual(clock().count(calendar, company, monday, friday), before - 8)

    def test_hours_count_as_soon_as_they_are_changed(self):
        calendar = self._create_calendar("UTC")
        monday, friday = datetime(2026, 3, 2), datetime(2026, 3, 7)
        before = WorkClock().count(calendar, self.company, monday, friday)
        calendar.attendance_ids.filtered(lambda hours: hours.dayofweek == "1").unlink()
        self.assertEqual(
            WorkClock().count(calendar, self.company, monday, friday), before - 8
        )
