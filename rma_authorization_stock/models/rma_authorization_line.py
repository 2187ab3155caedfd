# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.rma_authorization.tools import read_rows


class RmaAuthorizationLine(models.Model):
    _name = "rma.authorization.line"
    _inherit = [
        "rma.authorization.line",
        "rma.authorization.line.kit",
        "rma.authorization.line.lot",
    ]

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
    exception_ids = fields.One2many(
        comodel_name="rma.authorization.exception",
        inverse_name="line_id",
        string="Receipt Exceptions",
    )

    # the dock asks who expects a product, of any number of returns
    _expected_product_idx = models.Index(
        "(product_id, authorization_id) WHERE state = 'authorized' "
        "AND qty_to_receive > 0"
    )

    # -- quantities --------------------------------------------------------------------

    @api.depends(
        "qty_received_manual",
        "move_ids.state",
        "move_ids.quantity",
        "move_ids.product_uom",
        "move_ids.rma_inspection_id",
        "is_incomplete_accepted",
    )
    def _compute_qty_received(self):
        """Override of `rma_authorization` to count done receipts, less what the core
        return wizard took out again."""
        res = super()._compute_qty_received()
        for line in self:
            line.qty_received += line._get_received_qty()
        return res

    def _has_open_resolution(self):
        """Override of `rma_authorization`: a repair under way has a clock of its own,
        with a time that fits it."""
        self.ensure_one()
        if self._has_open("qty_to_settle"):
            return True
        return any(
            settlement.state in ("planned", "in_progress")
            and not (settlement.resolution == "repair" and settlement.repair_ids)
            for settlement in self.settlement_ids
        )

    def _tracks_goods(self):
        """Override of `rma_authorization`: goods are followed until disposed of."""
        return self.product_id.type == "consu"

    def _get_occupied_qty(self):
        """Override of `rma_authorization`: what was sent back to the customer can be
        returned again."""
        sent_back = self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.rma_inspection_id
                and move.location_dest_id.usage == "customer"
            )
        )
        return super()._get_occupied_qty() - sum(
            self._get_moved_qty(finding, moves)
            for finding, moves in sent_back.grouped("rma_inspection_id").items()
        )

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

    def _get_frozen_fields(self):
        """Override of `rma_authorization` to add the delivery and the numbers."""
        return super()._get_frozen_fields() | {"move_id", "lot_ids"}

    def _get_judged_fields(self):
        """Override of `rma_authorization` to add the delivery and the numbers."""
        return super()._get_judged_fields() | {"move_id", "lot_ids"}

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
        """Override of `rma_authorization` to judge the chosen deliveries and serials,
        too."""
        self._read_places()
        res = super()._check_returnable()
        self._check_lots_returnable()
        self.sudo().move_id._check_rma_returnable()
        return res

    def _read_places(self):
        """Read in one query where the goods were, and where they go."""
        # sudo: agents ask without rights in the warehouse
        moves_sudo = self.sudo().sale_line_id.move_ids
        routes = self.env["stock.warehouse"]._get_rma_routes()
        places = moves_sudo.location_id | moves_sudo.location_dest_id
        places |= places.browse(
            route.destination
            for route in routes
            if route.company in self.company_id.ids and route.destination
        )
        places._recall()

    def _get_taken_move_qty(self):
        """What this line takes up of its origin delivery, in the move's unit."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self._get_occupied_qty(),
            self.move_id.product_uom,
            rounding_method="HALF-UP",
        )

    def _check_received(self):
        """No more arrived than may come back, and no less than was judged: what the
        receipts and their reversals add up to."""
        for line in self:
            uom = line.product_uom_id
            if uom.compare(line.qty_received, line._get_permitted_qty()) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: %(received)s %(unit)s would be received, "
                        "%(permitted)s are authorized. Receive the rest as an "
                        "exception, on the return's own transfer.",
                        line=line.display_name,
                        received=line.qty_received,
                        permitted=line._get_permitted_qty(),
                        unit=uom.name,
                    )
                )
            if uom.compare(line.qty_inspected, line.qty_received) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: the receipt can't be reversed, %(inspected)s "
                        "%(unit)s were judged and %(received)s would be left. Send the "
                        "goods back by their disposition, or delete the finding first.",
                        line=line.display_name,
                        inspected=line.qty_inspected,
                        received=line.qty_received,
                        unit=uom.name,
                    )
                )

    # -- helpers -----------------------------------------------------------------------

    def _get_rma_warehouse(self, move):
        """The warehouse of these goods: where `move` brought them or took them from,
        else the authorization's choice, else the order's, else the company's first."""
        self.ensure_one()
        authorization = self.authorization_id
        return (
            move.picking_type_id._get_rma_warehouse()
            or authorization.warehouse_id
            or self.sale_line_id.order_id.warehouse_id
            or self.env["stock.warehouse"].search(
                [("company_id", "=", authorization.company_id.id)], limit=1
            )
        )

    def _get_extra_origin(self, product, qty):
        """The origin for `qty` of the product's unit more than was authorized on this
        line, if so much of it can still be returned."""
        self.ensure_one()
        order_line, move = self.sale_line_id, self.move_id
        unit = product.uom_id
        if product != self.product_id:
            # a component has no order line of its own
            return {}
        if order_line:
            left = order_line._get_rma_returnable_qty()[order_line]
            need = unit._compute_quantity(
                qty, order_line.product_uom_id, rounding_method="HALF-UP"
            )
            is_enough = order_line.product_uom_id.compare(left, need) >= 0
        else:
            left = move._get_rma_returnable_qty().get(move, 0.0)
            need = unit._compute_quantity(
                qty, move.product_uom, rounding_method="HALF-UP"
            )
            is_enough = bool(move) and move.product_uom.compare(left, need) >= 0
        if not is_enough:
            return {}
        return {"sale_line_id": order_line.id, "move_id": move.id}

    def _get_receipts(self):
        """The moves that brought these goods in, or will."""
        moves = read_rows(self, "move_ids")
        receipts = moves.filtered(lambda move: move._is_rma_receipt())
        # what is read of them is read for all lines at once
        return receipts.with_prefetch(moves._prefetch_ids)

    def _close_remaining(self, reason):
        """Override of `rma_authorization` to stop expecting the goods at the dock."""
        self.sudo()._accept_incomplete()
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
        return [
            {**self._prepare_inspection_vals(rest), "lot_id": lot.id}
            for lot, rest in self._get_waiting_lots().items()
        ] or super()._prepare_acceptance_vals_list()

    def _create_return_pickings(self):
        """Announce to the dock what is expected and not announced yet.

        :return: the return pickings made, for all lines at once
        """
        expected = self.filtered(lambda line: line._has_open("qty_to_receive"))
        if not expected:
            return self.env["stock.picking"]
        return self.env["rma.authorization.receipt"]._create_pickings(expected)
