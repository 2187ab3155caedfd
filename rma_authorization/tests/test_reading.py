# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools import fetch_rows, find_together, is_found_together, read_rows
from .common import RmaCommon

TOGETHER = ["line_ids", "log_ids", "cost_ids", "timer_ids", "tag_ids"]


@tagged("post_install", "-at_install")
class TestReading(RmaCommon):
    """What is read in fewer queries is what the ORM reads."""

    def _read_afresh(self, returns, names):
        self.env.flush_all()
        self.env.invalidate_all()
        returns.fetch(names)
        return [returns.mapped(name).ids for name in names]

    def _read_one_by_one(self, returns, names):
        return [self._read_afresh(returns, [name])[0] for name in names]

    def _make(self):
        both = self._authorize(self._sell(products=self.product | self.other_product))
        both |= self._authorize(self._sell(partner=self.other_customer))
        tags = self.env["rma.authorization.tag"].create(
            [{"name": name} for name in ("Fair", "Autumn")]
        )
        both[0].tag_ids = tags
        both[1].tag_ids = tags[0]
        both[0].line_ids[0].sequence = 99
        return both

    # -- lines, findings, costs … ------------------------------------------------------

    def test_all_lines_are_found_in_one_query(self):
        returns = self._make()
        self._read_afresh(returns, TOGETHER)
        self.env.invalidate_all()
        returns.check_access("read")
        before = self.env.cr.sql_log_count
        returns.fetch(TOGETHER)
        self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_they_are_the_same_in_the_same_order(self):
        returns = self._make()
        self.assertEqual(
            self._read_afresh(returns, TOGETHER),
            self._read_one_by_one(returns, TOGETHER),
        )
        self.assertEqual(len(returns[0].line_ids), 2)
        self.assertEqual(returns[0].line_ids[-1].sequence, 99)

    def test_archived_ones_are_left_out(self):
        returns = self._make()
        self.assertIn("active", self.env["rma.authorization.tag"]._fields)
        tag = returns[1].tag_ids
        tag.active = False
        self._read_afresh(returns, TOGETHER)
        self.assertNotIn(tag, returns.tag_ids)
        self.assertIn(tag, returns.with_context(active_test=False).tag_ids)

    def test_record_rules_hold(self):
        returns = self._make()
        self.env["ir.rule"].create(
            {
                "name": "Not the last one",
                "model_id": self.env["ir.model"]._get_id("rma.authorization.line"),
                "domain_force": [("id", "!=", returns[1].line_ids.id)],
            }
        )
        self._read_afresh(returns, TOGETHER)
        self.assertFalse(returns[1].line_ids)
        self.assertEqual(len(returns[0].line_ids), 2)

    def test_who_may_not_read_lines_is_told_so(self):
        returns = self._make()
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "rma.authorization.cost")]
        ).perm_read = False
        with self.assertRaisesRegex(AccessError, "not allowed to access 'Return Cost"):
            self._read_afresh(returns, TOGETHER)

    def test_models_that_search_their_own_way_are_asked(self):
        field = self.env["rma.authorization"]._fields["activity_ids"]
        activities = type(self.env["mail.activity"])
        self.assertIsNot(activities._search, models.BaseModel._search)
        self.assertFalse(is_found_together(self.env, field))

    # -- tools ---------------------------------------------------------------------

    def _forget_all(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def test_rows_are_read_with_what_they_belong_to_in_one_query(self):
        returns = self._make()
        self._forget_all()
        lines = returns.line_ids
        self._forget_all()
        with self.assertQueryCount(1):
            self.assertEqual(read_rows(returns, "line_ids"), lines)
            self.assertTrue(all(lines.mapped("qty_requested")))
            self.assertEqual(returns[1].line_ids, lines[-1])

    def test_parts_of_the_same_rows_are_read_together(self):
        taxes = self.env["account.tax"].search([], limit=3)
        names = ["invoice_repartition_line_ids", "refund_repartition_line_ids"]
        self._forget_all()
        expected = [[tax[name].ids for name in names] for tax in taxes]
        self._forget_all()
        read_rows(taxes, *names)
        with self.assertQueryCount(0):
            self.assertEqual(
                [[tax[name].ids for name in names] for tax in taxes], expected
            )
        self.assertTrue(all(map(all, expected)))

    def test_rows_that_are_being_changed_stay_as_they_are(self):
        returns = self._make()
        self._forget_all()
        line = returns[0].line_ids[0]
        line.description = "Not written yet"
        read_rows(returns, "line_ids")
        self.assertEqual(line.description, "Not written yet")

    def test_only_rows_that_are_not_in_memory_are_fetched(self):
        returns = self._make()
        self._forget_all()
        with self.assertQueryCount(1):
            fetch_rows(returns)
            fetch_rows(returns)
            self.assertTrue(all(returns.mapped("name")))

    def test_what_is_in_memory_is_not_found_again(self):
        returns = self._make()
        self._forget_all()
        returns.tag_ids  # noqa: B018
        tags = self.env["rma.authorization.tag"].create({"name": "New"})
        returns[0].tag_ids = tags
        find_together(returns, ["tag_ids", "line_ids"])
        self.assertEqual(returns[0].tag_ids, tags)

    # -- names in memory ---------------------------------------------------------------

    def _name(self, entry, **context):
        """Its name, as somebody sees it who has read nothing yet."""
        self.env.flush_all()
        self.env.invalidate_all()
        return entry.with_user(self.agent).with_context(**context).display_name

    def test_names_of_teams_and_reasons_cost_no_query(self):
        team = self.env["rma.authorization.team"].create({"name": "Night Shift"})
        for entry in (team, self.reason):
            self._name(entry)
            with self.assertQueryCount(0):
                self._name(entry)

    def test_a_new_name_shows_at_once(self):
        team = self.env["rma.authorization.team"].create({"name": "Night Shift"})
        self.assertEqual(self._name(team), "Night Shift")
        team.name = "Day Shift"
        self.assertEqual(self._name(team), "Day Shift")

    def test_names_are_told_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertEqual(self._name(self.reason, lang="en_US"), self.reason.name)
        self.reason.update_field_translations("name", {"fr_FR": "Abîmé"})
        self.assertEqual(self._name(self.reason, lang="fr_FR"), "Abîmé")

    def test_a_name_that_is_being_typed_shows(self):
        team = self.env["rma.authorization.team"].new({"name": "Night Shift"})
        self.assertEqual(team.display_name, "Night Shift")

    def test_an_archived_team_keeps_its_name(self):
        team = self.env["rma.authorization.team"].create({"name": "Night Shift"})
        team.active = False
        self.assertEqual(self._name(team), "Night Shift")

    def test_an_archived_reason_is_no_default(self):
        reasons = self.env["rma.authorization.reason"]
        first = reasons._get_default()
        first.active = False
        self.assertTrue(reasons._get_default())
        self.assertNotEqual(reasons._get_default(), first)

    # -- names that are searched for ---------------------------------------------------

    def _find(self, text, **kwargs):
        found = self.env["rma.authorization"].with_user(self.agent)
        return [id_ for id_, _name in found.name_search(text, **kwargs)]

    def test_part_of_a_number_finds_the_return(self):
        authorization = self._authorize(self._sell())
        authorization.customer_reference = "PO-2026-4711"
        for text in (
            authorization.rma_number[2:],
            authorization.name.lower(),
            "2026-47",
        ):
            with self.subTest(text=text):
                self.assertIn(authorization.id, self._find(text))

    def test_where_no_number_is_like_it_the_customers_name_is_looked_for(self):
        authorization = self._authorize(self._sell())
        self.assertIn(authorization.id, self._find("ada cust"))
        authorization.customer_reference = "Ada Customer 1"
        other = self._authorize(self._sell())
        self.assertNotIn(other.id, self._find("ada cust"))
        self.assertFalse(self._find("nobody is called so"))

    def test_a_search_for_a_name_keeps_to_its_domain(self):
        authorization = self._authorize(self._sell())
        found = self._find(
            authorization.rma_number, domain=[("id", "!=", authorization.id)]
        )
        self.assertFalse(found)

    # -- what is shown until a return is decided ---------------------------------------

    def test_what_helps_to_decide_shows_until_it_is_decided(self):
        order = self._sell(5)
        self._authorize(order)
        authorization = self._create_authorization(order)
        authorization.action_submit()
        self.assertEqual(authorization.same_unit_count, 1)
        self.assertEqual(authorization.earlier_count, 1)
        self.assertEqual(authorization.line_ids.qty_returnable, 4)
        authorization.action_authorize()
        self.assertRecordValues(
            authorization,
            [{"same_unit_count": 0, "earlier_count": 0, "earlier_ids": []}],
        )
        self.assertEqual(authorization.line_ids.qty_returnable, 0)

    def test_the_latest_ten_of_a_customer_are_shown_and_all_are_counted(self):
        order = self._sell(20)
        others = self.env["rma.authorization"]
        for _number in range(12):
            others |= self._create_authorization(self._sell(1))
        authorization = self._create_authorization(order)
        self.assertEqual(authorization.earlier_count, 12)
        self.assertEqual(authorization.earlier_ids, others.sorted("id")[:-11:-1])

    # -- fields of the list ------------------------------------------------------------

    def test_the_list_names_the_product_of_the_first_line(self):
        order = self._sell(products=self.product | self.other_product)
        authorization = self._create_authorization(order)
        self.assertEqual(authorization.product_id, self.product)
        authorization.line_ids[0].sequence = 99
        self.assertEqual(authorization.product_id, self.other_product)
        authorization.line_ids.filtered(
            lambda line: line.product_id == self.other_product
        ).unlink()
        self.assertEqual(authorization.product_id, self.product)

    def test_beside_its_product_an_order_line_is_told_by_order_and_quantity(self):
        line = self._sell(5).order_line
        short = line.with_context(rma_short_name=True, lang="en_US")
        self.assertEqual(short.display_name, f"{line.order_id.name} (5.00)")
        self.assertIn("Radio", line.display_name)

    def test_the_bars_of_the_board_count_activities(self):
        busy, idle = self._authorize(self._sell()), self._authorize(self._sell())
        busy.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        bar = {"field": "activity_state", "colors": {"today": "warning"}}
        counts = busy.read_progress_bar(
            [("id", "in", (busy | idle).ids)], "next_step", bar
        )
        self.assertEqual(dict(counts), {"receive": {"today": 1}})
