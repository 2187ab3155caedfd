# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCreateWizard(RmaCommon):
    """From an order to its return, in one window (R1, R3)."""

    def _open(self, orders):
        """The window, as the agent opens it on these orders."""
        action = orders.with_user(self.agent).action_create_rma()
        self.assertEqual(action["target"], "new")
        wizard = self.env["rma.authorization.create"].browse(action["res_id"])
        wizard.resolution = "none"
        return wizard.with_user(self.agent)

    def _apply(self, wizard):
        """The authorization that the window makes."""
        action = wizard.action_create_rma()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_every_line_stands_at_zero_beside_what_can_be_returned(self):
        order = self._sell(5, products=self.product | self.other_product)
        wizard = self._open(order)
        self.assertEqual(wizard.partner_id, self.customer)
        self.assertRecordValues(
            wizard.line_ids,
            [
                {"product_id": self.product.id, "qty": 0, "qty_returnable": 5},
                {"product_id": self.other_product.id, "qty": 0, "qty_returnable": 5},
            ],
        )

    def test_what_other_returns_took_is_not_offered(self):
        order = self._sell(5)
        self._authorize(order, 4)
        self.assertEqual(self._open(order).line_ids.qty_returnable, 1)

    def test_services_and_sections_are_not_offered(self):
        service = self._create_product("Advice", type="service")
        order = self._sell(5, products=self.product | service, deliver=False)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Extras"})
        ]
        self.assertEqual(self._open(order).line_ids.product_id, self.product)

    def test_the_chosen_rows_become_a_draft(self):
        order = self._sell(5, products=self.product | self.other_product)
        wizard = self._open(order)
        wizard.line_ids[0].qty = 2
        wizard.write({"resolution": "exchange", "advance": True, "description": "Dead"})
        authorization = self._apply(wizard)
        self.assertEqual(authorization.state, "draft")
        self.assertEqual(authorization.partner_id, self.customer)
        self.assertRecordValues(
            authorization.line_ids,
            [
                {
                    "product_id": self.product.id,
                    "sale_line_id": order.order_line[0].id,
                    "qty_requested": 2,
                    "resolution": "exchange",
                    "advance": True,
                    "description": "Dead",
                    "reason_id": wizard.reason_id.id,
                }
            ],
        )

    def test_a_row_may_have_a_reason_of_its_own(self):
        order = self._sell(5, products=self.product | self.other_product)
        reason = self.env.ref("rma_authorization.rma_authorization_reason_wrong_item")
        wizard = self._open(order)
        wizard.line_ids.qty = 1
        wizard.line_ids[1].reason_id = reason
        lines = self._apply(wizard).line_ids
        self.assertEqual(lines[0].reason_id, wizard.reason_id)
        self.assertEqual(lines[1].reason_id, reason)

    def test_the_row_keeps_the_unit_of_the_order(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        wizard = self._open(self._sell(2, product_uom_id=dozen.id))
        self.assertRecordValues(
            wizard.line_ids, [{"product_uom_id": dozen.id, "qty_returnable": 2}]
        )
        wizard.line_ids.qty = 1
        self.assertEqual(self._apply(wizard).line_ids.product_uom_id, dozen)

    def test_choosing_nothing_is_refused(self):
        wizard = self._open(self._sell(5))
        with self.assertRefused("Enter how much Ada Customer returns"):
            wizard.action_create_rma()

    def test_choosing_no_resolution_is_refused(self):
        wizard = self._open(self._sell(5))
        wizard.write({"resolution": False})
        wizard.line_ids.qty = 1
        with self.assertRefused("Choose what Ada Customer wants"):
            wizard.action_create_rma()

    def test_more_than_returnable_is_refused(self):
        wizard = self._open(self._sell(5))
        wizard.line_ids.qty = 6
        with self.assertRefused("Radio: 6.0 can't be returned, at most 5.0"):
            wizard.action_create_rma()

    def test_a_negative_quantity_is_refused(self):
        wizard = self._open(self._sell(5))
        wizard.line_ids.qty = -1
        with self.assertRefused("-1.0 can't be returned"):
            wizard.action_create_rma()

    def test_an_unconfirmed_order_is_refused(self):
        order = self._sell(5, deliver=False).copy()
        with self.assertRefused(f"{order.name} isn't confirmed"):
            order.with_user(self.agent).action_create_rma()

    def test_an_order_without_goods_is_refused(self):
        order = self._sell(1, products=self._create_product("Advice", type="service"))
        with self.assertRefused("no goods here that could be returned"):
            order.with_user(self.agent).action_create_rma()

    def test_orders_of_several_customers_are_refused(self):
        orders = self._sell(5) | self._sell(5, partner=self.other_customer)
        with self.assertRefused("Ada Customer, Bob Customer"):
            orders.with_user(self.agent).action_create_rma()

    def test_several_orders_of_one_customer_become_one_return(self):
        orders = self._sell(5) | self._sell(3)
        wizard = self._open(orders)
        wizard.line_ids.qty = 1
        self.assertEqual(self._apply(wizard).sale_order_ids, orders)

    def test_the_order_tells_of_earlier_returns(self):
        order = self._sell(5)
        wizard = self._open(order)
        wizard.line_ids.qty = 1
        self._apply(wizard)
        self.assertEqual(order.rma_count, 1)

    def test_a_salesman_without_role_starts_no_return(self):
        clerk = new_test_user(
            self.env, "rma_clerk", groups="sales_team.group_sale_salesman_all_leads"
        )
        order = self._sell(5)
        with self.assertRaises(AccessError):
            order.with_user(clerk).action_create_rma()

    def test_the_window_is_filled_in_by_hand(self):
        wizard = self._open(self._sell(5))
        with Form(wizard) as form:
            form.description = "Dead"
            with form.line_ids.edit(0) as row:
                row.qty = 2
        self.assertEqual(self._apply(wizard).line_ids.qty_requested, 2)
