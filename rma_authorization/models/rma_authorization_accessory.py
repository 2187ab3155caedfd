# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain


class RmaAuthorizationAccessory(models.Model):
    """What belongs to goods and comes back with them: a charger, a manual. For a
    product, or for all of a category and of those below it."""

    _name = "rma.authorization.accessory"
    _description = "Accessory of Returned Goods"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Every company when empty."
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Product",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Product Category",
        index="btree_not_null",
        ondelete="cascade",
        help="With the categories below it.",
    )

    _product_or_category = models.Constraint(
        "CHECK((product_tmpl_id IS NULL) <> (categ_id IS NULL))",
        "An accessory belongs to a product or to a category: choose one of the two.",
    )

    @api.model
    def _get_for_lines(self, lines):
        """What has to come back with the goods of these return lines.

        :return: {line: accessories, as superuser}
        """
        # sudo: who sees a return, sees what belongs to its goods
        products_sudo = lines.sudo().product_id
        accessories_sudo = self.sudo().search(
            Domain("company_id", "in", [False, *lines.company_id.ids])
            & (
                Domain("product_tmpl_id", "in", products_sudo.product_tmpl_id.ids)
                | Domain("categ_id", "parent_of", products_sudo.categ_id.ids)
            )
        )
        return {
            line: accessories_sudo.filtered(
                lambda accessory, line=line: accessory._is_for(line.sudo())
            )
            for line in lines
        }

    def _is_for(self, line_sudo):
        self.ensure_one()
        if self.company_id and self.company_id != line_sudo.company_id:
            return False
        product_sudo = line_sudo.product_id
        if self.product_tmpl_id:
            return self.product_tmpl_id == product_sudo.product_tmpl_id
        path = product_sudo.categ_id.parent_path or ""
        return path.startswith(self.categ_id.parent_path)
