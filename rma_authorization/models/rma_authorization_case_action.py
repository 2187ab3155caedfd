# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationCaseAction(models.Model):
    """Something that somebody does about a quality case until some day.

    Its owner has an activity on the case for it, which ends with it.
    """

    _name = "rma.authorization.case.action"
    _description = "Quality Case Action"
    _order = "case_id, kind, date_due, id"
    _check_company_auto = True

    case_id = fields.Many2one(
        comodel_name="rma.authorization.case",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    kind = fields.Selection(
        selection=[
            ("containment", "Containment (D3)"),
            ("corrective", "Corrective (D5, D6)"),
            ("preventive", "Preventive (D7)"),
        ],
        required=True,
        default="corrective",
        index=True,
    )
    name = fields.Char(string="Action", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        required=True,
        index=True,
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_due = fields.Date(string="Due", required=True, index=True)
    date_done = fields.Date(string="Done on", index="btree_not_null")
    result = fields.Text(string="Result and Evidence")
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="rma_authorization_case_action_file_rel",
        string="Files",
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity", readonly=True, ondelete="set null", index=True
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late")

    @api.depends("date_due", "date_done")
    def _compute_is_late(self):
        for action in self:
            today = action.company_id._get_rma_day(fields.Datetime.now())
            action.is_late = bool(
                not action.date_done and action.date_due and action.date_due < today
            )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._follow_activities()
        return actions

    def write(self, vals):
        result = super().write(vals)
        if {"name", "user_id", "date_due", "date_done"} & set(vals):
            self._follow_activities()
        return result

    def unlink(self):
        self.check_access("unlink")
        # sudo: the activity belongs to the owner
        self.sudo().activity_id.unlink()
        return super().unlink()

    def action_done(self):
        """It is done today; the activity of its owner ends."""
        for action in self:
            action.date_done = action.company_id._get_rma_day(fields.Datetime.now())

    def _follow_activities(self):
        """Each open action has one activity for its owner, a done one has none."""
        # sudo: the activity belongs to the owner, whoever changes the action
        for action in self.sudo():
            activity = action.activity_id
            if action.date_done:
                activity.action_feedback(feedback=action.result or False)
                action.activity_id = False
            elif activity:
                activity.write(action._prepare_activity())
            else:
                action.activity_id = action.case_id.activity_schedule(
                    "mail.mail_activity_data_todo", **action._prepare_activity()
                )

    def _prepare_activity(self):
        return {
            "summary": self.name,
            "user_id": self.user_id.id,
            "date_deadline": self.date_due,
        }
