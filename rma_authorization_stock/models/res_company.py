# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

# For which scrapped goods there has to be a certificate.
CERTIFICATES = [
    ("no", "None"),
    ("recycle", "Recycled Goods"),
    ("all", "All Scrapped Goods"),
]


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
    rma_certificate_required = fields.Selection(
        selection=CERTIFICATES,
        string="Certificates for Scrapped Goods",
        default="no",
        required=True,
        help="For which scrapped goods a certificate is needed before their return "
        "closes, where the product's category doesn't say.",
    )
