# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.rma_authorization.tools import lock_rows


class RmaAuthorizationLine(models.Model):
    """The goods of a return to a supplier: bought on which order, shipped by which
    moves."""

    _inherit = "rma.authorization.line"

    purchase_line_id = fields.Many2one(
        comodel_name="purchase.order.line",
        string="Purchase Order Line",
        index="btree_not_null",
        check_company=True,
        copy=False,
        domain="[('product_id', '=', product_id), ('state', '=', 'purchase')]",
        help="The order on which the goods were bought; its received quantity is "
        "lowered by what the supplier credits.",
    )
    purchase_order_id = fields.Many2one(
        related="purchase_line_id.order_id", string="Purchase Order"
    )
    supplier_move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="rma_supplier_line_id",
        string="Moves to and from the Supplier",
    )

    # -- quantities --------------------------------------------------------------------

    @api.depends(
        "supplier_move_ids.state",
        "supplier_move_ids.quantity",
        "supplier_move_ids.product_uom",
        "direction",
    )
    def _compute_qty_received(self):
        """Extension: what suppliers have got."""
        return super()._compute_qty_received()

    def _get_received_qty(self):
        """Extension: of returns to suppliers what was shipped, and not taken back by
        hand."""
        self.ensure_one()
        if self.direction == "customer":
            return super()._get_received_qty()
        return sum(
            move._get_rma_shipped_qty(self.product_uom_id)
            for move in self._get_deliveries()
            if move.state == "done"
        )

    def _get_deliveries(self):
        """The moves that bring these goods to their supplier, oldest first."""
        lines = self.filtered(lambda line: line.direction == "supplier")
        return lines.supplier_move_ids.filtered(
            lambda move: move._is_rma_shipment()
        ).sorted("id")

    def _tracks_goods(self):
        """Extension: what a supplier has is theirs to put away."""
        return self.direction == "customer" and super()._tracks_goods()

    @api.depends("purchase_line_id")
    def _compute_claim_value(self):
        """Extension: what was paid for them."""
        return super()._compute_claim_value()

    def _get_claim_price(self):
        """Override of `rma_authorization`: the price of the order, in our currency."""
        self.ensure_one()
        # sudo: agents ask suppliers without seeing purchases
        order_line = self.sudo().purchase_line_id
        if not order_line:
            return super()._get_claim_price()
        return self.product_id.uom_id._compute_price(
            order_line._get_stock_move_price_unit(), self.product_uom_id
        )

    # -- origin ------------------------------------------------------------------------

    def _get_supply_origins(self, lot):
        """The receipts from this supplier: those that brought the lot, latest first,
        or else those of the order line, the oldest first."""
        self.ensure_one()
        moves = self.env["stock.move"]
        if lot:
            move_lines = self.env["stock.move.line"].search(
                [
                    ("lot_id", "=", lot.id),
                    ("state", "=", "done"),
                    ("location_id.usage", "=", "supplier"),
                    ("company_id", "=", self.company_id.id),
                    ("move_id.rma_answer_id", "=", False),
                ],
                order="date desc, id desc",
            )
            moves = move_lines.move_id.filtered(
                lambda move: (
                    not move.picking_id.partner_id
                    or move.picking_id.partner_id.commercial_partner_id
                    == self.partner_id.commercial_partner_id
                )
            )
        return moves or self.purchase_line_id.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.location_id.usage == "supplier"
                and not move.rma_answer_id
                and not move.origin_returned_move_id
            )
        ).sorted("date")

    def _get_supply_location(self):
        """Where goods are that nobody has judged: in stock."""
        self.ensure_one()
        return self.authorization_id._get_supply_warehouse().lot_stock_id

    def _get_supplier_details(self):
        """Override of `rma_authorization`: numbers and order."""
        self.ensure_one()
        # sudo: who asks the supplier needs no rights on purchases
        line_sudo = self.sudo()
        lots = line_sudo.lot_ids.mapped("name")
        order = line_sudo.purchase_line_id.order_id
        parts = [", ".join(lots), order.name, order.partner_ref]
        return ", ".join(part for part in parts if part)

    # -- checks ------------------------------------------------------------------------

    @api.constrains("purchase_line_id", "product_id", "authorization_id")
    def _check_purchase_line(self):
        """The order bought this very product, from this supplier, in this company."""
        for line in self:
            order_line = line.sudo().purchase_line_id
            if order_line and (
                line.direction != "supplier"
                or order_line.product_id != line.product_id
                or order_line.company_id != line.company_id
                or order_line.order_id.partner_id.commercial_partner_id
                != line.partner_id.commercial_partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(order)s didn't buy this product from this "
                        "supplier. Choose one of their own orders, or none.",
                        line=line.display_name,
                        order=order_line.order_id.name,
                    )
                )

    def _get_frozen_fields(self):
        """Override of `rma_authorization` to add the purchase."""
        return super()._get_frozen_fields() | {"purchase_line_id"}

    def _check_returnable(self):
        """Extension: no more goes back than was bought and is ours, under a lock on
        order lines and numbers."""
        res = super()._check_returnable()
        suppliers_sudo = self.sudo().filtered(lambda line: line.direction == "supplier")
        for line in suppliers_sudo:
            if line._get_components():
                raise UserError(
                    self.env._(
                        "%(line)s is a kit, which isn't kept in stock. Return its "
                        "components.",
                        line=line.display_name,
                    )
                )
        suppliers_sudo.purchase_line_id._check_rma_returnable()
        suppliers_sudo._check_lots_are_ours()
        return res

    def _check_lots_are_ours(self):
        """A number that goes to a supplier is in our stock, and on no other open return
        to one (R2)."""
        # they are read together, not by lines, of which the lock forgets what is known
        lots = self.lot_ids.with_prefetch()
        lock_rows(lots)
        claims = defaultdict(self.browse)
        for claim in lots._get_rma_open_lines("supplier"):
            for lot in claim.lot_ids:
                claims[lot] |= claim
        for line in self.filtered(lambda line: line._expects_goods()):
            shipped = line._get_deliveries().move_line_ids.lot_id
            for lot in (line.lot_ids - shipped).with_prefetch(lots.ids):
                if problem := line._get_supply_problem(lot, claims[lot]):
                    raise UserError(
                        self.env._(
                            "%(line)s: %(lot)s can't go to a supplier. %(problem)s",
                            line=line.display_name,
                            lot=lot.name,
                            problem=problem,
                        )
                    )

    def _get_supply_problem(self, lot, claims):
        """Why this number can't go to the supplier, as a sentence that says what to do;
        empty if it can.

        :param claims: lines of open returns to suppliers that name it, this one too
        """
        self.ensure_one()
        if not any(
            location.usage == "internal" and location.company_id == self.company_id
            for location in lot._get_rma_locations()
        ):
            return self.env._("It isn't in our stock: name another number.")
        other = claims - self
        if lot.product_id.tracking == "serial" and other:
            return self.env._(
                "It is on %(other)s already: finish or cancel that return first.",
                other=other[0].authorization_id.display_name,
            )
        return ""

    def _check_shipped(self):
        """No more was shipped than the supplier agreed to, and no less than they
        answered for: what deliveries and their reversals add up to."""
        for line in self:
            unit = line.product_uom_id
            if unit.compare(line.qty_received, line._get_permitted_qty()) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: %(shipped)s %(unit)s would be shipped, the supplier "
                        "takes back %(permitted)s. Lower the quantity.",
                        line=line.display_name,
                        shipped=line.qty_received,
                        permitted=line._get_permitted_qty(),
                        unit=unit.name,
                    )
                )
            if line._expects_goods():
                line._check_answered()

    # -- the permission ----------------------------------------------------------------

    def _create_return_pickings(self):
        """Override of `rma_authorization_stock`: goods that go to suppliers are
        shipped."""
        suppliers = self.filtered(
            lambda line: (
                line.direction == "supplier" and line._has_open("qty_to_receive")
            )
        )
        pickings = self.env["rma.authorization.shipment"]._create_deliveries(suppliers)
        customers = self.filtered(lambda line: line.direction == "customer")
        return (
            pickings | super(RmaAuthorizationLine, customers)._create_return_pickings()
        )

    def _close_remaining(self, reason):
        """Extension: what isn't shipped any more leaves no transfer behind."""
        res = super()._close_remaining(reason)
        self.sudo()._get_deliveries().filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()
        return res

    def _get_taken_purchase_qty(self):
        """What this line takes up of its order line, in the order line's unit: what is
        asked for or was shipped, less what the supplier sent back."""
        self.ensure_one()
        if self.state not in ("submitted", "authorized", "closed"):
            return 0.0
        back = sum(
            move._get_rma_net_qty(self.product_uom_id)
            for move in self.supplier_move_ids
            if move.rma_answer_id and move.state == "done"
        )
        return self.product_uom_id._compute_quantity(
            max(self._get_permitted_qty(), self.qty_received) - back,
            self.purchase_line_id.product_uom_id,
            rounding_method="HALF-UP",
        )

    def _withdraw_claims(self):
        """Claim these goods no more: undecided returns lose the lines, agreed ones
        don't expect them any more."""
        undecided = self.filtered(lambda line: line.state in ("draft", "submitted"))
        authorizations = self.authorization_id
        empty = undecided.authorization_id.filtered(
            lambda authorization: authorization.line_ids <= undecided
        )
        empty._cancel(self.env._("Claimed no more"))
        undecided.filtered(lambda line: line.authorization_id not in empty).unlink()
        agreed = self.exists().filtered(lambda line: line.state == "authorized")
        agreed._close_remaining(self.env._("Claimed no more"))
        authorizations._update_closure()
