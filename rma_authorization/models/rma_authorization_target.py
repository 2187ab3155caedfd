# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RmaAuthorizationTarget(models.Model):
    """In how many working hours a milestone is to be reached.

    Conditions left empty match everything. Of the targets that match, the most
    specific one counts: one for the policy comes before one for the team, that before
    one for the priority, and that before one for the company.
    """

    _name = "rma.authorization.target"
    _description = "Return Time Target"
    _inherit = ["rma.authorization.milestone", "rma.authorization.catalogue"]
    _order = "milestone, policy_id, team_id, priority, company_id, id"
    _check_company_auto = True

    policy_id = fields.Many2one(
        comodel_name="rma.authorization.policy",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Every policy when empty, and lines without one.",
    )
    team_id = fields.Many2one(
        comodel_name="rma.authorization.team",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Every team when empty.",
    )
    priority = fields.Selection(
        selection=[("0", "Normal"), ("1", "Urgent")],
        help="Every priority when empty.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Every company when empty.",
    )
    hours = fields.Float(
        string="Within",
        default=8.0,
        help="Working hours of the team, or of its company. The receipt has a day by "
        "which the goods have to be back instead.",
    )
    warn_hours = fields.Float(
        string="Warn before",
        help="So many working hours before the time is over, the responsible gets an "
        "activity; only when it is over, when zero.",
    )
    escalation_hours = fields.Float(
        string="Escalate after",
        help="So many working hours after the time was over, the team's leader gets a "
        "mail; never when zero.",
    )
    active = fields.Boolean(default=True)

    _hours_positive = models.Constraint(
        "CHECK(hours > 0 AND warn_hours >= 0 AND escalation_hours >= 0)",
        "A target takes more than no time, and hours before or after it can't be "
        "negative.",
    )

    @api.depends("policy_id", "team_id")
    def _compute_company_id(self):
        """A target for what belongs to a company is for that company."""
        for target in self:
            target.company_id = (
                target.policy_id.company_id
                or target.team_id.company_id
                or target.company_id
            )

    @api.depends("milestone", "hours")
    def _compute_display_name(self):
        labels = dict(self._fields["milestone"]._description_selection(self.env))
        for target in self:
            target.display_name = self.env._(
                "%(milestone)s within %(hours)g h",
                milestone=labels.get(target.milestone, ""),
                hours=target.hours,
            )

    @api.constrains(
        "milestone", "policy_id", "team_id", "priority", "company_id", "active"
    )
    def _check_equal(self):
        """Of two equal targets nobody could tell which one counts."""
        others = self.search([("milestone", "in", self.mapped("milestone"))]).grouped(
            lambda target: target._get_conditions()
        )
        for target in self:
            equal = others.get(target._get_conditions(), self.browse()) - target
            if target.active and equal:
                raise ValidationError(
                    self.env._(
                        "%(target)s: there is a target for the same milestone, policy, "
                        "team, priority and company already (%(equal)s). Change or "
                        "archive that one.",
                        target=target.display_name,
                        equal=equal[0].display_name,
                    )
                )

    def _get_conditions(self):
        self.ensure_one()
        return (
            self.milestone,
            self.policy_id,
            self.team_id,
            self.priority,
            self.company_id,
        )

    @api.model
    def _get_all(self):
        """All targets in force: a few, as somebody has typed them in."""
        return self._get_remembered()

    def _select(self, milestone, authorization, policies):
        """The target among these that counts.

        Lines of one return may have different policies: what they have in common has
        to be in time for the strictest.

        :param policies: the policies concerned, may be empty
        :return: one target, or none
        """
        # one at a time, and once without a policy where there is none
        chosen = self.browse()
        for policy in policies or [policies]:
            chosen |= self.filtered(
                lambda target, policy=policy: target._matches(
                    milestone, authorization, policy
                )
            ).sorted(lambda target: target._get_specificity(), reverse=True)[:1]
        return chosen.sorted("hours")[:1]

    def _matches(self, milestone, authorization, policy):
        self.ensure_one()
        return self.milestone == milestone and all(
            not mine or mine == theirs
            for mine, theirs in (
                (self.policy_id, policy),
                (self.team_id, authorization.team_id),
                (self.priority, authorization.priority),
                (self.company_id, authorization.company_id),
            )
        )

    def _get_specificity(self):
        """Greater is more specific; never equal for two targets that match."""
        self.ensure_one()
        return tuple(
            map(bool, (self.policy_id, self.team_id, self.priority, self.company_id))
        )
