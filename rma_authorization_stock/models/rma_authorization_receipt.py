# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import Command, fields, models

from odoo.addons.rma_authorization.tools import read_rows

# Who authorizes a return follows that, not its transfer; and who made it, when and for
# which return is on the transfer itself.
_QUIETLY = {"mail_create_nolog": True, "mail_create_nosubscribe": True}


class RmaAuthorizationReceipt(models.AbstractModel):
    """Makes return pickings for authorization lines, as the core return wizard would:
    the moves are returns of the deliveries' moves, so cost, lots and traceability
    stay right. All of a batch is created at once."""

    _name = "rma.authorization.receipt"
    _description = "Return Picking Maker"

    def _create_pickings(self, lines):
        """Create and confirm the pickings for what is expected and not announced.

        One per authorization, origin delivery and warehouse.

        :return: the pickings
        """
        (lines.move_id | lines.sale_line_id.move_ids)._find_rma_chain()
        groups = defaultdict(list)
        for line in lines:
            for product, origin, qty, lots in self._get_parcels(line):
                key = (
                    line.authorization_id,
                    origin.picking_id,
                    self._get_warehouse(line, origin),
                )
                vals = self._prepare_move_vals(line, origin, qty, product=product)
                groups[key].append((vals, lots))
        # core looks for the transfers of these orders once there are new ones, and
        # would write those first
        read_rows(lines.sale_line_id.order_id, "picking_ids")
        types = self.env["stock.picking.type"].browse(
            {warehouse._get_rma_route().picking_type for *_key, warehouse in groups}
        )
        types._recall().sequence_id._recall()
        pickings = (
            self.env["stock.picking"]
            .with_context(**_QUIETLY)
            .create([self._prepare_picking_vals(*key) for key in groups])
            .with_env(self.env)
        )
        moves = self.env["stock.move"].create(
            [
                {**vals, **self._prepare_place_vals(picking, vals)}
                for picking, parcels in zip(pickings, groups.values(), strict=True)
                for vals, _lots in parcels
            ]
        )
        lots = [lots for parcels in groups.values() for _vals, lots in parcels]
        named = self._expect_lots(dict(zip(moves, lots, strict=True)))
        # as `action_confirm` does, but for what never concerns goods from customers:
        # moves of different return lines don't merge, and nothing is reordered
        pickings._check_company()
        moves._action_confirm(merge=False)
        # what customers have is assigned by that
        read_rows((moves - named).origin_returned_move_id, "move_line_ids")
        moves.filtered(lambda move: move.state != "assigned")._action_assign()
        self._complete_move_lines(moves - named)
        return pickings

    # -- what comes from where ---------------------------------------------------------

    def _get_parcels(self, line):
        """Split what is still to be announced over the deliveries it came from.

        :return: list of (product, delivery move or none, quantity in the product's
            unit, lots)
        """
        expected = line._get_needed_goods(line.qty_to_receive)
        parcels = []
        for product, qty in self._get_missing(line, expected).items():
            origins = self._get_origins(line, product)
            if product == line.product_id and line.lot_ids:
                parcels += self._get_lot_parcels(line, origins, qty)
            else:
                parcels += self._get_plain_parcels(line, product, origins, qty)
        return parcels

    def _get_missing(self, line, expected):
        """What of the expected goods is neither here nor announced.

        Of kits, parts of an incomplete one may be here: only the others are missing.
        """
        if line.product_id not in expected and not line.is_incomplete_accepted:
            received = line._get_received_goods()
            expected = {
                product: qty - received.get(product, 0.0)
                for product, qty in line._get_needed_goods(
                    line._get_permitted_qty()
                ).items()
            }
        missing = {
            product: product.uom_id.round(qty - self._get_announced_qty(line, product))
            for product, qty in expected.items()
        }
        return {
            product: qty
            for product, qty in missing.items()
            if product.uom_id.compare(qty, 0.0) > 0
        }

    def _get_plain_parcels(self, line, product, origins, qty):
        parcels, unit = [], product.uom_id
        for origin in origins:
            if unit.compare(qty, 0.0) <= 0:
                break
            available = origin.product_uom._compute_quantity(
                origin._get_rma_unreturned_qty(), unit, rounding_method="HALF-UP"
            )
            part = min(qty, available)
            if unit.compare(part, 0.0) > 0:
                qty -= part
                parcels.append((product, origin, part, self.env["stock.lot"]))
        # what rounding left over isn't worth a move
        rest = unit._compute_quantity(
            qty,
            line.product_uom_id if product == line.product_id else unit,
            rounding_method="HALF-UP",
        )
        if line.product_uom_id.compare(rest, 0.0) > 0:
            parcels.append((product, origins[:0], qty, self.env["stock.lot"]))
        return parcels

    def _get_lot_parcels(self, line, origins, qty):
        """Each lot from the delivery that carried it, serials as one unit each."""
        product = line.product_id
        announced = line._get_receipts().filtered(lambda move: move.state != "cancel")
        open_lots = line.lot_ids - announced.move_line_ids.lot_id
        if line.tracking != "serial":
            carrying = origins.filtered(
                lambda move: move.move_line_ids.lot_id & line.lot_ids
            )
            return [(product, carrying[:1], qty, line.lot_ids[:1])]
        by_origin = defaultdict(lambda: self.env["stock.lot"])
        for lot in open_lots:
            carrying = origins.filtered(lambda move, lot=lot: lot in move.lot_ids)
            by_origin[carrying[:1]] |= lot
        return [
            (product, origin, len(lots), lots) for origin, lots in by_origin.items()
        ]

    def _get_announced_qty(self, line, product):
        """What open return moves expect already, in the product's unit."""
        return sum(
            move.product_qty
            for move in line._get_receipts()
            if move.product_id == product and move.state not in ("done", "cancel")
        )

    def _get_origins(self, line, product):
        """Done deliveries of this product, oldest first: the line's, or a component of
        its kit."""
        if line.move_id:
            return line.move_id
        moves = line.sale_line_id.move_ids
        origins = moves.filtered(
            lambda move: move._is_rma_delivery() and move.product_id == product
        ).sorted("date")
        # what is read of them is read for all lines at once
        return origins.with_prefetch(moves._prefetch_ids)

    def _get_warehouse(self, line, origin):
        """Where the goods go: the authorization's choice, else where they left, else
        the company's first warehouse."""
        return line.authorization_id.warehouse_id or line._get_rma_warehouse(origin)

    # -- values
    # --------------------------------------------------------------------------

    def _prepare_picking_vals(self, authorization, origin_picking, warehouse):
        location = origin_picking.location_dest_id or (
            authorization.partner_id.property_stock_customer
        )
        route = warehouse._get_rma_route()
        return {
            "partner_id": origin_picking.partner_id.id
            or authorization.pickup_partner_id.id
            or authorization.partner_id.id,
            "picking_type_id": route.picking_type,
            "location_id": location.id,
            "location_dest_id": route.destination,
            "return_id": origin_picking.id,
            "rma_id": authorization.id,
            "origin": authorization.display_name,
            "company_id": authorization.company_id.id,
            "user_id": False,
        }

    def _prepare_place_vals(self, picking, vals):
        """What moves have from their transfer."""
        return {
            "picking_id": picking.id,
            "location_id": vals.get("location_id") or picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id._get_rma_warehouse().id,
        }

    def _prepare_move_vals(self, line, origin, qty, product=None):
        """What the core wizard gives a return move, for our quantity.

        `to_refund` stays off: what is credited lowers the sale's delivered quantity,
        not the receipt (F10).
        """
        product = product or line.product_id
        owner = self._get_owner(line)
        vals = {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": qty,
            "date": fields.Datetime.now(),
            "company_id": line.company_id.id,
            "partner_id": line.partner_id.id,
            "origin": line.authorization_id.display_name,
            "procure_method": "make_to_stock",
            "to_refund": False,
            "restrict_partner_id": owner.id,
            "rma_line_id": line.id,
            "origin_returned_move_id": origin.id,
            "sale_line_id": (origin.sale_line_id or line.sale_line_id).id,
            "move_orig_ids": [Command.link(origin.id)] if origin else [],
        }
        if origin:
            vals["location_id"] = origin.location_dest_id.id
            if product != line.product_id:
                vals["bom_line_id"] = origin.bom_line_id.id
        return vals

    def _get_owner(self, line):
        """Goods that only come to be repaired stay the customer's: received with
        their owner, they have no value and are nobody's stock."""
        if line.resolution == "repair":
            return line.partner_id.commercial_partner_id
        return self.env["res.partner"]

    def _expect_lots(self, lots_by_move):
        """Expect the authorized serials, not the first delivered ones.

        Core reserves the first serials of the delivery; the worker would confirm
        numbers that nobody has looked at. So these stand before core looks.

        :param dict lots_by_move: {return move: lots, may be none}
        :return: the moves that have them
        """
        named = {
            move: lots
            for move, lots in lots_by_move.items()
            if lots and move.has_tracking != "none"
        }
        self.env["stock.move.line"].create(
            [
                {
                    **move._prepare_move_line_vals(
                        quantity=1.0
                        if move.has_tracking == "serial"
                        else move.product_uom_qty
                    ),
                    "lot_id": lot.id,
                    "owner_id": move.restrict_partner_id.id,
                }
                for move, lots in named.items()
                for lot in lots
            ]
        )
        return self.env["stock.move"].concat(*named)

    def _complete_move_lines(self, moves):
        """Complete what core expects on moves for which no serials were authorized: the
        goods have their owner, and numbers are entered when the goods are here."""
        tracked = moves.filtered(lambda move: move.has_tracking != "none")
        tracked.move_line_ids.unlink()
        owned = (moves - tracked).filtered("restrict_partner_id")
        for owner, batch in owned.grouped("restrict_partner_id").items():
            batch.move_line_ids.owner_id = owner
