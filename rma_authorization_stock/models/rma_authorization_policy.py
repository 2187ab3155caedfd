# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .rma_authorization_repeat import REPEAT_DAYS


class RmaAuthorizationPolicy(models.Model):
    _inherit = "rma.authorization.policy"

    repeat_days = fields.Integer(
        string="Repairs Hold for",
        default=REPEAT_DAYS,
        help="Days after a repair in which a unit that comes back is marked, and the "
        "same fault counts as not repaired; never when zero.",
    )

    _repeat_days_positive = models.Constraint(
        "CHECK(repeat_days >= 0)", "Repairs hold for no less than zero days."
    )
