# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationCreateLine(models.TransientModel):
    _inherit = "rma.authorization.create.line"

    invoice_line_id = fields.Many2one(comodel_name="account.move.line", readonly=True)

    def _prepare_line_vals(self):
        """Override of `rma_authorization` to remember the invoice it starts from."""
        vals = super()._prepare_line_vals()
        vals["invoice_line_id"] = self.invoice_line_id.id
        return vals
