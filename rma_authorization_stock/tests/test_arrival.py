# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestArrival(RmaStockCommon):
    """More, another number or another product stops at the dock with a choice, and
    leaves a trace (A4, L3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell_from_stock(cls.product, 5)
        cls.phones = cls._sell_from_stock(cls.serial_product, 3)
        cls.lots = cls.phones.picking_ids.move_ids.lot_ids.sorted("name")

    def _validate(self, picking):
        return (
            picking.with_user(self.worker)
            .with_context(skip_backorder=True)
            .button_validate()
        )

    def _get_receipt(self, authorization):
        return authorization.sudo()._get_open_receipts()

    def _decide(self, picking, *decisions):
        """The worker validates, is stopped, and chooses for each row."""
        action = self._validate(picking)
        wizard = (
            self.env["rma.authorization.unexpected"]
            .with_user(self.worker)
            .browse(action["res_id"])
        )
        self.assertEqual(len(wizard.row_ids), len(decisions))
        for row, decision in zip(wizard.row_ids, decisions, strict=True):
            row.write({"decision": decision, "reason": "Seen at the dock"})
        wizard.with_context(skip_backorder=True).action_apply()
        return wizard

    def _get_exceptions(self, authorization):
        return authorization.exception_ids

    # -- more than authorized ----------------------------------------------------------

    def _receive_too_many(self, authorized=2, arriving=4, **vals):
        authorization = self._authorize(self.order, authorized, **vals)
        picking = self._get_receipt(authorization)
        picking.move_ids.quantity = arriving
        return authorization, picking

    def test_more_than_authorized_stops(self):
        authorization, picking = self._receive_too_many()
        action = self._validate(picking)
        self.assertEqual(action["res_model"], "rma.authorization.unexpected")
        self.assertNotEqual(picking.state, "done")
        self.assertEqual(authorization.line_ids.qty_received, 0)

    def test_no_other_door_lets_more_in(self):
        authorization, picking = self._receive_too_many()
        with self.assertRefused(f"{picking.name}, Radio.*2 Units more than"):
            picking._action_done()
        with self.assertRefused("2 Units more than authorized"):
            picking.move_ids._action_done()
        self.assertEqual(authorization.line_ids.qty_received, 0)

    def test_an_accepted_excess_is_an_extra_line_with_the_origin(self):
        authorization, picking = self._receive_too_many(resolution="exchange")
        self._decide(picking, "accept")
        self.assertEqual(picking.state, "done")
        self.assertRecordValues(
            authorization.line_ids.sorted("id"),
            [
                {
                    "qty_authorized": 2,
                    "qty_received": 2,
                    "sale_line_id": self.order.order_line.id,
                    "resolution": "exchange",
                },
                {
                    "qty_authorized": 2,
                    "qty_received": 2,
                    "sale_line_id": self.order.order_line.id,
                    "resolution": "exchange",
                },
            ],
        )
        self.assertEqual(self._in_quarantine(self.product), 4)
        with self.assertRefused("too many"):
            self._authorize(self.order, 2)

    def test_an_accepted_excess_beyond_the_delivery_has_no_origin(self):
        authorization, picking = self._receive_too_many(arriving=7)
        self._decide(picking, "accept")
        extra = authorization.line_ids.sorted("id")[1]
        self.assertRecordValues(
            extra, [{"qty_received": 5, "sale_line_id": False, "move_id": False}]
        )

    def test_a_held_excess_is_promised_nothing(self):
        authorization, picking = self._receive_too_many(resolution="exchange")
        self._decide(picking, "hold")
        extra = authorization.line_ids.sorted("id")[1]
        self.assertRecordValues(
            extra,
            [
                {
                    "qty_received": 2,
                    "resolution": "none",
                    "disposition": "hold",
                    "sale_line_id": False,
                }
            ],
        )
        self.assertEqual(self._in_quarantine(self.product), 4)
        self.assertIn(
            "Goods on hold: decide", authorization.activity_ids.mapped("summary")
        )

    def test_a_refused_excess_does_not_come_in(self):
        authorization, picking = self._receive_too_many()
        self._decide(picking, "refuse")
        self.assertEqual(len(authorization.line_ids), 1)
        self.assertEqual(authorization.line_ids.qty_received, 2)
        self.assertEqual(self._in_quarantine(self.product), 2)

    def test_the_decision_leaves_a_trace(self):
        authorization, picking = self._receive_too_many()
        self._decide(picking, "hold")
        self.assertRecordValues(
            self._get_exceptions(authorization),
            [
                {
                    "kind": "over",
                    "decision": "hold",
                    "qty": 2,
                    "reason": "Seen at the dock",
                    "user_id": self.worker.id,
                    "picking_id": picking.id,
                }
            ],
        )
        self.assertIn(
            "Seen at the dock", "".join(authorization.message_ids.mapped("body"))
        )

    def test_accepting_takes_a_reason(self):
        _authorization, picking = self._receive_too_many()
        action = self._validate(picking)
        wizard = self.env["rma.authorization.unexpected"].browse(action["res_id"])
        with self.assertRefused("choose whether"):
            wizard.with_user(self.worker).action_apply()
        wizard.row_ids.decision = "accept"
        with self.assertRefused("to accept takes a reason"):
            wizard.with_user(self.worker).action_apply()

    def test_a_trace_is_made_by_nothing_else(self):
        authorization, picking = self._receive_too_many()
        self._decide(picking, "hold")
        exception = self._get_exceptions(authorization)
        for user in (self.agent, self.worker, self.manager):
            self.assertFalse(exception.with_user(user).has_access("write"))
            self.assertFalse(exception.with_user(user).has_access("create"))
            self.assertFalse(exception.with_user(user).has_access("unlink"))

    def test_less_than_authorized_stays_expected(self):
        authorization = self._authorize(self.order, 4)
        self._receive(authorization, qty=1)
        self.assertEqual(authorization.line_ids.qty_to_receive, 3)
        self.assertEqual(self._get_receipt(authorization).move_ids.product_uom_qty, 3)
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 4)

    def test_a_cancelled_backorder_is_announced_anew(self):
        authorization = self._authorize(self.order, 4)
        self._receive(authorization, qty=1)
        self._get_receipt(authorization).action_cancel()
        self.assertEqual(authorization.line_ids.qty_to_receive, 3)
        authorization.with_user(self.worker).action_receive()
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 4)

    def test_a_deleted_receipt_is_announced_anew(self):
        authorization = self._authorize(self.order, 4)
        self._get_receipt(authorization).unlink()
        self.assertEqual(authorization.line_ids.qty_to_receive, 4)
        authorization.with_user(self.worker).action_receive()
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 4)

    # -- another number ----------------------------------------------------------------

    def _receive_other(self, lot=None, name=None):
        """The first serial is authorized, another one is scanned."""
        authorization = self._authorize(
            self.phones, 1, lot_ids=[Command.set(self.lots[0].ids)]
        )
        picking = self._get_receipt(authorization)
        picking.move_ids.move_line_ids.write(
            {"lot_id": lot.id if lot else False, "lot_name": name}
        )
        return authorization, picking

    def test_a_swapped_serial_stops(self):
        authorization, picking = self._receive_other(self.lots[1])
        self._validate(picking)
        self.assertEqual(authorization.line_ids.qty_received, 0)
        with self.assertRefused("Phone-002: Authorized: Phone-001"):
            picking._action_done()

    def test_an_accepted_serial_counts_for_the_authorized_one(self):
        authorization, picking = self._receive_other(self.lots[1])
        self._decide(picking, "accept")
        self.assertEqual(picking.state, "done")
        self.assertEqual(authorization.line_ids.qty_received, 1)
        self.assertEqual(self.lots[1].location_id, self.warehouse.rma_location_id)
        exception = self._get_exceptions(authorization)
        self.assertRecordValues(
            exception,
            [{"kind": "number", "decision": "accept", "lot_id": self.lots[1].id}],
        )
        inspection = authorization.with_user(self.technician).action_inspect()
        self.assertEqual(inspection.lot_id, self.lots[1])

    def test_a_held_serial_leaves_the_authorized_one_expected(self):
        authorization, picking = self._receive_other(self.lots[1])
        self._decide(picking, "hold")
        line, extra = authorization.line_ids.sorted("id")
        self.assertEqual((line.qty_received, extra.qty_received), (0, 1))
        self.assertEqual(extra.disposition, "hold")
        self.assertEqual(self.lots[1].location_id, self.warehouse.rma_location_id)

    def test_a_refused_serial_does_not_come_in(self):
        authorization, picking = self._receive_other(self.lots[1])
        self._decide(picking, "refuse")
        self.assertNotEqual(picking.state, "done")
        self.assertEqual(authorization.line_ids.qty_received, 0)
        self.assertEqual(len(authorization.line_ids), 1)

    def test_an_unknown_number_stops(self):
        authorization, picking = self._receive_other(name="???")
        with self.assertRefused("Nobody knows this number"):
            picking._action_done()
        self._decide(picking, "accept")
        self.assertEqual(picking.state, "done")
        lot = self._get_exceptions(authorization).lot_id
        self.assertEqual(lot.name, "???")
        self.assertEqual(lot.location_id, self.warehouse.rma_location_id)

    def test_a_refused_unknown_number_stays_unknown(self):
        _authorization, picking = self._receive_other(name="???")
        self._decide(picking, "refuse")
        self.assertFalse(self.env["stock.lot"].search([("name", "=", "???")]))

    def test_another_customers_serial_stops(self):
        other = self.env["res.partner"].create({"name": "Other"})
        lot = self.env["stock.lot"].create(
            {"name": "Phone-X", "product_id": self.serial_product.id}
        )
        self._stock_up(self.serial_product, 1, lot)
        self._sell(self.serial_product, 1, partner=other)
        authorization = self._authorize(self.phones, 1)
        picking = self._get_receipt(authorization)
        picking.move_ids.move_line_ids = [
            Command.create(
                {
                    **picking.move_ids._prepare_move_line_vals(quantity=1),
                    "lot_id": lot.id,
                }
            )
        ]
        with self.assertRefused("Phone-X: It wasn't delivered by"):
            picking._action_done()

    def test_a_serial_authorized_elsewhere_stops(self):
        other = self._authorize(self.phones, 1, lot_ids=[Command.set(self.lots[0].ids)])
        authorization = self._authorize(self.phones, 1)
        picking = self._get_receipt(authorization)
        picking.move_ids.move_line_ids = [
            Command.create(
                {
                    **picking.move_ids._prepare_move_line_vals(quantity=1),
                    "lot_id": self.lots[0].id,
                }
            )
        ]
        with self.assertRefused(f"authorized on {other.rma_number}"):
            picking._action_done()

    # -- another product ---------------------------------------------------------------

    def _add_foreign(self):
        authorization = self._authorize(self.order, 2)
        picking = self._get_receipt(authorization)
        lamp = self._create_product("Lamp")
        picking.move_ids = [
            Command.create(
                {
                    "product_id": lamp.id,
                    "product_uom_qty": 1,
                    "quantity": 1,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                }
            )
        ]
        return authorization, picking, lamp

    def test_another_product_stops(self):
        _authorization, picking, _lamp = self._add_foreign()
        with self.assertRefused("Lamp isn't on this authorization"):
            picking._action_done()

    def test_another_product_is_received_on_a_line_of_its_own(self):
        authorization, picking, lamp = self._add_foreign()
        self._decide(picking, "hold")
        extra = authorization.line_ids.filtered(lambda line: line.product_id == lamp)
        self.assertRecordValues(
            extra, [{"qty_received": 1, "resolution": "none", "disposition": "hold"}]
        )
        self.assertEqual(self._in_quarantine(lamp), 1)

    def test_another_product_is_refused(self):
        authorization, picking, lamp = self._add_foreign()
        self._decide(picking, "refuse")
        self.assertEqual(picking.state, "done")
        self.assertEqual(self._in_quarantine(lamp), 0)
        self.assertEqual(authorization.line_ids.qty_received, 2)
