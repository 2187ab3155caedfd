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

    def _check_settlements(self, settlements):
        """The replacement must be a product that can be sold."""
        for settlement in settlements:
            product = settlement.line_id._get_replacement_product()
            if not product.sale_ok:
                raise self._get_not_for_sale_error(settlement, product)

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
        return {
            "product_id": line._get_replacement_product().id,
            "product_uom_qty": settlement.qty,
            "product_uom_id": line.product_uom_id.id,
            "price_unit": 0.0,
            "rma_line_id": line.id,
            "rma_settlement_id": settlement.id,
        }

    def _get_settlement_state(self, settlement):
        order_lines = settlement.sale_line_ids.filtered(
            lambda order_line: order_line.state != "cancel"
        )
        if not order_lines:
            return "cancelled"
        unit = settlement.product_uom_id
        delivered = sum(
            order_line.product_uom_id._compute_quantity(
                order_line.qty_delivered, unit, rounding_method="HALF-UP"
            )
            for order_line in order_lines
            if order_line.state == "sale"
        )
        # what was promised, not what the order was reduced to since
        return "done" if unit.compare(delivered, settlement.qty) >= 0 else "in_progress"

    def _undo(self, settlements):
        orders = settlements.sale_line_ids.order_id
        for order in orders:
            if any(line.qty_delivered > 0 for line in order.order_line):
                raise UserError(
                    self.env._(
                        "Replacement order %(order)s can't be taken back: something of "
                        "it was delivered. Make a return for what the customer has.",
                        order=order.display_name,
                    )
                )
        orders._action_cancel()

    def _get_documents(self, settlements):
        return [settlements.sale_line_ids.order_id]
