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
            ("action_request_supplier", "Ask the Supplier"),
            ("action_stop_timers", "Stop the Clocks"),
            ("action_close", "Close the Rest"),
            ("action_report_lost", "Lost in Transit"),
            ("action_reopen", "Reopen"),
            ("action_waive_owed", "Waive What Is Owed"),
        ],
        required=True,
        readonly=True,
    )
    refusal_id = fields.Many2one(
        comodel_name="rma.authorization.refusal", string="Refused because"
    )
    text = fields.Text(
        string="Reason",
        compute="_compute_text",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    line_ids = fields.Many2many(
        comodel_name="rma.authorization.line",
        string="Lost Goods",
        domain="[('authorization_id', 'in', authorization_ids), "
        "('qty_to_receive', '>', 0)]",
    )
    settle = fields.Boolean(
        string="Settle Nevertheless",
        help="The customer gets what was agreed, as if the goods had arrived.",
    )

    @api.depends("refusal_id")
    def _compute_text(self):
        """The text of the chosen reason, in the language of the first customer."""
        for wizard in self:
            lang = wizard.authorization_ids[:1].partner_id.lang
            text = wizard.refusal_id.with_context(lang=lang).text
            wizard.text = text or wizard.text

    @api.model
    def _get_title(self, method):
        return dict(self._fields["method"]._description_selection(self.env))[method]

    def action_apply(self):
        """Take the step with the text. The step itself checks role and state."""
        self.ensure_one()
        options = {}
        if self.method == "action_report_lost":
            options = {"line_ids": self.line_ids.ids, "settle": self.settle}
        elif self.method == "action_refuse":
            options = {"refusal_id": self.refusal_id.id}
        getattr(self.authorization_ids, self.method)(self.text, **options)
        return {"type": "ir.actions.act_window_close"}
