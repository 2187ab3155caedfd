# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.rma_authorization.tools import lock_rows


class RmaAuthorizationLine(models.Model):
    _inherit = "rma.authorization.line"

    move_id = fields.Many2one(
        comodel_name="stock.move",
        string="Origin Delivery",
        index="btree_not_null",
        check_company=True,
        copy=False,
        domain="[('product_id', '=', product_id), ('state', '=', 'done'),"
        " ('location_dest_id.usage', '=', 'customer')]",
    )
    lot_ids = fields.Many2many(
        comodel_name="stock.lot",
        relation="rma_authorization_line_lot_rel",
        string="Lots/Serial Numbers",
        copy=False,
        check_company=True,
        domain="[('product_id', '=', product_id)]",
    )
    tracking = fields.Selection(related="product_id.tracking")
    move_ids = fields.One2many(
        comodel_name="stock.move", inverse_name="rma_line_id", string="Stock Moves"
    )

    # -- quantities ------------------------------------------------------------------

    @api.depends(
        "qty_received_manual",
        "move_ids.state",
        "move_ids.quantity",
        "move_ids.product_uom",
        "move_ids.rma_inspection_id",
        "move_ids.returned_move_ids.state",
        "move_ids.returned_move_ids.quantity",
    )
    def _compute_qty_received(self):
        """Override of `rma_authorization` to count done receipts, less what the core
        return wizard took out again."""
        res = super()._compute_qty_received()
        for line in self:
            for move in line.move_ids:
                if move._is_rma_receipt() and move.state == "done":
                    line.qty_received += move._get_rma_net_qty(line.product_uom_id)
        return res

    def _tracks_goods(self):
        """Override of `rma_authorization`: goods are followed until disposed of."""
        return self.product_id.type == "consu"

    def _get_occupied_qty(self):
        """Override of `rma_authorization`: what was sent back to the customer can be
        returned again."""
        sent_back = sum(
            move.product_uom._compute_quantity(
                move.quantity, self.product_uom_id, rounding_method="HALF-UP"
            )
            for move in self.move_ids
            if move.state == "done"
            and move.rma_inspection_id
            and move.location_dest_id.usage == "customer"
        )
        return super()._get_occupied_qty() - sent_back

    # -- checks ------------------------------------------------------------------------

    @api.constrains("move_id", "product_id", "lot_ids")
    def _check_move(self):
        """The delivery and the serials are of this very product; the delivery went to
        this customer (R4)."""
        for line in self:
            customer = line.partner_id.commercial_partner_id
            move = line.sudo().move_id
            if move and (
                move.product_id != line.product_id
                or move.state != "done"
                or move.location_dest_id.usage != "customer"
                or move.company_id != line.company_id
                or (
                    move.picking_id.partner_id
                    and move.picking_id.partner_id.commercial_partner_id != customer
                )
            ):
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(delivery)s isn't a finished delivery of this "
                        "product "
                        "to this customer. Choose one of the customer's own "
                        "deliveries.",
                        line=line.display_name,
                        delivery=move.reference,
                    )
                )
            for lot in line.lot_ids:
                if lot.product_id != line.product_id:
                    raise ValidationError(
                        self.env._(
                            "%(line)s: %(lot)s is a number of %(product)s. Choose "
                            "numbers of the product on the line.",
                            line=line.display_name,
                            lot=lot.name,
                            product=lot.product_id.display_name,
                        )
                    )

    def _check_requested(self):
        """Override of `rma_authorization`: as many serials as units."""
        res = super()._check_requested()
        for line in self:
            qty = line._to_product_uom(line.qty_requested)
            if (
                line.tracking == "serial"
                and line.lot_ids
                and line.product_id.uom_id.compare(len(line.lot_ids), qty) != 0
            ):
                raise UserError(
                    self.env._(
                        "%(line)s names %(serials)s serial numbers for %(qty)s units. "
                        "Name one for each unit, or none.",
                        line=line.display_name,
                        serials=len(line.lot_ids),
                        qty=qty,
                    )
                )
        return res

    def _check_returnable(self):
        """Override of `rma_authorization` to judge deliveries without an order, too,
        and to keep a serial on one open authorization at most (R2)."""
        res = super()._check_returnable()
        self._check_lots_free()
        self._check_moves_returnable()
        return res

    def _check_moves_returnable(self):
        """Deliveries without an order are judged by themselves, net of what came back
        and of what other returns ask for; their rows are locked."""
        moves = self.sudo().filtered(lambda line: not line.sale_line_id).move_id
        lock_rows(moves)
        for move in moves:
            lines = self.sudo().search(
                [
                    ("move_id", "=", move.id),
                    ("state", "in", ("submitted", "authorized", "closed")),
                ]
            )
            asked = sum(line._get_taken_move_qty() for line in lines)
            returned_elsewhere = sum(
                returned.quantity
                for returned in move.returned_move_ids
                if returned.state == "done" and not returned.rma_line_id
            )
            rest = move.quantity - returned_elsewhere
            if move.product_uom.compare(asked, rest) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s, %(delivery)s: %(asked)s %(unit)s are asked back, "
                        "%(rest)s can still be returned. Lower the quantity on "
                        "%(names)s.",
                        product=move.product_id.display_name,
                        delivery=move.reference,
                        asked=asked,
                        rest=rest,
                        unit=move.product_uom.name,
                        names=lines.authorization_id._get_names(),
                    )
                )

    def _get_taken_move_qty(self):
        """What this line takes up of its origin delivery, in the move's unit."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self._get_occupied_qty(),
            self.move_id.product_uom,
            rounding_method="HALF-UP",
        )

    def _check_lots_free(self):
        """A serial is on one open authorization at most (R2)."""
        serial_lines = self.sudo().filtered(
            lambda line: line.tracking == "serial" and line.lot_ids
        )
        if not serial_lines:
            return
        others = self.sudo().search(
            [
                ("lot_ids", "in", serial_lines.lot_ids.ids),
                ("state", "in", ("submitted", "authorized")),
            ]
        )
        for line in serial_lines:
            for other in others - line:
                shared = line.lot_ids & other.lot_ids
                if shared and other.state != "closed":
                    raise UserError(
                        self.env._(
                            "%(line)s: serial number %(lot)s is on %(other)s already. "
                            "Finish or cancel that return first.",
                            line=line.display_name,
                            lot=shared[0].name,
                            other=other.authorization_id.display_name,
                        )
                    )

    # -- helpers -----------------------------------------------------------------------

    def _to_product_uom(self, qty):
        """`qty` of the line's unit in the product's."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            qty, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _get_receipts(self):
        """The moves that brought these goods in, or will."""
        return self.move_ids.filtered(lambda move: move._is_rma_receipt())

    def _close_remaining(self, reason):
        """Override of `rma_authorization` to stop expecting the goods at the dock."""
        res = super()._close_remaining(reason)
        self._get_receipts().filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()
        return res

    def _prepare_acceptance_vals_list(self):
        """Override of `rma_authorization`: one finding per serial or lot."""
        self.ensure_one()
        if self.tracking == "none":
            return super()._prepare_acceptance_vals_list()
        found = {}
        for finding in self.inspection_ids:
            found[finding.lot_id] = found.get(finding.lot_id, 0.0) + finding.qty
        vals_list = []
        for lot, qty in self._get_received_lots().items():
            rest = self._get_rest(qty, found.get(lot, 0.0))
            if self.product_uom_id.compare(rest, 0.0) > 0:
                vals_list.append(
                    {**self._prepare_inspection_vals(rest), "lot_id": lot.id}
                )
        return vals_list or super()._prepare_acceptance_vals_list()

    def _get_received_lots(self):
        """What arrived by lot, in the line's unit, as {lot: quantity}."""
        self.ensure_one()
        lots = {}
        for move_line in self._get_receipts().move_line_ids:
            if move_line.state == "done":
                lots[move_line.lot_id] = lots.get(
                    move_line.lot_id, 0.0
                ) + move_line.product_uom_id._compute_quantity(
                    move_line.quantity, self.product_uom_id, rounding_method="HALF-UP"
                )
        return lots

    def _create_return_pickings(self):
        """Announce to the dock what is expected and not announced yet.

        :return: the return pickings made, for all lines at once
        """
        expected = self.filtered(lambda line: line._has_open("qty_to_receive"))
        if not expected:
            return self.env["stock.picking"]
        return self.env["rma.authorization.receipt"]._create_pickings(expected)
