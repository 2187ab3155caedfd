# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RmaAuthorizationIntake(models.AbstractModel):
    _inherit = "rma.authorization.intake"

    @api.model
    def _find_orders(self, numbers, partner, company):
        """Override of `rma_authorization` to find orders by serials and lots as well:
        those that delivered them to this customer."""
        orders = super()._find_orders(numbers, partner, company)
        if not numbers:
            return orders
        lots = self.env["stock.lot"].search(
            [("name", "in", numbers), ("company_id", "in", (False, company.id))]
        )
        delivered = lots._get_rma_deliveries().move_id.sale_line_id.order_id
        return orders | delivered.filtered(
            lambda order: (
                order.company_id == company
                and order.partner_id.commercial_partner_id
                == partner.commercial_partner_id
            )
        )
