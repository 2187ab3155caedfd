# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from odoo.addons.rma_authorization_stock.tests.common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestDashboardTour(RmaStockCommon, HttpCase):
    """The dashboard in a browser, as wide as a phone."""

    browser_size = "375x812"

    def test_dashboard_leads_to_lists_and_returns(self):
        # more of it than of anything else, so that it is among the first
        product = self._create_product("Tour Radio")
        order = self._sell_from_stock(product, 5000)
        self._receive(self._authorize(order, 4000))
        self.start_tour(
            "/odoo/returns-dashboard", "rma_dashboard_tour", login="rma_agent"
        )
