# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models
from odoo.exceptions import UserError


class RmaAuthorizationTransfer(models.AbstractModel):
    """Base of the dispositions that move goods out of quarantine by a transfer."""

    _name = "rma.authorization.transfer"
    _description = "Disposition by Transfer"
    _inherit = ["rma.authorization.disposition"]

    def _get_picking_type(self, warehouse):
        """The operation type of the transfer. Must be overridden."""
        raise NotImplementedError(self._name)

    def _get_destination(self, authorization, warehouse):
        """Where the goods go. Must be overridden."""
        raise NotImplementedError(self._name)

    def _get_finding_destination(self, finding, warehouse):
        """Where the goods of this very finding go."""
        return self._get_destination(finding.authorization_id, warehouse)

    def _check_parcels(self, finding, parcels):
        """Raise a `UserError` that names what can't go there; write nothing."""

    def _create_pickings(self, inspections, quantities=None):
        """Create and confirm one transfer per authorization, quarantine and
        destination, with a move for each parcel of each finding.

        :param dict quantities: {finding: how much of it, in the line's unit}; by
            default all that has not moved
        :return: the pickings
        """
        groups = {}
        goods = self.env["rma.authorization.goods"]
        allocated = goods._allocate(inspections, quantities)
        for finding, parcels in allocated.items():
            self._check_parcels(finding, parcels)
            for parcel, qty in parcels:
                warehouse = finding.line_id._get_rma_warehouse(parcel.receipt)
                key = (
                    finding.authorization_id,
                    parcel.location,
                    self._get_finding_destination(finding, warehouse),
                )
                groups.setdefault(key, []).append((finding, parcel, qty))
        pickings = self.env["stock.picking"].create(
            [self._prepare_picking_vals(*key, goods) for key, goods in groups.items()]
        )
        self._complete_pickings(pickings)
        pickings._list_rma_move_lines()
        # each parcel keeps the move of its own: others lead to it
        pickings.move_ids._action_confirm(merge=False)
        return pickings

    def _complete_pickings(self, pickings):
        """Add what else the transfers need, before they are confirmed."""

    def _prepare_picking_vals(self, authorization, quarantine, destination, goods):
        finding, parcel, _qty = goods[0]
        warehouse = finding.line_id._get_rma_warehouse(parcel.receipt)
        picking_type = self._get_picking_type(warehouse)
        return {
            "picking_type_id": picking_type.id,
            "partner_id": authorization.pickup_partner_id.id
            or authorization.partner_id.id,
            "location_id": quarantine.id,
            "location_dest_id": destination.id,
            "company_id": authorization.company_id.id,
            "rma_id": authorization.id,
            "origin": authorization.display_name,
            "user_id": False,
            "move_ids": [
                Command.create(
                    {
                        **self._prepare_move_vals(finding, parcel, qty, destination),
                        "picking_type_id": picking_type.id,
                    }
                )
                for finding, parcel, qty in goods
            ],
        }

    def _prepare_move_vals(self, finding, parcel, qty, destination):
        """The move, with the very lot and owner that were received, already picked."""
        line = finding.line_id
        place = {
            "product_id": parcel.product.id,
            "location_id": parcel.location.id,
            "location_dest_id": destination.id,
            "company_id": line.company_id.id,
        }
        unit = parcel.product.uom_id
        return {
            **place,
            "product_uom": unit.id,
            "product_uom_qty": qty,
            "origin": line.authorization_id.display_name,
            "restrict_partner_id": parcel.owner.id,
            "to_refund": False,
            "rma_line_id": line.id,
            "rma_inspection_id": finding.id,
            "move_line_ids": [
                Command.create(
                    {
                        **place,
                        "product_uom_id": unit.id,
                        "quantity": qty,
                        "lot_id": parcel.lot.id,
                        "owner_id": parcel.owner.id,
                    }
                )
            ],
        }

    def _get_disposed_qty(self, inspection):
        moves = inspection.move_ids.filtered(lambda move: move.state == "done")
        return inspection.line_id._get_moved_qty(inspection, moves)

    def _get_disposing_qty(self, inspection):
        moves = inspection.move_ids.filtered(lambda move: move.state != "cancel")
        line = inspection.line_id
        return line._get_rest(
            line._get_moved_qty(inspection, moves), self._get_disposed_qty(inspection)
        )

    def _undo(self, inspections):
        """Cancel what has not moved yet; what has is returned by its transfer."""
        for finding in inspections:
            is_open = any(
                move.state not in ("done", "cancel") for move in finding.move_ids
            )
            if not is_open and finding.qty_disposed:
                raise UserError(
                    self.env._(
                        "%(line)s: the goods have moved by %(transfers)s. Return that "
                        "transfer first.",
                        line=finding.line_id.display_name,
                        transfers=", ".join(
                            finding.move_ids.picking_id.mapped("display_name")
                        ),
                    )
                )
        inspections.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()

    def _get_documents(self, inspections):
        return [inspections.move_ids.picking_id]
