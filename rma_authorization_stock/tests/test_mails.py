# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestMails(RmaStockCommon):
    """Customers hear what arrives, is repaired, and is on its way back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "ada@example.com"

    def _get_waiting(self, authorization):
        """The events whose mails wait."""
        mails_sudo = authorization.sudo().mail_ids.filtered(
            lambda mail: mail.state == "queued"
        )
        return set(mails_sudo.template_id.mapped("name"))

    def _send(self, authorization):
        mails_sudo = authorization.sudo().mail_ids.filtered(
            lambda mail: mail.state == "queued"
        )
        for mail in mails_sudo.sorted("id"):
            mail._send()
        return mails_sudo.message_id

    def test_a_receipt_in_parts_is_told_each_time(self):
        order = self._sell_from_stock(self.product, 3)
        authorization = self._authorize(order, 3)
        self._send(authorization)
        receipt = authorization.sudo()._get_open_receipts()
        receipt.move_ids.quantity = 2
        receipt.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self._get_waiting(authorization), {"Return: Goods Received"})
        body = self._send(authorization).body
        self.assertIn("have arrived", " ".join(body.split()))

    def test_an_ordinary_delivery_tells_of_no_return(self):
        mails = self.env["rma.authorization.mail"].search_count([])
        self._sell_from_stock(self.product, 1)
        self.assertEqual(self.env["rma.authorization.mail"].search_count([]), mails)

    def test_a_repair_and_its_way_back_are_told(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._receive_and_accept(
            order, 1, resolution="repair", under_warranty=True, disposition=False
        )
        authorization.action_settle()
        self._send(authorization)
        repairs = authorization.sudo().repair_ids.with_user(self.technician)
        repairs.action_repair_start()
        repairs.action_repair_end()
        self.assertIn("Return: Repaired", self._get_waiting(authorization))
        self._send(authorization)
        delivery = authorization.sudo().inspection_ids.move_ids.picking_id
        delivery.button_validate()
        self.assertIn("Return: Sent Back", self._get_waiting(authorization))
        words = " ".join(self._send(authorization).mapped("body"))
        self.assertIn("way back to you", " ".join(words.split()))

    def test_orders_are_found_by_serial_in_a_mail(self):
        order = self._sell_from_stock(self.serial_product, 1)
        serial = order.picking_ids.move_ids.lot_ids
        find = self.env["rma.authorization"].sudo()._find_orders
        self.assertEqual(find([serial.name], self.customer, self.company), order)
        stranger = self.env["res.partner"].create({"name": "Eve"})
        self.assertFalse(find([serial.name], stranger, self.company))
