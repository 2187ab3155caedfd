# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationPolicy(models.Model):
    _inherit = "rma.authorization.policy"

    charge_rule_ids = fields.Many2many(
        comodel_name="rma.authorization.charge.rule",
        relation="rma_authorization_policy_charge_rule_rel",
        column1="policy_id",
        column2="rule_id",
        string="Charges",
        check_company=True,
        copy=True,
        help="Charges of this policy alone, beside those for every policy.",
    )
