# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class StockLot(models.Model):
    _inherit = "stock.lot"

    rma_count = fields.Integer(string="RMA Count", compute="_compute_rma_count")

    def _compute_rma_count(self):
        counts = {}
        for line in self._get_rma_lines():
            for lot in line.lot_ids:
                counts[lot.id] = counts.get(lot.id, 0) + 1
        for lot in self:
            lot.rma_count = counts.get(lot.id, 0)

    def _get_rma_lines(self):
        # sudo: everybody who sees a serial sees that it has returns
        return (
            self.env["rma.authorization.line"]
            .sudo()
            .search([("lot_ids", "in", self.ids)])
        )

    def action_create_rma(self):
        """Open the window to start a return of these lots, with where they went.

        :raise UserError: if one was never delivered to a customer
        """
        move_lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", self.ids),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
            ],
            order="date desc, id desc",
        )
        for lot in self - move_lines.lot_id:
            raise UserError(
                self.env._(
                    "%(lot)s was never delivered to a customer, so it can't be "
                    "returned. "
                    "Check the number.",
                    lot=lot.display_name,
                )
            )
        latest = self.env["stock.move.line"].concat(
            *(lines[:1] for lines in move_lines.grouped("lot_id").values())
        )
        create = self.env["rma.authorization.create"]
        moves = latest.move_id
        return create._open_rows(
            moves.picking_id.partner_id,
            moves.company_id,
            create._prepare_move_rows(moves, lots=self),
        )

    def action_view_rma(self):
        """Open the returns of these lots."""
        authorizations = self._get_rma_lines().authorization_id.sudo(self.env.su)
        return authorizations._get_records_action(name=self.env._("Returns"))
