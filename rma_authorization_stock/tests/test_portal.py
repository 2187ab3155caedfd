# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.rma_authorization.visitor import FormError, Visitor

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestPortal(RmaStockCommon):
    """On their pages customers name the numbers that they have, and see what the
    warehouse and the bench have done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.front = cls.env["rma.authorization.request"]
        cls.order = cls._sell_from_stock(cls.serial_product, 3)
        cls.lots = cls.order.picking_ids.move_line_ids.lot_id.sorted("name")

    def _begin(self, qty=1.0):
        visitor = Visitor(self.customer, "portal")
        rows = {self.order.order_line: {"qty": qty, "reason": self.reason}}
        return self.front._start(visitor, rows)

    def _fill(self, draft, *serials):
        header = {
            "note": "",
            "transport": "ship",
            "pickup_partner": self.customer.browse(),
            "pickup_date": None,
        }
        values = {
            "resolution": "repair",
            "condition": "",
            "description": "",
            "serials": list(serials),
        }
        self.front._fill(draft, header, dict.fromkeys(draft.line_ids, values))

    def test_numbers_are_those_that_the_customer_has(self):
        draft = self._begin()
        self.assertEqual(self.front._get_numbers(draft.line_ids), self.lots)
        self._authorize(self.order, 1, lot_ids=self.lots[0].ids)
        self.assertEqual(self.front._get_numbers(draft.line_ids), self.lots[1:])
        self._fill(draft, self.lots[2].name.lower())
        self.assertEqual(draft.line_ids.lot_ids, self.lots[2])

    def test_foreign_taken_and_unknown_numbers_look_alike(self):
        foreign = self.env["stock.lot"].create(
            {"name": "Foreign-1", "product_id": self.serial_product.id}
        )
        self._stock_up(self.serial_product, 1, foreign)
        other = self.env["res.partner"].create({"name": "Bob Customer"})
        self._sell(self.serial_product, 1, partner=other)
        self._authorize(self.order, 1, lot_ids=self.lots[0].ids)
        draft = self._begin()
        for name in (foreign.name, self.lots[0].name, "Nobody-1"):
            with self.subTest(name=name), self.assertRaises(FormError) as caught:
                self._fill(draft, name)
            self.assertEqual(
                caught.exception.errors,
                [
                    (
                        f"serials_{draft.line_ids.id}",
                        f"Phone: {name} can't be returned from here. Check the number "
                        "on the product.",
                    )
                ],
            )
        self.assertFalse(draft.line_ids.lot_ids)

    def test_each_unit_has_a_number_or_none_has(self):
        draft = self._begin(2.0)
        with self.assertRaisesRegex(FormError, "you return 2 and chose 1 numbers"):
            self._fill(draft, self.lots[0].name)
        self._fill(draft)
        self._fill(draft, *self.lots[:2].mapped("name"))
        self.front._hand_in(draft)
        self.assertEqual(draft.state, "submitted")

    def test_the_page_tells_when_goods_arrived(self):
        authorization = self._authorize(self.order, 1, lot_ids=self.lots[0].ids)
        self.assertFalse(authorization.sudo()._get_received_date())
        receipt = self._receive(authorization)
        self.assertEqual(authorization.sudo()._get_received_date(), receipt.date_done)

    def test_the_quotation_of_a_repair_is_there_to_be_accepted(self):
        authorization = self._receive_and_accept(
            self.order,
            1,
            resolution="repair",
            disposition=False,
            lot_ids=self.lots[0].ids,
        )
        authorization.action_settle()
        repair = authorization.sudo().repair_ids
        repair.action_create_sale_order()
        quotation = repair.sale_order_id
        portal = authorization.sudo()
        self.assertFalse(portal._get_customer_documents(), "it isn't sent yet")
        quotation.action_quotation_sent()
        [document] = portal._get_customer_documents()
        self.assertEqual(document["name"], quotation.name)
        self.assertIn(f"/my/orders/{quotation.id}?access_token=", document["url"])
        self.assertIn("accept or decline", document["note"])
