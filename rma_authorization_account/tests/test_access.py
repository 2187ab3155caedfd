# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestAccess(RmaAccountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_line = cls._sell()
        cls.invoice = cls._bill(cls.order_line)
        cls.authorization = cls._return(cls.order_line)

    def test_agent_settles_without_rights_in_accounting(self):
        note = self._settle(self.authorization)
        self.assertEqual(note.state, "draft")
        self.assertEqual(self.authorization.credit_note_count, 1)

    def test_agent_reads_no_accounting_entries(self):
        note = self._settle(self.authorization)
        for move in (note, self.invoice):
            with self.assertRaises(AccessError):
                move.with_user(self.agent).read(["name"])

    def test_agent_posts_nothing(self):
        note = self._settle(self.authorization).with_user(self.agent)
        with self.assertRaisesRegex(AccessError, "accountant"):
            note.action_release_rma_credits()
        with self.assertRaises(AccessError):
            note.action_post()

    def test_accountant_releases(self):
        note = self._settle(self.authorization)
        self._release(note, self.accountant)
        self.assertEqual(note.state, "posted")
        self.assertEqual(self.authorization.state, "closed")

    def test_accountant_settles(self):
        authorization = self.authorization.with_user(self.accountant)
        authorization.action_settle()
        self.assertEqual(authorization.credit_note_ids.state, "draft")

    def test_accountant_decides_on_no_return(self):
        authorization = self.authorization.with_user(self.accountant)
        with self.assertRaises(AccessError):
            authorization.action_close()
        with self.assertRaises(AccessError):
            authorization.customer_reference = "Changed"

    def test_accountant_reads_the_return(self):
        authorization = self.authorization.with_user(self.accountant)
        for records in (
            authorization,
            authorization.line_ids,
            authorization.inspection_ids,
            authorization.log_ids,
        ):
            self.assertTrue(records.read(["display_name", "company_id"]))

    def test_who_authorized_does_not_release_under_four_eyes(self):
        self.company.rma_credit_four_eyes = True
        self.authorization.sudo().authorized_by_id = self.chief
        note = self._settle(self.authorization)
        with self.assertRaisesRegex(UserError, "you authorized the return"):
            self._release(note, self.chief)
        with self.assertRaisesRegex(UserError, "you authorized the return"):
            note.with_user(self.chief).action_post()
        self._release(note, self.accountant)
        self.assertEqual(note.state, "posted")

    def test_who_authorized_may_release_without_four_eyes(self):
        self.authorization.sudo().authorized_by_id = self.chief
        note = self._release(self._settle(self.authorization), self.chief)
        self.assertEqual(note.state, "posted")

    def test_only_drafts_of_returns_are_released(self):
        with self.assertRaisesRegex(UserError, "no draft credit note of a return"):
            self._release(self.invoice)
