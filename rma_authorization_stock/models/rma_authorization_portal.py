# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools.misc import format_date


class RmaAuthorizationPortal(models.AbstractModel):
    _inherit = "rma.authorization.portal"

    def _get_received_date(self):
        """Override of `rma_authorization`: when the last receipt was done."""
        self.ensure_one()
        receipts = self.line_ids._get_receipts().filtered(
            lambda move: move.state == "done"
        )
        return max(receipts.mapped("date"), default=super()._get_received_date())

    def _get_step_authorized(self):
        """Override of `rma_authorization`: a quotation waits for the customer."""
        estimates = self.repair_ids.filtered(
            lambda repair: repair.rma_estimate_state == "sent"
        )
        if not estimates or self.awaiting_customer:
            return super()._get_step_authorized()
        text = self.env._(
            "The repair isn't for free. Please accept or decline our quotation, which "
            "is among the documents below."
        )
        if days := [day for day in estimates.mapped("rma_estimate_validity") if day]:
            text += " " + self.env._(
                "It is valid until %(date)s.", date=format_date(self.env, min(days))
            )
        return "customer", text

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
            elif any(order.repair_order_ids.mapped("rma_is_unanswered")):
                note = self.env._("not answered in time")
            elif any(order.repair_order_ids.mapped("rma_is_declined")):
                note = self.env._("declined")
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
        for repair in self.repair_ids.filtered(lambda one: one.state == "done"):
            documents.append(
                {
                    "label": self.env._("Test Report"),
                    "name": repair.name,
                    "url": self.get_portal_url(suffix=f"/repair/{repair.id}"),
                    "note": repair.lot_id.name,
                }
            )
        return documents
