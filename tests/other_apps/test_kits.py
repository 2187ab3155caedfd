# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from odoo.addons.rma_authorization_stock.tests.common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestKits(RmaStockCommon):
    """A kit is authorized and settled as the kit that was sold, and received by
    component, also incompletely (L7). Manufacturing is installed here, and only here.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cable = cls._create_product("Cable")
        cls.box = cls._create_product("Box", tracking="serial")
        cls.kit = cls._create_product("Kit", is_storable=False)
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cls.cable.id, "product_qty": 2}),
                    Command.create({"product_id": cls.box.id, "product_qty": 1}),
                ],
            }
        )
        cls._stock_up(cls.cable, 6)
        cls._stock_up(cls.box, 3, cls._create_lots(cls.box, 3))
        cls.order = cls._sell(cls.kit, 3)
        cls.delivery = cls.order.picking_ids

    def _get_returnable(self):
        order_line = self.order.order_line
        return order_line._get_rma_returnable_qty()[order_line]

    def _arrive(self, authorization, cables, boxes):
        """The worker counts the cables, and scans the boxes."""
        picking = authorization.sudo()._get_open_receipts()
        for move in picking.move_ids:
            if move.product_id == self.cable:
                move.quantity = cables
                continue
            lots = self.delivery.move_ids.move_line_ids.lot_id.sorted("name")
            present = lots.filtered(lambda lot: lot.location_id.usage != "customer")
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {**move._prepare_move_line_vals(quantity=1), "lot_id": lot.id}
                )
                for lot in (lots - present)[:boxes]
            ]
        return (
            picking.with_user(self.worker)
            .with_context(skip_backorder=True)
            .button_validate()
        )

    def _return_component(self, component, qty):
        move = self.delivery.move_ids.filtered(lambda one: one.product_id == component)
        authorization = (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": component.id,
                                "move_id": move.id,
                                "qty_requested": qty,
                            }
                        )
                    ],
                }
            )
        )
        authorization.action_authorize()
        return authorization

    def test_a_kit_is_announced_by_component(self):
        authorization = self._authorize(self.order, 2)
        moves = authorization.sudo().picking_ids.move_ids.sorted("product_uom_qty")
        self.assertRecordValues(
            moves,
            [
                {"product_id": self.box.id, "product_uom_qty": 2},
                {"product_id": self.cable.id, "product_uom_qty": 4},
            ],
        )
        for move in moves:
            origin = move.origin_returned_move_id
            self.assertEqual(origin.picking_id, self.delivery)
            self.assertEqual(origin.product_id, move.product_id)

    def test_complete_kits_are_received_judged_settled_and_restocked(self):
        authorization = self._authorize(
            self.order, 2, resolution="exchange", disposition="restock"
        )
        self._arrive(authorization, cables=4, boxes=2)
        self.assertEqual(authorization.line_ids.qty_received, 2)
        authorization.with_user(self.technician).action_inspect()
        settlement = authorization.action_settle()
        self.assertEqual(settlement.qty, 2)
        replacement = authorization.sudo().replacement_order_ids.order_line
        self.assertEqual(replacement.product_id, self.kit)
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.cable), 0)
        self.assertEqual(
            self.cable.with_context(
                location=self.warehouse.lot_stock_id.id
            ).qty_available,
            4,
        )
        self.assertEqual(authorization.line_ids.qty_disposed, 2)
        self.assertEqual(authorization.disposition_status, "done")

    def test_a_receipt_of_kits_lowers_no_delivered_quantity(self):
        self._arrive(self._authorize(self.order, 2), cables=4, boxes=2)
        self.assertEqual(self.order.order_line.qty_delivered, 3)

    def test_an_incomplete_kit_stays_expected(self):
        authorization = self._authorize(self.order, 2)
        self._arrive(authorization, cables=4, boxes=1)
        self.assertRecordValues(
            authorization.line_ids,
            [
                {
                    "qty_received": 1,
                    "qty_to_receive": 1,
                    "missing_goods": "1 Units Box",
                }
            ],
        )
        rest = authorization.sudo()._get_open_receipts().move_ids
        self.assertRecordValues(
            rest, [{"product_id": self.box.id, "product_uom_qty": 1}]
        )
        self._arrive(authorization, cables=0, boxes=1)
        self.assertEqual(authorization.line_ids.qty_received, 2)
        self.assertFalse(authorization.line_ids.missing_goods)

    def test_an_incomplete_kit_is_accepted_with_a_reason(self):
        authorization = self._authorize(self.order, 3, disposition="scrap")
        self._arrive(authorization, cables=3, boxes=1)
        authorization.action_report_lost("The carrier lost the second parcel")
        self.assertRecordValues(
            authorization.line_ids,
            [
                {
                    "qty_received": 2,
                    "qty_to_receive": 0,
                    "qty_lost": 1,
                    "missing_goods": "1 Units Cable, 1 Units Box",
                }
            ],
        )
        authorization.with_user(self.technician).action_inspect()
        authorization.action_settle()
        self.assertEqual(authorization.line_ids.qty_settled, 2)
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.cable), 0)
        self.assertEqual(self._in_quarantine(self.box), 0)
        self.assertEqual(authorization.line_ids.qty_disposed, 2)
        self.assertEqual(authorization.state, "closed")

    def test_more_components_than_authorized_stop(self):
        authorization = self._authorize(self.order, 1)
        action = self._arrive(authorization, cables=3, boxes=1)
        wizard = self.env["rma.authorization.unexpected"].browse(action["res_id"])
        self.assertRecordValues(
            wizard.row_ids, [{"product_id": self.cable.id, "qty": 1, "kind": "over"}]
        )
        wizard.row_ids.write({"decision": "hold", "reason": "One too many"})
        wizard.with_user(self.worker).action_apply()
        self.assertEqual(authorization.line_ids.product_id, self.kit | self.cable)
        self.assertEqual(self._in_quarantine(self.cable), 3)

    def test_anothers_component_stops(self):
        other = self.env["res.partner"].create({"name": "Other"})
        lot = self.env["stock.lot"].create({"name": "B-X", "product_id": self.box.id})
        self._stock_up(self.box, 1, lot)
        self._sell(self.box, 1, partner=other)
        authorization = self._authorize(self.order, 1)
        picking = authorization.sudo()._get_open_receipts()
        move = picking.move_ids.filtered(lambda one: one.product_id == self.box)
        move.move_line_ids = [
            Command.create(
                {**move._prepare_move_line_vals(quantity=1), "lot_id": lot.id}
            )
        ]
        with self.assertRefused("Box B-X: It wasn't delivered by"):
            picking._action_done()

    def test_kits_are_returned_once(self):
        self._authorize(self.order, 2)
        self.assertEqual(self._get_returnable(), 1)
        with self.assertRefused("too many"):
            self._authorize(self.order, 2)

    def test_a_returned_component_makes_its_kit_incomplete(self):
        self._return_component(self.cable, 1)
        self.assertEqual(self._get_returnable(), 2)
        with self.assertRefused("too many"):
            self._authorize(self.order, 3)

    def test_a_kit_on_a_return_holds_its_components(self):
        self._authorize(self.order, 2)
        move = self.delivery.move_ids.filtered(lambda one: one.product_id == self.cable)
        self.assertEqual(move._get_rma_returnable_qty()[move], 2)
        with self.assertRefused("too many"):
            self._return_component(self.cable, 3)
        self._return_component(self.cable, 2)

    def test_the_core_wizard_cannot_take_components_of_authorized_kits(self):
        authorization = self._authorize(self.order, 2)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": self.delivery.filtered(lambda one: not one.return_id).id}
        )
        wizard.product_return_moves.filtered(
            lambda row: row.product_id == self.cable
        ).quantity = 3
        with self.assertRefused(authorization.rma_number):
            wizard._create_return()

    def test_components_returned_by_hand_make_kits_incomplete(self):
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": self.delivery.id}
        )
        wizard.product_return_moves.filtered(
            lambda row: row.product_id == self.cable
        ).quantity = 3
        wizard._create_return().button_validate()
        self.assertEqual(self._get_returnable(), 1)

    def test_an_incomplete_delivery_of_a_kit_is_returned_by_component(self):
        self._stock_up(self.cable, 2)
        order = self._sell(self.kit, 1, deliver=False)
        picking = order.picking_ids
        cables = picking.move_ids.filtered(lambda one: one.product_id == self.cable)
        cables.quantity = 2
        picking.with_context(skip_backorder=True).button_validate()
        order_line = order.order_line
        self.assertEqual(order_line._get_rma_returnable_qty()[order_line], 0)
        self.assertEqual(cables._get_rma_returnable_qty()[cables], 2)

    def test_the_delivery_offers_the_kit_and_its_components(self):
        action = self.delivery.with_user(self.agent).action_create_rma()
        wizard = self.env["rma.authorization.create"].browse(action["res_id"])
        self.assertEqual(
            {(row.product_id, row.qty_returnable) for row in wizard.line_ids},
            {(self.kit, 3), (self.cable, 6), (self.box, 3)},
        )

    def test_a_kit_without_order_is_received_by_component(self):
        authorization = (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [
                        Command.create({"product_id": self.kit.id, "qty_requested": 1})
                    ],
                }
            )
        )
        authorization.action_authorize()
        self.assertEqual(
            authorization.sudo().picking_ids.move_ids.product_id, self.cable | self.box
        )

    def test_a_kit_is_repaired_by_component(self):
        authorization = self._authorize(self.order, 1, resolution="repair")
        self._arrive(authorization, cables=2, boxes=1)
        authorization.with_user(self.technician).action_inspect()
        with self.assertRefused("is a kit and is repaired by component"):
            authorization.action_settle()

    def test_kits_sent_back_can_be_returned_again(self):
        authorization = self._authorize(self.order, 3, disposition="send_back")
        self._arrive(authorization, cables=6, boxes=3)
        authorization.with_user(self.technician).action_inspect()
        authorization.with_user(self.worker).action_dispose()
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.line_ids.qty_disposed, 3)
        self.assertEqual(self._get_returnable(), 3)

    def test_a_credited_kit_lowers_the_kits_delivered_and_invoiced(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        authorization = self._authorize(self.order, 2, resolution="credit")
        self._arrive(authorization, cables=4, boxes=2)
        authorization.with_user(self.technician).action_inspect()
        authorization.action_settle()
        note = authorization.sudo().settlement_ids.credit_line_ids
        self.assertRecordValues(note, [{"product_id": self.kit.id, "quantity": 2}])
        self.assertEqual(self.order.order_line.qty_delivered, 1)
