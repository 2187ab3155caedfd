# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError


class Parcel(NamedTuple):
    """Goods that can be told apart: what, which number, whose, where, and the move
    that brought them (none where they were received before there were moves)."""

    product: models.BaseModel
    lot: models.BaseModel
    owner: models.BaseModel
    location: models.BaseModel
    receipt: models.BaseModel

    def is_like(self, other):
        """Whether both are the same goods in the same place, whatever brought them."""
        return self[:4] == other[:4]


class RmaAuthorizationGoods(models.AbstractModel):
    """Tells from the moves where the goods of a return are.

    What was received, less what its reversal took out again, less what left or is
    about to leave by a disposition, and again what came back of that.
    """

    _name = "rma.authorization.goods"
    _description = "Goods of Returns"

    def _allocate(self, inspections, quantities=None):
        """Choose the goods for what has not moved of each finding.

        :param dict quantities: {finding: how much of it, in the line's unit}; by
            default all that has not moved
        :return: {finding: [(parcel, quantity in the product's unit)]}
        :raise UserError: where the goods of a finding aren't there any more
        """
        allocated = {}
        for line, findings in inspections.grouped("line_id").items():
            goods = self._get_goods(line)
            for finding in findings:
                qty = (quantities or {}).get(finding, finding._get_undisposed_qty())
                allocated[finding] = self._take_for_finding(goods, finding, qty)
        self._check_on_hand(allocated)
        return allocated

    def _get_goods(self, line):
        """What of this line is in our hands, and not about to leave.

        :return: {parcel: quantity in the product's unit}
        """
        goods = {}
        none = self.env["stock.move"]
        if line.qty_received_manual:
            parcel = Parcel(
                line.product_id,
                self.env["stock.lot"],
                self.env["res.partner"],
                line._get_rma_warehouse(none).rma_location_id,
                none,
            )
            goods[parcel] = line._to_product_uom(line.qty_received_manual)
        receipts = line._get_receipts()
        # loops, as `filtered` would forget what is read with the other lines
        for receipt in receipts:
            if receipt.state == "done":
                self._follow(goods, receipt, receipt)
        for move in line.move_ids:
            if move.rma_inspection_id:
                self._follow(goods, move, receipts[:1])
        return goods

    def _follow(self, goods, move, receipt):
        """Add what a receipt brought or take what a disposition took, and the same
        for every return of it, the other way round."""
        if move.state == "cancel":
            return
        brings = move._brings_rma_goods()
        for move_line in move.move_line_ids:
            parcel = Parcel(
                move_line.product_id,
                move_line.lot_id,
                move_line.owner_id,
                move_line.location_dest_id if brings else move_line.location_id,
                receipt,
            )
            qty = move_line.quantity_product_uom
            if brings:
                goods[parcel] = goods.get(parcel, 0.0) + qty
            else:
                self._take(goods, parcel.is_like, qty)
        for returned in move._get_rma_reversals():
            self._follow(goods, returned, receipt)

    def _take(self, goods, condition, qty):
        """Take up to `qty` out of the parcels that meet the condition.

        :return: [(parcel, quantity)]
        """
        taken = []
        for parcel, available in goods.items():
            unit = parcel.product.uom_id
            part = min(available, qty)
            if unit.compare(part, 0.0) > 0 and condition(parcel):
                goods[parcel] -= part
                qty = unit.round(qty - part)
                taken.append((parcel, part))
        return taken

    def _take_for_finding(self, goods, finding, qty):
        line, parcels = finding.line_id, []
        for product, need in line._get_needed_goods(qty).items():
            parcels += self._take(
                goods,
                lambda parcel, product=product: (
                    parcel.product == product
                    and finding.lot_id in (self.env["stock.lot"], parcel.lot)
                ),
                need,
            )
        if not line._is_worth(parcels, qty):
            raise UserError(
                self.env._(
                    "%(line)s: the goods of this finding aren't in quarantine any "
                    "more. Check which transfers moved them.",
                    line=line.display_name,
                )
            )
        return parcels

    def _check_on_hand(self, allocated):
        """What leaves a location is there: a transfer nobody told us about may have
        moved it, and Odoo would book less than nothing."""
        needed = {}
        for finding, parcels in allocated.items():
            for parcel, qty in parcels:
                key = parcel[:4]
                if parcel.product.is_storable:
                    needed.setdefault(key, [0.0, finding])[0] += qty
        if not needed:
            return
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", [key[0].id for key in needed]),
                ("location_id", "in", [key[3].id for key in needed]),
            ],
            ["product_id", "lot_id", "owner_id", "location_id"],
            ["quantity:sum"],
        )
        on_hand = {tuple(group[:4]): group[4] for group in groups}
        for key, (qty, finding) in needed.items():
            product, lot, _owner, location = key
            if product.uom_id.compare(on_hand.get(key, 0.0), qty) < 0:
                raise UserError(
                    self.env._(
                        "%(line)s: there are no %(qty)s %(unit)s of %(product)s in "
                        "%(location)s. Check where the goods are.",
                        line=finding.line_id.display_name,
                        qty=qty,
                        unit=product.uom_id.name,
                        product=lot.display_name or product.display_name,
                        location=location.display_name,
                    )
                )
