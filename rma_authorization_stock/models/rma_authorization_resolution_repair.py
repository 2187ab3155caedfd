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

    def _holds_goods(self, settlement):
        return any(
            repair.state not in ("done", "cancel") for repair in settlement.repair_ids
        )

    def _check_settlements(self, settlements):
        """Only goods that are here and have not moved on can be repaired."""
        for settlement in settlements:
            line = settlement.line_id
            if settlement.inspection_id.disposition_state == "done" or not (
                line._has_open("qty_received")
            ):
                raise UserError(
                    self.env._(
                        "%(line)s can't be repaired: the goods aren't here, or have "
                        "been "
                        "disposed of. Choose another resolution.",
                        line=line.display_name,
                    )
                )

    def _settle(self, settlements):
        self._require_findings(settlements)
        repairs = self.env["repair.order"].create(
            [
                vals
                for settlement in settlements
                for vals in self._prepare_repair_vals_list(settlement)
            ]
        )
        repairs.filtered("under_warranty")._action_repair_confirm()

    def _require_findings(self, settlements):
        """Repaired goods are followed by their finding; make those that lack."""
        for settlement in settlements.filtered(lambda lone: not lone.inspection_id):
            line = settlement.line_id
            findings = line.inspection_ids.filtered(lambda one: not one.settlement_ids)
            findings = findings or line._accept_received()
            settlement.inspection_id = findings[:1]

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
