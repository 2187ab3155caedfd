# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from odoo.addons.rma_authorization_stock.tests.common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestRegradedKits(RmaStockCommon):
    """A kit is in stock by its components only: it can go to another location, but
    neither become another product, nor can anything become a kit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cable = cls._create_product("Cable")
        cls.b_stock = cls._create_product("Cable, used")
        cls.kit = cls._create_product("Kit", is_storable=False)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cls.cable.id, "product_qty": 2})
                ],
            }
        )
        cls._stock_up(cls.cable, 6)

    def _receive_for_regrade(self, product, **finding):
        authorization = self._authorize(self._sell(product, 2), 2)
        self._receive(authorization)
        self._inspect(authorization, [(2, {"disposition": "regrade", **finding})])
        return authorization.with_user(self.worker)

    def test_a_kit_does_not_become_another_product(self):
        authorization = self._receive_for_regrade(
            self.kit, regrade_product_id=self.b_stock.id
        )
        with self.assertRefused("It is a kit, whose parts go to stock"):
            authorization.action_dispose()

    def test_nothing_becomes_a_kit(self):
        authorization = self._receive_for_regrade(
            self.cable, regrade_product_id=self.kit.id
        )
        with self.assertRefused("Kit isn't kept in stock"):
            authorization.action_dispose()

    def test_the_parts_of_a_kit_go_to_another_location(self):
        outlet = self.env["stock.location"].create(
            {"name": "Outlet", "location_id": self.warehouse.lot_stock_id.id}
        )
        authorization = self._receive_for_regrade(
            self.kit, regrade_location_id=outlet.id
        )
        authorization.action_dispose()
        in_outlet = self.cable.with_context(location=outlet.id)
        self.assertEqual(in_outlet.qty_available, 4)
        self.assertEqual(authorization.disposition_status, "done")
