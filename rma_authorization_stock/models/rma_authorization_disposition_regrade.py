# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationDispositionRegrade(models.AbstractModel):
    """Back to stock at once, as another product (B-stock), at another place, or both.

    At another location only, it is an internal transfer: nothing changes in value. As
    another product, the transfer has two moves for each parcel: what it was goes from
    quarantine to the location of inventory losses, and what it is now comes from there
    to stock, in the same quantity, and under the same lot or serial number.

    **Value.** What it was leaves at the cost of its costing method. What it is now
    comes in at the lower of that cost and its own: goods never gain by being regraded,
    and where the new product has no cost yet, the cost goes with the goods. Products at
    standard price come in at their standard price, whatever left, as nothing else is
    what the stock of them is worth. The difference is the loss (or gain) of regrading:
    it stands in the return's cost ledger, and in perpetual valuation in the account of
    the inventory loss location, to which core posts both moves in one journal entry.
    As for scrap, core posts nothing where that location has no account; the difference
    is in the stock variation at the next closing then.

    **Undo.** The return of the transfer, with the core's window, turns the goods back
    into what they were, all or part, and brings them into quarantine again at the cost
    at which they left it.
    """

    _name = "rma.authorization.disposition.regrade"
    _description = "Disposition: Regrade"
    _inherit = ["rma.authorization.disposition.restock"]

    # -- checks ------------------------------------------------------------------------

    def _check_inspections(self, inspections):
        res = super()._check_inspections(inspections)
        for finding in inspections:
            if problem := self._get_problem(finding):
                raise UserError(
                    self.env._(
                        "%(line)s can't be regraded. %(problem)s",
                        line=finding.line_id.display_name,
                        problem=problem,
                    )
                )
        return res

    def _get_problem(self, finding):
        """Why this finding can't be carried out, as a sentence that says what to do;
        empty if it can."""
        target = finding.regrade_product_id
        if not target and not finding.regrade_location_id:
            return self.env._(
                "Enter on its finding as which product it goes to stock, or at which "
                "location."
            )
        location = finding.regrade_location_id
        if location and (
            location.usage != "internal" or location == finding._get_quarantine()
        ):
            return self.env._(
                "%(location)s is no place of our stock: choose another location, or "
                "none for the warehouse's stock.",
                location=location.display_name,
            )
        if not finding._is_regraded_product():
            if not finding.regrade_location_id:
                return self.env._(
                    "It stays the same product: choose another one, or a location."
                )
            return ""
        if finding.line_id._get_components():
            return self.env._(
                "It is a kit, whose parts go to stock: choose a location only."
            )
        return self._get_target_problem(finding.product_id, target, finding.company_id)

    def _get_target_problem(self, product, target, company):
        names = {"product": product.display_name, "target": target.display_name}
        if not target.is_storable or self.env["rma.authorization.kit"]._get_components(
            target, company, self.env["sale.order.line"]
        ):
            return self.env._(
                "%(target)s isn't kept in stock: choose a product that is tracked by "
                "quantity, lot or serial number.",
                **names,
            )
        if target.tracking != product.tracking:
            return self.env._(
                "%(product)s and %(target)s aren't tracked in the same way, so its "
                "number would be lost or lack: choose a product that is tracked alike.",
                **names,
            )
        if not target.uom_id._has_common_reference(product.uom_id):
            return self.env._(
                "%(product)s is counted in %(unit)s, which can't be converted to the "
                "%(target_unit)s of %(target)s: choose a product with such a unit.",
                unit=product.uom_id.name,
                target_unit=target.uom_id.name,
                **names,
            )
        return ""

    # -- moves -------------------------------------------------------------------------

    def _get_finding_destination(self, finding, warehouse):
        return finding.regrade_location_id or warehouse.lot_stock_id

    def _becomes_other(self, finding, parcel):
        return finding._is_regraded_product() or super()._becomes_other(finding, parcel)

    def _get_outcome_product(self, taken):
        return taken.rma_inspection_id.regrade_product_id or taken.product_id
