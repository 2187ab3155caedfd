# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RatingRating(models.Model):
    _inherit = "rating.rating"

    rma_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Return",
        compute="_compute_rma_id",
        store=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    rma_team_id = fields.Many2one(
        related="rma_id.team_id",
        string="Return Team",
        store=True,
        index="btree_not_null",
    )
    rma_reason_id = fields.Many2one(
        comodel_name="rma.authorization.reason",
        string="Return Reason",
        compute="_compute_rma_reason_id",
        store=True,
        index="btree_not_null",
        help="That of the first line.",
    )

    @api.depends("res_model", "res_id")
    def _compute_rma_id(self):
        for rating in self:
            is_return = rating.res_model == "rma.authorization"
            rating.rma_id = rating.res_id if is_return else False

    @api.depends("rma_id.line_ids.reason_id")
    def _compute_rma_reason_id(self):
        for rating in self:
            rating.rma_reason_id = rating.rma_id.line_ids[:1].reason_id
