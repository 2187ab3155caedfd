# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    rma_count = fields.Integer(
        string="RMA Count", compute="_compute_rma_count", groups="base.group_user"
    )

    @api.depends("order_line.rma_line_ids")
    def _compute_rma_count(self):
        for order in self:
            order.rma_count = len(order._get_rma_authorizations())

    def _get_rma_authorizations(self):
        # sudo: everybody who sees an order sees that it has returns; opening them takes
        # a role
        lines_sudo = self.sudo().order_line.rma_line_ids
        return lines_sudo.authorization_id.sudo(self.env.su)

    def action_create_rma(self):
        """Open the window to start a return to the supplier of these orders.

        :raise UserError: for orders that aren't confirmed, or of several suppliers
        """
        for order in self:
            if order.state != "purchase":
                raise UserError(
                    self.env._(
                        "%(order)s isn't confirmed, so nothing was received on it. "
                        "Confirm and receive it first.",
                        order=order.display_name,
                    )
                )
        return self.order_line._open_rma_create()

    def action_view_rma(self):
        """Open the returns of what these orders bought."""
        return self._get_rma_authorizations()._get_records_action(
            name=self.env._("Returns to Suppliers")
        )

    def write(self, vals):
        """Override of `purchase`: what is ordered costs its return something, and no
        more once it is cancelled."""
        res = super().write(vals)
        if "state" in vals:
            self.order_line._follow_rma_costs()
        return res
