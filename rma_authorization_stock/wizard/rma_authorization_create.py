# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models


class RmaAuthorizationCreate(models.TransientModel):
    _inherit = "rma.authorization.create"

    @api.model
    def _prepare_move_rows(self, moves, lots=None):
        """Rows for finished deliveries, with what can still be returned of each.

        :param lots: returned serials, chosen beforehand
        """
        rows = self._prepare_kit_rows(moves.sale_line_id)
        for move, rest in moves._get_rma_returnable_qty().items():
            returnable = max(rest, 0.0)
            order_line = move.sale_line_id
            chosen = (lots or self.env["stock.lot"]) & move.lot_ids
            rows.append(
                {
                    "move_id": move.id,
                    "sale_line_id": order_line.id
                    if order_line.product_id == move.product_id
                    else False,
                    "qty_returnable": returnable,
                    "qty": min(len(chosen), returnable),
                    "lot_ids": [Command.set(chosen.ids)],
                }
            )
        return rows

    @api.model
    def _prepare_kit_rows(self, order_lines):
        """Rows for the kits whose components these deliveries brought."""
        kits = order_lines.filtered(
            lambda line: line.product_id not in line._get_rma_components()
        )
        return [
            {"sale_line_id": order_line.id, "qty_returnable": max(rest, 0.0)}
            for order_line, rest in kits._get_rma_returnable_qty().items()
        ]


class RmaAuthorizationCreateLine(models.TransientModel):
    _inherit = "rma.authorization.create.line"

    move_id = fields.Many2one(
        comodel_name="stock.move", string="Delivery Move", readonly=True
    )
    picking_id = fields.Many2one(related="move_id.picking_id", string="Delivery")
    purchase_line_id = fields.Many2one(
        comodel_name="purchase.order.line", readonly=True
    )
    tracking = fields.Selection(related="product_id.tracking")
    delivered_lot_ids = fields.Many2many(
        comodel_name="stock.lot", compute="_compute_delivered_lot_ids"
    )
    lot_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Serial Numbers",
        domain="[('id', 'in', delivered_lot_ids)]",
    )

    @api.depends("move_id", "sale_line_id", "purchase_line_id")
    def _compute_delivered_lot_ids(self):
        for row in self:
            # sudo: a service agent chooses among delivered serials without the
            # Inventory app
            row_sudo = row.sudo()
            if row_sudo.purchase_line_id:
                bought = row_sudo.purchase_line_id.move_ids.filtered(
                    lambda move: (
                        move.state == "done" and move.location_id.usage == "supplier"
                    )
                )
                row.delivered_lot_ids = bought.lot_ids.ids
                continue
            moves = row_sudo.move_id or row_sudo.sale_line_id.move_ids
            row.delivered_lot_ids = moves.filtered(
                lambda move: (
                    move.state == "done" and move.location_dest_id.usage == "customer"
                )
            ).lot_ids.ids

    @api.depends("move_id", "purchase_line_id")
    def _compute_product(self):
        """Override of `rma_authorization`: a delivery, or a purchase, knows its product
        and unit."""
        res = super()._compute_product()
        # sudo: agents start returns without rights on purchases
        for row_sudo in self.sudo().filtered("purchase_line_id"):
            row_sudo.product_id = row_sudo.purchase_line_id.product_id
            row_sudo.product_uom_id = row_sudo.purchase_line_id.product_uom_id
        for row in self.filtered("move_id"):
            row.product_id = row.move_id.product_id
            row.product_uom_id = row.move_id.product_uom
        return res

    @api.onchange("lot_ids")
    def _onchange_lot_ids(self):
        if self.tracking == "serial" and self.lot_ids:
            self.qty = len(self.lot_ids)

    def _prepare_line_vals(self):
        """Override of `rma_authorization` to add delivery and serials."""
        vals = super()._prepare_line_vals()
        vals["move_id"] = self.move_id.id
        vals["purchase_line_id"] = self.purchase_line_id.id
        vals["lot_ids"] = [Command.set(self.lot_ids.ids)]
        return vals
