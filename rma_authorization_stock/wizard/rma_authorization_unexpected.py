# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class RmaAuthorizationUnexpected(models.TransientModel):
    """Stops a transfer that brings something else than authorized, with a choice for
    each (L3): accept, hold or refuse. Then the transfer is validated."""

    _name = "rma.authorization.unexpected"
    _description = "Unexpected Goods"

    picking_ids = fields.Many2many(
        comodel_name="stock.picking", required=True, readonly=True
    )
    row_ids = fields.One2many(
        comodel_name="rma.authorization.unexpected.row", inverse_name="wizard_id"
    )

    @api.model
    def _open(self, pickings, rows):
        """Open this window for what is unexpected in these transfers."""
        wizard = self.create(
            {
                "picking_ids": [fields.Command.set(pickings.ids)],
                "row_ids": [fields.Command.create(row) for row in rows],
            }
        )
        return wizard._get_records_action(
            name=self.env._("This is not what was authorized"),
            target="new",
            context={**self.env.context, "dialog_size": "extra-large"},
        )

    def action_apply(self):
        """Carry out the choices, then validate the transfers.

        :raise UserError: for a row without a choice, or accepted without a reason
        """
        self.ensure_one()
        authorizations = self.picking_ids.sudo().rma_id
        authorizations._check_role(*authorizations._get_receiver_roles())
        self.picking_ids.check_access("write")
        self.row_ids._check_decided()
        # sudo: lines, numbers and moves follow the decision of whoever may receive
        exceptions_sudo = self.env["rma.authorization.exception"]
        for row_sudo in self.row_ids.sudo():
            exceptions_sudo |= (
                self.env["rma.authorization.arrival"].sudo()._decide(row_sudo)
            )
        exceptions_sudo._tell()
        open_pickings = self.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and any(picking.move_ids.mapped("quantity"))
            )
        )
        if not open_pickings:
            return {"type": "ir.actions.act_window_close"}
        result = open_pickings.button_validate()
        return result if isinstance(result, dict) else None


class RmaAuthorizationUnexpectedRow(models.TransientModel):
    """One thing that arrived and was not authorized."""

    _name = "rma.authorization.unexpected.row"
    _description = "Unexpected Goods Row"

    wizard_id = fields.Many2one(
        comodel_name="rma.authorization.unexpected",
        required=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        comodel_name="stock.move", required=True, readonly=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(comodel_name="stock.move.line", readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, readonly=True
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one(comodel_name="stock.lot", readonly=True)
    lot_name = fields.Char(string="Number", readonly=True)
    qty = fields.Float(string="Quantity", digits="Product Unit", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self._selection("kind"), required=True, readonly=True
    )
    problem = fields.Text(readonly=True)
    decision = fields.Selection(
        selection=lambda self: self._selection("decision"),
        help="Accept: received as if authorized, on a line of its own where it is more "
        "or other. Hold: received into quarantine, promised nothing until somebody "
        "decides. Refuse: not received, the carrier takes it along.",
    )
    reason = fields.Text(string="Why")

    @api.model
    def _selection(self, name):
        field = self.env["rma.authorization.exception"]._fields[name]
        return field._description_selection(self.env)

    def _check_decided(self):
        """Every row has a choice, and what is accepted a reason."""
        for row in self:
            if not row.decision or (row.decision == "accept" and not row.reason):
                raise UserError(
                    self.env._(
                        "%(product)s %(number)s: choose whether to accept, hold or "
                        "refuse it; to accept takes a reason.",
                        product=row.product_id.display_name,
                        number=row.lot_name or "",
                    )
                )
