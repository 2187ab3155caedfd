# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user


class RmaCommon(TransactionCase):
    """A company that sells goods, the roles that handle its returns, and verbs for
    what they do. Tests run as these users.

    The verbs work with and without an addon that follows the goods: deliveries and
    receipts are entered by hand, or are the transfers that such an addon makes.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                tracking_disable=True,
                mail_notrack=True,
                mail_create_nosubscribe=True,
                no_reset_password=True,
            )
        )
        cls.company = cls.env.company
        cls.agent = cls._create_user("agent", "rma_authorization.group_rma_user")
        cls.technician = cls._create_user(
            "technician", "rma_authorization.group_rma_technician"
        )
        cls.manager = cls._create_user("manager", "rma_authorization.group_rma_manager")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Ada Customer", "email": "ada@example.com"}
        )
        cls.other_customer = cls.env["res.partner"].create(
            {"name": "Bob Customer", "email": "bob@example.com"}
        )
        cls.reason = cls.env.ref("rma_authorization.rma_authorization_reason_defective")
        cls.product = cls._create_product("Radio")
        cls.other_product = cls._create_product("Speaker")

    # -- who and what --------------------------------------------------------------

    @classmethod
    def _create_user(cls, name, group, **vals):
        """A user with this role who also sees all sales orders."""
        return new_test_user(
            cls.env,
            f"rma_{name}",
            groups=f"{group},sales_team.group_sale_salesman_all_leads",
            **vals,
        )

    @classmethod
    def _create_product(cls, name, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "list_price": 100.0,
                "standard_price": 40.0,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    # -- sales ---------------------------------------------------------------------

    @classmethod
    def _sell(cls, qty=5, *, products=None, partner=None, deliver=True, **line_vals):
        """Confirm an order for `qty` of each product, and deliver it all."""
        products = products or cls.product
        order = (
            cls.env["sale.order"]
            .with_company(products.company_id or cls.company)
            .create(
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
                        for product in products
                    ],
                }
            )
        )
        order.action_confirm()
        if deliver:
            cls._deliver(order)
        return order

    @classmethod
    def _deliver(cls, orders, qty=None):
        """Deliver `qty` of every line of the orders, or all of it."""
        for line in orders.order_line:
            if line.qty_delivered_method == "manual":
                line.qty_delivered = line.product_uom_qty if qty is None else qty
        if "picking_ids" in orders._fields:
            cls._validate(orders.picking_ids, qty)

    @classmethod
    def _validate(cls, pickings, qty=None):
        for picking in pickings:
            if picking.state in ("done", "cancel"):
                continue
            if qty is not None:
                picking.move_ids.quantity = qty
            picking.with_context(skip_backorder=True).button_validate()

    # -- returns -------------------------------------------------------------------

    @classmethod
    def _create_authorization(cls, order, qty=1, *, resolution="none", **line_vals):
        """A draft authorization for `qty` of each line of the order, by the agent."""
        return (
            cls.env["rma.authorization"]
            .with_user(cls.agent)
            .create(
                {
                    "partner_id": order.partner_id.id,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "sale_line_id": line.id,
                                "qty_requested": qty,
                                "reason_id": cls.reason.id,
                                "resolution": resolution,
                                **line_vals,
                            }
                        )
                        for line in order.order_line
                    ],
                }
            )
        )

    @classmethod
    def _authorize(cls, order, qty=1, *, inspection_required=True, **line_vals):
        authorization = cls._create_authorization(order, qty, **line_vals)
        authorization.inspection_required = inspection_required
        authorization.action_authorize()
        return authorization

    @classmethod
    def _receive(cls, authorization, qty=None):
        """`qty` of every line arrives, or all that is expected."""
        if "picking_ids" in authorization._fields:
            cls._validate(authorization.sudo()._get_open_receipts(), qty)
            return
        wizard = (
            cls.env["rma.authorization.receive"]
            .with_user(cls.agent)
            .create({"authorization_ids": authorization.ids})
        )
        if qty is not None:
            wizard.line_ids.qty = qty
        wizard.action_apply()

    @classmethod
    def _inspect(cls, authorization, *findings):
        """The technician records `(quantity, values)` findings on the first line."""
        return (
            cls.env["rma.authorization.inspection"]
            .with_user(cls.technician)
            .create(
                [
                    {"line_id": authorization.line_ids[:1].id, "qty": qty, **vals}
                    for qty, vals in findings
                ]
            )
        )

    @classmethod
    def _receive_and_accept(cls, order, qty=1, **line_vals):
        authorization = cls._authorize(order, qty, **line_vals)
        cls._receive(authorization)
        authorization.with_user(cls.technician).action_inspect()
        return authorization

    @classmethod
    def _put_away(cls, authorization):
        """Where an addon follows the goods, put what has come back on the shelf."""
        if cls._get_disposition() != "keep":
            authorization.action_inspect()
            authorization.sudo().inspection_ids.disposition = cls._get_disposition()
            authorization.action_dispose()

    @classmethod
    def _get_disposition(cls):
        """What may happen to received goods: something else where there is a stock."""
        field = cls.env["rma.authorization.inspection"]._fields["disposition"]
        return "restock" if "restock" in field.get_values(cls.env) else "keep"

    @classmethod
    def _create_closed(cls, order, qty=1):
        """An authorization that was settled without goods, and so is closed."""
        authorization = cls._authorize(order, qty, resolution="solved")
        authorization.action_settle()
        return authorization

    # -- expectations --------------------------------------------------------------

    @contextmanager
    def assertRefused(self, pattern):
        """The step is refused with a sentence that matches `pattern`, and undone."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    def assertRefusedNaming(self, authorization):
        """The step is refused with a sentence that names the authorization."""
        return self.assertRefused(re.escape(authorization.display_name))

    def assertAsks(self, action, method):
        """`action` opens the window that asks for a reason to take `method`."""
        self.assertEqual(action["res_model"], "rma.authorization.ask")
        self.assertEqual(action["context"]["default_method"], method)
