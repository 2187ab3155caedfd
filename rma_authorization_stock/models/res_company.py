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
    rma_estimate_days = fields.Integer(
        string="Validity of Estimates",
        default=14,
        help="Days in which customers answer the quotation of a repair; what isn't "
        "answered counts as declined. No limit when zero.",
    )
    rma_diagnosis_fee = fields.Monetary(
        string="Diagnosis Fee",
        help="What customers pay for each unit that they don't let us repair, without "
        "taxes; nothing when zero.",
    )
    rma_labour_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Labour",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="The service, sold by the hour, as which labour goes on the quotations of "
        "repairs.",
    )

    rma_loaner_days = fields.Integer(
        string="Loaners Back after",
        default=30,
        help="Days for which units are lent to customers, unless somebody says "
        "otherwise.",
    )

    _rma_loaner_days_positive = models.Constraint(
        "CHECK(rma_loaner_days >= 0)", "Units can't be lent for less than a day."
    )
    _rma_estimate_positive = models.Constraint(
        "CHECK(rma_estimate_days >= 0 AND rma_diagnosis_fee >= 0)",
        "Validity and fee of estimates can't be negative.",
    )
    rma_certificate_required = fields.Selection(
        selection=CERTIFICATES,
        string="Certificates for Scrapped Goods",
        default="no",
        required=True,
        help="For which scrapped goods a certificate is needed before their return "
        "closes, where the product's category doesn't say.",
    )
