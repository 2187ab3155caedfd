# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationDispositionVendor(models.AbstractModel):
    """Back to the supplier: one return per supplier and company claims the findings of
    a batch. The goods leave quarantine by its delivery, once the supplier agrees, and
    the finding is disposed of when they have left. What the supplier refuses and sends
    back is in quarantine again, and its finding to be decided anew."""

    _name = "rma.authorization.disposition.vendor"
    _description = "Disposition: Return to Supplier"
    _inherit = ["rma.authorization.disposition"]

    def _check_inspections(self, inspections):
        """Somebody answers for the goods, and they are ours to give away (R68): what
        came to be repaired belongs to the customer."""
        for finding in inspections:
            problem = ""
            if finding.is_customers_property:
                problem = self.env._(
                    "The goods belong to the customer: repair them, or send them back."
                )
            elif finding.responsible == "carrier":
                problem = self.env._(
                    "A carrier pays for damage, and gets no goods: claim it, and "
                    "choose something else for the goods."
                )
            elif finding._is_shipping_claimed():
                # and yet they are here: it isn't open to them any more
                problem = self.env._(
                    "%(supplier)s had it, and it is here again: choose something else "
                    "for the goods.",
                    supplier=finding.vendor_id.display_name,
                )
            else:
                problem = finding._get_claim_problem()
            if problem:
                raise UserError(
                    self.env._(
                        "%(line)s can't go to a supplier. %(problem)s",
                        line=finding.line_id.display_name,
                        problem=problem,
                    )
                )

    def _dispose(self, inspections):
        inspections._claim()

    def _get_disposed_qty(self, inspection):
        return self.env["rma.authorization.transfer"]._get_disposed_qty(inspection)

    def _get_disposing_qty(self, inspection):
        """What is claimed and has not left; what the supplier doesn't take back any
        more isn't."""
        claimed = sum(
            line.product_uom_id._compute_quantity(
                line._get_rest(line._get_permitted_qty(), line.qty_received),
                inspection.product_uom_id,
                rounding_method="HALF-UP",
            )
            for line in inspection._get_shipping_claims()
            if line.state in ("draft", "submitted", "authorized")
        )
        return min(
            claimed,
            inspection.line_id._get_rest(
                inspection.qty, self._get_disposed_qty(inspection)
            ),
        )

    def _undo(self, inspections):
        """Withdraw the claims of goods that have not left.

        :raise UserError: for goods that have
        """
        for finding in inspections:
            line = finding.line_id
            if line.product_uom_id.compare(finding.qty_disposed, 0.0) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: the goods went to the supplier by %(transfers)s. "
                        "Return that transfer first.",
                        line=line.display_name,
                        transfers=", ".join(
                            finding.move_ids.picking_id.mapped("display_name")
                        ),
                    )
                )
        inspections._get_shipping_claims()._withdraw_claims()

    def _get_documents(self, inspections):
        return [inspections.claim_line_ids.authorization_id]
