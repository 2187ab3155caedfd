# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestPolicy(RmaStockCommon):
    """What deliveries, serials and repairs tell a policy."""

    def _put_in_force(self, **terms):
        policy = self.env["rma.authorization.policy"].create(
            {"name": "Ada's", "partner_ids": self.customer.ids, "window": 7, **terms}
        )
        policy.action_put_in_force()
        return policy

    def _ask(self, order, lots=None, days=0, **line_vals):
        """Ask so many days after today for what was delivered today."""
        if lots:
            line_vals["lot_ids"] = [Command.set(lots.ids)]
        authorization = self._create_authorization(order, 1, **line_vals)
        authorization.date_request = fields.Datetime.now() + timedelta(days=days)
        authorization.action_submit()
        return authorization.line_ids

    def _withdraw(self, line):
        line.authorization_id.action_cancel()

    def test_the_window_counts_from_the_last_delivery(self):
        self._put_in_force()
        order = self._sell_from_stock(self.product, 5)
        # long ago; and a part of it a week later
        order.date_order = fields.Datetime.now() - timedelta(days=100)
        order.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=20)
        line = self._ask(order)
        self.assertEqual(line.eligibility, "ineligible")
        self._withdraw(line)
        order.order_line.product_uom_qty = 6
        self._stock_up(self.product, 1)
        self._deliver(order.picking_ids)
        self.assertEqual(self._ask(order).eligibility, "eligible")

    def test_a_chosen_delivery_counts_alone(self):
        self._put_in_force()
        order = self._sell_from_stock(self.product, 5)
        first = order.picking_ids.move_ids
        order.order_line.product_uom_qty = 6
        self._stock_up(self.product, 1)
        self._deliver(order.picking_ids)
        first.date = fields.Datetime.now() - timedelta(days=20)
        self.assertEqual(self._ask(order, move_id=first.id).eligibility, "ineligible")

    def test_a_serial_counts_from_its_own_delivery(self):
        self._put_in_force()
        order = self._sell_from_stock(self.serial_product, 2)
        old, new = order.picking_ids.move_line_ids
        old.date = fields.Datetime.now() - timedelta(days=20)
        self.assertEqual(self._ask(order, old.lot_id).eligibility, "ineligible")
        self.assertEqual(self._ask(order, new.lot_id).eligibility, "eligible")

    def test_serials_are_demanded_of_goods_that_have_them(self):
        self._put_in_force(serial_required=True)
        order = self._sell_from_stock(self.serial_product, 1)
        line = self._ask(order)
        self.assertEqual(line.eligibility, "incomplete")
        self.assertIn("serial number", line.eligibility_note)
        line.lot_ids = order.picking_ids.move_line_ids.lot_id
        self.assertEqual(line.eligibility, "eligible")
        order = self._sell_from_stock(self.product, 1)
        self.assertEqual(self._ask(order).eligibility, "eligible")

    def test_a_repair_out_of_warranty_is_offered(self):
        self._put_in_force(returnable="warranty")
        self.serial_product.rma_warranty_months = 12
        order = self._sell_from_stock(self.serial_product, 1)
        lot = order.picking_ids.move_line_ids.lot_id
        line = self._ask(order, lot, 400, resolution="exchange")
        self.assertEqual(line.eligibility, "ineligible")
        line.resolution = "repair"
        self.assertEqual(line.eligibility, "check")
        self.assertIn("We can make you an offer", line.eligibility_note)
        self._withdraw(line)
        line = self._ask(order, lot, 300, resolution="repair")
        self.assertEqual(line.eligibility, "eligible")

    def _repair(self, order, lots):
        """The unit comes, is repaired and goes back."""
        authorization = self._receive_and_accept(
            order,
            1,
            resolution="repair",
            disposition=False,
            lot_ids=[Command.set(lots.ids)],
        )
        authorization.action_settle()
        repairs = authorization.sudo().repair_ids.with_user(self.technician)
        repairs.action_repair_start()
        repairs.action_repair_end()
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.settlement_ids.state, "done")

    def test_the_third_repair_is_an_exchange(self):
        """Three guarantees: 15 days to exchange, and after that the third time."""
        self._put_in_force(
            window=1,
            window_unit="year",
            resolution_ids=[
                Command.create({"resolution": "repair"}),
                Command.create({"resolution": "exchange", "window": 15}),
                Command.create({"resolution": "exchange", "repairs": 2}),
            ],
        )
        order = self._sell_from_stock(self.serial_product, 2)
        lot, other = order.picking_ids.move_line_ids.lot_id

        def judge(unit, days):
            line = self._ask(order, unit, days, resolution="exchange")
            self._withdraw(line)
            return line.eligibility

        self.assertEqual(judge(lot, 15), "eligible")
        self.assertEqual(judge(lot, 16), "ineligible")
        self._repair(order, lot)
        self.assertEqual(judge(lot, 16), "ineligible")
        self._repair(order, lot)
        self.assertEqual(judge(lot, 16), "eligible")
        # the repairs of one unit are none of another
        self.assertEqual(judge(other, 16), "ineligible")
        self.assertEqual(judge(lot, 400), "ineligible")
