# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationPortal(models.AbstractModel):
    _inherit = "rma.authorization.portal"

    def _get_customer_documents(self):
        """Override of `rma_authorization` to add the posted credit notes, and the
        invoices of charges and of goods sold instead."""
        self.ensure_one()
        documents = super()._get_customer_documents()
        invoices = self.charge_ids.move_line_ids.move_id
        invoices |= self.settlement_ids.sale_line_ids.invoice_lines.move_id
        for move in (self.credit_note_ids | invoices).sorted("id"):
            if move.state == "posted" and move.move_type in (
                "out_refund",
                "out_invoice",
            ):
                documents.append(
                    {
                        "label": self.env._("Credit Note")
                        if move.move_type == "out_refund"
                        else self.env._("Invoice"),
                        "name": move.name,
                        "url": move.get_portal_url(),
                        "note": move.currency_id.format(move.amount_total),
                    }
                )
        return documents

    def _get_customer_fees(self):
        """Override of `rma_authorization` to say what the charge rules keep, as far as
        it is known before anybody has seen the goods."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line._get_resolution_handler()._lowers_delivered()
        )
        rules = self.env["rma.authorization.charge.rule"]._get_foreseen(lines)
        return super()._get_customer_fees() + [rule._describe() for rule in rules]
