# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RmaAuthorizationLineQuantity(models.AbstractModel):
    """The quantities of an authorization line, in the line's unit.

    They are counted from documents and findings, never set by a button:
    requested ≥ authorized; received = accepted + rejected once inspected; settled and
    disposed count what was carried out.
    """

    _name = "rma.authorization.line.quantity"
    _description = "Return Line Quantities"
    _inherit = [
        "rma.authorization.resolution.mixin",
        "rma.authorization.disposition.mixin",
    ]

    # quantities of the permission
    qty_requested = fields.Float(string="Requested", digits="Product Unit", default=1.0)
    qty_authorized = fields.Float(
        string="Authorized",
        digits="Product Unit",
        compute="_compute_qty_authorized",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="What may come back. Lower it before authorizing to permit a part.",
    )
    qty_closed = fields.Float(
        string="No Longer Expected",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Authorized, but closed before it arrived.",
    )
    close_reason = fields.Text(readonly=True, copy=False)
    qty_lost = fields.Float(
        string="Lost in Transit",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Of what is no longer expected, this was lost on its way: the customer "
        "can't return it again.",
    )
    qty_lost_due = fields.Float(
        string="Lost, to Settle",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Of what was lost, the customer gets the resolution for this much.",
    )
    qty_returnable = fields.Float(
        string="Returnable",
        digits="Product Unit",
        compute="_compute_qty_returnable",
        # also for technicians and agents, who needn't have the Sales app
        compute_sudo=True,
        help="Delivered and not yet returned, nor on another authorization. Told until "
        "the return is decided.",
    )
    # quantities of the progress
    qty_received_manual = fields.Float(
        string="Received by Hand", digits="Product Unit", readonly=True, copy=False
    )
    qty_received = fields.Float(
        string="Received",
        digits="Product Unit",
        compute="_compute_qty_received",
        store=True,
    )
    qty_accepted = fields.Float(
        string="Accepted",
        digits="Product Unit",
        compute="_compute_qty_inspected",
        store=True,
    )
    qty_rejected = fields.Float(
        string="Rejected",
        digits="Product Unit",
        compute="_compute_qty_inspected",
        store=True,
    )
    qty_inspected = fields.Float(
        string="Inspected",
        digits="Product Unit",
        compute="_compute_qty_inspected",
        store=True,
    )
    qty_settled = fields.Float(
        string="Settled",
        digits="Product Unit",
        compute="_compute_qty_settled",
        store=True,
    )
    qty_settling = fields.Float(
        string="Being Settled",
        digits="Product Unit",
        compute="_compute_qty_settled",
        store=True,
        help="Planned or under way: a document still has to be finished.",
    )
    qty_disposed = fields.Float(
        string="Disposed",
        digits="Product Unit",
        compute="_compute_qty_disposed",
        store=True,
    )
    qty_disposing = fields.Float(
        string="Being Disposed",
        digits="Product Unit",
        compute="_compute_qty_disposed",
        store=True,
        help="Goods on their way out of quarantine, or held by a repair.",
    )
    # quantities still open
    qty_to_receive = fields.Float(
        string="To Receive", digits="Product Unit", compute="_compute_open", store=True
    )
    qty_to_inspect = fields.Float(
        string="To Inspect", digits="Product Unit", compute="_compute_open", store=True
    )
    qty_to_settle = fields.Float(
        string="To Settle", digits="Product Unit", compute="_compute_open", store=True
    )
    qty_to_dispose = fields.Float(
        string="To Dispose", digits="Product Unit", compute="_compute_open", store=True
    )

    _qty_requested_positive = models.Constraint(
        "CHECK(qty_requested >= 0)", "A requested quantity can't be negative."
    )

    # -- computes ------------------------------------------------------------------

    @api.depends("qty_requested")
    def _compute_qty_authorized(self):
        for line in self:
            line.qty_authorized = line.qty_requested

    @api.depends("sale_line_id", "qty_authorized", "state")
    def _compute_qty_returnable(self):
        # what is permitted shows what it permits
        asking = self.filtered(lambda line: line.state in ("draft", "submitted"))
        (self - asking).qty_returnable = 0.0
        by_order_line = asking.sale_line_id._get_rma_returnable_qty(ignore=self)
        for line in asking:
            order_line = line.sale_line_id
            line.qty_returnable = order_line.product_uom_id._compute_quantity(
                by_order_line.get(order_line, 0.0),
                line.product_uom_id,
                # never more than there is
                rounding_method="DOWN",
            )

    @api.depends("qty_received_manual")
    def _compute_qty_received(self):
        for line in self:
            line.qty_received = line.qty_received_manual

    @api.depends("inspection_ids.qty", "inspection_ids.verdict")
    def _compute_qty_inspected(self):
        for line in self:
            accepted = line.inspection_ids.filtered(
                lambda finding: finding.verdict == "accepted"
            )
            line.qty_inspected = sum(line.inspection_ids.mapped("qty"))
            line.qty_accepted = sum(accepted.mapped("qty"))
            line.qty_rejected = line.qty_inspected - line.qty_accepted

    @api.depends("settlement_ids.qty", "settlement_ids.state")
    def _compute_qty_settled(self):
        for line in self:
            by_state = line.settlement_ids.grouped("state")
            empty = line.settlement_ids.browse()
            line.qty_settled = sum(by_state.get("done", empty).mapped("qty"))
            line.qty_settling = sum(
                (
                    by_state.get("in_progress", empty) | by_state.get("planned", empty)
                ).mapped("qty")
            )

    @api.depends("inspection_ids.qty_disposed", "inspection_ids.qty_disposing")
    def _compute_qty_disposed(self):
        for line in self:
            line.qty_disposed = sum(line.inspection_ids.mapped("qty_disposed"))
            line.qty_disposing = sum(line.inspection_ids.mapped("qty_disposing"))

    @api.depends(
        "state",
        "resolution",
        "disposition",
        "advance",
        "qty_authorized",
        "qty_closed",
        "qty_lost_due",
        "qty_received",
        "qty_inspected",
        "qty_settled",
        "qty_settling",
        "qty_disposed",
        "qty_disposing",
        "authorization_id.inspection_required",
    )
    def _compute_open(self):
        for line in self:
            is_permitted = line.state in ("authorized", "closed")
            permitted = line._get_permitted_qty() if is_permitted else 0.0
            received = line.qty_received if is_permitted else 0.0
            settled = line.qty_settled + line.qty_settling
            disposed = line.qty_disposed + line.qty_disposing
            line.qty_to_receive = line._get_rest(
                permitted if line._expects_goods() else 0.0, received
            )
            line.qty_to_inspect = line._get_rest(
                received if line.authorization_id.inspection_required else 0.0,
                line.qty_inspected,
            )
            due = line._get_due_qty(permitted) + line.qty_lost_due
            line.qty_to_settle = line._get_rest(due, settled)
            line.qty_to_dispose = line._get_rest(
                received if line._tracks_goods() else 0.0, disposed
            )

    # -- checks ------------------------------------------------------------------------

    @api.constrains("qty_requested", "qty_authorized")
    def _check_qty_authorized(self):
        """Not in SQL: one quantity is computed from the other, and a request that is
        lowered may be flushed before the permission that follows it."""
        for line in self:
            uom = line.product_uom_id
            if (
                uom.compare(line.qty_authorized, 0.0) < 0
                or uom.compare(line.qty_authorized, line.qty_requested) > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(authorized)s can't be authorized of %(requested)s "
                        "%(unit)s requested. Enter a quantity between zero and that.",
                        line=line.display_name,
                        authorized=line.qty_authorized,
                        requested=line.qty_requested,
                        unit=uom.name,
                    )
                )

    # -- predicates and quantities -----------------------------------------------------

    def _expects_goods(self):
        """Whether these goods come back, or stay with the customer."""
        self.ensure_one()
        disposition = self._get_disposition_handler()
        return self._get_resolution_handler()._expects_goods(self) and (
            disposition is None or disposition._expects_goods(self)
        )

    def _tracks_goods(self):
        """Whether the goods' way after receipt is followed. The base has no stock;
        an addon that has overrides this."""
        return False

    def _to_product_uom(self, qty):
        """`qty` of the line's unit in the product's.

        A third of a dozen is written 0.33 and means four pieces, not 3.96: the whole
        number is taken where it is the same quantity in the line's unit.
        """
        self.ensure_one()
        line_unit, unit = self.product_uom_id, self.product_id.uom_id
        exact = line_unit._compute_quantity(qty, unit, rounding_method="HALF-UP")
        whole = float(round(exact))
        back = unit._compute_quantity(whole, line_unit, rounding_method="HALF-UP")
        return whole if line_unit.compare(back, qty) == 0 else exact

    def _get_permitted_qty(self):
        """What may come back, or has: authorized less closed."""
        self.ensure_one()
        return max(self.qty_authorized - self.qty_closed, 0.0)

    def _get_due_qty(self, permitted):
        """How much passed the gate before settlement (invariant 5): authorized where
        nothing comes first, else received, and inspected where that is required."""
        self.ensure_one()
        if not self._expects_goods() or (
            self._get_resolution_handler()._settles_before_receipt(self)
        ):
            return permitted
        if self.state not in ("authorized", "closed"):
            return 0.0
        if self.authorization_id.inspection_required:
            return self.qty_inspected
        return self.qty_received

    def _get_rest(self, total, done):
        """`total` less `done`, never negative, rounded to the line's unit."""
        self.ensure_one()
        uom = self.product_uom_id
        return max(uom.round(total - done), 0.0) if uom else max(total - done, 0.0)

    def _has_open(self, name):
        """Whether the quantity `name` is more than zero on any of these lines."""
        return any(
            # what isn't above zero needn't be rounded, and that is most of it
            line[name] > 0.0
            and line.product_uom_id
            and line.product_uom_id.compare(line[name], 0.0) > 0
            for line in self
        )

    def _has_started(self):
        """Whether goods came, or a settlement was carried out (R18)."""
        return any(
            self._has_open(name)
            for name in ("qty_received", "qty_settled", "qty_settling")
        )

    def _has_open_work(self):
        """Whether anything is open or under way."""
        return any(
            self._has_open(name)
            for name in (
                "qty_to_receive",
                "qty_to_inspect",
                "qty_to_settle",
                "qty_to_dispose",
                "qty_settling",
                "qty_disposing",
            )
        )

    def _get_progress(self, done, open_names):
        """How far these lines are on one axis: no, pending, partial or done."""
        has_done = self._has_open(done)
        if any(self._has_open(name) for name in open_names):
            return "partial" if has_done else "pending"
        return "done" if has_done else "no"
