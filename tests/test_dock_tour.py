# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.rma_authorization_stock.tests.common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestDockTour(RmaStockCommon, HttpCase):
    """The dock check in a browser, by keyboard alone."""

    def test_dock_check_by_keyboard(self):
        self.company.rma_unknown_parcel = "register"
        radios = self._authorize(self._sell_from_stock(self.product, 3), 3)
        radios.sudo().tracking_ref = "1Z-TOUR"
        template = self.serial_product.product_tmpl_id
        template.rma_accessory_ids = [
            Command.create({"name": name}) for name in ("Charger", "Cable")
        ]
        order = self._sell_from_stock(self.serial_product, 3)
        lots = order.picking_ids.move_ids.lot_ids.sorted("name")
        phones = self._authorize(order, 2, lot_ids=[Command.set(lots[:2].ids)])
        self.start_tour("/odoo/dock-check", "rma_dock_check_tour", login="rma_worker")
        self.assertEqual(radios.line_ids.qty_received, 3)
        self.assertEqual(phones.line_ids.qty_received, 2)
        self.assertEqual(phones.line_ids.missing_ids.mapped("name"), ["Cable"])
        self.assertTrue(
            self.env["rma.authorization"].search([("tracking_ref", "=", "Nobody-9")])
        )
