# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _find_rma_sequence_ids(self, company_id):
        """Override of `rma_authorization` to add those of the return transfers."""
        routes = self.env["stock.warehouse"]._get_rma_routes()
        return [
            *super()._find_rma_sequence_ids(company_id),
            *(route.sequence for route in routes if route.company == company_id),
        ]
