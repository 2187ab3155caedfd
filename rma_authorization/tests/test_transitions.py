# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from itertools import product

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.rma_authorization.models.rma_authorization_flow import (
    STATES,
    TRANSITIONS,
)

from .common import RmaCommon

# How an authorization gets into each state, one legal step at a time.
WAYS = {
    "draft": [],
    "submitted": ["submitted"],
    "authorized": ["submitted", "authorized"],
    "closed": ["submitted", "authorized", "closed"],
    "refused": ["submitted", "refused"],
    "cancelled": ["cancelled"],
    "expired": ["submitted", "authorized", "expired"],
}

# From which states an action works, and what else it needs. A step to where the
# authorization is already changes nothing; test_repeating has those.
ACTIONS = {
    "action_submit": ({"draft", "submitted"}, ()),
    "action_draft": ({"submitted", "cancelled", "draft"}, ()),
    "action_authorize": ({"draft", "submitted", "authorized"}, ()),
    "action_refuse": ({"submitted", "refused"}, ("Too late",)),
    "action_appeal": ({"refused"}, ()),
    "action_request_information": (
        {"draft", "submitted", "authorized"},
        ("What is wrong?",),
    ),
    "action_cancel": ({"draft", "submitted", "authorized", "expired", "cancelled"}, ()),
    "action_extend": ({"authorized", "expired"}, ()),
    "action_close": ({"authorized"}, ("Lost",)),
    "action_reopen": ({"closed"}, ("Look again",)),
    "action_inspect": ({"authorized"}, ()),
    "action_settle": ({"authorized"}, ()),
    "action_dispose": ({"authorized"}, ()),
}


class TransitionsCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell(500)

    @classmethod
    def _create_in(cls, state):
        authorization = cls._create_authorization(cls.order)
        for step in WAYS[state]:
            authorization._change_state(step)
        return authorization


@tagged("post_install", "-at_install")
class TestTransitions(TransitionsCommon):
    """The table of transitions is the law, and `_change_state` its only door."""

    def test_the_table_knows_every_state(self):
        states = {state for state, _label in STATES}
        self.assertEqual(set(TRANSITIONS), states)
        self.assertLessEqual(set().union(*TRANSITIONS.values()), states)

    def test_every_pair_of_states_follows_the_table(self):
        for origin, target in product(TRANSITIONS, TRANSITIONS):
            authorization = self._create_in(origin)
            with self.subTest(origin=origin, target=target):
                if target == origin or target in TRANSITIONS[origin]:
                    authorization._change_state(target)
                    self.assertEqual(authorization.state, target)
                else:
                    with self.assertRefusedNaming(authorization):
                        authorization._change_state(target)
                    self.assertEqual(authorization.state, origin)

    def test_every_action_is_refused_in_every_wrong_state(self):
        for (name, (right, arguments)), state in product(ACTIONS.items(), TRANSITIONS):
            if state in right:
                continue
            authorization = self._create_in(state).with_user(self.manager)
            with (
                self.subTest(action=name, state=state),
                self.assertRefusedNaming(authorization),
            ):
                getattr(authorization, name)(*arguments)

    def test_every_action_works_in_every_right_state(self):
        for (name, (right, arguments)), state in product(ACTIONS.items(), TRANSITIONS):
            if state not in right:
                continue
            with self.subTest(action=name, state=state):
                authorization = self._create_in(state).with_user(self.manager)
                getattr(authorization, name)(*arguments)

    def test_one_wrong_record_stops_the_whole_batch(self):
        authorizations = self._create_in("submitted") | self._create_in("draft")
        with self.assertRefusedNaming(authorizations[1]):
            authorizations._change_state("authorized")
        self.assertEqual(authorizations.mapped("state"), ["submitted", "draft"])

    def test_the_step_to_the_same_state_leaves_no_trace(self):
        authorization = self._create_in("submitted")
        submitted_on = authorization.date_submitted
        self.assertFalse(authorization._change_state("submitted"))
        self.assertEqual(len(authorization.log_ids), 1)
        self.assertEqual(authorization.date_submitted, submitted_on)

    def test_every_step_is_logged_with_who_and_why(self):
        authorization = self._create_in("submitted")
        authorization.with_user(self.manager)._change_state("refused", "Too late")
        self.assertRecordValues(
            authorization.log_ids.sorted("id"),
            [
                {
                    "from_state": "draft",
                    "to_state": "submitted",
                    "user_id": self.agent.id,
                    "reason": False,
                },
                {
                    "from_state": "submitted",
                    "to_state": "refused",
                    "user_id": self.manager.id,
                    "reason": "Too late",
                },
            ],
        )


