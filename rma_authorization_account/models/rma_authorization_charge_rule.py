# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.rma_authorization.models.rma_authorization_reason import RESPONSIBLES

CHARGE_KINDS = [
    ("share", "Credit Share"),
    ("restocking", "Restocking Fee"),
    ("damage", "Damage Deduction"),
    ("freight", "Return Freight"),
    ("delivery", "Original Delivery Charge"),
]


class RmaAuthorizationChargeRule(models.Model):
    """What is kept from a credit, or refunded beside the goods, and when.

    Of each kind, the first rule in their order that matches a credited quantity
    applies: by the customer's reason, the policy, the grade and the cause that were
    found, who is responsible, and the disposition. Conditions left empty match
    everything.
    """

    _name = "rma.authorization.charge.rule"
    _description = "Return Charge"
    _inherit = ["rma.authorization.disposition.mixin", "rma.authorization.catalogue"]
    _order = "kind, sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True, help="Printed on the credit note."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(comodel_name="res.company")
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    kind = fields.Selection(selection=CHARGE_KINDS, required=True, default="restocking")
    # when
    reason_ids = fields.Many2many(
        comodel_name="rma.authorization.reason",
        string="Reasons",
        check_company=True,
        help="Why the customer returned the goods; any reason when empty.",
    )
    policy_ids = fields.Many2many(
        comodel_name="rma.authorization.policy",
        relation="rma_authorization_policy_charge_rule_rel",
        column1="rule_id",
        column2="policy_id",
        string="Policies",
        readonly=True,
        help="Only for returns on which these policies decided; chosen on the policy. "
        "For all returns when empty.",
    )
    grade = fields.Selection(
        selection=lambda self: self._get_grades(),
        help="What the inspection found; any grade when empty.",
    )
    cause_ids = fields.Many2many(
        comodel_name="rma.authorization.fault",
        relation="rma_authorization_charge_rule_cause_rel",
        column1="rule_id",
        column2="cause_id",
        string="Causes",
        check_company=True,
        domain="[('kind', '=', 'cause')]",
        help="Where the fault that was found comes from, with the causes that are part "
        "of these; anything when empty.",
    )
    responsible = fields.Selection(
        selection=RESPONSIBLES,
        help="Who caused it, as the inspection found, or the reason says; anybody when "
        "empty.",
    )
    disposition = fields.Selection(
        help="What happens to the goods; anything when empty."
    )
    # how much
    computation = fields.Selection(
        selection=[
            ("percent", "Percent"),
            ("unit", "Amount per Unit"),
            ("return", "Amount per Return"),
        ],
        required=True,
        default="percent",
    )
    percent = fields.Float(
        digits=(5, 2),
        help="Of the goods' price: what is kept. For a credit share, what is credited; "
        "for the original delivery charge, what is refunded.",
    )
    amount = fields.Monetary(help="In the company's currency, without taxes.")
    is_complete_only = fields.Boolean(
        string="Only When All Is Back",
        help="The delivery charge is refunded with the last goods of the invoice; "
        "otherwise in proportion to the value that has come back.",
    )
    # as what
    product_id = fields.Many2one(
        comodel_name="product.product",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Gives the account. For the original delivery charge: which lines of the "
        "invoice are delivery; those of the Delivery app are known.",
    )
    tax_source = fields.Selection(
        selection=[
            ("product", "Taxes of the Product"),
            ("credited", "Taxes of the Returned Goods"),
        ],
        string="Taxes",
        required=True,
        default="product",
    )

    _percent_range = models.Constraint(
        "CHECK(percent >= 0 AND percent <= 100)",
        "A percentage of a charge is between 0 and 100.",
    )
    _amount_not_negative = models.Constraint(
        "CHECK(amount >= 0)", "The amount of a charge is not negative."
    )

    @api.model
    def _get_grades(self):
        return self.env["rma.authorization.inspection"]._fields["grade"].selection

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.constrains("cause_ids")
    def _check_causes(self):
        """Rules ask for the cause of a fault, not for the fault."""
        for rule in self:
            faults = rule.cause_ids.filtered(lambda cause: cause.kind != "cause")
            if faults:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: %(fault)s is a fault. Choose its cause instead.",
                        rule=rule.name,
                        fault=faults[0].name,
                    )
                )

    @api.constrains("kind", "computation", "product_id")
    def _check_kind(self):
        """A rule says all that its kind needs."""
        for rule in self:
            if rule.kind in ("share", "delivery") and rule.computation != "percent":
                raise ValidationError(
                    self.env._(
                        "%(rule)s: shares are a percentage. Choose Percent.",
                        rule=rule.name,
                    )
                )
            if rule.kind != "delivery" and not rule.product_id:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: choose the product under which this is booked.",
                        rule=rule.name,
                    )
                )

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind in ("share", "delivery"):
            self.computation = "percent"
            self.percent = self.percent or 100.0

    @api.model
    def _get_rules(self, companies):
        """The rules of these companies, in the order in which they are asked."""
        return self._get_remembered().filtered(
            lambda rule: rule.company_id.id in (False, *companies.ids)
        )

    def _get_matching(self, settlement):
        """Of these rules, the first of each kind that matches a settlement."""
        found = self.browse()
        for rule in self:
            if rule.kind not in found.mapped("kind") and rule._matches(settlement):
                found |= rule
        return found

    @api.model
    def _get_foreseen(self, lines):
        """The rules that may be applied to return lines that nobody has decided on yet:
        those that hold whatever is found, and those that depend on it.

        :param lines: unfinished or submitted return lines that are to be credited
        """
        # sudo: customers are told what rules say, and have no rights on them
        rules = self.sudo()._get_rules(lines.company_id)
        policies = self.env["rma.authorization.policy.judge"]._find_policies(lines)[0]
        return rules.filtered(
            lambda rule: (
                rule.kind != "delivery"
                and any(
                    rule._concerns(line, policies.get(line.sudo())) for line in lines
                )
            )
        )

    def _describe(self):
        """What this rule keeps or credits, as a sentence for customers."""
        self.ensure_one()
        if self.computation == "percent":
            amount = self.env._(
                "%(percent)s %% of the price", percent=f"{self.percent:g}"
            )
        else:
            amount = self.currency_id.format(self.amount)
            if self.computation == "unit":
                amount = self.env._("%(amount)s per unit", amount=amount)
        if self.grade or self.disposition or self.cause_ids or self.responsible:
            return self.env._(
                "%(name)s: %(amount)s, if the goods are found like that.",
                name=self.name,
                amount=amount,
            )
        return self.env._("%(name)s: %(amount)s.", name=self.name, amount=amount)

    def _concerns(self, line, policy):
        """Whether this rule is for a return line, on which this policy decides."""
        self.ensure_one()
        return bool(
            self.company_id in (self.company_id.browse(), line.company_id)
            and (not self.reason_ids or line.reason_id in self.reason_ids)
            and (not self.policy_ids or (policy and policy in self.policy_ids))
        )

    def _matches(self, settlement):
        self.ensure_one()
        finding, line = settlement.inspection_id, settlement.line_id
        return (
            self._concerns(line, line.policy_id)
            and (not self.grade or self.grade == finding.grade)
            and (not self.cause_ids or finding.cause_id._is_part_of(self.cause_ids))
            and (
                not self.responsible
                or self.responsible
                == (finding.responsible or line.reason_id.responsible)
            )
            and (
                not self.disposition
                or self.disposition == (finding.disposition or line.disposition)
            )
        )
