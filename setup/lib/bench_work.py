"""The work that ./setup/bench --batch measures: core alone, and with our addons.

Each is a list of steps, for any number of orders at once, and says what is missing of
what it should have done.
"""

from decimal import ROUND_HALF_UP, Decimal

from bench_sales import Sales, SalesUnused
from bench_world import CLERK

from odoo import Command, fields

CENT = Decimal("0.01")
# What comes back of an ordinary order's lines.
RETURNED = [2, 1, 0]
REASON = "rma_authorization.rma_authorization_reason_no_longer_wanted"


def find_orders(env, kind):
    """The orders of a kind: `many`, `long` (of a hundred lines) or `warm` (to start
    with, before it counts), oldest first."""
    return env["sale.order"].search([("client_order_ref", "=", kind)], order="id")


def get_returned(order):
    """[(line, quantity)] of what comes back of an order."""
    lines = order.order_line.sorted("id")
    if order.client_order_ref == "long":
        return [(line, 1) for line in lines]
    return [(line, qty) for line, qty in zip(lines, RETURNED, strict=True) if qty]


def get_delivery(line):
    """The move that delivered a line."""
    return line.move_ids.filtered(lambda move: not move.origin_returned_move_id)


def get_lots(line, qty):
    """The serial numbers that come back of a line; none where it has none."""
    return get_delivery(line).lot_ids.sorted("id")[:qty]


def get_credit(order):
    """What is to be credited, taxes included: worked out without Odoo."""
    untaxed = sum(
        Decimal(str(line.product_id.list_price))
        * qty
        * (100 - Decimal(str(line.discount)))
        / 100
        for line, qty in get_returned(order)
    )
    # companies there round taxes once for all lines
    return _round(untaxed) + _round(untaxed * 15 / 100)


