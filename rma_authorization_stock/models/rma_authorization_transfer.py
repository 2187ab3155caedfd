# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models


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

    def _create_pickings(self, inspections):
        """Create and confirm one transfer per authorization and quarantine, with a
        move and the exact lot per finding.

        :return: the pickings
        """
        groups = inspections.grouped(
            lambda finding: (finding.authorization_id, finding._get_quarantine())
        )
        pickings = self.env["stock.picking"].create(
            [
                self._prepare_picking_vals(authorization, quarantine, batch)
                for (authorization, quarantine), batch in groups.items()
            ]
        )
        pickings.action_confirm()
        return pickings

    def _prepare_picking_vals(self, authorization, quarantine, inspections):
        warehouse = inspections[:1]._get_warehouse()
        destination = self._get_destination(authorization, warehouse)
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
                        **self._prepare_move_vals(finding, quarantine, destination),
                        "picking_type_id": picking_type.id,
                    }
                )
                for finding in inspections
            ],
        }

    def _prepare_move_vals(self, finding, quarantine, destination):
        """The move, with the very lot and owner that were received, already picked."""
        line = finding.line_id
        uom = line.product_id.uom_id
        qty = line._to_product_uom(finding.qty)
        owner = finding._get_owner()
        return {
            "product_id": line.product_id.id,
            "product_uom": uom.id,
            "product_uom_qty": qty,
            "location_id": quarantine.id,
            "location_dest_id": destination.id,
            "company_id": line.company_id.id,
            "origin": line.authorization_id.display_name,
            "restrict_partner_id": owner.id,
            "to_refund": False,
            "rma_line_id": line.id,
            "rma_inspection_id": finding.id,
            "move_line_ids": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "product_uom_id": uom.id,
                        "quantity": qty,
                        "location_id": quarantine.id,
                        "location_dest_id": destination.id,
                        "company_id": line.company_id.id,
                        "lot_id": finding.lot_id.id,
                        "owner_id": owner.id,
                    }
                )
            ],
        }

    def _get_disposed_qty(self, inspection):
        line = inspection.line_id
        return sum(
            move.product_uom._compute_quantity(
                move.quantity, line.product_uom_id, rounding_method="HALF-UP"
            )
            for move in inspection.move_ids
            if move.state == "done"
        )

    def _undo(self, inspections):
        """Cancel what has not moved yet; core refuses what has."""
        inspections.move_ids.filtered(
            lambda move: move.state != "cancel"
        ).picking_id.action_cancel()

    def _get_documents(self, inspections):
        return [inspections.move_ids.picking_id]
