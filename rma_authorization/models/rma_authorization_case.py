# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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


class RmaAuthorizationCase(models.Model):
    """A quality case: what keeps coming back, why, and what is done about it (8D).

    The steps are those of the 8D method. A step is left when its gate is passed: no
    search for the cause before the customers are protected, no root cause without that
    of its escape, no closure before the effect was verified (RULES 2.6, R72 and R73).
    """

    _name = "rma.authorization.case"
    _description = "Quality Case"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "priority desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    title = fields.Char(required=True, tracking=True)
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
    priority = fields.Selection(
        selection=[("0", "Normal"), ("1", "Important"), ("2", "Critical")], default="0"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        help="For whom the report is written, in their language; nobody when the case "
        "is an internal one.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        index="btree_not_null",
        check_company=True,
        tracking=True,
    )
    fault_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        index="btree_not_null",
        check_company=True,
        domain="[('kind', '=', 'fault')]",
        help="Returns of the product with this fault belong to the case; with every "
        "fault when empty.",
    )
    vendor_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier",
        index="btree_not_null",
        check_company=True,
        help="Whose goods they are.",
    )
    inspection_ids = fields.One2many(
        comodel_name="rma.authorization.inspection",
        inverse_name="case_id",
        string="Findings",
        help="What this case explains: it doesn't open another one.",
    )
    authorization_ids = fields.Many2many(
        comodel_name="rma.authorization",
        string="Returns",
        compute="_compute_authorization_ids",
    )
    authorization_count = fields.Integer(
        string="Number of Returns", compute="_compute_authorization_ids"
    )
    qty_faulty = fields.Float(
        string="Faulty Units",
        digits="Product Unit",
        compute="_compute_authorization_ids",
        help="Of the findings of this case, in the unit of the product.",
    )
    recurrence_of_id = fields.Many2one(
        comodel_name="rma.authorization.case",
        string="Came Again after",
        index="btree_not_null",
        check_company=True,
        copy=False,
        help="An earlier case about the same, whose measures did not last.",
    )
    date_opened = fields.Datetime(
        string="Opened", default=fields.Datetime.now, readonly=True, copy=False
    )
    date_closed = fields.Datetime(string="Closed on", readonly=True, copy=False)

    # -- what opened it
    alarm_kind = fields.Selection(
        selection=[
            ("rise", "More than in the Year before"),
            ("fault", "This Fault More than in the Year before"),
            ("lot", "More than Other Lots"),
            ("vendor", "More than Other Suppliers"),
            ("level", "More than Accepted"),
        ],
        string="Opened because",
        readonly=True,
        copy=False,
        help="Why the watch for recurring faults opened it; empty when somebody did.",
    )
    alarm_count = fields.Float(
        string="Counted", digits="Product Unit", readonly=True, copy=False
    )
    alarm_expected = fields.Float(
        string="Expected", digits=(16, 2), readonly=True, copy=False
    )
    alarm_probability = fields.Float(
        string="Chance",
        digits=(16, 12),
        readonly=True,
        copy=False,
        help="How likely chance alone makes so many or more.",
    )
    alarm_note = fields.Text(string="Why It Was Opened", readonly=True, copy=False)

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
    # -- D2: 5W2H
    problem_what = fields.Text(string="What", copy=False)
    problem_when = fields.Text(string="When", copy=False)
    problem_where = fields.Text(string="Where", copy=False)
    problem_who = fields.Text(string="Who", copy=False)
    problem_why = fields.Text(string="Why It Matters", copy=False)
    problem_how = fields.Text(string="How It Was Noticed", copy=False)
    problem_how_many = fields.Text(string="How Many", copy=False)
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
        string="Cause",
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
    event_ids = fields.One2many(
        comodel_name="rma.authorization.case.event",
        inverse_name="case_id",
        string="Visits and Penalties",
        copy=False,
    )
    amount_penalty = fields.Monetary(
        string="Penalties",
        compute="_compute_amount_penalty",
        store=True,
        help="What customers have charged us, in the company's currency.",
    )

    # -- computes ------------------------------------------------------------------

    @api.depends("name", "title")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name} {case.title or ''}".strip()

    @api.depends("inspection_ids.qty", "inspection_ids.authorization_id")
    def _compute_authorization_ids(self):
        for case in self:
            case.authorization_ids = case.inspection_ids.authorization_id
            case.authorization_count = len(case.authorization_ids)
            case.qty_faulty = sum(
                finding.product_uom_id._compute_quantity(
                    finding.qty, finding.product_id.uom_id, round=False
                )
                for finding in case.inspection_ids
            )

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

    @api.depends("event_ids.amount_company")
    def _compute_amount_penalty(self):
        for case in self:
            case.amount_penalty = sum(case.event_ids.mapped("amount_company"))

    # -- checks --------------------------------------------------------------------

    @api.constrains("recurrence_of_id")
    def _check_recurrence(self):
        if self._has_cycle("recurrence_of_id"):
            raise ValidationError(
                self.env._(
                    "A case can't come again after itself. Choose an earlier one."
                )
            )

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
        _ = self.env._
        actions = self.action_ids.grouped("kind")
        contained, corrective, preventive = (
            actions.get(kind, self.action_ids.browse())
            for kind in ("containment", "corrective", "preventive")
        )
        return {
            "d1": [
                (_("a leader"), self.user_id),
                (_("a team beside the leader"), self.member_ids - self.user_id),
            ],
            "d2": [
                (_("what the problem is"), self.problem_what),
                (_("when it was seen"), self.problem_when),
                (_("where it was seen"), self.problem_where),
                (_("how many are concerned"), self.problem_how_many),
            ],
            "d3": [
                (_("how customers are protected"), self.containment_note),
                *self._get_open_demands(contained),
            ],
            "d4": [
                (_("why it happened"), self.root_cause),
                (_("why it was not noticed"), self.escape_cause),
                (_("a cause of the catalogue"), self.cause_id),
            ],
            "d5": [(_("a corrective action with its owner"), corrective)],
            "d6": [
                *self._get_open_demands(corrective),
                (_("evidence of the effect"), self.verification),
                (_("the day of the verification"), self.date_verified),
                (_("who verified it"), self.verified_by_id),
            ],
            "d7": [
                (_("what prevents it elsewhere"), self.prevention),
                *self._get_open_demands(preventive),
            ],
            "d8": [
                (_("an evaluation"), self.evaluation),
                *self._get_open_demands(self.action_ids),
            ],
        }[self.step]

    def _get_open_demands(self, actions):
        return [
            (self.env._("the action %(name)s", name=action.name), action.date_done)
            for action in actions
        ]

    # -- findings ------------------------------------------------------------------

    def action_collect(self):
        """Take in the findings of the case's product and fault that no case explains,
        and describe the problem from them where nobody has yet."""
        for case in self:
            # sudo: engineers of quality change no findings otherwise
            found = (
                self.env["rma.authorization.inspection"]
                .sudo()
                .search(case._get_finding_domain())
            )
            found.case_id = case
            case._describe_problem()

    def _get_finding_domain(self):
        """The findings that belong to this case and to no other yet."""
        self.ensure_one()
        if not self.product_id:
            raise UserError(
                self.env._(
                    "%(case)s names no product, so its returns aren't known. Enter the "
                    "product first.",
                    case=self.display_name,
                )
            )
        domain = fields.Domain(
            [
                ("case_id", "=", False),
                ("company_id", "=", self.company_id.id),
                ("product_id", "=", self.product_id.id),
                ("fault_found", "=", "found"),
                ("authorization_id.direction", "=", "customer"),
            ]
        )
        if self.fault_id:
            domain &= fields.Domain("fault_id", "child_of", self.fault_id.id)
        return domain

    def _describe_problem(self):
        """Prefill the 5W2H from the returns; what somebody wrote stays."""
        for case in self:
            findings = case.sudo().inspection_ids
            if not findings:
                continue
            texts = case._get_problem_texts(findings)
            case.write(
                {name: text for name, text in texts.items() if text and not case[name]}
            )

    def _get_problem_texts(self, findings):
        """{field: text} about these findings, for the reader's language."""
        self.ensure_one()
        _ = self.env._
        lines = findings.line_id
        returns = lines.authorization_id
        days = [
            self.company_id._get_rma_day(date)
            for date in returns.mapped("date_request")
            if date
        ]
        reasons = self._count_words(lines, lambda line: line.reason_id.name)
        customers = returns.commercial_partner_id
        words = [line.description for line in lines if line.description]
        faults = self._count_words(findings, lambda finding: finding.fault_id.name)
        texts = {
            "problem_what": ": ".join(
                part for part in (self.product_id.display_name, faults) if part
            ),
            "problem_where": _("At %(count)s customers.", count=len(customers)),
            "problem_who": ", ".join(customers.mapped("display_name")[:10]),
            "problem_why": reasons,
            "problem_how": "\n".join(dict.fromkeys(words[:5])),
            "problem_how_many": _(
                "%(quantity)g units on %(count)s returns.",
                quantity=self.qty_faulty,
                count=len(returns),
            ),
        }
        if days:
            texts["problem_when"] = _(
                "Reported from %(first)s to %(last)s.",
                first=self._format_day(min(days)),
                last=self._format_day(max(days)),
            )
        return texts

    def _format_day(self, day):
        return self.env["ir.qweb.field.date"].value_to_html(day, {})

    @api.model
    def _count_words(self, records, name):
        """The names that `name` gives of records, the most frequent first, counted."""
        counts = {}
        for record in records:
            if word := name(record):
                counts[word] = counts.get(word, 0) + 1
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{word} ({count})" for word, count in ranked)

    # -- buttons -------------------------------------------------------------------

    def action_view_authorizations(self):
        """Show the returns behind the case."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_action"
        )
        return {
            **action,
            "domain": [("id", "in", self.authorization_ids.ids)],
            "context": {"create": False},
        }

    def action_view_inspections(self):
        """Show the findings behind the case."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_inspection_action"
        )
        return {**action, "domain": [("case_id", "in", self.ids)], "context": {}}

    def action_print_report(self):
        """The 8D report as PDF, in the customer's language."""
        return self.env.ref("rma_authorization.action_report_case").report_action(self)

    def _get_report_lang(self):
        self.ensure_one()
        return self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang
