# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _is_outgoing(self):
        """Override of `stock`: what lies below nothing, as quarantine does, doesn't lie
        below the inter-company location. Core would look that up for every move."""
        if self.usage == "internal" and not self.location_id:
            return False
        return super()._is_outgoing()
