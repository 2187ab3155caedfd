# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ..tools import find_together, lock_rows

# Returns in these states have taken up what is on their lines.
TAKING_STATES = ("submitted", "authorized", "closed")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # as origin of returns
    rma_line_ids = fields.One2many(
        comodel_name="rma.authorization.line",
        inverse_name="sale_line_id",
        string="Return Lines",
    )
    rma_credited_qty = fields.Float(
        string="Credited by Returns",
        digits="Product Unit",
        compute="_compute_rma_credited_qty",
        store=True,
        help="Units taken back out of the sale by a credit. Delivered and invoiceable "
        "quantities are lowered by exactly this; receipt alone lowers nothing.",
    )
    # as replacement
    rma_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Replaces",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rma_settlement_id = fields.Many2one(
        comodel_name="rma.authorization.settlement",
        string="Return Settlement",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    @api.depends("product_uom_qty")
    @api.depends_context("rma_short_name")
    def _compute_display_name(self):
        """Override of `sale`: beside its product, a line is told by order and quantity.

        That is what the lines of a return show; the whole name takes four queries more.
        """
        if not self.env.context.get("rma_short_name"):
            return super()._compute_display_name()
        # sudo: as sale does, which shows it to whoever sees the document
        for order_line in self.sudo():
            qty = formatLang(self.env, order_line.product_uom_qty, dp="Product Unit")
            order_line.display_name = f"{order_line.order_id.name} ({qty})"
        return None

    # -- sales quantities (F10) ------------------------------------------------------

    @api.depends(
        "rma_line_ids.settlement_ids.state",
        "rma_line_ids.settlement_ids.qty",
        "rma_line_ids.settlement_ids.resolution",
    )
    def _compute_rma_credited_qty(self):
        for order_line in self:
            order_line.rma_credited_qty = order_line._get_rma_credited_qty()

    def _get_rma_credited_qty(self, until=None):
        """Units credited, in this line's unit.

        :param date until: count only what was settled by the end of this day
        """
        self.ensure_one()
        return sum(
            settlement.product_uom_id._compute_quantity(
                settlement.qty, self.product_uom_id, rounding_method="HALF-UP"
            )
            for settlement in self.rma_line_ids.settlement_ids
            if settlement._lowers_delivered()
            and (not until or settlement.create_date.date() <= until)
        )

    @api.depends("rma_credited_qty")
    def _compute_qty_delivered(self):
        """Override of `sale` to take credited units out of the delivered ones.

        Here and not in `_prepare_qty_delivered`, where an addon that is loaded later
        sets the quantity of its own lines anew.
        """
        res = super()._compute_qty_delivered()
        for order_line in self:
            if order_line.rma_credited_qty and order_line._is_rma_delivery_counted():
                order_line.qty_delivered -= order_line.rma_credited_qty
        return res

    def _compute_qty_delivered_at_date(self):
        """Override of `sale` to do the same for accruals in the past."""
        res = super()._compute_qty_delivered_at_date()
        if not self._date_in_the_past():
            return res
        until = fields.Date.to_date(self.env.context["accrual_entry_date"])
        for order_line in self:
            if order_line.rma_credited_qty and order_line._is_rma_delivery_counted():
                order_line.qty_delivered_at_date -= order_line._get_rma_credited_qty(
                    until
                )
        return res

    def _is_rma_delivery_counted(self):
        """Whether the delivered quantity is counted from documents, not entered."""
        self.ensure_one()
        return self.qty_delivered_method != "manual"

    @api.depends("rma_credited_qty")
    def _compute_qty_to_invoice(self):
        """Override of `sale`: what was credited isn't invoiced again.

        Where the delivered quantity is counted from documents it is lowered already;
        ordered quantities, and deliveries entered by hand, are not.
        """
        res = super()._compute_qty_to_invoice()
        for order_line in self:
            if (
                order_line.rma_credited_qty
                and order_line.state == "sale"
                and (
                    order_line.product_id.invoice_policy == "order"
                    or not order_line._is_rma_delivery_counted()
                )
            ):
                order_line.qty_to_invoice -= order_line.rma_credited_qty
        return res

    @api.depends("rma_credited_qty")
    def _compute_invoice_status(self):
        """Override of `sale`: a line is fully invoiced when what stays sold is."""
        res = super()._compute_invoice_status()
        for order_line in self:
            if (
                order_line.rma_credited_qty
                and order_line.invoice_status == "no"
                and order_line.state == "sale"
                and order_line.product_uom_id.compare(
                    order_line.qty_invoiced + order_line.rma_credited_qty,
                    order_line.product_uom_qty,
                )
                >= 0
            ):
                order_line.invoice_status = "invoiced"
        return res

    # -- returnable ledger
    # ---------------------------------------------------------------

    def _get_rma_delivered_qty(self):
        """What the customer has received of each line, before any return.

        Override where deliveries have documents of their own.

        :return: {order line: quantity in its unit}
        """
        return {
            order_line: order_line.qty_delivered
            + (
                order_line.rma_credited_qty
                if order_line._is_rma_delivery_counted()
                else 0.0
            )
            for order_line in self
        }

    def _get_rma_returned_elsewhere_qty(self):
        """What came back, or is about to, without an authorization, as {order line:
        quantity}. Override where receipts have documents of their own.
        """
        return {}

    def _get_rma_credited_elsewhere_qty(self, delivered):
        """Delivered units that credit notes made by hand took out of the invoices.

        What was billed before it was delivered, or billed twice, may be credited
        without any unit being taken back: only units that nothing bills any more count.

        :param dict delivered: {order line: quantity in its unit}
        :return: {order line: quantity in its unit}
        """
        credited_elsewhere = dict.fromkeys(self, 0.0)
        # sudo: what the invoices say counts, whoever asks; most orders have no credit
        # note, and then the invoices needn't be read
        credits_sudo = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("sale_line_ids", "in", self.ids),
                    ("move_id.move_type", "=", "out_refund"),
                    ("parent_state", "!=", "cancel"),
                ]
            )
        )
        for order_line in credits_sudo.sale_line_ids & self.sudo():
            billed = credited = 0.0
            for invoice_line in order_line.invoice_lines:
                move = invoice_line.move_id
                qty = invoice_line.product_uom_id._compute_quantity(
                    invoice_line.quantity,
                    order_line.product_uom_id,
                    rounding_method="HALF-UP",
                )
                if move.state != "cancel" and move.move_type == "out_invoice":
                    billed += qty
                elif (
                    move.state != "cancel"
                    and move.move_type == "out_refund"
                    and not order_line._is_rma_credit(invoice_line)
                ):
                    credited += qty
            order_line = order_line.sudo(self.env.su)
            unbilled = delivered[order_line] - (billed - credited)
            credited_elsewhere[order_line] = max(min(credited, unbilled), 0.0)
        return credited_elsewhere

    def _is_rma_credit(self, invoice_line):
        """Whether a credit note line was made by a return. Override to tell."""
        return False

    def _get_rma_taken_qty(self, ignore=None):
        """What every submitted or permitted return has taken up.

        :param ignore: return lines that don't count, because they ask
        :return: {order line: quantity in its unit}
        """
        # sudo: units on returns that the user may not see are taken all the same
        lines_sudo = self.env["rma.authorization.line"].sudo()
        taken = dict.fromkeys(self, 0.0)
        ignored = set(ignore._origin.ids) if ignore else ()
        # by its state in memory: what a step has just changed needn't be written first
        for line in lines_sudo.search([("sale_line_id", "in", self.ids)]):
            if line.id not in ignored and line.state in TAKING_STATES:
                taken[line.sale_line_id.sudo(self.env.su)] += line._get_taken_qty()
        return taken

    def _get_rma_returnable_qty(self, ignore=None):
        """How much of each order line can still be returned: the returnable ledger.

        Delivered, less what came back or was credited without us, less what every
        submitted or permitted return has taken up.

        :param ignore: return lines that don't count, because they ask
        :return: {order line: quantity in its unit, negative where too much was taken}
        """
        delivered = self._get_rma_delivered_qty()
        returned = self._get_rma_returned_elsewhere_qty()
        credited = self._get_rma_credited_elsewhere_qty(delivered)
        taken = self._get_rma_taken_qty(ignore)
        return {
            # what came back by hand and was credited by hand is the same unit
            order_line: order_line.product_uom_id.round(
                delivered[order_line]
                - max(returned.get(order_line, 0.0), credited[order_line])
                - taken[order_line]
            )
            for order_line in self
        }

    def _check_rma_returnable(self):
        """Refuse returns of more than was delivered and has not come back (R1).

        Locks the order lines first, so that two people can't return the same unit.

        :raise UserError: naming the order line, what is asked for and what is left
        """
        lock_rows(self)
        # core will soon ask about the other lines of the orders
        order_lines_sudo = self.sudo().order_id.order_line
        find_together(order_lines_sudo, ["rma_line_ids", "invoice_lines"])
        for order_line, rest in self._get_rma_returnable_qty().items():
            if order_line.product_uom_id.compare(rest, 0.0) < 0:
                delivered = self._get_rma_delivered_qty()[order_line]
                raise UserError(
                    self.env._(
                        "%(order)s, %(product)s: %(over)s %(unit)s too many. "
                        "%(delivered)s were delivered; what is on other returns, came "
                        "back or was credited counts as well (%(others)s). Lower the "
                        "quantity.",
                        order=order_line.order_id.name,
                        product=order_line.product_id.display_name,
                        over=-rest,
                        unit=order_line.product_uom_id.name,
                        delivered=delivered,
                        others=", ".join(order_line._get_rma_taker_names())
                        or self.env._("none"),
                    )
                )

    def _get_rma_taker_names(self):
        """The documents that take up units of this line, by name."""
        self.ensure_one()
        order_line_sudo = self.sudo()
        authorizations_sudo = order_line_sudo.rma_line_ids.authorization_id.filtered(
            lambda authorization: authorization.state != "cancelled"
        )
        notes_sudo = order_line_sudo.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_refund" and move.state != "cancel"
        )
        return [
            *authorizations_sudo.mapped("display_name"),
            *notes_sudo.mapped("display_name"),
        ]

    # -- replacement
    # -----------------------------------------------------------------------

    def _reset_price_unit(self):
        """Override of `sale`: a replacement stays free when its quantity changes."""
        # sudo: who changes an order needs no rights on the return
        settlement_sudo = self.sudo().rma_settlement_id
        if (
            settlement_sudo
            and not settlement_sudo._get_resolution_handler()._sells_replacement()
        ):
            return None
        return super()._reset_price_unit()

    def write(self, vals):
        """Override of `sale`: the settlement follows what its replacement order says
        and delivers."""
        res = super().write(vals)
        if "qty_delivered" in vals:
            self._make_rma_warranties()
            self._update_rma_closure()
        if "product_uom_qty" in vals or "product_uom_id" in vals:
            self._follow_rma_orders()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_rma_replacement(self):
        """A replacement that is taken off its order leaves nothing promised."""
        # sudo: as in _follow_rma_orders
        settlements_sudo = self.sudo().rma_settlement_id
        if settlements_sudo:
            self.filtered("rma_settlement_id").sudo().product_uom_qty = 0.0

    def _follow_rma_orders(self):
        """Free what these replacements don't promise any more."""
        # sudo: who changes an order needs no rights on the return
        for handler, settlements_sudo in self.sudo().rma_settlement_id._get_handlers():
            handler._follow_orders(settlements_sudo)

    def _make_rma_warranties(self):
        """Let the warranties follow a delivered quantity that was entered by hand."""
        by_hand = self.filtered(
            lambda order_line: (
                order_line.qty_delivered_method == "manual"
                and order_line.product_id.type == "consu"
            )
        )
        if by_hand:
            self.env["rma.authorization.warranty.maker"]._make_by_hand(
                by_hand, fields.Datetime.now()
            )

    def _update_rma_closure(self):
        """Close the returns that the delivery of these replacements finishes."""
        authorizations_sudo = self.sudo().rma_line_id.authorization_id
        if authorizations_sudo:
            authorizations_sudo._update_closure()
