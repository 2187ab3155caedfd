# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestReport(RmaAccountCommon):
    """What credit notes say in the measures, and what waits for accountants."""

    def _measure(self, *specs):
        return (
            self.env["rma.authorization.report"]
            .with_user(self.accountant)
            ._read_group([("partner_id", "=", self.customer.id)], [], specs)[0]
        )

    def _settle_three(self):
        order_line = self._sell(price_unit=100.0)
        self._bill(order_line)
        return self._settle(self._return(order_line, qty=3))

    def test_a_posted_credit_note_is_credit_value_without_tax(self):
        note = self._settle_three()
        note.with_user(self.accountant).action_release_rma_credits()
        # 3 of 10 sold at 100
        self.assertEqual(
            self._measure(
                "amount_sold:sum",
                "amount_credited:sum",
                "return_value_rate:avg",
                "qty_shipped:sum",
                "return_rate:avg",
            ),
            (1000.0, 300.0, 30.0, 10.0, 30.0),
        )

    def test_time_to_credit_is_from_the_finding(self):
        order_line = self._sell(price_unit=100.0)
        self._bill(order_line)
        authorization = self._return(order_line, qty=3)
        note = self._settle(authorization)
        note.with_user(self.accountant).action_release_rma_credits()
        self.env.flush_all()
        settlement = authorization.sudo().settlement_ids
        self.env.cr.execute(
            "UPDATE rma_authorization_settlement SET date_done = date_done + 6 "
            "WHERE id IN %s",
            [tuple(settlement.ids)],
        )
        self.env.invalidate_all()
        self.assertEqual(
            self._measure("refund_days:avg", "refund_median:avg", "refund_p90:avg"),
            (6.0, 6.0, 6.0),
        )

    def test_a_draft_credit_is_in_the_queue_and_no_credit_value(self):
        self._settle_three()
        self.assertFalse(self._measure("amount_credited:sum")[0])
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.accountant)
        counts = {
            queue["key"]: queue["count"] for queue in dashboard.get_data()["queues"]
        }
        self.assertEqual(list(counts), ["release"])
        self.assertGreaterEqual(counts["release"], 1)
        action = dashboard.action_open_queue("release")
        self.assertEqual(
            self.env["account.move"].search_count(action["domain"]), counts["release"]
        )

    def test_agents_who_are_no_accountants_have_no_credits_to_release(self):
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.agent)
        keys = [queue["key"] for queue in dashboard.get_data()["queues"]]
        self.assertNotIn("release", keys)
