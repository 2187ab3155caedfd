# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import Command, fields
from odoo.tests import tagged

from .common import RmaJourneyCommon


@tagged("post_install", "-at_install")
class TestBenchJourneys(RmaJourneyCommon):
    """Parcels in the hands of a worker at the dock, a technician at desk and bench."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rma.authorization.policy"].search([]).active = False
        cls.customer.email = "ada@example.com"
        hour = cls._create_product(
            "Hour", type="service", is_storable=False, list_price=60.0
        )
        cls.fuse = cls._create_product("Fuse", list_price=10.0, standard_price=3.0)
        cls._stock_up(cls.fuse, 5)
        cls.company.write(
            {"rma_labour_product_id": hour.id, "rma_certificate_required": "all"}
        )
        cls.no_power = cls.env.ref("rma_authorization.rma_authorization_fault_no_power")
        cls.wear = cls.env.ref("rma_authorization.rma_authorization_cause_wear")

    def _arrive(self, *barcodes):
        """The worker scans these, and receives what they add up to."""
        dock = self.env["rma.authorization.dock"].with_user(self.worker)
        rma_id, goods = False, []
        for barcode in barcodes:
            answer = dock.scan(barcode, {"rma_id": rma_id, "goods": goods})
            self.assertNotIn(answer["verdict"], ("refuse", "unknown"), barcode)
            rma_id = answer["rma"]["id"]
            if answer["count"]:
                goods.append(answer["count"])
        answer = dock.receive(rma_id, goods)
        self.assertEqual(answer["verdict"], "accept", answer["message"])

    def _judge(self, line, *findings):
        """The technician records findings at the inspection desk."""
        desk = self.env["rma.authorization.desk"].with_user(self.technician)
        queue = desk.get_queue({"text": line.authorization_id.rma_number})
        self.assertEqual([row["id"] for row in queue["rows"]], line.ids)
        answer = desk.judge(line.id, list(findings))
        self.assertFalse(answer["left"])

    def test_a_repair_that_the_customer_pays_with_a_loaner_meanwhile(self):
        order = self._sell_and_invoice(self.serial_product, 1)
        lot = order.picking_ids.move_ids.lot_ids
        spare = self.env["stock.lot"].create(
            {"name": "Spare", "product_id": self.serial_product.id}
        )
        self._stock_up(self.serial_product, 1, spare)
        authorization = self._authorize(
            order, 1, resolution="repair", lot_ids=[Command.set(lot.ids)]
        )
        line = authorization.line_ids
        # dock: the serial, then the label
        self._arrive(lot.name, authorization.rma_number)
        self._judge(
            line,
            {
                "qty": 1,
                "lot_id": lot.id,
                "verdict": "accepted",
                "fault_found": "found",
                "fault_id": self.no_power.id,
                "cause_id": self.wear.id,
                "responsible": "customer",
                "resolution": "repair",
                "overrule_reason": "The customer asks for an offer",
            },
        )
        self._settle(authorization)
        repair = authorization.sudo().repair_ids.with_user(self.technician)
        self.assertRecordValues(
            repair, [{"lot_id": lot.id, "state": "draft", "rma_needs_estimate": True}]
        )

        loaner = (
            self.env["rma.authorization.loaner"]
            .with_user(self.agent)
            .create(
                {
                    "authorization_id": authorization.id,
                    "product_id": self.serial_product.id,
                    "lot_id": spare.id,
                }
            )
        )
        loaner.action_lend()
        self._deliver(loaner.sudo().picking_ids)
        self.assertEqual(loaner.state, "out")

        # bench: an hour and a fuse, 70.00; nothing begins before the customer agrees
        repair.rma_labour_hours = 1.0
        repair.move_ids = [
            Command.create(
                {
                    "product_id": self.fuse.id,
                    "product_uom_qty": 1,
                    "repair_line_type": "add",
                }
            )
        ]
        with self.assertRefused("isn't covered"):
            repair.action_validate()
        repair.action_create_sale_order()
        repair.action_send_rma_estimate()
        quotation = repair.sudo().sale_order_id
        self.assertEqual(quotation.amount_untaxed, 70.0)
        self.assertEqual(repair.rma_estimate_state, "sent")
        quotation.action_confirm()
        self.assertRecordValues(
            repair, [{"state": "confirmed", "rma_estimate_state": "accepted"}]
        )
        repair.action_assign()
        repair.action_repair_start()
        repair.move_ids.quantity = 1
        repair.action_repair_end()

        # home again, the loaner back, the repair paid
        loaner.action_take_back()
        self._deliver(loaner.sudo().picking_ids)
        self.assertEqual(loaner.state, "back")
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(lot.location_id.usage, "customer")
        self.assertEqual(spare.location_id, self.warehouse.lot_stock_id)
        quotation.order_line.filtered(
            lambda one: one.product_id.type == "service"
        ).qty_delivered = 1
        invoice = quotation._create_invoices()
        self.assertEqual(invoice.amount_untaxed, 70.0)
        self.assertSold(order, delivered=1, invoiced=1, status="invoiced")
        parts = authorization.sudo().cost_ids.filtered(lambda row: row.kind == "parts")
        self.assertEqual(sum(parts.mapped("amount")), 3.0)

    def test_ten_units_go_every_way_and_none_is_lost(self):
        product = self._create_product("Lamp", barcode="LAMP-1")
        board = self._create_product("Board", standard_price=5.0)
        second = self._create_product("Lamp, Second Choice", standard_price=20.0)
        order = self._sell_and_invoice(product, 10)
        authorization = self._authorize(order, 10, resolution="credit")
        self._arrive(authorization.rma_number, *["LAMP-1"] * 10)
        self.assertStock(product, on_hand=0, quarantine=10, available=0)
        self._inspect(
            authorization,
            [
                (2, {"disposition": "restock"}),
                (1, {"disposition": "regrade", "regrade_product_id": second.id}),
                (
                    2,
                    {
                        "disposition": "harvest",
                        "harvest_ids": [
                            Command.create({"product_id": board.id, "qty": 2})
                        ],
                    },
                ),
                (2, {"disposition": "scrap", "scrap_method": "recycle"}),
                (1, {"disposition": "repair"}),
                (2, {"verdict": "rejected", "disposition": "send_back"}),
            ],
        )
        self._settle(authorization)
        self._dispose(authorization)
        credit_note = self._release(authorization)
        self.assertEqual(credit_note.amount_untaxed, 800.0)

        repair = authorization.sudo().inspection_ids.repair_ids
        repair = repair.with_user(self.technician)
        repair.action_repair_start()
        repair.action_repair_end()
        self._deliver(authorization.sudo().picking_ids)
        self.assertStock(product, on_hand=3, quarantine=0, available=3)
        self.assertStock(second, on_hand=1, quarantine=0, available=1)
        self.assertStock(board, on_hand=2, quarantine=0, available=2)
        self.assertSold(order, delivered=2, invoiced=2, status="invoiced")
        # lost: 20 by regrading, 70 by taking two apart, 80 by recycling two
        lost = authorization.sudo().cost_ids.filtered(
            lambda row: row.kind == "value_loss"
        )
        self.assertEqual(sum(lost.mapped("amount")), 170.0)

        # only the recycler's certificate is missing
        self.assertRecordValues(
            authorization, [{"state": "authorized", "next_step": "close"}]
        )
        finding = authorization.inspection_ids.filtered("scrap_method")
        finding.with_user(self.technician).write(
            {
                "certificate_number": "R-4711",
                "certificate_date": fields.Date.today(),
                "certificate_file": base64.b64encode(b"%PDF-1.4 recycled"),
                "certificate_filename": "R-4711.pdf",
            }
        )
        self.assertEqual(authorization.state, "closed")
