# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationSettlement(models.Model):
    _inherit = "rma.authorization.settlement"

    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Credited Invoice Line",
        readonly=True,
        index="btree_not_null",
        copy=False,
    )
    is_uninvoiced = fields.Boolean(
        string="Not Invoiced",
        readonly=True,
        copy=False,
        help="These units are on no invoice: there is nothing to credit, they just "
        "aren't invoiced any more.",
    )
    credit_line_ids = fields.One2many(
        comodel_name="account.move.line",
        inverse_name="rma_settlement_id",
        string="Credit Note Lines",
        readonly=True,
    )

    charge_ids = fields.One2many(
        comodel_name="rma.authorization.charge",
        inverse_name="settlement_id",
        string="Charges",
        readonly=True,
    )

    @api.depends("is_uninvoiced", "credit_line_ids.parent_state")
    def _compute_state(self):
        return super()._compute_state()
