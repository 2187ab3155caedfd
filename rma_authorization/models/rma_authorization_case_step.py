# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

STEPS = [
    ("d1", "D1 Team"),
    ("d2", "D2 Problem"),
    ("d3", "D3 Containment"),
    ("d4", "D4 Root Cause"),
    ("d5", "D5 Chosen Actions"),
    ("d6", "D6 Verified Actions"),
    ("d7", "D7 Prevention"),
    ("d8", "D8 Closure"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
# The steps in their order; each is left through the gate of its own.
ORDER = [step for step, _label in STEPS if step != "cancelled"]
ENDED = ("closed", "cancelled")

# Held by this module alone, so that no client writes a step past its gate.
_STEP_KEY = object()


class RmaAuthorizationCaseStep(models.AbstractModel):
    """The steps of a quality case, what is entered in them, and their gates (8D).

    A step is left when its gate is passed: no search for the cause before the customers
    are protected, no root cause without that of its escape, no closure before the
    effect was verified (RULES 2.6, R72 and R73).
    """

    _name = "rma.authorization.case.step"
    _description = "Steps of a Quality Case"

    company_id = fields.Many2one(comodel_name="res.company")
    step = fields.Selection(
        selection=STEPS,
        default="d1",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    date_opened = fields.Datetime(
        string="Opened", default=fields.Datetime.now, readonly=True, copy=False
    )
    date_closed = fields.Datetime(string="Closed on", readonly=True, copy=False)

    # -- D1
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Leader",
        default=lambda self: self.env.user,
        tracking=True,
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    member_ids = fields.Many2many(
        comodel_name="res.users",
        relation="rma_authorization_case_member_rel",
        string="Team",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    # -- D3
    date_containment_due = fields.Date(
        string="Containment until",
        compute="_compute_due",
        store=True,
        readonly=False,
        copy=False,
        help="By then customers must be protected.",
    )
    date_contained = fields.Datetime(string="Contained on", readonly=True, copy=False)
    containment_note = fields.Text(
        string="Protection of the Customers",
        copy=False,
        help="How it was made sure that no more faulty units reach customers; or why "
        "nothing has to be done.",
    )
    # -- D4
    cause_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        index="btree_not_null",
        check_company=True,
        copy=False,
        domain="[('kind', '=', 'cause')]",
    )
    root_cause = fields.Text(
        string="Why It Happened", copy=False, help="Root cause of the occurrence."
    )
    escape_cause = fields.Text(
        string="Why It Was Not Noticed",
        copy=False,
        help="Root cause of the escape: where it should have been found, and why it "
        "wasn't.",
    )
    # -- D6
    verification = fields.Text(
        string="Evidence of the Effect",
        copy=False,
        help="How it was seen that the fault doesn't happen any more.",
    )
    date_verified = fields.Date(string="Verified on", copy=False)
    verified_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Verified by",
        copy=False,
        check_company=True,
        domain="[('share', '=', False)]",
    )
    # -- D7
    prevention = fields.Text(
        copy=False,
        help="What keeps this and what is like it from happening again: other "
        "products, instructions, checks, training.",
    )
    # -- D8
    evaluation = fields.Text(
        copy=False, help="What was learned, and thanks to the team."
    )
    date_close_due = fields.Date(
        string="Close until",
        compute="_compute_due",
        store=True,
        readonly=False,
        copy=False,
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )

    action_ids = fields.One2many(
        comodel_name="rma.authorization.case.action",
        inverse_name="case_id",
        string="Actions",
        copy=False,
    )
    # -- computes ------------------------------------------------------------------

    @api.depends("date_opened", "company_id")
    def _compute_due(self):
        for case in self:
            company = case.company_id
            day = company._get_rma_day(case.date_opened or fields.Datetime.now())
            case.date_containment_due = day + relativedelta(
                days=company.rma_case_containment_days
            )
            case.date_close_due = day + relativedelta(days=company.rma_case_close_days)

    @api.depends("step", "date_contained", "date_containment_due", "date_close_due")
    def _compute_is_late(self):
        for case in self:
            today = case.company_id._get_rma_day(fields.Datetime.now())
            due = [case.date_close_due]
            if not case.date_contained:
                due.append(case.date_containment_due)
            case.is_late = case.step not in ENDED and any(
                date and date < today for date in due
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        # The day of the user is the day of the company but for some hours.
        today = fields.Date.context_today(self)
        late = fields.Domain("step", "not in", ENDED) & (
            fields.Domain("date_close_due", "<", today)
            | (
                fields.Domain("date_contained", "=", False)
                & fields.Domain("date_containment_due", "<", today)
            )
        )
        return late if True in value else ~late

    # -- life ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("step", "d1") != "d1":
                raise UserError(
                    self.env._(
                        "A new case begins with its team, at D1: leave its step out."
                    )
                )
            vals["step"] = "d1"
            if vals.get("name", "/") == "/":
                company = vals.get("company_id") or self.env.company.id
                sequence = self.env["ir.sequence"].with_company(company)
                vals["name"] = sequence.next_by_code("rma.authorization.case")
        return super().create(vals_list)

    def write(self, vals):
        if "step" in vals and self.env.context.get("rma_step_key") is not _STEP_KEY:
            raise UserError(
                self.env._(
                    "The step of %(names)s changes only through its buttons.",
                    names=self._get_names(),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        begun = self.filtered(lambda case: case.step not in ("d1", "cancelled"))
        if begun:
            raise UserError(
                self.env._(
                    "%(names)s tell what was done and are kept. Cancel them instead.",
                    names=begun._get_names(),
                )
            )

    def _get_names(self):
        return ", ".join(self.mapped("display_name"))

    def _set_step(self, step, vals=None):
        self.with_context(rma_step_key=_STEP_KEY).write({**(vals or {}), "step": step})

    # -- steps ---------------------------------------------------------------------

    def action_next_step(self):
        """Leave the present step for the next one, through its gate.

        :raise UserError: naming what the gate still demands
        """
        for case in self:
            if case.step in ENDED:
                raise UserError(
                    self.env._(
                        "%(case)s has ended. Reopen it to go on.",
                        case=case.display_name,
                    )
                )
            if missing := case._get_missing():
                raise UserError(
                    self.env._(
                        "%(case)s can't leave %(step)s yet. It lacks: %(missing)s.",
                        case=case.display_name,
                        step=dict(STEPS)[case.step],
                        missing="; ".join(missing),
                    )
                )
        now = fields.Datetime.now()
        for step, cases in self.grouped("step").items():
            target = ORDER[ORDER.index(step) + 1]
            vals = {"d3": {"date_contained": now}, "d8": {"date_closed": now}}
            cases._set_step(target, vals.get(step))

    def action_previous_step(self):
        """Go back, because more was found out; nothing that was entered is lost."""
        for step, cases in self.grouped("step").items():
            if step in ("d1", *ENDED):
                raise UserError(
                    self.env._(
                        "There is no step before: %(names)s.", names=cases._get_names()
                    )
                )
            target = ORDER[ORDER.index(step) - 1]
            # what is done again is proven again
            vals = {"d3": {"date_contained": False}}
            cases._set_step(target, vals.get(target))

    def action_cancel(self):
        """End without a result: it was no case. Its findings may open another one."""
        self.check_access("write")
        closed = self.filtered(lambda case: case.step == "closed")
        if closed:
            raise UserError(
                self.env._("%(names)s are closed already.", names=closed._get_names())
            )
        self.sudo().inspection_ids.case_id = False
        self._set_step("cancelled")

    def action_reopen(self):
        """Take up what has ended: after closure at D6, as the effect is in doubt; after
        cancelling at the beginning."""
        for step, cases in self.grouped("step").items():
            if step not in ENDED:
                raise UserError(
                    self.env._("%(names)s are open.", names=cases._get_names())
                )
            cases._set_step(
                "d6" if step == "closed" else "d1",
                {"date_closed": False, "date_verified": False},
            )

    def _get_missing(self):
        """What the gate of the present step still demands, in words.

        :return: list of str; empty when the step may be left
        """
        self.ensure_one()
        return [text for text, is_there in self._get_gate() if not is_there]

    def _get_gate(self):
        """[(what the present step demands, whether it is there)]; override to add."""
        actions = self.action_ids.grouped("kind")
        contained, corrective, preventive = (
            actions.get(kind, self.action_ids.browse())
            for kind in ("containment", "corrective", "preventive")
        )
        return {
            "d1": [
                (self.env._("a leader"), self.user_id),
                (
                    self.env._("a team beside the leader"),
                    self.member_ids - self.user_id,
                ),
            ],
            "d2": [
                (self.env._("what the problem is"), self.problem_what),
                (self.env._("when it was seen"), self.problem_when),
                (self.env._("where it was seen"), self.problem_where),
                (self.env._("how many are concerned"), self.problem_how_many),
            ],
            "d3": [
                (self.env._("how customers are protected"), self.containment_note),
                *self._get_open_demands(contained),
            ],
            "d4": [
                (self.env._("why it happened"), self.root_cause),
                (self.env._("why it was not noticed"), self.escape_cause),
                (self.env._("a cause of the catalogue"), self.cause_id),
            ],
            "d5": [(self.env._("a corrective action with its owner"), corrective)],
            "d6": [
                *self._get_open_demands(corrective),
                (self.env._("evidence of the effect"), self.verification),
                (self.env._("the day of the verification"), self.date_verified),
                (self.env._("who verified it"), self.verified_by_id),
            ],
            "d7": [
                (self.env._("what prevents it elsewhere"), self.prevention),
                *self._get_open_demands(preventive),
            ],
            "d8": [
                (self.env._("an evaluation"), self.evaluation),
                *self._get_open_demands(self.action_ids),
            ],
        }[self.step]

    def _get_open_demands(self, actions):
        return [
            (self.env._("the action %(name)s", name=action.name), action.date_done)
            for action in actions
        ]
