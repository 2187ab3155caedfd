# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.rma_authorization_stock.tests.common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestDeskTour(RmaStockCommon, HttpCase):
    """The inspection desk in a browser, by keyboard alone."""

    browser_size = "1024x768"

    def _arrive(self, order, qty, days, **kwargs):
        authorization = self._authorize(order, qty, resolution="exchange", **kwargs)
        self._receive(authorization)
        line = authorization.line_ids
        line.sudo().date_to_inspect -= timedelta(days=days)
        return line

    def test_inspection_by_keyboard(self):
        radios = self._arrive(self._sell_from_stock(self.product, 10), 10, 1999)
        self.lamp = self._create_product("Lamp")
        order = self._sell_from_stock(self.lamp, 5)
        lamps = self._arrive(order, 2, 1998) | self._arrive(order, 3, 1997)
        order = self._sell_from_stock(self.serial_product, 2)
        lots = order.picking_ids.move_ids.lot_ids.sorted("name")
        phones = self._arrive(order, 2, 1, lot_ids=[Command.set(lots.ids)])
        self.start_tour(
            "/odoo/inspection-desk", "rma_inspection_desk_tour", login="rma_technician"
        )
        codes = radios._fields["disposition"].get_values(self.env)
        self.assertRecordValues(
            radios.inspection_ids.sorted("id"),
            [
                {"qty": 3, "grade": "new", "disposition": "restock", "note": False},
                {
                    "qty": 5,
                    "grade": False,
                    "disposition": "vendor" if "vendor" in codes else "hold",
                    "note": False,
                },
                {"qty": 1, "grade": "damaged", "disposition": "scrap", "note": False},
                {
                    "qty": 1,
                    "grade": False,
                    "disposition": "send_back",
                    "note": "Not ours",
                },
            ],
        )
        self.assertRecordValues(
            lamps.inspection_ids.sorted("id"),
            [{"qty": qty, "grade": "good", "fault_found": "none"} for qty in (2, 3)],
        )
        self.assertRecordValues(
            phones.inspection_ids.sorted("id"),
            [
                {
                    "lot_id": lots[1].id,
                    "disposition": "scrap",
                    "overrule_reason": "Water inside",
                    "missing_parts": False,
                },
                {
                    "lot_id": lots[0].id,
                    "disposition": "regrade",
                    "overrule_reason": False,
                    "missing_parts": "The charger",
                },
            ],
        )
