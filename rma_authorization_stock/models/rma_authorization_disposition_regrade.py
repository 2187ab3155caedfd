# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models
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

    def _prepare_move_vals(self, finding, parcel, qty, destination):
        """Override of the transfer: what becomes something else goes to where stock is
        written off."""
        if finding._is_regraded_product():
            destination = self._get_loss_location(parcel.product, finding.company_id)
        return super()._prepare_move_vals(finding, parcel, qty, destination)

    def _get_loss_location(self, product, company):
        """Where inventory losses of this product go, else the company's first such
        location, which is that of scrap orders."""
        location = product.with_company(company).property_stock_inventory
        if location and location.company_id in (company, company.browse()):
            return location
        return self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", company.id)],
            order="id",
            limit=1,
        )

    def _complete_pickings(self, pickings):
        """Override of the transfer to add the moves of what the goods are now."""
        taken_moves = pickings.move_ids.filtered(
            lambda move: move.rma_inspection_id._is_regraded_product()
        )
        lots = self._get_target_lots(taken_moves)
        self.env["stock.move"].create(
            [self._prepare_regraded_vals(taken, lots) for taken in taken_moves]
        )
        return super()._complete_pickings(pickings)

    def _prepare_regraded_vals(self, taken, lots):
        finding = taken.rma_inspection_id
        target = finding.regrade_product_id.with_company(finding.company_id)
        qty = taken.product_uom._compute_quantity(
            taken.product_uom_qty, target.uom_id, rounding_method="HALF-UP"
        )
        place = {
            "product_id": target.id,
            "location_id": taken.location_dest_id.id,
            "location_dest_id": taken.picking_id.location_dest_id.id,
            "company_id": finding.company_id.id,
        }
        return {
            **place,
            "picking_id": taken.picking_id.id,
            "picking_type_id": taken.picking_type_id.id,
            "product_uom": target.uom_id.id,
            "product_uom_qty": qty,
            "origin": taken.origin,
            "to_refund": False,
            "rma_regraded_move_id": taken.id,
            # its own cost at this moment, which is a limit to what it comes in at
            "price_unit": target.standard_price,
            "move_line_ids": [
                Command.create(
                    {
                        **place,
                        "picking_id": taken.picking_id.id,
                        "product_uom_id": target.uom_id.id,
                        "quantity": qty,
                        "lot_id": lots.get((target, taken.lot_ids.name)),
                        "consume_line_ids": [Command.set(taken.move_line_ids.ids)],
                    }
                )
            ],
        }

    def _get_target_lots(self, taken_moves):
        """The numbers that the goods keep, as numbers of what they are now; created
        where there are none.

        :return: {(product, name): lot's id}
        """
        wanted = {}
        for taken in taken_moves:
            finding = taken.rma_inspection_id
            if taken.lot_ids:
                key = (finding.regrade_product_id, taken.lot_ids.name)
                wanted[key] = finding.company_id
        if not wanted:
            return {}
        lots = self.env["stock.lot"].search(
            [
                ("product_id", "in", [product.id for product, _name in wanted]),
                ("name", "in", [name for _product, name in wanted]),
                ("company_id", "in", [False, *(one.id for one in wanted.values())]),
            ]
        )
        found = {(lot.product_id, lot.name): lot.id for lot in lots}
        missing = [key for key in wanted if key not in found]
        created = self.env["stock.lot"].create(
            [
                {"product_id": product.id, "name": name, "company_id": wanted[key].id}
                for key in missing
                for product, name in [key]
            ]
        )
        return {**found, **dict(zip(missing, created.ids, strict=True))}
