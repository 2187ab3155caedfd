# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import RmaCommon

FIGURES_QUERIES = 45


@tagged("post_install", "-at_install")
class TestDashboard(RmaCommon):
    """One call tells everybody what waits for them, and managers how it went."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a company of its own, so that nothing else is counted
        cls.company = cls.env["res.company"].create({"name": "Fresh"})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        users = cls.agent | cls.technician | cls.manager
        users.write(
            {
                "company_ids": [Command.set(cls.company.ids)],
                "company_id": cls.company.id,
            }
        )
        cls.reason = cls.env["rma.authorization.reason"].create(
            {"name": "Plain", "code": "r_plain"}
        )
        cls.fault = cls.env["rma.authorization.fault"].create(
            {"name": "No sound", "kind": "fault", "code": "r_sound"}
        )
        cls.order = cls._sell(10)
        cls._sell(4, products=cls.other_product)
        cls.submitted = cls._create_authorization(cls.order)
        cls.submitted.action_submit()
        cls.submitted.action_request_information("Which one?")
        cls.expected = cls._authorize(cls.order)
        cls.received = cls._authorize(cls.order, 2)
        cls._receive(cls.received)
        cls.judged = cls._authorize(cls.order, 3)
        cls._receive(cls.judged)
        cls._inspect(
            cls.judged,
            (2, {"fault_found": "found", "fault_id": cls.fault.id}),
            (1, {"fault_found": "found"}),
        )

    def _get_data(self, user=None, **kwargs):
        dashboard = self.env["rma.authorization.dashboard"]
        return dashboard.with_user(user or self.agent).get_data(**kwargs)

    def _get_figures(self, **kwargs):
        return {
            figure["name"]: figure for figure in self._get_data(**kwargs)["figures"]
        }

    # -- queues --------------------------------------------------------------------

    def test_queues_count_what_waits(self):
        counts = {queue["key"]: queue["count"] for queue in self._get_data()["queues"]}
        self.assertEqual(counts["review"], 1)
        self.assertEqual(counts["receive"], 1)
        self.assertEqual(counts["inspect"], 1)
        self.assertEqual(counts["settle"], 1)
        self.assertEqual(counts["awaiting"], 1)
        self.assertEqual(counts["late"], 0)

    def test_tiles_open_the_list_that_they_count(self):
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.agent)
        for queue in dashboard.get_data()["queues"]:
            action = dashboard.action_open_queue(queue["key"])
            records = self.env[action["res_model"]].with_user(self.agent)
            self.assertEqual(
                records.search_count(action["domain"]), queue["count"], queue["key"]
            )

    def test_technicians_see_their_queues_and_no_figures(self):
        data = self._get_data(self.technician)
        self.assertEqual(
            [queue["key"] for queue in data["queues"]], ["receive", "inspect", "late"]
        )
        self.assertEqual(data["figures"], [])
        self.assertNotIn("products", data)

    def test_a_queue_of_another_role_is_refused(self):
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.technician)
        with self.assertRaises(UserError):
            dashboard.action_open_queue("review")

    def test_who_does_not_work_on_returns_sees_nothing(self):
        clerk = new_test_user(
            self.env, "rma_clerk", groups="sales_team.group_sale_salesman_all_leads"
        )
        with self.assertRaises(AccessError):
            self._get_data(clerk)

    def test_late_returns_alarm_and_nothing_else_does(self):
        late = [queue for queue in self._get_data()["queues"] if queue["is_alarming"]]
        self.assertEqual(late, [])
        timer = self.submitted.sudo().timer_ids[:1]
        timer.sudo().write({"state": "running", "date_due": "2020-01-01 00:00:00"})
        late = [queue for queue in self._get_data()["queues"] if queue["is_alarming"]]
        self.assertEqual(
            [(queue["key"], queue["count"]) for queue in late], [("late", 1)]
        )

    # -- figures -------------------------------------------------------------------

    def test_whole_units_have_no_digits(self):
        self.assertEqual(self._get_figures()["qty_returned"]["text"], "5")
        products = self._get_data()["products"][0]
        self.assertEqual(
            (products["returned_text"], products["shipped_text"]), ("5", "10")
        )
        dashboard = self.env["rma.authorization.dashboard"]
        self.assertEqual(dashboard._format_units(2.5), "2.5")
        self.assertEqual(dashboard._format_units(1.96), "2")

    def test_the_changes_say_against_which_days(self):
        with freeze_time("2024-05-31 10:00:00"):
            compared = self._get_data(period="month")["compared"]
        # 30 days until 31 May begin on 2 May; those before end on 1 May
        self.assertIn("from 04/02/2024 to 05/01/2024", compared)

    def test_the_sign_of_a_change_comes_first(self):
        dashboard = self.env["rma.authorization.dashboard"]
        self.assertEqual(dashboard._format_change("return_rate", -2.14), "−2.1")
        self.assertEqual(dashboard._format_change("requests", 3), "+3")
        self.assertEqual(dashboard._format_change("requests", 0), "0")
        self.assertRegex(dashboard._format_change("amount_net", -1567.0), "^−.*1,567")

    def test_months_without_sales_have_no_rate(self):
        trend = self._get_data()["trend"]
        self.assertEqual(trend["rate_texts"], ["–"] * 11 + ["35.7"])
        self.assertEqual(trend["shipped_texts"][-1], "14")

    def test_figures_of_the_period(self):
        figures = self._get_figures()
        # 2 + 3 of 14 came back
        self.assertEqual(figures["qty_returned"]["value"], 5)
        self.assertAlmostEqual(figures["return_rate"]["value"], 35.714, 3)
        self.assertEqual(figures["return_rate"]["text"], "35.7")
        self.assertEqual(figures["requests"]["value"], 4)

    def test_a_change_too_small_to_be_shown_is_none(self):
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.manager)
        for before, text, is_worse in ((2.16, "0.0", False), (2.24, "−0.1", True)):
            figure = dashboard._describe_figure("deflection_rate", 1, 2.14, before)
            self.assertEqual(figure["change_text"], text)
            self.assertEqual(figure["is_worse"], is_worse)

    def test_figures_say_their_change(self):
        requests = self._get_figures()["requests"]
        self.assertEqual((requests["change"], requests["change_text"]), (4, "+4"))
        self.assertFalse(requests["is_better"] or requests["is_worse"])

    def test_a_figure_of_nothing_is_a_dash(self):
        satisfaction = self._get_figures()["satisfaction"]
        self.assertEqual((satisfaction["value"], satisfaction["text"]), (None, "–"))
        self.assertEqual(satisfaction["change_text"], "")

    def test_trend_has_twelve_months_and_ends_with_this_one(self):
        trend = self._get_data()["trend"]
        self.assertEqual(len(trend["labels"]), 12)
        self.assertEqual(trend["shipped"], [0] * 11 + [14])
        self.assertEqual(trend["returned"], [0] * 11 + [5])
        self.assertEqual(trend["rates"][-1], 35.71)

    def test_faults_are_a_pareto(self):
        faults = self._get_data()["faults"]
        self.assertEqual(
            [(fault["name"], fault["qty"], fault["cumulated"]) for fault in faults],
            [("No sound", 2, 66.7), ("No fault named", 1, 100.0)],
        )

    def test_products_that_come_back_most_have_rate_and_count(self):
        products = self._get_data()["products"]
        self.assertEqual(len(products), 1)
        self.assertEqual(products[0]["id"], self.product.id)
        self.assertEqual(products[0]["returned"], 5)
        self.assertEqual(products[0]["rate"], 50.0)

    def test_figures_open_their_rows(self):
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.agent)
        report = self.env["rma.authorization.report"].with_user(self.agent)
        for name in self._get_figures():
            action = dashboard.action_open_rows(name)
            report.search_count(action["domain"])
        action = dashboard.action_open_rows("fault_id", self.fault.id)
        rows = report.search(action["domain"])
        self.assertEqual(rows.authorization_id.ids, self.judged.ids)
        action = dashboard.action_open_rows("product_id", self.product.id)
        self.assertEqual(sum(report.search(action["domain"]).mapped("qty_returned")), 5)

    def test_wrong_scopes_are_refused_with_a_sentence(self):
        foreign = self.env["res.company"].create({"name": "Foreign"})
        for kwargs in ({"period": "decade"}, {"company_id": foreign.id}):
            with self.assertRaises(UserError):
                self._get_data(**kwargs)

    def test_one_company_at_a_time(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.agent.company_ids += other
        dashboard = (
            self.env["rma.authorization.dashboard"]
            .with_user(self.agent)
            .with_context(allowed_company_ids=[self.company.id, other.id])
        )
        data = dashboard.get_data(company_id=other.id)
        self.assertEqual(len(data["companies"]), 2)
        self.assertFalse(any(queue["count"] for queue in data["queues"]))
        self.assertEqual(data["products"], [])

    def test_the_dashboard_takes_few_queries(self):
        self._get_data()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._get_data()
        self.assertLessEqual(self.env.cr.sql_log_count - before, FIGURES_QUERIES)
