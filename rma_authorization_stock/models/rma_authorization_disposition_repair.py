# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationDispositionRepair(models.AbstractModel):
    """Repaired for our own stock: a repair order per unit or lot, in quarantine, and
    then a transfer to stock, as for goods that need no repair.

    The transfer is made when a repair is done and waits for the warehouse. The goods
    are disposed of once they have moved; a repair or a transfer that is cancelled
    leaves its part to be done again, and what is repaired isn't repaired again.
    """

    _name = "rma.authorization.disposition.repair"
    _description = "Disposition: Repair for Stock"
    _inherit = ["rma.authorization.disposition.restock"]

    def _check_inspections(self, inspections):
        for finding in inspections:
            if finding.line_id._get_components():
                raise UserError(
                    self.env._(
                        "%(line)s is a kit and is repaired by component. Choose "
                        "another disposition, or make a return of the component that "
                        "is broken.",
                        line=finding.line_id.display_name,
                    )
                )
        return super()._check_inspections(inspections)

    def _dispose(self, inspections):
        self._bring_to_stock(inspections)
        self._create_repairs(inspections)

    # -- repair ------------------------------------------------------------------------

    def _create_repairs(self, inspections):
        """Start the repair of what of these findings needs one still."""
        waiting = {}
        for finding in inspections:
            qty = finding._get_undisposed_qty()
            qty = finding.line_id._get_rest(qty, self._get_repaired_qty(finding))
            if finding.product_uom_id.compare(qty, 0.0) > 0:
                waiting[finding] = qty
        findings = inspections.filtered(lambda finding: finding in waiting)
        allocated = self.env["rma.authorization.goods"]._allocate(findings, waiting)
        for finding, parcels in allocated.items():
            self._check_parcels(finding, parcels)
        repairs = self.env["repair.order"].create(
            [
                vals
                for finding, parcels in allocated.items()
                for parcel, qty in parcels
                for vals in self._prepare_repair_vals_list(finding, parcel, qty)
            ]
        )
        repairs._action_repair_confirm()

    def _prepare_repair_vals_list(self, finding, parcel, qty):
        """One repair per whole unit; a lot, or a fraction, is repaired as one."""
        line, unit = finding.line_id, parcel.product.uom_id
        is_units = not parcel.lot and unit.compare(qty, round(qty)) == 0
        return [
            {
                "product_id": parcel.product.id,
                "product_qty": part,
                "product_uom": unit.id,
                "lot_id": parcel.lot.id,
                # nobody is told, and nobody pays
                "partner_id": parcel.owner.id,
                "company_id": line.company_id.id,
                "picking_id": parcel.receipt.picking_id.id,
                "picking_type_id": line._get_rma_warehouse(
                    parcel.receipt
                ).repair_type_id.id,
                # repaired where it waits: it never counts as stock on the way
                "product_location_src_id": parcel.location.id,
                "product_location_dest_id": parcel.location.id,
                "repair_request": finding.note
                or finding.fault_id.display_name
                or line.description
                or line.reason_id.name,
                "user_id": False,
                "rma_id": line.authorization_id.id,
                "rma_line_id": line.id,
                "rma_inspection_id": finding.id,
            }
            for part in ([1.0] * round(qty) if is_units else [qty])
        ]

    def _get_repaired_qty(self, finding):
        """What is repaired and waits to go to stock, in the line's unit."""
        repaired = self._sum_repairs(finding, ("done",))
        moves = finding.move_ids.filtered(lambda move: move.state != "cancel")
        moved = finding.line_id._get_moved_qty(finding, moves)
        return finding.line_id._get_rest(repaired, moved)

    def _sum_repairs(self, finding, states):
        return sum(
            repair.product_uom._compute_quantity(
                repair.product_qty, finding.product_uom_id, rounding_method="HALF-UP"
            )
            for repair in finding.repair_ids
            if repair.state in states
        )

    # -- to stock ----------------------------------------------------------------------

    def _bring_to_stock(self, inspections):
        """Make the transfers of what is repaired; what changes its owner goes at once,
        as two moves explain it that belong together."""
        repaired = {}
        for finding in inspections:
            qty = min(self._get_repaired_qty(finding), finding._get_undisposed_qty())
            if finding.product_uom_id.compare(qty, 0.0) > 0:
                repaired[finding] = qty
        if not repaired:
            return
        findings = inspections.filtered(lambda finding: finding in repaired)
        pickings = self._create_pickings(findings, repaired)
        self._finish(self._get_transformed(pickings).picking_id)

    def _get_disposing_qty(self, inspection):
        return super()._get_disposing_qty(inspection) + self._sum_repairs(
            inspection, ("draft", "confirmed", "under_repair")
        )

    def _undo(self, inspections):
        """Cancel open repairs and transfers; what has moved is returned by its
        transfer."""
        repairs = inspections.repair_ids.filtered(
            lambda repair: repair.state not in ("done", "cancel")
        )
        stopped = repairs.rma_inspection_id
        repairs.action_repair_cancel()
        return super()._undo(
            inspections.filtered(
                lambda finding: (
                    finding not in stopped
                    or any(
                        move.state not in ("done", "cancel")
                        for move in finding.move_ids
                    )
                )
            )
        )

    def _get_documents(self, inspections):
        return [*super()._get_documents(inspections), inspections.repair_ids]
