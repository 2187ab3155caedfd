# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestWarrantyOfDeliveries(RmaStockCommon):
    """Passports of serials, lots and quantities, and what their returns mean."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rma_warranty_months = 24
        cls.company.resource_calendar_id.tz = "UTC"
        cls.warranties = cls.env["rma.authorization.warranty"]

    def _sell_on(self, day, product, qty, **kwargs):
        with freeze_time(f"{day} 10:00:00"):
            return self._sell_from_stock(product, qty, **kwargs)

    def _run_job(self, commits=100000, batch=2000):
        cron, left = type(self.env["ir.cron"]), [commits]

        def commit(_self, *_args, **_kwargs):
            left[0] -= 1
            return max(left[0], 0)

        with patch.object(cron, "_commit_progress", commit):
            self.env["rma.authorization.warranty.scan"]._cron_make_warranties(batch)

    def _deliver_part(self, picking, qty):
        picking.action_assign()
        if picking.move_ids.has_tracking == "serial":
            picking.move_ids.move_line_ids[qty:].unlink()
        else:
            picking.move_ids.quantity = qty
        picking.with_context(skip_backorder=True).button_validate()

    def _get_warranties(self, order):
        # the clock goes back and forth here: what is new is found by its id
        self.env["rma.authorization.warranty.scan"]._restart(self.company)
        self._run_job()
        return self.warranties.search(
            [("sale_line_id", "in", order.order_line.ids)], order="id"
        )

    def _lot(self, order, index=0):
        return order.order_line.move_ids.lot_ids.sorted("name")[index]

    def _by_lot(self, order):
        return self._get_warranties(order).sorted(lambda one: one.lot_id.name)

    # -- made --------------------------------------------------------------------------

    def test_each_serial_has_its_own(self):
        order = self._sell_on("2025-03-15", self.serial_product, 3)
        warranties = self._by_lot(order)
        self.assertEqual(
            warranties.lot_id.mapped("name"), ["Phone-001", "Phone-002", "Phone-003"]
        )
        self.assertEqual(warranties.mapped("quantity"), [1, 1, 1])
        self.assertEqual(set(warranties.mapped("date_end")), {date(2027, 3, 15)})
        self.assertEqual(warranties.move_id, order.order_line.move_ids)
        self.assertEqual(warranties.partner_id, self.customer)
        self.assertEqual(warranties[0].lot_id.rma_warranty_count, 1)

    def test_a_lot_has_one_per_delivery(self):
        product = self._create_product("Battery", tracking="lot")
        lot = self._create_lots(product, 1)
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, 10, lot_id=lot
        )
        with freeze_time("2025-03-15 10:00:00"):
            first = self._sell(product, 4)
        with freeze_time("2025-04-30 10:00:00"):
            second = self._sell(product, 6)
        self.assertRecordValues(
            self._get_warranties(first) | self._get_warranties(second),
            [
                {"lot_id": lot.id, "quantity": 4, "date_end": date(2027, 3, 15)},
                {"lot_id": lot.id, "quantity": 6, "date_end": date(2027, 4, 30)},
            ],
        )

    def test_what_is_not_tracked_has_one_per_delivery_in_the_products_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._stock_up(self.product, 24)
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell(self.product, 2, deliver=False, product_uom_id=dozen.id)
            self._deliver_part(order.picking_ids, 12)
        with freeze_time("2025-04-30 10:00:00"):
            self._deliver(order.picking_ids)
        self.assertRecordValues(
            self._get_warranties(order),
            [
                {"quantity": 12, "lot_id": False, "date_end": date(2027, 3, 15)},
                {"quantity": 12, "lot_id": False, "date_end": date(2027, 4, 30)},
            ],
        )

    def test_a_drop_shipment_has_one_too(self):
        supplier = self.env.ref("stock.stock_location_suppliers")
        customers = self.env.ref("stock.stock_location_customers")
        lot = self._create_lots(self.serial_product, 1)
        with freeze_time("2025-03-15 10:00:00"):
            move = self.env["stock.move"].create(
                {
                    "product_id": self.serial_product.id,
                    "product_uom_qty": 1,
                    "location_id": supplier.id,
                    "location_dest_id": customers.id,
                    "partner_id": self.customer.id,
                }
            )
            move._action_confirm()
            move.quantity = 1
            move.move_line_ids.lot_id = lot
            move.picked = True
            move._action_done()
        self._run_job()
        self.assertRecordValues(
            self.warranties.search([("move_id", "=", move.id)]),
            [
                {
                    "lot_id": lot.id,
                    "partner_id": self.customer.id,
                    "date_end": date(2027, 3, 15),
                }
            ],
        )

    def test_a_backdated_delivery_counts_from_its_day(self):
        order = self._sell_from_stock(self.product, 1)
        order.picking_ids.date_done = datetime(2024, 2, 29, 12)
        self.assertEqual(self._get_warranties(order).date_end, date(2026, 2, 28))

    def test_receipts_and_undelivered_goods_have_none(self):
        before = self.warranties.search_count([])
        self._sell(self.product, 5, deliver=False)
        self._run_job()
        self.assertEqual(self.warranties.search_count([]), before)

    def test_the_vendors_warranty_counts_from_our_receipt(self):
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        self.serial_product.seller_ids = [
            Command.create({"partner_id": vendor.id, "rma_warranty_months": 12})
        ]
        with freeze_time("2024-12-31 10:00:00"):
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.serial_product.id, "product_qty": 1}
                        )
                    ],
                }
            )
            purchase.button_confirm()
            receipt = purchase.picking_ids
            receipt.move_ids.move_line_ids.lot_name = "BOUGHT-1"
            receipt.move_ids.picked = True
            receipt.button_validate()
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell(self.serial_product, 1)
        self.assertRecordValues(
            self._get_warranties(order),
            [
                {
                    "vendor_id": vendor.id,
                    "vendor_date_start": date(2024, 12, 31),
                    "vendor_date_end": date(2025, 12, 31),
                    "date_end": date(2027, 3, 15),
                }
            ],
        )

    # -- the job -----------------------------------------------------------------------

    def test_the_job_goes_on_where_it_was_stopped(self):
        self.company.rma_warranty_months = 0
        orders = self.env["sale.order"].union(
            *(self._sell_on("2025-03-15", self.product, 1) for _n in range(4))
        )
        self.product.rma_warranty_months = 12
        scan = self.env["rma.authorization.warranty.scan"]._get_scans()
        scan.date_looked = datetime(2026, 1, 1)
        domain = [("sale_line_id", "in", orders.order_line.ids)]
        counts = []
        for _run in range(200):
            self._run_job(commits=2, batch=2)
            counts.append(self.warranties.search_count(domain))
            if counts[-1] == 4:
                break
        self.assertEqual(counts[-1], 4)
        self.assertTrue(any(0 < count < 4 for count in counts), counts)
        self._run_job()
        self._run_job()
        self.assertEqual(self.warranties.search_count(domain), 4)
        self.assertTrue(scan.is_move_complete)

    def test_new_deliveries_are_found_though_their_moves_are_old(self):
        order = self._sell(self.product, 1, deliver=False)
        self._run_job()
        self._stock_up(self.product, 1)
        self._deliver(order.picking_ids)
        self.assertEqual(len(self._get_warranties(order)), 1)

    def test_a_return_asks_before_the_job_has_run(self):
        order = self._sell_on("2025-03-15", self.serial_product, 2)
        self.assertFalse(
            self.warranties.search([("sale_line_id", "=", order.order_line.id)])
        )
        with freeze_time("2027-03-15 12:00:00"):
            line = self._create_authorization(
                order, 1, lot_ids=self._lot(order, 1).ids
            ).line_ids
            self.assertEqual(line.warranty_id.lot_id, self._lot(order, 1))
            self.assertTrue(line.under_warranty)
        self.assertEqual(len(self._get_warranties(order)), 2)

    # -- on a return -------------------------------------------------------------------

    def test_the_named_number_that_ends_first_decides(self):
        self._stock_up(
            self.serial_product, 2, self._create_lots(self.serial_product, 2)
        )
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell(self.serial_product, 2, deliver=False)
            self._deliver_part(order.picking_ids, 1)
        with freeze_time("2025-06-30 10:00:00"):
            self._deliver(order.picking_ids)
        early, late = self._get_warranties(order)
        for warranties, end in (
            (early | late, date(2027, 3, 15)),
            (late, date(2027, 6, 30)),
        ):
            line = self._create_authorization(
                order, len(warranties), lot_ids=warranties.lot_id.ids
            ).line_ids
            self.assertEqual(line._get_warranty_ends(), {line: end})
            self.assertEqual(line.warranty_id.date_end, end)

    def test_a_serial_sold_again_has_only_the_later_one(self):
        order = self._sell_on("2025-03-15", self.serial_product, 1)
        lot = self._lot(order)
        first = self._get_warranties(order)
        self._return_by_hand(order.picking_ids)
        self.assertEqual(first.state, "void")
        with freeze_time("2025-09-30 10:00:00"):
            again = self._sell(self.serial_product, 1)
        self.assertEqual(self._lot(again), lot)
        second = self._get_warranties(again)
        self.assertEqual(second.date_end, date(2027, 9, 30))
        self.assertTrue(first.is_void)
        line = self._create_authorization(again, 1, lot_ids=lot.ids).line_ids
        self.assertEqual(line.warranty_id, second)

    def _return_by_hand(self, picking, qty=1):
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = qty
        back = wizard._create_return()
        back.move_ids.quantity = qty
        back.move_ids.picked = True
        back.with_context(skip_backorder=True).button_validate()
        return back

    def test_what_comes_back_by_hand_loses_it_until_that_is_reversed(self):
        order = self._sell_on("2025-03-15", self.product, 5)
        warranty = self._get_warranties(order)
        back = self._return_by_hand(order.picking_ids, 2)
        self.assertEqual(warranty.covered_qty, 3)
        self._return_by_hand(back, 2)
        self.assertEqual(warranty.covered_qty, 5)
        # what is delivered back has no second one
        self.assertEqual(self._get_warranties(order), warranty)

    def test_what_came_back_before_the_job_ran_has_none(self):
        order = self._sell_on("2025-03-15", self.product, 5)
        self._return_by_hand(order.picking_ids, 5)
        self.assertEqual(self._get_warranties(order).state, "void")

    def test_restocked_goods_lose_it_and_what_is_sent_back_keeps_it(self):
        order = self._sell_on("2025-03-15", self.serial_product, 2)
        kept, lost = self._by_lot(order)
        authorization = self._authorize(
            order, 2, lot_ids=(kept.lot_id + lost.lot_id).ids
        )
        self._receive(authorization)
        self._inspect(
            authorization,
            [
                (1, {"lot_id": kept.lot_id.id, "disposition": "send_back"}),
                (1, {"lot_id": lost.lot_id.id, "disposition": "restock"}),
            ],
        )
        self.assertFalse(lost.is_void)
        authorization.with_user(self.worker).action_dispose()
        self._deliver(authorization.sudo().picking_ids)
        self.assertTrue(lost.is_void)
        self.assertFalse(kept.is_void)
        self.assertEqual(len(self._get_warranties(order)), 2)
        # what was put on the shelf by mistake goes back to where it was
        restocked = lost.lot_id.quant_ids.filtered(
            lambda quant: quant.quantity > 0
        ).location_id
        self.assertEqual(restocked, self.warehouse.lot_stock_id)
        move = authorization.sudo().line_ids.move_ids.filtered(
            lambda one: one.rma_inspection_id.lot_id == lost.lot_id
        )
        self._return_by_hand(move.picking_id)
        self.assertFalse(lost.is_void)

    def test_scrapped_goods_lose_it(self):
        order = self._sell_on("2025-03-15", self.product, 5)
        authorization = self._receive_and_accept(order, 2, disposition="scrap")
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._get_warranties(order).covered_qty, 3)

    # -- replaced ----------------------------------------------------------------------

    def _exchange(self, order, day, lots):
        authorization = self._authorize(
            order,
            len(lots),
            resolution="exchange",
            advance=True,
            lot_ids=lots.ids,
        )
        with freeze_time(f"{day} 10:00:00"):
            authorization.action_settle()
            self._deliver(authorization.sudo().replacement_order_ids.picking_ids)
        return authorization.sudo().replacement_order_ids

    def test_each_replacement_inherits_from_one_unit(self):
        lots = self._create_lots(self.serial_product, 4)
        self._stock_up(self.serial_product, 4, lots)
        with freeze_time("2025-03-15 10:00:00"):
            first = self._sell(self.serial_product, 1)
        with freeze_time("2025-06-30 10:00:00"):
            order = self._sell(self.serial_product, 1)
        old = self._get_warranties(first) | self._get_warranties(order)
        for warranty, sold in zip(old, (first, order), strict=True):
            replacement = self._exchange(sold, "2026-03-15", warranty.lot_id)
            new = self._get_warranties(replacement)
            self.assertRecordValues(
                new,
                [
                    {
                        "inherited_from_id": warranty.id,
                        "date_start": date(2026, 3, 15),
                        "date_end": warranty.date_end,
                    }
                ],
            )
            self.assertNotEqual(new.lot_id, warranty.lot_id)
            self.assertTrue(warranty.is_void)
        self.assertEqual(old.mapped("date_end"), [date(2027, 3, 15), date(2027, 6, 30)])

    def test_replacements_of_one_line_inherit_from_different_units(self):
        lots = self._create_lots(self.serial_product, 4)
        self._stock_up(self.serial_product, 4, lots)
        order = self._sell_on_stock("2025-03-15", 2)
        old = self._get_warranties(order)
        replacement = self._exchange(order, "2027-03-01", old.lot_id)
        new = self._get_warranties(replacement)
        self.assertEqual(new.inherited_from_id, old)
        # the rest would be 14 days; 1 March + 90 days
        self.assertEqual(set(new.mapped("date_end")), {date(2027, 5, 30)})

    def _sell_on_stock(self, day, qty):
        with freeze_time(f"{day} 10:00:00"):
            return self._sell(self.serial_product, qty)

    # -- repaired ----------------------------------------------------------------------

    def _repair(self, order, lots, qty=1, days=("2025-05-01", "2025-05-21")):
        received, sent_back = days
        with freeze_time(f"{received} 08:00:00"):
            authorization = self._authorize(
                order, qty, resolution="repair", lot_ids=lots.ids
            )
            self._receive(authorization)
            authorization.with_user(self.technician).action_inspect()
            authorization.action_settle()
        with freeze_time(f"{sent_back} 16:00:00"):
            repairs = authorization.sudo().repair_ids.filtered(
                lambda repair: repair.state == "confirmed"
            )
            repairs.action_repair_start()
            repairs.action_repair_end()
            self._deliver(authorization.sudo().picking_ids)
        return authorization

    def test_time_in_repair_is_added_back(self):
        order = self._sell_on("2025-03-15", self.serial_product, 2)
        repaired, other = self._by_lot(order)
        authorization = self._repair(order, repaired.lot_id)
        self.assertEqual(authorization.line_ids.qty_settled, 1)
        # 1 May to 21 May: 20 days
        self.assertRecordValues(
            repaired, [{"downtime_days": 20, "date_end": date(2027, 4, 4)}]
        )
        self.assertRecordValues(
            repaired.extension_ids, [{"kind": "downtime", "days": 20, "months": 0}]
        )
        self.assertEqual(other.date_end, date(2027, 3, 15))
        authorization.sudo()._update_closure()
        self.assertEqual(len(repaired.extension_ids), 1)

    def test_time_in_repair_is_not_added_where_the_company_does_not(self):
        self.company.rma_warranty_downtime = False
        order = self._sell_on("2025-03-15", self.serial_product, 1)
        self._repair(order, self._lot(order))
        self.assertEqual(self._get_warranties(order).date_end, date(2027, 3, 15))

    def test_a_repair_out_of_warranty_adds_nothing(self):
        order = self._sell_on("2020-03-15", self.serial_product, 1)
        authorization = self._repair(order, self._lot(order))
        self.assertFalse(authorization.line_ids.under_warranty)
        self.assertFalse(self._get_warranties(order).extension_ids)

    def test_the_law_adds_a_year_once(self):
        self.company.rma_warranty_legal_extension = True
        order = self._sell_on("2025-03-15", self.serial_product, 1)
        self._repair(order, self._lot(order))
        warranty = self._get_warranties(order)
        # 15 March 2027 + 12 months + 20 days
        self.assertEqual(warranty.date_end, date(2028, 4, 4))
        self._repair(order, self._lot(order), days=("2025-07-01", "2025-07-11"))
        # + 10 days, and no other year
        self.assertEqual(warranty.date_end, date(2028, 4, 14))
        self.assertEqual(
            sorted(warranty.extension_ids.mapped("kind")),
            ["downtime", "downtime", "legal"],
        )

    def test_of_a_quantity_only_what_was_repaired_lasts_longer(self):
        order = self._sell_on("2025-03-15", self.product, 5)
        self._repair(order, self.env["stock.lot"], qty=1)
        self.assertRecordValues(
            self._get_warranties(order).sorted("quantity"),
            [
                {"quantity": 1, "date_end": date(2027, 4, 4)},
                {"quantity": 4, "date_end": date(2027, 3, 15)},
            ],
        )

    def test_a_reversed_delivery_of_a_repair_takes_the_time_back(self):
        order = self._sell_on("2025-03-15", self.serial_product, 1)
        authorization = self._repair(order, self._lot(order))
        warranty = self._get_warranties(order)
        self.assertEqual(warranty.date_end, date(2027, 4, 4))
        back = authorization.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        self._return_by_hand(back)
        self.assertEqual(warranty.date_end, date(2027, 3, 15))
        self.assertFalse(warranty.extension_ids)
