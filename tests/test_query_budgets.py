# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many queries the steps and the screens of returns may take."""

import sys
from typing import NamedTuple

from odoo import Command
from odoo.tests import TransactionCase, tagged

from .databases import ROOT
from .shop import Shop

sys.path.insert(0, str(ROOT / "setup" / "lib"))
try:
    from bench_client import Client
finally:
    sys.path.pop(0)

FEW, MANY, MOST = SIZES = (1, 20, 100)
WINDOW = "rma_authorization.rma_authorization_action"
REVIEW = "rma_authorization.rma_authorization_action_review"


class Budget(NamedTuple):
    """At most so many queries: once, and for each return or line more.

    What there is for each is mostly core's, and less than one query above what was
    counted: so another query for each return, or for each line, is found. Lower it with
    what is saved.
    """

    once: int
    returns: float
    lines: float

    def allow(self, returns, lines):
        """For so many returns of so many lines each."""
        return self.once + self.returns * (returns - 1) + self.lines * (lines - 1)


# Core alone takes one for each message, tracked value, number, reservation, quant, rule
# and reconciliation; see `setup/bench --batch` for what it takes altogether.
BUDGETS = {
    "create": Budget(33, 1.3, 0.2),
    "submit": Budget(34, 2.3, 0.2),
    "authorize": Budget(65, 4.3, 0.2),
    "receive": Budget(66, 9.3, 4.3),
    "inspect": Budget(19, 0.2, 0.2),
    "settle": Budget(62, 1.3, 0.2),
    "dispose": Budget(90, 10.3, 8.3),
    "post": Budget(148, 59.3, 3.3),
}


class BudgetCase(TransactionCase):
    """A shop, and a way to count the queries of what somebody does there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = Shop(cls.env)

    @classmethod
    def _count(cls, records, user, method):
        """What `method` does with these records, as this user who has read nothing yet,
        and how many queries that takes up to the commit."""
        # what was read with which records is forgotten as well
        records = records.browse(records.ids).with_user(user).sudo(False)
        # as clients say it with every call
        records = records.with_context(lang="en_US")
        cls.env.flush_all()
        cls.env.invalidate_all()
        before = cls.env.cr.sql_log_count
        done = method(records)
        cls.env.flush_all()
        # what is done once for all of the transaction: timers, tracking
        cls.env.cr.precommit.run()
        cls.env.flush_all()
        return done, cls.env.cr.sql_log_count - before

    @classmethod
    def _sell(cls, returns, lines):
        orders = cls.shop.sell_batch(1, orders=returns, lines=lines)
        cls.shop.bill(orders)
        return orders

    @classmethod
    def _prepare(cls, orders):
        """Values of returns of all that these orders sold."""
        reason = cls.env.ref("rma_authorization.rma_authorization_reason_defective")
        return [
            {
                "partner_id": cls.shop.customer.id,
                "line_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "sale_line_id": line.id,
                            "qty_requested": 1.0,
                            "reason_id": reason.id,
                            "resolution": "credit",
                            "disposition": "restock",
                        }
                    )
                    for line in order.order_line
                ],
            }
            for order in orders
        ]


@tagged("post_install", "-at_install")
class TestSteps(BudgetCase):
    """Whole returns, of one line each or one of many lines, by the people who do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what is kept in memory for all is there before it counts
        cls._play(FEW, FEW)
        shapes = dict.fromkeys((size, FEW) for size in SIZES)
        shapes.update(dict.fromkeys((FEW, size) for size in SIZES))
        cls.counts = {shape: cls._play(*shape) for shape in shapes}

    @classmethod
    def _play(cls, returns, lines):
        """{step: queries} of so many returns of so many lines each."""
        shop, counts = cls.shop, {}

        def do(step, user, records, method):
            done, counts[step] = cls._count(records, user, method)
            return done

        vals_list = cls._prepare(cls._sell(returns, lines))
        model = shop.env["rma.authorization"]
        batch = do("create", shop.agent, model, lambda one: one.create(vals_list))
        do("submit", shop.agent, batch, lambda one: one.action_submit())
        do("authorize", shop.agent, batch, lambda one: one.action_authorize())
        do("receive", shop.worker, shop.get_receipts(batch), shop.validate)
        do("inspect", shop.worker, batch, lambda one: one.action_inspect())
        do("settle", shop.agent, batch, lambda one: one.action_settle())
        do("dispose", shop.worker, batch, lambda one: one.action_dispose())
        notes = shop.get_notes(batch)
        do("post", shop.accountant, notes, lambda one: one.action_release_rma_credits())
        assert set(batch.mapped("state")) == {"closed"}, batch.mapped("next_step")
        assert len(batch) == returns and len(notes) == returns
        return counts

    def assertWithin(self, step):
        for shape, counts in self.counts.items():
            with self.subTest(returns=shape[0], lines=shape[1]):
                self.assertLessEqual(counts[step], BUDGETS[step].allow(*shape))

    def test_requests_are_made_within_budget(self):
        self.assertWithin("create")

    def test_requests_are_submitted_within_budget(self):
        self.assertWithin("submit")

    def test_returns_are_authorized_within_budget(self):
        self.assertWithin("authorize")

    def test_goods_are_received_within_budget(self):
        self.assertWithin("receive")

    def test_goods_are_inspected_within_budget(self):
        self.assertWithin("inspect")

    def test_returns_are_settled_within_budget(self):
        self.assertWithin("settle")

    def test_goods_are_disposed_of_within_budget(self):
        self.assertWithin("dispose")

    def test_credits_are_posted_within_budget(self):
        self.assertWithin("post")

    def test_a_query_more_for_each_breaks_every_budget(self):
        for step, budget in BUDGETS.items():
            for shape in ((MOST, FEW), (FEW, MOST)):
                with self.subTest(step=step, shape=shape):
                    one_more = self.counts[shape][step] + MOST
                    self.assertGreater(one_more, budget.allow(*shape))


