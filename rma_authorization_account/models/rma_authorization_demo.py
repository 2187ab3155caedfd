# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields, models


class RmaAuthorizationDemo(models.AbstractModel):
    _inherit = "rma.authorization.demo"

    def _invoice(self, order, case):
        """Override of `rma_authorization` to invoice what was delivered."""
        res = super()._invoice(order, case)
        invoice = order._create_invoices()
        invoice.invoice_date = fields.Date.context_today(self) - timedelta(
            days=case.days
        )
        invoice.action_post()
        return res

    def _finish_documents(self, authorization):
        """Override of `rma_authorization` to post the credit notes."""
        res = super()._finish_documents(authorization)
        drafts = authorization.settlement_ids.credit_line_ids.move_id.filtered(
            lambda move: move.state == "draft"
        )
        if drafts:
            drafts.action_post()
        return res
