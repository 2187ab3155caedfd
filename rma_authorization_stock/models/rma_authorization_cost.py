# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationCost(models.Model):
    _inherit = "rma.authorization.cost"

    # -- value lost --------------------------------------------------------------------

    @api.model
    def _follow_losses(self, lines):
        """Keep the value that goods of these lines lost: scrapped or regraded, less
        what was taken back of it. One row per line and document."""
        vals_by_document = {}
        for move in lines.move_ids:
            if not move._is_rma_loss():
                continue
            document = move.scrap_id or move.picking_id
            key = (move.rma_line_id, document)
            vals = vals_by_document.setdefault(
                key, self._prepare_document_vals(move.rma_line_id, document, move.date)
            )
            vals["kind"] = "value_loss"
            vals["amount"] += move._get_rma_value_lost()
        costs = self.search(
            [
                ("line_id", "in", lines.ids),
                ("kind", "=", "value_loss"),
                ("res_model", "in", ("stock.scrap", "stock.picking")),
            ]
        )
        self._follow_documents(costs, list(vals_by_document.values()))

    @api.model
    def _prepare_document_vals(self, line, document, date):
        return {
            "name": f"{document.display_name}: {line.product_id.display_name}",
            "authorization_id": line.authorization_id.id,
            "line_id": line.id,
            "date": fields.Date.context_today(self, timestamp=date),
            "amount": 0.0,
            "res_model": document._name,
            "res_id": document.id,
        }
