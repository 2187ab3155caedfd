# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestNumbers(RmaStockCommon):
    """Serial numbers: what was delivered to this customer, once, comes back (A4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell_from_stock(cls.serial_product, 3)
        cls.lots = cls.order.picking_ids.move_ids.lot_ids.sorted("name")

    def _name(self, lots, order=None, **vals):
        return self._authorize(
            order or self.order, len(lots), lot_ids=[Command.set(lots.ids)], **vals
        )

    def _bare(self, lots, partner=None):
        """A request without any origin document."""
        return (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": (partner or self.customer).id,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": lots.product_id.id,
                                "qty_requested": len(lots),
                                "lot_ids": [Command.set(lots.ids)],
                            }
                        )
                    ],
                }
            )
        )

    def test_customers_have_what_was_delivered(self):
        self.assertEqual(set(self.lots._get_rma_returnable_qty().values()), {1.0})
        self._receive(self._name(self.lots[0]))
        self.assertEqual(
            list(self.lots._get_rma_returnable_qty().values()), [0.0, 1.0, 1.0]
        )

    def _count_queries(self, lines):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        lines._check_lots_returnable()
        return self.env.cr.sql_log_count - before

    def test_numbers_of_many_returns_are_looked_up_together(self):
        several = self.env["rma.authorization"]
        for name in ("First", "Second", "Third"):
            phone = self._create_product(f"{name} Phone", tracking="serial")
            order = self._sell_from_stock(phone, 1)
            several |= self._name(order.picking_ids.move_ids.lot_ids, order)
        one = self._name(self.lots[0])
        more = self._count_queries(several.line_ids) - self._count_queries(one.line_ids)
        # looked up one by one it is ten for each
        self.assertLessEqual(more, 2 * 4)

    def test_the_dock_expects_the_named_serials(self):
        authorization = self._name(self.lots[1:])
        move_lines = authorization.sudo().picking_ids.move_line_ids
        self.assertRecordValues(
            move_lines.sorted("lot_id"),
            [
                {"lot_id": lot.id, "quantity": 1.0, "picked": False}
                for lot in self.lots[1:].sorted("id")
            ],
        )
        self.assertEqual(move_lines.picking_id, authorization.sudo().picking_ids)
        self.assertEqual(authorization.sudo().picking_ids.state, "assigned")

    def test_a_serial_of_another_order_is_refused(self):
        phone = self._create_product("Other Phone", tracking="serial")
        self._sell_from_stock(phone, 1)
        lot = self._create_lot(self.serial_product, "Phone-X")
        self._stock_up(self.serial_product, 1, lot)
        self._sell(self.serial_product, 1)
        with self.assertRefused("Phone-X can't be returned. It wasn't delivered by"):
            self._name(lot)

    def test_a_serial_in_stock_is_refused(self):
        lot = self._create_lot(self.serial_product, "Phone-X")
        self._stock_up(self.serial_product, 1, lot)
        with self.assertRefused("It is in WH/Stock"):
            self._bare(lot).action_submit()

    def test_a_serial_of_another_customer_is_refused(self):
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRefused("delivered to somebody else"):
            self._bare(self.lots[0], partner=other).action_submit()

    def test_a_serial_bought_elsewhere_can_be_authorized(self):
        lot = self._create_lot(self.serial_product, "Phone-X")
        request = self._bare(lot)
        request.action_authorize()
        self._receive(request)
        self.assertEqual(request.line_ids.qty_received, 1)

    def test_a_serial_that_came_back_by_hand_is_refused(self):
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": self.order.picking_ids.id}
        )
        wizard.product_return_moves.quantity = 1
        returned = wizard._create_return()
        returned.move_ids.move_line_ids.lot_id = self.lots[0]
        returned.button_validate()
        with self.assertRefused("can't be returned. It is in"):
            self._name(self.lots[0])

    def test_a_serial_that_was_returned_and_closed_is_refused(self):
        authorization = self._name(self.lots[0], disposition="restock")
        self._receive(authorization)
        authorization.with_user(self.technician).action_inspect()
        authorization.action_settle()
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(authorization.state, "closed")
        with self.assertRefused("It is in WH/Stock"):
            self._name(self.lots[0])

    def test_a_serial_that_was_sent_back_can_be_returned_again(self):
        authorization = self._name(self.lots[0], disposition="send_back")
        self._receive(authorization)
        authorization.with_user(self.technician).action_inspect()
        authorization.action_settle()
        authorization.with_user(self.worker).action_dispose()
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(self._name(self.lots[0]).state, "authorized")

    def test_more_of_a_lot_than_the_customer_has_is_refused(self):
        paint = self._create_product("Paint", tracking="lot")
        lot = self._create_lot(paint, "P-1")
        self.env["stock.quant"]._update_available_quantity(
            paint, self.warehouse.lot_stock_id, 5, lot_id=lot
        )
        order = self._sell(paint, 5)
        self._receive(self._authorize(order, 3, lot_ids=[Command.set(lot.ids)]))
        with self.assertRefused("too many"):
            self._authorize(order, 3, lot_ids=[Command.set(lot.ids)])
        self._receive(self._authorize(order, 2, lot_ids=[Command.set(lot.ids)]))
        self.assertEqual(self._in_quarantine(paint), 5)

    def test_more_of_a_lot_than_customers_have_stops_at_the_dock(self):
        paint = self._create_product("Paint", tracking="lot")
        first, second = (self._create_lot(paint, name) for name in ("P-1", "P-2"))
        for lot in (first, second):
            self.env["stock.quant"]._update_available_quantity(
                paint, self.warehouse.lot_stock_id, 2, lot_id=lot
            )
        order = self._sell(paint, 4)
        authorization = self._authorize(order, 3)
        receipt = authorization.sudo()._get_open_receipts()
        receipt.move_ids.move_line_ids = [
            Command.create(
                {
                    **receipt.move_ids._prepare_move_line_vals(quantity=3),
                    "lot_id": first.id,
                }
            )
        ]
        with self.assertRefused("P-1: Customers have 2 Units of it"):
            receipt._action_done()
        authorization.action_cancel()
        with self.assertRefused("P-1 can't be returned. Customers have 2 Units of it"):
            self._authorize(order, 3, lot_ids=[Command.set(first.ids)])

    def test_goods_shipped_to_a_third_party_come_back_from_who_bought_them(self):
        lot = self._create_lot(self.serial_product, "Phone-X")
        self._stock_up(self.serial_product, 1, lot)
        order = self._sell(self.serial_product, 1, deliver=False)
        order.picking_ids.partner_id = self.env["res.partner"].create({"name": "Third"})
        self._deliver(order.picking_ids)
        self.assertEqual(self._name(lot, order).state, "authorized")

    def test_extending_does_not_stumble_over_what_arrived(self):
        authorization = self._name(self.lots)
        receipts = authorization.sudo()._get_open_receipts()
        receipts.move_ids.move_line_ids.filtered(
            lambda line: line.lot_id != self.lots[0]
        ).unlink()
        receipts.with_context(skip_backorder=True).button_validate()
        authorization.action_extend(days=10)
        self.assertEqual(authorization.line_ids.qty_received, 1)

    def test_numbers_are_frozen_with_the_permission(self):
        authorization = self._name(self.lots[0])
        with self.assertRefused("the return is decided"):
            authorization.line_ids.lot_ids = self.lots[1]
        with self.assertRefused("the return is decided"):
            authorization.line_ids.move_id = self.order.picking_ids.move_ids[:1]

    @classmethod
    def _create_lot(cls, product, name):
        return cls.env["stock.lot"].create({"name": name, "product_id": product.id})
