# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationSupplierGoods(models.AbstractModel):
    """Base of the answers with which goods come back from a supplier: an ordinary
    receipt, done when they are here."""

    _name = "rma.authorization.supplier.goods"
    _description = "Answer of a Supplier with Goods"
    _inherit = ["rma.authorization.resolution"]

    def _sends_goods(self, settlement):
        """Whether something comes back for this answer."""
        return settlement.line_id.product_id.type == "consu"

    def _settle(self, settlements):
        sending = settlements.filtered(self._sends_goods)
        self.env["rma.authorization.shipment"]._create_receipts(sending)

    def _get_settlement_state(self, settlement):
        moves = settlement.answer_move_ids.filtered(lambda move: move.state != "cancel")
        if not moves:
            return "cancelled" if settlement.answer_move_ids else "done"
        arrived = settlement._get_arrived_qty()
        is_here = settlement.product_uom_id.compare(arrived, settlement.qty) >= 0
        return "done" if is_here else "in_progress"

    def _undo(self, settlements):
        """Cancel what is expected; what is here stays.

        :raise UserError: naming the transfer that brought it
        """
        arrived = settlements.answer_move_ids.filtered(
            lambda move: move.state == "done"
        )
        for move in arrived:
            raise UserError(
                self.env._(
                    "%(line)s: what the supplier has sent is here by %(transfer)s. "
                    "Return that transfer first.",
                    line=move.rma_supplier_line_id.display_name,
                    transfer=move.picking_id.display_name,
                )
            )
        settlements.is_cancelled = True
        settlements.answer_move_ids.filtered(
            lambda move: move.state != "cancel"
        )._action_cancel()

    def _get_documents(self, settlements):
        return [settlements.answer_move_ids.picking_id]
