# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import Form, tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestReturnable(RmaStockCommon):
    """How much can still be returned: the same answer from every door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    def _get_returnable(self, order):
        order_line = order.order_line[:1]
        return order_line._get_rma_returnable_qty()[order_line]

    def _get_delivery(self, order):
        return order.picking_ids.filtered(lambda one: not one.return_id)

    def _return_by_core(self, picking, qty, *, validate=True):
        """What a worker does with the core's return wizard."""
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves[:1].quantity = qty
        returned = wizard._create_return()
        if validate:
            returned.with_context(skip_backorder=True).button_validate()
        return returned

    def test_nothing_undelivered_is_returnable(self):
        self._stock_up(self.product, 5)
        order = self._sell(self.product, 5, deliver=False)
        self.assertEqual(self._get_returnable(order), 0)
        with self.assertRefused("5.0 Units too many"):
            self._authorize(order, 5)

    def test_returns_by_the_core_wizard_count(self):
        order = self._sell_from_stock(self.product, 5)
        self._return_by_core(self._get_delivery(order), 2)
        self.assertEqual(self._get_returnable(order), 3)
        with self.assertRefused("1.0 Units too many"):
            self._authorize(order, 4)

    def test_expected_returns_by_the_core_wizard_count(self):
        order = self._sell_from_stock(self.product, 5)
        returned = self._return_by_core(self._get_delivery(order), 2, validate=False)
        self.assertEqual(self._get_returnable(order), 3)
        with self.assertRefused(returned.name):
            self._authorize(order, 4)
        returned.action_cancel()
        self.assertEqual(self._get_returnable(order), 5)

    def test_returns_of_returns_are_with_the_customer_again(self):
        order = self._sell_from_stock(self.product, 5)
        returned = self._return_by_core(self._get_delivery(order), 2)
        self._return_by_core(returned, 1)
        self.assertEqual(self._get_returnable(order), 4)

    def test_a_reversed_receipt_is_still_authorized(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3)
        receipt = self._receive(authorization)
        self._return_by_core(receipt, 2)
        self.assertEqual(authorization.line_ids.qty_received, 1)
        self.assertEqual(self._get_returnable(order), 2)

    def test_the_core_wizard_cannot_take_what_is_authorized(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3)
        with self.assertRefused(authorization.rma_number):
            self._return_by_core(self._get_delivery(order), 3)
        self._return_by_core(self._get_delivery(order), 2)
        self.assertEqual(self._get_returnable(order), 0)

    def test_more_than_planned_cannot_be_returned_by_hand(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3)
        returned = self._return_by_core(self._get_delivery(order), 1, validate=False)
        returned.move_ids.quantity = 3
        with self.assertRefused(authorization.rma_number):
            returned.with_context(skip_backorder=True).button_validate()

    def test_the_core_wizard_returns_all_that_is_left(self):
        order = self._sell_from_stock(self.product, 5)
        self._authorize(order, 3)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .create({"picking_id": self._get_delivery(order).id})
        )
        self.assertEqual(wizard.product_return_moves.rma_returnable_qty, 2)
        returned = self.env["stock.picking"].browse(
            wizard.action_create_returns_all()["res_id"]
        )
        self.assertEqual(returned.move_ids.product_uom_qty, 2)

    def test_core_sets_no_limit_where_no_return_asks(self):
        order = self._sell_from_stock(self.product, 5)
        returned = self._return_by_core(self._get_delivery(order), 6, validate=False)
        self.assertEqual(returned.move_ids.product_uom_qty, 6)

    def test_the_delivery_offers_what_its_order_has_left(self):
        order = self._sell_from_stock(self.product, 5)
        self._authorize(order, 3)
        action = self._get_delivery(order).with_user(self.agent).action_create_rma()
        wizard = self.env["rma.authorization.create"].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.qty_returnable, 2)

    def test_a_delivery_without_order_is_a_ledger_of_its_own(self):
        self._stock_up(self.product, 5)
        delivery = self.env["stock.picking"].create(
            {
                "partner_id": self.customer.id,
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.customer.property_stock_customer.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 5,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": (
                                self.customer.property_stock_customer.id
                            ),
                        }
                    )
                ],
            }
        )
        self._deliver(delivery)
        move = delivery.move_ids

        def request(qty):
            return (
                self.env["rma.authorization"]
                .with_user(self.agent)
                .create(
                    {
                        "partner_id": self.customer.id,
                        "line_ids": [
                            Command.create(
                                {
                                    "product_id": self.product.id,
                                    "move_id": move.id,
                                    "qty_requested": qty,
                                }
                            )
                        ],
                    }
                )
            )

        request(3).action_authorize()
        self._return_by_core(delivery, 1)
        self.assertEqual(move._get_rma_returnable_qty()[move], 1)
        with self.assertRefused("1.0 Units too many"):
            request(2).action_authorize()
        request(1).action_authorize()
        self.assertEqual(move._get_rma_returnable_qty()[move], 0)

    def test_two_step_deliveries_count_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._stock_up(self.product, 5)
        order = self._sell(self.product, 5, deliver=False)
        for _step in range(2):
            self._deliver(order.picking_ids.filtered(lambda one: one.state != "done"))
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertEqual(self._get_returnable(order), 5)
        authorization = self._authorize(order, 5)
        receipt = self._receive(authorization)
        self.assertEqual(sum(receipt.move_ids.mapped("quantity")), 5)
        self.assertEqual(self._in_quarantine(self.product), 5)

    def test_drop_shipped_goods_come_back_to_quarantine(self):
        order = self._sell(self.product, 4, deliver=False)
        order.picking_ids.action_cancel()
        shipment = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 4,
                "quantity": 4,
                "picked": True,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.customer.property_stock_customer.id,
                "sale_line_id": order.order_line.id,
            }
        )
        shipment._action_done()
        self.assertEqual(self._get_returnable(order), 4)
        authorization = self._authorize(order, 3)
        receipt = self._receive(authorization)
        self.assertEqual(receipt.move_ids.origin_returned_move_id, shipment)
        self.assertEqual(receipt.location_dest_id, self.warehouse.rma_location_id)
        self.assertEqual(self._get_returnable(order), 1)

    def test_goods_of_two_warehouses_go_back_to_theirs(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        order = self._sell_from_stock(self.product, 3)
        self.env["stock.quant"]._update_available_quantity(
            self.product, other.lot_stock_id, 2
        )
        order.warehouse_id = other
        order.order_line.product_uom_qty = 5
        self._deliver(order.picking_ids)
        self.assertEqual(self._get_returnable(order), 5)
        authorization = self._authorize(order, 5)
        receipts = self._receive(authorization)
        self.assertEqual(
            {
                (picking.location_dest_id, sum(picking.move_ids.mapped("quantity")))
                for picking in receipts
            },
            {(self.warehouse.rma_location_id, 3), (other.rma_location_id, 2)},
        )
        authorization.line_ids.with_user(self.agent).disposition = "restock"
        authorization.with_user(self.technician).action_inspect()
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 3)
        self.assertEqual(self.product.with_context(warehouse_id=other.id).free_qty, 2)

    # -- units of measure --------------------------------------------------------------

    def test_pieces_of_a_dozen_come_back_as_pieces(self):
        order = self._sell_from_stock(
            self.product, 24, product_uom_id=self.env.ref("uom.product_uom_unit").id
        )
        authorization = self._authorize(
            order, 0.33, product_uom_id=self.dozen.id, disposition="restock"
        )
        receipt = self._receive(authorization)
        self.assertEqual(receipt.move_ids.quantity, 4)
        self.assertEqual(authorization.line_ids.qty_received, 0.33)
        self.assertEqual(authorization.line_ids.qty_to_receive, 0)
        authorization.with_user(self.technician).action_inspect()
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 4)
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(authorization.disposition_status, "done")

    def test_returnable_pieces_are_rounded_down_in_dozens(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._create_authorization(
            order, 0.1, product_uom_id=self.dozen.id
        )
        self.assertEqual(authorization.line_ids.qty_returnable, 0.41)

    def test_dozens_come_back_in_parts_until_all_is_back(self):
        self._stock_up(self.product, 24)
        order = self._sell(self.product, 2, product_uom_id=self.dozen.id)
        unit = self.env.ref("uom.product_uom_unit")
        for qty in (5, 7, 12):
            authorization = self._authorize(order, qty, product_uom_id=unit.id)
            self._receive(authorization)
            self.assertEqual(authorization.line_ids.qty_received, qty)
        self.assertEqual(self._in_quarantine(self.product), 24)
        with self.assertRefused("too many"):
            self._authorize(order, 1, product_uom_id=unit.id)

    def test_fractions_are_returned_exactly(self):
        cable = self._create_product(
            "Cable", uom_id=self.env.ref("uom.product_uom_meter").id
        )
        order = self._sell_from_stock(cable, 7.35)
        self._receive(self._authorize(order, 2.1))
        self._receive(self._authorize(order, 5.25))
        self.assertEqual(self._get_returnable(order), 0)
        self.assertEqual(self._in_quarantine(cable), 7.35)

    # -- what is not returnable --------------------------------------------------------

    def test_no_quantity_at_all_is_not_submitted(self):
        order = self._sell_from_stock(self.product, 5)
        with self.assertRefused("asks for no quantity"):
            self._create_authorization(order, 0).action_submit()

    def test_a_raised_request_is_judged_at_once(self):
        order = self._sell_from_stock(self.product, 5)
        request = self._create_authorization(order, 3)
        request.action_submit()
        with self.assertRefused("1.0 Units too many"):
            request.line_ids.qty_requested = 6

    def test_the_form_shows_what_is_left(self):
        order = self._sell_from_stock(self.product, 5)
        self._authorize(order, 3)
        other = self._create_authorization(order, 1)
        with Form(other) as form, form.line_ids.edit(0) as line:
            self.assertEqual(line.qty_returnable, 2)
