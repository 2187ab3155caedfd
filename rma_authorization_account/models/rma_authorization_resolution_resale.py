# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationResolutionResale(models.AbstractModel):
    """An exchange for money: the returned goods are credited at the price they were
    invoiced at, the new ones sold at today's, on an order and invoice of their own.

    What is left of the credit is set off against the new invoice as soon as both are
    posted, so that only the difference is paid (RULES R56, REQUIREMENTS F7).
    """

    _name = "rma.authorization.resolution.resale"
    _description = "Resolution: Credit and Sell Another"
    _inherit = ["rma.authorization.resolution.exchange"]

    def _is_choice(self):
        return False

    def _settles_before_receipt(self, line):
        """The credit waits for the goods, and the order for the credit."""
        return False

    def _lowers_delivered(self):
        return True

    def _lends_replacement(self):
        """The order is an ordinary sale."""
        return False

    def _sells_replacement(self):
        return True

    def _get_credit_handler(self):
        return self.env["rma.authorization.resolution.credit"]

    def _check_settlements(self, settlements):
        res = super()._check_settlements(settlements)
        for settlement in settlements:
            if settlement.line_id.direction != "customer":
                raise UserError(
                    self.env._(
                        "%(line)s goes back to a supplier, who is sold nothing. Choose "
                        "another resolution.",
                        line=settlement.line_id.display_name,
                    )
                )
        return res

    def _settle(self, settlements):
        return super()._settle(self._get_credit_handler()._credit(settlements))

    def _get_settlement_state(self, settlement):
        """Done with the credit, and what is left of the order: it is an ordinary sale,
        which the customer may lower or cancel, and keeps the credit."""
        credit = self._get_credit_handler()._get_settlement_state(settlement)
        ordered = settlement.sale_line_ids.filtered(
            lambda line: (
                line.state != "cancel"
                and not line.product_uom_id.is_zero(line.product_uom_qty)
            )
        )
        if credit == "cancelled" and not ordered:
            return "cancelled"
        is_delivered = all(
            line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) >= 0
            for line in ordered
        )
        return "done" if credit == "done" and is_delivered else "in_progress"

    def _follow_orders(self, settlements):
        """A changed order changes what is sold, not what is credited."""
        settlements.authorization_id._update_closure()

    def _undo(self, settlements):
        """Take back both: the drafts of the credit, and what was not delivered."""
        for order_line in settlements.sale_line_ids:
            if order_line.product_uom_id.compare(order_line.qty_delivered, 0.0) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: %(order)s was delivered, and can't be taken back. "
                        "Make a return for what the customer has.",
                        line=order_line.rma_line_id.display_name,
                        order=order_line.order_id.display_name,
                    )
                )
        self._get_credit_handler()._undo(settlements)
        orders = settlements.sale_line_ids.order_id.filtered(
            lambda order: order.state != "cancel"
        )
        whole = orders.filtered(
            lambda order: order.order_line.rma_settlement_id <= settlements
        )
        whole._action_cancel()
        (settlements.sale_line_ids - whole.order_line).product_uom_qty = 0.0

    def _get_documents(self, settlements):
        return [
            *super()._get_documents(settlements),
            *self._get_credit_handler()._get_documents(settlements),
        ]
