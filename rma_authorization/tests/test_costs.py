# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCosts(RmaCommon):
    """The cost ledger: rows that people enter, and rows that documents bring."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell()

    def setUp(self):
        super().setUp()
        self.authorization = self._authorize(self.order)

    def _enter(self, user, **vals):
        return (
            self.env["rma.authorization.cost"]
            .with_user(user)
            .create(
                {
                    "name": "Courier",
                    "authorization_id": self.authorization.id,
                    "kind": "freight_in",
                    **vals,
                }
            )
        )

    def _follow(self, amount, **vals):
        """A document of the line, here its order, costs so much."""
        costs = self.env["rma.authorization.cost"].sudo()
        line = self.authorization.line_ids
        costs._follow_documents(
            costs.search([("line_id", "=", line.id), ("res_model", "=", "sale.order")]),
            [
                {
                    "name": self.order.name,
                    "authorization_id": self.authorization.id,
                    "line_id": line.id,
                    "kind": "other",
                    "amount": amount,
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    **vals,
                }
            ],
        )
        return self.authorization.cost_ids

    # -- by hand -----------------------------------------------------------------------

    def test_agents_and_managers_enter_costs_and_correct_them(self):
        for user in (self.agent, self.manager):
            with self.subTest(user.login):
                cost = self._enter(user, amount=12.5)
                self.assertEqual(self.authorization.cost_total, 12.5)
                cost.amount = 10.0
                self.assertEqual(self.authorization.cost_total, 10.0)
                cost.unlink()
                self.assertEqual(self.authorization.cost_total, 0.0)

    def test_a_recovery_lowers_the_net_cost(self):
        self._enter(self.agent, amount=12.5)
        self._enter(self.agent, kind="recovery", amount=-20.0)
        self.assertEqual(self.authorization.cost_total, -7.5)

    def test_an_amount_in_another_currency_is_converted_at_the_rate_of_the_date(self):
        foreign = self.env["res.currency"].create({"name": "RMX", "symbol": "x"})
        rate = {"currency_id": foreign.id, "company_id": self.company.id}
        self.env["res.currency.rate"].create(
            [
                {**rate, "name": "2024-01-01", "rate": 2.0},
                {**rate, "name": "2024-06-01", "rate": 4.0},
            ]
        )
        cost = self._enter(
            self.agent,
            amount_currency=100.0,
            document_currency_id=foreign.id,
            date=fields.Date.to_date("2024-03-01"),
        )
        self.assertEqual(cost.amount, 50.0)
        cost.date = "2024-07-01"
        self.assertEqual(cost.amount, 25.0)
        self.assertEqual(self.authorization.cost_total, 25.0)

    def test_a_line_of_another_return_is_refused(self):
        other = self._authorize(self._sell())
        with self.assertRefused("is a line of another return"):
            self._enter(self.agent, line_id=other.line_ids.id)

    def test_people_without_a_role_enter_nothing(self):
        with self.assertRaises(AccessError):
            self._enter(self.env.ref("base.public_user"), amount=1.0)

    # -- from documents ----------------------------------------------------------------

    def test_a_row_follows_its_document_and_goes_with_it(self):
        cost = self._follow(30.0)
        self.assertRecordValues(cost, [{"amount": 30.0, "res_id": self.order.id}])
        self.assertEqual(self._follow(20.0), cost)
        self.assertEqual(self.authorization.cost_total, 20.0)
        self.assertFalse(self._follow(0.0))
        self.assertEqual(self.authorization.cost_total, 0.0)

    def test_each_kind_of_a_document_is_a_row_of_its_own(self):
        self._follow(30.0)
        cost = self._follow(12.0, kind="labour")
        self.assertRecordValues(cost, [{"kind": "labour", "amount": 12.0}])

    def test_rows_from_documents_are_not_changed_by_hand(self):
        cost = self._follow(30.0)
        for user in (self.agent, self.manager):
            own = cost.with_user(user)
            with self.assertRefused("comes from a document and can't be changed"):
                own.amount = 1.0
            with self.assertRefused("comes from a document and can't be changed"):
                own.unlink()

    def test_nobody_pretends_that_a_row_has_a_document(self):
        source = {"res_model": "sale.order", "res_id": self.order.id}
        with self.assertRefused("only documents themselves"):
            self._enter(self.agent, amount=1.0, **source)
        cost = self._enter(self.agent, amount=1.0)
        with self.assertRefused("only documents themselves"):
            cost.write(source)
