# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    rma_unknown_parcel = fields.Selection(
        selection=[
            ("refuse", "Refuse Them"),
            ("register", "Register Them for Review"),
        ],
        string="Parcels without a Return",
        default="refuse",
        required=True,
        help="What the dock check does with parcels that no return expects.",
    )
