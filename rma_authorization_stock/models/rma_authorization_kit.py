# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationKit(models.AbstractModel):
    """Knows what kits consist of, where Manufacturing is installed; asks nothing where
    it isn't."""

    _name = "rma.authorization.kit"
    _description = "Kits in Returns"

    def _get_components(self, product, company, order_lines):
        """What one unit of a kit consists of, by the bill of materials by which it was
        delivered, else by today's.

        :param company: whose bills of materials count
        :param order_lines: what sold the kit, may be none
        :return: {component: quantity in its unit}; empty for what is no kit
        """
        if not product or "mrp.bom" not in self.env:
            return {}
        bom = self._get_delivered_bom(product, order_lines)
        # sudo: who handles a return needs no rights in Manufacturing
        product = product.sudo().with_company(company)
        if not bom and product.is_kits:
            boms = self.env["mrp.bom"].sudo()
            bom = boms._bom_find(product, company_id=company.id, bom_type="phantom")[
                product
            ]
        return self._explode(bom, product) if bom else {}

    def _get_parts(self, product, company):
        """What one unit of a product is made of, by its bill of materials of today.

        :param company: whose bills of materials count
        :return: {part: quantity in its unit}; empty where nobody says
        """
        if not product or "mrp.bom" not in self.env:
            return {}
        # sudo: who handles a return needs no rights in Manufacturing
        product = product.sudo().with_company(company)
        boms = self.env["mrp.bom"].sudo()
        bom = boms._bom_find(product, company_id=company.id)[product]
        return self._explode(bom, product) if bom else {}

    def _explode(self, bom, product):
        """{component: quantity in its unit} of one unit of the product."""
        batches = (
            product.uom_id._compute_quantity(1.0, bom.product_uom_id, round=False)
            / bom.product_qty
        )
        components = {}
        for bom_line, data in bom.explode(product, batches)[1]:
            component = bom_line.product_id.sudo(self.env.su)
            if component.type == "consu":
                qty = bom_line.product_uom_id._compute_quantity(
                    data["qty"], component.uom_id, round=False
                )
                components[component] = components.get(component, 0.0) + qty
        return components

    def _get_delivered_bom(self, product, order_lines):
        """The bill of materials by which the first units of these lines left, if any.

        Whatever the number of their deliveries, none is read: a framework order has
        thousands.
        """
        # sudo: as above; what isn't made so any more was delivered so
        template_sudo = product.product_tmpl_id.sudo().with_context(active_test=False)
        boms_sudo = template_sudo.bom_ids.filtered(
            lambda bom: (
                bom.type == "phantom" and bom.product_id in (product, product.browse())
            )
        )
        if not boms_sudo or not order_lines:
            return self.env["mrp.bom"]
        moves_sudo = self.env["stock.move"].sudo()
        first = moves_sudo.search(
            [
                ("sale_line_id", "in", order_lines.ids),
                ("bom_line_id", "in", boms_sudo.bom_line_ids.ids),
            ],
            limit=1,
        )
        return first.bom_line_id.bom_id

    def _count_kits(self, components, quantities):
        """How many whole kits these components make up.

        :param dict components: {component: quantity of one kit}
        :param dict quantities: {component: quantity there is}
        """
        return min(
            self._count_shares(component, need, quantities.get(component, 0.0))
            for component, need in components.items()
        )

    def _count_begun_kits(self, components, quantities):
        """How many kits these components come from, if some are incomplete."""
        return max(
            -self._count_shares(component, need, -quantities.get(component, 0.0))
            for component, need in components.items()
        )

    def _count_shares(self, component, need, qty):
        """`qty` divided by `need`, as a whole number; what rounding the component's
        quantity could have taken away doesn't count."""
        return (qty + component.uom_id.rounding / 2) // need
