# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockMove(models.Model):
    # a subject of its own, in a file of its own
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _create_repair_sale_order_line(self):
        """Override of `repair`: who repairs returned units makes and completes their
        quotation, also without rights on sales."""
        # sudo: see above; whose repair it is was checked when the part was entered
        returned = self.filtered(lambda move: move.repair_id.rma_settlement_id)
        super(StockMove, returned.sudo())._create_repair_sale_order_line()
        return super(StockMove, self - returned)._create_repair_sale_order_line()

    def _clean_repair_sale_order_line(self):
        """Override of `repair`: what was offered stays on a declined quotation."""
        declined = self.filtered(lambda move: move.repair_id.rma_is_declined)
        return super(StockMove, self - declined)._clean_repair_sale_order_line()