@tagged("post_install", "-at_install")
class TestStateIsGuarded(TransitionsCommon):
    """Nobody writes a state past the table, whatever way a client chooses."""

    def test_writing_the_state_is_refused(self):
        authorization = self._create_in("submitted")
        with self.assertRefusedNaming(authorization):
            authorization.write({"state": "authorized"})

    def test_not_even_superusers_write_the_state(self):
        authorization = self._create_in("submitted")
        with self.assertRefusedNaming(authorization):
            authorization.sudo().state = "authorized"

    def test_a_key_from_a_client_opens_nothing(self):
        authorization = self._create_in("submitted")
        for key in ("x", True, 1, {}, "_STATE_KEY"):
            with self.subTest(key=key), self.assertRefusedNaming(authorization):
                authorization.with_context(rma_state_key=key).write(
                    {"state": "authorized"}
                )

    def test_creating_an_authorized_return_is_refused(self):
        with self.assertRefused("starts as a draft"):
            self.env["rma.authorization"].with_user(self.agent).create(
                {"partner_id": self.customer.id, "state": "authorized"}
            )

    def test_a_default_from_the_context_is_ignored(self):
        authorization = (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .with_context(default_state="authorized")
            .create({"partner_id": self.customer.id})
        )
        self.assertEqual(authorization.state, "draft")

    def test_importing_a_state_is_refused(self):
        rows = [[str(self.customer.id), "authorized"]]
        authorizations = self.env["rma.authorization"].with_user(self.agent)
        result = authorizations.load(["partner_id/.id", "state"], rows)
        self.assertFalse(result["ids"])
        self.assertIn("starts as a draft", result["messages"][0]["message"])

    def test_importing_over_a_state_is_refused(self):
        authorization = self._create_in("submitted")
        result = authorization.load(
            [".id", "state"], [[str(authorization.id), "authorized"]]
        )
        self.assertFalse(result["ids"])
        self.assertEqual(authorization.state, "submitted")

    def test_a_copy_starts_as_a_draft_without_number(self):
        authorization = self._authorize(self.order)
        self.assertRecordValues(
            authorization.copy(),
            [
                {
                    "state": "draft",
                    "rma_number": False,
                    "date_authorized": False,
                    "date_deadline": False,
                }
            ],
        )

    def test_writing_the_state_of_a_line_is_refused(self):
        authorization = self._authorize(self.order)
        with self.assertRaises(UserError):
            authorization.line_ids.write({"state": "draft"})
        with self.assertRaises(UserError):
            authorization.write(
                {"line_ids": [(1, authorization.line_ids.id, {"state": "draft"})]}
            )

    def test_writing_a_counted_quantity_of_a_line_is_refused(self):
        line = self._authorize(self.order).line_ids
        for name in ("qty_received_manual", "qty_settled", "qty_to_settle"):
            with self.subTest(name), self.assertRaises(UserError):
                line.write({name: 1})

    def test_the_history_is_written_by_nobody(self):
        log = self._create_in("submitted").log_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            log.write({"reason": "Nicer"})
        with self.assertRaises(AccessError):
            log.unlink()
        with self.assertRaises(AccessError):
            log.create(
                {
                    "authorization_id": log.authorization_id.id,
                    "from_state": "draft",
                    "to_state": "closed",
                }
            )
