# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationInspectionValue(models.AbstractModel):
    """What goods are worth before and after their disposition, in the company's
    currency: estimated by the products' costs of today until they have moved, then as
    the moves say."""

    _name = "rma.authorization.inspection.value"
    _description = "Value of Inspected Goods"

    # not computed with the values: what they depend on, such as the state of every
    # move, would then change a relation, for which Odoo walks the dependencies twice
    company_currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_company_currency_id",
        compute_sudo=True,
    )
    value_before = fields.Monetary(
        compute="_compute_values",
        compute_sudo=True,
        currency_field="company_currency_id",
        help="What the goods are worth in our stock as they are.",
    )
    value_after = fields.Monetary(
        compute="_compute_values",
        compute_sudo=True,
        currency_field="company_currency_id",
        help="What is worth in our stock afterwards: the other product, or the parts.",
    )
    value_difference = fields.Monetary(
        string="Value Gained or Lost",
        compute="_compute_values",
        compute_sudo=True,
        currency_field="company_currency_id",
    )
    is_value_estimated = fields.Boolean(
        compute="_compute_values",
        compute_sudo=True,
        help="The goods haven't moved: by the costs of today.",
    )

    @api.depends("company_id")
    def _compute_company_currency_id(self):
        for finding in self:
            finding.company_currency_id = finding.company_id.currency_id

    @api.depends(
        "qty",
        "disposition",
        "qty_disposed",
        "product_id",
        "regrade_product_id",
        "harvest_ids.product_id",
        "harvest_ids.qty",
        "harvest_ids.product_uom_id",
    )
    def _compute_values(self):
        for finding in self:
            losses = finding.move_ids.filtered(lambda move: move._is_rma_loss())
            finding.is_value_estimated = not (
                losses and finding.product_uom_id.compare(finding.qty_disposed, 0.0) > 0
            )
            if finding.is_value_estimated:
                before, after = finding._estimate_values()
            else:
                before = sum(move._get_rma_net_value() for move in losses)
                after = before - sum(move._get_rma_value_lost() for move in losses)
            finding.value_before = before
            finding.value_after = after
            finding.value_difference = after - before

    def _estimate_values(self):
        """What the goods are worth by today's costs, before and after."""
        self.ensure_one()
        line, company = self.line_id, self.company_id
        before = 0.0
        if line and not self.is_customers_property:
            before = sum(
                product.with_company(company).standard_price * qty
                for product, qty in line._get_needed_goods(self.qty).items()
            )
        after = before
        if self.disposition == "scrap":
            after = 0.0
        elif self.disposition == "harvest":
            after = self._estimate_parts(before)
        elif self._is_regraded_product():
            target = self.regrade_product_id.with_company(company)
            own = target.standard_price * self.product_id.uom_id._compute_quantity(
                line._to_product_uom(self.qty),
                target.uom_id,
                rounding_method="HALF-UP",
            )
            if target.cost_method == "standard":
                after = own
            elif company.currency_id.compare_amounts(own, 0.0) > 0:
                after = min(before, own)
        return before, after

    def _estimate_parts(self, whole):
        parts = []
        for part in self.harvest_ids:
            product = part.product_id.with_company(self.company_id)
            parts.append(
                (
                    part,
                    product.cost_method == "standard",
                    product.standard_price * part._get_product_qty(),
                )
            )
        handler = self.env["rma.authorization.disposition.harvest"]
        values = handler._share_value(whole, parts, self.company_id.currency_id)
        return sum(values.values())
