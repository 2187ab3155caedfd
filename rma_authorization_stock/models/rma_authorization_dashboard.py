# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.rma_authorization.models.rma_authorization_dashboard import (
    ROLE_USER,
    Queue,
)

ROLE_WAREHOUSE = "rma_authorization_stock.group_rma_warehouse"
ROLE_REPAIR = "rma_authorization_stock.group_rma_repair"


class RmaAuthorizationDashboard(models.AbstractModel):
    _inherit = "rma.authorization.dashboard"

    @api.model
    def _get_queues(self):
        """Override of `rma_authorization` to add the goods in quarantine, repairs past
        their promised time, and units on loan that should be back."""
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
        return [
            *queues,
            Queue(
                "repair_late",
                self.env._("Repairs Past Due"),
                "fa-wrench",
                [
                    ("rma_line_id", "!=", False),
                    ("state", "in", ("draft", "confirmed", "under_repair")),
                    (
                        "rma_timer_ids",
                        "any",
                        [
                            ("state", "=", "running"),
                            ("date_due", "<", fields.Datetime.now()),
                        ],
                    ),
                ],
                "repair.action_repair_order_tree",
                (ROLE_USER, ROLE_REPAIR),
                "repair.order",
                is_alarm=True,
            ),
            Queue(
                "loaner_late",
                self.env._("Loaners Overdue"),
                "fa-exchange",
                [("is_overdue", "=", True)],
                "rma_authorization_stock.rma_authorization_loaner_action",
                (ROLE_USER, ROLE_WAREHOUSE),
                "rma.authorization.loaner",
                is_alarm=True,
            ),
        ]
