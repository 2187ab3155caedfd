# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestExpireExtend(RmaCommon):
    """What nobody returned in time expires, and may be extended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell(20)

    def _run_cron(self, limit=None):
        """Run the scheduled action, or one batch of it, as the scheduler does."""
        cron = self.env.ref("rma_authorization.ir_cron_timers")
        if limit:
            cron.code = f"model._cron_timers(limit={limit})"
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        return cron

    def _make_overdue(self, authorizations):
        yesterday = fields.Date.today() - timedelta(days=1)
        authorizations.date_request = yesterday - timedelta(days=30)
        authorizations.date_deadline = yesterday

    def test_an_overdue_return_expires(self):
        authorization = self._authorize(self.order)
        self._make_overdue(authorization)
        self._run_cron()
        self.assertEqual(authorization.state, "expired")
        self.assertEqual(
            authorization.log_ids.sorted()[0].reason, "Not returned in time"
        )

    def test_the_last_day_counts(self):
        authorization = self._authorize(self.order)
        authorization.date_deadline = fields.Date.today()
        self._run_cron()
        self.assertEqual(authorization.state, "authorized")

    def test_an_expired_return_frees_its_quantity(self):
        authorization = self._authorize(self.order, 20)
        authorization._expire()
        self.assertEqual(self._authorize(self.order, 20).state, "authorized")

    def test_a_partly_received_return_does_not_expire(self):
        authorization = self._authorize(self.order, 2, inspection_required=False)
        self._receive(authorization, 1)
        authorization.action_settle()
        self._put_away(authorization)
        self.assertEqual(authorization.next_step, "receive")
        self._make_overdue(authorization)
        self._run_cron()
        self.assertEqual(authorization.state, "authorized")

    def test_a_return_replaced_in_advance_does_not_expire(self):
        authorization = self._authorize(self.order, resolution="exchange", advance=True)
        authorization.action_settle()
        self.assertEqual(authorization.next_step, "receive")
        self._make_overdue(authorization)
        self._run_cron()
        self.assertEqual(authorization.state, "authorized")

    def test_what_may_not_expire_leaves_no_work_for_the_next_run(self):
        authorization = self._authorize(self.order, resolution="exchange", advance=True)
        authorization.action_settle()
        self._make_overdue(authorization)
        cron = self._run_cron()
        progress = self.env["ir.cron.progress"].search([("cron_id", "=", cron.id)])
        self.assertFalse(sum(progress.mapped("remaining")))

    def test_small_batches_expire_everything_in_the_end(self):
        authorizations = self.env["rma.authorization"]
        for _number in range(3):
            authorizations |= self._authorize(self.order)
        self._make_overdue(authorizations)
        self._run_cron(limit=1)
        self.assertEqual(authorizations.mapped("state"), ["expired"] * 3)

    def test_an_overdue_return_is_late_until_it_expires(self):
        authorization = self._authorize(self.order)
        self._make_overdue(authorization)
        self.assertTrue(authorization.is_late)
        self.assertIn(authorization, authorization.search([("is_late", "=", True)]))
        self.assertNotIn(authorization, authorization.search([("is_late", "=", False)]))
        authorization._expire()
        self.assertFalse(authorization.is_late)

    def test_extending_adds_to_a_deadline_still_ahead(self):
        with freeze_time("2026-03-01 12:00:00"):
            authorization = self._authorize(self.order)
            authorization.action_extend(7)
        self.assertEqual(authorization.date_deadline, date(2026, 4, 7))

    def test_extending_starts_today_once_the_deadline_is_over(self):
        with freeze_time("2026-03-01 12:00:00"):
            authorization = self._authorize(self.order)
        with freeze_time("2026-06-01 12:00:00"):
            authorization.action_extend()
        self.assertEqual(authorization.date_deadline, date(2026, 7, 1))

    def test_extending_an_expired_return_permits_it_again(self):
        authorization = self._authorize(self.order, 2)
        number = authorization.rma_number
        authorization._expire()
        authorization.action_extend()
        self.assertRecordValues(
            authorization, [{"state": "authorized", "rma_number": number}]
        )
        self.assertEqual(authorization.line_ids.qty_to_receive, 2)
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 2)

    def test_extending_what_was_returned_otherwise_is_refused(self):
        authorization = self._authorize(self.order, 20)
        authorization._expire()
        self._authorize(self.order, 1)
        with self.assertRefused("1.0 Units too many"):
            authorization.action_extend()

    def test_a_batch_is_extended_from_each_its_own_deadline(self):
        with freeze_time("2026-03-01 12:00:00"):
            first = self._authorize(self.order)
            second = self._authorize(self._sell(partner=self.other_customer))
            second.date_deadline = date(2026, 5, 1)
            (first | second).action_extend(1)
        self.assertEqual(first.date_deadline, date(2026, 4, 1))
        self.assertEqual(second.date_deadline, date(2026, 5, 2))
