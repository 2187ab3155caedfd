# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib

import pytest

from odoo import Command, fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tests import new_test_user
from odoo.tools import config


@contextlib.contextmanager
def open_shop(database_name):
    """A shop in this database, whose work can be committed."""
    with pytest.MonkeyPatch.context() as patch:
        # Odoo would run the tests of every addon it loads.
        patch.setitem(config, "test_enable", False)
        registry = Registry(database_name)
    context = {"no_reset_password": True, "tracking_disable": True}
    with registry.cursor() as cr:
        yield Shop(Environment(cr, SUPERUSER_ID, context))


class Shop:
    """A company in a database of its own, its people, and what they have done before
    the moment that a test is about."""

    def __init__(self, env):
        self.env = env
        self._sold = {}
        self.company = env.company
        self.company.rma_credit_posting = "draft"
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        self.agent = self._create_user("agent", "rma_authorization.group_rma_user")
        self.worker = self._create_user(
            "worker", "rma_authorization_stock.group_rma_warehouse"
        )
        self.manager = self._create_user(
            "manager", "rma_authorization.group_rma_manager"
        )
        self.accountant = self._create_user(
            "accountant", "account.group_account_invoice"
        )
        self.customer = env["res.partner"].create({"name": "Ada Customer"})
        self.product = env["product.product"].create(
            {
                "name": "Radio",
                "is_storable": True,
                "list_price": 100.0,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
            }
        )

    def _create_user(self, login, group):
        return new_test_user(self.env, login, groups=group)

    def save(self):
        """Commit, so that other processes see it."""
        self.env.flush_all()
        self.env.cr.commit()
        self.env.registry.signal_changes()

    def look(self):
        """See what other processes have committed."""
        self.env.cr.rollback()
        self.env.invalidate_all(flush=False)

    # -- before a return -----------------------------------------------------------

    def sell(self, qty=2):
        """An order of one line, delivered from stock.

        Orders are made by the dozen, which takes the time of two or three.
        """
        sold = self._sold.setdefault(qty, [])
        if not sold:
            sold.extend(self.sell_batch(qty, orders=12))
        return sold.pop()

    def sell_batch(self, qty, *, orders, lines=1):
        """Orders of some lines each, for `qty` on every line, delivered from stock."""
        quants = self.env["stock.quant"]
        stock = self.warehouse.lot_stock_id
        quants._update_available_quantity(self.product, stock, qty * orders * lines)
        line = {"product_id": self.product.id, "product_uom_qty": qty}
        sold = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create(line)] * lines,
                }
            ]
            * orders
        )
        sold.action_confirm()
        sold.picking_ids.action_assign()
        self.validate(sold.picking_ids)
        return sold

    def bill(self, orders, qty=None):
        """Invoices of the orders, one for each, for all or `qty` of every line."""
        invoices = orders._create_invoices(grouped=True)
        if qty is not None:
            invoices.invoice_line_ids.quantity = qty
        invoices.action_post()
        return invoices

    def bill_by_hand(self, qty=1):
        """An invoice of what nobody ordered."""
        line = {"product_id": self.product.id, "quantity": qty, "price_unit": 100.0}
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [Command.create(line)],
            }
        )
        invoice.action_post()
        return invoice

    def return_by_wizard(self, order):
        """The window in which the worker returns a delivery without asking anybody."""
        wizards = self.env["stock.return.picking"].with_user(self.worker)
        wizard = wizards.create({"picking_id": order.picking_ids.id})
        wizard.product_return_moves.quantity = order.order_line.product_uom_qty
        return wizard

    # -- a return ------------------------------------------------------------------

    def request(self, origins, qty=1, **line_vals):
        """One request by the agent for `qty` of each order line or invoice line."""
        origin_name = {
            "account.move.line": "invoice_line_id",
            "sale.order.line": "sale_line_id",
        }[origins._name]
        line = {"product_id": self.product.id, "qty_requested": qty, **line_vals}
        return (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                [
                    {
                        "partner_id": self.customer.id,
                        "inspection_required": False,
                        "line_ids": [Command.create({**line, origin_name: origin.id})],
                    }
                    for origin in origins
                ]
            )
        )

    def authorize(self, origins, qty=1, **line_vals):
        authorizations = self.request(origins, qty, **line_vals)
        authorizations.action_authorize()
        return authorizations

    def receive(self, origins, qty=1, **line_vals):
        """Authorize, and everything arrives."""
        authorizations = self.authorize(origins, qty, **line_vals)
        self.validate(self.get_receipts(authorizations))
        return authorizations

    def replace_in_advance(self):
        """A return of one unit whose replacement was delivered already."""
        quants = self.env["stock.quant"]
        quants._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, 1.0
        )
        authorization = self.authorize(
            self.sell(1).order_line, resolution="exchange", advance=True
        )
        authorization.action_settle()
        replacement_sudo = authorization.sudo().replacement_order_ids
        replacement_sudo.picking_ids.action_assign()
        self.validate(replacement_sudo.picking_ids)
        return authorization

    def settle(self, authorizations):
        """Settle by credit; returns the drafts, as the accountant sees them."""
        authorizations.action_settle()
        return self.get_notes(authorizations)

    def validate(self, pickings):
        pickings.with_context(skip_backorder=True).button_validate()

    def get_receipts(self, authorizations):
        """The open return pickings, as the worker sees them."""
        return authorizations.sudo()._get_open_receipts().with_user(self.worker)

    def get_notes(self, authorizations):
        settlements_sudo = authorizations.sudo().settlement_ids
        return settlements_sudo.credit_line_ids.move_id.with_user(self.accountant)

    def count_in_quarantine(self):
        """Units that have come back and wait."""
        location = self.warehouse.rma_location_id.id
        return self.product.with_context(location=location).qty_available

    def count(self, model):
        return self.env[model].search_count([])

    def describe(self, authorizations):
        """All that is written of these returns, the sale of their goods, and money."""
        authorizations_sudo = authorizations.sudo()
        lines_sudo = authorizations_sudo.line_ids
        order_lines_sudo = lines_sudo.sale_line_id
        return [
            records.read(self._get_columns(records))
            for records in (
                authorizations_sudo,
                lines_sudo,
                lines_sudo.settlement_ids,
                lines_sudo.move_ids,
                order_lines_sudo,
                order_lines_sudo.invoice_lines.move_id,
            )
        ]

    def _get_columns(self, records):
        return [
            name
            for name, field in records._fields.items()
            if field.store and field.column_type
        ]
