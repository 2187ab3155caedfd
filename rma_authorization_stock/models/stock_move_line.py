# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Where a number has been is asked at the dock and by the returnable ledger. Without
    # it all moves there ever were are read: 100 ms a question at half a million.
    _rma_lot_idx = models.Index("(lot_id) WHERE lot_id IS NOT NULL")
