# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import ValidationError


class RmaAuthorizationWarrantyTerm(models.AbstractModel):
    """What products and categories say about the length of their warranty, each company
    for itself.

    The most specific one that says something wins: product, category, the categories
    above it, company. Months are in `rma_warranty_months`, where 0 says nothing; that
    there is none is said by `rma_no_warranty`.
    """

    _name = "rma.authorization.warranty.term"
    _description = "Warranty Term"

    @api.model
    def _check(self, records):
        """Refuse terms that can't be."""
        for record in records:
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

    @api.model
    def _follow(self, vals):
        """Look through past deliveries again, if a term is among the values written."""
        if "rma_warranty_months" in vals or "rma_no_warranty" in vals:
            self.env["rma.authorization.warranty.scan"]._restart(self.env.company)
            # what companies promise is remembered
            self.env.registry.clear_cache()

    @api.model
    def _get_own(self, record):
        """Months that this record itself promises, None if it leaves it to others."""
        if record.rma_no_warranty:
            return 0
        return record.rma_warranty_months or None
