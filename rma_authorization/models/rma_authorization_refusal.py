# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationRefusal(models.Model):
    """Why requests are refused: a code for us, a text for the customer (R14)."""

    _name = "rma.authorization.refusal"
    _description = "Refusal Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short and fixed: used by reports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Every company when empty."
    )
    text = fields.Text(
        string="Text for Customers",
        translate=True,
        help="Proposed in the customer's language when a request is refused.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Every refusal reason has a code of its own."
    )
