# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import fetch_rows, lock_rows, read_rows

from .rma_authorization_line_lot import LotFacts

_NUMBERS_KEY = "rma_authorization_stock.numbers"


class RmaAuthorizationArrival(models.AbstractModel):
    """Compares what arrives with what was authorized, and carries out what the dock
    decides about the rest: accept it, hold it, or refuse it (A4, L3)."""

    _name = "rma.authorization.arrival"
    _description = "Arrival of Returned Goods"

    # -- compare -----------------------------------------------------------------------

    def _get_unexpected(self, moves):
        """What of these moves, about to be done, nobody has authorized or decided.

        :return: list of values of `rma.authorization.unexpected.row`
        """
        rows = []
        self._read_together(moves)
        numbers = self._get_numbers(moves)
        for picking, picking_moves in moves.grouped("picking_id").items():
            if not picking.rma_id:
                continue
            arriving = self._get_arriving_lines(picking_moves)
            for move, move_lines in arriving.grouped("move_id").items():
                if move._is_rma_foreign():
                    rows += [self._prepare_foreign(line) for line in move_lines]
            expected = arriving.filtered(lambda line: line.move_id._is_rma_receipt())
            for line, move_lines in expected.grouped(
                lambda move_line: move_line.move_id.rma_line_id
            ).items():
                others = self._get_other_numbers(line, move_lines, numbers)
                rows += [row for row, _move_line in others]
                for _row, move_line in others:
                    move_lines -= move_line
                rows += self._get_excess(line, move_lines)
        return rows

    def _read_together(self, moves):
        """Read in one query each what this and core will ask for one by one."""
        moves.rma_line_id._read_progress()
        origins = moves.origin_returned_move_id
        fetch_rows(moves | origins)
        fetch_rows(moves.product_id)
        both = moves | origins
        # of settings, what is in memory
        (both.location_id | both.location_dest_id)._recall()
        moves.product_uom._recall()
        moves.company_id.currency_id._recall()
        types = moves.picking_type_id._recall()
        types |= types.return_picking_type_id._recall()
        types.warehouse_id._recall()
        read_rows(both, "move_line_ids")

    def _get_arriving_lines(self, moves):
        """The move lines that validating will do: the picked ones, else all."""
        open_lines = moves.filtered(
            lambda move: move.state not in ("done", "cancel")
        ).move_line_ids.filtered("quantity")
        return open_lines.filtered("picked") or open_lines

    def _get_numbers(self, moves):
        """What is known of the numbers that arrive, as far as they have any yet."""
        receipts = moves.filtered("rma_line_id")
        lines, lots = receipts.rma_line_id, receipts.move_line_ids.lot_id
        known = self.env.cr.precommit.data.setdefault(_NUMBERS_KEY, {})
        key = frozenset(lines.ids), frozenset(lots.ids)
        if key not in known:
            known[key] = LotFacts(lines, lots)
        return known[key]

    @api.model
    def _forget_numbers(self):
        """What goods are done with isn't known any more, see `button_validate`."""
        self.env.cr.precommit.data.pop(_NUMBERS_KEY, None)

    def _get_other_numbers(self, line, move_lines, numbers):
        """The move lines whose number isn't the authorized one, each with its row."""
        if (
            line.product_id.tracking == "none"
            and move_lines.product_id == line.product_id
        ):
            return []
        rows = []
        for move_line in move_lines.filtered(
            lambda one: one.tracking != "none" and (one.lot_id or one.lot_name)
        ):
            lot = move_line.lot_id or self._find_lot(move_line)
            arriving = sum(
                other.quantity_product_uom
                for other in move_line.picking_id.move_line_ids
                if other.lot_id == lot and other.product_id == move_line.product_id
            )
            known = numbers if move_line.lot_id else None
            if problem := line._get_arrival_problem(lot, arriving, known):
                row = self._prepare_row(move_line, "number", problem, lot=lot)
                rows.append((row, move_line))
        return rows

    def _find_lot(self, move_line):
        return self.env["stock.lot"].search(
            [
                ("name", "=", move_line.lot_name),
                ("product_id", "=", move_line.product_id.id),
                ("company_id", "in", (False, move_line.company_id.id)),
            ],
            limit=1,
        )

    def _get_excess(self, line, move_lines):
        """What is more than still may come back on this line, a row per product."""
        rows = []
        for product, product_lines in move_lines.grouped("product_id").items():
            arriving = sum(product_lines.mapped("quantity_product_uom"))
            excess = line._get_excess_qty(product, arriving)
            if product.uom_id.compare(excess, 0.0) > 0:
                problem = self.env._(
                    "%(excess)s %(unit)s more than authorized.",
                    excess=f"{excess:g}",
                    unit=product.uom_id.name,
                )
                row = self._prepare_row(product_lines[-1], "over", problem, qty=excess)
                rows.append(row)
        return rows

    def _prepare_foreign(self, move_line):
        problem = self.env._(
            "%(product)s isn't on this authorization.",
            product=move_line.product_id.display_name,
        )
        return self._prepare_row(move_line, "product", problem)

    def _prepare_row(self, move_line, kind, problem, qty=None, lot=None):
        is_number = kind != "over" or move_line.tracking == "serial"
        return {
            "move_id": move_line.move_id.id,
            "move_line_id": move_line.id if kind != "over" else False,
            "product_id": move_line.product_id.id,
            "lot_id": (lot or move_line.lot_id).id
            if is_number and qty is None
            else False,
            "lot_name": move_line.lot_name or (lot or move_line.lot_id).name
            if qty is None
            else False,
            "qty": move_line.quantity_product_uom if qty is None else qty,
            "kind": kind,
            "problem": problem,
        }

    def _check_expected(self, moves):
        """Nothing arrives that was not authorized, or decided at the dock.

        :raise UserError: naming the transfer, and the first thing that is wrong
        """
        pickings = moves.picking_id.filtered("rma_id")
        if not pickings:
            return
        # sudo: a worker without rights on returns validates the transfer
        lock_rows(pickings.sudo().rma_id)
        rows = self.sudo()._get_unexpected(moves.sudo())
        self._forget_numbers()
        if rows:
            move = self.env["stock.move"].browse(rows[0]["move_id"])
            raise UserError(
                self.env._(
                    "%(transfer)s, %(product)s %(number)s: %(problem)s Validate the "
                    "transfer on its form, and choose there whether to accept, hold or "
                    "refuse it.",
                    transfer=move.picking_id.display_name,
                    product=move.product_id.display_name,
                    number=rows[0]["lot_name"] or "",
                    problem=rows[0]["problem"],
                )
            )

    # -- decide ------------------------------------------------------------------------

    def _decide(self, row):
        """Carry out what was decided about one row, and keep it.

        :param row: rma.authorization.unexpected.row, as superuser
        :return: the exception
        """
        move, line = row.move_id, row.move_id.rma_line_id
        extra_line = line.browse()
        if row.decision == "refuse":
            self._take_out(row)
        elif row.decision == "hold" or row.kind != "number":
            extra_line = self._create_extra_line(row)
            self._move_to_line(row, extra_line)
        return self.env["rma.authorization.exception"].create(
            {
                "authorization_id": move.picking_id.rma_id.id,
                "line_id": line.id,
                "extra_line_id": extra_line.id,
                "picking_id": move.picking_id.id,
                "kind": row.kind,
                "problem": row.problem,
                "product_id": row.product_id.id,
                "lot_id": (row.lot_id or self._create_lot(row)).id,
                "lot_name": row.lot_name,
                "qty": row.qty,
                "decision": row.decision,
                "reason": row.reason,
            }
        )

    def _create_lot(self, row):
        """A number that nobody knew exists from the moment it is let in."""
        lot = self.env["stock.lot"]
        if not row.lot_name or row.decision == "refuse":
            return lot
        lot = lot.create({"name": row.lot_name, "product_id": row.product_id.id})
        row.move_line_id.exists().lot_id = lot
        return lot

    def _create_extra_line(self, row):
        """The line on which goods that were not authorized are received.

        It keeps the origin where that has enough left; otherwise the goods are judged
        without one. What is held is promised nothing.
        """
        line, authorization = row.move_id.rma_line_id, row.move_id.picking_id.rma_id
        is_accepted = row.decision == "accept"
        vals = {
            "authorization_id": authorization.id,
            "product_id": row.product_id.id,
            "product_uom_id": row.product_id.uom_id.id,
            "qty_requested": row.qty,
            "description": row.reason or row.problem,
            "resolution": line.resolution if is_accepted and line else "none",
            "disposition": line.disposition if is_accepted else "hold",
        }
        if line:
            vals["reason_id"] = line.reason_id.id
        if row.kind == "over" and is_accepted:
            vals.update(line._get_extra_origin(row.product_id, row.qty))
        return self.env["rma.authorization.line"]._create_extra([vals])

    def _move_to_line(self, row, line):
        """Receive the goods of the row on another line, in the same transfer."""
        move = row.move_id
        if row.kind == "product":
            move.write({"rma_line_id": line.id, "to_refund": False})
            return
        numbers = self._take_out(row)
        picking = move.picking_id
        origin = move.origin_returned_move_id if line.sale_line_id else move.browse()
        receipt = self.env["rma.authorization.receipt"]
        extra = move.create(
            {
                **receipt._prepare_move_vals(line, origin, row.qty),
                "picking_id": picking.id,
                "picking_type_id": picking.picking_type_id.id,
                "location_id": move.location_id.id,
                "location_dest_id": move.location_dest_id.id,
                "warehouse_id": move.warehouse_id.id,
            }
        )
        extra._action_confirm(merge=False)
        extra.move_line_ids.unlink()
        extra.move_line_ids = [
            Command.create(
                {
                    **extra._prepare_move_line_vals(quantity=qty),
                    "lot_id": lot.id,
                    "lot_name": name,
                    "owner_id": extra.restrict_partner_id.id,
                }
            )
            for lot, name, qty in numbers
        ]
        extra.picked = move.picked
        if row.move_line_id and row.kind == "number":
            row.move_line_id = extra.move_line_ids[:1]

    def _take_out(self, row):
        """Take the goods of the row out of their move.

        :return: [(lot, lot name, quantity in the product's unit)] taken, from the last
        """
        move, left, taken = row.move_id, row.qty, []
        unit = row.product_id.uom_id
        for move_line in (row.move_line_id or move.move_line_ids).sorted("id", True):
            part = min(left, move_line.quantity_product_uom)
            if unit.compare(part, 0.0) <= 0:
                continue
            left = unit.round(left - part)
            taken.append((move_line.lot_id, move_line.lot_name, part))
            if unit.compare(part, move_line.quantity_product_uom) == 0:
                move_line.unlink()
            else:
                rest = move_line.quantity_product_uom - part
                move_line.quantity = unit._compute_quantity(
                    rest, move_line.product_uom_id, rounding_method="HALF-UP"
                )
        if row.kind == "product" and not move.move_line_ids:
            move._action_cancel()
        return taken
