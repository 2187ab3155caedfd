# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.rma_authorization.models.rma_authorization_dashboard import Queue


class RmaAuthorizationDashboard(models.AbstractModel):
    _inherit = "rma.authorization.dashboard"

    @api.model
    def _get_queues(self):
        """Override of `rma_authorization` to add what waits for the accountant."""
        return [
            *super()._get_queues(),
            Queue(
                "release",
                self.env._("Credits to Release"),
                "fa-undo",
                [
                    ("move_type", "=", "out_refund"),
                    ("rma_id", "!=", False),
                    ("state", "=", "draft"),
                ],
                "rma_authorization_account.rma_credit_action",
                ("account.group_account_invoice",),
                "account.move",
            ),
        ]
