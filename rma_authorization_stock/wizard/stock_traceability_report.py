# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class StockTraceabilityReport(models.TransientModel):
    _inherit = "stock.traceability.report"

    @api.model
    def _get_linked_move_lines(self, move_line):
        """Override of `stock` to follow goods from what they were to what they are."""
        move_lines, is_used = super()._get_linked_move_lines(move_line)
        if move_line.move_id.rma_regraded_move_id:
            move_lines = move_lines or move_line.consume_line_ids
        if move_line.produce_line_ids.move_id.rma_regraded_move_id:
            is_used = is_used or move_line.produce_line_ids
        return move_lines, is_used
