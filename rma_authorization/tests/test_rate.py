# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestRate(RmaCommon):
    """Products and partners say how many returns they have, and how much comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_partner = cls.env["res.partner"].create(
            {"name": "ACME", "is_company": True}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Al", "parent_id": cls.company_partner.id}
        )
        # ten sold to a contact, and two of these came back
        order = cls._sell(10, partner=cls.contact)
        cls.returned = cls._authorize(order, 3)
        cls._receive(cls.returned, 2)
        # ten more of which nothing came back, and nothing was returned yet
        cls._sell(10)

    def _as(self, user, record):
        record.invalidate_recordset()
        return record.with_user(user).sudo(False)

    def test_units_that_came_back_by_units_delivered(self):
        """2 of 20 of the product; 2 of 10 of the company and its contact."""
        for record, rate, count in (
            (self.product, 0.1, 1),
            (self.product.product_tmpl_id, 0.1, 1),
            (self.company_partner, 0.2, 1),
            (self.contact, 0.2, 1),
            (self.customer, 0.0, 0),
            (self.other_product, 0.0, 0),
        ):
            with self.subTest(record=record.display_name):
                seen = self._as(self.agent, record)
                self.assertAlmostEqual(seen.rma_return_rate, rate)
                self.assertEqual(seen.rma_count, count)

    def test_quantities_count_in_the_products_unit(self):
        """A dozen sold, of which three units come back: 5 of 32."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(1, product_uom_id=dozen.id)
        authorization = self._authorize(order, 3, product_uom_id=self.product.uom_id.id)
        self._receive(authorization, 3)
        self.assertAlmostEqual(
            self._as(self.agent, self.product).rma_return_rate, 5 / 32
        )

    def test_old_orders_and_cancelled_ones_do_not_count(self):
        old = self._sell(30)
        old.date_order = fields.Datetime.now() - relativedelta(months=13)
        self._sell(30, deliver=False)._action_cancel()
        self.assertAlmostEqual(self._as(self.agent, self.product).rma_return_rate, 0.1)

    def test_a_replacement_is_no_sale(self):
        authorization = self._authorize(
            self._sell(20), 5, resolution="exchange", advance=True
        )
        authorization.action_settle()
        self._deliver(authorization.sudo().replacement_order_ids)
        self.assertAlmostEqual(
            self._as(self.agent, self.product).rma_return_rate, 2 / 40
        )

    def test_another_company_is_not_counted(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        seen = self._as(stranger, self.product)
        self.assertEqual((seen.rma_count, seen.rma_return_rate), (0, 0.0))

    def test_who_has_no_role_sees_nothing(self):
        clerk = self._create_user("clerk", "base.group_user")
        for record in (self.product, self.product.product_tmpl_id, self.contact):
            seen = self._as(clerk, record)
            self.assertEqual((seen.rma_count, seen.rma_return_rate), (0, 0.0))

    def test_buttons_lead_to_the_returns(self):
        for record in (
            self.product,
            self.product.product_tmpl_id,
            self.contact,
            self.company_partner,
        ):
            action = self._as(self.agent, record).action_view_rma()
            found = self.env["rma.authorization"].search(action["domain"])
            self.assertEqual(found, self.returned.sudo(), record.display_name)
        action = self._as(self.agent, self.contact).action_view_rma()
        self.assertEqual(action["context"], {"default_partner_id": self.contact.id})

    def test_any_number_of_records_takes_the_same_queries(self):
        products = self.product | self.other_product | self._create_product("TV")
        partners = self.company_partner | self.contact | self.customer
        for records, limit in (
            (products, 6),
            (products.product_tmpl_id, 6),
            (partners, 10),
        ):
            counts = []
            for size in (1, 3):
                self.env.flush_all()
                self.env.invalidate_all()
                seen = records[:size].with_user(self.agent).sudo(False)
                # rights and rules are read once
                seen.env["rma.authorization"].has_access("read")
                before = self.env.cr.sql_log_count
                seen.mapped("rma_count")
                seen.mapped("rma_return_rate")
                counts.append(self.env.cr.sql_log_count - before)
            with self.subTest(model=records._name):
                self.assertLessEqual(counts[1], counts[0] + 1)
                self.assertLessEqual(counts[1], limit)
