# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import RmaCommon

# Who may do what, to an authorization that is in the right state for it.
AGENTS = {"agent", "manager"}
ALL_ROLES = {"technician", "agent", "manager"}
ACTIONS = {
    "action_submit": ("draft", AGENTS, ()),
    "action_judge": ("draft", AGENTS, ()),
    "action_authorize_proposed": ("submitted", AGENTS, ()),
    "action_ask_manager": ("submitted", AGENTS, ()),
    "action_authorize": ("submitted", AGENTS, ()),
    "action_draft": ("submitted", AGENTS, ()),
    "action_refuse": ("submitted", AGENTS, ("Too late",)),
    "action_appeal": ("refused", AGENTS, ()),
    "action_request_information": ("submitted", AGENTS, ("What is wrong?",)),
    "action_information_received": ("submitted", AGENTS, ()),
    "action_request_supplier": ("submitted", AGENTS, ("Do you repair it?",)),
    "action_supplier_answered": ("submitted", AGENTS, ()),
    "action_stop_timers": ("submitted", AGENTS, ("A duplicate",)),
    "action_cancel": ("authorized", AGENTS, ()),
    "action_extend": ("authorized", AGENTS, ()),
    "action_close": ("authorized", AGENTS, ("Never sent",)),
    "action_report_lost": ("authorized", AGENTS, ("Lost",)),
    "action_reopen": ("closed", {"manager"}, ("Look again",)),
    "action_plan_pickup": ("authorized", AGENTS, (date.today() + timedelta(days=3),)),
    "action_carrier_scan": ("authorized", AGENTS, ()),
    "action_receive": ("authorized", AGENTS, ()),
    "action_inspect": ("received", ALL_ROLES, ()),
    "action_open_inspect": ("received", ALL_ROLES, ()),
    "action_run_many": ("received", ALL_ROLES, ("inspect",)),
    "action_settle": ("inspected", AGENTS, ()),
    "action_dispose": ("judged", AGENTS, ()),
    "action_approve_advance": ("authorized", {"manager"}, ()),
    "action_waive_owed": ("replaced", {"manager"}, ("A gift",)),
}


class AccessCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "technician": cls.technician,
            "agent": cls.agent,
            "manager": cls.manager,
            "clerk": new_test_user(
                cls.env,
                "rma_clerk",
                groups="sales_team.group_sale_salesman_all_leads",
            ),
            "portal": new_test_user(cls.env, "rma_portal", groups="base.group_portal"),
        }
        order = cls._sell(50)
        cls.by_state = {
            state: getattr(cls, f"_create_{state}")(order)
            for state in (
                "draft",
                "submitted",
                "authorized",
                "refused",
                "received",
                "inspected",
                "judged",
                "replaced",
                "closed",
            )
        }

    @classmethod
    def _create_draft(cls, order):
        return cls._create_authorization(order)

    @classmethod
    def _create_submitted(cls, order):
        authorization = cls._create_draft(order)
        authorization.action_submit()
        return authorization

    @classmethod
    def _create_refused(cls, order):
        authorization = cls._create_submitted(order)
        authorization.action_refuse("Too late")
        return authorization

    @classmethod
    def _create_authorized(cls, order):
        return cls._authorize(order)

    @classmethod
    def _create_received(cls, order):
        authorization = cls._authorize(order)
        cls._receive(authorization)
        return authorization

    @classmethod
    def _create_inspected(cls, order):
        return cls._receive_and_accept(order)

    @classmethod
    def _create_replaced(cls, order):
        authorization = cls._authorize(order, resolution="exchange", advance=True)
        authorization.action_settle()
        return authorization

    @classmethod
    def _create_judged(cls, order):
        authorization = cls._create_received(order)
        cls._inspect(authorization, (1, {"disposition": cls._get_disposition()}))
        return authorization


