# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

COST_KINDS = [
    ("freight_in", "Freight In"),
    ("freight_out", "Freight Out"),
    ("labour", "Labour"),
    ("parts", "Parts"),
    ("value_loss", "Value Lost"),
    ("credit", "Credit Given"),
    ("fee", "Fee Kept"),
    ("recovery", "Recovered"),
    ("other", "Other"),
]


class RmaAuthorizationCost(models.Model):
    """A row of the cost ledger: what a return cost us, or brought back."""

    _name = "rma.authorization.cost"
    _description = "Return Cost"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Description", required=True)
    authorization_id = fields.Many2one(
        comodel_name="rma.authorization", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('authorization_id', '=', authorization_id)]",
    )
    company_id = fields.Many2one(
        related="authorization_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(selection=COST_KINDS, required=True, default="other")
    date = fields.Date(default=fields.Date.context_today, required=True)
    amount = fields.Monetary(
        help="In the company's currency: positive is a cost, negative a recovery."
    )
    res_model = fields.Char(string="Source Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Source", model_field="res_model", readonly=True
    )

    @api.depends("name", "kind")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for cost in self:
            cost.display_name = f"{labels.get(cost.kind, '')}: {cost.name or ''}"

    def action_open_source(self):
        """Open the document this row comes from."""
        self.ensure_one()
        if not self.res_model or not self.res_id:
            return None
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
