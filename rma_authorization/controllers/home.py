# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..visitor import Visitor


class ReturnHome(CustomerPortal):
    """The card on the customer's home page."""

    def _prepare_home_portal_values(self, counters):
        """Override of `portal` to show the card to who has something to return."""
        values = super()._prepare_home_portal_values(counters)
        if "rma_count" in counters:
            visitor = Visitor(request.env.user.partner_id.sudo(), "portal")
            returns_sudo = request.env["rma.authorization"].sudo()
            values["rma_count"] = returns_sudo.search_count(
                returns_sudo._get_customer_domain(visitor.partner), limit=100
            ) or len(
                request.env["rma.authorization.request"]._find_orders(visitor, limit=1)
            )
        return values
