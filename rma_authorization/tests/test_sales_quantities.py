# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestSalesQuantities(RmaCommon):
    """Receipt and replacement leave the sale alone: only credits change it (F10)."""

    def assertSaleUntouched(self, order):
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_uom_qty": 5,
                    "qty_delivered": 5,
                    "qty_to_invoice": 5,
                    "invoice_status": "to invoice",
                    "rma_credited_qty": 0,
                }
            ],
        )
        self.assertEqual(order.invoice_status, "to invoice")

    def test_a_receipt_changes_nothing(self):
        order = self._sell(5)
        self._receive(self._authorize(order, 3))
        self.assertSaleUntouched(order)

    def test_an_exchange_changes_nothing(self):
        order = self._sell(5)
        authorization = self._receive_and_accept(order, 3, resolution="exchange")
        authorization.action_settle()
        self.assertSaleUntouched(order)
        self._put_away(authorization)
        self._deliver(authorization.sudo().replacement_order_ids)
        self.assertEqual(authorization.state, "closed")
        self.assertSaleUntouched(order)

    def test_neither_advice_nor_nothing_changes_anything(self):
        for resolution in ("solved", "none"):
            order = self._sell(5)
            authorization = self._receive_and_accept(order, 3, resolution=resolution)
            authorization.action_settle()
            with self.subTest(resolution):
                self.assertSaleUntouched(order)

    def test_ordered_quantities_stay_invoiceable(self):
        self.product.invoice_policy = "order"
        order = self._sell(5)
        self._receive_and_accept(order, 3, resolution="exchange").action_settle()
        self.assertSaleUntouched(order)

    def test_the_replacement_asks_for_no_invoice_of_the_sale(self):
        order = self._sell(5)
        authorization = self._receive_and_accept(order, 3, resolution="exchange")
        authorization.action_settle()
        replacement = authorization.sudo().replacement_order_ids
        self.assertFalse(replacement & order)
        self.assertEqual(replacement.amount_to_invoice, 0.0)

    def test_the_order_counts_its_returns(self):
        order = self._sell(5)
        first, second = self._authorize(order), self._authorize(order)
        self.assertEqual(order.rma_count, 2)
        action = order.with_user(self.agent).action_view_rma()
        self.assertEqual(action["domain"], [("id", "in", (first | second).ids)])

    def test_the_return_counts_its_orders(self):
        order = self._sell(5)
        authorization = self._receive_and_accept(order, 3, resolution="exchange")
        authorization.action_settle()
        self.assertEqual(authorization.sale_order_ids, order)
        self.assertEqual(authorization.sale_order_count, 1)
        self.assertEqual(authorization.replacement_order_count, 1)

    def test_an_order_line_with_returns_is_not_deleted(self):
        order = self._sell(5)
        self._authorize(order)
        with self.assertRaises(UserError):
            order.order_line.unlink()
