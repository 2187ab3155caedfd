# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import Command, models


class Outcome(NamedTuple):
    """What goods are after a transformation, and the move that took them before it."""

    taken: models.BaseModel
    product: models.BaseModel
    # in the product's unit
    qty: float
    lot: models.BaseModel
    destination: models.BaseModel
    # one of several parts of what was taken
    is_part: bool = False


class RmaAuthorizationTransformation(models.AbstractModel):
    """Base of the dispositions after which goods may be something else: another
    product, several parts, or ours where they were the customer's.

    One transfer has both sides. What the goods were goes from quarantine to the
    location of inventory losses, and what they are now comes from there to stock;
    `rma_regraded_move_id` on the moves that bring leads to the one that took. Goods
    that stay what they are go to stock directly.
    """

    _name = "rma.authorization.transformation"
    _description = "Disposition That May Change What Goods Are"
    _inherit = ["rma.authorization.transfer"]

    def _becomes_other(self, finding, parcel):
        """Whether these goods are something else afterwards. By default what the
        customer gave up becomes ours: core changes an owner in no other way."""
        return bool(finding._get_foreign_owner(parcel.owner))

    def _get_outcome_product(self, taken):
        """As what the goods of this move go to stock."""
        return taken.product_id

    def _check_parcels(self, finding, parcels):
        """Goods received as the customer's property never become stock silently."""
        finding._check_given_up(parcels)
        return super()._check_parcels(finding, parcels)

    # -- moves -------------------------------------------------------------------------

    def _prepare_move_vals(self, finding, parcel, qty, destination):
        """Override of the transfer: what becomes something else goes to where stock is
        written off."""
        if self._becomes_other(finding, parcel):
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
        taken_moves = self._get_transformed(pickings)
        if taken_moves:
            self.env["stock.move"].create(
                [
                    self._prepare_outcome_vals(outcome)
                    for outcome in self._get_outcomes(taken_moves)
                ]
            )
        return super()._complete_pickings(pickings)

    def _get_transformed(self, pickings):
        """The moves that take what becomes something else."""
        return pickings.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "inventory"
        )

    def _get_outcomes(self, taken_moves):
        """What the goods of these moves become: as much, under the same number.

        :rtype: list of `Outcome`
        """
        lots = self._get_outcome_lots(taken_moves)
        outcomes = []
        for taken in taken_moves:
            product = self._get_outcome_product(taken)
            outcomes.append(
                Outcome(
                    taken,
                    product,
                    taken.product_uom._compute_quantity(
                        taken.product_uom_qty,
                        product.uom_id,
                        rounding_method="HALF-UP",
                    ),
                    lots.get((product, taken.lot_ids.name), taken.lot_ids.browse()),
                    taken.picking_id.location_dest_id,
                )
            )
        return outcomes

    def _get_outcome_lots(self, taken_moves):
        """The numbers that the goods keep, as numbers of what they are now; created
        where there are none.

        :return: {(product, name): lot}
        """
        wanted = {
            (self._get_outcome_product(taken), taken.lot_ids.name): taken.company_id
            for taken in taken_moves
            if taken.lot_ids
        }
        if not wanted:
            return {}
        lots = self.env["stock.lot"].search(
            [
                ("product_id", "in", [product.id for product, _name in wanted]),
                ("name", "in", [name for _product, name in wanted]),
                ("company_id", "in", [False, *(one.id for one in wanted.values())]),
            ]
        )
        found = {(lot.product_id, lot.name): lot for lot in lots}
        missing = [key for key in wanted if key not in found]
        created = lots.create(
            [
                {"product_id": product.id, "name": name, "company_id": wanted[key].id}
                for key in missing
                for product, name in [key]
            ]
        )
        return {**found, **dict(zip(missing, created, strict=True))}

    def _prepare_outcome_vals(self, outcome):
        """Values of the move that brings what the goods are now."""
        taken, company = outcome.taken, outcome.taken.company_id
        product = outcome.product.with_company(company)
        place = {
            "product_id": product.id,
            "location_id": taken.location_dest_id.id,
            "location_dest_id": outcome.destination.id,
            "company_id": company.id,
        }
        sources = self._get_sources(taken) if outcome.is_part else taken
        return {
            **place,
            "picking_id": taken.picking_id.id,
            "picking_type_id": taken.picking_type_id.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": outcome.qty,
            "origin": taken.origin,
            "to_refund": False,
            "rma_regraded_move_id": taken.id,
            "rma_is_part": outcome.is_part,
            # its own cost at this moment, which is a limit to what it comes in at
            "price_unit": product.standard_price,
            "move_line_ids": [
                Command.create(
                    {
                        **place,
                        "picking_id": taken.picking_id.id,
                        "product_uom_id": product.uom_id.id,
                        "quantity": outcome.qty,
                        "lot_id": outcome.lot.id,
                        "consume_line_ids": [Command.set(sources.move_line_ids.ids)],
                    }
                )
            ],
        }

    def _get_sources(self, taken):
        """The moves of the same transfer that took the goods of the same finding: they
        may have come in several parcels."""
        return taken.picking_id.move_ids.filtered(
            lambda move: (
                move.rma_inspection_id == taken.rma_inspection_id
                and move.location_dest_id.usage == "inventory"
            )
        )
