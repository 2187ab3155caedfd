# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from .. import uninstall_hook
from ..models import rma_authorization_report_copy
from .test_report import ReportCommon


@tagged("post_install", "-at_install")
class TestReportCopy(ReportCommon):
    """Where there are many returns, measures are counted from a copy, and say of
    when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.copies = cls.env["rma.authorization.report.copy"]
        cls.report = cls.env["rma.authorization.report"].with_user(cls.agent)
        cls.ours = [("partner_id", "in", cls.customers.ids)]

    def _with_lines(self, limit):
        """As if so many lines could be counted at once."""
        return patch.object(rma_authorization_report_copy, "LIVE_LINES", limit)

    def _make(self):
        copy = self.copies._make()
        self.assertEqual(self.report._find_copy(), copy)
        return copy

    # -- the same figures ----------------------------------------------------------

    def test_a_copy_has_the_very_rows_of_the_records(self):
        rows = self._read_rows(self.ours)
        self._make()
        self.assertGreater(len(rows), 40)
        self.assertEqual(self._read_rows(self.ours), rows)

    def test_measures_of_a_copy_are_those_worked_out_by_hand(self):
        self._make()
        self.assertMeasures(
            qty_shipped=41, qty_returned=8, return_rate=19.512, amount_cost=102
        )
        rates = dict(self._read("return_rate", groupby=["product_id"]))
        self.assertAlmostEqual(rates[self.other_product], 20.0, 3)

    def test_amounts_of_a_copy_are_converted(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XRE",
                "symbol": "r",
                "rate_ids": [
                    Command.create(
                        {"name": "2020-01-01", "rate": 2.0, "company_id": False}
                    )
                ],
            }
        )
        branch = self.env["res.company"].create(
            {"name": "Branch", "currency_id": currency.id}
        )
        self._make()
        both = self.env["rma.authorization.report"].with_context(
            allowed_company_ids=[branch.id, self.company.id]
        )
        # 102 of ours are 204 of theirs
        self.assertEqual(both._read_group(self.ours, [], ["amount_cost:sum"]), [(204,)])

    def test_other_companies_read_nothing_of_ours_in_a_copy(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self._make()
        self.assertEqual(
            self._read("qty_shipped", "amount_cost", user=stranger), [(False, False)]
        )

    # -- when it is not the copy ------------------------------------------------------

    def test_what_happens_later_comes_with_the_next_copy(self):
        self._make()
        self._spend(self.r1, parts=40)
        self.assertMeasures(amount_cost=102)
        self.env.invalidate_all()
        self._make()
        self.assertMeasures(amount_cost=142)

    def test_what_time_changes_is_in_no_copy(self):
        timer = self.r9.timer_ids.filtered(lambda timer: timer.state == "running")[:1]
        self.assertTrue(timer)
        self._set(timer, date_due=fields.Datetime.now() + timedelta(days=1))
        [(due,)] = self._read("timers_due")
        self._make()
        self._set(timer, date_due=fields.Datetime.now() - timedelta(days=1))
        self.assertMeasures(timers_due=due + 1)

    def test_a_copy_of_yesterday_is_not_read(self):
        copy = self._make()
        self._set(copy, date=fields.Datetime.now() - timedelta(hours=25))
        self.report._forget_query()
        self._spend(self.r1, parts=40)
        self.assertMeasures(amount_cost=142)

    def test_a_copy_of_other_days_is_not_read(self):
        self._make()
        # in another time zone, events fall on other days
        self.company.partner_id.tz = "Pacific/Kiritimati"
        self.company.resource_calendar_id.tz = "Pacific/Kiritimati"
        self.report._forget_query()
        self.assertFalse(self.report._find_copy())

    def test_groups_of_what_was_deleted_are_counted_of_the_records(self):
        self._make()
        guest = self.env["res.partner"].create({"name": "Guest"})
        table = self.copies.search([], limit=1)._get_table()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET partner_id = %s WHERE line_id = %s",
                SQL.identifier(table),
                guest.id,
                self.r1.line_ids.id,
            )
        )
        guest.unlink()
        rows = self.report.formatted_read_group(
            [("line_id", "=", self.r1.line_ids.id)],
            ["partner_id"],
            ["qty_returned:sum"],
        )
        self.assertEqual(
            [(row["partner_id"][0], row["qty_returned:sum"]) for row in rows],
            [(self.customer.commercial_partner_id.id, 2.0)],
        )

    # -- by itself -----------------------------------------------------------------

    def test_few_lines_are_counted_of_the_records(self):
        self._make()
        with self._with_lines(1_000_000):
            self.copies._cron_make()
        self.assertFalse(self.copies.search([]))
        self.assertMeasures(amount_cost=102)

    def test_of_many_lines_a_copy_is_made_and_the_one_before_stays(self):
        with self._with_lines(0):
            for _time in range(3):
                self.copies._cron_make()
        copies = self.copies.search([])
        self.assertEqual(len(copies), 2)
        for copy in copies:
            self.assertTrue(table_exists(self.env.cr, copy._get_table()))
        tables = f"{rma_authorization_report_copy.PREFIX}%"
        self.env.cr.execute(
            "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE %s",
            (tables,),
        )
        self.assertEqual(self.env.cr.fetchone()[0], 2)

    def test_nothing_is_left_behind_by_uninstalling(self):
        table = self._make()._get_table()
        uninstall_hook(self.env)
        self.assertFalse(table_exists(self.env.cr, table))

    # -- dashboard -----------------------------------------------------------------

    def test_the_dashboard_says_of_when_its_figures_are(self):
        dashboard = self.env["rma.authorization.dashboard"].with_user(self.agent)
        self.assertEqual(dashboard.get_data()["as_of"], "")
        self._make()
        self.assertTrue(dashboard.get_data()["as_of"])

    def test_who_reads_figures_asks_for_new_ones(self):
        dashboard = self.env["rma.authorization.dashboard"]
        cron = self.env.ref("rma_authorization.ir_cron_report_copy")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        dashboard.with_user(self.agent).action_refresh()
        again = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(len(again - triggers), 1)
        with self.assertRaises(AccessError):
            dashboard.with_user(self.technician).action_refresh()
