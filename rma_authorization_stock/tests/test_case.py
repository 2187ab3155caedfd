# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RmaStockCommon
from .test_supplier import SupplierCommon


@tagged("post_install", "-at_install")
class TestCaseOfLots(RmaStockCommon):
    """A case about lots blocks their stock and knows who holds them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = new_test_user(
            cls.env, "rma_engineer", groups="rma_authorization.group_rma_quality"
        )
        cls.lot_product = cls._create_product("Battery", tracking="lot")
        cls.lots = cls._create_lots(cls.lot_product, 2)
        for lot in cls.lots:
            cls.env["stock.quant"]._update_available_quantity(
                cls.lot_product, cls.warehouse.lot_stock_id, 100.0, lot_id=lot
            )
        cls.no_power = cls.env.ref("rma_authorization.rma_authorization_fault_no_power")
        cls.case = (
            cls.env["rma.authorization.case"]
            .with_user(cls.engineer)
            .create(
                {
                    "title": "Swollen",
                    "product_id": cls.lot_product.id,
                    "lot_ids": cls.lots[0].ids,
                }
            )
        )

    @classmethod
    def _deliver_lot(cls, lot, qty, partner=None):
        order = cls._sell(cls.lot_product, qty, deliver=False, partner=partner)
        move = order.picking_ids.move_ids
        move._do_unreserve()
        cls.env["stock.move.line"].create(
            {
                **move._prepare_move_line_vals(),
                "lot_id": lot.id,
                "quantity": qty,
                "picked": True,
            }
        )
        order.picking_ids.button_validate()
        return order

    @staticmethod
    def _link(lot):
        return [Command.set(lot.ids)]

    def _in_stock(self, lot, location):
        return sum(
            lot.quant_ids.filtered(lambda quant: quant.location_id == location).mapped(
                "quantity"
            )
        )

    def test_blocked_stock_is_out_of_reach_until_it_is_released(self):
        stock = self.warehouse.lot_stock_id
        self.assertEqual(self._available(self.lot_product), 200)
        self.case.action_block_stock()
        blocked = self.warehouse.rma_blocked_location_id
        self.assertEqual(self._in_stock(self.lots[0], blocked), 100)
        self.assertEqual(self._available(self.lot_product), 100)
        self.assertEqual(self.case.qty_blocked, 100)
        self.assertEqual(self.lot_product.qty_available, 100)
        self.case.action_block_stock()
        self.assertEqual(len(self.case.picking_ids), 1, "nothing is left to block")
        self.assertListed(self.case.picking_ids)
        self.case.action_release_stock()
        self.assertEqual(self._in_stock(self.lots[0], stock), 100)
        self.assertEqual(self.case.qty_blocked, 0)
        self.assertEqual(self._available(self.lot_product), 200)

    def test_a_delivery_that_had_it_reserved_gets_other_goods(self):
        order = self._sell(self.lot_product, 50, deliver=False)
        picking = order.picking_ids
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, self.lots[0])
        self.case.action_block_stock()
        self.assertFalse(picking.move_line_ids.filtered("quantity"))
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, self.lots[1])
        self.assertEqual(self.case.qty_blocked, 100)

    def test_containment_needs_the_block(self):
        self.case.member_ids = self.technician
        self.case.action_next_step()
        self.case.write(
            {
                f"problem_{name}": "Something"
                for name in ("what", "when", "where", "how_many")
            }
        )
        self.case.action_next_step()
        self.case.containment_note = "Nothing leaves"
        with self.assertRefused("the block on the stock of Battery-001"):
            self.case.action_next_step()
        self.case.action_block_stock()
        self.case.action_next_step()
        self.assertEqual(self.case.step, "d4")

    def test_who_only_reads_cases_moves_nothing(self):
        case = self.case.with_user(self.technician)
        for step in ("block_stock", "release_stock", "find_holders", "collect"):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(case, f"action_{step}")()

    def test_the_report_names_the_lots(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "rma_authorization.report_case", self.case.ids
        )
        self.assertIn(b"Battery-001", html)
        self.assertNotIn(b"Battery-002", html)

    def test_a_case_without_lots_says_what_it_needs(self):
        self.case.lot_ids = False
        with self.assertRefused("Enter the lots"):
            self.case.action_block_stock()

    def test_customers_who_hold_units_are_found_and_written_to_once(self):
        bob = self.env["res.partner"].create(
            {"name": "Bob", "email": "bob@example.com", "lang": "en_US"}
        )
        self._deliver_lot(self.lots[0], 10)
        order = self._deliver_lot(self.lots[0], 4, partner=bob)
        self._deliver_lot(self.lots[1], 7, partner=bob)
        returned = self._authorize(order, 3, lot_ids=self._link(self.lots[0]))
        self._receive(returned)
        self.case.action_find_holders()
        held = {row.partner_id: row.qty for row in self.case.holder_ids}
        self.assertEqual(held, {self.customer: 10, bob: 1})
        action = self.case.action_mail_holders()
        self.assertEqual(len(action["context"]["default_res_ids"]), 2)
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.engineer)
            .with_context(**action["context"])
            .create({})
        )
        composer._action_send_mail()
        self.assertTrue(all(row.date_notified for row in self.case.holder_ids))
        mails = self.env["mail.mail"].search(
            [("model", "=", "rma.authorization.case.holder")]
        )
        self.assertEqual(len(mails), 2)
        with self.assertRefused("Nobody is left"):
            self.case.action_mail_holders()
        self._receive(self._authorize(order, 1, lot_ids=self._link(self.lots[0])))
        self.case.action_find_holders()
        self.assertEqual(
            {row.partner_id: row.qty for row in self.case.holder_ids}[bob], 0
        )

    def test_a_lot_worse_than_others_opens_a_case_about_it(self):
        self.case.sudo().action_cancel()
        self.company.write({"rma_sentinel_rate": 0.0, "rma_sentinel_minimum": 3})
        bad = self._deliver_lot(self.lots[0], 50)
        good = self._deliver_lot(self.lots[1], 50)
        for order in (bad, good):
            order.picking_ids.move_ids.date = "2026-01-05"
        for order, lot, qty in ((bad, self.lots[0], 16), (good, self.lots[1], 1)):
            authorization = self._authorize(order, qty, lot_ids=self._link(lot))
            self._receive(authorization)
            findings = self._inspect(
                authorization,
                [
                    (
                        qty,
                        {
                            "fault_found": "found",
                            "fault_id": self.no_power.id,
                            "lot_id": lot.id,
                        },
                    )
                ],
            )
            # months ago: it doesn't stand out from the year before
            findings.sudo().date = "2026-03-16"
        cases = self.env["rma.authorization.sentinel"]._watch(self.company)
        case = cases.filtered(lambda one: one.alarm_kind == "lot")
        self.assertEqual(case.lot_ids, self.lots[0])
        self.assertEqual(case.alarm_count, 16)
        self.assertIn("Battery-001", case.title)


@tagged("post_install", "-at_install")
class TestCaseOfASupplier(SupplierCommon):
    """A case about a supplier's units takes no findings on those of others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot_product = cls._create_product("Battery", tracking="lot")
        cls.fault = cls.env.ref("rma_authorization.rma_authorization_fault_no_power")
        cls.orders = cls.env["sale.order"]
        for name, partner in (("S-1", cls.supplier), ("O-1", cls.other_supplier)):
            cls._buy(cls.lot_product, 5, partner=partner, names=[name])
            cls.orders += cls._sell(cls.lot_product, 5)
        cls.lots = cls.orders.picking_ids.move_line_ids.lot_id.sorted("id")

    def _find(self, order, lot, qty):
        authorization = self._authorize(order, qty, lot_ids=[Command.set(lot.ids)])
        self._receive(authorization)
        vals = {"fault_found": "found", "fault_id": self.fault.id, "lot_id": lot.id}
        return self._inspect(authorization, [(qty, vals)])

    def test_units_of_other_suppliers_are_left_to_other_cases(self):
        self.assertEqual(self.lots.mapped("name"), ["S-1", "O-1"])
        mine = self._find(self.orders[0], self.lots[0], 2)
        other = self._find(self.orders[1], self.lots[1], 3)
        engineer = new_test_user(
            self.env, "rma_engineer", groups="rma_authorization.group_rma_quality"
        )
        case = (
            self.env["rma.authorization.case"]
            .with_user(engineer)
            .create(
                {
                    "title": "Swollen",
                    "product_id": self.lot_product.id,
                    "vendor_id": self.supplier.id,
                }
            )
        )
        case.action_collect()
        self.assertEqual(case.inspection_ids, mine)
        later = self._find(self.orders[0], self.lots[0], 1)
        self.env["rma.authorization.sentinel"]._feed_open_cases(self.company)
        self.assertEqual(case.inspection_ids, mine + later)
        self.assertFalse(other.case_id)
