# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestDispositions(RmaStockCommon):
    """Every unit in quarantine leaves by a document that explains it."""

    def test_restocked_goods_are_available_again(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3)
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 3)
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(authorization.disposition_status, "done")

    def test_scrapped_goods_leave_by_a_scrap_order(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, disposition="scrap")
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(self._available(self.product), 0)
        scrap = self.env["stock.scrap"].search(
            [("rma_inspection_id", "in", authorization.sudo().inspection_ids.ids)]
        )
        self.assertRecordValues(scrap, [{"state": "done", "scrap_qty": 3}])

    def test_goods_on_hold_wait(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, disposition="hold")
        with self.assertRefused(authorization.rma_number):
            authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.product), 3)
        self.assertEqual(authorization.line_ids.qty_to_dispose, 3)

    def test_goods_sent_back_are_done_when_shipped(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, disposition="send_back")
        authorization.action_settle()
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(authorization.disposition_status, "pending")
        self.assertEqual(authorization.next_step, "close")
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.disposition_status, "done")
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(order.order_line.qty_delivered, 5)

    def test_goods_sent_back_can_be_returned_again(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 5, disposition="send_back")
        authorization.with_user(self.worker).action_dispose()
        self._deliver(authorization.sudo().picking_ids)
        self._authorize(order, 5)

    def test_transfers_list_their_goods(self):
        order = self._sell_from_stock(self.product, 5)
        for disposition in ("restock", "send_back"):
            with self.subTest(disposition):
                authorization = self._receive_and_accept(
                    order, 2, disposition=disposition
                )
                authorization.with_user(self.worker).action_dispose()
                self.assertListed(
                    authorization.sudo().inspection_ids.move_ids.picking_id
                )

    def test_disposing_twice_moves_nothing_twice(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3)
        authorization.with_user(self.worker).action_dispose()
        moves = authorization.sudo().line_ids.move_ids
        authorization.with_user(self.worker)._dispose()
        self.assertEqual(authorization.sudo().line_ids.move_ids, moves)

    def test_ten_units_split_over_three_dispositions(self):
        order = self._sell_from_stock(self.product, 10)
        authorization = self._authorize(order, 10)
        self._receive(authorization)
        self._inspect(
            authorization,
            [
                (3, {"disposition": "restock"}),
                (5, {"disposition": "scrap"}),
                (2, {"disposition": "hold"}),
            ],
        )
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 3)
        self.assertEqual(self._in_quarantine(self.product), 2)
        self.assertEqual(authorization.line_ids.qty_disposed, 8)

    def test_the_judged_serial_is_the_one_that_moves(self):
        order = self._sell_from_stock(self.serial_product, 3)
        lots = order.picking_ids.move_ids.lot_ids
        authorization = self._authorize(order, 3, lot_ids=[(6, 0, lots.ids)])
        self._receive(authorization)
        self._inspect(
            authorization, [(1, {"lot_id": lots[2].id, "disposition": "restock"})]
        )
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(lots[2].location_id, self.warehouse.lot_stock_id)
        self.assertEqual(lots[0].location_id, self.warehouse.rma_location_id)

    def test_a_disposition_under_way_can_be_undone(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, disposition="send_back")
        authorization.with_user(self.worker).action_dispose()
        finding = authorization.sudo().inspection_ids
        finding.with_user(self.worker).action_undo_disposition()
        self.assertEqual(finding.disposition_state, "pending")
        finding.with_user(self.worker).disposition = "restock"
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 3)

    def test_a_finished_disposition_cannot_be_undone(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 3, disposition="scrap")
        authorization.with_user(self.worker).action_dispose()
        with self.assertRefused("inventory adjustment"):
            authorization.inspection_ids.with_user(
                self.worker
            ).action_undo_disposition()

    def test_uninspected_goods_are_not_disposed_of(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3, disposition="restock")
        self._receive(authorization)
        with self.assertRefused(authorization.rma_number):
            authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.product), 3)
