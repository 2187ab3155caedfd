# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationMissing(models.Model):
    """An accessory that was missing when goods of a return arrived: who saw that, and
    when. Written by the receipt and by nothing else; nothing waits for it."""

    _name = "rma.authorization.missing"
    _description = "Missing Accessory"
    _order = "id desc"

    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    accessory_id = fields.Many2one(
        comodel_name="rma.authorization.accessory",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    # the catalogue may change
    name = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Seen by",
        readonly=True,
        default=lambda self: self.env.user,
    )
    date = fields.Datetime(default=fields.Datetime.now, readonly=True)
