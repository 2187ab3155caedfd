# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestReceipt(RmaStockCommon):
    """Return pickings: made on authorization, linked to the delivery, in quarantine."""

    def test_authorizing_makes_a_return_of_the_delivery(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3)
        picking = authorization.sudo().picking_ids
        self.assertRecordValues(
            picking,
            [
                {
                    "return_id": order.picking_ids[0].id,
                    "picking_type_id": self.warehouse.rma_type_id.id,
                    "location_dest_id": self.warehouse.rma_location_id.id,
                    "state": "assigned",
                }
            ],
        )
        self.assertEqual(
            picking.move_ids.origin_returned_move_id, order.picking_ids[0].move_ids
        )
        self.assertEqual(picking.move_ids.product_uom_qty, 3)
        self.assertFalse(picking.move_ids.to_refund)

    def test_received_goods_are_in_quarantine_and_not_available(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3)
        self._receive(authorization)
        self.assertEqual(self._in_quarantine(self.product), 3)
        self.assertEqual(self._available(self.product), 0)
        self.assertEqual(self.product.qty_available, 0)
        self.assertEqual(self.product.virtual_available, 0)
        self.assertEqual(authorization.receipt_status, "done")
        self.assertEqual(authorization.next_step, "inspect")

    def test_quarantined_goods_keep_the_value_at_which_they_left(self):
        order = self._sell_from_stock(self.product, 5)
        self.product.standard_price = 60.0
        authorization = self._authorize(order, 3)
        self._receive(authorization)
        move = authorization.sudo().picking_ids.move_ids
        self.assertTrue(move.is_in)
        self.assertEqual(move.value, 120.0)

    def test_quarantined_goods_are_not_reserved_for_another_order(self):
        order = self._sell_from_stock(self.product, 5)
        self._receive(self._authorize(order, 3))
        waiting = self._sell(self.product, 1, deliver=False)
        waiting.picking_ids.action_assign()
        self.assertEqual(waiting.picking_ids.move_ids.quantity, 0)

    def test_partial_receipt_keeps_the_rest_expected(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3)
        self._receive(authorization, qty=1)
        self.assertRecordValues(
            authorization.line_ids, [{"qty_received": 1, "qty_to_receive": 2}]
        )
        self.assertEqual(authorization.receipt_status, "partial")
        backorder = authorization.sudo()._get_open_receipts()
        self.assertEqual(backorder.move_ids.rma_line_id, authorization.line_ids.sudo())
        self.assertEqual(backorder.rma_id, authorization.sudo())
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 3)

    def test_action_receive_makes_no_second_picking(self):
        authorization = self._authorize(self._sell_from_stock(self.product, 5), 3)
        authorization.with_user(self.worker).action_receive()
        authorization.with_user(self.worker).action_receive()
        self.assertEqual(authorization.picking_count, 1)

    def test_two_deliveries_of_one_line_come_back_as_returns_of_each(self):
        self._stock_up(self.product, 5)
        order = self._sell(self.product, 5, deliver=False)
        first = order.picking_ids
        first.move_ids.quantity = 2
        first.with_context(skip_backorder=True).button_validate()
        self._deliver(order.picking_ids)
        authorization = self._authorize(order, 5)
        origins = authorization.sudo().picking_ids.move_ids.origin_returned_move_id
        deliveries = order.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        self.assertEqual(origins, deliveries.move_ids)
        self.assertEqual(authorization.picking_count, 2)

    def test_what_the_core_wizard_returned_cannot_be_returned_again(self):
        order = self._sell_from_stock(self.product, 5)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": order.picking_ids.id}
        )
        wizard.product_return_moves.quantity = 4
        wizard._create_return().button_validate()
        with self.assertRefused("too many"):
            self._authorize(order, 2)
        self._authorize(order, 1)

    def test_authorized_units_cannot_be_authorized_twice(self):
        order = self._sell_from_stock(self.product, 5)
        self._authorize(order, 4)
        with self.assertRefused(order.name):
            self._authorize(order, 2)

    def test_undelivered_units_cannot_be_returned(self):
        self._stock_up(self.product, 5)
        order = self._sell(self.product, 5, deliver=False)
        with self.assertRefused("too many"):
            self._authorize(order, 1)

    def test_another_customers_order_is_refused(self):
        order = self._sell_from_stock(self.product, 5)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        authorization = self._create_authorization(order, 1)
        with self.assertRefused(order.name):
            authorization.partner_id = stranger

    def test_only_authorized_serials_are_expected(self):
        order = self._sell_from_stock(self.serial_product, 3)
        lots = order.picking_ids.move_ids.lot_ids
        authorization = self._authorize(order, 2, lot_ids=[Command.set(lots[1:].ids)])
        move = authorization.sudo().picking_ids.move_ids
        self.assertEqual(move.lot_ids, lots[1:])
        self._receive(authorization)
        inspections = authorization.with_user(self.technician).action_inspect()
        self.assertEqual(inspections.lot_id.sudo(), lots[1:])

    def test_unknown_serials_are_entered_at_the_dock(self):
        order = self._sell_from_stock(self.serial_product, 3)
        authorization = self._authorize(order, 1)
        self.assertFalse(authorization.sudo().picking_ids.move_line_ids)

    def test_a_serial_is_on_one_open_authorization_at_most(self):
        order = self._sell_from_stock(self.serial_product, 3)
        lot = order.picking_ids.move_ids.lot_ids[0]
        self._authorize(order, 1, lot_ids=[Command.set(lot.ids)])
        with self.assertRefused(lot.name):
            self._authorize(order, 1, lot_ids=[Command.set(lot.ids)])

    def test_return_without_an_origin_is_a_plain_receipt(self):
        authorization = (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [
                        Command.create(
                            {"product_id": self.product.id, "qty_requested": 2}
                        )
                    ],
                }
            )
        )
        authorization.action_authorize()
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 2)
        self.assertEqual(self._in_quarantine(self.product), 2)

    def test_dozens_come_back_as_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._stock_up(self.product, 24)
        order = self._sell(self.product, 2, product_uom_id=dozen.id)
        authorization = self._authorize(order, 1)
        self.assertEqual(authorization.sudo().picking_ids.move_ids.product_uom_qty, 12)
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 1)

    def test_cancelling_cancels_the_expected_receipt(self):
        authorization = self._authorize(self._sell_from_stock(self.product, 5), 3)
        authorization.action_cancel()
        self.assertEqual(authorization.sudo().picking_ids.state, "cancel")

    def test_cancel_after_receipt_is_refused(self):
        authorization = self._authorize(self._sell_from_stock(self.product, 5), 3)
        self._receive(authorization)
        with self.assertRefused(authorization.rma_number):
            authorization.action_cancel()

    def test_closing_the_rest_cancels_the_backorder(self):
        authorization = self._authorize(self._sell_from_stock(self.product, 5), 3)
        self._receive(authorization, qty=1)
        authorization.with_user(self.technician).action_inspect()
        authorization.line_ids.inspection_ids.disposition = "restock"
        authorization.action_dispose()
        authorization.action_settle()
        authorization.action_close("The customer keeps two")
        self.assertEqual(authorization.line_ids.qty_closed, 2)
        self.assertFalse(authorization.sudo()._get_open_receipts())
        self.assertEqual(authorization.state, "closed")

    def test_receipt_reversed_by_the_core_wizard_steps_back(self):
        authorization = self._authorize(self._sell_from_stock(self.product, 5), 3)
        receipt = self._receive(authorization).sudo()
        wizard = self.env["stock.return.picking"].create({"picking_id": receipt.id})
        wizard.product_return_moves.quantity = 3
        wizard._create_return().button_validate()
        self.assertEqual(authorization.line_ids.qty_received, 0)

    def test_an_expired_return_is_expected_again_when_extended(self):
        authorization = self._authorize(self._sell_from_stock(self.product, 5), 3)
        authorization.sudo()._expire()
        self.assertEqual(authorization.sudo().picking_ids.state, "cancel")
        authorization.action_extend()
        self.assertEqual(
            authorization.sudo()._get_open_receipts().move_ids.product_uom_qty, 3
        )

    def test_return_starts_from_the_delivery(self):
        order = self._sell_from_stock(self.product, 5)
        action = order.picking_ids.with_user(self.agent).sudo().action_create_rma()
        wizard = self.env["rma.authorization.create"].browse(action["res_id"])
        self.assertRecordValues(wizard.line_ids, [{"qty": 0, "qty_returnable": 5}])
        wizard.line_ids.qty = 2
        with self.assertRefused("resolution"):
            wizard.action_create_rma()
        wizard.resolution = "exchange"
        action = wizard.action_create_rma()
        line = self.env["rma.authorization"].browse(action["res_id"]).line_ids
        self.assertEqual(line.move_id, order.picking_ids.move_ids)
        self.assertEqual(line.sale_line_id, order.order_line)
