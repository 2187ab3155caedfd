# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import Form, tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestRegrade(RmaStockCommon):
    """Returned goods go to stock as another product, or at another location, and every
    move says what became of what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.b_stock = cls._create_product("Radio, used", standard_price=25.0)
        cls.used_phone = cls._create_product("Phone, used", tracking="serial")
        cls.outlet = cls.env["stock.location"].create(
            {"name": "Outlet", "location_id": cls.warehouse.lot_stock_id.id}
        )

    def _receive_for_regrade(self, qty=3, product=None, **finding):
        order = self._sell_from_stock(product or self.product, 5)
        authorization = self._authorize(order, qty)
        self._receive(authorization)
        self._inspect(authorization, [(qty, {"disposition": "regrade", **finding})])
        return authorization

    def _regrade(self, qty=3, product=None, **finding):
        authorization = self._receive_for_regrade(qty, product, **finding)
        authorization.with_user(self.worker).action_dispose()
        return authorization

    def _get_transfer(self, authorization):
        return authorization.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "internal"
        )

    def _reverse(self, picking, qty):
        """Return a transfer with the core's window; the worker has yet to validate."""
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = qty
        return wizard._create_return()

    # -- another product ---------------------------------------------------------------

    def test_goods_go_to_stock_as_another_product(self):
        authorization = self._regrade(regrade_product_id=self.b_stock.id)
        self.assertEqual(self._available(self.b_stock), 3)
        self.assertEqual(self._available(self.product), 0)
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(authorization.disposition_status, "done")
        self.assertEqual(authorization.line_ids.qty_disposed, 3)

    def test_one_transfer_explains_both(self):
        authorization = self._regrade(regrade_product_id=self.b_stock.id)
        taken, brought = self._get_transfer(authorization).move_ids.sorted("id")
        quarantine, stock = self.warehouse.rma_location_id, self.warehouse.lot_stock_id
        loss = taken.location_dest_id
        self.assertEqual(loss.usage, "inventory")
        self.assertRecordValues(
            taken | brought,
            [
                {
                    "product_id": self.product.id,
                    "location_id": quarantine.id,
                    "location_dest_id": loss.id,
                    "quantity": 3,
                    "state": "done",
                },
                {
                    "product_id": self.b_stock.id,
                    "location_id": loss.id,
                    "location_dest_id": stock.id,
                    "quantity": 3,
                    "state": "done",
                },
            ],
        )
        self.assertEqual(brought.rma_regraded_move_id, taken)
        self.assertEqual(brought.move_line_ids.consume_line_ids, taken.move_line_ids)

    def test_a_serial_keeps_its_number(self):
        order = self._sell_from_stock(self.serial_product, 3)
        lots = order.picking_ids.move_ids.lot_ids
        authorization = self._authorize(order, 3, lot_ids=[Command.set(lots.ids)])
        self._receive(authorization)
        vals = {"disposition": "regrade", "regrade_product_id": self.used_phone.id}
        self._inspect(authorization, [(1, {**vals, "lot_id": lot.id}) for lot in lots])
        authorization.with_user(self.worker).action_dispose()
        used = self.env["stock.lot"].search([("product_id", "=", self.used_phone.id)])
        self.assertEqual(sorted(used.mapped("name")), sorted(lots.mapped("name")))
        self.assertEqual(used.location_id, self.warehouse.lot_stock_id)
        for lot in lots:
            line = lot.quant_ids.filtered(lambda quant: quant.quantity > 0)
            self.assertEqual(line.location_id.usage, "inventory")

    def test_a_serial_is_traced_to_what_it_is_now(self):
        order = self._sell_from_stock(self.serial_product, 1)
        lot = order.picking_ids.move_ids.lot_ids
        authorization = self._authorize(order, 1, lot_ids=[Command.set(lot.ids)])
        self._receive(authorization)
        finding = {
            "disposition": "regrade",
            "regrade_product_id": self.used_phone.id,
            "lot_id": lot.id,
        }
        self._inspect(authorization, [(1, finding)])
        authorization.with_user(self.worker).action_dispose()
        taken, brought = self._get_transfer(authorization).move_ids.sorted("id")
        report = self.env["stock.traceability.report"]
        self.assertEqual(
            report._get_linked_move_lines(brought.move_line_ids)[0],
            taken.move_line_ids,
        )
        self.assertEqual(
            report._get_linked_move_lines(taken.move_line_ids)[1],
            brought.move_line_ids,
        )

    def test_quantities_are_converted_to_the_new_products_unit(self):
        dozen = self._create_product(
            "Radios by the dozen", uom_id=self.env.ref("uom.product_uom_dozen").id
        )
        order = self._sell_from_stock(self.product, 24)
        authorization = self._authorize(order, 24)
        self._receive(authorization)
        finding = {"disposition": "regrade", "regrade_product_id": dozen.id}
        self._inspect(authorization, [(24, finding)])
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(dozen), 2)

    def test_findings_of_a_batch_go_their_own_ways(self):
        order = self._sell_from_stock(self.product, 6)
        first = self._authorize(order, 4)
        second = self._authorize(order, 2)
        self._receive(first)
        self._receive(second)
        to_b_stock = {"disposition": "regrade", "regrade_product_id": self.b_stock.id}
        to_outlet = {**to_b_stock, "regrade_location_id": self.outlet.id}
        self._inspect(first, [(1, to_b_stock), (1, to_b_stock), (2, to_outlet)])
        self._inspect(second, [(2, to_b_stock)])
        (first | second).with_user(self.worker).action_dispose()
        in_outlet = self.b_stock.with_context(location=self.outlet.id)
        self.assertEqual(in_outlet.qty_available, 2)
        self.assertEqual(self._available(self.b_stock), 6)
        brought = (first | second).sudo().line_ids.move_ids.rma_regraded_move_ids
        self.assertEqual(sorted(brought.mapped("quantity")), [1, 1, 2, 2])
        self.assertEqual(len(self._get_transfer(first | second)), 3)

    # -- another location --------------------------------------------------------------

    def test_goods_go_to_another_location_as_they_are(self):
        authorization = self._regrade(regrade_location_id=self.outlet.id)
        move = self._get_transfer(authorization).move_ids
        self.assertRecordValues(
            move,
            [{"product_id": self.product.id, "location_dest_id": self.outlet.id}],
        )
        self.assertEqual(authorization.disposition_status, "done")
        self.assertFalse(authorization.cost_ids)

    # -- what is refused ---------------------------------------------------------------

    def _assert_not_regraded(self, pattern, **finding):
        authorization = self._receive_for_regrade(**finding)
        with self.assertRefused(pattern):
            authorization.with_user(self.worker).action_dispose()
        self.assertFalse(self._get_transfer(authorization))

    def test_a_finding_says_what_the_goods_become(self):
        self._assert_not_regraded("as which product it goes to stock")

    def test_the_same_product_at_no_other_location_is_refused(self):
        self._assert_not_regraded(
            "stays the same product", regrade_product_id=self.product.id
        )

    def test_a_product_that_is_not_kept_in_stock_is_refused(self):
        service = self._create_product("Advice", type="service", is_storable=False)
        self._assert_not_regraded(
            "Advice isn't kept in stock", regrade_product_id=service.id
        )

    def test_a_product_that_is_tracked_otherwise_is_refused(self):
        self._assert_not_regraded(
            "aren't tracked in the same way", regrade_product_id=self.used_phone.id
        )

    def test_a_product_in_another_kind_of_unit_is_refused(self):
        cable = self._create_product(
            "Cable", uom_id=self.env.ref("uom.product_uom_meter").id
        )
        self._assert_not_regraded(
            "can't be converted to the m of Cable", regrade_product_id=cable.id
        )

    def test_the_quarantine_is_no_place_of_stock(self):
        self._assert_not_regraded(
            "is no place of our stock",
            regrade_location_id=self.warehouse.rma_location_id.id,
        )

    def test_the_customers_own_goods_are_not_regraded(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._authorize(order, 1, resolution="repair")
        self._receive(authorization)
        finding = {
            "disposition": "regrade",
            "resolution": "none",
            "regrade_product_id": self.b_stock.id,
        }
        self._inspect(authorization, [(1, finding)])
        with self.assertRefused("belong to Ada Customer"):
            authorization.with_user(self.worker).action_dispose()

    def test_what_the_goods_became_stands_once_they_have_moved(self):
        authorization = self._regrade(regrade_product_id=self.b_stock.id)
        finding = authorization.inspection_ids.with_user(self.technician)
        with self.assertRefused("its goods have moved"):
            finding.regrade_product_id = self.product
        with self.assertRefused("its goods have moved"):
            finding.regrade_location_id = self.outlet

    # -- taking back -------------------------------------------------------------------

    def test_the_undo_says_which_transfer_to_return(self):
        authorization = self._regrade(regrade_product_id=self.b_stock.id)
        name = self._get_transfer(authorization).name
        with self.assertRefused(f"{name}. Return that transfer first"):
            authorization.inspection_ids.with_user(
                self.worker
            ).action_undo_disposition()

    def test_returning_the_transfer_turns_a_part_back(self):
        authorization = self._regrade(regrade_product_id=self.b_stock.id)
        self._reverse(self._get_transfer(authorization), 2).button_validate()
        self.assertEqual(self._available(self.b_stock), 1)
        self.assertEqual(self._in_quarantine(self.product), 2)
        self.assertRecordValues(
            authorization.line_ids, [{"qty_disposed": 1, "qty_to_dispose": 2}]
        )
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.b_stock), 3)
        self.assertEqual(self._in_quarantine(self.product), 0)

    def test_a_serial_is_turned_back_under_its_number(self):
        order = self._sell_from_stock(self.serial_product, 2)
        lots = order.picking_ids.move_ids.lot_ids
        authorization = self._authorize(order, 2, lot_ids=[Command.set(lots.ids)])
        self._receive(authorization)
        vals = {"disposition": "regrade", "regrade_product_id": self.used_phone.id}
        findings = self._inspect(
            authorization, [(1, {**vals, "lot_id": lot.id}) for lot in lots]
        )
        authorization.with_user(self.worker).action_dispose()
        transfer = self._get_transfer(authorization)
        wizard = self.env["stock.return.picking"].create({"picking_id": transfer.id})
        wizard.product_return_moves.filtered(
            lambda row: row.move_id.lot_ids.name == lots[1].name
        ).quantity = 1
        wizard._create_return().with_user(self.worker).button_validate()
        self.assertEqual(lots[1].location_id, self.warehouse.rma_location_id)
        by_lot = {finding.lot_id: finding for finding in findings.sudo()}
        self.assertEqual(by_lot[lots[1]].disposition_state, "pending")
        self.assertEqual(by_lot[lots[0]].disposition_state, "done")

    def test_goods_turned_back_can_get_another_disposition(self):
        authorization = self._regrade(regrade_product_id=self.b_stock.id)
        self._reverse(self._get_transfer(authorization), 3).button_validate()
        finding = authorization.inspection_ids.with_user(self.technician)
        finding.disposition = "restock"
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 3)
        self.assertEqual(self._available(self.b_stock), 0)

    def test_nothing_is_turned_back_on_one_side_only(self):
        authorization = self._regrade(regrade_product_id=self.b_stock.id)
        returned = self._reverse(self._get_transfer(authorization), 2)
        returned.move_ids.filtered(
            lambda move: move.product_id == self.product
        ).quantity = 1
        with self.assertRefused("as much of Radio must come back"):
            returned.with_context(skip_backorder=True).button_validate()

    def test_a_turning_back_is_not_returned_itself(self):
        authorization = self._regrade(regrade_product_id=self.b_stock.id)
        returned = self._reverse(self._get_transfer(authorization), 2)
        returned.button_validate()
        again = self._reverse(returned, 2)
        with self.assertRefused("Regrade it again by the disposition"):
            again.button_validate()

    # -- windows -----------------------------------------------------------------------

    def test_the_inspection_window_asks_what_the_goods_become(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3)
        self._receive(authorization)
        wizards = self.env["rma.authorization.inspect"].with_user(self.technician)
        wizard = wizards.create({"authorization_ids": [Command.set(authorization.ids)]})
        with Form(wizard) as form, form.row_ids.edit(0) as row:
            row.disposition = "regrade"
            row.regrade_product_id = self.b_stock
        wizard.action_apply()
        self.assertRecordValues(
            authorization.inspection_ids,
            [{"disposition": "regrade", "regrade_product_id": self.b_stock.id}],
        )
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.b_stock), 3)
