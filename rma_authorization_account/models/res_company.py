# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

# What becomes of a credit after it was set off against its unpaid original.
CREDIT_USES = [("keep", "Keep as Credit"), ("pay", "Pay Back")]


class ResCompany(models.Model):
    _inherit = "res.company"

    rma_credit_posting = fields.Selection(
        selection=[
            ("draft", "Draft, released by an accountant"),
            ("posted", "Posted at once"),
        ],
        string="Credit Notes of Returns",
        default="draft",
        required=True,
        help="Credits without an original invoice always wait for an accountant.",
    )
    rma_credit_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Journal for Credits",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        help="The journal of the original invoice when empty.",
    )
    rma_credit_four_eyes = fields.Boolean(
        string="Four Eyes on Credits",
        help="Who authorized a return may not release its credit note.",
    )
    rma_credit_use = fields.Selection(
        selection=CREDIT_USES,
        string="Use of Credits",
        default="pay",
        required=True,
        help="What new returns propose for the credit that is left after the set-off: "
        "kept for the customer's next purchase, or paid back.",
    )