def _round(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


class Work:
    """Goods come back and are credited."""

    name = ""
    # methods, each called with the orders
    steps = []
    # {what is lost: SQL that loses it}: every check must find it
    losses = {
        "a quantity that came back": (
            "UPDATE stock_move SET quantity = quantity - 1 WHERE id = "
            "(SELECT max(id) FROM stock_move WHERE origin_returned_move_id IS NOT NULL)"
        ),
        "the link to the delivery": (
            "UPDATE stock_move SET origin_returned_move_id = NULL"
        ),
        "the transfer of the goods": "UPDATE stock_move_line SET picking_id = NULL",
        "a serial number's place": (
            "UPDATE stock_quant SET quantity = 0 WHERE lot_id IN (SELECT lot_id FROM "
            "stock_move_line line JOIN stock_move move ON move.id = line.move_id "
            "WHERE move.origin_returned_move_id IS NOT NULL)"
        ),
        "the stock": (
            "UPDATE stock_quant quant SET quantity = quantity + 1 FROM stock_location "
            "place WHERE place.id = quant.location_id AND place.usage = 'customer'"
        ),
        "a cent of the credit": (
            "UPDATE account_move SET amount_total = amount_total - 0.01 "
            "WHERE move_type = 'out_refund'"
        ),
        "the posting": (
            "UPDATE account_move SET state = 'draft' WHERE move_type = 'out_refund'"
        ),
        "the reconciliation": (
            "UPDATE account_move SET amount_residual = amount_residual + 1 "
            "WHERE move_type = 'out_invoice'"
        ),
        "the invoice of the credit": (
            "UPDATE account_move SET reversed_entry_id = NULL"
        ),
        "the order's delivered quantity": (
            "UPDATE sale_order_line SET qty_delivered = product_uom_qty"
        ),
        "the order's invoiced quantity": (
            "UPDATE sale_order_line SET qty_invoiced = product_uom_qty"
        ),
    }

    def find_missing(self, orders):
        """Sentences about what isn't as it should be after these were returned."""
        for order in orders:
            for line, qty in get_returned(order):
                yield from self._find_goods(line, qty)
            yield from self._find_credit(order)
            yield from self._find_quantities(order)
        yield from self._find_stock(orders.env)

    def _find_goods(self, line, qty):
        delivery = get_delivery(line)
        moves = line.move_ids.filtered(
            lambda move: move.origin_returned_move_id == delivery
        )
        if len(delivery) != 1 or moves.mapped("state") != ["done"]:
            yield f"{line.display_name}: no return, or more than one"
        elif (
            moves.quantity != qty or sum(moves.move_line_ids.mapped("quantity")) != qty
        ):
            yield f"{line.display_name}: {moves.quantity} came back, not {qty}"
        elif moves.move_line_ids.picking_id != moves.picking_id:
            yield f"{line.display_name}: its goods are on no transfer"
        elif moves.lot_ids != get_lots(line, qty):
            yield f"{line.display_name}: other numbers came back"
        else:
            places = moves.lot_ids.quant_ids.filtered("quantity")
            back = places.filtered(
                lambda quant: quant.location_id == moves.location_dest_id
            )
            if places != back or sum(back.mapped("quantity")) != len(moves.lot_ids):
                yield f"{line.display_name}: numbers aren't where they came back to"

    def _find_credit(self, order):
        expected = get_credit(order)
        invoice = order.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice"
        )
        credit = invoice.reversal_move_ids
        if credit.mapped("state") != ["posted"] or credit.move_type != "out_refund":
            yield f"{order.name}: no posted credit note, or more than one"
            return
        if _to_decimal(credit.amount_total) != expected:
            yield f"{order.name}: {credit.amount_total} was credited, not {expected}"
        is_paid = bool(invoice.matched_payment_ids)
        rest = Decimal(0) if is_paid else _to_decimal(invoice.amount_total) - expected
        if _to_decimal(invoice.amount_residual) != rest:
            yield f"{order.name}: {invoice.amount_residual} is due, not {rest}"
        left = expected if is_paid else Decimal(0)
        if _to_decimal(credit.amount_residual) != left:
            yield f"{order.name}: {credit.amount_residual} of the credit is left"

    def _find_quantities(self, order):
        for line, qty in get_returned(order):
            kept = line.product_uom_qty - qty
            if line.qty_delivered != kept or line.qty_invoiced != kept:
                yield (
                    f"{line.display_name}: {line.qty_delivered} delivered and "
                    f"{line.qty_invoiced} invoiced, not {kept}"
                )
        if order.invoice_status != "invoiced":
            yield f"{order.name}: {order.invoice_status}"

    def _find_stock(self, env):
        """What customers have is what orders say that they have."""
        env.flush_all()
        env.cr.execute(
            """
            WITH sold AS (
                SELECT product_id, sum(qty_delivered) AS qty
                  FROM sale_order_line GROUP BY product_id
            ), held AS (
                SELECT quant.product_id, sum(quant.quantity) AS qty
                  FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                 WHERE place.usage = 'customer' GROUP BY quant.product_id
            )
            SELECT product_id, sold.qty, held.qty
              FROM sold FULL JOIN held USING (product_id)
             WHERE sold.qty IS DISTINCT FROM held.qty
            """
        )
        for product_id, sold, held in env.cr.fetchall():
            yield f"Product {product_id}: {held} at customers, {sold} on orders"


def _to_decimal(amount):
    return Decimal(str(round(amount, 2)))


