# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import lock_rows


class RmaAuthorizationLineSupplier(models.AbstractModel):
    """What a line of a return to a supplier has beyond that of a customer: the finding
    that it claims, its worth, and how much of it the supplier has answered."""

    _name = "rma.authorization.line.supplier"
    _description = "Line of a Return to a Supplier"

    source_inspection_id = fields.Many2one(
        comodel_name="rma.authorization.inspection",
        string="Claimed Finding",
        index="btree_not_null",
        copy=False,
        check_company=True,
        ondelete="restrict",
        help="The finding on a customer's return for which the supplier answers.",
    )
    currency_id = fields.Many2one(comodel_name="res.currency")
    claim_value = fields.Monetary(
        string="Claimed Value",
        compute="_compute_claim_value",
        store=True,
        help="What these goods cost us, in the company's currency.",
    )

    @api.depends("qty_authorized", "product_id", "product_uom_id", "direction")
    def _compute_claim_value(self):
        for line in self:
            line.claim_value = (
                line.currency_id.round(line.qty_authorized * line._get_claim_price())
                if line.direction == "supplier"
                and line.product_id
                and line.product_uom_id
                and line.currency_id
                else 0.0
            )

    def _get_claim_price(self):
        """What one unit of this line cost us, in the company's currency. Override where
        the purchase is known."""
        self.ensure_one()
        # sudo: agents ask suppliers without seeing what goods cost
        product = self.product_id.sudo().with_company(self.company_id)
        return product.uom_id._compute_price(
            product.standard_price, self.product_uom_id
        )

    def _get_supplier_details(self):
        """What the supplier needs to find these goods, in one line: numbers, order.
        Override where they are known."""
        self.ensure_one()
        return ""

    # -- checks ------------------------------------------------------------------------

    @api.constrains("source_inspection_id", "product_id", "authorization_id")
    def _check_source_inspection(self):
        """The finding is on the same goods, of a customer, in the same company."""
        for line in self:
            finding = line.sudo().source_inspection_id
            if finding and (
                line.direction != "supplier"
                or finding.line_id.direction != "customer"
                or finding.product_id != line.product_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(finding)s isn't about these goods. Choose a "
                        "finding on the same product, of a customer's return, on a "
                        "return to a supplier.",
                        line=line.display_name,
                        finding=finding.display_name,
                    )
                )

    def _check_claims(self):
        """No more is claimed of a finding than it is about; the findings are locked
        before they are judged."""
        # they are read together, not by lines, of which the lock forgets what is known
        findings_sudo = self.sudo().source_inspection_id.with_prefetch()
        lock_rows(findings_sudo._with_parts())
        findings_sudo._check_claimed()

    def _check_answered(self):
        """A supplier answers for what they have, or what was never to be sent: no more
        of a line is settled than is due. The return is locked.

        :raise UserError: naming the line
        """
        for line in self:
            unit = line.product_uom_id
            due = line._get_due_qty(line._get_permitted_qty()) + line.qty_lost_due
            settled = line.qty_settled + line.qty_settling
            if unit.compare(settled, due) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: %(settled)s %(unit)s would be answered, "
                        "%(supplier)s has %(due)s. Lower the quantities, or ship the "
                        "rest first.",
                        line=line.display_name,
                        settled=settled,
                        due=due,
                        unit=unit.name,
                        supplier=line.partner_id.display_name,
                    )
                )

    def _get_claimed_qty(self):
        """What this line claims of its finding, in the line's unit."""
        self.ensure_one()
        if self.state in ("refused", "cancelled", "expired"):
            return 0.0
        return max(self._get_permitted_qty(), self.qty_received)
