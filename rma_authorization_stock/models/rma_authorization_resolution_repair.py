# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationResolutionRepair(models.AbstractModel):
    """A repair order per unit or lot, and the delivery back.

    Repairs under warranty start at once; others wait as drafts for their quotation.
    When a repair is done the goods are sent back; when they have left, it is settled.
    """

    _name = "rma.authorization.resolution.repair"
    _description = "Resolution: Repair"
    _inherit = ["rma.authorization.resolution"]

    def _can_be_paid(self):
        return True

    def _holds_goods(self, settlement):
        return any(
            repair.state not in ("done", "cancel") for repair in settlement.repair_ids
        )

    def _check_settlements(self, settlements):
        """Only goods that are here and have not moved on can be repaired."""
        for settlement in settlements:
            line = settlement.line_id
            if line._get_components():
                raise UserError(
                    self.env._(
                        "%(line)s is a kit and is repaired by component. Make a return "
                        "of the component that is broken.",
                        line=line.display_name,
                    )
                )
            if settlement.inspection_id.disposition_state == "done" or not (
                line._has_open("qty_received")
            ):
                raise self._get_gone_error(settlement)

    def _settle(self, settlements):
        settlements = self._match_findings(settlements)
        # the siblings are ours alone, and are as carried out as the rest
        settlements.is_carried_out = True
        repairs = self.env["repair.order"].create(
            [
                vals
                for settlement in settlements
                for vals in self._prepare_repair_vals_list(settlement)
            ]
        )
        repairs.filtered("under_warranty")._action_repair_confirm()

    def _match_findings(self, settlements):
        """Repaired goods are followed by their finding: each settlement is about one,
        and each of these findings about one settlement.

        :return: the settlements, and their siblings for further findings
        """
        settlements.filtered(
            lambda lone: not lone.inspection_id
        ).line_id._accept_received()
        free = {
            finding: finding._get_undisposed_qty()
            for settlement in settlements
            for finding in settlement.inspection_id or settlement._get_free_findings()
        }
        parts, cuts = {}, {}
        for settlement in settlements:
            rest = settlement.qty
            for finding in settlement.inspection_id or settlement._get_free_findings():
                qty = min(rest, free.pop(finding, 0.0))
                if settlement.product_uom_id.compare(qty, 0.0) <= 0:
                    continue
                rest = settlement.line_id._get_rest(rest, qty)
                if finding.product_uom_id.compare(finding.qty, qty) > 0:
                    cuts[finding] = finding.qty - qty
                parts.setdefault(settlement, []).append(
                    {"qty": qty, "inspection_id": finding.id}
                )
            if settlement.product_uom_id.compare(rest, 0.0) > 0:
                raise self._get_gone_error(settlement)
        settlements = settlements._split(parts)
        self.env["rma.authorization.inspection"]._cut(cuts)
        return settlements

    def _get_gone_error(self, settlement):
        return UserError(
            self.env._(
                "%(line)s can't be repaired: the goods aren't here, or have been "
                "disposed of. Choose another resolution.",
                line=settlement.line_id.display_name,
            )
        )

    def _take_back(self, repairs):
        """Free what cancelled repairs leave undone, and give its goods a finding of
        their own, to be decided anew. What the customer has declined gets nothing,
        unless somebody decides otherwise."""
        for settlement, cancelled in repairs.grouped("rma_settlement_id").items():
            left = settlement.repair_ids.filtered(
                lambda repair: repair.state != "cancel"
            )
            finding = settlement.inspection_id
            if settlement.state == "cancelled" or not left:
                self._give_up(finding, cancelled)
                continue
            line = settlement.line_id
            freed = line.product_id.uom_id._compute_quantity(
                sum(cancelled.mapped("product_qty")),
                line.product_uom_id,
                rounding_method="HALF-UP",
            )
            settlement._free({settlement: freed})
            self._give_up(finding._cut({finding: freed}), cancelled)

    def _give_up(self, finding, repairs):
        if all(repair.rma_is_declined for repair in repairs):
            finding.resolution = "none"

    def _prepare_repair_vals_list(self, settlement):
        """One repair per whole unit; a lot, or a fraction, is repaired as one."""
        line, finding = settlement.line_id, settlement.inspection_id
        qty = line._to_product_uom(settlement.qty)
        is_units = (
            not finding.lot_id and line.product_id.uom_id.compare(qty, round(qty)) == 0
        )
        parts = [1.0] * round(qty) if is_units else [qty]
        quarantine = finding._get_quarantine()
        return [
            {
                "product_id": line.product_id.id,
                "product_qty": part,
                "product_uom": line.product_id.uom_id.id,
                "lot_id": finding.lot_id.id,
                "partner_id": line.partner_id.id,
                "company_id": line.company_id.id,
                "picking_id": finding._get_receipt().picking_id.id,
                "picking_type_id": finding._get_warehouse().repair_type_id.id,
                # repaired where it waits: it never counts as stock on the way
                "product_location_src_id": quarantine.id,
                "product_location_dest_id": quarantine.id,
                "under_warranty": line.under_warranty,
                "repair_request": line.description or line.reason_id.name,
                "user_id": False,
                "rma_id": line.authorization_id.id,
                "rma_line_id": line.id,
                "rma_settlement_id": settlement.id,
            }
            for part in parts
        ]

    def _get_settlement_state(self, settlement):
        repairs = settlement.repair_ids.filtered(
            lambda repair: repair.state != "cancel"
        )
        if not repairs:
            return "cancelled"
        finding = settlement.inspection_id
        is_back = finding.product_uom_id.compare(finding.qty_disposed, finding.qty) >= 0
        if is_back and all(repair.state == "done" for repair in repairs):
            return "done"
        return "in_progress"

    def _undo(self, settlements):
        for repair in settlements.repair_ids:
            if repair.state == "done":
                raise UserError(
                    self.env._(
                        "%(repair)s is repaired, which can't be undone. Settle what is "
                        "left of the authorization.",
                        repair=repair.display_name,
                    )
                )
        settlements.repair_ids.action_repair_cancel()

    def _get_documents(self, settlements):
        return [settlements.repair_ids]