class Floor(Work):
    """Core as it is used best: one `create` of all transfers, one of all credits."""

    name = "floor"
    steps = ["receive", "credit"]

    def receive(self, orders):
        env = orders.env
        warehouse = orders.warehouse_id
        customers = env.ref("stock.stock_location_customers")
        places = {
            "location_id": customers.id,
            "location_dest_id": warehouse.lot_stock_id.id,
        }
        pickings = env["stock.picking"].create(
            [
                {
                    **places,
                    "partner_id": order.partner_shipping_id.id,
                    "picking_type_id": warehouse.in_type_id.id,
                    "return_id": order.picking_ids.id,
                    "origin": order.name,
                    "move_ids": [
                        Command.create(
                            {**places, **self._prepare_move(order, line, qty, places)}
                        )
                        for line, qty in get_returned(order)
                    ],
                }
                for order in orders
            ]
        )
        env["stock.move.line"].create(
            [
                vals
                for move in pickings.move_ids
                for vals in self._prepare_move_lines(move, places)
            ]
        )
        pickings.action_confirm()
        pickings.button_validate()

    def _prepare_move(self, order, line, qty, places):
        delivery = get_delivery(line)
        goods = {"product_id": line.product_id.id, "company_id": order.company_id.id}
        return {
            **goods,
            "product_uom": line.product_uom_id.id,
            "product_uom_qty": qty,
            "picking_type_id": order.warehouse_id.in_type_id.id,
            "warehouse_id": order.warehouse_id.id,
            "procure_method": "make_to_stock",
            "origin_returned_move_id": delivery.id,
            "move_orig_ids": [Command.link(delivery.id)],
            "sale_line_id": line.id,
            "to_refund": True,
        }

    def _prepare_move_lines(self, move, places):
        qty = int(move.product_uom_qty)
        lots = get_lots(move.sale_line_id, qty).ids
        return [
            {
                **places,
                "move_id": move.id,
                "picking_id": move.picking_id.id,
                "product_id": move.product_id.id,
                "product_uom_id": move.product_uom.id,
                "quantity": qty / max(len(lots), 1),
                "lot_id": lot,
                "picked": True,
            }
            for lot in lots or [False]
        ]

    def credit(self, orders):
        today = fields.Date.today()
        notes = orders.env["account.move"].create(
            [
                {
                    "move_type": "out_refund",
                    "partner_id": invoice.partner_id.id,
                    "partner_shipping_id": invoice.partner_shipping_id.id,
                    "currency_id": invoice.currency_id.id,
                    "journal_id": invoice.journal_id.id,
                    "fiscal_position_id": invoice.fiscal_position_id.id,
                    "invoice_payment_term_id": False,
                    "invoice_date": today,
                    "date": today,
                    "invoice_origin": invoice.invoice_origin,
                    "invoice_user_id": invoice.invoice_user_id.id,
                    "ref": f"Reversal of: {invoice.name}",
                    "reversed_entry_id": invoice.id,
                    "invoice_line_ids": [
                        Command.create(self._prepare_credit_line(line, qty))
                        for line, qty in get_returned(order)
                    ],
                }
                for order in orders
                for invoice in order.invoice_ids
            ]
        )
        notes.action_post()

    def _prepare_credit_line(self, line, qty):
        origin = line.invoice_lines
        return {
            "name": origin.name,
            "product_id": origin.product_id.id,
            "product_uom_id": origin.product_uom_id.id,
            "quantity": qty,
            "price_unit": origin.price_unit,
            "discount": origin.discount,
            "tax_ids": [Command.set(origin.tax_ids.ids)],
            "account_id": origin.account_id.id,
            "analytic_distribution": origin.analytic_distribution,
            "sale_line_ids": [Command.set(line.ids)],
        }


