# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    """Real clicks in a real browser."""

    def test_credit_journey_from_the_sales_order_to_the_posted_credit_note(self):
        new_test_user(
            self.env,
            "rma_tour",
            groups="rma_authorization.group_rma_manager,"
            "rma_authorization_stock.group_rma_warehouse,"
            "sales_team.group_sale_manager,account.group_account_invoice",
        )
        order = self._sell("Tour Radio", 5)
        invoice = order.invoice_ids
        self.start_tour(
            f"/odoo/action-sale.action_orders/{order.id}",
            "rma_credit_journey_tour",
            login="rma_tour",
        )
        credit_note = self.env["account.move"].search(
            [("reversed_entry_id", "=", invoice.id)]
        )
        self.assertRecordValues(
            credit_note, [{"state": "posted", "amount_untaxed": 200.0}]
        )
        self.assertRecordValues(
            order.order_line, [{"qty_delivered": 3, "qty_invoiced": 3}]
        )

    def test_red_letter_notice_is_typed_into_the_list(self):
        new_test_user(self.env, "rma_red_tour", groups="account.group_account_invoice")
        order = self._sell("Tour Kettle", 2)
        order.company_id.rma_red_notice_required = True
        authorization = self.env["rma.authorization"].create(
            {
                "partner_id": order.partner_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "product_id": order.order_line.product_id.id,
                            "sale_line_id": order.order_line.id,
                            "qty_requested": 1,
                            "resolution": "credit",
                            "disposition": "keep",
                        }
                    )
                ],
            }
        )
        authorization.action_authorize()
        authorization.action_settle()
        self.start_tour(
            "/odoo/red-letter-notices", "rma_red_notice_tour", login="rma_red_tour"
        )
        self.assertRecordValues(
            authorization.credit_note_ids,
            [{"state": "posted", "rma_red_notice_number": "31010425110900000017"}],
        )

    def _sell(self, name, qty):
        """A delivered and invoiced order."""
        product = self.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "list_price": 100.0,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Tourist"}).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": qty})
                ],
            }
        )
        order.action_confirm()
        self.env["stock.quant"]._update_available_quantity(
            product, order.warehouse_id.lot_stock_id, qty
        )
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        order._create_invoices().action_post()
        return order
