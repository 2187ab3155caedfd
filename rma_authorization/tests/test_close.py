# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestClose(RmaCommon):
    """A return closes when nothing is open on it, and not before."""

    def test_it_closes_by_itself_once_everything_is_done(self):
        authorization = self._receive_and_accept(self._sell(), 3)
        authorization.action_settle()
        self._put_away(authorization)
        self.assertRecordValues(
            authorization,
            [
                {
                    "state": "closed",
                    "next_step": "none",
                    "receipt_status": "done",
                    "inspection_status": "done",
                    "settlement_status": "done",
                }
            ],
        )
        self.assertTrue(authorization.date_closed)

    def test_a_technician_may_finish_a_return(self):
        authorization = self._authorize(
            self._sell(), resolution="exchange", advance=True
        )
        authorization.action_settle()
        self._deliver(authorization.sudo().replacement_order_ids)
        self._receive(authorization)
        authorization.with_user(self.technician).action_inspect()
        self._put_away(authorization)
        self.assertEqual(authorization.state, "closed")

    def test_the_rest_needs_a_reason(self):
        authorization = self._authorize(self._sell(), 3)
        self.assertAsks(authorization.action_close(), "action_close")
        self.assertEqual(authorization.state, "authorized")

    def test_closing_the_rest_finishes_what_came(self):
        authorization = self._authorize(self._sell(), 3, inspection_required=False)
        self._receive(authorization, 2)
        authorization.action_settle()
        self._put_away(authorization)
        authorization.action_close("Lost in the mail")
        self.assertEqual(authorization.state, "closed")
        self.assertRecordValues(
            authorization.line_ids,
            [
                {
                    "qty_authorized": 3,
                    "qty_received": 2,
                    "qty_closed": 1,
                    "qty_to_receive": 0,
                    "close_reason": "Lost in the mail",
                }
            ],
        )

    def test_the_closed_rest_can_be_returned_again(self):
        order = self._sell(3)
        authorization = self._authorize(order, 3)
        authorization.action_close("Changed their mind")
        self.assertEqual(self._authorize(order, 3).state, "authorized")

    def test_closing_is_refused_while_goods_wait_for_inspection(self):
        authorization = self._authorize(self._sell(), 3)
        self._receive(authorization, 2)
        with self.assertRefused("can't be closed: goods have arrived"):
            authorization.action_close("Enough")
        self.assertEqual(authorization.line_ids.qty_closed, 0)

    def test_closing_leaves_open_what_is_not_settled(self):
        authorization = self._authorize(self._sell(), 3, inspection_required=False)
        self._receive(authorization, 2)
        authorization.action_close("Lost in the mail")
        self.assertRecordValues(
            authorization, [{"state": "authorized", "next_step": "settle"}]
        )

    def test_a_batch_closes_each_for_itself(self):
        authorizations = self._authorize(self._sell())
        authorizations |= self._authorize(self._sell(partner=self.other_customer))
        authorizations.action_close("Nothing came")
        self.assertEqual(authorizations.mapped("state"), ["closed"] * 2)

    def test_reopening_needs_a_reason(self):
        authorization = self._create_closed(self._sell()).with_user(self.manager)
        self.assertAsks(authorization.action_reopen(), "action_reopen")
        authorization.action_reopen("Wrong unit")
        self.assertEqual(authorization.state, "authorized")
        self.assertEqual(authorization.log_ids.sorted()[0].reason, "Wrong unit")
        self.assertFalse(authorization.date_closed)

    def test_reopening_is_a_managers_right(self):
        authorization = self._create_closed(self._sell())
        for user in (self.agent, self.technician):
            with self.assertRaises(AccessError):
                authorization.with_user(user).action_reopen("Wrong unit")

    def test_a_reopened_return_expects_the_closed_rest_again(self):
        authorization = self._authorize(self._sell(), 3)
        authorization.action_close("Nothing came")
        authorization.with_user(self.manager).action_reopen("It came after all")
        self.assertEqual(authorization.next_step, "receive")
        authorization.action_receive()
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 3)

    def test_reopening_what_was_returned_otherwise_is_refused(self):
        order = self._sell(3)
        authorization = self._authorize(order, 3)
        authorization.action_close("Nothing came")
        self._authorize(order, 1)
        with self.assertRefused("1.0 Units too many"):
            authorization.with_user(self.manager).action_reopen("It came after all")

    def test_undoing_a_settlement_takes_a_closed_return_back_into_work(self):
        authorization = self._create_closed(self._sell())
        authorization.settlement_ids.action_undo()
        self.assertRecordValues(
            authorization, [{"state": "authorized", "next_step": "settle"}]
        )
        self.assertEqual(
            authorization.log_ids.sorted()[0].reason, "A document was taken back"
        )
