# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import lock_rows

# What the cost of a service follows from.
COST_FIELDS = {"price_unit", "product_qty", "discount", "product_uom_id"}


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    rma_outsourcing_id = fields.Many2one(
        comodel_name="rma.authorization.outsourcing",
        string="Repair at the Vendor",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rma_line_ids = fields.One2many(
        comodel_name="rma.authorization.line",
        inverse_name="purchase_line_id",
        string="Return Lines",
    )
    rma_credited_qty = fields.Float(
        string="Credited by Returns",
        digits="Product Unit",
        compute="_compute_rma_credited_qty",
        store=True,
        help="Units that the supplier credits. Received and billable quantities are "
        "lowered by exactly this; shipment alone lowers nothing.",
    )

    @api.depends(
        "rma_line_ids.settlement_ids.state",
        "rma_line_ids.settlement_ids.qty",
        "rma_line_ids.settlement_ids.resolution",
    )
    def _compute_rma_credited_qty(self):
        for order_line in self:
            order_line.rma_credited_qty = sum(
                settlement.product_uom_id._compute_quantity(
                    settlement.qty,
                    order_line.product_uom_id,
                    rounding_method="HALF-UP",
                )
                for settlement in order_line.rma_line_ids.settlement_ids
                if settlement._lowers_delivered()
            )

    @api.depends("rma_credited_qty")
    def _compute_qty_received(self):
        """Override of `purchase` to take credited units out of the received ones; here
        and not in `_prepare_qty_received`, where an addon that is loaded later sets the
        quantity of its own lines anew."""
        res = super()._compute_qty_received()
        for order_line in self:
            if order_line.rma_credited_qty and order_line._is_rma_receipt_counted():
                order_line.qty_received -= order_line.rma_credited_qty
        return res

    def _is_rma_receipt_counted(self):
        """Whether the received quantity is counted from moves, not entered."""
        self.ensure_one()
        return self.qty_received_method == "stock_moves"

    @api.depends("rma_credited_qty")
    def _compute_qty_invoiced(self):
        """Override of `purchase`: what was credited isn't billed again. Where billing
        follows the receipt, that is lowered already."""
        res = super()._compute_qty_invoiced()
        for order_line in self:
            if (
                order_line.rma_credited_qty
                and order_line.order_id.state == "purchase"
                and (
                    order_line.product_id.purchase_method == "purchase"
                    or not order_line._is_rma_receipt_counted()
                )
            ):
                order_line.qty_to_invoice -= order_line.rma_credited_qty
        return res

    def write(self, vals):
        """Override of `purchase`: the ledger of the return follows the price."""
        res = super().write(vals)
        if COST_FIELDS & set(vals):
            self._follow_rma_costs()
        return res

    def _follow_rma_costs(self):
        # sudo: who buys needs no rights on returns
        lines_sudo = self.sudo().filtered("rma_outsourcing_id")
        if lines_sudo:
            self.env["rma.authorization.cost"].sudo()._follow_purchases(lines_sudo)

    # -- returnable ledger -------------------------------------------------------------

    def _get_rma_returnable_qty(self):
        """How much of each line can still go back: received, less what went back by
        hand, and what is on returns to the supplier.

        :return: {order line: quantity in its unit, negative where too much was taken}
        """
        returnable = {}
        for order_line in self:
            # sudo: units on returns that the user may not see are taken all the same
            line_sudo = order_line.sudo()
            unit, total = order_line.product_uom_id, 0.0
            for move in line_sudo.move_ids:
                if (
                    move.state != "done"
                    or move.product_id != order_line.product_id
                    or move.rma_supplier_line_id
                    or move._get_rma_shipments()
                ):
                    continue
                sign = -1 if move._is_purchase_return() else 1
                total += sign * move._get_rma_qty(unit)
            taken = sum(
                line._get_taken_purchase_qty() for line in line_sudo.rma_line_ids
            )
            returnable[order_line] = unit.round(total - taken)
        return returnable

    def _check_rma_returnable(self):
        """Refuse returns of more than was received; the rows are locked before they are
        judged.

        :raise UserError: naming the order, and what is too many
        """
        lock_rows(self)
        for order_line, rest in self._get_rma_returnable_qty().items():
            if order_line.product_uom_id.compare(rest, 0.0) < 0:
                raise UserError(
                    self.env._(
                        "%(order)s, %(product)s: %(over)s %(unit)s too many; what went "
                        "back already, or is on other returns, counts as well. Lower "
                        "the quantity.",
                        order=order_line.order_id.name,
                        product=order_line.product_id.display_name,
                        over=-rest,
                        unit=order_line.product_uom_id.name,
                    )
                )

    def _open_rma_create(self, lots=None):
        """Open the window to start a return to the supplier of these lines.

        :param lots: numbers that go back, chosen beforehand
        :raise UserError: where nothing was received, or for several suppliers
        """
        # sudo: agents return goods without rights on purchases; whoever asks has seen
        # their order, receipt or number
        order_lines = self.sudo().filtered(
            lambda line: not line.display_type and line.product_id.type == "consu"
        )
        if not order_lines:
            raise UserError(
                self.env._("There are no goods here that could be returned.")
            )
        lots = lots or self.env["stock.lot"]
        rows = []
        for order_line, rest in order_lines._get_rma_returnable_qty().items():
            returnable = max(rest, 0.0)
            chosen = lots.filtered(
                lambda lot, order_line=order_line: (
                    lot.product_id == order_line.product_id
                )
            )
            rows.append(
                {
                    "purchase_line_id": order_line.id,
                    "qty_returnable": returnable,
                    "qty": min(len(chosen), returnable),
                    "lot_ids": [Command.set(chosen.ids)],
                }
            )
        return self.env["rma.authorization.create"]._open_rows(
            order_lines.order_id.partner_id.sudo(self.env.su),
            order_lines.company_id.sudo(self.env.su),
            rows,
            direction="supplier",
        )
