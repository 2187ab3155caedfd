# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from typing import NamedTuple

from odoo import Command, fields, models


class Consignment(NamedTuple):
    """Goods that leave together: how many (product's unit), under which number, from
    where, and the move that brought them from the supplier."""

    qty: float
    lot: models.BaseModel
    location: models.BaseModel
    origin: models.BaseModel


class RmaAuthorizationShipment(models.AbstractModel):
    """Makes the transfers of returns to suppliers: the deliveries to them, and what
    they answer with, back to us. All of a batch is created at once.

    A delivery is the return of a receipt, as the core return wizard makes it, and what
    comes back is the return of the delivery. `to_refund` stays off on both: what the
    supplier credits lowers the received quantity of the purchase, not the shipment,
    and neither a replacement nor a repair is received anew.
    """

    _name = "rma.authorization.shipment"
    _description = "Maker of Transfers to and from Suppliers"

    # -- out ---------------------------------------------------------------------------

    def _create_deliveries(self, lines):
        """Create and confirm what is to be shipped and has no transfer yet: one per
        return, origin receipt and place.

        :return: the pickings
        """
        groups = defaultdict(list)
        for line in lines:
            for part in self._get_consignments(line):
                key = (line.authorization_id, part.origin.picking_id, part.location)
                groups[key].append(self._prepare_delivery_move_vals(line, part))
        pickings = self.env["stock.picking"].create(
            [self._prepare_delivery_vals(*key, moves) for key, moves in groups.items()]
        )
        pickings._list_rma_move_lines()
        pickings.action_confirm()
        pickings.move_ids.filtered(lambda move: not move.move_line_ids)._action_assign()
        return pickings

    def _get_consignments(self, line):
        """Split what is still to be shipped of a line.

        :return: list of Consignment
        """
        unit = line.product_id.uom_id
        announced = sum(
            move.product_qty
            for move in line._get_deliveries()
            if move.state not in ("done", "cancel")
        )
        qty = unit.round(line._to_product_uom(line.qty_to_receive) - announced)
        if unit.compare(qty, 0.0) <= 0:
            return []
        if line.source_inspection_id:
            return self._take_from_finding(line, qty)
        if line.lot_ids:
            return self._take_lots(line, qty)
        location = line._get_supply_location()
        return [
            Consignment(part, self.env["stock.lot"], location, origin)
            for part, origin in self._split_by_origin(line, qty)
        ]

    def _take_from_finding(self, line, qty):
        """The very goods that were judged, from where they wait."""
        finding = line.source_inspection_id
        goods = self.env["rma.authorization.goods"]
        parcels = goods._take(
            goods._get_goods(finding.line_id),
            lambda parcel: (
                parcel.product == line.product_id
                and not parcel.owner
                and finding.lot_id in (self.env["stock.lot"], parcel.lot)
            ),
            qty,
        )
        return [
            Consignment(
                part,
                parcel.lot,
                parcel.location,
                line._get_supply_origins(parcel.lot)[:1],
            )
            for parcel, part in parcels
        ]

    def _take_lots(self, line, qty):
        """The numbers named on the line that have not been shipped, from where they
        are."""
        unit, parts = line.product_id.uom_id, []
        alive = line._get_deliveries().filtered(lambda move: move.state != "cancel")
        lots = line.lot_ids
        if line.tracking == "serial":
            lots -= alive.move_line_ids.lot_id
        for lot in lots:
            for quant in lot.quant_ids.filtered(
                lambda quant: (
                    quant.location_id.usage == "internal"
                    and quant.company_id == line.company_id
                    and not quant.owner_id
                )
            ):
                part = min(qty, quant.quantity)
                if unit.compare(part, 0.0) > 0:
                    qty = unit.round(qty - part)
                    origin = line._get_supply_origins(lot)[:1]
                    parts.append(Consignment(part, lot, quant.location_id, origin))
        return parts

    def _split_by_origin(self, line, qty):
        """[(quantity, receipt)]: the oldest receipts first, then none."""
        unit, parts = line.product_id.uom_id, []
        none = self.env["stock.move"]
        for origin in line._get_supply_origins(self.env["stock.lot"]):
            left = origin.product_uom._compute_quantity(
                origin._get_rma_unreturned_qty(), unit, rounding_method="HALF-UP"
            )
            part = min(qty, left)
            if unit.compare(part, 0.0) > 0:
                qty = unit.round(qty - part)
                parts.append((part, origin))
        if unit.compare(qty, 0.0) > 0:
            parts.append((qty, none))
        return parts

    def _prepare_delivery_vals(self, authorization, receipt, location, moves):
        warehouse = authorization._get_supply_warehouse()
        picking_type = (
            receipt.picking_type_id.return_picking_type_id or warehouse.out_type_id
        )
        destination = moves[0]["location_dest_id"]
        return {
            "partner_id": authorization.partner_id.id,
            "picking_type_id": picking_type.id,
            "location_id": location.id,
            "location_dest_id": destination,
            "return_id": receipt.id,
            "rma_id": authorization.id,
            "origin": self._get_origin_name(authorization),
            "company_id": authorization.company_id.id,
            "user_id": False,
            "move_ids": [
                Command.create({**vals, "picking_type_id": picking_type.id})
                for vals in moves
            ],
        }

    def _get_origin_name(self, authorization):
        """Ours, and the number that the supplier looks for."""
        names = [authorization.display_name, authorization.partner_reference]
        return ", ".join(name for name in names if name)

    def _prepare_delivery_move_vals(self, line, part):
        origin = part.origin
        supplier = line.partner_id.with_company(line.company_id)
        destination = (
            origin.location_id
            if origin.location_id.usage == "supplier"
            else supplier.property_stock_supplier
        )
        finding = line.source_inspection_id
        return {
            **self._prepare_move_vals(line, part.qty, part.location, destination),
            # the goods of a customer's return leave by their disposition
            "rma_line_id": finding.line_id.id,
            "rma_inspection_id": finding.id,
            "origin_returned_move_id": origin.id,
            "purchase_line_id": (line.purchase_line_id or origin.purchase_line_id).id,
            "move_line_ids": self._prepare_move_lines(
                line, part.location, destination, part.qty, part.lot, bool(finding)
            ),
        }

    def _prepare_move_lines(self, line, location, destination, qty, lots, is_known):
        """The move lines of goods that are known one by one; others are reserved, or
        entered by who moves them."""
        if not lots and not is_known:
            return []
        place = {
            "product_id": line.product_id.id,
            "location_id": location.id,
            "location_dest_id": destination.id,
            "company_id": line.company_id.id,
            "product_uom_id": line.product_id.uom_id.id,
        }
        if len(lots) > 1:
            return [
                Command.create({**place, "quantity": 1.0, "lot_id": lot.id})
                for lot in lots
            ]
        return [Command.create({**place, "quantity": qty, "lot_id": lots.id})]

    def _prepare_move_vals(self, line, qty, location, destination):
        product = line.product_id
        return {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": qty,
            "date": fields.Datetime.now(),
            "company_id": line.company_id.id,
            "partner_id": line.partner_id.id,
            "location_id": location.id,
            "location_dest_id": destination.id,
            "origin": line.authorization_id.display_name,
            "procure_method": "make_to_stock",
            "to_refund": False,
            "rma_supplier_line_id": line.id,
        }

    # -- back --------------------------------------------------------------------------

    def _create_receipts(self, settlements):
        """Expect what suppliers send for these answers: one transfer per return,
        delivery and destination.

        :return: the pickings
        """
        groups, taken = defaultdict(list), defaultdict(float)
        for settlement in settlements:
            for qty, delivery in self._split_by_delivery(settlement, taken):
                destination = self._get_answer_destination(settlement, delivery)
                lots = self._get_expected_lots(settlement, delivery, qty, taken)
                key = (settlement.authorization_id, delivery.picking_id, destination)
                groups[key].append(
                    self._prepare_answer_move_vals(
                        settlement, qty, delivery, destination, lots
                    )
                )
        pickings = self.env["stock.picking"].create(
            [self._prepare_answer_vals(*key, moves) for key, moves in groups.items()]
        )
        pickings._list_rma_move_lines()
        pickings.action_confirm()
        pickings.move_ids.filtered(
            lambda move: not move.move_line_ids and move.has_tracking == "none"
        )._action_assign()
        return pickings

    def _split_by_delivery(self, settlement, taken):
        """[(quantity in the product's unit, delivery)]: what was shipped first is
        answered first; without a delivery what was never to be sent.

        :param dict taken: {delivery: quantity that others of the batch have taken}
        """
        line = settlement.line_id
        unit = line.product_id.uom_id
        qty, parts = line._to_product_uom(settlement.qty), []
        for delivery in line._get_deliveries().filtered(
            lambda move: move.state == "done"
        ):
            answered = sum(
                move._get_rma_qty(unit)
                for move in delivery.returned_move_ids
                if move.state != "cancel"
            )
            left = delivery._get_rma_qty(unit) - answered - taken[delivery]
            part = min(qty, unit.round(left))
            if unit.compare(part, 0.0) > 0:
                qty = unit.round(qty - part)
                taken[delivery] += part
                parts.append((part, delivery))
        if unit.compare(qty, 0.0) > 0:
            parts.append((qty, self.env["stock.move"]))
        return parts

    def _get_answer_destination(self, settlement, delivery):
        """What was refused goes to where it was; the rest is received like a
        purchase."""
        if settlement.answer == "back" and delivery:
            return delivery.location_id
        warehouse = settlement.authorization_id._get_supply_warehouse()
        return warehouse.in_type_id.default_location_dest_id or warehouse.lot_stock_id

    def _prepare_answer_vals(self, authorization, delivery, destination, moves):
        picking_type = authorization._get_supply_warehouse().in_type_id
        return {
            "partner_id": authorization.partner_id.id,
            "picking_type_id": picking_type.id,
            "location_id": moves[0]["location_id"],
            "location_dest_id": destination.id,
            "return_id": delivery.id,
            "rma_id": authorization.id,
            "origin": self._get_origin_name(authorization),
            "company_id": authorization.company_id.id,
            "user_id": False,
            "move_ids": [
                Command.create({**vals, "picking_type_id": picking_type.id})
                for vals in moves
            ],
        }

    def _prepare_answer_move_vals(self, settlement, qty, delivery, destination, lots):
        line = settlement.line_id
        supplier = line.partner_id.with_company(line.company_id)
        location = delivery.location_dest_id or supplier.property_stock_supplier
        return {
            **self._prepare_move_vals(line, qty, location, destination),
            "rma_answer_id": settlement.id,
            "origin_returned_move_id": delivery.id,
            "purchase_line_id": delivery.purchase_line_id.id,
            "move_line_ids": self._prepare_move_lines(
                line, location, destination, qty, lots, False
            ),
        }

    def _get_expected_lots(self, settlement, delivery, qty, taken):
        """The numbers that were shipped and aren't on their way back: the very goods
        come, unless they are replaced. The worker corrects them where the supplier
        sends others.

        :param dict taken: keeps the numbers that others of the batch have taken, too
        """
        lots = delivery.move_line_ids.lot_id
        if settlement.resolution == "exchange":
            return lots.browse()
        if delivery.has_tracking != "serial":
            return lots[:1]
        alive = delivery.returned_move_ids.filtered(lambda move: move.state != "cancel")
        lots -= alive.move_line_ids.lot_id
        free = lots.filtered(lambda lot: lot not in taken)[: int(qty)]
        taken.update(dict.fromkeys(free, 1.0))
        return free if len(free) == int(qty) else lots.browse()
