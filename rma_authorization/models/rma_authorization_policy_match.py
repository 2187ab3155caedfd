# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationPolicyMatch(models.AbstractModel):
    """Which returns a policy is for. Conditions left empty match everything."""

    _name = "rma.authorization.policy.match"
    _description = "Conditions of a Return Policy"

    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Every company when empty."
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        check_company=True,
        help="These customers with all their contacts.",
    )
    product_tmpl_ids = fields.Many2many(
        comodel_name="product.template",
        string="Products",
        check_company=True,
    )
    partner_tag_ids = fields.Many2many(
        comodel_name="res.partner.category",
        string="Customer Tags",
        help="Customers with one of these tags.",
    )
    category_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        help="Products in these categories, or in those below them.",
    )
    reason_ids = fields.Many2many(
        comodel_name="rma.authorization.reason",
        string="Reasons",
        check_company=True,
    )
    customer_kind = fields.Selection(
        selection=[("consumer", "Consumers"), ("business", "Companies")],
        help="Consumers are persons on their own, without a tax number.",
    )
    country_ids = fields.Many2many(
        comodel_name="res.country",
        string="Countries",
        help="Where the goods were sent, or else where the customer is.",
    )
    country_group_ids = fields.Many2many(
        comodel_name="res.country.group", string="Country Groups"
    )
    sales_team_ids = fields.Many2many(
        comodel_name="crm.team",
        string="Sales Channels",
        check_company=True,
        help="Sales teams of the orders.",
    )
    team_ids = fields.Many2many(
        comodel_name="rma.authorization.team",
        string="Return Teams",
        check_company=True,
    )
