# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .bench import BenchCommon


@tagged("post_install", "-at_install")
class TestOutsourcing(BenchCommon):
    """A vendor repairs a unit for us: it goes there and back, and costs what we buy
    (R5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Fixers"})
        cls.service = cls._create_product(
            "Board Repair",
            type="service",
            is_storable=False,
            supplier_taxes_id=[Command.clear()],
            seller_ids=[Command.create({"partner_id": cls.vendor.id, "price": 35.0})],
        )
        cls.location = cls.warehouse.rma_vendor_location_id

    def _plan(self, **vals):
        authorization, repair = self._receive_for_repair(
            product=self.serial_product, under_warranty=True
        )
        outsourcing = (
            self.env["rma.authorization.outsourcing"]
            .with_user(self.technician)
            .create(
                {
                    "repair_id": repair.id,
                    "partner_id": self.vendor.id,
                    "service_id": self.service.id,
                    **vals,
                }
            )
        )
        return authorization, repair, outsourcing

    def _validate(self, outsourcing):
        pickings = outsourcing.sudo().picking_ids.filtered(
            lambda one: one.state != "done"
        )
        for picking in pickings.with_user(self.worker):
            picking.button_validate()

    def test_the_unit_goes_to_the_vendor_and_back_and_stays_the_customers(self):
        authorization, repair, outsourcing = self._plan()
        outsourcing.action_send()
        self.assertEqual(outsourcing.state, "waiting")
        self._validate(outsourcing)
        self.assertEqual(outsourcing.state, "out")
        lot = repair.lot_id
        self.assertListed(outsourcing.sudo().picking_ids)
        self.assertEqual(self._find_customers_own(lot), self.location)
        move_line = outsourcing.sudo().picking_ids.move_ids.move_line_ids
        self.assertEqual(move_line.owner_id, self.customer)
        self.assertFalse(move_line.move_id.is_out)
        # it is neither finished nor sent back meanwhile
        repair.action_repair_start()
        with self.assertRefused("is at Fixers"):
            repair.action_repair_end()
        outsourcing.action_take_back()
        self._validate(outsourcing)
        self.assertEqual(outsourcing.state, "back")
        self.assertEqual(self._find_customers_own(lot), self.warehouse.rma_location_id)
        repair.action_repair_end()
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.state, "closed")

    def _find_customers_own(self, lot):
        """Where the unit is that belongs to the customer."""
        return lot.quant_ids.filtered(
            lambda quant: quant.owner_id == self.customer and quant.quantity > 0
        ).location_id

    def test_what_is_ordered_is_in_the_ledger(self):
        authorization, _repair, outsourcing = self._plan()
        outsourcing.action_order()
        line = outsourcing.sudo().purchase_line_ids
        self.assertEqual(line.order_id.partner_id, self.vendor)
        self.assertFalse(authorization.cost_ids)
        line.order_id.button_confirm()
        self.assertRecordValues(
            authorization.cost_ids,
            [
                {
                    "kind": "labour",
                    "amount": 35.0,
                    "line_id": authorization.line_ids.id,
                    "res_model": "purchase.order.line",
                    "res_id": line.id,
                }
            ],
        )
        line.price_unit = 42.5
        self.assertEqual(authorization.cost_total, 42.5)
        line.order_id.button_cancel()
        self.assertFalse(authorization.cost_ids)
        outsourcing.action_order()
        self.assertEqual(len(outsourcing.sudo().purchase_line_ids), 2)

    def test_services_of_one_vendor_are_one_order(self):
        _one, _repair, first = self._plan()
        self.serial_product = self._create_product("Tablet", tracking="serial")
        _two, _repair, second = self._plan()
        (first | second).action_order()
        lines = (first | second).sudo().purchase_line_ids
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines.order_id.amount_untaxed, 70.0)

    def test_a_unit_is_at_one_vendor(self):
        _authorization, repair, outsourcing = self._plan()
        outsourcing.action_send()
        with self.assertRefused("was sent already"):
            outsourcing.action_send()
        with self.assertRefused("was sent already"):
            outsourcing.copy({"repair_id": repair.id}).action_send()
        with self.assertRefused("isn't at the vendor"):
            outsourcing.action_take_back()
        with self.assertRefused("its history"):
            outsourcing.with_user(self.manager).unlink()
        outsourcing.sudo().picking_ids.action_cancel()
        self.assertEqual(outsourcing.state, "draft")
        repair.action_repair_cancel()
        with self.assertRefused("is over"):
            outsourcing.action_send()

    def test_it_is_ordered_once_and_as_something(self):
        _authorization, _repair, outsourcing = self._plan()
        outsourcing.action_order()
        with self.assertRefused("order it once"):
            outsourcing.action_order()
        _authorization, _repair, other = self._plan_nothing()
        with self.assertRefused("choose a service"):
            other.action_order()

    def _plan_nothing(self):
        self.serial_product = self._create_product("Tablet", tracking="serial")
        return self._plan(service_id=False)

    def test_who_sends(self):
        _authorization, _repair, outsourcing = self._plan()
        outsourcing.with_user(self.agent).note = "Please mend it"
        inspector = self.env["res.users"].create(
            {
                "name": "Ina",
                "login": "rma_inspector",
                "group_ids": [
                    Command.link(
                        self.env.ref("rma_authorization.group_rma_technician").id
                    )
                ],
            }
        )
        for action in ("action_send", "action_order", "action_take_back"):
            with self.assertRaises(AccessError):
                getattr(outsourcing.with_user(inspector), action)()
