# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter
from datetime import date, datetime, time

from odoo.tests import BaseCase

from ..demo_year import (
    PLANTED_FAULT,
    PLANTED_PRODUCT,
    PLANTED_QUARTER,
    PRODUCTS,
    Year,
    get_workday,
)

DAYS = [
    date(2026, 11, 22),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2028, 2, 29),
    date(2028, 3, 1),
]


class TestDemoYear(BaseCase):
    """The plan of the demo data is a believable year, whatever day it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.years = [Year(today) for today in DAYS]

    def test_the_same_day_gives_the_same_plan(self):
        for year in self.years:
            again = Year(year.today)
            self.assertEqual(year.sales, again.sales)
            self.assertEqual(year.stories, again.stories)

    def test_everything_happened_in_the_year_before_that_day(self):
        for year in self.years:
            for sale in year.sales:
                self.assertTrue(0 < (year.today - sale.day).days <= 366)
            today = datetime.combine(year.today, time.min)
            for story in year.stories:
                self.assertLess(max(story.moments.values()), today)

    def test_steps_follow_each_other_on_working_days(self):
        for year in self.years:
            for story in year.stories:
                moments = list(story.moments.values())
                self.assertEqual(moments, sorted(moments))
                for step, moment in story.moments.items():
                    if step != "expired":
                        self.assertLess(moment.weekday(), 5)

    def test_nothing_comes_back_before_it_was_delivered(self):
        for year in self.years:
            for story in year.stories:
                delivered = year.sales[story.sale].day
                self.assertGreater(
                    (story.moments["submitted"].date() - delivered).days, 1
                )

    def test_no_unit_is_returned_twice_or_more_than_sold(self):
        for year in self.years:
            units = [
                (story.sale, story.product, unit)
                for story in year.stories
                for unit in range(story.first, story.first + story.qty)
            ]
            self.assertEqual(len(units), len(set(units)))
            for sale, product, unit in units:
                self.assertLess(unit, year.sales[sale].quantities[product])

    def test_the_size_hardly_depends_on_the_day(self):
        for year in self.years:
            self.assertEqual(len(year.sales), 28)
            self.assertTrue(85 <= len(year.stories) <= 110, len(year.stories))

    def test_every_month_has_returns_of_several_products(self):
        for year in self.years:
            months = Counter(
                (year.today - story.moments["submitted"].date()).days // 31
                for story in year.stories
            )
            self.assertTrue(all(months[month] >= 3 for month in range(11)), months)
            self.assertEqual({story.product for story in year.stories}, set(PRODUCTS))

    def test_more_is_sold_before_the_holidays(self):
        year = Year(date(2026, 12, 31))
        sold = Counter()
        for sale in year.sales:
            sold[sale.day.month] += sum(sale.quantities.values())
        self.assertGreater(sold[12], 1.3 * sold[8])

    def test_a_few_faults_make_most_of_the_returns(self):
        for year in self.years:
            faults = Counter(
                story.finding[0] for story in year.stories if story.finding
            )
            most = sum(count for _fault, count in faults.most_common(3))
            self.assertGreater(most, 0.6 * faults.total())

    def test_the_planted_lot_comes_back_most_often(self):
        for year in self.years:
            returned, sold = Counter(), Counter()
            for sale in year.sales:
                sold[sale.quarter] += sale.quantities.get(PLANTED_PRODUCT, 0)
            for story in year.stories:
                if story.product == PLANTED_PRODUCT:
                    quarter = year.sales[story.sale].quarter
                    returned[quarter] += story.qty
                    if quarter == PLANTED_QUARTER:
                        self.assertEqual(story.finding, PLANTED_FAULT)
            rates = {quarter: returned[quarter] / sold[quarter] for quarter in sold}
            bad = rates.pop(PLANTED_QUARTER)
            self.assertGreater(bad, 2 * max(rates.values()))

    def test_all_kinds_of_ends_are_there(self):
        for year in self.years:
            self.assertEqual(
                {story.decision for story in year.stories},
                {"authorize", "refuse", "solve", "prevent", "expire", "cancel"},
            )
            self.assertEqual(
                {story.resolution for story in year.stories},
                {"credit", "exchange", "repair"},
            )
            ends = Counter(list(story.moments)[-1] for story in year.stories)
            # some are still under way
            self.assertTrue(ends["decided"] and ends["closed"] > 60, ends)

    def test_weekends_are_put_off_to_monday(self):
        self.assertEqual(get_workday(date(2026, 11, 20)), date(2026, 11, 20))
        self.assertEqual(get_workday(date(2026, 11, 21)), date(2026, 11, 23))
        self.assertEqual(get_workday(date(2026, 11, 22)), date(2026, 11, 23))
