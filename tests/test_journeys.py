# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaJourneyCommon


@tagged("post_install", "-at_install")
class TestJourneys(RmaJourneyCommon):
    """Whole returns, from the sale to the last document, by the people who do it."""

    def test_sale_to_credit(self):
        order = self._sell_and_invoice(
            self.product, 5, tax_ids=[Command.set(self.tax.ids)]
        )
        invoice = order.invoice_ids
        authorization = self._receive_and_accept(order, 2, resolution="credit")
        self._settle(authorization)
        credit_note = self._get_credit_notes(authorization)
        self.assertRecordValues(
            credit_note,
            [
                {
                    "state": "draft",
                    "move_type": "out_refund",
                    "reversed_entry_id": invoice.id,
                    "amount_untaxed": 200.0,
                    "amount_total": 240.0,
                }
            ],
        )
        self.assertEqual(authorization.next_step, "dispose")
        self._dispose(authorization)
        self.assertEqual(authorization.next_step, "close")
        self._release(authorization)
        self.assertRecordValues(
            credit_note, [{"state": "posted", "payment_state": "paid"}]
        )
        self.assertEqual(invoice.amount_residual, 600.0 - 240.0)
        self.assertBalanced(credit_note | invoice)
        self.assertEqual(authorization.state, "closed")
        self.assertStock(self.product, on_hand=2, quarantine=0, available=2)
        self.assertSold(order, delivered=3, invoiced=3, status="invoiced")

    def test_sale_to_exchange(self):
        order = self._sell_and_invoice(self.serial_product, 2)
        lot = order.picking_ids.move_ids.lot_ids[0]
        fresh = self.env["stock.lot"].create(
            {"name": "Fresh", "product_id": self.serial_product.id}
        )
        self._stock_up(self.serial_product, 1, fresh)
        authorization = self._receive_and_accept(
            order,
            1,
            resolution="exchange",
            disposition="scrap",
            lot_ids=[Command.set(lot.ids)],
        )
        self._settle(authorization)
        replacement = authorization.sudo().replacement_order_ids
        self.assertEqual(replacement.picking_ids.move_ids.lot_ids, fresh)
        self._deliver(replacement.picking_ids)
        self._dispose(authorization)
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(replacement.amount_total, 0.0)
        self.assertSold(order, delivered=2, invoiced=2, status="invoiced")
        self.assertStock(self.serial_product, on_hand=0, quarantine=0, available=0)

    def test_sale_to_repair_in_warranty_and_back(self):
        order = self._sell_and_invoice(self.serial_product, 1)
        lot = order.picking_ids.move_ids.lot_ids
        authorization = self._receive_and_accept(
            order,
            1,
            resolution="repair",
            disposition=False,
            under_warranty=True,
            lot_ids=[Command.set(lot.ids)],
        )
        self._settle(authorization)
        repair = authorization.sudo().repair_ids.with_user(self.technician)
        self.assertRecordValues(
            repair, [{"lot_id": lot.id, "under_warranty": True, "state": "confirmed"}]
        )
        repair.action_repair_start()
        repair.action_repair_end()
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(lot.location_id.usage, "customer")
        self.assertFalse(self._get_credit_notes(authorization))
        self.assertSold(order, delivered=1, invoiced=1, status="invoiced")

    def test_refused_after_inspection_and_sent_back(self):
        order = self._sell_and_invoice(self.product, 2)
        authorization = self._authorize(order, 2, resolution="credit")
        self._receive(authorization)
        self._inspect(
            authorization,
            [(2, {"verdict": "rejected", "disposition": "send_back"})],
        )
        self._settle(authorization)
        self._dispose(authorization)
        self.assertStock(self.product, on_hand=0, quarantine=2, available=0)
        self._deliver(authorization.sudo().picking_ids)
        self.assertStock(self.product, on_hand=0, quarantine=0, available=0)
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(authorization.line_ids.qty_rejected, 2)
        self.assertFalse(self._get_credit_notes(authorization))
        self.assertSold(order, delivered=2, invoiced=2, status="invoiced")

    def test_ten_units_end_as_three_credited_five_exchanged_two_sent_back(self):
        for policy in ("delivery", "order"):
            with self.subTest(policy=policy):
                self._play_ten_units(policy)

    def _play_ten_units(self, policy):
        """The sale's and the stock's figures, checked after every step."""
        product = self._create_product(f"Sold by {policy}", invoice_policy=policy)
        self._stock_up(product, 15)
        order = self._sell(product, 10)
        self.assertSold(order, delivered=10, invoiced=0, status="to invoice")
        order._create_invoices().action_post()
        figures = {"delivered": 10, "invoiced": 10, "status": "invoiced"}
        self.assertSold(order, **figures)
        self.assertStock(product, on_hand=5, quarantine=0, available=5)

        authorization = self._authorize(order, 10, resolution="credit")
        self.assertSold(order, **figures)
        self._receive(authorization)
        self.assertSold(order, **figures)
        self.assertStock(product, on_hand=5, quarantine=10, available=5)

        self._inspect(
            authorization,
            [
                (3, {"resolution": "credit", "disposition": "restock"}),
                (5, {"resolution": "exchange", "disposition": "scrap"}),
                (2, {"verdict": "rejected", "disposition": "send_back"}),
            ],
        )
        self.assertSold(order, **figures)
        self._settle(authorization)
        figures = {"delivered": 7, "invoiced": 7, "status": "invoiced"}
        self.assertSold(order, **figures)
        self.assertStock(product, on_hand=5, quarantine=10, available=0)

        self._dispose(authorization)
        self.assertStock(product, on_hand=8, quarantine=2, available=3)
        credit_note = self._release(authorization)
        self.assertEqual(credit_note.amount_untaxed, 300.0)
        self.assertBalanced(credit_note)
        self.assertSold(order, **figures)

        self._deliver(authorization.sudo().replacement_order_ids.picking_ids)
        self.assertSold(order, **figures)
        self._deliver(authorization.sudo().picking_ids)
        self.assertSold(order, **figures)
        self.assertStock(product, on_hand=3, quarantine=0, available=3)
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_settled": 10, "qty_disposed": 10, "qty_rejected": 2}],
        )
        self.assertEqual(authorization.state, "closed")

    def test_a_deleted_draft_credit_note_gives_the_sale_its_figures_back(self):
        order = self._sell_and_invoice(self.product, 5)
        authorization = self._receive_and_accept(order, 2, resolution="credit")
        self._settle(authorization)
        self.assertSold(order, delivered=3, invoiced=3, status="invoiced")
        self._get_credit_notes(authorization).with_user(self.accountant).unlink()
        self.assertSold(order, delivered=5, invoiced=5, status="invoiced")
        self.assertRecordValues(
            authorization.line_ids, [{"qty_received": 2, "qty_to_settle": 2}]
        )

    def test_what_was_never_invoiced_is_not_invoiced_any_more(self):
        order = self._sell_from_stock(self.product, 5)
        authorization = self._receive_and_accept(order, 2, resolution="credit")
        self._settle(authorization)
        self.assertFalse(self._get_credit_notes(authorization))
        self.assertSold(order, delivered=3, invoiced=0, status="to invoice")
        self.assertEqual(order.order_line.qty_to_invoice, 3)
        invoice = order._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.quantity, 3)
