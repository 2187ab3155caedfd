# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditRelease(RmaAccountCommon):
    """Many credits are released in the background (F4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("rma_authorization_account.ir_cron_release_credits")
        cls.line_model = type(cls.env["rma.authorization.credit.release.line"])

    def _make_notes(self, count=3):
        """Drafts over 107.00 each, of one original."""
        order_line = self._sell(price_unit=100.0)
        self._bill(order_line)
        authorizations = self.env["rma.authorization"]
        notes = self.env["account.move"]
        for _number in range(count):
            authorization = self._return(order_line, qty=1)
            authorizations |= authorization
            notes |= self._settle(authorization)
        return notes

    def _queue(self, notes, user=None):
        action = notes.with_user(
            user or self.accountant
        ).action_release_rma_credits_in_background()
        return self.env[action["res_model"]].browse(action["res_id"])

    def _work(self, limit=None):
        """Run the scheduled action as the scheduler does."""
        if limit:
            self.cron.code = f"model._cron_release(limit={limit})"
        with self.enter_registry_test_mode():
            return self.cron.method_direct_trigger()

    def _assert_progress(self, release, **values):
        self.assertRecordValues(release.with_user(self.accountant), [values])

    def test_all_are_posted_and_the_asker_is_told(self):
        notes = self._make_notes(5)
        release = self._queue(notes)
        self._assert_progress(
            release,
            state="running",
            count_total=5,
            count_done=0,
            progress=0.0,
            amount_total=535.0,
            amount_done=0.0,
        )
        self.assertEqual(notes.mapped("state"), ["draft"] * 5)
        self._work(limit=2)
        self.assertEqual(notes.mapped("state"), ["posted"] * 5)
        self._assert_progress(
            release, state="done", count_done=5, progress=100.0, amount_done=535.0
        )
        self.assertEqual(
            release.message_ids[0].notified_partner_ids, self.accountant.partner_id
        )
        self.assertIn("5 of 5", release.message_ids[0].body)

    def test_notes_of_one_original_are_set_off_against_it(self):
        notes = self._make_notes(4)
        self._queue(notes)
        self._work()
        invoice = notes.reversed_entry_id
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.amount_residual, 642.0)
        self.assertEqual(set(notes.mapped("amount_residual")), {0.0})

    def test_posted_by_who_asked(self):
        notes = self._make_notes(1)
        self._queue(notes)
        self._work()
        self.assertEqual(notes.message_ids[0].create_uid, self.accountant)

    def test_stop_leaves_the_rest_and_resume_goes_on(self):
        notes = self._make_notes(5)
        release = self._queue(notes)
        release_batch = self.line_model._work

        def release_and_stop(lines):
            release_batch(lines)
            lines.release_id.with_user(self.accountant).action_stop()

        with patch.object(self.line_model, "_work", release_and_stop):
            self._work(limit=2)
        self._assert_progress(
            release, state="stopped", count_done=2, count_waiting=3, progress=40.0
        )
        self._work()
        self.assertEqual(release.count_done, 2)
        release.with_user(self.accountant).action_resume()
        self._work()
        self._assert_progress(release, state="done", count_done=5)

    def test_only_running_releases_stop_and_only_stopped_ones_resume(self):
        release = self._queue(self._make_notes(1)).with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "wasn't stopped"):
            release.action_resume()
        self._work()
        with self.assertRaisesRegex(UserError, "isn't running"):
            release.action_stop()

    def test_one_failure_stops_no_other_and_can_be_tried_again(self):
        notes = self._make_notes(3)
        notes[1].invoice_line_ids.quantity = 2
        release = self._queue(notes)
        self._work()
        self.assertEqual(notes.mapped("state"), ["posted", "draft", "posted"])
        self._assert_progress(
            release, state="done", count_done=2, count_failed=1, progress=100.0
        )
        failed = release.line_ids[1]
        self.assertEqual(failed.state, "failed")
        self.assertIn("but 1.0 were settled", failed.error)
        self.assertIn("1 failed", release.message_ids[0].body)
        notes[1].invoice_line_ids.quantity = 1
        release.with_user(self.accountant).action_retry()
        self.assertEqual(release.state, "running")
        self._work()
        self._assert_progress(release, state="done", count_done=3, count_failed=0)
        self.assertFalse(failed.error)
        with self.assertRaisesRegex(UserError, "nothing has failed"):
            release.with_user(self.accountant).action_retry()

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_killed_in_the_midst_nothing_is_lost_or_done_twice(self):
        notes = self._make_notes(4)
        release = self._queue(notes)
        release_batch, batches = self.line_model._work, []

        def release_and_die(lines):
            release_batch(lines)
            batches.append(lines.ids)
            if len(batches) > 1:
                raise RuntimeError

        with patch.object(self.line_model, "_work", release_and_die):
            self._work(limit=2)
        self._assert_progress(release, state="running", count_done=2, count_waiting=2)
        self.assertEqual(notes.mapped("state"), ["posted", "posted", "draft", "draft"])
        self._work(limit=2)
        self._assert_progress(release, state="done", count_done=4, count_failed=0)
        self.assertEqual(notes.reversed_entry_id.amount_residual, 642.0)
        costs = notes.line_ids.rma_line_id.authorization_id.cost_ids
        self.assertEqual(costs.mapped("amount"), [100.0] * 4)

    def test_conflict_with_another_worker_is_tried_again(self):
        notes = self._make_notes(2)
        release = self._queue(notes)
        release_batch, tries = self.line_model._work, []

        def release_in_conflict(lines):
            release_batch(lines)
            tries.append(lines)
            if len(tries) == 1:
                raise psycopg2.errors.SerializationFailure

        with patch.object(self.line_model, "_work", release_in_conflict):
            self._work()
            self._assert_progress(release, state="running", count_waiting=2)
            self._work()
        self._assert_progress(release, state="done", count_done=2)

    def test_four_eyes_bind_who_asked(self):
        self.company.rma_credit_four_eyes = True
        notes = self._make_notes(2)
        authorization = notes[0].rma_id.sudo()
        authorization.authorized_by_id = self.chief
        release = self._queue(notes, self.chief)
        self._work()
        self.assertEqual(notes.mapped("state"), ["draft", "posted"])
        self.assertIn("you authorized the return", release.line_ids[0].error)

    def test_rights_are_those_at_the_time_of_posting(self):
        notes = self._make_notes(1)
        release = self._queue(notes)
        self.accountant.group_ids = [
            Command.unlink(self.env.ref("account.group_account_invoice").id)
        ]
        self._work()
        self.assertEqual(notes.state, "draft")
        self.assertIn("role of an accountant", release.line_ids.error)

    def test_archived_user_releases_nothing(self):
        notes = self._make_notes(1)
        release = self._queue(notes)
        self.accountant.active = False
        self._work()
        self.assertEqual(notes.state, "draft")
        self.assertIn("is archived", release.line_ids.error)

    def test_released_by_hand_meanwhile(self):
        notes = self._make_notes(2)
        release = self._queue(notes)
        self._release(notes[0], self.chief)
        self._work()
        self._assert_progress(release, state="done", count_done=2, count_failed=0)
        self.assertIn("Posted in the meantime", release.line_ids[0].error)
        self.assertFalse(release.line_ids[1].error)

    def test_deleted_meanwhile(self):
        notes = self._make_notes(2)
        release = self._queue(notes)
        notes[0].unlink()
        self._work()
        self._assert_progress(release, state="done", count_done=1, count_failed=1)
        line = release.line_ids[0]
        self.assertIn("deleted in the meantime", line.error)
        self.assertRecordValues(
            line, [{"partner_id": self.customer.id, "amount": 107.0}]
        )
        with self.assertRaisesRegex(UserError, "nothing has failed that still exists"):
            release.with_user(self.accountant).action_retry()

    def test_cancelled_meanwhile(self):
        notes = self._make_notes(2)
        release = self._queue(notes)
        notes[1].button_cancel()
        self._work()
        self._assert_progress(release, state="done", count_done=1, count_failed=1)
        self.assertIn("no draft credit note of a return", release.line_ids[1].error)

    def test_what_waits_is_not_queued_again(self):
        notes = self._make_notes(3)
        first = self._queue(notes[:2])
        second = self._queue(notes)
        self.assertEqual(second.line_ids.note_id, notes[2])
        with self.assertRaisesRegex(UserError, "being released already"):
            self._queue(notes)
        self._work()
        self.assertEqual((first | second).mapped("state"), ["done", "done"])

    def test_only_drafts_of_returns_are_queued(self):
        order_line = self._sell()
        with self.assertRaisesRegex(UserError, "no draft credit note of a return"):
            self._queue(self._bill(order_line))

    def test_agent_neither_queues_nor_sees(self):
        notes = self._make_notes(1)
        with self.assertRaisesRegex(AccessError, "accountant"):
            self._queue(notes, self.agent)
        release = self._queue(notes)
        for action in ("action_stop", "action_resume", "action_retry"):
            with self.assertRaises(AccessError):
                getattr(release.with_user(self.agent), action)()
        with self.assertRaises(AccessError):
            release.with_user(self.agent).read(["state"])

    def test_nobody_sets_going_what_works_with_anothers_rights(self):
        release = self._queue(self._make_notes(1))
        release.with_user(self.chief).action_stop()
        with self.assertRaisesRegex(UserError, "who alone can set it going"):
            release.with_user(self.chief).action_resume()

    def test_nobody_forges_a_release(self):
        release = self._queue(self._make_notes(1)).with_user(self.accountant)
        with self.assertRaises(AccessError):
            release.user_id = self.chief
        with self.assertRaises(AccessError):
            release.create({"company_id": self.company.id, "user_id": self.chief.id})

    def test_other_companies_stay_out(self):
        notes = self._make_notes(1)
        release = self._queue(notes)
        other = self.env["res.company"].create({"name": "Other"})
        foreigner = self._create_user("foreigner", "account.group_account_invoice")
        foreigner.write({"company_ids": [Command.set(other.ids)], "company_id": other})
        with self.assertRaises(AccessError):
            self._queue(notes, foreigner)
        self.assertFalse(
            self.env[release._name]
            .with_user(foreigner)
            .search([("id", "=", release.id)])
        )
        with self.assertRaises(AccessError):
            release.with_user(foreigner).action_stop()
        # who leaves the company takes no rights along
        self.accountant.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other}
        )
        self._work()
        self.assertEqual(notes.state, "draft")
        self.assertEqual(release.line_ids.state, "failed")
