# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo.tests import freeze_time, tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestOwed(RmaStockCommon):
    """What was replaced in advance is owed until it is on our dock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell_from_stock(cls.product, 5)
        cls._stock_up(cls.product, 10)

    def _replace(self):
        authorization = self._authorize(
            self.order, 3, resolution="exchange", advance=True, disposition="restock"
        )
        authorization.action_settle()
        return authorization

    def _get_delivery(self, authorization):
        return authorization.sudo().replacement_order_ids.picking_ids

    def test_the_time_begins_when_all_of_the_replacement_has_left(self):
        authorization = self._replace()
        line = authorization.line_ids
        self.assertRecordValues(line, [{"qty_owed": 3, "owed_deadline": False}])
        delivery = self._get_delivery(authorization)
        with freeze_time("2026-03-10 12:00:00"):
            delivery.action_assign()
            delivery.move_ids.quantity = 1
            delivery.button_validate()
            delivery._create_backorder()
            self.env.flush_all()
        self.assertRecordValues(line, [{"qty_owed": 3, "owed_deadline": False}])
        with freeze_time("2026-03-12 12:00:00"):
            self._deliver(self._get_delivery(authorization))
            self.env.flush_all()
        self.assertRecordValues(
            line, [{"qty_owed": 3, "owed_deadline": date(2026, 4, 11)}]
        )

    def test_what_the_worker_receives_is_not_owed_any_more(self):
        authorization = self._replace()
        self._deliver(self._get_delivery(authorization))
        self._receive(authorization, 2)
        self.assertEqual(authorization.line_ids.qty_owed, 1)
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_owed, 0)

    def test_a_receipt_taken_back_is_owed_again(self):
        authorization = self._replace()
        self._deliver(self._get_delivery(authorization))
        receipt = self._receive(authorization).sudo()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=receipt.id, active_model="stock.picking")
            .create({"picking_id": receipt.id})
        )
        wizard.product_return_moves.quantity = 3
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._deliver(back)
        self.assertEqual(authorization.line_ids.qty_received, 0)
        self.assertEqual(authorization.line_ids.qty_owed, 3)

    def test_a_cancelled_delivery_is_not_owed(self):
        authorization = self._replace()
        authorization.sudo().replacement_order_ids._action_cancel()
        self.assertEqual(authorization.line_ids.qty_owed, 0)
