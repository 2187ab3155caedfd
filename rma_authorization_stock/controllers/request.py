# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.rma_authorization.controllers.request import ReturnRequest


class StockReturnRequest(ReturnRequest):
    """Deliveries as origins of a request."""

    def _find_orders_of(self, visitor, name, record_id):
        """Override of `rma_authorization` to find the orders of a delivery."""
        if name != "delivery_id":
            return super()._find_orders_of(visitor, name, record_id)
        domain = request.env["rma.authorization.request"]._get_order_domain(visitor)
        return (
            request.env["sale.order"]
            .sudo()
            .search(domain & Domain("picking_ids", "=", record_id))
        )
