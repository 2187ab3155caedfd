# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
from contextlib import contextmanager

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user


class RmaStockCommon(TransactionCase):
    """A company that sells from stock, the roles that handle its returns, and verbs
    for what they do. Tests run as these users."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, mail_notrack=True)
        )
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.agent = new_test_user(
            cls.env,
            "rma_agent",
            groups="rma_authorization.group_rma_user,sales_team.group_sale_salesman_all_leads",
        )
        cls.worker = new_test_user(
            cls.env, "rma_worker", groups="rma_authorization_stock.group_rma_warehouse"
        )
        cls.technician = new_test_user(
            cls.env, "rma_technician", groups="rma_authorization_stock.group_rma_repair"
        )
        cls.manager = new_test_user(
            cls.env, "rma_manager", groups="rma_authorization.group_rma_manager"
        )
        cls.customer = cls.env["res.partner"].create({"name": "Ada Customer"})
        cls.reason = cls.env.ref("rma_authorization.rma_authorization_reason_defective")
        cls.product = cls._create_product("Radio")
        cls.serial_product = cls._create_product("Phone", tracking="serial")

    @classmethod
    def _create_product(cls, name, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": 100.0,
                "standard_price": 40.0,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _stock_up(cls, product, qty, lots=()):
        quant = cls.env["stock.quant"]
        location = cls.warehouse.lot_stock_id
        for lot in lots:
            quant._update_available_quantity(product, location, 1.0, lot_id=lot)
        if not lots:
            quant._update_available_quantity(product, location, qty)

    @classmethod
    def _create_lots(cls, product, count):
        return cls.env["stock.lot"].create(
            [
                {"name": f"{product.name}-{number:03}", "product_id": product.id}
                for number in range(1, count + 1)
            ]
        )

    @classmethod
    def _sell(cls, product, qty, *, deliver=True, partner=None, **line_vals):
        """Confirm an order for `qty`, from stock, and deliver all of it."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": qty,
                            **line_vals,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        if deliver:
            cls._deliver(order.picking_ids)
        return order

    @classmethod
    def _sell_from_stock(cls, product, qty, **kwargs):
        lots = cls.env["stock.lot"]
        if product.tracking == "serial":
            lots = cls._create_lots(product, int(qty))
        cls._stock_up(product, qty, lots)
        return cls._sell(product, qty, **kwargs)

    @classmethod
    def _deliver(cls, pickings):
        for picking in pickings.filtered(lambda one: one.state != "done"):
            picking.action_assign()
            picking.with_context(skip_backorder=True).button_validate()

    @classmethod
    def _create_authorization(cls, order, qty, *, resolution="none", **line_vals):
        """A draft authorization for `qty` of the order's first line, by the agent."""
        order_line = order.order_line[:1]
        return (
            cls.env["rma.authorization"]
            .with_user(cls.agent)
            .create(
                {
                    "partner_id": order.partner_id.id,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": order_line.product_id.id,
                                "sale_line_id": order_line.id,
                                "qty_requested": qty,
                                "reason_id": cls.reason.id,
                                "resolution": resolution,
                                **line_vals,
                            }
                        )
                    ],
                }
            )
        )

    @contextmanager
    def assertRefused(self, pattern):  # noqa: N802 - as unittest names them
        """The step is refused with a sentence that contains `pattern`, and undone."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    def _authorize(self, order, qty, **kwargs):
        authorization = self._create_authorization(order, qty, **kwargs)
        authorization.action_authorize()
        return authorization

    def _receive(self, authorization, qty=None):
        """The warehouse worker validates the return picking, whole or in part."""
        pickings = authorization.sudo()._get_open_receipts().with_user(self.worker)
        for picking in pickings:
            if qty is not None:
                picking.move_ids[:1].quantity = qty
            picking.with_context(skip_backorder=True).button_validate()
        return pickings

    def _inspect(self, authorization, findings):
        """The technician records `(quantity, values)` findings on the first line."""
        return (
            self.env["rma.authorization.inspection"]
            .with_user(self.technician)
            .create(
                [
                    {"line_id": authorization.line_ids[:1].id, "qty": qty, **vals}
                    for qty, vals in findings
                ]
            )
        )

    def _get_consent(self):
        """What a finding says of goods that their owner gave up."""
        return {
            "owner_consent_date": fields.Date.today(),
            "owner_consent_file": base64.b64encode(b"Keep it. Ada"),
            "owner_consent_filename": "letter.txt",
        }

    def _receive_and_accept(self, order, qty, *, disposition="restock", **kwargs):
        authorization = self._authorize(order, qty, disposition=disposition, **kwargs)
        self._receive(authorization)
        authorization.with_user(self.technician).action_inspect()
        return authorization

    def assertListed(self, pickings):  # noqa: N802 - as unittest names them
        """Core's screens and slips find by their transfers all goods that move."""
        self.assertTrue(pickings.move_line_ids)
        self.assertEqual(pickings.move_line_ids, pickings.move_ids.move_line_ids)

    def _available(self, product):
        return product.with_context(warehouse_id=self.warehouse.id).free_qty

    def _in_quarantine(self, product):
        return product.with_context(
            location=self.warehouse.rma_location_id.id
        ).qty_available
