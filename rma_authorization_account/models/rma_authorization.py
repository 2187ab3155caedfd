# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

ROLE_ACCOUNTANT = "account.group_account_invoice"


class RmaAuthorization(models.Model):
    _inherit = "rma.authorization"

    credit_note_ids = fields.Many2many(
        comodel_name="account.move",
        compute="_compute_credit_note_ids",
        # a service agent sees that there is a credit note, not the note itself
        compute_sudo=True,
        string="Credit Notes",
    )
    credit_note_count = fields.Integer(
        compute="_compute_credit_note_ids", compute_sudo=True
    )

    @api.depends("settlement_ids.credit_line_ids")
    def _compute_credit_note_ids(self):
        for authorization in self:
            notes = authorization.settlement_ids.credit_line_ids.move_id
            authorization.credit_note_ids = notes
            authorization.credit_note_count = len(notes)

    def _get_settler_roles(self):
        """Override of `rma_authorization`: accountants settle as well."""
        return [*super()._get_settler_roles(), ROLE_ACCOUNTANT]

    def action_view_credit_notes(self):
        """Open the credit notes of these returns."""
        return self.credit_note_ids._get_records_action(name=self.env._("Credit Notes"))
