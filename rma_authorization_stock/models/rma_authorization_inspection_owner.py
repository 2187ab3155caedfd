# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class RmaAuthorizationInspectionOwner(models.AbstractModel):
    """Whose the goods of a finding are. What came as the customer's property goes back
    to the customer, unless the customer gave it up; then there is a day and a paper."""

    _name = "rma.authorization.inspection.owner"
    _description = "Owner of Inspected Goods"

    is_customers_property = fields.Boolean(
        compute="_compute_is_customers_property",
        compute_sudo=True,
        help="The goods came as the customer's property, such as for a repair.",
    )
    owner_consent_date = fields.Date(
        string="Given up on",
        help="The day on which the owner left these goods to us.",
    )
    owner_consent_file = fields.Binary(
        string="Owner's Consent",
        attachment=True,
        help="What the owner wrote or signed.",
    )
    owner_consent_filename = fields.Char()

    @api.depends("line_id", "lot_id")
    def _compute_is_customers_property(self):
        for finding in self:
            owner = finding._get_receipt().restrict_partner_id
            finding.is_customers_property = bool(finding._get_foreign_owner(owner))

    @api.constrains("owner_consent_date")
    def _check_owner_consent_date(self):
        for finding in self:
            day = finding.owner_consent_date
            if day and day > fields.Date.context_today(finding):
                raise ValidationError(
                    self.env._(
                        "%(line)s: goods can't be given up on a day to come. Enter the "
                        "day on which the owner agreed.",
                        line=finding.line_id.display_name,
                    )
                )

    def _get_foreign_owner(self, owner):
        """This owner, if it is somebody else than the company."""
        self.ensure_one()
        return owner.browse() if owner == self.company_id.partner_id else owner

    def _check_given_up(self, parcels):
        """Refuse what isn't ours to dispose of.

        :param parcels: list of (parcel, quantity)
        """
        self.ensure_one()
        if self.owner_consent_date and self.owner_consent_file:
            return
        for parcel, _qty in parcels:
            if owner := self._get_foreign_owner(parcel.owner):
                raise UserError(
                    self.env._(
                        "%(line)s: the goods belong to %(owner)s. Send them back; or, "
                        "if they were given up, enter on the finding when, and add "
                        "what the owner wrote.",
                        line=self.line_id.display_name,
                        owner=owner.display_name,
                    )
                )