@tagged("post_install", "-at_install")
class TestScreens(BudgetCase):
    """Lists and forms, with the fields that the web client fetches, and what can still
    be returned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.long = cls._make(FEW, MOST)
        cls.requests = cls._make(MOST, FEW)

    @classmethod
    def _make(cls, returns, lines):
        """Submitted returns."""
        orders = cls._sell(returns, lines)
        batch = cls.shop.env["rma.authorization"].with_user(cls.shop.agent)
        batch = batch.create(cls._prepare(orders))
        batch.action_submit()
        return batch

    def _ask(self, records, ask, user=None):
        """The queries of a question that was asked before."""
        user = user or self.shop.agent
        self._count(records, user, ask)
        return self._count(records, user, ask)[1]

    def _open_client(self, user, window=WINDOW):
        return Client(self.env(user=user), window)

    def _count_list(self, client, records):
        return self._ask(
            records,
            lambda some: client.open_list(some.env, [("id", "in", some.ids)]),
            client.env.user,
        )

    def _count_form(self, client, authorization):
        return self._ask(
            authorization,
            lambda one: client.open_form(one.env, one.id),
            client.env.user,
        )

    def test_a_list_takes_eight_queries_whatever_its_length(self):
        for user in (self.shop.agent, self.shop.worker, self.shop.accountant):
            client = self._open_client(user)
            for size in SIZES:
                with self.subTest(user=user.login, size=size):
                    queries = self._count_list(client, self.requests[:size])
                    self.assertLessEqual(queries, 8)

    def test_the_review_desk_takes_sixteen_queries_whatever_its_length(self):
        client = self._open_client(self.shop.agent, REVIEW)
        for size in SIZES:
            with self.subTest(size=size):
                queries = self._count_list(client, self.requests[:size])
                self.assertLessEqual(queries, 16)

    def test_a_request_takes_23_queries_whatever_its_lines(self):
        client = self._open_client(self.shop.agent)
        for authorization in (self.requests[:1], self.long):
            with self.subTest(lines=len(authorization.line_ids)):
                self.assertLessEqual(self._count_form(client, authorization), 23)

    def test_a_return_takes_23_queries_whatever_its_lines(self):
        both = self.requests[:1] | self.long
        both.action_authorize()
        for user in (self.shop.agent, self.shop.worker, self.shop.accountant):
            client = self._open_client(user)
            for authorization in both:
                with self.subTest(user=user.login, lines=len(authorization.line_ids)):
                    self.assertLessEqual(self._count_form(client, authorization), 23)

    def test_a_finished_return_takes_23_queries_whatever_its_lines(self):
        both = self.requests[:1] | self.long
        both.action_authorize()
        self.shop.validate(self.shop.get_receipts(both))
        both.action_inspect()
        both.action_settle()
        both.with_user(self.shop.worker).action_dispose()
        client = self._open_client(self.shop.agent)
        for authorization in both:
            with self.subTest(lines=len(authorization.line_ids)):
                self.assertTrue(authorization.inspection_ids)
                self.assertLessEqual(self._count_form(client, authorization), 23)

    def test_the_customers_list_takes_as_many_queries_for_many_returns(self):
        def show(some):
            return [one._get_customer_goods(3) for one in some]

        few, many = (self._ask(self.requests[:size], show) for size in (FEW, MANY))
        self.assertLessEqual(many, few)

    def test_what_is_left_to_return_takes_as_many_queries_for_many_lines(self):
        for name in ("order lines", "deliveries"):
            counts = []
            for size in SIZES:
                records = self.requests[:size].sudo().line_ids.sale_line_id
                if name == "deliveries":
                    records = records.move_ids.filtered("sale_line_id")
                counts.append(
                    self._ask(
                        records, lambda some: some.sudo()._get_rma_returnable_qty()
                    )
                )
            with self.subTest(name=name):
                self.assertLessEqual(max(counts), 17)
                self.assertLessEqual(counts[-1], counts[0])
