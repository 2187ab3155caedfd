# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationInspectRow(models.TransientModel):
    _inherit = "rma.authorization.inspect.row"

    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Lot/Serial Number",
        domain="[('product_id', '=', product_id)]",
    )
    product_id = fields.Many2one(related="line_id.product_id")
    tracking = fields.Selection(related="product_id.tracking")

    def _prepare_inspection_vals(self):
        """Override of `rma_authorization` to add the serial."""
        vals = super()._prepare_inspection_vals()
        vals["lot_id"] = self.lot_id.id
        return vals
