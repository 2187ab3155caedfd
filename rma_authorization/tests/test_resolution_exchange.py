# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestResolutionExchange(RmaCommon):
    """A replacement is an order of its own, at no charge, done when delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell(5)

    def _exchange(self, qty=3, **line_vals):
        authorization = self._receive_and_accept(
            self.order, qty, resolution="exchange", **line_vals
        )
        authorization.action_settle()
        return authorization

    def test_the_replacement_is_a_confirmed_order_at_no_charge(self):
        authorization = self._exchange()
        replacement = authorization.sudo().replacement_order_ids
        self.assertRecordValues(
            replacement,
            [
                {
                    "state": "sale",
                    "partner_id": self.customer.id,
                    "amount_total": 0.0,
                    "origin": authorization.rma_number,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRecordValues(
            replacement.order_line,
            [{"product_id": self.product.id, "product_uom_qty": 3, "price_unit": 0.0}],
        )

    def test_the_replacement_stays_free_when_its_quantity_changes(self):
        line = self._exchange().sudo().replacement_order_ids.order_line
        line.product_uom_qty = 2
        self.assertEqual(line.price_unit, 0.0)

    def test_the_replacement_goes_to_the_pick_up_address(self):
        shop = self.env["res.partner"].create(
            {"name": "Shop", "type": "delivery", "parent_id": self.customer.id}
        )
        authorization = self._create_authorization(
            self.order, 1, resolution="exchange", advance=True
        )
        authorization.pickup_partner_id = shop
        authorization.action_authorize()
        authorization.action_settle()
        replacement = authorization.sudo().replacement_order_ids
        self.assertEqual(replacement.partner_shipping_id, shop)

    def test_another_product_may_be_sent(self):
        authorization = self._exchange(replacement_product_id=self.other_product.id)
        replacement = authorization.sudo().replacement_order_ids
        self.assertEqual(replacement.order_line.product_id, self.other_product)

    def test_the_replacement_keeps_the_unit_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.order = self._sell(24)
        authorization = self._exchange(2, product_uom_id=dozen.id)
        line = authorization.sudo().replacement_order_ids.order_line
        self.assertEqual((line.product_uom_qty, line.product_uom_id), (2, dozen))

    def test_an_order_line_per_settlement_and_an_order_per_return(self):
        order = self._sell(5, products=self.product | self.other_product)
        first = self._receive_and_accept(order, 1, resolution="exchange")
        second = self._receive_and_accept(
            self._sell(partner=self.other_customer), 1, resolution="exchange"
        )
        (first | second).action_settle()
        self.assertEqual(len(first.sudo().replacement_order_ids.order_line), 2)
        self.assertEqual(
            second.sudo().replacement_order_ids.partner_id, self.other_customer
        )

    def test_it_is_under_way_until_delivered(self):
        authorization = self._exchange()
        self.assertEqual(authorization.settlement_ids.state, "in_progress")
        self.assertEqual(authorization.line_ids.qty_settling, 3)
        self._put_away(authorization)
        self.assertEqual(authorization.next_step, "close")
        self.assertEqual(authorization.state, "authorized")

    def test_it_is_done_and_the_return_closed_once_delivered(self):
        authorization = self._exchange()
        self._put_away(authorization)
        self._deliver(authorization.sudo().replacement_order_ids)
        self.assertEqual(authorization.settlement_ids.state, "done")
        self.assertEqual(authorization.state, "closed")

    def test_half_a_delivery_is_not_enough(self):
        authorization = self._exchange()
        self._put_away(authorization)
        self._deliver(authorization.sudo().replacement_order_ids, 2)
        self.assertEqual(authorization.settlement_ids.state, "in_progress")
        self.assertEqual(authorization.state, "authorized")

    def test_what_the_order_does_not_promise_any_more_is_free(self):
        authorization = self._exchange()
        replacement = authorization.sudo().replacement_order_ids
        replacement.order_line.product_uom_qty = 2
        self.assertRecordValues(
            authorization.line_ids, [{"qty_settling": 2, "qty_to_settle": 1}]
        )
        self._deliver(replacement)
        self.assertRecordValues(
            authorization.line_ids, [{"qty_settled": 2, "qty_to_settle": 1}]
        )
        self.assertEqual(authorization.next_step, "settle")

    def test_no_more_is_sent_for_free_than_was_exchanged(self):
        authorization = self._exchange()
        replacement = authorization.sudo().replacement_order_ids
        with self.assertRefused("4.0 can't be sent for free"):
            replacement.order_line.product_uom_qty = 4

    def test_a_cancelled_replacement_frees_its_quantity(self):
        authorization = self._exchange()
        authorization.sudo().replacement_order_ids._action_cancel()
        self.assertEqual(authorization.settlement_ids.state, "cancelled")
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_received": 3, "qty_accepted": 3, "qty_to_settle": 3}],
        )
        self.assertEqual(authorization.next_step, "settle")

    def test_after_a_cancelled_replacement_another_can_be_sent(self):
        authorization = self._exchange()
        authorization.sudo().replacement_order_ids._action_cancel()
        authorization.action_settle()
        self.assertEqual(
            authorization.sudo().replacement_order_ids.sorted("id").mapped("state"),
            ["cancel", "sale"],
        )
        self.assertEqual(authorization.line_ids.qty_settling, 3)

    def test_a_cancelled_replacement_is_not_taken_up_again(self):
        authorization = self._exchange()
        replacement = authorization.sudo().replacement_order_ids
        replacement._action_cancel()
        authorization.action_settle()
        with self.assertRefused(f"{replacement.name} can't be taken up again"):
            replacement.action_draft()
        self.assertEqual(authorization.line_ids.qty_settling, 3)

    def test_undoing_cancels_the_order(self):
        authorization = self._exchange()
        authorization.settlement_ids.action_undo()
        self.assertEqual(authorization.sudo().replacement_order_ids.state, "cancel")
        self.assertEqual(authorization.line_ids.qty_to_settle, 3)

    def test_undoing_after_delivery_is_refused(self):
        authorization = self._exchange()
        self._deliver(authorization.sudo().replacement_order_ids)
        with self.assertRefused("was delivered and can't be taken back"):
            authorization.settlement_ids.action_undo()
        self.assertEqual(authorization.settlement_ids.state, "done")

    def test_undoing_after_a_part_was_delivered_frees_the_rest(self):
        authorization = self._exchange()
        self._deliver(authorization.sudo().replacement_order_ids, 1)
        authorization.settlement_ids.action_undo()
        self.assertRecordValues(
            authorization.settlement_ids.sorted("id"),
            [{"qty": 1, "state": "done"}, {"qty": 2, "state": "cancelled"}],
        )
        self.assertEqual(authorization.line_ids.qty_to_settle, 2)

    def test_a_product_that_is_not_for_sale_is_refused(self):
        authorization = self._receive_and_accept(self.order, 3, resolution="exchange")
        self.product.sale_ok = False
        with self.assertRefused("Radio can't be exchanged: Radio isn't sold any more"):
            authorization.action_settle()
        authorization.line_ids.replacement_product_id = self.other_product
        self.assertTrue(authorization.action_settle())

    def test_in_advance_it_is_sent_before_receipt(self):
        authorization = self._authorize(
            self.order, 2, resolution="exchange", advance=True
        )
        self.assertEqual(authorization.next_step, "settle")
        authorization.action_settle()
        self.assertEqual(authorization.next_step, "receive")
        self.assertEqual(len(authorization.sudo().replacement_order_ids), 1)

    def test_not_in_advance_it_waits_for_the_goods(self):
        authorization = self._authorize(self.order, 2, resolution="exchange")
        self.assertFalse(authorization.action_settle())
        self.assertFalse(authorization.sudo().replacement_order_ids)

    def test_the_replacement_can_be_returned_in_its_turn(self):
        authorization = self._exchange()
        replacement = authorization.sudo().replacement_order_ids
        self._deliver(replacement)
        self.assertEqual(self._authorize(replacement, 3).state, "authorized")
