# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RmaAuthorizationWarrantyExtension(models.Model):
    """What changed the term of a warranty, why, and who did it."""

    _name = "rma.authorization.warranty.extension"
    _description = "Warranty Extension"
    _order = "date desc, id desc"

    warranty_id = fields.Many2one(
        comodel_name="rma.authorization.warranty",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="warranty_id.company_id", store=True, index=True, precompute=True
    )
    kind = fields.Selection(
        selection=[
            ("sold", "Sold"),
            ("goodwill", "Goodwill"),
            ("downtime", "Time in Repair"),
            ("legal", "By Law after a Repair"),
            ("inherited", "Inherited from the Replaced Unit"),
        ],
        required=True,
        default="goodwill",
        index=True,
    )
    months = fields.Integer()
    days = fields.Integer()
    reason = fields.Char()
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", default=lambda self: self.env.user, readonly=True
    )
    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Return Line",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    authorization_id = fields.Many2one(
        related="line_id.authorization_id", string="Return"
    )
    settlement_id = fields.Many2one(
        comodel_name="rma.authorization.settlement",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The repair that it comes from.",
    )

    @api.constrains("months", "days", "kind")
    def _check_term(self):
        """People make a warranty longer, never shorter; documents may add nothing."""
        for extension in self:
            term = (extension.months, extension.days)
            if min(term) < 0 or (
                extension.kind in ("sold", "goodwill") and not any(term)
            ):
                raise ValidationError(
                    self.env._(
                        "%(warranty)s can't be extended by %(months)s months and "
                        "%(days)s days. Enter how much longer it lasts.",
                        warranty=extension.warranty_id.display_name,
                        months=extension.months,
                        days=extension.days,
                    )
                )
