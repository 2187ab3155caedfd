# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from .rma_authorization_transformation import Outcome


class RmaAuthorizationDispositionHarvest(models.AbstractModel):
    """Taken apart, at once: the parts that the finding names go to stock.

    **Value.** What was taken apart leaves at the cost of its costing method. A part
    comes in at its own cost; where the parts together would be worth more than what
    they come from, each at its share of that: no value is made by taking things apart,
    and a part without a cost is worth nothing. Parts at standard price come in at that,
    as nothing else is what the stock of them is worth, and the others share the rest.
    What is lost stands in the return's cost ledger, as for regrading.

    **Undo.** The return of the transfer, with the core's window, puts all parts of a
    finding together again: all of them, or none.
    """

    _name = "rma.authorization.disposition.harvest"
    _description = "Disposition: Take Apart for Parts"
    _inherit = ["rma.authorization.disposition.restock"]

    # -- checks ------------------------------------------------------------------------

    def _check_inspections(self, inspections):
        res = super()._check_inspections(inspections)
        for finding in inspections:
            if problem := self._get_problem(finding):
                raise UserError(
                    self.env._(
                        "%(line)s can't be taken apart. %(problem)s",
                        line=finding.line_id.display_name,
                        problem=problem,
                    )
                )
        return res

    def _get_problem(self, finding):
        """Why this finding can't be carried out, as a sentence that says what to do;
        empty if it can."""
        if finding.line_id._get_components():
            return self.env._(
                "It is a kit, whose parts go to stock as they are: choose to put it "
                "back to stock."
            )
        if not finding.harvest_ids:
            return self.env._("Enter on its finding which parts are taken out of it.")
        problems = (part._get_problem() for part in finding.harvest_ids)
        return next((problem for problem in problems if problem), "")

    # -- moves -------------------------------------------------------------------------

    def _becomes_other(self, finding, parcel):
        return True

    def _create_pickings(self, inspections, quantities=None):
        """Override of the transfer: the parts of a finding are one pile, so what they
        come from is in one place."""
        pickings = super()._create_pickings(inspections, quantities)
        for finding in inspections:
            own = pickings.filtered(
                lambda one, finding=finding: finding in one.move_ids.rma_inspection_id
            )
            if len(own) > 1:
                raise UserError(
                    self.env._(
                        "%(line)s: the goods of this finding are in several places "
                        "(%(places)s), so nobody knows where its parts are. Make a "
                        "finding for each place.",
                        line=finding.line_id.display_name,
                        places=", ".join(own.location_id.mapped("display_name")),
                    )
                )
        return pickings

    def _get_outcomes(self, taken_moves):
        outcomes = []
        for finding, moves in taken_moves.grouped("rma_inspection_id").items():
            taken = moves[0]
            outcomes += [
                Outcome(
                    taken,
                    part.product_id,
                    part._get_product_qty(),
                    part.lot_id,
                    part.location_id or taken.picking_id.location_dest_id,
                    is_part=True,
                )
                for part in finding.harvest_ids
            ]
        return outcomes

    # -- value -------------------------------------------------------------------------

    def _get_part_values(self, taken):
        """What the parts come in at.

        :param taken: the move that their moves lead to
        :return: {move of a part: value in the company's currency}
        """
        parts = [
            (
                move,
                move.product_id.cost_method == "standard",
                move._get_valued_qty()
                * (
                    move.product_id.standard_price
                    if move.product_id.cost_method == "standard"
                    else move.price_unit
                ),
            )
            for move in taken.rma_regraded_move_ids.sorted("id")
            if move.state == "done"
        ]
        whole = sum(self._get_sources(taken).mapped("value"))
        return self._share_value(whole, parts, taken.company_currency_id)

    def _share_value(self, whole, parts, currency):
        """Value parts at their own cost, or less where the whole was worth less.

        :param float whole: what the parts come from was worth, in `currency`
        :param parts: list of (key, whether it is at standard price, its own cost)
        :return: {key: value}
        """
        fixed = sum(cost for _key, is_standard, cost in parts if is_standard)
        free = sum(cost for _key, is_standard, cost in parts if not is_standard)
        rest = max(whole - fixed, 0.0)
        share = min(rest / free, 1.0) if free > 0 else 0.0
        values, reached, given = {}, 0.0, 0.0
        for key, is_standard, cost in parts:
            if is_standard:
                values[key] = cost
                continue
            # rounded as they add up, so that no cent is made
            reached += cost * share
            values[key] = currency.round(currency.round(reached) - given)
            given = currency.round(reached)
        return values
