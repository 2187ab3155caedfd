# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationDemoYear(models.AbstractModel):
    _inherit = "rma.authorization.demo.year"

    def _finish_stories(self, played, returns):
        """Override of `rma_authorization` to have credit notes of their day."""
        for note in returns.settlement_ids.credit_line_ids.move_id:
            if note.state == "draft":
                note.invoice_date = max(
                    played[authorization].moments["settled"].date()
                    for authorization in note.line_ids.rma_line_id.authorization_id
                )
        return super()._finish_stories(played, returns)

    def _is_dated_cost(self, cost):
        """Override of `rma_authorization`: credits have the date of their note."""
        return super()._is_dated_cost(cost) and cost.res_model != "account.move"
