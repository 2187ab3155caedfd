# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import find_together, lock_rows


class StockMove(models.Model):
    _inherit = "stock.move"

    rma_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Return Line",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rma_inspection_id = fields.Many2one(
        comodel_name="rma.authorization.inspection",
        string="Return Inspection",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The finding whose disposition this move carries out.",
    )

    rma_regraded_move_id = fields.Many2one(
        comodel_name="stock.move",
        string="Regraded From",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The move that took these goods away as what they were before.",
    )
    rma_regraded_move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="rma_regraded_move_id",
        string="Regraded To",
    )
    rma_is_part = fields.Boolean(
        string="Part of Returned Goods",
        readonly=True,
        copy=False,
        help="Taken out of what the move before it took away.",
    )

    def _update_orderpoints(self):
        """Override of `stock`: what customers send to where nothing is forecast orders
        nothing, so nobody has to look for rules about it."""
        foreign = self.filtered(
            lambda move: (
                not move.rma_line_id
                or move.location_id.warehouse_id
                or move.location_dest_id.warehouse_id
            )
        )
        return super(StockMove, foreign)._update_orderpoints()

    def _prepare_move_split_vals(self, qty):
        """Override of `stock` to keep backorders on their return line."""
        vals = super()._prepare_move_split_vals(qty)
        if self.rma_line_id:
            vals["rma_line_id"] = self.rma_line_id.id
            vals["rma_inspection_id"] = self.rma_inspection_id.id
        if self.rma_regraded_move_id:
            vals["rma_regraded_move_id"] = self.rma_regraded_move_id.id
            vals["rma_is_part"] = self.rma_is_part
        return vals

    def _prepare_merge_moves_distinct_fields(self):
        """Override of `stock`: moves of different return lines never merge."""
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "rma_line_id",
            "rma_inspection_id",
            "rma_regraded_move_id",
        ]

    def _action_done(self, cancel_backorder=False):
        """Override of `stock` to let returns follow the goods, and nothing in that
        nobody authorized."""
        self.env["rma.authorization.arrival"]._check_expected(self)
        self._complete_rma_owner()
        self._read_rma_chains()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        foreign = moves.filtered(lambda move: not move.rma_line_id)
        foreign._check_rma_claims()
        foreign._follow_rma_warranties()
        moves._check_rma_regrades()
        moves._queue_rma_mails()
        moves._update_rma_closure()
        moves._follow_rma_losses()
        return moves

    def _read_rma_chains(self):
        """Read what comes before and after these moves and the deliveries that they
        return: core asks move by move, and writes in between."""
        receipts = self.filtered("rma_line_id")
        (receipts | receipts.origin_returned_move_id)._find_rma_chain()

    def _find_rma_chain(self):
        """Find what comes before and after these moves, and what returns them."""
        find_together(self, ["move_orig_ids", "move_dest_ids", "returned_move_ids"])

    def _queue_rma_mails(self):
        """Tell customers what has arrived, and what is on its way back to them."""
        # sudo: warehouse workers move goods without any rights on returns
        moves_sudo = self.sudo().filtered(
            lambda move: move.rma_line_id and move.state == "done"
        )
        arrived_sudo = moves_sudo.filtered(lambda move: move._is_rma_receipt())
        arrived_sudo.rma_line_id.authorization_id._queue_mail(
            "rma_authorization.mail_template_received"
        )
        sent_back_sudo = moves_sudo.filtered(
            lambda move: move.rma_inspection_id.disposition == "send_back"
        )
        sent_back_sudo.rma_line_id.authorization_id._queue_mail(
            "rma_authorization_stock.mail_template_sent_back"
        )

    def _complete_rma_owner(self):
        """Lines that the worker added by hand belong to whom the goods belong."""
        for move in self.filtered("rma_line_id"):
            if move.restrict_partner_id:
                move.move_line_ids.filtered(
                    lambda line: not line.owner_id
                ).owner_id = move.restrict_partner_id

    def _action_cancel(self):
        """Override of `stock` to let returns follow the goods."""
        res = super()._action_cancel()
        self._update_rma_closure()
        return res

    def _get_available_move_lines_out(
        self, assigned_moves_ids, partially_available_moves_ids
    ):
        """Override of `stock`: what came back to be repaired, with its owner, is not
        there to be returned any more, though it was delivered without one."""
        grouped = super()._get_available_move_lines_out(
            assigned_moves_ids, partially_available_moves_ids
        )
        siblings = self.move_orig_ids.move_dest_ids - self
        if siblings.rma_line_id:
            delivered = self._get_available_move_lines_in()
            for key, qty in list(grouped.items()):
                *place, owner = key
                unowned = (*place, owner.browse())
                if owner and key not in delivered:
                    grouped[unowned] = grouped.get(unowned, 0.0) + qty
        return grouped

    def _update_rma_closure(self):
        """Close or take up the returns whose goods or replacements moved."""
        # sudo: warehouse workers move goods without any rights on returns
        moves_sudo = self.sudo()
        undone_sudo = moves_sudo._get_rma_root()
        # a dependency can't follow returns of returns
        undone_sudo.modified(["quantity"])
        (moves_sudo | undone_sudo).rma_line_id._check_received()
        lines_sudo = (
            moves_sudo | undone_sudo
        ).rma_line_id | moves_sudo.sale_line_id.rma_line_id
        if lines_sudo:
            lines_sudo.authorization_id._update_closure()

    def _is_rma_receipt(self):
        """Whether this move brings returned goods in, rather than disposing of them."""
        self.ensure_one()
        return bool(self.rma_line_id) and not self.rma_inspection_id

    def _is_rma_foreign(self):
        """Whether this move brings in what is on no line of its transfer's return."""
        self.ensure_one()
        return (
            self.location_id.usage == "customer"
            and not self.rma_line_id
            and not self._get_rma_root()
        )

    def _brings_rma_goods(self):
        """Whether the goods of a return come into our hands by this move, and not out
        of them: a receipt does, its reversal doesn't, and so on."""
        self.ensure_one()
        if self.rma_line_id:
            return not self.rma_inspection_id
        return not self.origin_returned_move_id._brings_rma_goods()

    def _get_rma_qty(self, unit):
        """What was moved, or is to be, in `unit`, to the nearest it can tell."""
        self.ensure_one()
        return self.product_uom._compute_quantity(
            self.quantity if self.state == "done" else self.product_uom_qty,
            unit,
            rounding_method="HALF-UP",
        )

    def _get_rma_reversals(self):
        """Done returns of this move that carry out no disposition: they undo it."""
        returned = self.returned_move_ids
        return returned.filtered(
            lambda move: move.state == "done" and not move.rma_inspection_id
        ).with_prefetch(returned._prefetch_ids)

    def _get_rma_net_qty(self, unit):
        """What was moved, or is to be, less what its reversals moved back; in `unit`.
        A reversal that was itself reversed counts no more."""
        self.ensure_one()
        return self._get_rma_qty(unit) - sum(
            move._get_rma_net_qty(unit) for move in self._get_rma_reversals()
        )

    def _get_rma_root(self):
        """The moves of returns that these moves undo, however often over."""
        roots, moves = self.browse(), self.origin_returned_move_id
        while moves:
            roots |= moves.filtered("rma_line_id")
            moves = (moves - roots).origin_returned_move_id
        return roots

    # -- value -------------------------------------------------------------------------

    def _get_value_from_production(self, quantity, at_date=None):
        """Override of `stock_account` to value regraded goods: see the disposition."""
        taken = self.rma_regraded_move_id
        if not taken:
            return super()._get_value_from_production(quantity, at_date)
        if self.product_id.cost_method == "standard":
            return self._get_value_from_std_price(quantity, at_date=at_date)
        if self.rma_is_part:
            handler = self.env["rma.authorization.disposition.harvest"]
            worth = handler._get_part_values(taken)[self]
        else:
            worth = self._get_rma_regraded_value(taken)
        value = worth * quantity / self._get_valued_qty()
        return {
            "value": value,
            "quantity": quantity,
            "description": self._get_rma_origin_text(taken.product_id),
        }

    def _get_rma_regraded_value(self, taken):
        """The lower of what left and of the own cost, where there is one."""
        own = self.price_unit * self._get_valued_qty()
        if self.company_currency_id.compare_amounts(self.price_unit, 0.0) > 0:
            return min(taken.value, own)
        return taken.value

    def _get_rma_origin_text(self, product):
        name = product.display_name
        if self.rma_is_part:
            return self.env._("Taken out of %(product)s", product=name)
        if self.product_id == product:
            return self.env._("Given up by its owner")
        return self.env._("Regraded from %(product)s", product=name)

    def _set_value(self, correction_quantity=None):
        """Override of `stock_account`: what a done move is worth may be corrected."""
        res = super()._set_value(correction_quantity=correction_quantity)
        done = self.filtered(lambda move: move.state == "done")
        done.filtered(
            lambda move: move.rma_inspection_id or move.rma_regraded_move_id
        )._follow_rma_losses()
        done.repair_id._follow_rma_costs()
        return res

    def _is_rma_loss(self):
        """Whether this move took goods of a return off our books: by scrapping, or by
        regrading them."""
        self.ensure_one()
        return (
            bool(self.rma_inspection_id)
            and self.state == "done"
            and self.location_dest_id.usage in ("inventory", "production")
        )

    def _get_rma_value_lost(self):
        """What was lost by such a move, in the company's currency: what left, less what
        came in for it, less what was taken back of both."""
        self.ensure_one()
        return self._get_rma_net_value() - sum(
            move._get_rma_net_value()
            for move in self.rma_regraded_move_ids
            if move.state == "done"
        )

    def _get_rma_net_value(self):
        self.ensure_one()
        return self.value - sum(self._get_rma_reversals().mapped("value"))

    def _follow_rma_losses(self):
        """Keep the cost ledger of the returns whose goods these moves wrote off, or
        brought back."""
        if self.env.context.get("rma_costs_later"):
            return
        # sudo: nobody who moves goods needs rights on costs
        moves_sudo = self.sudo()
        moves_sudo |= moves_sudo.origin_returned_move_id
        moves_sudo |= moves_sudo.rma_regraded_move_id
        lines_sudo = moves_sudo.filtered(lambda move: move._is_rma_loss()).rma_line_id
        if lines_sudo:
            self.env["rma.authorization.cost"].sudo()._follow_losses(lines_sudo)

    def _check_rma_regrades(self):
        """What was regraded is what it was again, in the same quantity and under the
        same numbers, when that is taken back: nothing else explains where it is.

        :raise UserError: naming the transfer that takes back one side only
        """
        undone_sudo = self.sudo().origin_returned_move_id
        for move in undone_sudo.origin_returned_move_id:
            if move.rma_regraded_move_id or move.rma_regraded_move_ids:
                raise UserError(
                    self.env._(
                        "%(product)s was turned back into what it was. Regrade it "
                        "again by the disposition on its return, not by a transfer.",
                        product=move.product_id.display_name,
                    )
                )
        for taken in undone_sudo.rma_regraded_move_id | undone_sudo.filtered(
            # what takes goods away to regrade them carries out a finding
            lambda move: move.rma_inspection_id and move.rma_regraded_move_ids
        ):
            regraded = taken.rma_regraded_move_ids
            if any(regraded.mapped("rma_is_part")):
                taken._check_rma_put_together()
                continue
            unit = regraded.product_id.uom_id
            before = taken._get_rma_reversed_numbers(unit)
            after = regraded._get_rma_reversed_numbers(unit)
            if any(
                unit.compare(before.get(name, 0.0), after.get(name, 0.0))
                for name in before.keys() | after.keys()
            ):
                raise UserError(
                    self.env._(
                        "%(transfer)s: as much of %(before)s must come back as goes of "
                        "%(after)s, under the same numbers. Correct the quantities.",
                        transfer=taken.picking_id.display_name,
                        before=taken.product_id.display_name,
                        after=regraded.product_id.display_name,
                    )
                )

    def _check_rma_put_together(self):
        """What was taken apart is put together whole, of the very same parts, or stays
        apart.

        :raise UserError: naming the transfer that does it by halves
        """
        self.ensure_one()
        handler = self.env["rma.authorization.disposition.harvest"]
        moves = handler._get_sources(self) | self.rma_regraded_move_ids
        if not any(move._get_rma_reversals() for move in moves):
            return
        for move in moves:
            unit = move.product_id.uom_id
            if any(
                unit.compare(qty, 0.0) != 0
                for qty in move._get_rma_net_numbers().values()
            ):
                raise UserError(
                    self.env._(
                        "%(transfer)s: %(product)s was taken apart whole, so it is put "
                        "together of all its parts, under the same numbers. Enter the "
                        "whole quantity of each.",
                        transfer=self.picking_id.display_name,
                        product=self.product_id.display_name,
                    )
                )

    def _get_rma_reversed_numbers(self, unit):
        """What the reversals of these moves moved back: {lot's name: quantity in unit},
        without a name what has no lot."""
        numbers = {}
        for move_line in self._get_rma_reversals().move_line_ids:
            name = move_line.lot_id.name
            numbers[name] = numbers.get(name, 0.0) + (
                move_line.product_uom_id._compute_quantity(
                    move_line.quantity, unit, rounding_method="HALF-UP"
                )
            )
        return numbers

    # -- warranty ----------------------------------------------------------------------

    def _get_rma_moment(self):
        """When these goods arrived, as its transfer says."""
        return self.picking_id.date_done or self.date

    def _get_rma_net_numbers(self):
        """What was moved less what its reversals moved back: {lot: quantity in the
        product's unit}, with an empty lot for what has none."""
        self.ensure_one()
        numbers = {}
        for move_line in self.move_line_ids:
            lot = move_line.lot_id
            numbers[lot] = numbers.get(lot, 0.0) + move_line.quantity_product_uom
        for reversal in self._get_rma_reversals():
            for lot, qty in reversal._get_rma_net_numbers().items():
                numbers[lot] = numbers.get(lot, 0.0) - qty
        return numbers

    def _follow_rma_warranties(self):
        """What comes back without an authorization loses its warranty, and gets it
        again when that is undone; moves that return nothing aren't looked at."""
        # sudo: workers move goods without rights on warranties
        origins_sudo = moves_sudo = self.sudo().origin_returned_move_id
        while moves_sudo:
            moves_sudo = moves_sudo.origin_returned_move_id
            origins_sudo |= moves_sudo
        if origins_sudo:
            warranties_sudo = self.env["rma.authorization.warranty"].sudo()
            warranties_sudo.search(
                [("move_id", "in", origins_sudo.ids)]
            )._follow_returns()

    # -- returnable ledger -------------------------------------------------------------

    def _is_rma_delivery(self):
        """Whether this move has brought goods to a customer for the first time: neither
        a return of a return of ours, nor a disposition."""
        self.ensure_one()
        return (
            self.state == "done"
            and self.location_dest_id.usage == "customer"
            and self.location_id.usage != "customer"
            and not self.rma_line_id
            and not self._get_rma_root()
        )

    def _get_rma_unreturned_qty(self, ignore=None):
        """What of a delivery has no return yet, done or planned, in the move's unit.

        :param ignore: return lines whose own receipts don't count
        """
        self.ensure_one()
        returned = sum(
            move._get_rma_net_qty(self.product_uom) - move._get_rma_sent_back_qty()
            for move in self.returned_move_ids
            if move.state != "cancel" and move.rma_line_id not in (ignore or [])
        )
        return max(self.product_uom.round(self.quantity - returned), 0.0)

    def _get_rma_sent_back_qty(self):
        """What of a receipt went back to the customer by a disposition, in the unit of
        the delivery that it returns."""
        self.ensure_one()
        return sum(
            move._get_rma_net_qty(self.origin_returned_move_id.product_uom)
            for move in self.returned_move_ids
            if move.rma_inspection_id
            and move.state == "done"
            and move.location_dest_id.usage == "customer"
        )

    def _get_rma_returnable_qty(self, ignore=None):
        """How much of each delivery can still be returned: the returnable ledger of
        deliveries, which is that of their order line where they have one.

        :param ignore: return lines that don't count, because they ask
        :return: {move: quantity in its unit, negative where too much was taken}
        """
        # sudo: units on returns that the user may not see are taken all the same
        lines_sudo = self.env["rma.authorization.line"].sudo()
        taking_sudo = lines_sudo.search(
            [
                ("move_id", "in", self.ids),
                ("state", "in", ("submitted", "authorized", "closed")),
            ]
        )
        order_lines = self.sale_line_id._get_rma_returnable_qty(ignore)
        returnable = {}
        for move in self:
            own_sudo = taking_sudo.filtered(
                lambda line, move=move: line.move_id == move
            )
            asking_sudo = own_sudo - (ignore or lines_sudo)._origin.sudo()
            rest = move.product_uom.round(
                move.sudo()._get_rma_unreturned_qty(ignore=own_sudo)
                - sum(line._get_taken_move_qty() for line in asking_sudo)
            )
            order_line = move.sale_line_id
            if order_line.product_id == move.product_id:
                left = order_line.product_uom_id._compute_quantity(
                    order_lines[order_line], move.product_uom, rounding_method="DOWN"
                )
                rest = min(rest, left)
            elif order_line:
                left = order_line._get_rma_component_rest(move.product_id, ignore)
                rest = min(
                    rest,
                    move.product_id.uom_id._compute_quantity(
                        left, move.product_uom, rounding_method="DOWN"
                    ),
                )
            returnable[move] = rest if move._is_rma_delivery() else 0.0
        return returnable

    def _check_rma_claims(self):
        """Refuse returns by hand of what an authorization has taken up; deliveries that
        no return asks for aren't looked at.

        :raise UserError: naming the order or delivery, and who asks for it
        """
        deliveries_sudo = self.sudo().origin_returned_move_id.filtered(
            lambda move: move._is_rma_delivery()
        )
        if not deliveries_sudo:
            return
        claims_sudo = (
            self.env["rma.authorization.line"]
            .sudo()
            .search(
                [
                    ("state", "in", ("submitted", "authorized", "closed")),
                    "|",
                    ("move_id", "in", deliveries_sudo.ids),
                    ("sale_line_id", "in", deliveries_sudo.sale_line_id.ids),
                ]
            )
        )
        deliveries_sudo.filtered(
            lambda move: (
                move in claims_sudo.move_id
                or move.sale_line_id in claims_sudo.sale_line_id
            )
        )._check_rma_returnable()

    def _check_rma_returnable(self):
        """Refuse returns of more than these deliveries brought (R1); the rows are
        locked before they are judged.

        :raise UserError: naming the delivery, and what is too many
        """
        lock_rows(self)
        self.sale_line_id._check_rma_returnable()
        for move, rest in self._get_rma_returnable_qty().items():
            if move.product_uom.compare(rest, 0.0) < 0:
                raise UserError(
                    self.env._(
                        "%(product)s, %(delivery)s: %(over)s %(unit)s too many, of "
                        "%(delivered)s delivered; what is on other returns or came "
                        "back counts as well. Lower the quantity.",
                        product=move.product_id.display_name,
                        delivery=move.reference,
                        over=-rest,
                        delivered=move.quantity,
                        unit=move.product_uom.name,
                    )
                )
