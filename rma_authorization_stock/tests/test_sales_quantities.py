# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestSalesQuantities(RmaStockCommon):
    """Returns and replacements leave the original order as it is (F10)."""

    def test_a_receipt_lowers_no_delivered_quantity(self):
        order = self._sell_from_stock(self.product, 5)
        self._receive(self._authorize(order, 3))
        self.assertEqual(order.order_line.qty_delivered, 5)

    def test_a_replacement_is_an_order_of_its_own_at_no_charge(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, resolution="exchange")
        authorization.action_settle()
        replacement = authorization.sudo().replacement_order_ids
        self.assertRecordValues(replacement, [{"state": "sale", "amount_total": 0.0}])
        self.assertEqual(replacement.order_line.product_uom_qty, 3)
        self.assertTrue(replacement.picking_ids)
        self.assertEqual(authorization.settlement_status, "pending")

    def test_a_delivered_replacement_settles(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, resolution="exchange")
        authorization.action_settle()
        authorization.with_user(self.worker).action_dispose()
        self._deliver(authorization.sudo().replacement_order_ids.picking_ids)
        self.assertEqual(authorization.settlement_status, "done")
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(order.order_line.qty_delivered, 5)

    def test_a_replacement_in_advance_is_sent_before_receipt_and_only_once(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(
            order, 2, resolution="exchange", advance=True, disposition="restock"
        )
        self.assertEqual(authorization.next_step, "settle")
        authorization.action_settle()
        self.assertEqual(authorization.next_step, "receive")
        self._receive(authorization)
        authorization.with_user(self.technician).action_inspect()
        authorization.action_settle()
        self.assertEqual(len(authorization.settlement_ids), 1)

    def test_a_cancelled_replacement_frees_its_quantity(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, resolution="exchange")
        authorization.action_settle()
        authorization.sudo().replacement_order_ids._action_cancel()
        self.assertEqual(authorization.settlement_ids.state, "cancelled")
        self.assertEqual(authorization.line_ids.qty_to_settle, 3)
        self.assertEqual(authorization.line_ids.qty_received, 3)

    def test_a_worker_may_not_settle(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, resolution="exchange")
        with self.assertRaises(AccessError):
            authorization.with_user(self.worker).action_settle()

    def test_an_agent_without_inventory_rights_may_authorize(self):
        order = self._sell_from_stock(self.product, 5)
        self.assertFalse(self.agent.has_group("stock.group_stock_user"))
        self.assertEqual(self._authorize(order, 1).state, "authorized")
