# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestTransport(RmaStockCommon):
    """Pick-ups end with their transfer; lots, transfers and repairs lead to returns."""

    def _inspect_fault(self, order, lot, fault):
        """One unit of the lot comes back, and this fault is found."""
        authorization = self._authorize(order, 1, lot_ids=[(6, 0, lot.ids)])
        self._receive(authorization)
        self._inspect(
            authorization,
            [
                (
                    1,
                    {
                        "verdict": "accepted",
                        "lot_id": lot.id,
                        "fault_found": "found",
                        "fault_id": fault.id,
                    },
                )
            ],
        )

    def test_a_pickup_is_done_when_the_worker_receives_it(self):
        order = self._sell_from_stock(self.product, 3)
        authorization = self._authorize(order, 2)
        authorization.action_plan_pickup(authorization.date_deadline)
        kind = self.env.ref("rma_authorization.mail_activity_type_pickup")
        activities = authorization.sudo().activity_ids
        self.assertEqual(activities.activity_type_id & kind, kind)
        self._receive(authorization, 1)
        self.assertIn(kind, authorization.sudo().activity_ids.activity_type_id)
        self._receive(authorization)
        self.assertNotIn(kind, authorization.sudo().activity_ids.activity_type_id)

    def test_a_number_says_how_often_it_had_the_same_fault(self):
        product = self._create_product("Cable", tracking="lot")
        lot = self._create_lots(product, 1)
        self._stock_up(product, 3, [lot, lot, lot])
        order = self._sell(product, 3)
        dark, mute = self.env["rma.authorization.fault"].create(
            [{"name": name, "code": name, "kind": "fault"} for name in ("dark", "mute")]
        )
        for number, fault in enumerate((dark, mute, dark), start=1):
            self._inspect_fault(order, lot, fault)
            lot.invalidate_recordset()
            seen = lot.with_user(self.technician)
            self.assertEqual(seen.rma_count, number)
        self.assertEqual(seen.rma_same_fault_count, 2)

    def test_a_repair_leads_to_its_return(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._receive_and_accept(order, 1, resolution="repair")
        authorization.action_settle()
        repair = authorization.sudo().repair_ids.with_user(self.technician)
        self.assertEqual(repair.rma_count, 1)
        action = repair.action_view_rma()
        self.assertEqual(action["res_model"], "rma.authorization")
        self.assertEqual(action["res_id"], authorization.id)

    def test_the_rate_counts_what_the_transfers_moved(self):
        """2 of 5 came back: deliveries and receipts are transfers here."""
        order = self._sell_from_stock(self.product, 5)
        self._receive(self._authorize(order, 2))
        seen = self.product.with_user(self.agent)
        self.assertAlmostEqual(seen.rma_return_rate, 0.4)
        self.assertEqual(seen.rma_count, 1)
