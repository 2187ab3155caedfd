# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestLost(RmaCommon):
    """Goods that are lost on their way are closed with a reason."""

    def test_the_rest_of_a_partial_receipt_is_lost(self):
        authorization = self._authorize(self._sell(5), 3)
        self._receive(authorization, 1)
        authorization.action_report_lost("The parcel fell off the ship")
        self.assertRecordValues(
            authorization.line_ids,
            [
                {
                    "qty_received": 1,
                    "qty_to_receive": 0,
                    "qty_lost": 2,
                    "qty_closed": 2,
                    "close_reason": "The parcel fell off the ship",
                }
            ],
        )
        self.assertEqual(authorization.receipt_status, "done")

    def test_without_a_reason_it_is_asked_for(self):
        authorization = self._authorize(self._sell(5), 3)
        action = authorization.action_report_lost()
        self.assertAsks(action, "action_report_lost")
        wizard = (
            self.env["rma.authorization.ask"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"text": "Lost"})
        )
        self.assertEqual(wizard.line_ids, authorization.line_ids)
        wizard.action_apply()
        self.assertEqual(authorization.state, "closed")

    def test_only_the_chosen_lines_are_lost(self):
        order = self._sell(5, products=self.product | self.other_product)
        authorization = self._authorize(order, 3)
        first, second = authorization.line_ids
        authorization.action_report_lost("Lost", line_ids=first.ids)
        self.assertEqual((first.qty_to_receive, second.qty_to_receive), (0, 3))
        self.assertEqual(authorization.state, "authorized")

    def test_what_is_lost_cannot_be_returned_again(self):
        order = self._sell(5)
        authorization = self._authorize(order, 3)
        authorization.action_report_lost("Lost")
        with self.assertRefused("1.0 Units too many"):
            self._authorize(order, 3)
        self._authorize(order, 2)

    def test_what_was_never_sent_can_be_returned_again(self):
        order = self._sell(5)
        authorization = self._authorize(order, 3)
        authorization.action_close("Never sent")
        self._authorize(order, 5)

    def test_lost_goods_are_not_settled(self):
        authorization = self._authorize(self._sell(5), 3, resolution="exchange")
        authorization.action_report_lost("Lost")
        self.assertEqual(authorization.line_ids.qty_to_settle, 0)
        self.assertEqual(authorization.state, "closed")

    def test_lost_goods_are_settled_nevertheless(self):
        authorization = self._authorize(self._sell(5), 3, resolution="exchange")
        self._receive(authorization, 1)
        authorization.action_report_lost("Lost", settle=True)
        self.assertEqual(authorization.line_ids.qty_to_settle, 2)
        authorization.action_settle()
        self.assertEqual(authorization.line_ids.qty_settling, 2)
        # nobody takes what was settled for the lost ones as settled for this one
        authorization.with_user(self.technician).action_inspect()
        authorization.action_settle()
        self.assertEqual(authorization.line_ids.qty_settling, 3)
        self.assertFalse(authorization.action_settle())

    def test_nothing_on_its_way_cannot_be_lost(self):
        authorization = self._authorize(self._sell(5), 3)
        self._receive(authorization)
        with self.assertRefused("nothing is on its way"):
            authorization.action_report_lost("Lost")

    def test_lost_goods_stay_lost_when_the_return_is_reopened(self):
        authorization = self._authorize(self._sell(5), 3)
        authorization.action_report_lost("Lost")
        authorization.with_user(self.manager).action_reopen("Look again")
        self.assertEqual(authorization.line_ids.qty_to_receive, 0)
        self.assertEqual(authorization.line_ids.qty_lost, 3)

    def test_a_technician_may_not_report_a_loss(self):
        authorization = self._authorize(self._sell(5), 3)
        with self.assertRaises(Exception) as caught:
            authorization.with_user(self.technician).action_report_lost("Lost")
        self.assertIn("roles", str(caught.exception))
