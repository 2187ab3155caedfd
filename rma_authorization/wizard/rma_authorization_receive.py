# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationReceive(models.TransientModel):
    """Records by hand what has arrived, where no stock app does."""

    _name = "rma.authorization.receive"
    _description = "Receive Returned Goods"

    authorization_ids = fields.Many2many(
        comodel_name="rma.authorization", required=True, readonly=True
    )
    line_ids = fields.One2many(
        comodel_name="rma.authorization.receive.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("authorization_ids")
    def _compute_line_ids(self):
        for wizard in self:
            expected = wizard.authorization_ids._origin.line_ids.filtered(
                lambda line: line._has_open("qty_to_receive")
            )
            wizard.line_ids = [
                fields.Command.create({"line_id": line.id, "qty": line.qty_to_receive})
                for line in expected
            ]

    def action_apply(self):
        """Record the quantities; more than expected is refused."""
        self.ensure_one()
        # whatever the client has put into the rows must be permitted, too
        authorizations = self.authorization_ids | self.line_ids.line_id.authorization_id
        authorizations_sudo = authorizations._start_work(
            *authorizations._get_receiver_roles()
        )
        authorizations_sudo._receive_by_hand(
            {row.line_id.sudo(): row.qty for row in self.line_ids}
        )
        return {"type": "ir.actions.act_window_close"}


class RmaAuthorizationReceiveLine(models.TransientModel):
    """What arrived of one line."""

    _name = "rma.authorization.receive.line"
    _description = "Received Goods"

    wizard_id = fields.Many2one(
        comodel_name="rma.authorization.receive",
        required=True,
        index=True,
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        comodel_name="rma.authorization.line", required=True, readonly=True
    )
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    qty_to_receive = fields.Float(related="line_id.qty_to_receive", string="Expected")
    qty = fields.Float(string="Arrived", digits="Product Unit")
