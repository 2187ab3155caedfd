# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestHarvest(RmaStockCommon):
    """Returned goods are taken apart: the parts that the finding names are in stock,
    worth no more than what they come from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls._create_product("Board", standard_price=15.0)
        cls.case = cls._create_product("Case", standard_price=10.0)
        cls.screen = cls._create_product("Screen", tracking="serial")
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Parts", "location_id": cls.warehouse.lot_stock_id.id}
        )
        cls.average = cls.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )

    def _part(self, product, qty=1, **vals):
        return Command.create({"product_id": product.id, "qty": qty, **vals})

    def _receive_for_harvest(self, *parts, qty=1, product=None, **finding):
        order = self._sell_from_stock(product or self.product, 3)
        authorization = self._authorize(order, qty)
        self._receive(authorization)
        vals = {"disposition": "harvest", "harvest_ids": list(parts), **finding}
        self._inspect(authorization, [(qty, vals)])
        return authorization

    def _harvest(self, *parts, **kwargs):
        authorization = self._receive_for_harvest(*parts, **kwargs)
        authorization.with_user(self.worker).action_dispose()
        return authorization

    def _get_transfer(self, authorization):
        return authorization.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "internal"
        )

    def _reverse(self, picking, **quantities):
        """Return a transfer by the core's window, with quantities by product."""
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .create({"picking_id": picking.id})
        )
        for row in wizard.product_return_moves:
            row.quantity = quantities[row.product_id.name]
        return wizard._create_return()

    def _create_averaged(self, name, cost):
        return self._create_product(name, categ_id=self.average.id, standard_price=cost)

    # -- goods -------------------------------------------------------------------------

    def test_the_parts_go_to_stock_and_the_goods_are_gone(self):
        authorization = self._harvest(self._part(self.board), self._part(self.case, 2))
        self.assertEqual(self._available(self.board), 1)
        self.assertEqual(self._available(self.case), 2)
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(self._available(self.product), 0)
        self.assertEqual(authorization.disposition_status, "done")
        self.assertEqual(authorization.line_ids.qty_disposed, 1)

    def test_one_transfer_explains_what_came_from_what(self):
        authorization = self._harvest(self._part(self.board), self._part(self.case))
        taken, *parts = self._get_transfer(authorization).move_ids.sorted("id")
        self.assertEqual(taken.location_dest_id.usage, "inventory")
        for part in parts:
            self.assertEqual(part.rma_regraded_move_id, taken)
            self.assertEqual(part.location_id, taken.location_dest_id)
            self.assertEqual(part.location_dest_id, self.warehouse.lot_stock_id)
            self.assertEqual(part.move_line_ids.consume_line_ids, taken.move_line_ids)

    def test_a_part_keeps_its_number_and_goes_to_its_place(self):
        lots = self.env["stock.lot"].create(
            [{"name": f"S{n}", "product_id": self.screen.id} for n in (1, 2)]
        )
        rows = [
            self._part(self.screen, lot_id=lot.id, location_id=self.shelf.id)
            for lot in lots
        ]
        self._harvest(*rows)
        self.assertEqual(lots[0].location_id, self.shelf)
        self.assertEqual(lots[1].location_id, self.shelf)

    def test_a_part_counted_in_another_unit_is_converted(self):
        dozen = self.env.ref("uom.product_uom_dozen").id
        self._harvest(self._part(self.case, 2, product_uom_id=dozen))
        self.assertEqual(self._available(self.case), 24)

    def test_goods_that_came_in_two_parcels_are_taken_apart_together(self):
        order = self._sell_from_stock(self.product, 3)
        authorization = self._authorize(order, 2)
        self._receive(authorization, 1)
        self._receive(authorization)
        vals = {"disposition": "harvest", "harvest_ids": [self._part(self.board, 2)]}
        self._inspect(authorization, [(2, vals)])
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.board), 2)
        # 2 at 40 became 2 at 15
        self.assertEqual(authorization.cost_total, 50.0)
        transfer = self._get_transfer(authorization)
        self._reverse(transfer, Board=2).button_validate()
        self.assertEqual(self._in_quarantine(self.product), 2)
        self.assertFalse(authorization.cost_ids)

    def test_findings_of_a_batch_are_taken_apart_by_one_transfer(self):
        order = self._sell_from_stock(self.product, 3)
        authorization = self._authorize(order, 3)
        self._receive(authorization)
        self._inspect(
            authorization,
            [
                (1, {"disposition": "harvest", "harvest_ids": [self._part(part)]})
                for part in (self.board, self.case)
            ]
            + [(1, {"disposition": "restock"})],
        )
        authorization.with_user(self.worker).action_dispose()
        moves = self._get_transfer(authorization).move_ids.filtered("rma_is_part")
        self.assertEqual(len(moves.picking_id), 1)
        self.assertEqual(len(moves.rma_regraded_move_id), 2)
        self.assertEqual(self._available(self.product), 1)

    # -- value -------------------------------------------------------------------------

    def test_what_the_parts_are_worth_less_is_lost(self):
        authorization = self._receive_for_harvest(
            self._part(self.board), self._part(self.case)
        )
        finding = authorization.sudo().inspection_ids
        # 40 becomes 15 and 10
        expected = {"value_before": 40.0, "value_after": 25.0, "value_difference": -15}
        self.assertRecordValues(finding, [{**expected, "is_value_estimated": True}])
        authorization.with_user(self.worker).action_dispose()
        self.assertRecordValues(finding, [{**expected, "is_value_estimated": False}])
        self.assertRecordValues(
            authorization.cost_ids, [{"kind": "value_loss", "amount": 15.0}]
        )

    def test_taking_apart_makes_no_value(self):
        parts = [self._create_averaged(f"Part {n}", 20.0) for n in range(3)]
        authorization = self._receive_for_harvest(*map(self._part, parts))
        finding = authorization.sudo().inspection_ids
        self.assertEqual(finding.value_after, 40.0)
        authorization.with_user(self.worker).action_dispose()
        moves = self._get_transfer(authorization).move_ids.filtered("rma_is_part")
        # a third of 40 each, to the cent
        self.assertEqual(moves.sorted("id").mapped("value"), [13.33, 13.34, 13.33])
        self.assertFalse(authorization.cost_ids)

    def test_parts_at_standard_price_come_first_and_the_others_share_the_rest(self):
        large, small = (
            self._create_averaged("Large", 30.0),
            self._create_averaged("Small", 20.0),
        )
        authorization = self._harvest(
            self._part(large), self._part(self.board), self._part(small)
        )
        moves = self._get_transfer(authorization).move_ids.filtered("rma_is_part")
        # 40 less 15 leaves 25 for 50: half of each
        self.assertEqual(moves.sorted("id").mapped("value"), [15.0, 15.0, 10.0])

    def test_a_part_without_a_cost_is_worth_nothing(self):
        part = self._create_averaged("Odd Part", 0.0)
        authorization = self._harvest(self._part(part))
        self.assertEqual(authorization.cost_total, 40.0)
        self.assertEqual(self._available(part), 1)

    def test_the_core_values_a_part_the_same_again(self):
        part = self._create_averaged("Part", 30.0)
        authorization = self._harvest(self._part(part, 2))
        move = self._get_transfer(authorization).move_ids.filtered("rma_is_part")
        part.standard_price = 5.0
        move._set_value()
        self.assertEqual(move.value, 40.0)

    # -- what is refused ---------------------------------------------------------------

    def _assert_not_harvested(self, pattern, *parts, **kwargs):
        authorization = self._receive_for_harvest(*parts, **kwargs)
        with self.assertRefused(pattern):
            authorization.with_user(self.worker).action_dispose()
        self.assertFalse(self._get_transfer(authorization))

    def test_the_finding_names_the_parts(self):
        self._assert_not_harvested("which parts are taken out of it")

    def test_nothing_is_a_part_of_itself(self):
        self._assert_not_harvested("isn't a part of itself", self._part(self.product))

    def test_a_part_is_kept_in_stock(self):
        service = self._create_product("Advice", type="service", is_storable=False)
        self._assert_not_harvested("Advice isn't kept in stock", self._part(service))

    def test_a_part_with_numbers_has_one(self):
        self._assert_not_harvested("Screen has numbers", self._part(self.screen))

    def test_a_serial_is_one_part(self):
        lot = self._create_lots(self.screen, 1)
        self._assert_not_harvested(
            "a row of its own", self._part(self.screen, 2, lot_id=lot.id)
        )

    def test_a_number_in_stock_is_not_that_of_the_part(self):
        lot = self._create_lots(self.screen, 1)
        self._stock_up(self.screen, 1, lot)
        self._assert_not_harvested(
            "is in our stock already", self._part(self.screen, lot_id=lot.id)
        )

    def test_the_quarantine_is_no_place_of_stock(self):
        self._assert_not_harvested(
            "is no place of our stock",
            self._part(self.board, location_id=self.warehouse.rma_location_id.id),
        )

    def test_a_part_has_a_unit_of_its_kind(self):
        with self.assertRaisesRegex(ValidationError, "can't be converted to m"):
            self._receive_for_harvest(
                self._part(
                    self.board, product_uom_id=self.env.ref("uom.product_uom_meter").id
                )
            )

    def test_the_customers_own_goods_are_not_taken_apart(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._authorize(order, 1, resolution="repair")
        self._receive(authorization)
        vals = {"disposition": "harvest", "harvest_ids": [self._part(self.board)]}
        self._inspect(authorization, [(1, {**vals, "resolution": "none"})])
        with self.assertRefused("belong to Ada Customer"):
            authorization.with_user(self.worker).action_dispose()

    def test_parts_stand_once_the_goods_were_taken_apart(self):
        authorization = self._harvest(self._part(self.board))
        finding = authorization.inspection_ids.with_user(self.technician)
        with self.assertRefused("its parts stand"):
            finding.harvest_ids.qty = 2
        with self.assertRefused("its parts stand"):
            finding.harvest_ids.unlink()
        with self.assertRefused("its parts stand"):
            finding.harvest_ids = [self._part(self.case)]

    # -- taking back -------------------------------------------------------------------

    def test_the_undo_says_which_transfer_to_return(self):
        authorization = self._harvest(self._part(self.board))
        name = self._get_transfer(authorization).name
        with self.assertRefused(f"{name}. Return that transfer first"):
            authorization.inspection_ids.with_user(
                self.worker
            ).action_undo_disposition()

    def test_returning_the_transfer_puts_the_goods_together_again(self):
        lot = self._create_lots(self.screen, 1)
        authorization = self._harvest(
            self._part(self.board, 2, location_id=self.shelf.id),
            self._part(self.screen, lot_id=lot.id),
            self._part(self.case),
        )
        # 40 became 2 * 15, 40 and 10: a gain, as standard prices are what they are
        self.assertEqual(authorization.cost_total, -40.0)
        returned = self._reverse(
            self._get_transfer(authorization), Board=2, Screen=1, Case=1
        )
        returned.button_validate()
        self.assertEqual(returned.state, "done")
        self.assertEqual(self._in_quarantine(self.product), 1)
        self.assertEqual(self._available(self.board), 0)
        self.assertNotEqual(lot.location_id.usage, "internal")
        self.assertFalse(authorization.cost_ids)
        self.assertEqual(authorization.line_ids.qty_to_dispose, 1)
        finding = authorization.inspection_ids.with_user(self.technician)
        finding.disposition = "restock"
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.product), 1)

    def test_goods_put_together_can_be_taken_apart_again(self):
        authorization = self._harvest(self._part(self.board))
        self._reverse(self._get_transfer(authorization), Board=1).button_validate()
        finding = authorization.inspection_ids.with_user(self.technician)
        finding.harvest_ids = [self._part(self.case)]
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(self.board), 1)
        self.assertEqual(self._available(self.case), 1)
        self.assertEqual(authorization.cost_total, 15.0)

    def test_goods_are_not_put_together_of_some_of_their_parts(self):
        authorization = self._harvest(self._part(self.board), self._part(self.case, 2))
        transfer = self._get_transfer(authorization)
        for quantities in ({"Board": 1, "Case": 0}, {"Board": 1, "Case": 1}):
            with self.subTest(**quantities):
                returned = self._reverse(transfer, **quantities)
                with self.assertRefused("put together of all its parts"):
                    returned.button_validate()

    def test_goods_are_not_put_together_without_themselves(self):
        authorization = self._harvest(self._part(self.board))
        returned = self._reverse(self._get_transfer(authorization), Board=1)
        returned.move_ids.filtered(
            lambda move: move.product_id == self.product
        )._action_cancel()
        with self.assertRefused("put together of all its parts"):
            returned.button_validate()

    # -- windows -----------------------------------------------------------------------

    def test_parts_are_entered_on_the_finding(self):
        authorization = self._receive_for_harvest()
        finding = authorization.inspection_ids.with_user(self.technician)
        with Form(finding) as form, form.harvest_ids.new() as part:
            part.product_id = self.board
            part.qty = 2
        self.assertRecordValues(
            finding.harvest_ids,
            [{"product_id": self.board.id, "qty": 2, "company_id": self.company.id}],
        )

    def test_regraded_goods_that_came_in_two_parcels_are_valued_both(self):
        b_stock = self._create_product("Radio, used", standard_price=25.0)
        order = self._sell_from_stock(self.product, 3)
        authorization = self._authorize(order, 3)
        self._receive(authorization, 1)
        self._receive(authorization)
        vals = {"disposition": "regrade", "regrade_product_id": b_stock.id}
        self._inspect(authorization, [(3, vals)])
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._available(b_stock), 3)
        # 3 at 40 became 3 at 25
        self.assertEqual(authorization.cost_total, 45.0)
        finding = authorization.sudo().inspection_ids
        self.assertRecordValues(finding, [{"value_before": 120, "value_after": 75}])
