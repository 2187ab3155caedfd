# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationMilestone(models.AbstractModel):
    _inherit = "rma.authorization.milestone"

    milestone = fields.Selection(
        selection_add=[("repair", "Repair")], ondelete={"repair": "cascade"}
    )
