# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCancel(RmaCommon):
    """A return is cancelled only while nothing has happened under it (R18)."""

    def test_an_authorized_return_can_be_cancelled_before_receipt(self):
        order = self._sell(5)
        authorization = self._authorize(order, 5)
        authorization.action_cancel("Customer found the switch")
        self.assertEqual(authorization.state, "cancelled")
        self.assertEqual(
            authorization.log_ids.sorted()[0].reason, "Customer found the switch"
        )

    def test_a_cancelled_return_frees_its_quantity(self):
        order = self._sell(5)
        self._authorize(order, 5).action_cancel()
        self.assertEqual(self._authorize(order, 5).state, "authorized")

    def test_a_cancelled_return_expects_nothing(self):
        authorization = self._authorize(self._sell(), 3)
        authorization.action_cancel()
        self.assertRecordValues(
            authorization.line_ids, [{"qty_to_receive": 0, "qty_to_settle": 0}]
        )
        self.assertEqual(authorization.next_step, "none")

    def test_cancelling_after_receipt_is_refused(self):
        authorization = self._authorize(self._sell(), 3)
        self._receive(authorization, 1)
        with self.assertRefused("can't be cancelled: goods were received"):
            authorization.action_cancel()
        self.assertEqual(authorization.state, "authorized")

    def test_cancelling_after_an_advance_replacement_is_refused(self):
        authorization = self._authorize(
            self._sell(), 3, resolution="exchange", advance=True
        )
        authorization.action_settle()
        with self.assertRefusedNaming(authorization):
            authorization.action_cancel()

    def test_a_replacement_taken_back_lets_it_be_cancelled(self):
        authorization = self._authorize(
            self._sell(), 3, resolution="exchange", advance=True
        )
        authorization.action_settle()
        authorization.settlement_ids.action_undo()
        authorization.action_cancel()
        self.assertEqual(authorization.state, "cancelled")

    def test_one_started_return_stops_the_whole_batch(self):
        untouched = self._authorize(self._sell(partner=self.other_customer))
        started = self._authorize(self._sell())
        self._receive(started)
        with self.assertRefusedNaming(started):
            (untouched | started).action_cancel()
        self.assertEqual(untouched.state, "authorized")

    def test_a_cancelled_return_can_be_taken_up_again_under_its_number(self):
        authorization = self._authorize(self._sell())
        number = authorization.rma_number
        authorization.action_cancel()
        authorization.action_draft()
        authorization.line_ids.qty_requested = 2
        authorization.action_authorize()
        self.assertEqual(authorization.rma_number, number)
        self.assertEqual(authorization.line_ids.qty_to_receive, 2)
