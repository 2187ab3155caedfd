# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestReport(RmaStockCommon):
    """What only an addon that follows the goods can measure: numbers, suppliers,
    warehouses, and what became of the goods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell_from_stock(cls.serial_product, 3)
        cls.lots = cls.order.picking_ids.move_ids.lot_ids.sorted("name")

    def _read(self, *names, groupby=(), domain=()):
        report = self.env["rma.authorization.report"].with_user(self.agent)
        return report._read_group(
            [
                ("product_id", "in", (self.product | self.serial_product).ids),
                *domain,
            ],
            groupby,
            [f"{name}:{report._fields[name].aggregator}" for name in names],
        )

    def assertMeasures(self, **expected):
        values = self._read(*expected)[0]
        for (name, amount), value in zip(expected.items(), values, strict=True):
            self.assertAlmostEqual(value, amount, places=3, msg=name)

    def _return_lot(self, lot, **finding):
        authorization = self._authorize(self.order, 1, lot_ids=[Command.set(lot.ids)])
        self._receive(authorization)
        if finding:
            self._inspect(authorization, [(1, {"lot_id": lot.id, **finding})])
            authorization.action_settle()
            authorization.with_user(self.worker).action_dispose()
            self._deliver(authorization.sudo().picking_ids)
        return authorization

    def _dispose(self, *findings):
        order = self._sell_from_stock(self.product, 10)
        qty = sum(qty for qty, _vals in findings)
        authorization = self._authorize(order, qty)
        self._receive(authorization)
        self._inspect(authorization, findings)
        authorization.with_user(self.worker).action_dispose()
        self._deliver(authorization.sudo().picking_ids)
        return authorization

    # -- numbers -------------------------------------------------------------------

    def test_numbers_are_shipped_and_returned_one_by_one(self):
        self._return_lot(self.lots[0])
        rows = self._read("qty_shipped", "qty_returned", groupby=["lot_id"])
        by_lot = {lot: values for lot, *values in rows if lot}
        self.assertEqual(by_lot[self.lots[0]], [1.0, 1.0])
        self.assertEqual(by_lot[self.lots[1]], [1.0, False])
        # and all of them together are what the lines say
        self.assertMeasures(qty_shipped=3, qty_returned=1, return_rate=33.333)

    def test_units_with_numbers_have_an_age_and_a_warranty(self):
        product = self._create_product("Tablet", tracking="serial")
        product.rma_warranty_months = 24
        order = self.order = self._sell_from_stock(product, 4)
        lots = order.picking_ids.move_ids.lot_ids.sorted("name")
        returns = [
            self._return_lot(lot, disposition="restock", fault_found="found")
            for lot in lots[:3]
        ]
        # delivered on 15 January 2024, back after 6 months, 18 months, and a day more
        days = (date(2024, 7, 15), date(2025, 7, 15), date(2025, 7, 16))
        self.env.flush_all()
        for pickings, day in [
            (order.picking_ids, date(2024, 1, 15)),
            *(
                (one.sudo().line_ids._get_receipts().picking_id, day)
                for one, day in zip(returns, days, strict=True)
            ),
        ]:
            self.env.execute_query(
                SQL(
                    "UPDATE stock_picking SET date_done = %s WHERE id IN %s "
                    "RETURNING id",
                    day,
                    tuple(pickings.ids),
                )
            )
        self.env.invalidate_all()
        self.product = product
        self.assertTrue(returns[0].line_ids.under_warranty)
        # 1 of 4 each; 3 of 4 were faulty
        self.assertMeasures(
            qty_shipped=4 + 3,
            qty_warranted=4,
            qty_warranty=3,
            warranty_claim_rate=75,
            qty_returned_early=1,
            qty_returned_year=1,
            qty_returned_late=1,
        )
        rows = self._read(
            "early_return_rate",
            "late_return_rate",
            groupby=["sale_date:month", "product_id"],
        )
        self.assertIn((date(2024, 1, 1), product, 25.0, 25.0), rows)

    def test_a_receipt_that_is_reversed_counts_no_more(self):
        authorization = self._return_lot(self.lots[0])
        receipt = authorization.sudo().picking_ids
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .create({"picking_id": receipt.id})
        )
        wizard.product_return_moves.quantity = 1
        self._deliver(wizard._create_return())
        self.assertEqual(authorization.line_ids.qty_received, 0)
        self.assertFalse(self._read("qty_returned")[0][0])

    def test_a_number_that_comes_back_again_is_a_repeat_return(self):
        self._return_lot(self.lots[0], disposition="send_back")
        self._return_lot(self.lots[0])
        self._return_lot(self.lots[1])
        # one was given back, and came back
        self.assertMeasures(
            qty_returned=3, qty_given_back=1, qty_repeat=1, repeat_rate=100
        )

    def test_another_unit_of_a_lot_is_no_repeat_return(self):
        product = self._create_product("Cable", tracking="lot")
        lot = self._create_lots(product, 1)
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, 2.0, lot_id=lot
        )
        self.order = self._sell(product, 2)
        self._return_lot(lot, disposition="send_back")
        self._return_lot(lot)
        report = self.env["rma.authorization.report"].with_user(self.agent)
        rows = report._read_group(
            [("product_id", "=", product.id)],
            [],
            ["qty_returned:sum", "qty_given_back:sum", "qty_repeat:sum"],
        )
        self.assertEqual(rows, [(2.0, 1.0, False)])

    def test_units_of_a_number_are_known_by_the_supplier_it_came_from(self):
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        product = self._create_product("Tuner", tracking="serial")
        receipt = self.env["stock.picking"].create(
            {
                "partner_id": vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 2,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        lots = self._create_lots(product, 2)
        receipt.move_ids.move_line_ids.unlink()
        receipt.move_ids.move_line_ids = [
            Command.create(
                {
                    **receipt.move_ids._prepare_move_line_vals(quantity=1),
                    "lot_id": lot.id,
                }
            )
            for lot in lots
        ]
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True).button_validate()
        self.order = self._sell(product, 2)
        self._return_lot(lots[0], disposition="restock", fault_found="found")
        report = self.env["rma.authorization.report"].with_user(self.agent)
        rows = report._read_group(
            [("vendor_id", "=", vendor.id)],
            [],
            [
                "qty_shipped:sum",
                "qty_returned:sum",
                "qty_faulty:sum",
                "return_rate:avg",
            ],
        )
        self.assertEqual(rows, [(2.0, 1.0, 1.0, 50.0)])

    # -- what became of the goods --------------------------------------------------

    def test_scrap_restock_and_regrade_are_by_units_disposed_of(self):
        used = self._create_product("Radio, used")
        self._dispose(
            (5, {"disposition": "restock"}),
            (2, {"disposition": "scrap"}),
            (1, {"disposition": "regrade", "regrade_product_id": used.id}),
            (2, {"disposition": "send_back"}),
        )
        self.assertMeasures(
            qty_disposed=10,
            qty_scrapped=2,
            qty_restocked=5,
            qty_regraded=1,
            scrap_rate=20,
            restock_rate=50,
            regrade_rate=10,
            qty_given_back=2,
        )

    def test_recovery_is_the_value_kept_of_the_goods_that_are_ours(self):
        self._dispose(
            (3, {"disposition": "restock"}),
            (1, {"disposition": "scrap"}),
            (2, {"disposition": "send_back"}),
        )
        # 3 + 1 of 40 each are ours, one is lost
        self.assertMeasures(
            amount_disposed=160,
            amount_kept=120,
            asset_recovery_rate=75,
            amount_cost=40,
        )

    def test_goods_on_hold_are_not_disposed_of(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 2)
        self._receive(authorization)
        self._inspect(authorization, [(2, {"disposition": "hold"})])
        self.assertFalse(self._read("qty_disposed")[0][0])

    # -- repair ----------------------------------------------------------------------

    def test_time_of_repair_is_from_receipt_to_settlement(self):
        for days in (4, 10):
            authorization = self._receive_and_accept(
                self._sell_from_stock(self.product, 1),
                1,
                resolution="repair",
                under_warranty=True,
                disposition=False,
            )
            authorization.action_settle()
            self.env.flush_all()
            for table, values, ids in (
                (
                    "rma_authorization_line",
                    SQL("date_received = %s", datetime(2024, 3, 1, 12)),
                    authorization.line_ids.ids,
                ),
                (
                    "rma_authorization_settlement",
                    SQL("state = 'done', date_done = %s", date(2024, 3, 1 + days)),
                    authorization.settlement_ids.ids,
                ),
            ):
                self.env.execute_query(
                    SQL(
                        "UPDATE %s SET %s WHERE id IN %s RETURNING id",
                        SQL.identifier(table),
                        values,
                        tuple(ids),
                    )
                )
            self.env.invalidate_all()
        # 4 and 10 days
        self.assertMeasures(repair_days=7, repair_median=7, repair_p90=9.4)

    # -- when and where ------------------------------------------------------------

    def test_the_sale_is_on_the_day_of_its_delivery(self):
        order = self._sell_from_stock(self.product, 4)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE stock_picking SET date_done = %s WHERE id = %s RETURNING id",
                date(2024, 1, 15),
                order.picking_ids.id,
            )
        )
        self.env.invalidate_all()
        authorization = self._authorize(order, 1)
        self._receive(authorization)
        rows = self._read("return_rate", groupby=["product_id", "sale_date:month"])
        self.assertIn((self.product, date(2024, 1, 1), 25.0), rows)

    def test_goods_arrived_when_their_first_transfer_was_done(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._authorize(order, 3)
        self._receive(authorization, 1)
        first = authorization.line_ids.date_received
        self.assertTrue(first)
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.date_received, first)

    def test_returns_count_for_the_warehouse_that_shipped(self):
        order = self._sell_from_stock(self.product, 5)
        self._receive(self._authorize(order, 2))
        rows = self._read("qty_returned", groupby=["warehouse_id"])
        self.assertIn((self.warehouse, 2.0), rows)

    def test_every_column_can_be_read(self):
        self._return_lot(self.lots[0], disposition="restock")
        report = self.env["rma.authorization.report"].with_user(self.agent)
        rows = report.search([("product_id", "=", self.serial_product.id)])
        self.assertEqual(len(rows), len(set(rows.ids)))
        self.assertEqual(len(rows.read()), len(rows))

    def test_a_copy_has_the_very_rows_of_the_records(self):
        self._return_lot(self.lots[0], disposition="restock")
        self._dispose((2, {"disposition": "scrap"}))
        report = self.env["rma.authorization.report"].with_user(self.agent)
        domain = [("product_id", "in", (self.product | self.serial_product).ids)]
        names = report._get_columns()
        rows = report.search_read(domain, names, order="id")
        self.env["rma.authorization.report.copy"]._make()
        self.assertTrue(report._find_copy())
        self.assertEqual(report.search_read(domain, names, order="id"), rows)

    # -- dashboard -----------------------------------------------------------------

    def test_workers_see_what_is_to_be_received_and_disposed_of(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 2)
        authorization.action_settle()
        self.assertEqual(authorization.next_step, "dispose")
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.worker)
        counts = {
            queue["key"]: queue["count"] for queue in dashboard.get_data()["queues"]
        }
        self.assertGreaterEqual(counts["dispose"], 1)
        self.assertIn("receive", counts)
        self.assertNotIn("review", counts)
