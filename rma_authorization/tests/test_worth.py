# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestWorth(RmaCommon):
    """What returned goods would bring, less what selling them costs, is shown to the
    inspector, and decides nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worth = cls.env["rma.authorization.worth"].with_user(cls.manager)
        cls.worth.sudo().search([]).unlink()
        categories = cls.env["product.category"]
        cls.electronics = categories.create({"name": "Electronics"})
        cls.radios = categories.create(
            {"name": "Radios", "parent_id": cls.electronics.id}
        )
        cls.product.categ_id = cls.radios
        cls.line = cls._authorize(cls._sell(10), 10).line_ids
        cls.line.authorization_id.user_id = cls.agent

    def _add(self, **vals):
        return self.worth.create({"company_id": self.company.id, **vals})

    def _estimate(self, qty, grade, line=None):
        worth = self.worth.with_user(self.technician)
        return worth._estimate({1: (line or self.line, qty, grade)}).get(1)

    def test_price_by_grade_less_handling_and_freight(self):
        self._add(percent_good=70, handling=5, freight=3)
        worth = self._estimate(10, "good")
        self.assertEqual((worth.price, worth.percent), (100, 70))
        self.assertEqual((worth.resale, worth.handling, worth.freight), (700, 50, 30))
        self.assertEqual(worth.net, 620)
        self.assertTrue(worth.is_worth)
        self.assertRegex(
            self.worth._get_note(worth), r"10 × .*100\.00.* × 70% = .*leaves .*620\.00"
        )

    def test_what_costs_more_than_it_brings_is_better_left_or_scrapped(self):
        self._add(percent_damaged=10, handling=12)
        worth = self._estimate(1, "damaged")
        self.assertEqual(worth.net, -2)
        self.assertFalse(worth.is_worth)
        self.assertRegex(self.worth._get_note(worth), "leaving it with the customer")

    def test_the_nearest_category_counts_and_the_company_before_all(self):
        self._add(company_id=False, percent_new=50)
        self.assertEqual(self._estimate(1, "new").resale, 50)
        self._add(percent_new=60)
        self.assertEqual(self._estimate(1, "new").resale, 60)
        self._add(company_id=False, categ_id=self.electronics.id, percent_new=70)
        self.assertEqual(self._estimate(1, "new").resale, 70)
        self._add(categ_id=self.radios.id, percent_new=80)
        self.assertEqual(self._estimate(1, "new").resale, 80)

    def test_a_dozen_is_worth_twelve_times_the_price(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(1, product_uom_id=dozen.id)
        line = self._authorize(order, 1).line_ids
        self._add(percent_new=90, handling=1)
        worth = self._estimate(1, "new", line)
        self.assertEqual((worth.qty, worth.resale, worth.net), (12, 1080, 1068))

    def test_nothing_is_estimated_without_grade_quantity_or_row(self):
        self.assertIsNone(self._estimate(1, "new"))
        self._add()
        self.assertIsNone(self._estimate(1, False))
        self.assertIsNone(self._estimate(0, "new"))

    def test_another_companys_row_is_not_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.worth.sudo().create({"company_id": other.id, "percent_new": 50})
        self.assertIsNone(self._estimate(1, "new"))
        self.assertFalse(self.worth.search([]))

    def test_the_window_shows_it(self):
        self._add(percent_worn=45)
        self._receive(self.line.authorization_id)
        wizard = (
            self.env["rma.authorization.inspect"]
            .with_user(self.technician)
            .create({"authorization_ids": self.line.authorization_id.ids})
        )
        with Form(wizard) as form, form.row_ids.edit(0) as row:
            row.grade = "worn"
            self.assertRegex(row.worth_note, r"45% = .*450\.00")

    def test_impossible_values_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._add(percent_new=101)

    def test_negative_costs_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._add(handling=-1)

    def test_costs_have_the_currency_of_a_company(self):
        with self.assertRaisesRegex(ValidationError, "All goods: .*Choose the company"):
            self._add(company_id=False, freight=1)

    def test_there_is_one_row_for_a_company_and_category(self):
        self._add()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._add()

    def test_managers_set_it_and_others_read_it(self):
        row = self._add()
        for user in (self.technician, self.agent):
            self.assertEqual(row.with_user(user).percent_new, 90)
            with self.assertRaises(AccessError):
                row.with_user(user).percent_new = 1
