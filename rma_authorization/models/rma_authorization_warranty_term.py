# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RmaAuthorizationWarrantyTerm(models.AbstractModel):
    """What may say how long its products are under warranty, for each company.

    The most specific one that says something wins: product, category, the categories
    above it, company.
    """

    _name = "rma.authorization.warranty.term"
    _description = "Warranty Term"

    rma_warranty_months = fields.Integer(
        string="Warranty",
        company_dependent=True,
        help="Months from the start that the settings choose. With 0 the category "
        "decides, then the categories above it, then the company.",
    )
    rma_no_warranty = fields.Boolean(
        string="No Warranty",
        company_dependent=True,
        help="There is none, whatever the category or the company says.",
    )

    @api.constrains("rma_warranty_months", "rma_no_warranty")
    def _check_rma_warranty_months(self):
        for record in self:
            if record.rma_warranty_months < 0:
                raise ValidationError(
                    self.env._(
                        "%(name)s: %(months)s months of warranty are less than none. "
                        "Enter 0 to leave it to the category, or tick No Warranty.",
                        name=record.display_name,
                        months=record.rma_warranty_months,
                    )
                )
            if record.rma_warranty_months and record.rma_no_warranty:
                raise ValidationError(
                    self.env._(
                        "%(name)s has a warranty of %(months)s months and none at the "
                        "same time. Enter 0 months, or take No Warranty away.",
                        name=record.display_name,
                        months=record.rma_warranty_months,
                    )
                )

    def write(self, vals):
        """Past deliveries of what has a warranty now get their passports."""
        res = super().write(vals)
        if "rma_warranty_months" in vals or "rma_no_warranty" in vals:
            self.env["rma.authorization.warranty.scan"]._restart(self.env.company)
        return res

    def _get_rma_own_warranty(self):
        """Months that this record itself promises, None if it leaves it to others."""
        self.ensure_one()
        if self.rma_no_warranty:
            return 0
        return self.rma_warranty_months or None
