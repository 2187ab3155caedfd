# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestMultiCompany(RmaCommon):
    """Companies neither see nor number each other's returns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        cls.env.user.company_ids += cls.other_company
        cls.other_agent = cls._create_user(
            "other_agent",
            "rma_authorization.group_rma_user",
            company_id=cls.other_company.id,
            company_ids=[(6, 0, cls.other_company.ids)],
        )
        cls.other_company_product = cls._create_product(
            "TV", company_id=cls.other_company.id
        )
        cls.other_order = cls._sell(products=cls.other_company_product)
        with cls._in_the_other_company():
            cls.foreign = cls._authorize(cls.other_order)

    @classmethod
    @contextmanager
    def _in_the_other_company(cls):
        """Here the agent of all verbs is the other company's."""
        agent, cls.agent = cls.agent, cls.other_agent
        try:
            yield
        finally:
            cls.agent = agent

    @classmethod
    def _receive_foreign(cls):
        with cls._in_the_other_company():
            cls._receive(cls.foreign)
        cls.foreign.action_inspect()

    def test_nothing_of_another_company_is_visible(self):
        with self._in_the_other_company():
            solved = self._authorize(self.other_order, resolution="solved")
        solved.action_settle()
        self._receive_foreign()
        foreign = (self.foreign | solved).sudo()
        for records in (
            foreign,
            foreign.line_ids,
            foreign.log_ids,
            foreign.inspection_ids,
            foreign.settlement_ids,
            self.env["rma.authorization.cost"].create(
                {"name": "Freight", "authorization_id": self.foreign.id, "amount": 1}
            ),
        ):
            with self.subTest(records._name):
                self.assertTrue(records)
                mine = records.with_user(self.agent).sudo(False)
                self.assertFalse(mine.search([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    mine.read(["company_id"])

    def test_no_action_reaches_another_company(self):
        foreign = self.foreign.with_user(self.agent)
        for name in ("action_cancel", "action_settle", "action_extend"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(foreign, name)()

    def test_a_window_reaches_no_line_of_another_company(self):
        own = self._authorize(self._sell())
        window = (
            self.env["rma.authorization.receive"]
            .with_user(self.agent)
            .create({"authorization_ids": own.ids})
        )
        window.line_ids.line_id = self.foreign.line_ids.id
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            window.action_apply()
        self.assertEqual(self.foreign.line_ids.qty_received, 0)

    def test_the_desk_reaches_no_line_of_another_company(self):
        self._receive_foreign()
        with self._in_the_other_company():
            foreign = self._authorize(self.other_order)
        own = self._authorize(self._sell())
        self._receive(own)
        desk = (
            self.env["rma.authorization.inspect"]
            .with_user(self.technician)
            .create({"authorization_ids": own.ids})
        )
        desk.row_ids.line_id = foreign.line_ids.id
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            desk.action_apply()

    def test_companies_may_give_the_same_number(self):
        own = self._authorize(self._sell())
        own.sudo().rma_number = self.foreign.rma_number
        own.flush_recordset()
        self.assertEqual(own.rma_number, self.foreign.rma_number)

    def test_a_company_numbers_by_its_own_sequence(self):
        sequence = self.env["ir.sequence"]
        sequence.create(
            {
                "name": "RMA Number of Other",
                "code": "rma.authorization",
                "prefix": "OTHER",
                "company_id": self.other_company.id,
            }
        )
        with self._in_the_other_company():
            foreign = self._authorize(self.other_order)
        self.assertEqual(foreign.rma_number, "OTHER1")
        self.assertNotIn("OTHER", self._authorize(self._sell()).rma_number)

    def test_the_default_company_is_the_users(self):
        self.assertEqual(self.foreign.company_id, self.other_company)
        own = self._create_authorization(self._sell())
        self.assertEqual(own.company_id, self.company)

    def test_the_replacement_belongs_to_the_company(self):
        with self._in_the_other_company():
            foreign = self._authorize(
                self.other_order, resolution="exchange", advance=True
            )
        foreign.action_settle()
        self.assertEqual(
            foreign.sudo().replacement_order_ids.company_id, self.other_company
        )

    def test_validity_and_inspection_are_the_companys(self):
        self.other_company.write(
            {"rma_validity_days": 3, "rma_inspection_required": False}
        )
        with self._in_the_other_company():
            foreign = self._create_authorization(self.other_order)
        foreign.action_authorize()
        self.assertEqual((foreign.date_deadline - foreign.date_request.date()).days, 3)
        self.assertFalse(foreign.inspection_required)

    def test_the_default_team_is_the_users_own_in_this_company(self):
        teams = self.env["rma.authorization.team"].create(
            [
                {"name": "Other's", "company_id": self.other_company.id, "sequence": 1},
                {"name": "Mine", "member_ids": self.agent.ids, "sequence": 99},
            ]
        )
        own = self._create_authorization(self._sell())
        self.assertEqual(own.team_id, teams[1])
        with self._in_the_other_company():
            foreign = self._create_authorization(self.other_order)
        self.assertEqual(foreign.team_id, teams[0])

    def test_a_team_of_another_company_is_refused(self):
        team = self.env["rma.authorization.team"].create(
            {"name": "Other's", "company_id": self.other_company.id}
        )
        own = self._create_authorization(self._sell())
        with self.assertRaises(UserError):
            own.sudo().team_id = team

    def test_reasons_of_another_company_are_not_proposed(self):
        self.env["rma.authorization.reason"].create(
            {
                "name": "Other's",
                "code": "other",
                "sequence": 0,
                "company_id": self.other_company.id,
            }
        )
        reasons = self.env["rma.authorization.reason"].with_user(self.agent)
        self.assertNotEqual(reasons._get_default().name, "Other's")
        reasons = reasons.with_user(self.other_agent)
        self.assertEqual(reasons._get_default().name, "Other's")
