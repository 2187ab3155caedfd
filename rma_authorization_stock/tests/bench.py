# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command

from .common import RmaStockCommon


class BenchCommon(RmaStockCommon):
    """A bench at which labour costs the customer 60.00 an hour and a fuse 10.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rma.authorization.policy"].search([]).active = False
        cls.env["rma.authorization.target"].search([]).active = False
        cls.customer.email = "ada@example.com"
        cls.hour = cls._create_product(
            "Hour", type="service", is_storable=False, list_price=60.0
        )
        cls.fuse = cls._create_product("Fuse", list_price=10.0, standard_price=3.0)
        cls._stock_up(cls.fuse, 50)
        cls.company.write(
            {
                "rma_estimate_days": 14,
                "rma_diagnosis_fee": 25.0,
                "rma_labour_product_id": cls.hour.id,
            }
        )
        catalogue = cls.env["rma.authorization.fault"]
        cls.blown, cls.wear, cls.scratch = catalogue.create(
            [
                {"name": "Blown Fuse", "code": "TB1", "kind": "fault"},
                {"name": "Worn Out", "code": "TB2", "kind": "cause"},
                {"name": "Scratched", "code": "TB3", "kind": "fault"},
            ]
        )

    def _receive_for_repair(self, qty=1, product=None, order=None, **vals):
        """Units arrive, are accepted, and the agent lets them be repaired.

        :return: the return and its repairs, as agent and as technician
        """
        product = product or self.product
        order = order or self._sell_from_stock(product, qty)
        if product.tracking == "serial":
            lots = order.picking_ids.move_ids.lot_ids
            vals.setdefault("lot_ids", [Command.set(lots.ids)])
        authorization = self._receive_and_accept(
            order, qty, resolution="repair", disposition=False, **vals
        )
        authorization.action_settle()
        return authorization, self._get_repairs(authorization)

    def _get_repairs(self, authorization):
        return authorization.sudo().repair_ids.with_user(self.technician)

    def _add_fuses(self, repair, qty):
        repair.move_ids = [
            Command.create(
                {
                    "product_id": self.fuse.id,
                    "product_uom_qty": qty,
                    "repair_line_type": "add",
                }
            )
        ]

    def _finish(self, repairs):
        repairs.action_assign()
        repairs.action_repair_start()
        for move in repairs.move_ids:
            move.quantity = move.product_uom_qty
        repairs.action_repair_end()

    def _run_timers(self):
        """The scheduled action, in this transaction."""
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *_args, **_kwargs: 1):
            self.env["rma.authorization"]._cron_timers()
