# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Steps of sales: order, deliver, invoice, and what people do without our addons."""

from hypothesis import strategies as st

from odoo import Command, fields

from .finders import Finders
from .machine import FLAG, SHARE, act
from .world import CASES


class SaleRules(Finders):
    @act(
        limit=2,
        when=lambda walk: not walk.customers or walk.options("returns"),
        customer=st.integers(0, len(CASES) - 1),
    )
    def visit(self, customer):
        """The walk is about this customer, too; see `world.CASES`."""
        self.customers |= self.case.customers[customer]

    @act("orders", limit=1, qty=st.integers(2, 4))
    def order_again(self, order, qty):
        """The same once more, still to be delivered and invoiced."""
        again = order.copy()
        again.order_line[:1].product_uom_qty = qty
        again.action_confirm()

    # -- deliveries --------------------------------------------------------------------

    @act("deliveries", share=SHARE, rest=FLAG)
    def deliver(self, picking, share, rest):
        """Deliver, whole or in part, of an order or a replacement."""
        self.validate(picking, share, cancel_rest=not rest)

    def validate(self, picking, share=0, *, cancel_rest=False):
        """A worker finishes a transfer with a part of each of its moves."""
        if picking.state in ("done", "cancel"):
            return
        picking = self.by(self.case.worker, picking)
        picking.action_assign()
        for move in picking.sudo().move_ids.filtered(lambda one: one.quantity > 0):
            self.fill(move, self.get_part(move, share))
        context = {"skip_backorder": True}
        if cancel_rest:
            context["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**context).button_validate()

    def get_part(self, move, share):
        whole = move.product_id.uom_id != self.env.ref("uom.product_uom_kgm")
        total = move.quantity or move.product_uom_qty
        return self.part(total, share, move.product_uom, whole=whole)

    def fill(self, move, qty):
        """Enter what is really moved, with the numbers that were reserved."""
        if move.has_tracking == "serial":
            move.move_line_ids.sorted("id")[int(qty) :].unlink()
        elif move.has_tracking == "lot":
            rest = qty
            for line in move.move_line_ids.sorted("id"):
                line.quantity = min(line.quantity, rest)
                rest -= line.quantity
        elif move.product_uom.compare(move.quantity, qty) != 0:
            move.quantity = qty

    @act("order_lines", limit=1)
    def raise_order(self, line):
        """More is ordered, and has to be delivered as well."""
        line.product_uom_qty += 2

    # -- invoices ----------------------------------------------------------------------

    @act("billable", limit=2, share=SHARE, posted=FLAG)
    def bill(self, order, share, posted):
        """Invoice what can be, whole or in part."""
        invoice = order._create_invoices()
        for line in invoice.invoice_line_ids:
            unit = line.product_uom_id
            line.quantity = self.part(line.quantity, share, unit)
        if posted:
            self.post(invoice)

    def post(self, moves):
        moves.filtered(lambda move: not move.invoice_date).write(
            {"invoice_date": fields.Date.today()}
        )
        self.by(self.case.accountant, moves).action_post()

    @act("drafted", limit=3)
    def post_invoice(self, invoice):
        self.post(invoice)

    @act("posted", limit=2, share=SHARE, posted=FLAG)
    def credit_by_hand(self, invoice, share, posted):
        """A credit note as the ERP makes it: an accountant credits no more than is
        left, and knows all other notes."""
        left = self.get_uncredited(invoice.invoice_line_ids)
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        for line, origin in zip(
            note.invoice_line_ids, invoice.invoice_line_ids, strict=True
        ):
            rest = max(line.product_uom_id.round(left[origin]), 0.0)
            line.quantity = self.part(rest, share, line.product_uom_id)
        note.invoice_line_ids.filtered(lambda line: not line.quantity).unlink()
        if not note.invoice_line_ids:
            note.unlink()
        elif posted:
            self.post(note)

    # -- returns without us ------------------------------------------------------------

    @act("delivered", limit=2, share=SHARE, refund=FLAG)
    def return_by_hand(self, picking, share, refund):
        """A return as the ERP makes it, perhaps of what is on a return of ours."""
        move = picking.move_ids[0]
        left = self.get_at_customer(move.sale_line_id, move.product_uom)
        qty = self.part(min(left, move.quantity), share, move.product_uom)
        self.return_moves(picking, {move: qty}, refund=refund)

    def return_moves(self, picking, quantities, *, refund):
        """Send finished moves back where they came from, by the core's window."""
        worker = self.case.worker
        wizard = (
            self.env["stock.return.picking"]
            .with_user(worker)
            .create({"picking_id": picking.id})
        )
        for line in wizard.product_return_moves:
            qty = quantities.get(line.move_id.sudo(), 0.0)
            line.write({"quantity": qty, "to_refund": refund})
        returned = wizard._create_return().sudo()
        for move in returned.move_ids:
            if move.has_tracking == "none":
                move.quantity = move.product_uom_qty
            if move.location_id.usage not in ("inventory", "supplier"):
                # what comes from there is nobody's stock, and core names the numbers
                self.choose_lots(move, move.product_uom_qty)
        self.by(worker, returned).with_context(skip_backorder=True).button_validate()

    def choose_lots(self, move, qty):
        """Numbers that really are where the move starts, and that its origin moved."""
        if move.has_tracking == "none":
            return
        origin = move.origin_returned_move_id.move_line_ids.lot_id
        quants = self.search(
            "stock.quant",
            ("location_id", "=", move.location_id.id),
            ("product_id", "=", move.product_id.id),
            ("quantity", ">", 0),
            ("lot_id", "in", origin.ids),
        )
        move.move_line_ids.unlink()
        lines = []
        for quant in quants:
            taken = min(quant.quantity, qty)
            qty -= taken
            if taken > 0:
                vals = move._prepare_move_line_vals(quantity=taken)
                owner = quant.owner_id or move.restrict_partner_id
                vals.update(lot_id=quant.lot_id.id, owner_id=owner.id)
                lines.append(Command.create(vals))
        move.move_line_ids = lines
