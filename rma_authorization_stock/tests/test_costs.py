# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestCosts(RmaStockCommon):
    """What goods lose and repairs use is in the cost ledger of the return, and goes
    with its document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.b_stock = cls._create_product("Radio, used", standard_price=25.0)
        cls.fuse = cls._create_product("Fuse", standard_price=3.0)
        cls._stock_up(cls.fuse, 20)
        cls.hour = cls._create_product(
            "Hour", type="service", is_storable=False, standard_price=30.0
        )

    def _dispose(self, order, findings):
        qty = sum(qty for qty, _vals in findings)
        authorization = self._authorize(order, qty)
        self._receive(authorization)
        self._inspect(authorization, findings)
        authorization.with_user(self.worker).action_dispose()
        return authorization

    # -- value lost --------------------------------------------------------------------

    def test_scrap_loses_the_cost_of_the_goods(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._dispose(order, [(3, {"disposition": "scrap"})])
        scrap = authorization.sudo().inspection_ids.move_ids.scrap_id
        self.assertRecordValues(
            authorization.cost_ids,
            [
                {
                    "kind": "value_loss",
                    "amount": 120.0,
                    "line_id": authorization.line_ids.id,
                    "res_model": "stock.scrap",
                    "res_id": scrap.id,
                    "name": f"{scrap.name}: Radio",
                }
            ],
        )
        self.assertEqual(authorization.cost_total, 120.0)

    def test_a_batch_of_scraps_writes_its_costs_at_once(self):
        order = self._sell_from_stock(self.product, 5)
        costs = type(self.env["rma.authorization.cost"])
        create = costs.create
        with patch.object(costs, "create", autospec=True, side_effect=create) as spy:
            authorization = self._dispose(
                order,
                [(1, {"disposition": "scrap"}), (2, {"disposition": "scrap"})],
            )
        self.assertEqual(spy.call_count, 1)
        self.assertEqual(sorted(authorization.cost_ids.mapped("amount")), [40.0, 80.0])

    def test_restocking_and_sending_back_lose_nothing(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._dispose(
            order, [(1, {"disposition": "restock"}), (1, {"disposition": "send_back"})]
        )
        self._deliver(authorization.sudo().picking_ids)
        self.assertFalse(authorization.cost_ids)

    def test_the_customers_own_goods_lose_nothing(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._authorize(order, 1, resolution="repair")
        self._receive(authorization)
        vals = {"disposition": "scrap", "resolution": "none", **self._get_consent()}
        self._inspect(authorization, [(1, vals)])
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(authorization.disposition_status, "done")
        self.assertFalse(authorization.cost_ids)

    def test_regrading_loses_the_difference_and_gets_it_back(self):
        order = self._sell_from_stock(self.product, 5)
        vals = {"disposition": "regrade", "regrade_product_id": self.b_stock.id}
        authorization = self._dispose(order, [(3, vals)])
        # 3 at 40 became 3 at 25
        self.assertRecordValues(
            authorization.cost_ids, [{"kind": "value_loss", "amount": 45.0}]
        )
        cost = authorization.cost_ids
        transfer = self.env["stock.picking"].browse(cost.res_id)
        for qty, left in ((2, 15.0), (1, 0.0)):
            wizard = self.env["stock.return.picking"].create(
                {"picking_id": transfer.id}
            )
            wizard.product_return_moves.quantity = qty
            wizard._create_return().with_user(self.worker).button_validate()
            self.assertEqual(authorization.cost_total, left)
        self.assertFalse(cost.exists())

    def test_a_corrected_quantity_corrects_the_loss(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._dispose(order, [(3, {"disposition": "scrap"})])
        authorization.sudo().inspection_ids.move_ids.move_line_ids.quantity = 2
        self.assertEqual(authorization.cost_total, 80.0)

    # -- repairs -----------------------------------------------------------------------

    def _receive_for_repair(self, qty=1, **vals):
        order = self._sell_from_stock(self.product, qty)
        authorization = self._receive_and_accept(
            order, qty, resolution="repair", disposition=False, **vals
        )
        authorization.action_settle()
        return authorization, authorization.sudo().repair_ids.with_user(self.technician)

    def _add_parts(self, repair, qty, kind="add"):
        repair.move_ids = [
            Command.create(
                {
                    "product_id": self.fuse.id,
                    "product_uom_qty": qty,
                    "repair_line_type": kind,
                }
            )
        ]

    def _finish(self, repairs):
        repairs.action_assign()
        repairs.action_repair_start()
        for move in repairs.move_ids:
            move.quantity = move.product_uom_qty
        repairs.action_repair_end()

    def test_parts_cost_what_they_were_worth_when_the_repair_is_done(self):
        authorization, repair = self._receive_for_repair(under_warranty=True)
        self._add_parts(repair, 2)
        self.assertFalse(authorization.cost_ids)
        self._finish(repair)
        self.assertRecordValues(
            authorization.cost_ids,
            [
                {
                    "kind": "parts",
                    "amount": 6.0,
                    "line_id": authorization.line_ids.id,
                    "res_model": "repair.order",
                    "res_id": repair.id,
                }
            ],
        )

    def test_parts_that_go_back_to_stock_are_worth_something(self):
        authorization, repair = self._receive_for_repair(under_warranty=True)
        self._add_parts(repair, 3)
        self._add_parts(repair, 1, "recycle")
        self._finish(repair)
        self.assertEqual(authorization.cost_ids.mapped("amount"), [6.0])

    def test_each_repair_of_a_batch_has_its_costs(self):
        authorization, repairs = self._receive_for_repair(2, under_warranty=True)
        self._add_parts(repairs[0], 1)
        self._add_parts(repairs[1], 3)
        self._finish(repairs)
        self.assertEqual(sorted(authorization.cost_ids.mapped("amount")), [3.0, 9.0])
        self.assertEqual(authorization.cost_total, 12.0)

    def test_labour_costs_what_the_services_on_the_quotation_cost(self):
        authorization, repair = self._receive_for_repair(under_warranty=False)
        repair.sudo().action_validate()
        repair.sudo().action_create_sale_order()
        repair.sudo().sale_order_id.order_line = [
            Command.create({"product_id": self.hour.id, "product_uom_qty": 1.5})
        ]
        self._finish(repair)
        self.assertRecordValues(
            authorization.cost_ids, [{"kind": "labour", "amount": 45.0}]
        )

    def test_a_cancelled_repair_costs_nothing(self):
        authorization, repair = self._receive_for_repair(under_warranty=True)
        self._add_parts(repair, 2)
        repair.action_repair_cancel()
        self.assertFalse(authorization.cost_ids)

    # -- who ---------------------------------------------------------------------------

    def test_nobody_changes_what_a_document_says(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._dispose(order, [(3, {"disposition": "scrap"})])
        for user in (self.agent, self.manager):
            cost = authorization.cost_ids.with_user(user).sudo(False)
            with self.assertRefused("comes from a document"):
                cost.amount = 1.0
            with self.assertRefused("comes from a document"):
                cost.unlink()
