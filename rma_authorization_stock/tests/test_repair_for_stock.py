# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestRepairForStock(RmaStockCommon):
    """Returned goods are repaired for our own stock: a repair for each unit or lot,
    then a transfer, and only then are they disposed of."""

    def _receive_for_repair(self, qty=1, product=None):
        order = self._sell_from_stock(product or self.product, qty)
        kwargs = {}
        if product and product.tracking == "serial":
            kwargs["lot_ids"] = [Command.set(order.picking_ids.move_ids.lot_ids.ids)]
        authorization = self._receive_and_accept(
            order, qty, disposition="repair", **kwargs
        )
        authorization.action_settle()
        authorization.with_user(self.worker).action_dispose()
        return authorization

    def _repair(self, repairs):
        repairs = repairs.with_user(self.technician)
        repairs.action_repair_start()
        repairs.action_repair_end()

    def _get_transfers(self, authorization):
        return authorization.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "internal"
        )

    # -- the way -----------------------------------------------------------------------

    def test_each_unit_gets_a_repair_of_ours(self):
        authorization = self._receive_for_repair(2)
        expected = {
            "product_qty": 1,
            "state": "confirmed",
            "partner_id": False,
            "rma_settlement_id": False,
            "product_location_src_id": self.warehouse.rma_location_id.id,
        }
        self.assertRecordValues(authorization.sudo().repair_ids, [expected] * 2)
        self.assertEqual(authorization.next_step, "close")
        self.assertEqual(authorization.line_ids.qty_disposing, 2)

    def test_each_number_gets_its_own_repair(self):
        authorization = self._receive_for_repair(2, self.serial_product)
        self.assertEqual(
            authorization.sudo().repair_ids.lot_id,
            authorization.line_ids.lot_ids.sudo(),
        )

    def test_repaired_goods_wait_for_the_warehouse_and_are_then_in_stock(self):
        authorization = self._receive_for_repair(2)
        self._repair(authorization.sudo().repair_ids)
        transfer = self._get_transfers(authorization)
        self.assertEqual(transfer.state, "assigned")
        self.assertEqual(self._available(self.product), 0)
        self.assertEqual(authorization.disposition_status, "pending")
        transfer.with_user(self.worker).button_validate()
        self.assertEqual(self._available(self.product), 2)
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(authorization.disposition_status, "done")
        self.assertEqual(authorization.state, "closed")
        self.assertFalse(authorization.cost_ids)

    def test_a_repaired_serial_goes_to_stock_under_its_number(self):
        authorization = self._receive_for_repair(2, self.serial_product)
        repairs = authorization.sudo().repair_ids
        self._repair(repairs[0])
        self._get_transfers(authorization).with_user(self.worker).button_validate()
        self.assertEqual(repairs[0].lot_id.location_id, self.warehouse.lot_stock_id)
        self.assertEqual(repairs[1].lot_id.location_id, self.warehouse.rma_location_id)
        self.assertEqual(authorization.line_ids.qty_disposed, 1)
        self.assertEqual(authorization.state, "authorized")

    def test_parts_are_costs_of_the_return(self):
        fuse = self._create_product("Fuse", standard_price=3.0)
        self._stock_up(fuse, 5)
        authorization = self._receive_for_repair()
        repair = authorization.sudo().repair_ids
        repair.move_ids = [
            Command.create(
                {
                    "product_id": fuse.id,
                    "product_uom_qty": 2,
                    "repair_line_type": "add",
                    "location_id": repair.location_id.id,
                    "location_dest_id": repair.location_dest_id.id,
                }
            )
        ]
        repair.move_ids._action_confirm()
        repair.move_ids.quantity = 2
        self._repair(repair)
        self.assertRecordValues(
            authorization.cost_ids, [{"kind": "parts", "amount": 6.0}]
        )

    def test_the_customer_was_promised_no_such_repair(self):
        authorization = self._receive_for_repair()
        self.assertFalse(authorization.sudo().repair_ids.rma_timer_ids)

    # -- cancelled, repeated, partial --------------------------------------------------

    def test_disposing_twice_repairs_nothing_twice(self):
        authorization = self._receive_for_repair(2)
        authorization.with_user(self.worker)._dispose()
        self.assertEqual(len(authorization.sudo().repair_ids), 2)

    def test_a_cancelled_repair_frees_its_goods(self):
        authorization = self._receive_for_repair()
        authorization.sudo().repair_ids.action_repair_cancel()
        finding = authorization.inspection_ids.with_user(self.technician)
        self.assertEqual(finding.disposition_state, "pending")
        finding.disposition = "scrap"
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(authorization.state, "closed")

    def test_a_cancelled_repair_is_not_taken_up_again(self):
        authorization = self._receive_for_repair()
        repair = authorization.sudo().repair_ids.with_user(self.technician)
        repair.action_repair_cancel()
        with self.assertRefused("can't be taken up again"):
            repair.action_repair_cancel_draft()

    def test_a_deleted_repair_frees_its_goods(self):
        authorization = self._receive_for_repair()
        repair = authorization.sudo().repair_ids
        repair.action_repair_cancel()
        repair.unlink()
        self.assertEqual(authorization.line_ids.qty_to_dispose, 1)

    def test_one_of_three_that_is_cancelled_is_repaired_anew_and_alone(self):
        authorization = self._receive_for_repair(3)
        repairs = authorization.sudo().repair_ids
        repairs[0].action_repair_cancel()
        self._repair(repairs[1:])
        self.assertRecordValues(
            authorization.line_ids, [{"qty_to_dispose": 1, "qty_disposing": 2}]
        )
        authorization.with_user(self.worker).action_dispose()
        anew = authorization.sudo().repair_ids - repairs
        self.assertEqual(anew.product_qty, 1)
        self.assertEqual(
            sum(self._get_transfers(authorization).move_ids.mapped("quantity")), 2
        )
        self._repair(anew)
        for transfer in self._get_transfers(authorization):
            transfer.with_user(self.worker).button_validate()
        self.assertEqual(self._available(self.product), 3)
        self.assertEqual(authorization.state, "closed")

    def test_repaired_goods_are_not_repaired_again_when_their_transfer_is_cancelled(
        self,
    ):
        authorization = self._receive_for_repair(2)
        self._repair(authorization.sudo().repair_ids)
        self._get_transfers(authorization).action_cancel()
        self.assertEqual(authorization.line_ids.qty_to_dispose, 2)
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(len(authorization.sudo().repair_ids), 2)
        transfer = self._get_transfers(authorization).filtered(
            lambda one: one.state != "cancel"
        )
        transfer.with_user(self.worker).button_validate()
        self.assertEqual(self._available(self.product), 2)

    def test_the_undo_cancels_what_is_under_way(self):
        authorization = self._receive_for_repair(2)
        repairs = authorization.sudo().repair_ids
        self._repair(repairs[0])
        finding = authorization.inspection_ids.with_user(self.worker)
        finding.action_undo_disposition()
        self.assertEqual(repairs[1].state, "cancel")
        self.assertEqual(self._get_transfers(authorization).state, "cancel")
        self.assertEqual(authorization.line_ids.qty_to_dispose, 2)

    def test_what_is_in_stock_is_undone_by_its_transfer(self):
        authorization = self._receive_for_repair()
        self._repair(authorization.sudo().repair_ids)
        transfer = self._get_transfers(authorization)
        transfer.with_user(self.worker).button_validate()
        finding = authorization.inspection_ids.with_user(self.worker)
        with self.assertRefused("Return that transfer first"):
            finding.action_undo_disposition()

    def test_goods_under_repair_keep_their_disposition(self):
        authorization = self._receive_for_repair()
        with self.assertRefused("can't be changed"):
            authorization.inspection_ids.with_user(
                self.technician
            ).disposition = "restock"

    # -- whose goods -------------------------------------------------------------------

    def test_the_customers_goods_are_not_repaired_for_us(self):
        authorization = self._receive_property()
        with self.assertRefused("belong to Ada Customer"):
            authorization.with_user(self.worker).action_dispose()

    def test_goods_that_were_given_up_are_ours_once_repaired(self):
        authorization = self._receive_property(**self._get_consent())
        authorization.with_user(self.worker).action_dispose()
        self._repair(authorization.sudo().repair_ids)
        self.assertEqual(self._get_transfers(authorization).state, "done")
        self.assertEqual(self._available(self.product), 1)
        self.assertEqual(self._in_quarantine(self.product), 0)

    def _receive_property(self, **finding):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._authorize(order, 1, resolution="repair")
        self._receive(authorization)
        vals = {"disposition": "repair", "resolution": "none", **finding}
        self._inspect(authorization, [(1, vals)])
        return authorization
