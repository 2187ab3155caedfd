# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationDispositionScrap(models.AbstractModel):
    """Scrapped, through the ERP's own scrap order."""

    _name = "rma.authorization.disposition.scrap"
    _description = "Disposition: Scrap"
    _inherit = ["rma.authorization.disposition"]

    def _dispose(self, inspections):
        allocated = self.env["rma.authorization.goods"]._allocate(inspections)
        for finding, parcels in allocated.items():
            finding._check_given_up(parcels)
        scraps = self.env["stock.scrap"].create(
            [
                self._prepare_scrap_vals(finding, parcel, qty)
                for finding, parcels in allocated.items()
                for parcel, qty in parcels
            ]
        )
        # core values goods for one company at a time, and scraps one by one: what was
        # lost is written down once, for all
        for company, own in scraps.grouped("company_id").items():
            own.with_company(company).with_context(rma_costs_later=True).do_scrap()
        scraps.move_ids._follow_rma_losses()
        inspections.filtered(
            lambda finding: finding._has_certificate()
        )._post_certificates()

    def _prepare_scrap_vals(self, finding, parcel, qty):
        return {
            "product_id": parcel.product.id,
            "product_uom_id": parcel.product.uom_id.id,
            "scrap_qty": qty,
            "lot_id": parcel.lot.id,
            "owner_id": parcel.owner.id,
            "location_id": parcel.location.id,
            "company_id": finding.company_id.id,
            "origin": finding.authorization_id.display_name,
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
