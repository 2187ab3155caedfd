# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class RmaAccountCommon(AccountTestInvoicingCommon):
    """A shop that sells goods, bills them, and takes them back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.tax = cls.env["account.tax"].create({"name": "7 %", "amount": 7.0})
        cls.goods = cls._create_goods("order")
        cls.goods_by_delivery = cls._create_goods("delivery")
        cls.agent = cls._create_user("agent", "rma_authorization.group_rma_user")
        cls.accountant = cls._create_user("accountant", "account.group_account_invoice")
        cls.chief = cls._create_user(
            "chief",
            "rma_authorization.group_rma_manager,account.group_account_invoice",
        )

    @classmethod
    def setup_independent_company(cls, **kwargs):
        """That of the database has a chart of accounts already: making a company and
        its chart for each class takes longer than many of its tests."""
        if cls.chart_template or cls.country_code:
            return super().setup_independent_company(**kwargs)
        return cls.env["res.company"]

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.env.ref(
            "sales_team.group_sale_manager"
        )

    @classmethod
    def _create_goods(cls, policy):
        return cls._create_product(
            name=f"Goods by {policy}",
            type="consu",
            list_price=33.33,
            invoice_policy=policy,
            taxes_id=[Command.set(cls.tax.ids)],
        )

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            f"rma_{login}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _sell(cls, *, qty=10.0, product=None, delivered=None, **line_vals):
        """Sell and hand over; returns the order line."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.goods).id,
                            "product_uom_qty": qty,
                            **line_vals,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        cls._deliver(order.order_line, qty if delivered is None else delivered)
        return order.order_line

    @classmethod
    def _deliver(cls, order_line, qty):
        """Hand goods over: by hand, or by the delivery where there is stock."""
        if order_line.qty_delivered_method == "manual":
            order_line.qty_delivered += qty
            return
        move = order_line.move_ids.filtered(lambda move: move.state != "done")
        unit = order_line.product_uom_id
        move.write(
            {
                "quantity": unit._compute_quantity(qty, move.product_uom),
                "picked": True,
            }
        )
        move.picking_id.with_context(skip_backorder=True).button_validate()

    @classmethod
    def _bill(cls, order_lines, *, qty=None, date="2026-01-15", post=True):
        """Invoice what the orders ask for, or some of it."""
        invoice = order_lines.order_id._create_invoices()
        if qty is not None:
            for line in invoice.invoice_line_ids:
                line.quantity = qty
        invoice.invoice_date = date
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _request(cls, order_line, *, qty=3.0, invoice_line=None, **line_vals):
        """An authorized return that is to be credited."""
        authorization = (
            cls.env["rma.authorization"]
            .with_user(cls.agent)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": order_line.product_id.id or cls.goods.id,
                                "sale_line_id": order_line.id,
                                "qty_requested": qty,
                                "resolution": "credit",
                                "invoice_line_id": (
                                    invoice_line.id if invoice_line else False
                                ),
                                **line_vals,
                            }
                        )
                    ],
                }
            )
        )
        authorization.action_authorize()
        return authorization

    @classmethod
    def _receive(cls, authorizations):
        """Everything arrives, and is found to be good."""
        authorizations_sudo = authorizations.sudo()
        lines_sudo = authorizations_sudo.line_ids
        if "stock.picking" in cls.env:
            lines_sudo.disposition = "restock"
            receipts_sudo = authorizations_sudo._get_open_receipts()
            receipts_sudo.with_context(skip_backorder=True).button_validate()
        else:
            lines_sudo._receive_by_hand(
                {line: line.qty_to_receive for line in lines_sudo}
            )
        authorizations.action_inspect()
        authorizations_sudo.action_dispose()
        return authorizations

    @classmethod
    def _return(cls, order_line, **kwargs):
        return cls._receive(cls._request(order_line, **kwargs))

    @classmethod
    def _credit(cls, order_line, **kwargs):
        """Return and settle; gives the credit notes with all rights."""
        return cls._settle(cls._return(order_line, **kwargs))

    @classmethod
    def _settle(cls, authorizations):
        authorizations.action_settle()
        return cls._get_notes(authorizations)

    @classmethod
    def _get_notes(cls, authorizations):
        return authorizations.sudo().settlement_ids.credit_line_ids.move_id

    @classmethod
    def _release(cls, notes, user=None):
        notes.with_user(user or cls.accountant).action_release_rma_credits()
        return notes

    @classmethod
    def _credit_by_hand(cls, invoice, *, qty=None):
        """The credit note that the core's reversal makes."""
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        if qty is not None:
            note.invoice_line_ids.quantity = qty
        return note

    def _assert_sale(self, order_line, *, kept, invoiced, to_invoice, status):
        """`kept`: delivered less credited; by hand, the former isn't lowered."""
        qty_kept = order_line.qty_delivered
        if order_line.qty_delivered_method == "manual":
            qty_kept -= order_line.rma_credited_qty
        self.assertEqual(qty_kept, kept)
        self.assertRecordValues(
            order_line,
            [
                {
                    "qty_invoiced": invoiced,
                    "qty_to_invoice": to_invoice,
                    "invoice_status": status,
                }
            ],
        )

    def _get_settlements(self, authorizations):
        return authorizations.sudo().settlement_ids.sorted("id")
