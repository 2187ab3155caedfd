# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class StockLot(models.Model):
    _inherit = "stock.lot"

    rma_count = fields.Integer(
        string="RMA Count", compute="_compute_rma_count", groups="base.group_user"
    )
    rma_same_fault_count = fields.Integer(
        string="Same Fault",
        compute="_compute_rma_same_fault_count",
        groups="base.group_user",
        help="On how many returns of this number the same fault was found: that of the "
        "most.",
    )
    rma_warranty_count = fields.Integer(
        string="Warranties", compute="_compute_rma_warranty_count"
    )

    def _compute_rma_count(self):
        counts = {}
        for line in self._get_rma_lines():
            for lot in line.lot_ids:
                counts[lot.id] = counts.get(lot.id, 0) + 1
        for lot in self:
            lot.rma_count = counts.get(lot.id, 0)

    def _compute_rma_same_fault_count(self):
        # sudo: as for the number of returns, which it is a part of
        groups = (
            self.env["rma.authorization.inspection"]
            .sudo()
            ._read_group(
                [
                    ("lot_id", "in", self.ids),
                    ("fault_id", "!=", False),
                    ("company_id", "in", self.env.companies.ids),
                ],
                ["lot_id", "fault_id"],
                ["authorization_id:count_distinct"],
            )
        )
        counts = {}
        for lot, _fault, count in groups:
            counts[lot.id] = max(count, counts.get(lot.id, 0))
        for lot in self:
            lot.rma_same_fault_count = counts.get(lot._origin.id, 0)

    def _compute_rma_warranty_count(self):
        self.env["rma.authorization.warranty.button"]._count(self, "lot_id")

    def action_view_rma_warranties(self):
        """Open the warranty passports of these records."""
        return self.env["rma.authorization.warranty.button"]._open(self, "lot_id")

    def _get_rma_lines(self):
        # sudo: everybody who sees a serial sees that it has returns
        return (
            self.env["rma.authorization.line"]
            .sudo()
            .search([("lot_ids", "in", self.ids)])
        )

    def _is_rma_in_hand(self):
        """Whether this number is in a location of ours."""
        self.ensure_one()
        return any(
            quant.location_id.usage == "internal"
            and self.product_uom_id.compare(quant.quantity, 0.0) > 0
            for quant in self.quant_ids
        )

    # -- returnable ledger -------------------------------------------------------------

    def _get_rma_deliveries(self, limit=None):
        """The move lines that brought these numbers to customers, newest first.

        :param int limit: how many are enough; a lot may have been delivered any number
            of times
        """
        # sudo: a service agent judges numbers without the Inventory app
        return (
            self.env["stock.move.line"]
            .sudo()
            .search_fetch(
                [
                    ("lot_id", "in", self.ids),
                    ("state", "=", "done"),
                    ("location_dest_id.usage", "=", "customer"),
                    ("location_id.usage", "!=", "customer"),
                ],
                ["lot_id", "date"],
                order="date desc, id desc",
                limit=limit,
            )
        )

    def _get_rma_returnable_qty(self):
        """How much of each number customers have, and can return: the returnable ledger
        of lots and serials.

        :return: {lot: quantity in the product's unit}
        """
        returnable = dict.fromkeys(self, 0.0)
        if not self:
            return returnable
        # sudo: as in _get_rma_deliveries
        sums = (
            self.env["stock.move.line"]
            .sudo()
            ._read_group(
                [
                    ("lot_id", "in", self.ids),
                    ("state", "=", "done"),
                    "|",
                    ("location_id.usage", "=", "customer"),
                    ("location_dest_id.usage", "=", "customer"),
                ],
                ["lot_id", "location_id", "location_dest_id"],
                ["quantity_product_uom:sum"],
            )
        )
        for lot_sudo, here, there, qty in sums:
            sign = (there.usage == "customer") - (here.usage == "customer")
            returnable[lot_sudo.sudo(self.env.su)] += sign * qty
        return returnable

    def _get_rma_locations(self):
        """Where our stock has these numbers."""
        # sudo: as in _get_rma_deliveries
        quants_sudo = self.sudo().quant_ids.filtered(
            lambda quant: (
                quant.location_id.usage in ("internal", "transit")
                and quant.product_uom_id.compare(quant.quantity, 0.0) > 0
            )
        )
        return quants_sudo.location_id

    def _get_rma_open_lines(self, direction="customer"):
        """The lines of submitted and authorized returns, of customers or to suppliers,
        that name these numbers."""
        return self._get_rma_lines().filtered(
            lambda line: (
                line.state in ("submitted", "authorized")
                and line.direction == direction
            )
        )

    # -- actions -----------------------------------------------------------------------

    def action_create_rma(self):
        """Open the window to start a return of these lots, with where they went.

        :raise UserError: if one was never delivered to a customer
        """
        move_lines = (
            self._get_rma_deliveries().sudo(self.env.su)._filtered_access("read")
        )
        for lot in self - move_lines.lot_id:
            raise UserError(
                self.env._(
                    "%(lot)s was never delivered to a customer, so it can't be "
                    "returned. "
                    "Check the number.",
                    lot=lot.display_name,
                )
            )
        latest = self.env["stock.move.line"].concat(
            *(lines[:1] for lines in move_lines.grouped("lot_id").values())
        )
        create = self.env["rma.authorization.create"]
        moves = latest.move_id
        return create._open_rows(
            moves.picking_id.partner_id,
            moves.company_id,
            create._prepare_move_rows(moves, lots=self),
        )

    def action_return_to_supplier(self):
        """Open the window to start a return of these numbers to who supplied them.

        :raise UserError: if the purchase of one isn't known
        """
        # sudo: as in _get_rma_deliveries
        move_lines_sudo = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.ids),
                    ("state", "=", "done"),
                    ("location_id.usage", "=", "supplier"),
                    ("move_id.purchase_line_id", "!=", False),
                    ("move_id.rma_answer_id", "=", False),
                    ("company_id", "in", self.env.companies.ids),
                ],
                order="date desc, id desc",
            )
        )
        for lot in self - move_lines_sudo.lot_id:
            raise UserError(
                self.env._(
                    "Nobody knows on which purchase order %(lot)s was bought. Start "
                    "the return under Suppliers, and choose supplier and number there.",
                    lot=lot.display_name,
                )
            )
        latest_sudo = self.env["stock.move.line"].concat(
            *(lines[:1] for lines in move_lines_sudo.grouped("lot_id").values())
        )
        order_lines = latest_sudo.move_id.purchase_line_id.sudo(self.env.su)
        return order_lines._open_rma_create(self)

    def action_view_rma(self):
        """Open the returns of these lots."""
        authorizations = self._get_rma_lines().authorization_id.sudo(self.env.su)
        return authorizations._get_records_action(name=self.env._("Returns"))
