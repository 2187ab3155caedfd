# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationCreateLine(models.TransientModel):
    _inherit = "rma.authorization.create.line"

    invoice_line_id = fields.Many2one(comodel_name="account.move.line", readonly=True)

    @api.depends("invoice_line_id")
    def _compute_product(self):
        """Override of `rma_authorization`: a vendor bill knows its product and unit."""
        res = super()._compute_product()
        # sudo: agents start returns without rights on bills
        for row_sudo in self.sudo().filtered(
            lambda row: row.invoice_line_id and not row.sale_line_id
        ):
            row_sudo.product_id = row_sudo.invoice_line_id.product_id
            row_sudo.product_uom_id = row_sudo.invoice_line_id.product_uom_id
        return res

    def _prepare_line_vals(self):
        """Override of `rma_authorization` to remember the invoice it starts from."""
        vals = super()._prepare_line_vals()
        vals["invoice_line_id"] = self.invoice_line_id.id
        return vals
