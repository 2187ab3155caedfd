# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RmaAuthorizationLineMoment(models.AbstractModel):
    _inherit = "rma.authorization.line.moment"

    @api.depends("move_ids.date", "move_ids.picking_id.date_done")
    def _compute_date_received(self):
        """Override of `rma_authorization` to follow the transfers."""
        return super()._compute_date_received()

    def _get_received_moment(self):
        """Override of `rma_authorization`: when the first receipt was done."""
        self.ensure_one()
        moments = [
            move._get_rma_moment()
            for move in self._get_receipts()
            if move.state == "done"
        ]
        return min(moments, default=super()._get_received_moment())
