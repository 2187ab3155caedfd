# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationPortal(models.AbstractModel):
    _inherit = "rma.authorization.portal"

    def _get_received_date(self):
        """Override of `rma_authorization`: when the last receipt was done."""
        self.ensure_one()
        receipts = self.line_ids._get_receipts().filtered(
            lambda move: move.state == "done"
        )
        return max(receipts.mapped("date"), default=super()._get_received_date())

    def _get_customer_documents(self):
        """Override of `rma_authorization` to add the quotations of paid repairs, which
        the customer accepts or declines, and what was sent back."""
        self.ensure_one()
        documents = super()._get_customer_documents()
        for order in self.repair_ids.sale_order_id:
            if order.state == "sent":
                note = self.env._("please accept or decline it")
            elif order.state == "sale":
                note = self.env._("accepted")
            else:
                continue
            documents.append(
                {
                    "label": self.env._("Repair Quotation"),
                    "name": order.name,
                    "url": order.get_portal_url(),
                    "note": note,
                }
            )
        return documents
