# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestReceive(RmaCommon):
    """What arrives is counted, in parts if need be; the window for it is the base's
    own, and stays exact where an addon has transfers instead."""

    def _open_window(self, authorization):
        return (
            self.env["rma.authorization.receive"]
            .with_user(self.agent)
            .create({"authorization_ids": authorization.ids})
        )

    def test_a_partial_receipt_keeps_the_rest_expected(self):
        authorization = self._authorize(self._sell(), 3)
        self._receive(authorization, 1)
        self.assertRecordValues(
            authorization.line_ids,
            [{"qty_received": 1, "qty_to_receive": 2, "qty_to_inspect": 1}],
        )
        self.assertEqual(authorization.receipt_status, "partial")

    def test_the_rest_can_arrive_later(self):
        authorization = self._authorize(self._sell(), 3)
        self._receive(authorization, 1)
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 3)
        self.assertEqual(authorization.receipt_status, "done")

    def test_goods_in_hand_come_before_goods_awaited(self):
        authorization = self._authorize(self._sell(), 3)
        self.assertEqual(authorization.next_step, "receive")
        self._receive(authorization, 1)
        self.assertEqual(authorization.next_step, "inspect")

    def test_the_window_proposes_what_is_expected(self):
        order = self._sell(products=self.product | self.other_product)
        authorization = self._create_authorization(order, 3)
        authorization.line_ids[1].qty_authorized = 0
        authorization.action_authorize()
        window = self._open_window(authorization)
        self.assertRecordValues(
            window.line_ids,
            [{"line_id": authorization.line_ids[0].id, "qty": 3, "qty_to_receive": 3}],
        )

    def test_receiving_more_than_authorized_is_refused(self):
        authorization = self._authorize(self._sell(), 3)
        window = self._open_window(authorization)
        window.line_ids.qty = 4
        with self.assertRefused("4.0 can't be received, 3.0 Units are expected"):
            window.action_apply()

    def test_receiving_a_negative_quantity_is_refused(self):
        window = self._open_window(self._authorize(self._sell(), 3))
        window.line_ids.qty = -1
        with self.assertRefused("-1.0 can't be received"):
            window.action_apply()

    def test_applying_the_window_twice_receives_nothing_twice(self):
        authorization = self._authorize(self._sell(), 3)
        window = self._open_window(authorization)
        window.action_apply()
        with self.assertRefused("0.0 Units are expected"):
            window.action_apply()
        self.assertEqual(authorization.line_ids.qty_received, 3)

    def test_receiving_before_authorization_is_refused(self):
        authorization = self._create_authorization(self._sell(), 3)
        with self.assertRefused(f"{authorization.name} is draft"):
            self._open_window(authorization).action_apply()

    def test_receiving_for_a_return_that_was_not_opened_is_refused(self):
        authorization = self._authorize(self._sell(), 1)
        closed = self._create_closed(self._sell())
        window = self._open_window(authorization)
        window.line_ids.line_id = closed.line_ids
        with self.assertRefusedNaming(closed):
            window.action_apply()

    def test_a_batch_of_different_customers_is_received_at_once(self):
        authorizations = self._authorize(self._sell(), 2)
        authorizations |= self._authorize(self._sell(partner=self.other_customer), 3)
        self._open_window(authorizations).action_apply()
        self.assertEqual(authorizations.line_ids.mapped("qty_received"), [2, 3])

    def test_goods_the_customer_keeps_are_not_expected(self):
        authorization = self._authorize(self._sell(), 3, disposition="keep")
        self.assertEqual(authorization.line_ids.qty_to_receive, 0)
        self.assertFalse(self._open_window(authorization).line_ids)
