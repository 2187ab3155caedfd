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

    regrade_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Regrade as",
        domain="[('is_storable', '=', True), ('tracking', '=', tracking),"
        " ('id', '!=', product_id)]",
    )
    regrade_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Regrade to",
        domain="[('usage', '=', 'internal')]",
    )
    scrap_method = fields.Selection(
        selection=lambda self: (
            self.env["rma.authorization.inspection"]
            ._fields["scrap_method"]
            ._description_selection(self.env)
        ),
        string="How",
        default="scrap",
        required=True,
    )

    def _prepare_inspection_vals(self):
        """Override of `rma_authorization` to add the serial, and what the
        goods become."""
        vals = super()._prepare_inspection_vals()
        vals["lot_id"] = self.lot_id.id
        vals["scrap_method"] = self.scrap_method
        if self.disposition == "regrade":
            vals["regrade_product_id"] = self.regrade_product_id.id
            vals["regrade_location_id"] = self.regrade_location_id.id
        return vals
