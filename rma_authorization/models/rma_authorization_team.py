# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationTeam(models.Model):
    """People who handle returns together."""

    _name = "rma.authorization.team"
    _description = "Return Team"
    _inherit = [
        "rma.authorization.names",
        "mail.alias.mixin",
        "rating.parent.mixin",
        "rma.authorization.catalogue",
        "mail.thread",
    ]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Leader", domain="[('share', '=', False)]"
    )
    member_ids = fields.Many2many(
        comodel_name="res.users",
        relation="rma_authorization_team_member_rel",
        string="Members",
        domain="[('share', '=', False)]",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Hours",
        check_company=True,
        help="The company's hours when empty.",
    )
    color = fields.Integer()
    authorization_ids = fields.One2many(
        comodel_name="rma.authorization", inverse_name="team_id"
    )
    open_count = fields.Integer(
        string="Open Authorizations", compute="_compute_open_count"
    )

    @api.depends("authorization_ids.next_step")
    def _compute_open_count(self):
        counts = dict(
            self.env["rma.authorization"]._read_group(
                [("team_id", "in", self.ids), ("next_step", "!=", "none")],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.open_count = counts.get(team, 0)

    def _alias_get_creation_values(self):
        """Override of `mail`: mails to a team become its draft requests."""
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("rma.authorization")
        if self.id:
            values["alias_defaults"] = {"team_id": self.id}
        return values

    def action_view_ratings(self):
        """Open what customers think of the returns of these teams."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "rma_authorization.rma_authorization_rating_action"
            ),
            "domain": [("rma_team_id", "in", self.ids), ("consumed", "=", True)],
        }

    @api.model
    def _get_default(self, company):
        """The user's own team in this company, else the company's first one."""
        teams = self._get_remembered().filtered(
            lambda team: team.company_id.id in (False, company.id)
        )
        # who is a member is asked for, not whether all members are still here
        own = teams.with_context(active_test=False).filtered(
            lambda team: self.env.user in team.member_ids
        )
        return (own.with_env(self.env) or teams)[:1]
