# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class RmaAuthorizationSettlement(models.Model):
    """What a supplier sends for an answer."""

    # a subject of its own, in a file of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "rma.authorization.settlement"

    answer_move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="rma_answer_id",
        string="Goods from the Supplier",
    )

    @api.depends("answer", "answer_move_ids.state", "answer_move_ids.quantity")
    def _compute_state(self):
        """Extension: an answer is done when its goods are here."""
        return super()._compute_state()

    def _get_promised_qty(self):
        """What of the answer's goods is here, or still to come, in the line's unit."""
        self.ensure_one()
        return sum(
            move._get_rma_net_qty(self.product_uom_id)
            for move in self.answer_move_ids
            if move.state != "cancel"
        )

    def _get_arrived_qty(self):
        """What of the answer's goods is here, in the line's unit."""
        self.ensure_one()
        return sum(
            move._get_rma_net_qty(self.product_uom_id)
            for move in self.answer_move_ids
            if move.state == "done"
        )

    def _check_arrived(self):
        """No more comes than suppliers have answered with; what was sent to them again
        by hand is answered anew.

        :raise UserError: naming the line
        """
        for settlement in self:
            unit = settlement.product_uom_id
            promised = 0.0 if settlement.is_cancelled else settlement.qty
            arrived = settlement._get_arrived_qty()
            if unit.compare(arrived, promised) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: %(arrived)s %(unit)s would be here, the supplier "
                        "has answered with %(promised)s. Lower the quantity, or have "
                        "their answer entered first.",
                        line=settlement.line_id.display_name,
                        arrived=arrived,
                        promised=promised,
                        unit=unit.name,
                    )
                )

    def _follow_answers(self):
        """Free what suppliers don't send any more: its transfer was cancelled."""
        quantities = {}
        for settlement in self:
            if settlement.state == "cancelled" or not settlement.answer_move_ids:
                continue
            missing = settlement.line_id._get_rest(
                settlement.qty, settlement._get_promised_qty()
            )
            if settlement.product_uom_id.compare(missing, 0.0) > 0:
                quantities[settlement] = missing
        if quantities:
            self.env["rma.authorization.settlement"]._free(quantities)
