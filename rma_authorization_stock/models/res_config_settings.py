# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rma_unknown_parcel = fields.Selection(
        related="company_id.rma_unknown_parcel", readonly=False
    )
    rma_estimate_days = fields.Integer(
        related="company_id.rma_estimate_days", readonly=False
    )
    rma_diagnosis_fee = fields.Monetary(
        related="company_id.rma_diagnosis_fee",
        readonly=False,
        currency_field="rma_currency_id",
    )
    rma_labour_product_id = fields.Many2one(
        related="company_id.rma_labour_product_id", readonly=False
    )
    rma_loaner_days = fields.Integer(
        related="company_id.rma_loaner_days", readonly=False
    )
    rma_certificate_required = fields.Selection(
        related="company_id.rma_certificate_required", readonly=False
    )
