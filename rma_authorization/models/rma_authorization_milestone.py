# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationMilestone(models.AbstractModel):
    """Is about a milestone of a return: something that has to happen in time.

    Another addon adds one by `selection_add` on this field, and says through
    `rma.authorization._get_open_milestones` when its clock runs: targets and timers
    follow.
    """

    _name = "rma.authorization.milestone"
    _description = "Milestone of a Return"

    milestone = fields.Selection(
        selection=[
            ("first_answer", "First Answer"),
            ("decision", "Decision"),
            ("receipt", "Receipt"),
            ("inspection", "Inspection"),
            ("resolution", "Resolution"),
        ],
        required=True,
        index=True,
    )
