# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import hash_sign, verify_hash_signed

LINK_SCOPE = "rma_authorization.order"
# Hours for which a link to an order holds.
LINK_HOURS = 48


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rma_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Replacement for Return",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
        help="The authorization that this order replaces goods for.",
    )
    rma_count = fields.Integer(
        string="RMA Count", compute="_compute_rma_count", groups="base.group_user"
    )
    rma_warranty_count = fields.Integer(
        string="Warranties", compute="_compute_rma_warranty_count"
    )

    @api.depends("order_line.rma_line_ids")
    def _compute_rma_count(self):
        for order in self:
            order.rma_count = len(order._get_rma_authorizations())

    def _compute_rma_warranty_count(self):
        self.env["rma.authorization.warranty.button"]._count(
            self, "sale_line_id.order_id"
        )

    def action_view_rma_warranties(self):
        """Open the warranty passports of these records."""
        return self.env["rma.authorization.warranty.button"]._open(
            self, "sale_line_id.order_id"
        )

    def _get_rma_authorizations(self):
        """The returns of what these orders sold."""
        # sudo: everybody who sees an order sees that it has returns; opening them
        # takes a role.
        return self.sudo().order_line.rma_line_ids.authorization_id.sudo(self.env.su)

    def action_draft(self):
        """Override of `sale`: a cancelled replacement has freed its quantity, which
        may have been settled otherwise since."""
        for order in self:
            if order.rma_id:
                raise UserError(
                    self.env._(
                        "%(order)s can't be taken up again: what it replaced is free "
                        "for another resolution. Settle %(authorization)s anew.",
                        order=order.display_name,
                        authorization=order.sudo().rma_id.display_name,
                    )
                )
        return super().action_draft()

    def _action_cancel(self):
        """Override of `sale`: a replacement cancelled after a part was delivered frees
        the rest alone."""
        res = super()._action_cancel()
        self.order_line._follow_rma_orders()
        return res

    def _get_rma_names(self):
        return ", ".join(self.mapped("display_name"))

    # -- the customer's door
    # --------------------------------------------------------------

    def _get_rma_link_token(self):
        """A signed link for who has proved that this order is theirs. It expires."""
        self.ensure_one()
        return hash_sign(
            self.sudo().env,
            LINK_SCOPE,
            self.id,
            expiration_hours=self._get_rma_link_hours(),
        )

    @api.model
    def _get_rma_link_hours(self):
        """Hours for which links to orders hold."""
        # sudo: a visitor reads no parameters
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return int(
            parameters_sudo.get_param("rma_authorization.link_hours", LINK_HOURS)
        )

    @api.model
    def _find_by_rma_link_token(self, token):
        """The order that a signed link is about; none for one that is altered or has
        expired.

        :return: sale.order record, with all rights
        """
        orders_sudo = self.sudo()
        try:
            order_id = verify_hash_signed(orders_sudo.env, LINK_SCOPE, token)
        except ValueError:
            # not one of ours: neither base64, nor text, nor JSON
            order_id = None
        return orders_sudo.browse(order_id).exists() if order_id else orders_sudo

    def _has_rma_goods(self):
        """Whether customers may ask to return something of this order: goods of it
        were delivered. What exactly is left is a question for the page behind."""
        self.ensure_one()
        return self.state == "sale" and any(
            line.qty_delivered > 0.0 and line.product_id.type == "consu"
            for line in self.sudo().order_line
        )

    def _get_rma_portal_url(self, user):
        """Where this user starts a return: in the own account, or by a link."""
        self.ensure_one()
        customer = self.sudo().partner_id.commercial_partner_id
        if user.sudo().partner_id.commercial_partner_id == customer:
            return f"/my/returns/new?order_id={self.id}"
        return f"/returns/new/{self._get_rma_link_token()}"

    def _has_rma_withdrawal(self):
        """Whether the customer may withdraw from this contract, by the function that
        the policy of its goods promises."""
        self.ensure_one()
        return bool(self.env["rma.authorization"]._get_withdrawable(self))

    def _get_rma_withdrawal_url(self, user):
        """Where this user withdraws: in the own account, or by a link."""
        self.ensure_one()
        customer = self.sudo().partner_id.commercial_partner_id
        if user.sudo().partner_id.commercial_partner_id == customer:
            return f"/my/returns/withdraw?order_id={self.id}"
        return f"/returns/withdraw/{self._get_rma_link_token()}"

    def _get_rma_of_customer(self):
        """The returns of this order that its customer may see, with all rights."""
        self.ensure_one()
        returns_sudo = self.sudo()._get_rma_authorizations().sudo()
        return returns_sudo.filtered_domain(
            returns_sudo._get_customer_domain(self.sudo().partner_id)
        )

    def action_create_rma(self):
        """Open the window to start a return of these orders' lines.

        :raise UserError: if an order isn't confirmed, or nothing can be returned
        """
        for order in self:
            if order.state != "sale":
                raise UserError(
                    self.env._(
                        "%(order)s isn't confirmed, so nothing of it was delivered. "
                        "Change the order itself.",
                        order=order.display_name,
                    )
                )
        return self.env["rma.authorization.create"]._open(self.order_line)

    def action_view_rma(self):
        """Open the returns of these orders."""
        return self._get_rma_authorizations()._get_records_action(
            name=self.env._("Returns")
        )
