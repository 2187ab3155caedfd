# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .test_repair_repeat import RepeatCommon


@tagged("post_install", "-at_install")
class TestReportRepair(RepeatCommon):
    """How many repairs hold, what is on the bench, and what is on loan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # nobody keeps hours here: every hour counts
        cls.company.resource_calendar_id = False
        cls.env["rma.authorization.team"].search([]).calendar_id = False
        cls.env["rma.authorization.target"].create({"milestone": "repair", "hours": 40})
        cls.loan = cls._create_product("Loan Phone", tracking="serial")
        cls.loan_lots = cls._create_lots(cls.loan, 4)
        cls._stock_up(cls.loan, 4, cls.loan_lots)

    def _read(self, *names, groupby=(), domain=()):
        report = self.env["rma.authorization.report"].with_user(self.agent)
        products = self.product | self.serial_product | self.loan
        return report._read_group(
            [("product_id", "in", products.ids), *domain],
            groupby,
            [f"{name}:{report._fields[name].aggregator}" for name in names],
        )

    def assertMeasures(self, **expected):
        values = self._read(*expected)[0]
        for (name, amount), value in zip(expected.items(), values, strict=True):
            self.assertAlmostEqual(value, amount, places=3, msg=name)

    def _get_queue(self, key, user=None):
        dashboard = self.env["rma.authorization.dashboard"]
        dashboard = dashboard.with_user(user or self.agent)
        queues = {queue["key"]: queue for queue in dashboard.get_data()["queues"]}
        return queues.get(key)

    # -- yield ---------------------------------------------------------------------

    def test_depot_yield_is_repairs_that_held_by_repairs(self):
        self._repair("2026-03-02", self.blown)
        self._repair("2026-03-02", self.blown, self.other)
        # the first unit comes back with another fault, which says nothing about it
        self._repair("2026-03-20", self.scratch)
        self.assertMeasures(
            qty_repaired=3, qty_repaired_serial=3, qty_repaired_right=3, depot_yield=100
        )
        # and with the second one again: that repair didn't hold
        self._repair("2026-04-10", self.scratch)
        # 3 of 4
        self.assertMeasures(qty_repaired=4, qty_repaired_right=3, depot_yield=75)
        rows = self._read("qty_repaired", "depot_yield", groupby=["date:month"])
        months = {month: values for month, *values in rows}
        # of March 2 of 3 hold, and that of April does so far
        self.assertEqual(months[date(2026, 3, 1)][0], 3)
        self.assertAlmostEqual(months[date(2026, 3, 1)][1], 66.667, 3)
        self.assertEqual(months[date(2026, 4, 1)], [1, 100])

    def test_a_finding_of_the_same_fault_suffices(self):
        self._repair("2026-03-02", self.blown)
        self._find(self._come_back("2026-03-20"), self.blown)
        self.assertMeasures(qty_repaired=1, qty_repaired_right=0, depot_yield=0)

    def test_a_unit_without_a_number_is_repaired_and_says_nothing_more(self):
        _authorization, repairs = self._receive_for_repair(2, under_warranty=True)
        self._finish(repairs)
        self.assertMeasures(qty_repaired=2, qty_repaired_serial=0)
        self.assertIs(self._read("depot_yield")[0][0], False)

    def test_a_cancelled_repair_is_none(self):
        _authorization, repairs = self._receive_for_repair(1, under_warranty=True)
        repairs.action_repair_cancel()
        self.assertFalse(any(self._read("qty_repaired", "qty_repairing")[0]))

    # -- bench ---------------------------------------------------------------------

    def test_repairs_past_their_promised_time_by_those_on_the_bench(self):
        with freeze_time("2026-03-02 10:00:00"):
            _authorization, late = self._receive_for_repair(3, under_warranty=True)
            self.env.cr.flush()
        # one waits for the customer's acceptance, and has no time yet
        self._receive_for_repair(1, under_warranty=False)
        self._finish(late[0])
        self.assertMeasures(
            qty_repaired=1,
            qty_repairing=3,
            qty_repairing_late=2,
            repairing_late_rate=66.667,
        )
        # what waited in time for somebody else isn't late; nobody chases it either
        timer = late[1].sudo().rma_timer_ids
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE rma_authorization_timer SET state = 'paused', date_paused = "
                "date_due - INTERVAL '1 hour' WHERE id = %s RETURNING id",
                timer.id,
            )
        )
        self.env.invalidate_all()
        self.assertMeasures(
            qty_repairing=3, qty_repairing_late=1, repairing_late_rate=33.333
        )

    def test_repairs_on_the_bench_are_as_of_today(self):
        with freeze_time("2026-03-02 10:00:00"):
            self._receive_for_repair(1, under_warranty=True)
        rows = self._read("qty_repairing", groupby=["date:day"])
        self.assertIn((fields.Date.context_today(self.agent), 1.0), rows)

    def test_those_who_repair_see_what_is_past_due(self):
        before = self._get_queue("repair_late", self.technician)["count"]
        with freeze_time("2026-03-02 10:00:00"):
            _authorization, repairs = self._receive_for_repair(2, under_warranty=True)
            self.env.cr.flush()
        queue = self._get_queue("repair_late", self.technician)
        self.assertEqual((queue["count"], queue["is_alarming"]), (before + 2, True))
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.technician)
        action = dashboard.action_open_queue("repair_late")
        found = self.env["repair.order"].search(action["domain"])
        self.assertEqual(found & repairs, repairs.sudo(False))
        self._finish(repairs)
        self.assertEqual(
            self._get_queue("repair_late", self.technician)["count"], before
        )

    # -- loan ----------------------------------------------------------------------

    def _lend(self, number, days):
        """A unit goes to a customer, and has to be back in so many days."""
        order = self._sell_from_stock(self.product, 1)
        loaner = (
            self.env["rma.authorization.loaner"]
            .with_user(self.agent)
            .create(
                {
                    "authorization_id": self._authorize(order, 1).id,
                    "product_id": self.loan.id,
                    "lot_id": self.loan_lots[number].id,
                    "date_due": fields.Date.today() + timedelta(days=days),
                }
            )
        )
        loaner.action_lend()
        self._move(loaner)
        return loaner

    def _move(self, loaner):
        pickings = loaner.sudo().picking_ids.with_user(self.worker)
        self._deliver(pickings)

    def test_overdue_loaners_by_those_on_loan(self):
        queue = self._get_queue("loaner_late")
        back = self._lend(0, -1)
        back.action_take_back()
        self._move(back)
        self._lend(1, -1)
        self._lend(2, 0)
        self._lend(3, 5)
        # today is its last day for one of them
        self.assertMeasures(qty_lent=3, qty_lent_late=1, lent_late_rate=33.333)
        rows = self._read("qty_lent", "qty_lent_late", groupby=["lot_id"])
        by_lot = {lot: values for lot, *values in rows}
        self.assertEqual(by_lot[self.loan_lots[1]], [1, 1])
        self.assertEqual(by_lot[self.loan_lots[2]], [1, False])
        self.assertNotIn(self.loan_lots[0], by_lot)
        for user in (self.agent, self.worker):
            now = self._get_queue("loaner_late", user)
            self.assertEqual(now["count"], queue["count"] + 1)
            self.assertTrue(now["is_alarming"])

    def test_the_screen_opens_for_the_agent(self):
        action = (
            self.env["ir.actions.act_window"]
            .with_user(self.agent)
            ._for_xml_id(
                "rma_authorization_stock.rma_authorization_report_action_repairs"
            )
        )
        report = self.env[action["res_model"]].with_user(self.agent)
        report.get_views(action["views"])
        self._lend(0, 5)
        rows = report.formatted_read_group(
            safe_eval(action["domain"]), ["product_id"], ["qty_lent:sum"]
        )
        self.assertIn(
            (self.loan.id, 1.0),
            [(row["product_id"][0], row["qty_lent:sum"]) for row in rows],
        )

    # -- copy ----------------------------------------------------------------------

    def test_bench_and_loans_are_in_no_copy(self):
        loaner = self._lend(0, 5)
        self._repair("2026-03-02", self.blown)
        self.env["rma.authorization.report.copy"]._make()
        self.assertMeasures(qty_lent=1, qty_repaired=1)
        loaner.date_due = fields.Date.today() - timedelta(days=1)
        with freeze_time("2026-03-02 10:00:00"):
            _authorization, repairs = self._receive_for_repair(1, under_warranty=True)
            self.env.cr.flush()
        self.assertMeasures(qty_lent_late=1, qty_repairing=1, qty_repairing_late=1)
        self._finish(repairs)
        self.assertMeasures(qty_repaired=1)
        self.assertFalse(self._read("qty_repairing")[0][0])
