# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestBatch(RmaCommon):
    """Every action takes several returns of different customers at once, and its cost
    grows far slower than their number."""

    def _sell_to_both(self):
        return self._sell(5), self._sell(5, partner=self.other_customer)

    def _create_both(self, qty=1, **line_vals):
        batch = self.env["rma.authorization"].with_user(self.agent)
        for order in self._sell_to_both():
            batch |= self._create_authorization(order, qty, **line_vals)
        return batch

    def _authorize_both(self, qty=1, **line_vals):
        batch = self._create_both(qty, **line_vals)
        batch.action_authorize()
        return batch

    def assertBoth(self, batch, **values):
        self.assertEqual(len(batch.partner_id), 2)
        self.assertRecordValues(batch, [values, values])

    def test_requests(self):
        batch = self._create_both()
        batch.action_submit()
        self.assertBoth(batch, state="submitted")
        batch.action_request_information("What is wrong?")
        self.assertBoth(batch, awaiting_customer=True)
        batch.action_information_received()
        self.assertBoth(batch, awaiting_customer=False)
        batch.action_draft()
        self.assertBoth(batch, state="draft")

    def test_refusal_and_appeal(self):
        batch = self._create_both()
        batch.action_submit()
        batch.action_refuse("Too late")
        self.assertBoth(batch, state="refused", refusal_reason="Too late")
        batch.action_appeal()
        self.assertBoth(batch, state="submitted", is_appealed=True)

    def test_permission(self):
        batch = self._authorize_both()
        self.assertBoth(batch, state="authorized", next_step="receive")
        batch.action_extend(7)
        batch.action_cancel()
        self.assertBoth(batch, state="cancelled")

    def test_work(self):
        batch = self._authorize_both(2, resolution="exchange")
        self._receive(batch)
        self.assertBoth(batch, next_step="inspect")
        self.assertEqual(len(batch.action_inspect()), 2)
        self.assertBoth(batch, next_step="settle")
        self.assertEqual(len(batch.action_settle()), 2)
        orders = batch.sudo().replacement_order_ids
        self.assertEqual(orders.partner_id, batch.partner_id)
        self._put_away(batch)
        self.assertBoth(batch, next_step="close")
        self._deliver(orders)
        self.assertBoth(batch, state="closed")

    def test_closing_and_reopening(self):
        batch = self._authorize_both()
        batch.action_close("Nothing came")
        self.assertBoth(batch, state="closed")
        batch.with_user(self.manager).action_reopen("It came after all")
        self.assertBoth(batch, state="authorized", next_step="receive")

    def test_the_window_for_reasons_takes_all(self):
        batch = self._create_both()
        batch.action_submit()
        action = batch.action_refuse()
        self.env["rma.authorization.ask"].with_user(self.agent).with_context(
            **action["context"]
        ).create({"text": "Too late"}).action_apply()
        self.assertBoth(batch, state="refused", refusal_reason="Too late")

    def test_a_mixed_batch_closes_what_is_finished(self):
        solved = self._authorize(self._sell(), resolution="solved")
        awaited = self._authorize(self._sell(partner=self.other_customer))
        (solved | awaited).action_settle()
        self.assertEqual((solved.state, awaited.state), ("closed", "authorized"))

    # -- cost ----------------------------------------------------------------------

    def _count_queries(self, method, batch):
        """How many queries the action takes on a batch that was just loaded."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        method(batch)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def assertGrowsSlowly(self, method, create, factor=3):
        """Twenty records cost less than `factor` times what two cost."""
        method(create(1))  # what is loaded once and kept
        few = self._count_queries(method, create(2))
        many = self._count_queries(method, create(20))
        self.assertLess(many, factor * few)

    def _create_many(self, count):
        batch = self.env["rma.authorization"].with_user(self.agent)
        for _number in range(count):
            batch |= self._create_authorization(self.order)
        return batch

    def test_the_list_is_computed_at_once(self):
        self.order = self._sell(100)
        names = ["display_name", "is_late", "sale_order_count", "next_step"]
        self.assertGrowsSlowly(lambda batch: batch.read(names), self._create_many, 2)

    def test_what_is_returnable_is_computed_at_once(self):
        self.order = self._sell(100)
        self.assertGrowsSlowly(
            lambda batch: batch.line_ids.mapped("qty_returnable"), self._create_many, 2
        )

    def test_submitting_many_costs_little_more_than_submitting_two(self):
        self.order = self._sell(100)
        self.assertGrowsSlowly(lambda batch: batch.action_submit(), self._create_many)

    def test_authorizing_many_costs_little_more_than_authorizing_two(self):
        self.order = self._sell(100)
        self.assertGrowsSlowly(lambda batch: batch._authorize(), self._create_many)
