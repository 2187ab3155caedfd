# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    rma_warranty_count = fields.Integer(
        string="Warranties", compute="_compute_rma_warranty_count"
    )

    def _compute_rma_warranty_count(self):
        self.env["rma.authorization.warranty.button"]._count(
            self, "partner_id", "child_of"
        )

    def action_view_rma_warranties(self):
        """Open the warranty passports of these records."""
        return self.env["rma.authorization.warranty.button"]._open(
            self, "partner_id", "child_of"
        )

    def _get_rma_address_line(self):
        """Name and address in one line, for customers to read or choose."""
        self.ensure_one()
        address = self._display_address(without_company=True)
        parts = [self.display_name, *address.splitlines()]
        return ", ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
