# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rma_credit_posting = fields.Selection(
        related="company_id.rma_credit_posting", readonly=False
    )
    rma_credit_journal_id = fields.Many2one(
        related="company_id.rma_credit_journal_id", readonly=False
    )
    rma_credit_four_eyes = fields.Boolean(
        related="company_id.rma_credit_four_eyes", readonly=False
    )
    rma_red_notice_required = fields.Boolean(
        related="company_id.rma_red_notice_required", readonly=False
    )
    rma_advance_invoice = fields.Selection(
        related="company_id.rma_advance_invoice", readonly=False
    )
    rma_credit_use = fields.Selection(
        related="company_id.rma_credit_use", readonly=False
    )
