# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestUndo(RmaStockCommon):
    """Every document that is taken back sets its own step back, and no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell_from_stock(cls.product, 5)

    def _reverse(self, picking, qty):
        """Return a transfer with the core's wizard, and validate that."""
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves[:1].quantity = qty
        returned = wizard._create_return()
        returned.with_context(skip_backorder=True).button_validate()
        return returned

    def _get_transfers(self, authorization, code):
        return authorization.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == code
        )

    # -- receipts ----------------------------------------------------------------------

    def test_a_reversed_receipt_is_expected_again(self):
        authorization = self._authorize(self.order, 3)
        receipt = self._receive(authorization)
        self._reverse(receipt, 2)
        self.assertRecordValues(
            authorization.line_ids, [{"qty_received": 1, "qty_to_receive": 2}]
        )
        self.assertEqual(self._in_quarantine(self.product), 1)
        authorization.with_user(self.worker).action_receive()
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 3)

    def test_a_reversed_receipt_is_no_other_delivery(self):
        authorization = self._authorize(self.order, 3)
        reversal = self._reverse(self._receive(authorization), 2)
        self.assertFalse(reversal.move_ids.to_refund)
        self.assertEqual(self.order.order_line.qty_delivered, 5)

    def test_a_reversal_that_is_reversed_counts_no_more(self):
        authorization = self._authorize(self.order, 3)
        reversal = self._reverse(self._receive(authorization), 2)
        self._reverse(reversal, 2)
        self.assertEqual(authorization.line_ids.qty_received, 3)

    def test_judged_goods_are_not_taken_out_by_a_reversal(self):
        authorization = self._authorize(self.order, 3)
        receipt = self._receive(authorization)
        self._inspect(authorization, [(2, {})])
        with self.assertRefused("2.0 Units were judged and 1.0 would be left"):
            self._reverse(receipt, 2)
        self._reverse(receipt, 1)
        self.assertEqual(authorization.line_ids.qty_received, 2)

    def test_reversals_never_bring_in_more_than_authorized(self):
        authorization = self._authorize(self.order, 3)
        reversal = self._reverse(self._receive(authorization), 3)
        authorization.with_user(self.worker).action_receive()
        self._receive(authorization)
        with self.assertRefused("6.0 Units would be received, 3.0 are authorized"):
            self._reverse(reversal, 3)

    def test_a_reversed_receipt_reopens_nothing_that_is_settled(self):
        self.env.company.rma_inspection_required = False
        authorization = self._authorize(self.order, 3, resolution="exchange")
        receipt = self._receive(authorization)
        authorization.action_settle()
        settlement = authorization.settlement_ids
        self._reverse(receipt, 1)
        self.assertRecordValues(settlement, [{"qty": 3, "state": "in_progress"}])
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_received": 2, "qty_to_receive": 1, "qty_to_settle": 0}],
        )

    # -- dispositions ------------------------------------------------------------------

    def test_restocked_goods_that_are_moved_back_wait_again(self):
        authorization = self._receive_and_accept(self.order, 3)
        authorization.action_settle()
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(authorization.state, "closed")
        transfer = self._get_transfers(authorization, "internal")
        self._reverse(transfer, 2)
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_disposed": 1, "qty_disposing": 0, "qty_to_dispose": 2}],
        )
        self.assertEqual(self._in_quarantine(self.product), 2)
        self.assertRecordValues(
            authorization, [{"state": "authorized", "next_step": "dispose"}]
        )
        self.assertEqual(authorization.settlement_status, "done")
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(self._available(self.product), 3)
        self.assertEqual(authorization.state, "closed")

    def test_goods_moved_back_can_get_another_disposition(self):
        authorization = self._receive_and_accept(self.order, 3)
        authorization.with_user(self.worker).action_dispose()
        self._reverse(self._get_transfers(authorization, "internal"), 3)
        finding = authorization.inspection_ids
        finding.with_user(self.technician).disposition = "scrap"
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(self._available(self.product), 0)
        self.assertEqual(authorization.line_ids.qty_disposed, 3)

    def test_a_finding_moved_in_part_can_be_cut(self):
        authorization = self._receive_and_accept(self.order, 3)
        authorization.with_user(self.worker).action_dispose()
        self._reverse(self._get_transfers(authorization, "internal"), 1)
        finding = authorization.inspection_ids.with_user(self.technician)
        with self.assertRefused("can't be changed"):
            finding.disposition = "scrap"
        with self.assertRefused("can't be changed"):
            finding.qty = 1
        finding.qty = 2
        self._inspect(authorization, [(1, {"disposition": "scrap"})])
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 2)
        self.assertEqual(self._in_quarantine(self.product), 0)

    def test_a_delivery_back_in_parts_leaves_the_rest_to_do(self):
        authorization = self._receive_and_accept(self.order, 3, disposition="send_back")
        authorization.with_user(self.worker).action_dispose()
        delivery = self._get_transfers(authorization, "outgoing")
        delivery.move_ids.quantity = 2
        delivery.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=delivery.ids
        ).button_validate()
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_disposed": 2, "qty_disposing": 0, "qty_to_dispose": 1}],
        )
        authorization.with_user(self.worker).action_dispose()
        self._deliver(
            authorization.sudo().picking_ids.filtered(
                lambda picking: picking.state != "cancel"
            )
        )
        self.assertEqual(authorization.line_ids.qty_disposed, 3)
        self.assertEqual(self._in_quarantine(self.product), 0)

    def test_goods_that_come_back_from_the_customer_are_in_quarantine_again(self):
        authorization = self._receive_and_accept(self.order, 3, disposition="send_back")
        authorization.with_user(self.worker).action_dispose()
        delivery = self._get_transfers(authorization, "outgoing")
        self._deliver(delivery)
        self._reverse(delivery, 3)
        self.assertEqual(self._in_quarantine(self.product), 3)
        self.assertEqual(authorization.line_ids.qty_to_dispose, 3)
        order_line = self.order.order_line
        self.assertEqual(order_line._get_rma_returnable_qty()[order_line], 2)

    def test_goods_that_somebody_took_away_are_not_disposed_of(self):
        authorization = self._receive_and_accept(self.order, 3)
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.rma_location_id, -1
        )
        with self.assertRefused("there are no 3.0 Units of Radio in WH Returns"):
            authorization.with_user(self.worker).action_dispose()

    def test_goods_received_in_two_warehouses_leave_from_theirs(self):
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        authorization = self._authorize(self.order, 3, disposition="restock")
        receipt = authorization.sudo()._get_open_receipts()
        receipt.move_ids.quantity = 2
        receipt.with_context(skip_backorder=True).button_validate()
        rest = authorization.sudo()._get_open_receipts()
        rest.picking_type_id = second.rma_type_id
        rest.location_dest_id = second.rma_location_id
        rest.move_ids.location_dest_id = second.rma_location_id
        self._receive(authorization)
        authorization.with_user(self.technician).action_inspect()
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 2)
        product = self.product.with_context(warehouse_id=second.id)
        self.assertEqual(product.free_qty, 1)
        self.assertEqual(self._in_quarantine(self.product), 0)

    # -- replacements ------------------------------------------------------------------

    def _exchange_two_lines(self):
        authorization = self._create_authorization(
            self.order, 2, resolution="exchange", advance=True
        )
        lamp = self._create_product("Lamp")
        lamps = self._sell_from_stock(lamp, 2)
        authorization.line_ids = [
            Command.create(
                {
                    "product_id": lamp.id,
                    "sale_line_id": lamps.order_line.id,
                    "qty_requested": 2,
                    "resolution": "exchange",
                    "advance": True,
                }
            )
        ]
        authorization.action_authorize()
        authorization.action_settle()
        self.assertEqual(len(authorization.sudo().replacement_order_ids), 1)
        return authorization

    def test_undoing_one_of_an_orders_settlements_leaves_the_others(self):
        authorization = self._exchange_two_lines()
        first, second = authorization.settlement_ids.sorted("id")
        first.action_undo()
        self.assertEqual((first.state, second.state), ("cancelled", "in_progress"))
        order = authorization.sudo().replacement_order_ids
        self.assertEqual(order.state, "sale")
        moves = order.order_line.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(moves.product_id.name, "Lamp")
        self.assertEqual(moves.product_uom_qty, 2)

    def test_undoing_after_a_partial_delivery_keeps_what_was_delivered(self):
        self._stock_up(self.product, 2)
        authorization = self._authorize(
            self.order, 2, resolution="exchange", advance=True
        )
        settlement = authorization.action_settle()
        delivery = authorization.sudo().replacement_order_ids.picking_ids
        delivery.move_ids.quantity = 1
        delivery.with_context(skip_backorder=True).button_validate()
        settlement.action_undo()
        self.assertRecordValues(
            authorization.settlement_ids.sorted("id"),
            [{"qty": 1, "state": "done"}, {"qty": 1, "state": "cancelled"}],
        )
        self.assertRecordValues(
            authorization.line_ids, [{"qty_settled": 1, "qty_to_settle": 1}]
        )

    def test_a_replacement_cancelled_after_a_partial_delivery_frees_the_rest(self):
        self._stock_up(self.product, 2)
        authorization = self._authorize(
            self.order, 2, resolution="exchange", advance=True
        )
        authorization.action_settle()
        replacement = authorization.sudo().replacement_order_ids
        replacement.picking_ids.move_ids.quantity = 1
        replacement.picking_ids.with_context(skip_backorder=True).button_validate()
        replacement._action_cancel()
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_settled": 1, "qty_settling": 0, "qty_to_settle": 1}],
        )

    # -- repairs -----------------------------------------------------------------------

    def _repair_three(self):
        authorization = self._authorize(
            self.order, 3, resolution="repair", under_warranty=True
        )
        self._receive(authorization)
        authorization.with_user(self.technician).action_inspect()
        authorization.action_settle()
        return authorization, authorization.sudo().repair_ids

    def _finish(self, repairs):
        repairs.action_repair_start()
        repairs.action_repair_end()

    def test_one_cancelled_repair_frees_one_unit(self):
        authorization, repairs = self._repair_three()
        repairs[0].with_user(self.technician).action_repair_cancel()
        self.assertRecordValues(
            authorization.line_ids, [{"qty_settling": 2, "qty_to_settle": 1}]
        )
        self._finish(repairs[1:])
        self._deliver(
            authorization.sudo().picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
        )
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_settled": 2, "qty_disposed": 2, "qty_to_dispose": 1}],
        )

    def test_a_deleted_repair_frees_its_unit(self):
        authorization, repairs = self._repair_three()
        repairs[0].unlink()
        self.assertRecordValues(
            authorization.line_ids, [{"qty_settling": 2, "qty_to_settle": 1}]
        )

    def test_a_cancelled_repair_is_not_taken_up_again(self):
        authorization, repairs = self._repair_three()
        repairs.action_repair_cancel()
        self.assertEqual(authorization.line_ids.qty_to_settle, 3)
        with self.assertRefused(f"{repairs[0].name} can't be taken up again"):
            repairs[:1].action_repair_cancel_draft()

    def test_a_confirmed_repair_set_to_draft_frees_nothing(self):
        authorization, repairs = self._repair_three()
        repairs[:1].action_repair_cancel_draft()
        self.assertEqual(repairs[:1].state, "draft")
        self.assertEqual(authorization.line_ids.qty_settling, 3)

    def test_each_serial_has_a_repair_and_a_settlement_of_its_own(self):
        self.env.company.rma_inspection_required = False
        phones = self._sell_from_stock(self.serial_product, 3)
        lots = phones.picking_ids.move_ids.lot_ids
        authorization = self._authorize(
            phones,
            3,
            resolution="repair",
            under_warranty=True,
            lot_ids=[Command.set(lots.ids)],
        )
        self._receive(authorization)
        settlements = authorization.action_settle()
        self.assertEqual(len(settlements), 3)
        repairs = authorization.sudo().repair_ids
        self.assertEqual(repairs.lot_id, lots)
        self._finish(repairs)
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.state, "closed")
        for lot in lots:
            self.assertEqual(lot._get_rma_returnable_qty()[lot], 1)
