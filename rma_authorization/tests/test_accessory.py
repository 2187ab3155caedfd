# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestAccessory(RmaCommon):
    """What has to come back with goods, and what was missing when they arrived."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["product.category"]
        cls.electronics = categories.create({"name": "Electronics"})
        cls.audio = categories.create(
            {"name": "Audio", "parent_id": cls.electronics.id}
        )
        cls.product.categ_id = cls.audio
        cls.other_product.categ_id = cls.electronics
        cls.charger, cls.manual = (
            cls.env["rma.authorization.accessory"]
            .with_user(cls.manager)
            .create(
                [
                    {
                        "name": "Charger",
                        "product_tmpl_id": cls.product.product_tmpl_id.id,
                    },
                    {"name": "Manual", "categ_id": cls.electronics.id},
                ]
            )
        )
        order = cls._sell(products=cls.product | cls.other_product)
        cls.authorization = cls._authorize(order, 2)
        cls.line, cls.other_line = cls.authorization.line_ids

    def _get_names(self, line):
        return line._get_accessories()[line].mapped("name")

    def _receive_without(self, *accessories):
        self._receive(self.authorization)
        missing = self.charger.browse().union(*accessories)
        self.line.sudo()._report_missing({self.line: missing.sudo()})

    def test_accessories_of_the_product_and_of_its_categories(self):
        self.assertEqual(self._get_names(self.line), ["Charger", "Manual"])
        self.assertEqual(self._get_names(self.other_line), ["Manual"])
        self.manual.categ_id = self.audio
        self.assertEqual(self._get_names(self.other_line), [])

    def test_accessories_of_other_companies_and_archived_ones_count_for_nothing(self):
        self.charger.active = False
        sister = self.env["res.company"].create({"name": "Sister"})
        self.manual.sudo().company_id = sister
        self.assertEqual(self._get_names(self.line), [])
        self.manual.sudo().company_id = self.company
        self.assertEqual(self._get_names(self.line), ["Manual"])

    def test_an_accessory_is_for_a_product_or_for_a_category(self):
        template = self.product.product_tmpl_id
        for vals in (
            {},
            {"product_tmpl_id": template.id, "categ_id": self.audio.id},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env["rma.authorization.accessory"].create(
                    {"name": "Strap", **vals}
                )

    def test_what_was_missing_is_proposed_to_whoever_inspects(self):
        self._receive_without(self.charger, self.manual)
        window = (
            self.env["rma.authorization.inspect"]
            .with_user(self.technician)
            .create({"authorization_ids": self.authorization.ids})
        )
        self.assertRecordValues(
            window.row_ids.sorted(lambda row: row.line_id.id),
            [
                {"is_incomplete": True, "missing_parts": "Charger, Manual"},
                {"is_incomplete": False, "missing_parts": False},
            ],
        )
        self.assertRegex(
            self.line.with_user(self.technician).missing_accessories,
            r"^Manual \(.*\)\nCharger \(",
        )

    def test_managers_keep_the_catalogue_and_nobody_the_records(self):
        self._receive_without(self.charger)
        for user in (self.technician, self.agent):
            with self.assertRaises(AccessError):
                self.charger.with_user(user).name = "Cable"
        missing = self.line.sudo().missing_ids.sudo(False)
        for user in (self.technician, self.agent, self.manager):
            with self.assertRaises(AccessError):
                missing.with_user(user).name = "Cable"
            with self.assertRaises(UserError):
                self.line.with_user(user).write({"missing_ids": [(5, 0, 0)]})
