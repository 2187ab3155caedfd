# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationDispositionScrap(models.AbstractModel):
    """Scrapped, through the ERP's own scrap order."""

    _name = "rma.authorization.disposition.scrap"
    _description = "Disposition: Scrap"
    _inherit = ["rma.authorization.disposition"]

    def _dispose(self, inspections):
        scraps = self.env["stock.scrap"].create(
            [self._prepare_scrap_vals(finding) for finding in inspections]
        )
        for scrap in scraps:
            if not scrap.check_available_qty():
                raise UserError(
                    self.env._(
                        "%(line)s: there are no %(qty)s %(unit)s in %(location)s to "
                        "scrap. "
                        "Check where the goods are.",
                        line=scrap.rma_inspection_id.line_id.display_name,
                        qty=scrap.scrap_qty,
                        unit=scrap.product_uom_id.name,
                        location=scrap.location_id.display_name,
                    )
                )
        scraps.do_scrap()

    def _prepare_scrap_vals(self, finding):
        line = finding.line_id
        return {
            "product_id": line.product_id.id,
            "product_uom_id": line.product_id.uom_id.id,
            "scrap_qty": line._to_product_uom(finding.qty),
            "lot_id": finding.lot_id.id,
            "owner_id": finding._get_owner().id,
            "location_id": finding._get_quarantine().id,
            "company_id": line.company_id.id,
            "origin": line.authorization_id.display_name,
            "rma_inspection_id": finding.id,
        }

    def _get_disposed_qty(self, inspection):
        return self.env["rma.authorization.transfer"]._get_disposed_qty(inspection)

    def _undo(self, inspections):
        raise UserError(
            self.env._(
                "%(lines)s: scrapped goods can't be taken back. Correct the stock "
                "by an "
                "inventory adjustment.",
                lines=", ".join(inspections.line_id.mapped("display_name")),
            )
        )

    def _get_documents(self, inspections):
        return [
            self.env["stock.scrap"].search(
                [("rma_inspection_id", "in", inspections.ids)]
            )
        ]
