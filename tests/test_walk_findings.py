# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What random walks found: one fixed sequence each, named as the requirement."""

from odoo import Command
from odoo.tests import tagged

from .common import RmaJourneyCommon


@tagged("post_install", "-at_install")
class TestWalkFindings(RmaJourneyCommon):
    def test_a_return_is_not_closed_while_its_goods_are_in_quarantine(self):
        order = self._sell_from_stock(self.product, 2)
        authorization = self._receive_and_accept(order, 2, disposition=False)
        finding = authorization.sudo().inspection_ids
        finding.with_user(self.technician).disposition = "keep"
        self._settle(authorization)
        with self.assertRefused("quarantine"):
            self._dispose(authorization)
        self.assertEqual(authorization.state, "authorized")

    def test_a_reversed_receipt_is_not_another_delivery(self):
        order = self._sell_and_invoice(self.product, 3)
        authorization = self._authorize(order, 3)
        receipt = self._receive(authorization)
        window = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .create({"picking_id": receipt.id})
        )
        window.product_return_moves.quantity = 2
        reversal = window._create_return()
        reversal.with_context(skip_backorder=True).button_validate()
        self.assertEqual(authorization.line_ids.qty_received, 1)
        self.assertSold(order, delivered=3, invoiced=3, status="invoiced")

    def test_the_core_wizard_returns_no_lot_that_came_to_be_repaired(self):
        product = self._create_product("Paint", tracking="lot")
        lots = self._create_lots(product, 2)
        quant = self.env["stock.quant"]
        for lot, qty in zip(lots, (3, 2), strict=True):
            quant._update_available_quantity(
                product, self.warehouse.lot_stock_id, qty, lot_id=lot
            )
        order = self._sell(product, 5)
        delivery = order.picking_ids
        authorization = self._authorize(order, 3, resolution="repair")
        receipt = authorization.sudo()._get_open_receipts().with_user(self.worker)
        receipt.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "lot_id": lots[0].id,
                    "quantity": 3,
                    "picking_id": receipt.id,
                }
            )
        ]
        self._receive(authorization)
        self.assertTrue(receipt.move_line_ids.owner_id)
        window = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .create({"picking_id": delivery.id})
        )
        window.product_return_moves.quantity = 1
        by_hand = window._create_return()
        self.assertEqual(by_hand.move_line_ids.lot_id, lots[1])
