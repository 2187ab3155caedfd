# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields, models


class RmaAuthorizationDemo(models.AbstractModel):
    _inherit = "rma.authorization.demo"

    def _invoice(self, orders, days):
        """Override of `rma_authorization` to invoice what was delivered."""
        res = super()._invoice(orders, days)
        today = fields.Date.context_today(self)
        age_of = dict(zip(orders, days, strict=True))
        invoices = orders._create_invoices(grouped=True)
        for invoice in invoices:
            order = invoice.line_ids.sale_line_ids.order_id
            invoice.invoice_date = today - timedelta(days=age_of[order])
        invoices.sorted("invoice_date").action_post()
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
