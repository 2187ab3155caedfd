# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import Command, models
from odoo.exceptions import UserError


class Counted(NamedTuple):
    """One thing that was counted at the dock."""

    line: models.BaseModel
    product: models.BaseModel
    # in the product's unit
    qty: float
    lot: models.BaseModel
    lot_name: str


class RmaAuthorizationDockReceipt(models.AbstractModel):
    """Receives what was counted at the dock, on the return's own transfers: what isn't
    as authorized goes the way of every arrival, with its choice."""

    _name = "rma.authorization.dock.receipt"
    _description = "Dock Check: Receipt"

    def _receive(self, authorization, goods):
        """Validate the transfers of this return with these goods.

        :return: what `button_validate` returns: True, or a window
        """
        authorization_sudo = authorization._start_work(
            *authorization._get_receiver_roles()
        )
        dock = self.env["rma.authorization.dock"]
        if refusal := dock._get_refusal(authorization_sudo):
            raise UserError(refusal)
        counted = self._read_goods(authorization_sudo, goods)
        # a transfer that somebody cancelled or deleted is announced anew
        authorization_sudo.line_ids._create_return_pickings()
        # sudo ends here: who validates needs the rights for it
        pickings = authorization_sudo._get_open_receipts().sudo(self.env.su)
        pickings.check_access("write")
        moves = pickings.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moves.picked = False
        self._fill(moves, counted)
        arriving = moves.filtered("picked").picking_id
        return arriving.with_context(skip_backorder=True).button_validate()

    # -- what the screen sends ---------------------------------------------------------

    def _read_goods(self, authorization_sudo, goods):
        """The goods as records, each of them checked: any client may call."""
        counted = [self._read_one(authorization_sudo, one) for one in goods or []]
        if not counted:
            raise UserError(
                self.env._(
                    "Nothing was counted of %(name)s. Scan the goods, or set their "
                    "quantities.",
                    name=authorization_sudo.display_name,
                )
            )
        return counted

    def _read_one(self, authorization_sudo, one):
        line = authorization_sudo.line_ids.filtered(
            lambda line: line.id == one.get("line_id")
        )
        product = self.env["product.product"].sudo().browse(one.get("product_id"))
        lot = self.env["stock.lot"].sudo().browse(one.get("lot_id") or []).exists()
        qty = float(one.get("qty") or 0.0)
        if not line or product not in line._get_needed_goods(1.0):
            raise UserError(
                self.env._(
                    "%(name)s has changed in the meantime. Scan its label again.",
                    name=authorization_sudo.display_name,
                )
            )
        self._check_one(line, product, qty, lot, one)
        return Counted(line, product, qty, lot, one.get("lot_name") or "")

    def _check_one(self, line, product, qty, lot, one):
        if product.uom_id.compare(qty, 0.0) <= 0:
            raise UserError(
                self.env._(
                    "%(product)s: enter how much has come, more than nothing.",
                    product=product.display_name,
                )
            )
        has_number = lot.product_id == product if lot else bool(one.get("lot_name"))
        if product.tracking != "none" and not has_number:
            raise UserError(
                self.env._(
                    "%(product)s comes with a serial or lot number. Scan it.",
                    product=product.display_name,
                )
            )
        before = line._get_received_goods().get(product, 0.0)
        shown = float(one.get("received", before))
        if product.uom_id.compare(shown, before):
            raise UserError(
                self.env._(
                    "%(line)s: %(received)s %(unit)s have been received in the "
                    "meantime. Scan the label again, and count what is left.",
                    line=line.display_name,
                    received=f"{before:g}",
                    unit=product.uom_id.name,
                )
            )

    def _report_missing(self, authorization_sudo, goods, missing):
        """Keep which accessories of the counted goods aren't there."""
        if not missing:
            return
        counted_ids = {one.get("line_id") for one in goods}
        counted = authorization_sudo.line_ids.filtered(
            lambda line: line.id in counted_ids
        )
        asked = {(one.get("line_id"), one.get("accessory_id")) for one in missing}
        lacking = {
            line: accessories.filtered(
                lambda accessory, line=line: (line.id, accessory.id) in asked
            )
            for line, accessories in counted._get_accessories().items()
        }
        if sum(map(len, lacking.values())) < len(asked):
            raise UserError(
                self.env._(
                    "%(name)s has changed in the meantime. Scan its label again.",
                    name=authorization_sudo.display_name,
                )
            )
        counted._report_missing(lacking)

    # -- onto the transfers ------------------------------------------------------------

    def _fill(self, moves, counted):
        """Write the counted quantities and numbers on these open moves."""
        by_goods = {}
        for one in counted:
            by_goods.setdefault((one.line, one.product), []).append(one)
        for (line, product), ones in by_goods.items():
            fitting = moves.filtered(
                lambda move, line=line, product=product: (
                    move._is_rma_receipt()
                    and move.rma_line_id.id == line.id
                    and move.product_id.id == product.id
                )
            )
            if not fitting:
                raise UserError(
                    self.env._(
                        "%(line)s: %(product)s isn't expected any more. Scan the label "
                        "again.",
                        line=line.display_name,
                        product=product.display_name,
                    )
                )
            if product.tracking == "none":
                self._fill_quantity(fitting, sum(one.qty for one in ones))
            else:
                self._fill_numbers(fitting, ones)

    def _fill_quantity(self, moves, qty):
        """As much as each move expects; what is too much on the last one."""
        for move in moves:
            unit = move.product_id.uom_id
            part = qty if move == moves[-1] else min(qty, move.product_qty)
            qty = unit.round(qty - part)
            if unit.compare(part, 0.0) > 0:
                move.quantity = unit._compute_quantity(
                    part, move.product_uom, rounding_method="HALF-UP"
                )
                move.picked = True

    def _fill_numbers(self, moves, ones):
        """Each number on the move that expects it, else on one that has room."""
        expecting = {move: move.move_line_ids.lot_id for move in moves}
        shares = {move: [] for move in moves}

        def has_room(move):
            taken = sum(one.qty for one in shares[move])
            return move.product_id.uom_id.compare(taken, move.product_qty) < 0

        for one in ones:
            naming = [move for move in moves if one.lot.id in expecting[move].ids]
            roomy = [move for move in moves if has_room(move)]
            shares[(naming or roomy or [moves[-1]])[0]].append(one)
        for move, parts in shares.items():
            if not parts:
                continue
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {
                        **move._prepare_move_line_vals(quantity=part.qty),
                        "lot_id": part.lot.id,
                        "lot_name": not part.lot and part.lot_name,
                        "owner_id": move.restrict_partner_id.id,
                    }
                )
                for part in parts
            ]
            move.picked = True
