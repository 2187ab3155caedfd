# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationWarrantyButton(models.AbstractModel):
    """What leads to its warranty passports by a button."""

    _name = "rma.authorization.warranty.button"
    _description = "Button to Warranties"
    # how a passport leads to the record
    _rma_warranty_path = "id"
    _rma_warranty_operator = "in"

    rma_warranty_count = fields.Integer(
        string="Warranties", compute="_compute_rma_warranty_count"
    )

    def _get_rma_warranty_domain(self):
        return [(self._rma_warranty_path, self._rma_warranty_operator, self.ids)]

    def _compute_rma_warranty_count(self):
        warranties = self.env["rma.authorization.warranty"]
        may_read = warranties.has_access("read")
        for record in self:
            # a button of a form, which shows one record
            record.rma_warranty_count = (
                warranties.search_count(record._get_rma_warranty_domain())
                if may_read and record.ids
                else 0
            )

    def action_view_rma_warranties(self):
        """Open the warranty passports of these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_warranty_action"
        )
        return {
            **action,
            "domain": self._get_rma_warranty_domain(),
            "context": {"create": False},
        }
