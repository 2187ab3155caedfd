# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RmaCommon


class CaseCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = new_test_user(
            cls.env, "rma_engineer", groups="rma_authorization.group_rma_quality"
        )
        cls.no_power = cls.env.ref("rma_authorization.rma_authorization_fault_no_power")
        cls.material = cls.env.ref("rma_authorization.rma_authorization_cause_material")
        cls.case = cls._open_case()

    @classmethod
    def _open_case(cls, **vals):
        return (
            cls.env["rma.authorization.case"]
            .with_user(cls.engineer)
            .create({"title": "Radios die", "product_id": cls.product.id, **vals})
        )

    @classmethod
    def _find_fault(cls, qty=1, **vals):
        """A return of the product whose technician finds a fault."""
        authorization = cls._authorize(cls._sell(qty), qty)
        cls._receive(authorization)
        return cls._inspect(
            authorization,
            (qty, {"fault_found": "found", "fault_id": cls.no_power.id, **vals}),
        )

    def _act(self, kind, **vals):
        return (
            self.env["rma.authorization.case.action"]
            .with_user(self.engineer)
            .create(
                {
                    "case_id": self.case.id,
                    "kind": kind,
                    "name": f"{kind} action",
                    "user_id": self.technician.id,
                    "date_due": fields.Date.today() + timedelta(days=7),
                    **vals,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestCase(CaseCommon):
    """A quality case goes through the eight disciplines, each through its gate."""

    def test_a_case_has_a_number_days_and_a_leader(self):
        self.assertRegex(self.case.name, r"^8D/\d{4}/\d{4}$")
        self.assertEqual(self.case.user_id, self.engineer)
        days = self.case.date_close_due - self.case.date_containment_due
        self.assertEqual(days.days, 58)  # 60 to close, 2 to contain

    def test_every_step_is_left_through_its_gate(self):
        gates = [
            ("d1", "a team", {"member_ids": self.technician.ids}),
            (
                "d2",
                "what the problem is; when it was seen; where it was seen; how many",
                {
                    "problem_what": "No power",
                    "problem_when": "Since May",
                    "problem_where": "At home",
                    "problem_how_many": "12",
                },
            ),
            ("d3", "how customers are protected", {"containment_note": "All checked"}),
            (
                "d4",
                "why it happened; why it was not noticed; a cause of the catalogue",
                {
                    "root_cause": "Weak solder",
                    "escape_cause": "No test at heat",
                    "cause_id": self.material.id,
                },
            ),
            ("d5", "a corrective action", "corrective"),
            (
                "d6",
                "the action corrective action; evidence of the effect; the day of the "
                "verification; who verified it",
                {
                    "verification": "1000 units without a fault",
                    "date_verified": fields.Date.today(),
                    "verified_by_id": self.technician.id,
                },
            ),
            ("d7", "what prevents it elsewhere", {"prevention": "Test at heat"}),
            ("d8", "an evaluation", {"evaluation": "Thank you"}),
        ]
        for step, demand, answer in gates:
            with self.subTest(step=step):
                self.assertEqual(self.case.step, step)
                with self.assertRefused(f"{self.case.name}.*{demand}"):
                    self.case.action_next_step()
                if isinstance(answer, str):
                    self._act(answer)
                else:
                    self.case.write(answer)
                if step == "d6":
                    self.case.action_ids.action_done()
                self.case.action_next_step()
        self.assertEqual(self.case.step, "closed")
        self.assertTrue(self.case.date_contained)
        self.assertTrue(self.case.date_closed)
        with self.assertRefused("ended"):
            self.case.action_next_step()

    def test_an_open_containment_holds_the_search_for_the_cause(self):
        self._go_to("d3")
        self.case.containment_note = "Stock is checked"
        action = self._act("containment")
        with self.assertRefused("the action containment action"):
            self.case.action_next_step()
        action.action_done()
        self.case.action_next_step()
        self.assertEqual(self.case.step, "d4")

    def _go_to(self, step):
        self.case.member_ids = self.technician
        self.case.action_next_step()
        self.case.write(
            {
                f"problem_{name}": "Something"
                for name in ("what", "when", "where", "how_many")
            }
        )
        while self.case.step != step:
            self.case.action_next_step()

    def test_a_step_back_is_proven_again(self):
        self._go_to("d3")
        self.case.containment_note = "All checked"
        self.case.action_next_step()
        self.case.action_previous_step()
        self.assertEqual(self.case.step, "d3")
        self.assertFalse(self.case.date_contained)
        self.assertEqual(self.case.containment_note, "All checked")

    def test_no_client_writes_a_step_past_its_gate(self):
        with self.assertRefused("only through its buttons"):
            self.case.step = "closed"
        with self.assertRefused("only through its buttons"):
            self.case.with_context(rma_step_key="x").write({"step": "d8"})
        with self.assertRefused("begins with its team"):
            self._open_case(step="d8")

    def test_a_cancelled_case_frees_its_findings_and_may_be_reopened(self):
        finding = self._find_fault()
        self.case.action_collect()
        self.assertEqual(finding.case_id, self.case)
        self.case.action_cancel()
        self.assertFalse(finding.case_id)
        self.case.action_reopen()
        self.assertEqual(self.case.step, "d1")

    def test_what_has_begun_is_kept(self):
        self._go_to("d2")
        with self.assertRefused("Cancel them instead"):
            self.case.unlink()
        self._open_case().unlink()

    def test_technicians_read_and_don_t_lead(self):
        case = self.case.with_user(self.technician)
        self.assertEqual(case.step, "d1")
        with self.assertRaises(AccessError):
            case.title = "Mine"
        with self.assertRaises(AccessError):
            case.action_cancel()

    def test_cases_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.case.sudo().write({"product_id": False, "user_id": False})
        foreign = self.env["rma.authorization.case"].create(
            {"title": "Theirs", "company_id": other.id, "user_id": False}
        )
        with self.assertRaises(AccessError):
            foreign.with_user(self.engineer).read(["title"])

    # -- findings ----------------------------------------------------------------------

    def test_the_problem_is_described_from_the_returns(self):
        self._find_fault(2)
        self._find_fault(1)
        self.case.problem_where = "In kitchens"
        self.case.action_collect()
        self.assertEqual(self.case.qty_faulty, 3)
        self.assertEqual(self.case.authorization_count, 2)
        self.assertIn("Radio", self.case.problem_what)
        self.assertIn("(2)", self.case.problem_what)
        self.assertEqual(self.case.problem_where, "In kitchens", "as it was written")
        self.assertIn("Ada Customer", self.case.problem_who)
        self.assertEqual(self.case.problem_how_many, "3 units on 2 returns.")

    def test_only_its_own_findings_are_collected(self):
        mine = self._find_fault()
        none = self._find_fault(fault_found="none", fault_id=False)
        self.case.fault_id = self.no_power
        self.case.action_collect()
        self.assertEqual(self.case.inspection_ids, mine)
        other = self._open_case()
        other.action_collect()
        self.assertFalse(other.inspection_ids, "one finding has one explanation")
        self.assertFalse(none.case_id)

    def test_a_case_without_a_product_says_what_it_needs(self):
        self.case.product_id = False
        with self.assertRefused("Enter the product"):
            self.case.action_collect()

    # -- actions and events ------------------------------------------------------------

    def test_an_action_is_an_activity_of_its_owner_until_it_is_done(self):
        action = self._act("corrective")
        activity = self.case.activity_ids
        self.assertEqual(activity.user_id, self.technician)
        self.assertEqual(activity.date_deadline, action.date_due)
        action.write({"user_id": self.manager.id, "name": "Solder anew"})
        self.assertEqual(self.case.activity_ids, activity)
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.summary, "Solder anew")
        action.action_done()
        self.assertFalse(self.case.activity_ids)
        action.date_done = False
        self.assertEqual(len(self.case.activity_ids), 1)
        action.unlink()
        self.assertFalse(self.case.activity_ids)

    def test_penalties_count_in_the_company_s_currency(self):
        other = self.env["res.currency"].create({"name": "XRP", "symbol": "X"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        events = self.env["rma.authorization.case.event"].with_user(self.engineer)
        events.create(
            [
                {"case_id": self.case.id, "kind": "penalty", "amount": 100.0},
                {
                    "case_id": self.case.id,
                    "kind": "penalty",
                    "amount": 50.0,
                    "currency_id": other.id,
                },
                {"case_id": self.case.id, "kind": "visit", "amount": 30.0},
            ]
        )
        self.assertEqual(self.case.amount_penalty, 125.0)  # 100 + 50 / 2

    # -- late, and the report ----------------------------------------------------------

    def test_late_cases_are_found(self):
        yesterday = fields.Date.today() - timedelta(days=2)
        self.case.date_containment_due = yesterday
        punctual = self._open_case()
        cases = self.env["rma.authorization.case"].with_user(self.engineer)
        both = self.case + punctual
        domain = [("id", "in", both.ids)]
        self.assertTrue(self.case.is_late)
        self.assertEqual(cases.search([*domain, ("is_late", "=", True)]), self.case)
        self.assertEqual(cases.search([*domain, ("is_late", "=", False)]), punctual)

    def test_the_report_speaks_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(
            ["rma_authorization"], ["fr_FR"], overwrite=True
        )
        self.customer.lang = "fr_FR"
        self.case.write(
            {
                "partner_id": self.customer.id,
                "problem_what": "Pas de courant",
                "root_cause": "Soudure",
            }
        )
        self._act("containment", name="Trier le stock", result="100 vérifiés")
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("rma_authorization.report_case", self.case.ids)[0]
            .decode()
        )
        for text in ("Rapport 8D", "Pas de courant", "Soudure", "100 vérifiés"):
            self.assertTrue(text in html, f"the report lacks {text}")
        for text in ("Root Cause", "2026-01-02"):
            self.assertFalse(text in html, f"the report shouldn't say {text}")

    def test_a_customer_s_report_names_no_other_customer(self):
        self._find_fault()
        self.case.action_collect()
        self.assertEqual(self.case.problem_who, "Ada Customer")
        self.assertIn("problem_who", self.case._get_report_questions())
        self.case.partner_id = self.customer
        self.assertIn("problem_who", self.case._get_report_questions())
        self.case.partner_id = self.env["res.partner"].create({"name": "Bob"})
        self.assertNotIn("problem_who", self.case._get_report_questions())
        self.case.problem_who = "The line in Hall 3"
        self.assertIn("problem_who", self.case._get_report_questions())


@tagged("post_install", "-at_install")
class TestSentinel(CaseCommon):
    """The watch opens one case for what chance doesn't explain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "rma_sentinel_minimum": 3,
                "rma_sentinel_rate": 5.0,
                "rma_case_user_id": cls.engineer.id,
            }
        )
        cls.case.unlink()
        # Sold two months ago: 100 units.
        order = cls._sell(100)
        cls._date_back(order, 60)

    @classmethod
    def _date_back(cls, order, days):
        day = fields.Datetime.now() - timedelta(days=days)
        order.date_order = day
        if "picking_ids" in order._fields:
            order.picking_ids.move_ids.date = day
            order.picking_ids.move_ids.move_line_ids.date = day

    def _watch(self):
        return self.env["rma.authorization.sentinel"]._watch(self.company)

    def _get_cases(self):
        return self.env["rma.authorization.case"].search(
            [("product_id", "=", self.product.id)]
        )

    def test_too_many_faults_open_one_case(self):
        self._find_fault(9)
        # 9 of 100 in 30 days, where 5 % a year are accepted: 0.4 expected
        case = self._watch()
        self.assertEqual(len(case), 1)
        self.assertEqual(case.product_id, self.product)
        self.assertEqual((case.alarm_kind, case.alarm_count), ("level", 9))
        self.assertEqual(case.user_id, self.engineer)
        self.assertIn("9 faulty units", case.alarm_note)
        self.assertIn("9 units on 1 returns", case.problem_how_many)
        self.assertEqual(case.activity_ids.user_id, self.engineer)
        self.assertFalse(self._watch(), "what a case explains opens no other one")

    def test_the_note_says_how_many_in_which_time_and_how_likely(self):
        self._find_fault(9)
        # 100 units for 30 days at 5 % a year: 100 * 30 * 0.05 / 365 = 0.41
        self.assertEqual(
            self._watch().alarm_note,
            "Radio: 9 faulty units in 30 days, where 0.4 were to be expected. By "
            "chance alone that happens less than once in a million looks.",
        )

    def test_the_note_is_written_for_who_reads_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(
            ["rma_authorization"], ["fr_FR"]
        )
        self.engineer.lang = "fr_FR"
        self._find_fault(9)
        with self.enter_registry_test_mode():
            self.env.ref("rma_authorization.ir_cron_sentinel").method_direct_trigger()
        self.assertIn("9 unités défectueuses en 30 jours", self._get_cases().alarm_note)
        self.assertIn("0,4", self._get_cases().alarm_note)

    def test_the_chart_has_what_the_case_explains(self):
        self._find_fault(9)
        case = self._watch().with_user(self.engineer)
        self.assertEqual(case.chart["counted"][-1], 9)
        self.assertEqual(len(case.chart["labels"]), 26)
        # 100 units of two months, at 5 % a year: 100 * 7 * 0.05 / 365
        self.assertEqual(case.chart["expected"][-1], 0.1)

    def test_what_comes_later_goes_to_the_open_case(self):
        self._find_fault(9)
        case = self._watch()
        later = self._find_fault(5)
        self.assertFalse(self._watch())
        self.assertEqual(later.case_id, case)

    def test_few_or_expected_faults_open_none(self):
        self._find_fault(2)
        self.assertFalse(self._watch())
        self.company.rma_sentinel_rate = 500.0
        self._find_fault(5)
        self.assertFalse(self._watch())

    def test_goods_without_a_fault_don_t_count(self):
        self._find_fault(9, fault_found="none", fault_id=False)
        self.assertFalse(self._watch())

    def test_what_comes_again_after_closure_is_a_case_of_its_own(self):
        self._find_fault(9)
        case = self._watch()
        case.write({"fault_id": False})
        case._set_step("closed", {"date_closed": fields.Datetime.now()})
        self._find_fault(9)
        again = self._watch()
        self.assertEqual(again.recurrence_of_id, case)

    def test_the_scheduled_action_looks_where_it_is_wanted(self):
        self._find_fault(9)
        self.company.rma_sentinel = False
        with self.enter_registry_test_mode():
            self.env.ref("rma_authorization.ir_cron_sentinel").method_direct_trigger()
            self.assertFalse(self._get_cases())
            self.company.rma_sentinel = True
            self.env.ref("rma_authorization.ir_cron_sentinel").method_direct_trigger()
        self.assertEqual(len(self._get_cases()), 1)

    def test_dozens_count_as_their_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.uom_ids += dozen
        order = self._sell(1, product_uom_id=dozen.id)
        authorization = self._authorize(order, 1)
        self._receive(authorization)
        self._inspect(
            authorization,
            (1, {"fault_found": "found", "fault_id": self.no_power.id}),
        )
        self.assertEqual(self._watch().alarm_count, 12)
