# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .rma_authorization_decision import ROLE_MANAGER, ROLE_USER
from .rma_authorization_policy_wording import ELIGIBILITIES, get_worst

# How many of a customer's returns the review desk shows.
EARLIER = 10
PROPOSALS = [
    ("authorize", "Authorize"),
    ("part", "Authorize in Part"),
    ("ask", "Ask the Customer"),
    ("refuse", "Refuse"),
    ("decide", "Decide"),
]


class RmaAuthorizationReview(models.AbstractModel):
    """The review desk: what the policies propose, who may decide, and what was decided
    by them alone."""

    _name = "rma.authorization.review"
    _description = "Return Review"
    _inherit = ["rma.authorization.decision"]

    currency_id = fields.Many2one(comodel_name="res.currency")
    eligibility = fields.Selection(
        selection=ELIGIBILITIES,
        compute="_compute_eligibility",
        store=True,
        help="The worst verdict on its lines.",
    )
    proposal = fields.Selection(selection=PROPOSALS, compute="_compute_proposal")
    eligibility_html = fields.Html(
        string="Checks", compute="_compute_eligibility_html", sanitize=False
    )
    eligibility_summary = fields.Char(
        string="Why", compute="_compute_eligibility_summary", help="What decides."
    )
    amount_requested = fields.Monetary(
        string="Value",
        compute="_compute_amount_requested",
        store=True,
        help="What was paid for all that is asked for, with taxes, in the company's "
        "currency.",
    )
    needs_manager = fields.Boolean(
        compute="_compute_needs_manager",
        store=True,
        help="Only a manager may authorize it as it stands: it is beyond the policy, "
        "worth more than the limit, or was refused before.",
    )
    manager_reasons = fields.Text(compute="_compute_manager_reasons")
    is_auto_authorized = fields.Boolean(
        string="Authorized Automatically",
        readonly=True,
        copy=False,
        help="The policy decided, nobody else.",
    )
    refusal_id = fields.Many2one(
        comodel_name="rma.authorization.refusal",
        string="Refused because",
        readonly=True,
        copy=False,
    )
    same_unit_ids = fields.Many2many(
        comodel_name="rma.authorization",
        compute="_compute_same_unit_ids",
        # counted whatever record rules show
        compute_sudo=True,
        help="Of the same orders or units.",
    )
    earlier_ids = fields.Many2many(
        comodel_name="rma.authorization",
        compute="_compute_earlier",
        string="Earlier Returns",
        help="Of the same orders or units, and the customer's latest.",
    )
    earlier_count = fields.Integer(
        string="Returns of the Customer", compute="_compute_earlier"
    )
    same_unit_count = fields.Integer(
        string="Returns of the Same Order", compute="_compute_earlier"
    )
    evidence_ids = fields.Many2many(
        comodel_name="ir.attachment", compute="_compute_evidence"
    )
    evidence_count = fields.Integer(compute="_compute_evidence", string="Attachments")

    # -- computes ----------------------------------------------------------------------

    @api.depends("line_ids.eligibility")
    def _compute_eligibility(self):
        for authorization in self:
            authorization.eligibility = get_worst(
                authorization.line_ids.mapped("eligibility")
            )

    @api.depends("state", "line_ids.eligibility_checks")
    @api.depends_context("lang")
    def _compute_eligibility_html(self):
        """For the form of one return."""
        undecided = self._get_undecided()
        (self - undecided).eligibility_html = False
        for authorization in undecided:
            # loops, as `filtered` would forget what is read with the other returns
            authorization.eligibility_html = Markup("").join(
                Markup("<div>%s</div>%s")
                % (line.product_id.display_name, line.eligibility_html)
                for line in authorization.line_ids
                if line.eligibility
            )

    @api.depends("state", "eligibility", "line_ids.eligibility_checks")
    @api.depends_context("lang")
    def _compute_eligibility_summary(self):
        """For lists: why the worst verdict is as it is."""
        judge = self.env["rma.authorization.policy.judge"]
        undecided = self._get_undecided()
        (self - undecided).eligibility_summary = False
        for authorization in undecided:
            worst = next(
                (
                    line
                    for line in authorization.line_ids
                    if line.eligibility
                    and line.eligibility == authorization.eligibility
                ),
                authorization.line_ids.browse(),
            )
            authorization.eligibility_summary = judge._get_reasons(
                worst.sudo().policy_id, worst.eligibility_checks or []
            )

    @api.depends("line_ids.eligibility", "state")
    def _compute_proposal(self):
        for authorization in self:
            authorization.proposal = authorization._get_proposal()

    def _get_proposal(self):
        self.ensure_one()
        verdicts = set(self.line_ids.mapped("eligibility"))
        if self.state != "submitted" or not verdicts:
            return False
        if False in verdicts or "check" in verdicts or self.is_appealed:
            return "decide"
        if "incomplete" in verdicts:
            return "ask"
        if "eligible" not in verdicts:
            return "refuse"
        return "part" if "ineligible" in verdicts else "authorize"

    @api.depends("line_ids.amount_requested")
    def _compute_amount_requested(self):
        for authorization in self:
            authorization.amount_requested = sum(
                authorization.line_ids.mapped("amount_requested")
            )

    @api.depends(
        "state",
        "is_appealed",
        "line_ids.eligibility",
        "line_ids.qty_authorized",
        "line_ids.amount_requested",
    )
    def _compute_needs_manager(self):
        for authorization in self:
            authorization.needs_manager = authorization.state == "submitted" and bool(
                authorization._get_manager_reasons()
            )

    @api.depends("needs_manager")
    def _compute_manager_reasons(self):
        for authorization in self:
            authorization.manager_reasons = (
                "\n".join(authorization._get_manager_reasons())
                if authorization.needs_manager
                else False
            )

    def _get_manager_reasons(self):
        """Why only a manager may authorize this as it stands: sentences."""
        self.ensure_one()
        # a list, as `filtered` would forget what is read with the other returns
        permitted = [
            line
            for line in self.line_ids
            if line.product_uom_id.compare(line.qty_authorized, 0.0) > 0
        ]
        reasons = [
            self.env._(
                "%(product)s is beyond the policy: %(verdict)s.",
                product=line.product_id.display_name,
                verdict=dict(
                    line._fields["eligibility"]._description_selection(self.env)
                )[line.eligibility],
            )
            for line in permitted
            if line._is_beyond_policy()
        ]
        if self.is_appealed:
            reasons.append(self.env._("It was refused before."))
        limit = self._get_manager_limit()
        value = sum(line._get_value(line.qty_authorized) for line in permitted)
        if self._is_more(value, limit):
            currency = self.company_id.currency_id
            reasons.append(
                self.env._(
                    "It is worth %(value)s, more than the limit of %(limit)s.",
                    value=currency.format(value),
                    limit=currency.format(limit),
                )
            )
        return reasons

    def _may_make_exceptions(self):
        return self.env.su or self.env.user.has_group(ROLE_MANAGER)

    def _is_more(self, value, limit):
        """Whether a value is beyond a limit, both in the company's currency; 0 is no
        limit."""
        self.ensure_one()
        currency = self.company_id.currency_id
        return bool(limit) and currency.compare_amounts(value, limit) > 0

    def _get_manager_limit(self):
        """More than this takes a manager; the company's currency, 0 without limit."""
        self.ensure_one()
        return (
            self._get_policy_term("manager_amount")
            or self.sudo().company_id.rma_manager_amount
        )

    def _get_undecided(self):
        """Those that somebody still looks at. What helps to decide is shown of no
        others, so it isn't looked for."""
        return self.filtered(
            lambda authorization: authorization.state in ("draft", "submitted")
        )

    @api.depends("state", "line_ids.sale_line_id")
    def _compute_same_unit_ids(self):
        same = self._get_undecided()._get_same_unit_returns()
        for authorization in self:
            others = same.get(authorization, self.browse())
            authorization.same_unit_ids = others.sudo(self.env.su)

    @api.depends("partner_id", "state", "same_unit_ids")
    def _compute_earlier(self):
        """How many other returns there are of the same orders or units, and of the same
        customers (R3); and which: those of the same unit, and the latest others."""
        undecided = self._get_undecided()
        found = undecided._find_latest_of_customers()
        latest_ids = {id_ for _count, ids in found.values() for id_ in ids}
        visible = self.browse(latest_ids) | undecided.same_unit_ids
        visible = visible._filtered_access("read")
        for authorization in self:
            customer, company = (
                authorization.commercial_partner_id,
                authorization.company_id,
            )
            is_undecided = authorization in undecided
            count, ids = found.get((customer.id, company.id), (0, []))
            # without the return itself, which may be among the latest
            itself = authorization._origin
            count -= bool(itself) and authorization.state != "cancelled"
            latest = (self.browse(ids) - itself)[:EARLIER]
            authorization.earlier_count = max(count, 0) if is_undecided else 0
            authorization.same_unit_count = len(authorization.same_unit_ids)
            authorization.earlier_ids = (
                (authorization.same_unit_ids | latest) & visible
                if is_undecided
                else False
            )

    def _find_latest_of_customers(self):
        """{(id of a customer, of a company): how many returns, ids of the latest}, one
        more than is shown, as it may be the one that shows them."""
        customers = tuple(self.commercial_partner_id.ids)
        if not customers:
            return {}
        self.flush_model(["commercial_partner_id", "company_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT commercial_partner_id, company_id, id, total
                  FROM (SELECT commercial_partner_id, company_id, id,
                               row_number() OVER (customer ORDER BY id DESC) AS place,
                               count(*) OVER customer AS total
                          FROM rma_authorization
                         WHERE commercial_partner_id IN %s AND state != 'cancelled'
                        WINDOW customer AS (
                            PARTITION BY commercial_partner_id, company_id)) earlier
                 WHERE place <= %s
                 ORDER BY id DESC
                """,
                customers,
                EARLIER + 1,
            )
        )
        found = {}
        for customer_id, company_id, id_, total in rows:
            found.setdefault((customer_id, company_id), (total, []))[1].append(id_)
        return found

    def _get_same_unit_returns(self):
        """Other returns of the orders that sold what these return. Override in an
        addon that tells units by their numbers.

        :return: {authorization: other authorizations, with all rights}
        """
        return self._find_returns_of(
            "sale_line_id.order_id", lambda lines: lines.sale_line_id.order_id
        )

    def _find_returns_of(self, path, get_documents):
        """Other returns with lines about the same documents.

        :param path: where lines have the documents, for the search
        :param get_documents: function of lines that returns their documents
        """
        # sudo: counted whatever record rules show
        lines_sudo = self.env["rma.authorization.line"].sudo()
        documents = {one: get_documents(one.sudo().line_ids) for one in self}
        ids = {id_ for records in documents.values() for id_ in records.ids}
        found = lines_sudo.search([(path, "in", ids), ("state", "!=", "cancelled")])
        returns = {}
        for authorization, records in documents.items():
            about = found.filtered(
                lambda line, records=records: get_documents(line) & records
            )
            others = about.authorization_id - authorization._origin.sudo()
            if others:
                returns[authorization] = others
        return returns

    @api.depends("state")
    def _compute_evidence(self):
        ids = self._get_undecided()._origin.ids
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", ids)]
        )
        by_id = attachments.grouped("res_id")
        for authorization in self:
            evidence = by_id.get(authorization._origin.id, attachments.browse())
            authorization.evidence_ids = evidence
            authorization.evidence_count = len(evidence)

    # -- judging -----------------------------------------------------------------------

    def action_judge(self):
        """Let the policies judge these requests as they stand now.

        :raise UserError: once they are decided: the verdict stands with the decision
        """
        self._check_role(ROLE_USER)
        for authorization in self:
            if authorization.state not in ("draft", "submitted"):
                raise UserError(
                    self.env._(
                        "%(name)s is decided, and the verdict stands with the "
                        "decision.",
                        name=authorization.display_name,
                    )
                )
        self.line_ids._judge()

    def _hand_in(self):
        """Extension: what is handed in is judged."""
        submitted = super()._hand_in()
        submitted.line_ids._judge()
        submitted._apply_policies()
        return submitted

    def _submit(self):
        """Extension: what the policies decide alone is decided at once (R12)."""
        submitted = super()._submit()
        submitted._authorize_automatically()
        return submitted

    def _receive_information(self):
        """Extension: what the customer was asked for may be what was missing."""
        res = super()._receive_information()
        completed = self.filtered(
            lambda request: (
                request.state == "submitted" and request.eligibility == "incomplete"
            )
        )
        completed.line_ids._judge()
        completed._authorize_automatically()
        return res

    def _apply_policies(self):
        """Let the policies' terms be those of the return."""
        for authorization in self:
            terms = set(authorization.sudo().line_ids.policy_id.mapped("inspection"))
            if "yes" in terms:
                authorization.inspection_required = True
            elif terms == {"no"}:
                authorization.inspection_required = False

    def _authorize_automatically(self):
        """Authorize what every policy involved lets through, and say which."""
        for authorization in self.filtered(lambda request: request._is_automatic()):
            # the system decides, not the person who handed it in
            robot = authorization.with_user(SUPERUSER_ID)
            policies = robot.line_ids.policy_id
            robot._authorize(
                self.env._(
                    "Automatically, by policy: %(policies)s",
                    policies=", ".join(policies.mapped("display_name")),
                )
            )
            robot._record({"is_auto_authorized": True})

    def _is_automatic(self):
        """Whether policies let this request through without a person (A9)."""
        self.ensure_one()
        lines = self.sudo().line_ids
        if (
            self.state != "submitted"
            or self.is_appealed
            or self.direction != "customer"
            or any(line.eligibility != "eligible" for line in lines)
            or not all(line.policy_id.auto_authorize for line in lines)
        ):
            return False
        limits = [self._get_manager_limit(), self._get_policy_term("auto_amount")]
        return not any(self._is_more(self.amount_requested, limit) for limit in limits)

    # -- deciding ----------------------------------------------------------------------

    def _judge_completed(self):
        """Extension: what was completed meanwhile is judged anew."""
        res = super()._judge_completed()
        self.line_ids.filtered(lambda line: line.eligibility == "incomplete")._judge()
        return res

    def _check_can_authorize(self):
        """Extension: exceptions take a manager (A10), under the lock on the request."""
        res = super()._check_can_authorize()
        if self._may_make_exceptions():
            return res
        for authorization in self:
            reasons = authorization._get_manager_reasons()
            if reasons:
                raise UserError(
                    self.env._(
                        "%(name)s can be authorized by a manager only. %(reasons)s "
                        "Lower what is authorized, or click “Ask a Manager”.",
                        name=authorization.display_name,
                        reasons=" ".join(reasons),
                    )
                )
        return res

    def action_authorize_proposed(self):
        """Authorize what the policies propose: eligible lines, and nothing of the
        others. What takes a person is left, and said.

        :return: a notification, or the window that one request needs
        """
        self._check_role(ROLE_USER)
        ready = self.filtered(lambda request: request.proposal in ("authorize", "part"))
        ready = ready.filtered(lambda request: not request._exceeds_limit())
        if len(self) == 1 and not ready:
            return self._open_proposal()
        for line in ready.line_ids:
            if line.eligibility == "ineligible":
                line.qty_authorized = 0.0
        ready.action_authorize()
        left = self - ready
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": self.env._(
                    "%(count)s authorized. %(left)s",
                    count=len(ready),
                    left=self.env._(
                        "A person decides on: %(names)s.", names=left._get_names()
                    )
                    if left
                    else "",
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _exceeds_limit(self):
        """Whether what is proposed takes a manager, who the user isn't."""
        self.ensure_one()
        if self._may_make_exceptions():
            return False
        value = sum(
            line.amount_requested
            for line in self.line_ids
            if line.eligibility == "eligible"
        )
        return self._is_more(value, self._get_manager_limit())

    def _open_proposal(self):
        """Open what the proposal for this one request needs from a person."""
        self.ensure_one()
        notes = "\n".join(filter(None, self.line_ids.mapped("eligibility_note")))
        if self.proposal == "refuse":
            return self._ask_reason("action_refuse", default_text=notes)
        if self.proposal == "ask":
            return self._ask_reason("action_request_information", default_text=notes)
        return self._get_records_action()

    def action_ask_manager(self):
        """Ask a manager for the decision: the team's leader, or else any.

        :raise UserError: if nobody is a manager in the company
        """
        self._check_role(ROLE_USER)
        for authorization in self:
            manager = authorization._get_manager()
            if not manager:
                raise UserError(
                    self.env._(
                        "Nobody is a manager of returns in %(company)s. Ask an "
                        "administrator to give somebody the role.",
                        company=authorization.company_id.name,
                    )
                )
            authorization.activity_schedule(
                "rma_authorization.mail_activity_type_manager",
                user_id=manager.id,
                note=authorization.manager_reasons or "",
            )

    def _get_manager(self):
        """Who decides on exceptions: the team's leader if a manager, or else any."""
        self.ensure_one()
        # sudo: who has which role is not everybody's to read
        managers = (
            self.env.ref(ROLE_MANAGER)
            .sudo()
            .all_user_ids.filtered(
                lambda user: (
                    user.active
                    and not user.share
                    and self.company_id in user.company_ids
                )
            )
        )
        leader = self.team_id.user_id
        return leader if leader in managers else managers.sudo(self.env.su)[:1]

    def action_appeal(self):
        """Extension: a manager looks at what was refused before (A10)."""
        res = super().action_appeal()
        for authorization in self:
            if authorization._get_manager():
                authorization.action_ask_manager()
        return res

    def _change_state(self, target, reason=None):
        """Extension: with the decision, nobody has to ask a manager any more."""
        asked = self.filtered("needs_manager")
        changed = super()._change_state(target, reason)
        if asked and target not in ("draft", "submitted"):
            asked.activity_unlink(["rma_authorization.mail_activity_type_manager"])
        return changed
