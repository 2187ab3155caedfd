# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

FREIGHT_PAYERS = [("us", "Us"), ("customer", "Customer")]
RESPONSIBLES = [
    ("us", "Us"),
    ("supplier", "Supplier"),
    ("carrier", "Carrier"),
    ("customer", "Customer"),
]


class RmaAuthorizationReason(models.Model):
    """Why customers return goods, and what that means by default."""

    _name = "rma.authorization.reason"
    _description = "Return Reason"
    _inherit = ["rma.authorization.names", "rma.authorization.catalogue"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short and fixed: used by imports, reports and portals."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company")
    responsible = fields.Selection(
        selection=RESPONSIBLES,
        default="us",
        required=True,
        help="Who caused it, unless the inspection finds otherwise.",
    )
    freight_payer = fields.Selection(
        selection=FREIGHT_PAYERS,
        default="us",
        required=True,
        help="Who pays for sending the goods back.",
    )
    is_doa = fields.Boolean(
        string="Dead on Arrival",
        help="Goods that never worked: they have a shorter time of their own.",
    )
    photo_required = fields.Boolean(string="Photos Required")
    serial_required = fields.Boolean(string="Serial Numbers Required")
    help_text = fields.Html(
        string="Self-help",
        translate=True,
        help="Shown to the customer before a request: what to check first.",
    )

    vendor_reason_ids = fields.One2many(
        comodel_name="rma.authorization.reason.vendor",
        inverse_name="reason_id",
        string="Suppliers' Names",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Every reason has a code of its own."
    )

    def _get_self_help(self):
        """What the page of a request shows of this reason, as of a guide."""
        self.ensure_one()
        return {
            "id": False,
            "name": self.name,
            "error_codes": False,
            "body": self.help_text,
            "url": False,
        }

    def _get_vendor_name(self, partner):
        """What this supplier calls the reason, else our name."""
        self.ensure_one()
        # sudo: who asks a supplier needs no rights on the catalogue
        theirs_sudo = self.sudo().vendor_reason_ids.filtered(
            lambda one: (
                one.partner_id.commercial_partner_id == partner.commercial_partner_id
            )
        )
        return theirs_sudo[:1].name or self.name

    @api.model
    def _get_default(self):
        """The first reason of the catalogue for this company."""
        return self._get_remembered().filtered(
            lambda reason: reason.company_id.id in (False, self.env.company.id)
        )[:1]
