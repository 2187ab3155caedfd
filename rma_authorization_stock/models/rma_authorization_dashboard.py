# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.rma_authorization.models.rma_authorization_dashboard import (
    ROLE_USER,
    Queue,
)

ROLE_WAREHOUSE = "rma_authorization_stock.group_rma_warehouse"


class RmaAuthorizationDashboard(models.AbstractModel):
    _inherit = "rma.authorization.dashboard"

    @api.model
    def _get_queues(self):
        """Override of `rma_authorization` to add the goods in quarantine."""
        queues = super()._get_queues()
        place = 1 + [queue.key for queue in queues].index("settle")
        queues.insert(
            place,
            Queue(
                "dispose",
                self.env._("To Dispose"),
                "fa-archive",
                [("next_step", "=", "dispose")],
                "rma_authorization.rma_authorization_action",
                (ROLE_USER, ROLE_WAREHOUSE),
            ),
        )
        return queues
