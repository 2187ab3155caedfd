# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import collections
import datetime
import random

from odoo.tests import BaseCase, tagged

from odoo.addons.rma_authorization.recurrence import (
    Finding,
    Shipment,
    Tally,
    Weeks,
)

START = datetime.date(2022, 1, 3)
Company = collections.namedtuple(
    "Company",
    "rma_sentinel_minimum rma_sentinel_days rma_sentinel_rate rma_sentinel_alarms",
)
COMPANY = Company(3, 30, 5.0, 1.0)


@tagged("post_install", "-at_install")
class TestRecurrence(BaseCase):
    """A simulated shop of twenty products that sells forty of each a week, of which
    chance breaks two in a hundred, some day of the two years after."""

    PRODUCTS, A_WEEK, RATE, BROKEN = 20, 40, 0.02, 3

    def _sell(self, seed, weeks, defect_from=None):
        """(shipments, findings); from that week on, ten more in a hundred of BROKEN
        have fault 7 within four months."""
        chance = random.Random(seed)
        shipments, findings = [], []
        for week in range(weeks):
            day = START + datetime.timedelta(weeks=week)
            for product in range(self.PRODUCTS):
                lot, vendor = product * 100 + week // 13, (product + week // 13) % 3
                shipments.append(Shipment(product, lot, vendor, day, self.A_WEEK))
                for _unit in range(self.A_WEEK):
                    bad = defect_from is not None and week >= defect_from
                    kinds = [(self.RATE, chance.randrange(5), 730)]
                    if bad and product == self.BROKEN:
                        kinds.append((0.10, 7, 120))
                    for rate, fault, life in kinds:
                        if chance.random() < rate:
                            seen = day + datetime.timedelta(days=chance.randrange(life))
                            number = len(findings) + 1
                            findings.append(
                                Finding(number, product, fault, lot, vendor, seen, 1)
                            )
        return shipments, findings

    def _watch(self, shipments, findings, weeks):
        """[(week, alarm)] of a look each week; what alarmed is explained afterwards."""
        alarms, explained = [], set()
        for week in weeks:
            today = START + datetime.timedelta(weeks=week)
            tally = Tally(
                COMPANY,
                today,
                [shipment for shipment in shipments if shipment.date < today],
                [
                    finding
                    for finding in findings
                    if finding.date < today and finding.id not in explained
                ],
                set(range(self.PRODUCTS)),
            )
            while found := tally.get_alarms():
                loudest = min(found, key=lambda alarm: alarm.probability)
                alarms.append((week, loudest))
                explained |= set(loudest.findings)
                tally.forget(loudest.findings)
        return alarms

    def test_chance_alone_opens_no_more_cases_than_documented(self):
        """One false alarm a year at most, in the mean: two years without any fault but
        chance have three only once in hundred thousand pairs (Poisson, mean 2 is the
        bound; the exact tests stay far below)."""
        shipments, findings = self._sell(1, 4 * 52)
        self.assertGreater(len(findings), 3000)
        alarms = self._watch(shipments, findings, range(2 * 52, 4 * 52))
        self.assertLessEqual(len(alarms), 2)

    def test_a_planted_fault_is_found_within_its_first_weeks(self):
        shipments, findings = self._sell(2, 3 * 52 + 16, defect_from=3 * 52)
        alarms = self._watch(shipments, findings, range(3 * 52, 3 * 52 + 16))
        self.assertTrue(alarms)
        week, alarm = alarms[0]
        self.assertEqual((alarm.kind, alarm.key), ("fault", (self.BROKEN, 7)))
        self.assertLessEqual(week - 3 * 52, 10)
        self.assertGreaterEqual(alarm.count, COMPANY.rma_sentinel_minimum)
        self.assertTrue(all(alarm.key[0] == self.BROKEN for _week, alarm in alarms))

    # -- one question each, by hand ----------------------------------------------------

    def _tally(self, shipments, findings, company=COMPANY, compared=()):
        today = START + datetime.timedelta(days=800)
        return Tally(company, today, shipments, findings, set(compared))

    def _ago(self, days):
        return START + datetime.timedelta(days=800 - days)

    def _found(self, count, days, *, first=1, fault=None, lot=None, vendor=None):
        return [
            Finding(first + number, 1, fault, lot, vendor, self._ago(days), 1)
            for number in range(count)
        ]

    def test_recent_days_are_compared_with_the_year_before(self):
        shipments = [Shipment(1, None, None, self._ago(500), 1000)]
        # 1000 units for 30 days, against the same for 365: 12 in the year before let
        # one expect 12 * 30 / 365 = 0.99
        tally = self._tally(
            shipments, self._found(12, 200) + self._found(9, 10, first=50)
        )
        [alarm] = [alarm for alarm in tally.get_alarms() if alarm.kind == "rise"]
        self.assertEqual((alarm.count, round(alarm.expected, 2)), (9, 0.99))
        self.assertEqual(len(alarm.findings), 9)
        tally.forget(alarm.findings)
        self.assertFalse([one for one in tally.get_alarms() if one.kind == "rise"])

    def test_a_lot_is_compared_with_the_others_of_its_product(self):
        shipments = [
            Shipment(1, lot, None, self._ago(300), 100) for lot in (1, 2, 3, 4, 5)
        ]
        findings = self._found(12, 100, lot=1) + self._found(4, 100, first=50, lot=2)
        kinds = {alarm.kind for alarm in self._tally(shipments, findings).get_alarms()}
        self.assertNotIn("lot", kinds, "numbers of single units aren't compared")
        alarms = self._tally(shipments, findings, compared=[1]).get_alarms()
        [alarm] = [alarm for alarm in alarms if alarm.kind == "lot"]
        self.assertEqual((alarm.key, alarm.count, alarm.expected), ((1, 1), 12, 1.0))

    def test_a_supplier_is_compared_with_the_others(self):
        shipments = [Shipment(1, None, who, self._ago(300), 200) for who in (1, 2)]
        findings = self._found(15, 100, vendor=1) + self._found(
            1, 100, first=50, vendor=2
        )
        [alarm] = [
            alarm
            for alarm in self._tally(shipments, findings).get_alarms()
            if alarm.kind == "vendor"
        ]
        self.assertEqual((alarm.key, alarm.count, alarm.expected), ((1, 1), 15, 1.0))

    def test_a_new_product_is_held_against_the_accepted_rate(self):
        # 730 units for 30 days at 5 % a year: 730 * 30 * 0.05 / 365 = 3
        shipments = [Shipment(1, None, None, self._ago(30), 730)]
        [alarm] = self._tally(shipments, self._found(15, 5)).get_alarms()
        self.assertEqual((alarm.kind, round(alarm.expected, 9)), ("level", 3.0))
        accepting = COMPANY._replace(rma_sentinel_rate=0.0)
        tally = self._tally(shipments, self._found(15, 5), accepting)
        self.assertFalse(tally.get_alarms())

    def test_few_units_never_alarm(self):
        shipments = [Shipment(1, None, None, self._ago(500), 1000)]
        tally = self._tally(shipments, self._found(2, 1))
        self.assertFalse(tally.get_alarms())
        cautious = COMPANY._replace(rma_sentinel_minimum=20)
        tally = self._tally(shipments, self._found(15, 1), cautious)
        self.assertFalse(tally.get_alarms())

    def test_what_was_never_sold_is_no_question(self):
        self.assertFalse(self._tally([], self._found(15, 1)).get_alarms())

    # -- the chart ---------------------------------------------------------------------

    def test_the_chart_shows_what_was_counted_and_was_to_be_expected(self):
        shipments = [Shipment(1, None, None, self._ago(600), 100)]
        # 12 in the year that ended 30 days ago: 12 / 365 a day, 0.23 a week
        findings = self._found(12, 200) + self._found(5, 3, first=50)
        today = START + datetime.timedelta(days=800)
        weeks = Weeks(COMPANY, today, shipments, findings, None, accepted=False)
        self.assertEqual(len(weeks.days), 26)
        self.assertEqual((sum(weeks.counted), weeks.counted[-1]), (5, 5))
        self.assertEqual(round(weeks.expected[-1], 4), round(12 / 365 * 7, 4))
        # 5 % of 100 a year
        weeks = Weeks(COMPANY, today, shipments, findings, None, accepted=True)
        self.assertEqual(round(weeks.expected[-1], 4), round(5 / 365 * 7, 4))

    def test_the_chart_of_a_lot_expects_the_rate_of_the_others(self):
        shipments = [
            Shipment(1, lot, None, self._ago(600), qty)
            for lot, qty in ((1, 50), (2, 200))
        ]
        findings = self._found(8, 20, lot=1) + self._found(4, 100, first=50, lot=2)
        today = START + datetime.timedelta(days=800)
        weeks = Weeks(
            COMPANY,
            today,
            shipments,
            findings,
            lambda row: row.lot == 1,
            accepted=False,
        )
        self.assertEqual(sum(weeks.counted), 8)
        # 4 of 200 in a year: for 50 it is one, 7 / 365 a week
        self.assertEqual(round(weeks.expected[-1], 4), round(7 / 365, 4))
