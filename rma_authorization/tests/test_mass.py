# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import rma_authorization_mass
from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestMass(RmaCommon):
    """A step of many returns is done in the background, with progress."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell(40)
        cls.masses = cls.env["rma.authorization.mass"]
        cls.line_model = type(cls.env["rma.authorization.mass.line"])
        cls.cron = cls.env.ref("rma_authorization.ir_cron_mass")
        cls.startClassPatcher(patch.object(rma_authorization_mass, "MANY", 2))

    def _draft(self, count=3):
        return self.env["rma.authorization"].union(
            *(self._create_authorization(self.order) for _number in range(count))
        )

    def _submit(self, count=3):
        requests = self._draft(count)
        requests.action_submit()
        return requests

    def _run(self, authorizations, step, user=None):
        """As the button of the list does it: the work in the background, if any."""
        action = (
            authorizations.with_user(user or self.agent)
            .with_context(rma_step=step)
            .action_run_many()
        )
        if action is True:
            return self.masses
        domain = action.get("domain") or [("id", "=", action["res_id"])]
        return self.env[action["res_model"]].search(domain)

    def _work(self, limit=None):
        """Run the scheduled action as the scheduler does."""
        if limit:
            self.cron.code = f"model._cron_work(limit={limit})"
        with self.enter_registry_test_mode():
            return self.cron.method_direct_trigger()

    def assertProgress(self, mass, **values):
        self.assertRecordValues(mass.with_user(self.agent), [values])

    # -- few and many --------------------------------------------------------------

    def test_a_few_are_done_at_once(self):
        requests = self._submit(2)
        self.assertFalse(self._run(requests, "authorize"))
        self.assertEqual(requests.mapped("state"), ["authorized"] * 2)

    def test_many_are_done_in_the_background_and_the_asker_is_told(self):
        requests = self._submit(5)
        mass = self._run(requests, "authorize")
        self.assertProgress(mass, state="running", count_total=5, progress=0.0)
        self.assertEqual(requests.mapped("state"), ["submitted"] * 5)
        self._work(limit=2)
        self.assertProgress(mass, state="done", count_done=5, progress=100.0)
        self.assertEqual(requests.mapped("state"), ["authorized"] * 5)
        self.assertEqual(len(set(requests.mapped("rma_number"))), 5)
        self.assertEqual(requests.authorized_by_id, self.agent)
        self.assertIn("5 of 5", mass.message_ids[0].body)
        self.assertEqual(
            mass.message_ids[0].notified_partner_ids, self.agent.partner_id
        )

    def test_step_by_step_to_the_end(self):
        requests = self._submit(3)
        worker = self._get_worker()
        for step, status, expected in (
            ("authorize", "receipt_status", "pending"),
            ("receive", "receipt_status", "done"),
            ("inspect", "inspection_status", "done"),
        ):
            mass = self._run(requests, step, worker)
            self._work()
            self.assertProgress(mass, state="done", count_done=3, count_failed=0)
            self.assertEqual(requests.mapped(status), [expected] * 3)

    def _get_worker(self):
        """A manager; with stock, one who works in the warehouse, too."""
        if "picking_ids" in self.env["rma.authorization"]._fields:
            self.manager.group_ids += self.env.ref("stock.group_stock_user")
        return self.manager

    def test_where_nothing_is_expected_nothing_is_received(self):
        requests = self._submit(2)
        requests.action_authorize()
        self._run(requests, "receive", self._get_worker())
        with self.assertRaisesRegex(UserError, "nothing is expected"):
            self._run(requests, "receive", self._get_worker())

    # -- what fails ----------------------------------------------------------------

    def test_what_fails_has_its_sentence_and_stops_no_other(self):
        requests = self._submit(4)
        requests[1].line_ids.qty_authorized = 0
        mass = self._run(requests, "authorize")
        self._work()
        self.assertProgress(mass, state="done", count_done=3, count_failed=1)
        failed = mass.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(failed.authorization_id, requests[1])
        self.assertIn(requests[1].name, failed.error)
        self.assertIn("1 failed", mass.message_ids[0].body)
        requests[1].line_ids.qty_authorized = 1
        mass.with_user(self.agent).action_retry()
        self._work()
        self.assertProgress(mass, state="done", count_done=4, count_failed=0)
        with self.assertRaisesRegex(UserError, "nothing has failed"):
            mass.with_user(self.agent).action_retry()

    def test_rights_are_those_of_who_asked(self):
        requests = self._submit(3)
        mass = self._run(requests, "authorize", self.technician)
        self._work()
        self.assertProgress(mass, count_done=0, count_failed=3)
        self.assertIn("takes one of these roles", mass.line_ids[0].error)
        self.assertEqual(requests.mapped("state"), ["submitted"] * 3)

    def test_an_archived_user_does_nothing_any_more(self):
        mass = self._run(self._submit(3), "authorize")
        self.agent.active = False
        self._work()
        self.assertEqual(mass.count_failed, 3)
        self.assertIn("is archived", mass.line_ids[0].error)

    def test_deleted_meanwhile(self):
        drafts = self._draft(3)
        mass = self._run(drafts, "authorize")
        name = drafts[0].display_name
        drafts[0].with_user(self.manager).unlink()
        self._work()
        self.assertProgress(mass, count_done=2, count_failed=1)
        line = mass.line_ids[0]
        self.assertEqual(line.name, name)
        self.assertIn("deleted in the meantime", line.error)

    # -- crash, stop, twice --------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_killed_in_the_midst_nothing_is_lost_or_done_twice(self):
        requests = self._submit(4)
        mass = self._run(requests, "authorize")
        work, batches = self.line_model._work, []

        def work_and_die(lines):
            work(lines)
            batches.append(lines.ids)
            if len(batches) > 1:
                raise RuntimeError

        with patch.object(self.line_model, "_work", work_and_die):
            self._work(limit=2)
        self.assertProgress(mass, state="running", count_done=2, count_waiting=2)
        self._work(limit=2)
        self.assertProgress(mass, state="done", count_done=4, count_failed=0)
        decisions = requests.log_ids.filtered(lambda log: log.to_state == "authorized")
        self.assertEqual(len(decisions), 4)

    def test_a_conflict_is_tried_again(self):
        mass = self._run(self._submit(3), "authorize")
        work, tries = self.line_model._work, []

        def work_in_conflict(lines):
            work(lines)
            tries.append(lines)
            if len(tries) == 1:
                raise psycopg2.errors.SerializationFailure

        with patch.object(self.line_model, "_work", work_in_conflict):
            self._work()
            self.assertProgress(mass, state="running", count_waiting=3)
            self._work()
        self.assertProgress(mass, state="done", count_done=3)

    def test_stopped_and_resumed(self):
        mass = self._run(self._submit(3), "authorize").with_user(self.agent)
        mass.action_stop()
        self._work()
        self.assertProgress(mass, state="stopped", count_waiting=3)
        with self.assertRaisesRegex(UserError, "isn't running"):
            mass.action_stop()
        with self.assertRaisesRegex(UserError, "who alone can set it going"):
            mass.with_user(self.manager).action_resume()
        mass.action_resume()
        self._work()
        self.assertProgress(mass, state="done", count_done=3)

    def test_what_waits_is_not_asked_for_again(self):
        requests = self._submit(3)
        self._run(requests, "authorize")
        with self.assertRaisesRegex(UserError, "wait for it already"):
            self._run(requests, "authorize")

    # -- who -----------------------------------------------------------------------

    def test_an_unknown_step_is_refused(self):
        with self.assertRaisesRegex(UserError, "authorize, receive"):
            self._run(self._submit(1), "unlink")

    def test_who_does_not_work_on_returns_neither_sees_nor_stops(self):
        mass = self._run(self._submit(3), "authorize")
        clerk = new_test_user(
            self.env, "rma_clerk", groups="sales_team.group_sale_salesman_all_leads"
        )
        with self.assertRaises(AccessError):
            mass.with_user(clerk).read(["state"])
        with self.assertRaises(AccessError):
            mass.with_user(clerk).action_stop()

    def test_nobody_forges_one(self):
        with self.assertRaises(AccessError):
            self.masses.with_user(self.manager).create(
                {
                    "step": "settle",
                    "company_id": self.company.id,
                    "user_id": self.agent.id,
                }
            )

    def test_each_company_has_its_own(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.agent.company_ids += branch
        other = self.env["rma.authorization"].create(
            {"partner_id": self.customer.id, "company_id": branch.id}
        )
        both = (self._submit(3) | other).with_context(
            allowed_company_ids=[self.company.id, branch.id]
        )
        masses = self._run(both, "authorize")
        self.assertEqual(masses.company_id, self.company | branch)
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_user",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        mine = masses.filtered(lambda mass: mass.company_id == self.company)
        with self.assertRaises(AccessError):
            mine.with_user(stranger).read(["state"])
