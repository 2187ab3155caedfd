# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RmaAuthorizationWarrantyButton(models.AbstractModel):
    """Behind the buttons that lead from a record to its warranty passports. Each model
    says by a path how a passport leads to it."""

    _name = "rma.authorization.warranty.button"
    _description = "Button to Warranties"

    @api.model
    def _count(self, records, path, operator="in"):
        """Fill in `rma_warranty_count` of these records."""
        warranties = self.env["rma.authorization.warranty"]
        may_read = warranties.has_access("read")
        for record in records:
            # a button of a form, which shows one record
            record.rma_warranty_count = (
                warranties.search_count([(path, operator, record.ids)])
                if may_read and record.ids
                else 0
            )

    @api.model
    def _open(self, records, path, operator="in"):
        """The action that shows the passports of these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_warranty_action"
        )
        return {
            **action,
            "domain": [(path, operator, records.ids)],
            "context": {"create": False},
        }
