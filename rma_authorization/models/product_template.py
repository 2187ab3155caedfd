# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    rma_warranty_months = fields.Integer(
        string="Warranty",
        company_dependent=True,
        help="Months from the start that the settings choose. With 0 the category "
        "decides, then the categories above it, then the company.",
    )
    rma_no_warranty = fields.Boolean(
        string="No Warranty",
        company_dependent=True,
        help="There is none, whatever the category or the company says.",
    )
    rma_count = fields.Integer(string="Returns", compute="_compute_rma_count")
    rma_return_rate = fields.Float(
        string="Return Rate",
        compute="_compute_rma_return_rate",
        help="Units that came back ÷ units delivered, of goods on orders of the last "
        "12 months.",
    )
    rma_warranty_count = fields.Integer(
        string="Warranties", compute="_compute_rma_warranty_count"
    )

    rma_accessory_ids = fields.One2many(
        comodel_name="rma.authorization.accessory",
        inverse_name="product_tmpl_id",
        string="Accessories",
        help="What has to come back with the product, besides what its category says.",
    )

    @api.constrains("rma_warranty_months", "rma_no_warranty")
    def _check_rma_warranty_months(self):
        self.env["rma.authorization.warranty.term"]._check(self)

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        if any(vals.get("rma_warranty_months") for vals in vals_list):
            # what companies promise is remembered
            self.env.registry.clear_cache()
        return products

    def write(self, vals):
        """Past deliveries of what has a warranty now get their passports."""
        res = super().write(vals)
        self.env["rma.authorization.warranty.term"]._follow(vals)
        return res

    def _compute_rma_count(self):
        self.env["rma.authorization.rate"]._count(self, "product_id.product_tmpl_id")

    def _compute_rma_return_rate(self):
        self.env["rma.authorization.rate"]._rate(self, "product_tmpl_id")

    def action_view_rma(self):
        """Open the returns of these records."""
        return self.env["rma.authorization.rate"]._open(
            self,
            [("line_ids.product_id.product_tmpl_id", "in", self.ids)],
            create=False,
        )

    def _compute_rma_warranty_count(self):
        self.env["rma.authorization.warranty.button"]._count(
            self, "product_id.product_tmpl_id"
        )

    def action_view_rma_warranties(self):
        """Open the warranty passports of these records."""
        return self.env["rma.authorization.warranty.button"]._open(
            self, "product_id.product_tmpl_id"
        )
