# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models

from ..models.rma_authorization_policy_wording import CONDITIONS, ELIGIBILITIES


class RmaAuthorizationPolicyTry(models.TransientModel):
    """Tries the policies on something that was sold: which are for it and why, what
    they say, and what the customer would read. Nothing is written."""

    _name = "rma.authorization.policy.try"
    _description = "Try the Return Policies"

    sale_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Sold Product",
        domain="[('state', '=', 'sale'), ('display_type', '=', False)]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_origin",
        store=True,
        readonly=False,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_origin",
        store=True,
        readonly=False,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_origin",
        store=True,
    )
    qty = fields.Float(string="Quantity", digits="Product Unit", default=1.0)
    date = fields.Datetime(
        string="Asked on", default=fields.Datetime.now, required=True
    )
    reason_id = fields.Many2one(
        comodel_name="rma.authorization.reason",
        default=lambda self: self.env["rma.authorization.reason"]._get_default(),
        required=True,
    )
    resolution = fields.Selection(
        selection=lambda self: self.env[
            "rma.authorization.create"
        ]._selection_resolution(),
        string="Wanted Resolution",
        default="none",
        required=True,
    )
    advance = fields.Boolean(string="In Advance")
    condition = fields.Selection(selection=CONDITIONS)
    description = fields.Char(string="Fault Description")
    eligibility = fields.Selection(
        selection=ELIGIBILITIES, compute="_compute_verdict", string="Verdict"
    )
    policy_id = fields.Many2one(
        comodel_name="rma.authorization.policy", compute="_compute_verdict"
    )
    note = fields.Text(string="What the Customer Reads", compute="_compute_verdict")
    checks_html = fields.Html(
        string="Checks", compute="_compute_verdict", sanitize=False
    )
    policies_html = fields.Html(
        string="Policies", compute="_compute_verdict", sanitize=False
    )

    @api.depends("sale_line_id")
    def _compute_origin(self):
        for trial in self:
            line = trial.sale_line_id
            trial.company_id = line.company_id or self.env.company
            trial.partner_id = line.order_partner_id or trial.partner_id
            trial.product_id = line.product_id or trial.product_id

    @api.depends(
        "sale_line_id",
        "partner_id",
        "product_id",
        "qty",
        "date",
        "reason_id",
        "resolution",
        "advance",
        "condition",
        "description",
    )
    @api.depends_context("lang")
    def _compute_verdict(self):
        judge = self.env["rma.authorization.policy.judge"]
        for trial in self:
            line = trial._get_line() if trial.partner_id and trial.product_id else None
            verdict = line and judge._judge(line).get(line)
            trial.policies_html = line and trial._get_policies_html(line)
            trial.policy_id = verdict and verdict.policy.sudo(False)
            trial.eligibility = verdict and verdict.eligibility
            trial.checks_html = verdict and judge._get_html(
                verdict.policy, verdict.checks
            )
            lang = trial.partner_id.lang or self.env.lang
            trial.note = verdict and judge.with_context(lang=lang)._get_note(verdict)

    def _get_line(self):
        """A return line as the customer would ask for it; it is never saved."""
        self.ensure_one()
        authorization = self.env["rma.authorization"].new(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id or self.env.company.id,
                "date_request": self.date,
            }
        )
        return self.env["rma.authorization.line"].new(
            {
                "authorization_id": authorization.id,
                "product_id": self.product_id.id,
                "sale_line_id": self.sale_line_id.id,
                "qty_requested": self.qty,
                "reason_id": self.reason_id.id,
                "resolution": self.resolution,
                "advance": self.advance,
                "condition": self.condition,
                "description": self.description,
            }
        )

    def _get_policies_html(self, line):
        """Every policy: whether it is for this line, and why."""
        judge = self.env["rma.authorization.policy.judge"]
        case = judge._get_case(line.sudo())
        policies = judge._get_policies(line.sudo().company_id)
        chosen = judge._choose(policies, case)
        ranks = {policy: policy._get_rank(case) for policy in policies}
        rows = [
            self._get_policy_row(policy, policy == chosen, case, judge)
            # the winner first, then what else is for it, the most specific first
            for policy in policies.sorted(
                lambda policy: (
                    policy == chosen,
                    judge._is_in_force(policy, case) and ranks[policy] is not None,
                    ranks[policy] or (),
                ),
                reverse=True,
            )
        ]
        return Markup('<table class="table table-sm mb-0">%s</table>') % (
            Markup("").join(rows)
        )

    def _get_policy_row(self, policy, is_chosen, case, judge):
        mismatches = policy._get_mismatches(case)
        if not judge._is_in_force(policy, case):
            color, verdict = (
                "text-muted",
                self.env._("Not in force when this was ordered"),
            )
        elif mismatches:
            color = "text-muted"
            verdict = self.env._(
                "For others: %(conditions)s", conditions=", ".join(mismatches)
            )
        elif is_chosen:
            color, verdict = "fw-bold text-success", self.env._("Applies")
        else:
            color, verdict = "", self.env._("Fits, but another is more specific")
        conditions = "; ".join(
            f"{label}: {value}" for label, value in policy._get_conditions().items()
        )
        return Markup('<tr class="%s"><td>%s</td><td>%s</td><td>%s</td></tr>') % (
            color,
            policy.display_name,
            verdict,
            conditions or self.env._("Any return"),
        )