@tagged("post_install", "-at_install")
class TestActions(AccessCommon):
    """The role decides, not the button (R80)."""

    def assertAllowedTo(self, role):
        """Run every action as this role; only those of the table pass."""
        for name, (state, roles, arguments) in ACTIONS.items():
            authorization = self.by_state[state].with_user(self.users[role])
            with self.subTest(action=name), self.env.cr.savepoint() as savepoint:
                if role in roles:
                    getattr(authorization, name)(*arguments)
                else:
                    with self.assertRaises(AccessError):
                        getattr(authorization, name)(*arguments)
                savepoint.rollback()

    def test_a_technician_inspects_and_nothing_else(self):
        self.assertAllowedTo("technician")

    def test_an_agent_does_all_but_reopen(self):
        self.assertAllowedTo("agent")

    def test_a_manager_does_everything(self):
        self.assertAllowedTo("manager")

    def test_an_employee_without_role_does_nothing(self):
        self.assertAllowedTo("clerk")

    def test_a_portal_user_does_nothing(self):
        self.assertAllowedTo("portal")

    def test_the_table_has_every_action(self):
        windows = {"action_view_", "action_print_", "action_open_"}
        actions = {
            name
            for name in dir(self.env["rma.authorization"])
            if name.startswith("action_")
            and not any(name.startswith(prefix) for prefix in windows)
            and getattr(
                type(self.env["rma.authorization"]), name
            ).__module__.startswith("odoo.addons.rma_authorization.")
        }
        self.assertLessEqual(actions, set(ACTIONS))

    def test_undoing_takes_the_role_too(self):
        settlement = self.by_state["closed"].settlement_ids
        finding = self.by_state["inspected"].inspection_ids
        with self.assertRaises(AccessError):
            settlement.with_user(self.technician).action_undo()
        with self.assertRaises(AccessError):
            finding.with_user(self.technician).action_undo_disposition()


@tagged("post_install", "-at_install")
class TestRights(AccessCommon):
    """Reading takes a role, writing an agent, deleting a manager and a draft."""

    def _get_records(self):
        authorization = self.by_state["closed"].sudo()
        return (
            authorization,
            authorization.line_ids,
            authorization.log_ids,
            authorization.settlement_ids,
            self.by_state["inspected"].sudo().inspection_ids,
        )

    def test_every_role_reads(self):
        for role in ALL_ROLES:
            for records in self._get_records():
                with self.subTest(role, model=records._name):
                    self.assertTrue(
                        records.with_user(self.users[role]).sudo(False).read()
                    )

    def test_without_role_nobody_reads(self):
        for role in ("clerk", "portal"):
            for records in self._get_records():
                with (
                    self.subTest(role, model=records._name),
                    self.assertRaises(AccessError),
                ):
                    records.with_user(self.users[role]).sudo(False).read()

    def test_an_employee_without_role_still_sees_how_many_returns_an_order_has(self):
        order = self.by_state["closed"].sudo().sale_order_ids
        self.assertGreater(order.with_user(self.users["clerk"]).rma_count, 0)

    def test_a_technician_writes_no_authorization(self):
        authorization = self.by_state["draft"].with_user(self.technician)
        with self.assertRaises(AccessError):
            authorization.priority = "1"
        with self.assertRaises(AccessError):
            authorization.line_ids.sequence = 1

    def test_settlements_are_made_by_actions_only(self):
        settlement = self.by_state["closed"].settlement_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            settlement.write({"qty": 5})
        with self.assertRaises(AccessError):
            settlement.unlink()
        with self.assertRaises(AccessError):
            settlement.create({"line_id": settlement.line_id.id, "qty": 1})

    def test_only_a_manager_sets_up_catalogues(self):
        catalogues = (
            self.reason,
            self.env.ref("rma_authorization.rma_authorization_team_returns"),
        )
        for records in catalogues:
            with self.subTest(records._name):
                with self.assertRaises(AccessError):
                    records.with_user(self.agent).write({"name": "Mine"})
                records.with_user(self.manager).write({"name": "Ours"})

    def test_a_manager_deletes_a_draft(self):
        draft = self.by_state["draft"].with_user(self.manager)
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_nobody_else_deletes_a_draft(self):
        for role in ("technician", "agent", "clerk", "portal"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.by_state["draft"].with_user(self.users[role]).unlink()

    def test_not_even_a_manager_deletes_what_was_decided(self):
        for state in ("submitted", "refused", "authorized", "closed"):
            authorization = self.by_state[state].with_user(self.manager)
            with self.subTest(state), self.assertRefusedNaming(authorization):
                authorization.unlink()

    def test_a_cancelled_return_that_had_a_number_is_not_deleted(self):
        authorization = self.by_state["authorized"]
        authorization.action_cancel()
        with self.assertRefusedNaming(authorization):
            authorization.with_user(self.manager).unlink()

    def test_the_window_for_reasons_grants_no_rights(self):
        wizard = self.env["rma.authorization.ask"].create(
            {
                "authorization_ids": self.by_state["closed"].ids,
                "method": "action_reopen",
                "text": "Look again",
            }
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.agent).action_apply()
        with self.assertRaises(ValueError):
            wizard.method = "unlink"

    def test_an_agent_without_the_sales_app_can_still_settle(self):
        agent = new_test_user(
            self.env, "rma_desk", groups="rma_authorization.group_rma_user"
        )
        authorization = self._receive_and_accept(self._sell(), resolution="exchange")
        settlement = authorization.with_user(agent).action_settle()
        self.assertEqual(settlement.state, "in_progress")
        self.assertRaises(UserError, settlement.sale_line_ids.read)
