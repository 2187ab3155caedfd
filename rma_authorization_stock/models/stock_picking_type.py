# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import ormcache


class StockPickingType(models.Model):
    """Where returned goods go is remembered, see `stock.warehouse`."""

    _name = "stock.picking.type"
    _inherit = ["stock.picking.type", "rma.authorization.remembered"]

    def _get_rma_warehouse(self):
        """The warehouse of this type; none if it has none."""
        return self.env["stock.warehouse"].browse(self._find_rma_warehouse_ids())

    @ormcache("self.id")
    def _find_rma_warehouse_ids(self):
        # sudo: as in `stock.warehouse._get_rma_routes`
        return tuple(self.sudo().warehouse_id.ids)
