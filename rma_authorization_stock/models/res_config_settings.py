# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rma_unknown_parcel = fields.Selection(
        related="company_id.rma_unknown_parcel", readonly=False
    )
    rma_certificate_required = fields.Selection(
        related="company_id.rma_certificate_required", readonly=False
    )
