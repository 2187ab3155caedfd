# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestRepair(RmaStockCommon):
    """Repairs: an order per unit, the customer's property, back to the customer."""

    def _receive_for_repair(self, qty=1, product=None, **kwargs):
        product = product or self.product
        order = self._sell_from_stock(product, qty)
        if product.tracking == "serial":
            lots = order.picking_ids.move_ids.lot_ids
            kwargs["lot_ids"] = [Command.set(lots.ids)]
        authorization = self._receive_and_accept(
            order,
            qty,
            resolution="repair",
            under_warranty=True,
            disposition=False,
            **kwargs,
        )
        authorization.action_settle()
        return authorization

    def _repair(self, authorization):
        repairs = authorization.sudo().repair_ids.with_user(self.technician)
        repairs.action_repair_start()
        repairs.action_repair_end()

    def test_each_unit_gets_a_repair_order(self):
        authorization = self._receive_for_repair(2)
        repairs = authorization.sudo().repair_ids
        self.assertRecordValues(
            repairs,
            [
                {"product_qty": 1, "state": "confirmed", "under_warranty": True},
                {"product_qty": 1, "state": "confirmed", "under_warranty": True},
            ],
        )
        self.assertEqual(repairs.picking_id.rma_id, authorization.sudo())

    def test_the_serial_is_repaired(self):
        authorization = self._receive_for_repair(2, self.serial_product)
        repairs = authorization.sudo().repair_ids
        self.assertEqual(repairs.lot_id, authorization.line_ids.lot_ids.sudo())

    def test_goods_for_repair_stay_the_customers(self):
        authorization = self._receive_for_repair()
        move = authorization.sudo().line_ids._get_receipts()
        self.assertEqual(move.restrict_partner_id, self.customer)
        self.assertEqual(move.move_line_ids.owner_id, self.customer)
        self.assertFalse(move.is_in)

    def test_repaired_goods_go_back_and_settle(self):
        authorization = self._receive_for_repair()
        self.assertEqual(authorization.settlement_ids.state, "in_progress")
        self._repair(authorization)
        delivery = authorization.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        self.assertEqual(delivery.state, "assigned")
        self.assertEqual(authorization.settlement_ids.state, "in_progress")
        self._deliver(delivery)
        self.assertEqual(authorization.settlement_ids.state, "done")
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(self._in_quarantine(self.product), 0)

    def test_a_repaired_unit_changes_no_sales_quantity(self):
        authorization = self._receive_for_repair()
        self._repair(authorization)
        self._deliver(authorization.sudo().picking_ids)
        order_line = authorization.sudo().line_ids.sale_line_id
        self.assertEqual(order_line.qty_delivered, 1)

    def test_goods_under_repair_are_not_disposed_of(self):
        authorization = self._receive_for_repair()
        authorization.sudo().inspection_ids.disposition = "send_back"
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(len(authorization.sudo().picking_ids), 1)

    def test_a_cancelled_repair_frees_its_quantity(self):
        authorization = self._receive_for_repair()
        authorization.sudo().repair_ids.action_repair_cancel()
        self.assertEqual(authorization.settlement_ids.state, "cancelled")
        self.assertEqual(authorization.line_ids.qty_to_settle, 1)

    def test_a_repair_out_of_warranty_waits_for_its_quotation(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._receive_and_accept(
            order, 1, resolution="repair", disposition=False
        )
        authorization.action_settle()
        self.assertEqual(authorization.sudo().repair_ids.state, "draft")

    def test_only_the_return_links_a_repair_to_itself(self):
        authorization = self._receive_for_repair()
        authorization.action_settle()
        technician = new_test_user(self.env, "mender", "stock.group_stock_user")
        repairs = self.env["repair.order"].with_user(technician)
        own = repairs.create({"product_id": self.product.id})
        for link in ("rma_id", "rma_line_id", "rma_settlement_id"):
            source = authorization.repair_ids[link] or authorization.line_ids
            with self.assertRaisesRegex(UserError, "linked to a return by the return"):
                own[link] = source.id
            with self.assertRaisesRegex(UserError, "linked to a return by the return"):
                repairs.create({"product_id": self.product.id, link: source.id})
        with self.assertRaisesRegex(UserError, "linked to a return by the return"):
            authorization.repair_ids.with_user(technician).rma_id = False

    def test_goods_that_have_not_arrived_cannot_be_repaired(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._authorize(order, 1, resolution="repair")
        authorization.action_settle()
        self.assertFalse(authorization.settlement_ids)

    def test_customers_property_is_not_put_into_our_stock(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._receive_and_accept(
            order, 1, resolution="repair", disposition="restock"
        )
        with self.assertRefused(self.customer.name):
            authorization.with_user(self.worker).action_dispose()
