"""Ordinary sales, which ./setup/bench --batch measures too: with our addons installed
and unused they may cost nothing."""

from bench_world import SOLD

from odoo import Command


class Sales:
    """Orders like those there are: sold, delivered and invoiced once more."""

    name = "sales"
    steps = ["sell", "deliver", "invoice"]
    losses = {
        "a delivered quantity": (
            "UPDATE stock_move SET quantity = quantity - 1 WHERE id = "
            "(SELECT max(id) FROM stock_move)"
        ),
        "a serial number": (
            "UPDATE stock_move_line SET lot_id = NULL WHERE id = "
            "(SELECT max(id) FROM stock_move_line WHERE lot_id IS NOT NULL)"
        ),
        "what was delivered": "UPDATE sale_order_line SET qty_delivered = 0",
        "what was invoiced": "UPDATE sale_order_line SET qty_invoiced = 0",
        "a cent of the invoice": (
            "UPDATE account_move SET amount_total = amount_total - 0.01 WHERE id = "
            "(SELECT max(id) FROM account_move)"
        ),
        "the posting": "UPDATE account_move SET state = 'draft'",
    }

    def sell(self, orders):
        orders.env["sale.order"].create(
            [
                {
                    "partner_id": order.partner_id.id,
                    "origin": order.name,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "product_uom_qty": line.product_uom_qty,
                                "discount": line.discount,
                            }
                        )
                        for line in order.order_line
                    ],
                }
                for order in orders
            ]
        ).action_confirm()

    def deliver(self, orders):
        deliveries = self._get_sold(orders).picking_ids
        deliveries.action_assign()
        deliveries.with_context(skip_backorder=True).button_validate()

    def invoice(self, orders):
        self._get_sold(orders)._create_invoices(grouped=True).action_post()

    def _get_sold(self, orders):
        return orders.search([("origin", "in", orders.mapped("name"))], order="id")

    def find_missing(self, orders):
        """Sentences about what isn't as it should be after these were sold again."""
        for order in orders:
            sold = self._get_sold(order)
            if len(sold) != 1 or sold.state != "sale":
                yield f"{order.name}: not sold once"
                continue
            yield from self._find_goods(sold)
            yield from self._find_invoice(order, sold)

    def _find_goods(self, sold):
        moves = sold.picking_ids.move_ids.sorted("id")
        if set(moves.mapped("state")) != {"done"} or moves.mapped("quantity") != SOLD:
            yield f"{sold.name}: {moves.mapped('quantity')} delivered, not {SOLD}"
        for move in moves.filtered(lambda move: move.has_tracking == "serial"):
            if len(move.move_line_ids.lot_id) != move.quantity:
                yield f"{sold.name}: serial numbers aren't on the delivery"
        for field in ("qty_delivered", "qty_invoiced"):
            if sold.order_line.sorted("id").mapped(field) != SOLD:
                yield f"{sold.name}: not all is {field}"

    def _find_invoice(self, order, sold):
        total = order.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice"
        ).amount_total
        invoice = sold.invoice_ids
        if invoice.mapped("state") != ["posted"]:
            yield f"{sold.name}: no posted invoice, or more than one"
        elif invoice.currency_id.compare_amounts(invoice.amount_total, total):
            yield f"{sold.name}: {invoice.amount_total} invoiced, not {total}"


class SalesUnused(Sales):
    """The same, with our addons installed. Nobody returns anything."""

    name = "sales, ours unused"
