# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rma_validity_days = fields.Integer(
        related="company_id.rma_validity_days", readonly=False
    )
    rma_reminder_days = fields.Integer(
        related="company_id.rma_reminder_days", readonly=False
    )
    rma_answer_days = fields.Integer(
        related="company_id.rma_answer_days", readonly=False
    )
    rma_inspection_required = fields.Boolean(
        related="company_id.rma_inspection_required", readonly=False
    )
    rma_keep_proof = fields.Boolean(related="company_id.rma_keep_proof", readonly=False)
    rma_manager_amount = fields.Monetary(
        related="company_id.rma_manager_amount",
        readonly=False,
        currency_field="rma_currency_id",
    )
    rma_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of Returns"
    )
    rma_rating_enabled = fields.Boolean(
        related="company_id.rma_rating_enabled", readonly=False
    )
    rma_rating_days = fields.Integer(
        related="company_id.rma_rating_days", readonly=False
    )
    rma_public_link = fields.Selection(
        related="company_id.rma_public_link", readonly=False
    )
    rma_return_partner_id = fields.Many2one(
        related="company_id.rma_return_partner_id", readonly=False
    )
    rma_sentinel = fields.Boolean(related="company_id.rma_sentinel", readonly=False)
    rma_sentinel_alarms = fields.Float(
        related="company_id.rma_sentinel_alarms", readonly=False
    )
    rma_sentinel_days = fields.Integer(
        related="company_id.rma_sentinel_days", readonly=False
    )
    rma_sentinel_minimum = fields.Integer(
        related="company_id.rma_sentinel_minimum", readonly=False
    )
    rma_sentinel_rate = fields.Float(
        related="company_id.rma_sentinel_rate", readonly=False
    )
    rma_case_user_id = fields.Many2one(
        related="company_id.rma_case_user_id", readonly=False
    )
    rma_case_containment_days = fields.Integer(
        related="company_id.rma_case_containment_days", readonly=False
    )
    rma_case_close_days = fields.Integer(
        related="company_id.rma_case_close_days", readonly=False
    )
    rma_warranty_months = fields.Integer(
        related="company_id.rma_warranty_months", readonly=False
    )
    rma_warranty_start = fields.Selection(
        related="company_id.rma_warranty_start", readonly=False
    )
    rma_warranty_replacement = fields.Selection(
        related="company_id.rma_warranty_replacement", readonly=False
    )
    rma_warranty_replacement_days = fields.Integer(
        related="company_id.rma_warranty_replacement_days", readonly=False
    )
    rma_warranty_downtime = fields.Boolean(
        related="company_id.rma_warranty_downtime", readonly=False
    )
    rma_warranty_legal_extension = fields.Boolean(
        related="company_id.rma_warranty_legal_extension", readonly=False
    )
    rma_advance_condition = fields.Selection(
        related="company_id.rma_advance_condition", readonly=False
    )
    rma_advance_days = fields.Integer(
        related="company_id.rma_advance_days", readonly=False
    )
    rma_advance_reminder_days = fields.Integer(
        related="company_id.rma_advance_reminder_days", readonly=False
    )
    rma_advance_transit_days = fields.Integer(
        related="company_id.rma_advance_transit_days", readonly=False
    )
    rma_advance_price = fields.Selection(
        related="company_id.rma_advance_price", readonly=False
    )
    rma_warranty_terms = fields.Text(
        related="company_id.rma_warranty_terms", readonly=False
    )
