# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.rma_authorization.models.rma_authorization_warranty import (
    get_warranty_end,
)

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestWarrantyTerms(RmaCommon):
    """How long the warranty of a product is, and until when."""

    def test_a_month_ends_with_the_same_day(self):
        for start, months, end in (
            (date(2025, 3, 15), 24, date(2027, 3, 15)),
            (date(2025, 1, 31), 1, date(2025, 2, 28)),
            (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 2, 29), 48, date(2028, 2, 29)),
            (date(2025, 12, 31), 2, date(2026, 2, 28)),
            (date(2025, 8, 31), 6, date(2026, 2, 28)),
        ):
            self.assertEqual(get_warranty_end(start, months), end, (start, months))

    def test_months_are_added_before_days(self):
        # 31 January + 1 month is 28 February, + 3 days is 3 March
        self.assertEqual(get_warranty_end(date(2025, 1, 31), 1, 3), date(2025, 3, 3))

    def _get_months(self):
        return self.product._get_rma_warranty_months(self.company)[self.product]

    def test_nothing_is_promised_unless_somebody_says_so(self):
        self.assertEqual(self._get_months(), 0)

    def test_the_most_specific_term_wins(self):
        above = self.env["product.category"].create({"name": "Electronics"})
        category = above.create({"name": "Radios", "parent_id": above.id})
        self.product.categ_id = category
        self.company.rma_warranty_months = 6
        self.assertEqual(self._get_months(), 6)
        above.rma_warranty_months = 12
        self.assertEqual(self._get_months(), 12)
        category.rma_warranty_months = 18
        self.assertEqual(self._get_months(), 18)
        self.product.rma_warranty_months = 36
        self.assertEqual(self._get_months(), 36)

    def test_none_can_be_said_against_category_and_company(self):
        self.company.rma_warranty_months = 24
        self.product.rma_no_warranty = True
        self.assertEqual(self._get_months(), 0)
        self.product.rma_no_warranty = False
        self.product.categ_id = self.env["product.category"].create(
            {"name": "Spare Parts", "rma_no_warranty": True}
        )
        self.assertEqual(self._get_months(), 0)

    def test_each_company_promises_for_itself(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.product.with_company(other).rma_warranty_months = 60
        self.company.rma_warranty_months = 12
        self.assertEqual(self._get_months(), 12)
        months = self.product._get_rma_warranty_months(other)
        self.assertEqual(months[self.product], 60)

    def test_impossible_terms_are_refused_with_a_sentence(self):
        with self.assertRaisesRegex(ValidationError, "-1 months of warranty"):
            self.product.rma_warranty_months = -1
        self.product.rma_warranty_months = 12
        with self.assertRaisesRegex(ValidationError, "none at the same time"):
            self.product.rma_no_warranty = True


@tagged("post_install", "-at_install")
class TestWarranty(RmaCommon):
    """Passports of what is delivered by hand, and what people do with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rma_warranty_months = 24
        cls.company.resource_calendar_id.tz = "UTC"
        cls.warranties = cls.env["rma.authorization.warranty"]

    def _get_warranties(self, order):
        if "move_ids" in order.order_line._fields:
            self.env["rma.authorization.warranty.maker"]._make_of_moves(
                SQL("m.sale_line_id = ANY(%s)", order.order_line.ids)
            )
        return self.warranties.search(
            [("sale_line_id", "in", order.order_line.ids)], order="id"
        )

    def _create_warranty(self, **vals):
        return self.warranties.create(
            {
                "product_id": self.product.id,
                "partner_id": self.customer.id,
                "date_start": date(2025, 3, 15),
                "months": 24,
                **vals,
            }
        )

    # -- made --------------------------------------------------------------------------

    @freeze_time("2025-03-15 10:00:00")
    def test_a_delivery_makes_a_warranty(self):
        order = self._sell(5)
        warranty = self._get_warranties(order)
        self.assertRecordValues(
            warranty,
            [
                {
                    "product_id": self.product.id,
                    "quantity": 5,
                    "partner_id": self.customer.id,
                    "commercial_partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "date_start": date(2025, 3, 15),
                    "months": 24,
                    "date_end": date(2027, 3, 15),
                    "is_void": False,
                    "state": "running",
                }
            ],
        )
        self.assertRegex(warranty.name, r"^W\d+$")
        # what was written by one statement is what the model computes
        end = warranty.date_end
        self.env.add_to_compute(warranty._fields["date_end"], warranty)
        self.assertEqual(warranty.date_end, end)
        self.assertEqual(order.rma_warranty_count, 1)
        self.assertEqual(self.product.rma_warranty_count, 1)
        self.assertEqual(self.product.product_tmpl_id.rma_warranty_count, 1)
        self.assertEqual(self.customer.rma_warranty_count, 1)
        action = order.action_view_rma_warranties()
        self.assertEqual(self.warranties.search(action["domain"]), warranty)

    def test_without_a_term_there_is_no_warranty(self):
        self.product.rma_no_warranty = True
        self.assertFalse(self._get_warranties(self._sell(5)))

    @freeze_time("2025-03-15 23:30:00")
    def test_the_day_is_that_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        order = self._sell(1)
        self.assertEqual(self._get_warranties(order).date_start, date(2025, 3, 16))

    def test_it_may_start_with_the_order(self):
        self.company.rma_warranty_start = "order"
        order = self._sell(1, deliver=False)
        order.date_order = datetime(2025, 1, 31, 12)
        self._deliver(order)
        warranty = self._get_warranties(order)
        self.assertEqual(warranty.date_start, date(2025, 1, 31))
        self.assertEqual(warranty.date_end, date(2027, 1, 31))

    @freeze_time("2025-03-15 10:00:00")
    def test_it_may_start_with_the_invoice(self):
        self.company.rma_warranty_start = "invoice"
        order = self._sell(1)
        warranty = self._get_warranties(order)
        self.assertRecordValues(
            warranty,
            [{"date_start": date(2025, 3, 15), "is_start_provisional": True}],
        )
        invoice = order._create_invoices()
        invoice.invoice_date = date(2025, 4, 30)
        invoice.action_post()
        self._run_job()
        self.assertRecordValues(
            warranty,
            [
                {
                    "date_start": date(2025, 4, 30),
                    "date_end": date(2027, 4, 30),
                    "is_start_provisional": False,
                }
            ],
        )

    def test_each_part_of_a_delivery_has_its_day(self):
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell(5, deliver=False)
            self._deliver(order, 3)
        with freeze_time("2025-04-30 10:00:00"):
            self._deliver(order)
        self.assertRecordValues(
            self._get_warranties(order),
            [
                {"quantity": 3, "date_end": date(2027, 3, 15)},
                {"quantity": 2, "date_end": date(2027, 4, 30)},
            ],
        )
        if order.order_line.qty_delivered_method != "manual":
            return
        # one too many was entered
        self._deliver(order, 4)
        self.assertEqual(self._get_warranties(order).mapped("quantity"), [3, 1])
        self._deliver(order, 3)
        self.assertEqual(self._get_warranties(order).mapped("quantity"), [3])

    def test_certificate_numbers_are_given_once(self):
        first, second = self._create_warranty(), self._create_warranty(name="W1")
        self.assertNotIn("New", (first.name, second.name))
        self.assertNotEqual(first.name, second.name)
        self.assertNotEqual(second.name, "W1")

    def test_numbers_follow_a_sequence_without_gaps_too(self):
        self.env.ref("rma_authorization.ir_sequence_warranty").write(
            {"implementation": "no_gap", "number_next": 41}
        )
        warranties = self._create_warranty() | self._create_warranty()
        self.assertEqual(
            [name[-7:] for name in warranties.mapped("name")], ["0000041", "0000042"]
        )

    # -- the job -----------------------------------------------------------------------

    def _run_job(self, seconds=1000, batch=2000):
        """Run the scheduled action until it is done, or so many commits have passed."""
        cron = type(self.env["ir.cron"])
        left = [seconds]

        def commit(_self, *_args, **_kwargs):
            left[0] -= 1
            return max(left[0], 0)

        with patch.object(cron, "_commit_progress", commit):
            self.env["rma.authorization.warranty.scan"]._cron_make_warranties(batch)

    def test_past_deliveries_get_theirs_when_somebody_promises_one(self):
        self.company.rma_warranty_months = 0
        with freeze_time("2025-03-15 10:00:00"):
            orders = self._sell(1) | self._sell(1) | self._sell(1)
        self._run_job()
        domain = [("sale_line_id", "in", orders.order_line.ids)]
        self.assertFalse(self.warranties.search_count(domain))
        self.product.rma_warranty_months = 12
        self._run_job()
        warranties = self.warranties.search(domain)
        self.assertEqual(len(warranties), 3)
        self.assertEqual(set(warranties.mapped("date_end")), {date(2026, 3, 15)})
        self._run_job()
        self.assertEqual(self.warranties.search_count(domain), 3)

    def test_the_job_goes_on_where_it_was_stopped(self):
        self.company.rma_warranty_months = 0
        orders = self.env["sale.order"].union(*(self._sell(1) for _n in range(4)))
        self.product.rma_warranty_months = 12
        domain = [("sale_line_id", "in", orders.order_line.ids)]
        counts = []
        for _run in range(100):
            self._run_job(seconds=1, batch=1)
            counts.append(self.warranties.search_count(domain))
            if counts[-1] == 4:
                break
        self.assertEqual(counts[-1], 4)
        self.assertEqual(sorted(counts), counts)
        scan = self.env["rma.authorization.warranty.scan"].search(
            [("company_id", "=", self.company.id)]
        )
        self._run_job()
        self.assertTrue(scan.is_complete)
        self.assertGreaterEqual(scan.made, 4)
        scan.with_user(self.manager).action_restart()
        self.assertFalse(scan.is_complete)
        self._run_job()
        self.assertEqual(self.warranties.search_count(domain), 4)

    # -- on a return -------------------------------------------------------------------

    def test_a_return_knows_whether_it_is_under_warranty(self):
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell(5)
        for day, expected in (
            ("2027-03-15", True),
            ("2027-03-16", False),
        ):
            with freeze_time(f"{day} 12:00:00"):
                line = self._create_authorization(order).line_ids
                self.assertEqual(line.warranty_id, self._get_warranties(order))
                self.assertEqual(line.under_warranty, expected, day)
                self.assertEqual(line._get_warranty_ends(), {line: date(2027, 3, 15)})

    def test_somebody_may_decide_otherwise(self):
        with freeze_time("2020-03-15 10:00:00"):
            order = self._sell(5)
        line = self._create_authorization(order, under_warranty=True).line_ids
        self.assertTrue(line.under_warranty)
        self.assertTrue(line.warranty_id)
        line = self._create_authorization(order).line_ids
        self.assertFalse(line.under_warranty)
        line.under_warranty = True
        self.assertTrue(line.under_warranty)

    def test_what_has_no_warranty_is_under_none(self):
        self.product.rma_no_warranty = True
        line = self._create_authorization(self._sell(5)).line_ids
        self.assertFalse(line.warranty_id)
        self.assertFalse(line.under_warranty)
        self.assertEqual(line._get_warranty_ends(), {})

    def test_many_lines_ask_as_many_queries_as_one(self):
        orders = [self._sell(5) for _number in range(6)]
        lines = [self._create_authorization(order).line_ids for order in orders]
        lines = self.env["rma.authorization.line"].union(*lines)
        counts = []
        for asked in (lines[:1], lines):
            for _warm in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.assertEqual(len(asked._get_warranties()), len(asked))
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(counts[0], counts[1])

    def test_a_third_of_a_dozen_is_four_pieces(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell(1, product_uom_id=dozen.id)
        authorization = self._authorize(
            order, 0.33, resolution="exchange", advance=True, inspection_required=False
        )
        with freeze_time("2026-03-15 10:00:00"):
            authorization.action_settle()
            self._deliver(authorization.replacement_order_ids)
        self.assertRecordValues(
            self._get_warranties(order),
            [{"quantity": 12, "returned_qty": 4, "covered_qty": 8}],
        )

    def test_what_is_not_replaced_stays_covered(self):
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell(5)
        authorization = self._authorize(
            order, 2, resolution="exchange", advance=True, inspection_required=False
        )
        with freeze_time("2026-03-15 10:00:00"):
            authorization.action_settle()
            replacement = authorization.replacement_order_ids
            self._deliver(replacement)
        warranty = self._get_warranties(order)
        self.assertRecordValues(
            warranty, [{"returned_qty": 2, "covered_qty": 3, "is_void": False}]
        )
        self.assertRecordValues(
            self._get_warranties(replacement),
            [
                {
                    "quantity": 2,
                    "date_start": date(2026, 3, 15),
                    "months": 0,
                    "date_end": date(2027, 3, 15),
                    "inherited_from_id": warranty.id,
                }
            ],
        )

    def _replace(self, day, **settings):
        """Sold on 15 March 2025 for 24 months, replaced on `day`."""
        self.company.write(settings)
        with freeze_time("2025-03-15 10:00:00"):
            order = self._sell(1)
            self._get_warranties(order)
        authorization = self._authorize(
            order, 1, resolution="exchange", advance=True, inspection_required=False
        )
        with freeze_time(f"{day} 10:00:00"):
            authorization.action_settle()
            self._deliver(authorization.replacement_order_ids)
        return (
            self._get_warranties(order),
            self._get_warranties(authorization.replacement_order_ids),
        )

    def test_a_replacement_inherits_the_rest(self):
        old, new = self._replace("2026-03-15")
        self.assertEqual(new.date_end, date(2027, 3, 15))
        self.assertTrue(old.is_void)
        self.assertEqual(old.state, "void")
        self.assertRecordValues(
            new.extension_ids, [{"kind": "inherited", "months": 0, "days": 365}]
        )

    def test_a_replacement_has_the_minimum_at_least(self):
        # 15 February + 90 days
        _old, new = self._replace("2027-02-15")
        self.assertEqual(new.date_end, date(2027, 5, 16))

    def test_without_a_minimum_only_the_rest_is_left(self):
        _old, new = self._replace("2027-02-15", rma_warranty_replacement_days=0)
        self.assertEqual(new.date_end, date(2027, 3, 15))

    def test_a_replacement_may_have_a_new_term(self):
        _old, new = self._replace("2027-02-15", rma_warranty_replacement="new")
        self.assertRecordValues(
            new, [{"months": 24, "date_end": date(2029, 2, 15), "extension_ids": []}]
        )

    # -- people ------------------------------------------------------------------------

    def test_an_agent_extends(self):
        warranty = self._create_warranty()
        action = warranty.with_user(self.agent).action_extend()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        wizard.kind, wizard.months, wizard.days = "sold", 11, 20
        wizard.reason = "Bought with the unit"
        wizard.save().action_apply()
        # 15 March 2025 + 35 months + 20 days
        self.assertEqual(warranty.date_end, date(2028, 3, 6))
        self.assertRecordValues(
            warranty.extension_ids,
            [{"kind": "sold", "user_id": self.agent.id, "months": 11, "days": 20}],
        )

    def test_nobody_extends_by_nothing_or_less(self):
        warranty = self._create_warranty().with_user(self.agent)
        for vals in ({}, {"months": -1}, {"days": -1}):
            with self.assertRaisesRegex(ValidationError, "can't be extended"):
                warranty._extend({"kind": "goodwill", "reason": "x", **vals})

    def test_what_is_void_cannot_be_changed(self):
        warranty = self._create_warranty(returned_qty=1)
        self.assertEqual(warranty.state, "void")
        with self.assertRaisesRegex(UserError, "is void"):
            warranty.with_user(self.agent)._extend({"months": 1})
        with self.assertRaisesRegex(UserError, "is void"):
            warranty.with_user(self.agent)._transfer(self.other_customer)

    def test_an_agent_transfers_and_the_history_names_both(self):
        warranty = self._create_warranty()
        wizard = (
            self.env["rma.authorization.warranty.transfer"]
            .with_user(self.agent)
            .create(
                {
                    "warranty_ids": [Command.set(warranty.ids)],
                    "partner_id": self.other_customer.id,
                    "reason": "Sold second-hand",
                }
            )
        )
        wizard.action_apply()
        self.assertEqual(warranty.partner_id, self.other_customer)
        self.assertEqual(warranty.commercial_partner_id, self.other_customer)
        self.assertEqual(warranty.date_end, date(2027, 3, 15))
        body = warranty.message_ids[:1].body
        for word in ("Ada Customer", "Bob Customer", "Sold second-hand"):
            self.assertIn(word, body)

    def test_only_agents_change_and_everybody_reads(self):
        warranty = self._create_warranty()
        seller = self._create_user("seller", "base.group_user")
        for user in (seller, self.technician):
            own = warranty.with_user(user)
            self.assertEqual(own.date_end, date(2027, 3, 15))
            with self.assertRaises(AccessError):
                own._extend({"months": 1})
            with self.assertRaises(AccessError):
                own._transfer(self.other_customer)
            with self.assertRaises(AccessError):
                own.months = 99
        with self.assertRaises(AccessError):
            warranty.with_user(self.agent).months = 99

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        warranty = self._create_warranty()
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        found = self.warranties.with_user(stranger).search([])
        self.assertNotIn(warranty, found)
        with self.assertRaises(AccessError):
            warranty.with_user(stranger).read(["name"])

    def test_states_are_found_by_day(self):
        today = freeze_time("2027-03-15 12:00:00")
        running = self._create_warranty()
        void = self._create_warranty(returned_qty=1)
        expired = self._create_warranty(date_start=date(2025, 3, 14))
        every = running | void | expired
        with today:
            every.invalidate_recordset(["state", "days_left"])
            for state, expected in (
                ("running", running),
                ("expired", expired),
                ("void", void),
            ):
                self.assertEqual(expected.state, state)
                domain = [("id", "in", every.ids), ("state", "=", state)]
                self.assertEqual(self.warranties.search(domain), expected, state)
            domain = [("id", "in", every.ids), ("state", "!=", "void")]
            self.assertEqual(self.warranties.search(domain), running | expired)
