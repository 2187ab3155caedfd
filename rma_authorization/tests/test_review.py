# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestReview(RmaCommon):
    """The review desk: who may decide what, as proposed, automatically, in mass."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._put_in_force("Radios", cls.product)
        cls.order = cls._sell(5)
        cls.both = cls._sell(5, products=cls.product | cls.other_product)

    @classmethod
    def _put_in_force(cls, name, product, **terms):
        policy = cls.env["rma.authorization.policy"].create(
            {
                "name": name,
                "product_tmpl_ids": [Command.set(product.product_tmpl_id.ids)],
                "partner_ids": [Command.set(cls.customer.ids)],
                "returnable": "always",
                **terms,
            }
        )
        policy.action_put_in_force()
        return policy

    def _change(self, **terms):
        """Change the policy: nothing was decided by it yet."""
        self.policy.action_draft()
        self.policy.write(terms)
        self.policy.action_put_in_force()

    def _request(self, order=None, qty=1, **line_vals):
        authorization = self._create_authorization(
            order or self.order, qty, **line_vals
        )
        authorization.action_submit()
        return authorization

    # -- managers ----------------------------------------------------------------------

    def test_beyond_the_policy_takes_a_manager(self):
        self._change(returnable="never")
        authorization = self._request()
        self.assertTrue(authorization.needs_manager)
        with self.assertRefused("by a manager only"):
            authorization.action_authorize()
        self.assertEqual(authorization.state, "submitted")
        authorization.with_user(self.manager).action_authorize()
        self.assertEqual(authorization.state, "authorized")
        self.assertEqual(authorization.authorized_by_id, self.manager)
        self.assertEqual(authorization.eligibility, "ineligible")

    def test_an_agent_authorizes_the_eligible_part(self):
        self._put_in_force("Speakers", self.other_product, returnable="never")
        authorization = self._request(self.both)
        with self.assertRefused("by a manager only"):
            authorization.action_authorize()
        authorization.line_ids[1].qty_authorized = 0
        authorization.action_authorize()
        self.assertEqual(authorization.line_ids.mapped("qty_authorized"), [1.0, 0.0])

    def test_more_than_the_limit_takes_a_manager(self):
        self.company.rma_manager_amount = 200
        self.assertFalse(self._request(qty=2).needs_manager)
        authorization = self._request(qty=3)
        self.assertTrue(authorization.needs_manager)
        with self.assertRefused("more than the limit"):
            authorization.action_authorize()
        # two of the three are within the limit
        authorization.line_ids.qty_authorized = 2
        authorization.action_authorize()
        self.assertEqual(authorization.state, "authorized")

    def test_a_policy_has_a_limit_of_its_own(self):
        self.company.rma_manager_amount = 100
        self._change(manager_amount=300)
        self.assertFalse(self._request(qty=3).needs_manager)

    def test_an_appeal_takes_a_manager(self):
        authorization = self._request()
        authorization.action_refuse("No.")
        authorization.action_appeal()
        self.assertTrue(authorization.needs_manager)
        self.assertEqual(authorization.proposal, "decide")
        activity = authorization.activity_ids
        self.assertEqual(activity.user_id, authorization._get_manager())
        with self.assertRefused("by a manager only"):
            authorization.action_authorize()
        authorization.with_user(self.manager).action_authorize()
        self.assertFalse(authorization.activity_ids)

    def test_the_leader_of_the_team_is_asked(self):
        self.company.rma_manager_amount = 1
        authorization = self._request()
        authorization.team_id.sudo().user_id = self.manager
        authorization.action_ask_manager()
        self.assertEqual(authorization.activity_ids.user_id, self.manager)
        self.assertIn("limit", authorization.activity_ids.note)
        authorization.action_refuse("No.")
        self.assertFalse(authorization.activity_ids)

    # -- automatic ---------------------------------------------------------------------

    def test_a_policy_authorizes_alone(self):
        self._change(auto_authorize=True)
        authorization = self._request()
        self.assertEqual(authorization.state, "authorized")
        self.assertTrue(authorization.rma_number)
        self.assertTrue(authorization.is_auto_authorized)
        self.assertEqual(authorization.authorized_by_id, self.env.ref("base.user_root"))
        self.assertIn("Radios", authorization.log_ids.sorted()[0].reason)

    def test_an_agent_who_authorizes_is_the_one_who_did(self):
        self._change(auto_authorize=True)
        authorization = self._create_authorization(self.order)
        authorization.action_authorize()
        self.assertFalse(authorization.is_auto_authorized)
        self.assertEqual(authorization.authorized_by_id, self.agent)

    def test_what_a_policy_leaves_to_a_person(self):
        cases = {
            "not eligible": {"returnable": "never"},
            "evidence": {"description_required": True},
            "beyond its amount": {"auto_amount": 199.0},
            "beyond the manager's limit": {"manager_amount": 199.0},
            "not automatic": {"auto_authorize": False},
        }
        for name, terms in cases.items():
            with self.subTest(case=name):
                policy = self.policy.copy({"auto_authorize": True, **terms})
                self.policy.action_draft()
                policy.action_put_in_force()
                authorization = self._request(qty=2)
                self.assertEqual(authorization.state, "submitted")
                authorization.action_cancel()
                authorization.with_user(self.manager).unlink()
                policy.action_draft()
                policy.unlink()
                self.policy.action_put_in_force()

    def test_an_answer_that_completes_a_request_is_judged(self):
        self._change(auto_authorize=True, photo_required=True)
        authorization = self._request()
        authorization.action_request_information("A picture, please.")
        self.assertEqual(authorization.eligibility, "incomplete")
        picture = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
        authorization.sudo().message_post(
            body="Here it is.",
            author_id=self.customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            attachments=[("radio.gif", picture)],
        )
        self.assertFalse(authorization.awaiting_customer)
        self.assertEqual(authorization.eligibility, "eligible")
        self.assertEqual(authorization.state, "authorized")
        self.assertTrue(authorization.is_auto_authorized)

    def test_one_line_that_is_not_automatic_stops_all(self):
        self._change(auto_authorize=True)
        self._put_in_force("Speakers", self.other_product)
        self.assertEqual(self._request(self.both).state, "submitted")

    def test_an_automatic_amount_is_of_the_whole_request(self):
        self._change(auto_authorize=True, auto_amount=200)
        self._put_in_force(
            "Speakers", self.other_product, auto_authorize=True, auto_amount=300
        )
        self.assertEqual(self._request(self.both, qty=1).state, "authorized")
        self.assertEqual(self._request(self.both, qty=2).state, "submitted")

    # -- as proposed -------------------------------------------------------------------

    def test_many_are_authorized_as_proposed(self):
        self._put_in_force("Speakers", self.other_product, returnable="never")
        eligible = self._request()
        mixed = self._request(self.both)
        appealed = self._request()
        appealed.action_refuse("No.")
        appealed.action_appeal()
        batch = eligible | mixed | appealed
        self.assertEqual(batch.mapped("proposal"), ["authorize", "part", "decide"])
        message = batch.action_authorize_proposed()["params"]["message"]
        self.assertEqual(
            batch.mapped("state"), ["authorized", "authorized", "submitted"]
        )
        self.assertEqual(mixed.line_ids.mapped("qty_authorized"), [1.0, 0.0])
        self.assertIn("2 authorized", message)
        self.assertIn(appealed.name, message)

    def test_a_refusal_is_proposed_with_its_words(self):
        self._change(returnable="never", text="Final sale.")
        authorization = self._request()
        self.assertEqual(authorization.proposal, "refuse")
        action = authorization.action_authorize_proposed()
        self.assertAsks(action, "action_refuse")
        self.assertIn("Final sale.", action["context"]["default_text"])

    def test_missing_evidence_is_asked_for(self):
        self._change(description_required=True)
        authorization = self._request()
        self.assertEqual(authorization.proposal, "ask")
        action = authorization.action_authorize_proposed()
        self.assertAsks(action, "action_request_information")
        self.assertIn("describe", action["context"]["default_text"])

    def test_what_is_proposed_beyond_the_limit_is_left(self):
        self.company.rma_manager_amount = 150
        small, large = self._request(), self._request(qty=2)
        (small | large).action_authorize_proposed()
        self.assertEqual(small.state, "authorized")
        self.assertEqual(large.state, "submitted")
        (large | large.browse()).with_user(self.manager).action_authorize_proposed()
        self.assertEqual(large.state, "authorized")

    # -- refusing ----------------------------------------------------------------------

    def test_a_refusal_has_a_code_and_a_text_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        refusal = self.env.ref("rma_authorization.rma_authorization_refusal_late")
        refusal.with_context(lang="fr_FR").text = "Trop tard."
        authorization = self._request()
        wizard = (
            self.env["rma.authorization.ask"]
            .with_user(self.agent)
            .create(
                {
                    "authorization_ids": authorization.ids,
                    "method": "action_refuse",
                    "refusal_id": refusal.id,
                }
            )
        )
        self.assertEqual(wizard.text, "Trop tard.")
        wizard.action_apply()
        self.assertEqual(authorization.refusal_id, refusal)
        self.assertEqual(authorization.refusal_reason, "Trop tard.")

    # -- history -----------------------------------------------------------------------

    def test_earlier_returns_are_shown(self):
        first = self._request()
        elsewhere = self._request(self.both)
        cancelled = self._request()
        cancelled.action_cancel()
        foreign = self._request(self._sell(1, partner=self.other_customer))
        authorization = self._request()
        self.assertEqual(authorization.same_unit_count, 1)
        self.assertEqual(authorization.earlier_count, 2)
        self.assertEqual(authorization.earlier_ids, first | elsewhere)
        self.assertEqual(foreign.earlier_count, 0)

    def test_history_of_many_takes_few_queries(self):
        requests = [self._request(self._sell(1)).id for _number in range(12)]
        counts = []
        for ids in (requests[:2], requests[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            batch = self.env["rma.authorization"].with_user(self.agent).browse(ids)
            before = self.env.cr.sql_log_count
            batch.mapped("earlier_count")
            batch.mapped("same_unit_count")
            batch.mapped("evidence_count")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertEqual(batch[0].earlier_count, 11)

    def test_the_policy_says_who_pays_the_freight(self):
        self.assertEqual(self.reason.freight_payer, "us")
        self._change(freight_payer="customer")
        authorization = self._request()
        self.assertEqual(authorization.line_ids.freight_payer, "customer")
        elsewhere = self._request(self._sell(1, partner=self.other_customer))
        self.assertEqual(elsewhere.line_ids.freight_payer, "us")

    def test_the_policy_says_whether_goods_are_inspected(self):
        self._change(inspection="no")
        self.assertFalse(self._request().inspection_required)