class Ours(Work):
    """Asked for, permitted, received, and settled, with the history of all that."""

    name = "ours"
    steps = ["authorize", "receive", "settle"]
    is_inspected = False
    losses = {
        **Work.losses,
        "the history": "DELETE FROM rma_authorization_log",
        "the mails": "DELETE FROM rma_authorization_mail",
        "the costs": "DELETE FROM rma_authorization_cost",
        "the number": "UPDATE rma_authorization SET rma_number = NULL",
        "the deadline": "UPDATE rma_authorization SET date_deadline = NULL",
        "who authorized": "UPDATE rma_authorization SET authorized_by_id = NULL",
        "a settlement's state": (
            "UPDATE rma_authorization_settlement SET state = 'in_progress'"
        ),
        "the proof of a settlement": (
            "UPDATE account_move_line SET rma_settlement_id = NULL"
        ),
        "the return of a transfer": "UPDATE stock_move SET rma_line_id = NULL",
        "what was settled": "UPDATE rma_authorization_line SET qty_settled = 0",
        "messages": ("DELETE FROM mail_message WHERE model = 'rma.authorization'"),
    }

    def authorize(self, orders):
        env = orders.env
        reason_id = env["ir.model.data"]._xmlid_to_res_id(REASON)
        returns = env["rma.authorization"].create(
            [
                {
                    "partner_id": order.partner_id.id,
                    "inspection_required": self.is_inspected,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "sale_line_id": line.id,
                                "qty_requested": qty,
                                "reason_id": reason_id,
                                "resolution": "credit",
                                "disposition": "restock",
                                "lot_ids": [Command.set(get_lots(line, qty).ids)],
                            }
                        )
                        for line, qty in get_returned(order)
                    ],
                }
                for order in orders
            ]
        )
        returns.action_authorize()
        self._chosen = returns.ids

    def receive(self, orders):
        self._choose(orders)._get_open_receipts().button_validate()

    def inspect(self, orders):
        self._choose(orders).action_inspect()

    def settle(self, orders):
        self._choose(orders).action_settle()

    def _choose(self, orders):
        """The returns that were made last, as somebody opens them from a list: by their
        ids, as the floor gets its orders."""
        return orders.env["rma.authorization"].browse(self._chosen)

    def _get_returns(self, orders):
        return orders.order_line.rma_line_ids.authorization_id

    def find_missing(self, orders):
        yield from super().find_missing(orders)
        for order in orders:
            yield from self._find_return(order)

    def _find_return(self, order):
        authorization = self._get_returns(order)
        returned = get_returned(order)
        if len(authorization) != 1 or len(authorization.line_ids) != len(returned):
            yield f"{order.name}: not one return of all lines"
            return
        yield from self._find_header(authorization)
        for line, qty in returned:
            yield from self._find_line(line.rma_line_ids, qty)

    def _find_header(self, authorization):
        name = authorization.display_name
        clerk = authorization.env["res.users"].search([("login", "=", CLERK)])
        if not authorization.rma_number or not authorization.date_deadline:
            yield f"{name}: no number, or no deadline"
        if authorization.authorized_by_id != clerk:
            yield f"{name}: nobody knows who authorized it"
        progress = {
            "receipt": authorization.receipt_status,
            "inspection": authorization.inspection_status,
            "settlement": authorization.settlement_status,
        }
        if progress != {
            "receipt": "done",
            "inspection": "done" if self.is_inspected else "no",
            "settlement": "done",
        }:
            yield f"{name}: {progress}"
        env = authorization.env
        own = [("authorization_id", "=", authorization.id)]
        logs = env["rma.authorization.log"].search(own, order="id")
        steps = [(log.from_state, log.to_state, log.user_id) for log in logs]
        if steps != [
            ("draft", "submitted", clerk),
            ("submitted", "authorized", clerk),
        ]:
            yield f"{name}: the history lacks a step"
        mails = env["rma.authorization.mail"].search(own)
        xmlids = mails.template_id.get_external_id().values()
        told = {xmlid.rpartition("mail_template_")[2] for xmlid in xmlids}
        if told != {"authorized", "received", "credited"} | (
            {"inspected"} if self.is_inspected else set()
        ):
            yield f"{name}: the customer is told {', '.join(sorted(told))}"
        costs = authorization.cost_ids.filtered(lambda row: row.kind == "credit")
        if len(costs) != 1 or not costs.amount:
            yield f"{name}: the credit isn't among the costs"
        if not authorization.message_ids:
            yield f"{name}: the chatter is empty"

    def _find_line(self, line, qty):
        name = line.display_name
        settlements = line.settlement_ids
        if set(settlements.mapped("state")) != {"done"} or (
            sum(settlements.mapped("qty")) != qty
        ):
            yield f"{name}: not settled"
        notes = settlements.credit_line_ids
        if sum(notes.mapped("quantity")) != qty or len(notes.move_id) != 1:
            yield f"{name}: settlement without its credit"
        if line.qty_received != qty or line.qty_settled != qty:
            yield f"{name}: {line.qty_received} received, {line.qty_settled} settled"
        if sum(line.move_ids.mapped("quantity")) != qty:
            yield f"{name}: its transfer is lost"
        found = sum(line.inspection_ids.mapped("qty"))
        if found != (qty if self.is_inspected else 0):
            yield f"{name}: {found} inspected"


class OursInspected(Ours):
    """The same, where the policy asks for findings before anything is settled."""

    name = "ours, inspected"
    steps = ["authorize", "receive", "inspect", "settle"]
    is_inspected = True
    losses = {
        **Ours.losses,
        "the findings": "DELETE FROM rma_authorization_inspection",
    }


WORKS = {work.name: work for work in (Floor, Ours, OursInspected, Sales, SalesUnused)}
