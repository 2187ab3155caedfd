# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestPolicy(RmaCommon):
    """Which policy decides: the most specific one, as it was when the order was
    confirmed; and what may be done with policies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the seeds are in force for everybody, and would decide or tie
        cls.env["rma.authorization.policy"].search([]).write({"state": "draft"})
        cls.parent_category = cls.env["product.category"].create({"name": "Things"})
        cls.category = cls.env["product.category"].create(
            {"name": "Radios", "parent_id": cls.parent_category.id}
        )
        cls.product.categ_id = cls.category
        cls.tag, cls.other_tag = cls.env["res.partner.category"].create(
            [{"name": "Contract"}, {"name": "Press"}]
        )
        cls.company_partner = cls.env["res.partner"].create(
            {"name": "Ada's Company", "is_company": True, "category_id": cls.tag.ids}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ada's Desk", "parent_id": cls.company_partner.id}
        )
        cls.belgium = cls.env.ref("base.be")
        cls.company_partner.country_id = cls.belgium
        cls.contact.country_id = cls.belgium
        cls.order = cls._sell(50, partner=cls.contact)
        cls.team = cls.env.ref("rma_authorization.rma_authorization_team_returns")

    def _policy(self, name, *, in_force=True, **vals):
        policy = (
            self.env["rma.authorization.policy"]
            .with_user(self.manager)
            .create({"name": name, "returnable": "always", **vals})
        )
        if in_force:
            policy.action_put_in_force()
        return policy

    def _decide(self, order=None):
        authorization = self._create_authorization(order or self.order)
        authorization.action_submit()
        return authorization.line_ids.policy_id

    # -- specificity -------------------------------------------------------------------

    def test_the_most_specific_policy_wins(self):
        """From least to most: each one put in force beats all before."""
        ladder = [
            {},
            {"company_id": self.company.id},
            {"team_ids": self.team.ids},
            {"sales_team_ids": self.order.team_id.ids},
            {"customer_kind": "business"},
            {"country_group_ids": self.env.ref("base.europe").ids},
            {"country_ids": self.belgium.ids},
            {"reason_ids": self.reason.ids},
            {"reason_ids": self.reason.ids, "customer_kind": "business"},
            {"category_ids": self.parent_category.ids},
            {"category_ids": self.category.ids},
            {"partner_tag_ids": self.tag.ids},
            {"product_tmpl_ids": self.product.product_tmpl_id.ids},
            {
                "product_tmpl_ids": self.product.product_tmpl_id.ids,
                "reason_ids": self.reason.ids,
            },
            {"partner_ids": self.company_partner.ids},
            {"partner_ids": self.contact.ids},
        ]
        self.assertTrue(self.order.team_id)
        for number, conditions in enumerate(ladder):
            with self.subTest(conditions=list(conditions)):
                policy = self._policy(f"Step {number}", **conditions)
                self.assertEqual(self._decide(), policy)

    def test_a_policy_for_others_does_not_apply(self):
        others = {
            "partner_ids": self.customer.ids,
            "product_tmpl_ids": self.other_product.product_tmpl_id.ids,
            "partner_tag_ids": self.other_tag.ids,
            "category_ids": self.env["product.category"].create({"name": "X"}).ids,
            "reason_ids": self.env.ref(
                "rma_authorization.rma_authorization_reason_other"
            ).ids,
            "country_ids": self.env.ref("base.cn").ids,
            "country_group_ids": self.env.ref("base.south_america").ids,
            "customer_kind": "consumer",
            "sales_team_ids": self.env["crm.team"].create({"name": "Fair"}).ids,
            "team_ids": self.env["rma.authorization.team"].create({"name": "X"}).ids,
            "company_id": self.env["res.company"].create({"name": "X"}).id,
        }
        for name, value in others.items():
            with self.subTest(condition=name):
                # sudo: only an administrator is in the other company, too
                self.env["rma.authorization.policy"].create(
                    {"name": name, "returnable": "never", name: value}
                ).action_put_in_force()
                self.assertFalse(self._decide())

    def test_a_person_without_tax_number_is_a_consumer(self):
        policy = self._policy("Consumers", customer_kind="consumer")
        self.assertEqual(self._decide(self._sell(1)), policy)
        self.customer.vat = "BE0477472701"
        self.assertFalse(self._decide(self._sell(1)))

    def test_the_country_is_where_the_goods_were_sent(self):
        policy = self._policy("China", country_ids=self.env.ref("base.cn").ids)
        self.order.partner_shipping_id = self.env["res.partner"].create(
            {
                "name": "Plant",
                "parent_id": self.company_partner.id,
                "type": "delivery",
                "country_id": self.env.ref("base.cn").id,
            }
        )
        self.assertEqual(self._decide(), policy)

    def test_of_different_tags_the_order_of_the_list_decides(self):
        self.company_partner.category_id = self.tag | self.other_tag
        first = self._policy("First", partner_tag_ids=self.other_tag.ids, sequence=1)
        with self.assertRefused("neither is more specific"):
            self._policy("Same", partner_tag_ids=self.tag.ids, sequence=1)
        self._policy("Second", partner_tag_ids=self.tag.ids, sequence=2)
        self.assertEqual(self._decide(), first)

    # -- ties --------------------------------------------------------------------------

    def test_ties_are_refused(self):
        reasons = self.env["rma.authorization.reason"].search([], limit=3)
        ties = [
            ({}, {}),
            ({"reason_ids": reasons[:2].ids}, {"reason_ids": reasons[1:].ids}),
            (
                {"category_ids": self.category.ids, "customer_kind": "business"},
                {"category_ids": self.category.ids, "customer_kind": "business"},
            ),
            (
                {"country_group_ids": self.env.ref("base.europe").ids},
                {"country_group_ids": self.env.ref("base.sepa_zone").ids},
            ),
        ]
        for first, second in ties:
            with self.subTest(first=first):
                policy = self._policy("One", **first)
                draft = self._policy("Other", in_force=False, **second)
                with self.assertRefused("One.*Other|Other.*One"):
                    draft.action_put_in_force()
                policy.action_draft()
                (policy | draft).unlink()

    def test_what_differs_is_no_tie(self):
        reasons = self.env["rma.authorization.reason"].search([], limit=2)
        pairs = [
            ({}, {"reason_ids": reasons.ids}),
            ({"reason_ids": reasons[0].ids}, {"reason_ids": reasons[1].ids}),
            (
                {"category_ids": self.category.ids},
                {"category_ids": self.parent_category.ids},
            ),
            ({"customer_kind": "business"}, {"customer_kind": "consumer"}),
            (
                {"country_ids": self.belgium.ids},
                {"country_group_ids": self.env.ref("base.europe").ids},
            ),
        ]
        for first, second in pairs:
            with self.subTest(first=first, second=second):
                policies = self._policy("One", **first) | self._policy("Two", **second)
                policies.action_draft()
                policies.unlink()

    def test_a_condition_that_would_tie_is_refused_on_save(self):
        self._policy("All")
        draft = self._policy("Radios", in_force=False)
        draft.category_ids = self.category
        draft.action_put_in_force()
        with self.assertRefused("neither is more specific"):
            self._policy("Again", category_ids=self.category.ids)

    # -- versions ----------------------------------------------------------------------

    def test_an_order_stays_under_the_version_of_its_day(self):
        first = self._policy("All", window=30)
        self.order.date_order = "2026-01-10 12:00:00"
        draft = self.env["rma.authorization.policy"].browse(
            first.action_new_version()["res_id"]
        )
        self.assertEqual((draft.version, draft.state), (2, "draft"))
        draft.with_user(self.manager).write({"returnable": "never"})
        draft.with_user(self.manager).action_put_in_force()
        self.assertEqual(first.state, "ended")
        self.assertEqual(first.date_to, draft.date_from)
        self.assertEqual(self._decide(), first)
        later = self._sell(1, partner=self.contact)
        # confirmed within the same second as the version was put in force
        later.date_order = draft.date_from
        self.assertEqual(self._decide(later), draft)

    def test_the_last_second_belongs_to_the_version_before(self):
        first = self._policy("All")
        second = self._policy("Later", in_force=False, previous_id=first.id)
        second.date_from = "2100-01-01 00:00:00"
        second.action_put_in_force()
        for moment, expected in (
            ("2099-12-31 23:59:59", first),
            ("2100-01-01 00:00:00", second),
        ):
            order = self._sell(1, partner=self.contact)
            order.date_order = moment
            self.assertEqual(self._decide(order), expected)

    def test_a_version_keeps_the_translations(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        policy = self._policy("All", in_force=False, text="Thirty days.")
        policy.with_context(lang="fr_FR").write(
            {"text": "Trente jours.", "name": "Tout"}
        )
        policy.action_put_in_force()
        version = policy.browse(policy.action_new_version()["res_id"])
        self.assertEqual(version.name, "All")
        self.assertEqual(version.with_context(lang="fr_FR").text, "Trente jours.")
        self.assertEqual(version.with_context(lang="fr_FR").name, "Tout")

    def test_only_one_next_version(self):
        policy = self._policy("All")
        policy.action_new_version()
        with self.assertRefused("is followed by"):
            policy.action_new_version()

    def test_the_terms_in_force_stand(self):
        policy = self._policy(
            "All", resolution_ids=[Command.create({"resolution": "exchange"})]
        )
        with self.assertRefused("New version|new version"):
            policy.window = 3
        with self.assertRefused("Allowed Resolutions"):
            policy.resolution_ids.window = 3
        with self.assertRefused("Allowed Resolutions"):
            policy.resolution_ids.unlink()
        with self.assertRefused("new version"):
            policy.unlink()

    def test_nobody_enters_the_state(self):
        policy = self._policy("All")
        for name, value in (
            ("state", "draft"),
            ("date_to", "2026-01-01 00:00:00"),
            ("version", 7),
        ):
            with self.assertRefused("follow from its buttons"):
                policy.write({name: value})

    def test_a_policy_that_decided_is_not_taken_back(self):
        policy = self._policy("All")
        self._decide()
        with self.assertRefused("has decided"):
            policy.action_draft()

    def test_a_version_taken_back_gives_way_to_the_one_before(self):
        first = self._policy("All")
        second = first.browse(first.action_new_version()["res_id"])
        second.with_user(self.manager).action_put_in_force()
        second.with_user(self.manager).action_draft()
        self.assertEqual((first.state, first.date_to), ("in_force", False))

    def test_a_window_of_no_time_is_refused(self):
        with self.assertRefused("no time at all"):
            self._policy("All", returnable="window", window=0)

    # -- roles and companies -----------------------------------------------------------

    def test_only_managers_change_policies(self):
        policy = self._policy("All", in_force=False)
        with self.assertRaises(AccessError):
            policy.with_user(self.agent).window = 3
        with self.assertRaises(AccessError):
            policy.with_user(self.agent).action_put_in_force()

    def test_the_seeds_are_as_described(self):
        seeds = self.env["rma.authorization.policy"]
        for name in ("defective", "doa", "wrong", "change", "b2b", "eu", "china"):
            seeds |= self.env.ref(f"rma_authorization.rma_authorization_policy_{name}")
        # all seven can be in force together
        seeds.write({"state": "draft"})
        seeds.action_put_in_force()
        self.assertEqual(set(seeds.mapped("state")), {"in_force"})

    # -- trying ------------------------------------------------------------------------

    def test_trying_shows_every_policy_and_writes_nothing(self):
        self._policy("Everybody", text="Thirty days for everybody.")
        self._policy("Radios", category_ids=self.category.ids, text="Radios: always.")
        self._policy("Chinese", country_ids=self.env.ref("base.cn").ids)
        before = self.env["rma.authorization"].search_count([])
        trial = (
            self.env["rma.authorization.policy.try"]
            .with_user(self.agent)
            .create({"sale_line_id": self.order.order_line.id})
        )
        self.assertEqual(trial.policy_id.name, "Radios")
        self.assertEqual(trial.eligibility, "eligible")
        self.assertIn("Radios: always.", trial.note)
        self.assertIn("For others: Countries", trial.policies_html)
        self.assertIn("another is more specific", trial.policies_html)
        self.assertEqual(self.env["rma.authorization"].search_count([]), before)

    def test_trying_says_the_same_as_the_request(self):
        self._policy("Everybody", returnable="window", window=5, window_start="order")
        self.order.date_order = "2026-03-01 09:00:00"
        for asked in ("2026-03-06 09:00:00", "2026-03-07 09:00:00"):
            trial = (
                self.env["rma.authorization.policy.try"]
                .with_user(self.agent)
                .create({"sale_line_id": self.order.order_line.id, "date": asked})
            )
            authorization = self._create_authorization(self.order)
            authorization.date_request = asked
            authorization.action_submit()
            line = authorization.line_ids
            self.assertEqual(trial.eligibility, line.eligibility)
            self.assertEqual(trial.note, line.eligibility_note)
