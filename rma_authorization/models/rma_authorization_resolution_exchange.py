# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models
from odoo.exceptions import UserError


class RmaAuthorizationResolutionExchange(models.AbstractModel):
    """A replacement through the ordinary sales order flow, at no charge.

    One confirmed order per authorization and batch. The settlement is done when the
    replacement was delivered. With `advance` on the line it is made before receipt.
    """

    _name = "rma.authorization.resolution.exchange"
    _description = "Resolution: Exchange"
    _inherit = ["rma.authorization.resolution"]

    def _settles_before_receipt(self, line):
        return line.advance

    def _ends_warranty(self):
        return True

    def _lends_replacement(self):
        return True

    def _check_settlements(self, settlements):
        """The replacement must be a product that can be sold, and may go out before
        the goods are here only on the company's condition."""
        for settlement in settlements:
            product = settlement.line_id._get_replacement_product()
            if not product.sale_ok:
                raise self._get_not_for_sale_error(settlement, product)
        self.env["rma.authorization.advance"]._check(settlements)

    def _get_not_for_sale_error(self, settlement, product):
        return UserError(
            self.env._(
                "%(line)s can't be exchanged: %(product)s isn't sold any more. Choose "
                "another replacement product, or another resolution.",
                line=settlement.line_id.display_name,
                product=product.display_name,
            )
        )

    def _settle(self, settlements):
        orders = self._create_orders(settlements)
        orders.action_confirm()
        orders.rma_id._queue_mail("rma_authorization.mail_template_replaced")

    def _create_orders(self, settlements):
        """Create one order per authorization, with one line per settlement."""
        return self.env["sale.order"].create(
            [
                self._prepare_order_vals(authorization, batch)
                for authorization, batch in settlements.grouped(
                    "authorization_id"
                ).items()
            ]
        )

    def _prepare_order_vals(self, authorization, settlements):
        partner = authorization.partner_id
        addresses = partner.address_get(["delivery", "invoice"])
        return {
            "company_id": authorization.company_id.id,
            "partner_id": partner.id,
            "partner_invoice_id": addresses["invoice"],
            "partner_shipping_id": authorization.pickup_partner_id.id
            or addresses["delivery"],
            "user_id": authorization.user_id.id,
            "origin": authorization.display_name,
            "client_order_ref": authorization.customer_reference,
            "rma_id": authorization.id,
            "order_line": [
                Command.create(self._prepare_order_line_vals(settlement))
                for settlement in settlements
            ],
        }

    def _prepare_order_line_vals(self, settlement):
        line = settlement.line_id
        vals = {
            "product_id": line._get_replacement_product().id,
            "product_uom_qty": settlement.qty,
            "product_uom_id": line.product_uom_id.id,
            "rma_line_id": line.id,
            "rma_settlement_id": settlement.id,
        }
        if not self._sells_replacement():
            vals["price_unit"] = 0.0
        return vals

    def _get_settlement_state(self, settlement):
        delivered, promised = self._get_quantities(settlement)
        unit = settlement.product_uom_id
        if unit.compare(delivered, settlement.qty) >= 0:
            return "done"
        if unit.compare(max(delivered, promised), 0.0) <= 0:
            return "cancelled"
        return "in_progress"

    def _get_quantities(self, settlement):
        """What was delivered for it, and what its orders promise, in its unit."""
        unit, delivered, promised = settlement.product_uom_id, 0.0, 0.0
        for order_line in settlement.sale_line_ids:
            order_unit = order_line.product_uom_id
            # what the customer has counts, even if the rest was cancelled
            delivered += order_unit._compute_quantity(
                order_line.qty_delivered, unit, rounding_method="HALF-UP"
            )
            if order_line.state != "cancel":
                promised += order_unit._compute_quantity(
                    order_line.product_uom_qty, unit, rounding_method="HALF-UP"
                )
        return delivered, promised

    def _follow_orders(self, settlements):
        """Free what the replacement orders don't promise any more."""
        quantities = {}
        for settlement in settlements:
            if settlement.state == "cancelled":
                continue
            delivered, promised = self._get_quantities(settlement)
            unit = settlement.product_uom_id
            if unit.compare(promised, settlement.qty) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: %(qty)s %(unit)s are exchanged, %(promised)s can't "
                        "be sent for free. Sell the rest on an order of its own.",
                        line=settlement.line_id.display_name,
                        qty=settlement.qty,
                        promised=promised,
                        unit=unit.name,
                    )
                )
            kept = max(delivered, promised)
            if unit.compare(kept, settlement.qty) < 0:
                quantities[settlement] = settlement.qty - kept
        settlements._free(quantities)

    def _undo(self, settlements):
        """Cancel the orders; of orders that replace other goods, too, or were delivered
        in part, only what is open of these settlements."""
        open_lines = settlements.sale_line_ids.filtered(
            lambda line: (
                line.state != "cancel"
                and line.product_uom_id.compare(
                    line.product_uom_qty, line.qty_delivered
                )
                > 0
            )
        )
        for settlement in settlements:
            if not settlement.sale_line_ids & open_lines:
                raise UserError(
                    self.env._(
                        "%(line)s: the replacement by %(order)s was delivered and "
                        "can't be taken back. Make a return for what the customer has.",
                        line=settlement.line_id.display_name,
                        order=settlement.sale_line_ids.order_id._get_rma_names(),
                    )
                )
        whole = open_lines.order_id.filtered(
            lambda order: (
                order.order_line <= open_lines
                and not any(order.order_line.mapped("qty_delivered"))
            )
        )
        whole._action_cancel()
        for order_line in open_lines - whole.order_line:
            order_line.product_uom_qty = order_line.qty_delivered
        # what was delivered stands: the orders have freed the rest
        return settlements.filtered(lambda settlement: settlement.state == "cancelled")

    def _get_documents(self, settlements):
        return [settlements.sale_line_ids.order_id]
