# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationReasonVendor(models.Model):
    """What a supplier calls a reason (R69): their code, and their words for it."""

    _name = "rma.authorization.reason.vendor"
    _description = "Supplier's Name of a Return Reason"
    _order = "partner_id, reason_id, id"

    reason_id = fields.Many2one(
        comodel_name="rma.authorization.reason",
        required=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier",
        required=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(
        string="Their Reason",
        required=True,
        help="The code or the words that this supplier uses, as they read it on our "
        "request.",
    )

    _once = models.UniqueIndex(
        "(reason_id, partner_id)", "A supplier has one name for each reason."
    )
