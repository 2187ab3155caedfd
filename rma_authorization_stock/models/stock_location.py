# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockLocation(models.Model):
    """What a location is for is remembered."""

    _name = "stock.location"
    _inherit = ["stock.location", "rma.authorization.remembered"]
    # every count of stock writes these
    _volatile = frozenset({"last_inventory_date", "next_inventory_date"})

    def _is_outgoing(self):
        """Override of `stock`: what lies below nothing, as quarantine does, doesn't lie
        below the inter-company location. Core would look that up for every move."""
        if self.usage == "internal" and not self.location_id:
            return False
        return super()._is_outgoing()
