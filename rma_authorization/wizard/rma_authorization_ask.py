# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationAsk(models.TransientModel):
    """Asks for the words that a step needs, then takes the step."""

    _name = "rma.authorization.ask"
    _description = "Reason for a Step"

    authorization_ids = fields.Many2many(
        comodel_name="rma.authorization", required=True, readonly=True
    )
    method = fields.Selection(
        selection=[
            ("action_refuse", "Refuse"),
            ("action_request_information", "Ask the Customer"),
            ("action_close", "Close the Rest"),
            ("action_reopen", "Reopen"),
        ],
        required=True,
        readonly=True,
    )
    text = fields.Text(string="Reason", required=True)

    @api.model
    def _get_title(self, method):
        return dict(self._fields["method"]._description_selection(self.env))[method]

    def action_apply(self):
        """Take the step with the text. The step itself checks role and state."""
        self.ensure_one()
        getattr(self.authorization_ids, self.method)(self.text)
        return {"type": "ir.actions.act_window_close"}
