# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from odoo.addons.rma_authorization_stock.tests.common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestHarvestBom(RmaStockCommon):
    """The parts of what is taken apart are proposed from its bill of materials, where
    Manufacturing is installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls._create_product("Board", standard_price=15.0)
        cls.screw = cls._create_product("Screw", standard_price=0.5)
        cls.glue = cls._create_product("Glue", is_storable=False)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.product.product_tmpl_id.id,
                "product_qty": 2,
                "bom_line_ids": [
                    Command.create({"product_id": product.id, "product_qty": qty})
                    for product, qty in (
                        (cls.board, 2),
                        (cls.screw, 8),
                        (cls.glue, 1),
                    )
                ],
            }
        )

    def _receive_two(self, **finding):
        authorization = self._authorize(self._sell_from_stock(self.product, 2), 2)
        self._receive(authorization)
        self._inspect(authorization, [(2, finding)])
        return authorization

    def test_parts_are_proposed_by_the_bill_of_materials(self):
        authorization = self._receive_two(disposition="harvest")
        self.assertRecordValues(
            authorization.inspection_ids.harvest_ids,
            [
                {"product_id": self.board.id, "qty": 2},
                {"product_id": self.screw.id, "qty": 8},
            ],
        )
        authorization.with_user(self.worker).action_dispose()
        # 2 at 40 became 2 at 15 and 8 at 0.50
        self.assertEqual(authorization.cost_total, 46.0)

    def test_parts_are_proposed_when_it_is_decided(self):
        authorization = self._receive_two(disposition="hold")
        finding = authorization.inspection_ids.with_user(self.technician)
        self.assertFalse(finding.harvest_ids)
        finding.disposition = "harvest"
        self.assertEqual(finding.harvest_ids.product_id, self.board | self.screw)

    def test_parts_that_somebody_entered_stand(self):
        row = Command.create({"product_id": self.screw.id, "qty": 3})
        authorization = self._receive_two(disposition="harvest", harvest_ids=[row])
        self.assertRecordValues(
            authorization.inspection_ids.harvest_ids,
            [{"product_id": self.screw.id, "qty": 3}],
        )

    def test_a_kit_is_not_taken_apart(self):
        kit = self._create_product("Kit", is_storable=False)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.board.id, "product_qty": 1})
                ],
            }
        )
        self._stock_up(self.board, 1)
        authorization = self._authorize(self._sell(kit, 1), 1)
        self._receive(authorization)
        self._inspect(authorization, [(1, {"disposition": "harvest"})])
        with self.assertRefused("whose parts go to stock as they are"):
            authorization.with_user(self.worker).action_dispose()
