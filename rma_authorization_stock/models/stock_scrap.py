# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class StockScrap(models.Model):
    _inherit = "stock.scrap"

    rma_inspection_id = fields.Many2one(
        comodel_name="rma.authorization.inspection",
        string="Return Inspection",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def _prepare_move_values(self):
        """Override of `stock` to link the move to the finding it carries out."""
        vals = super()._prepare_move_values()
        if self.rma_inspection_id:
            vals["rma_line_id"] = self.rma_inspection_id.line_id.id
            vals["rma_inspection_id"] = self.rma_inspection_id.id
        return vals
