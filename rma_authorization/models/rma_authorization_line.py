# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import find_together, lock_rows

# Held by this module alone, as the key of the flow: see `_create_extra`.
_EXTRA_KEY = object()


class RmaAuthorizationLine(models.Model):
    """One product to be returned, where it came from, and what is wanted for it.

    Its quantities are in `rma.authorization.line.quantity`.
    """

    _name = "rma.authorization.line"
    _description = "Return Authorization Line"
    _inherit = [
        "rma.authorization.line.supplier",
        "rma.authorization.line.owed",
        "rma.authorization.line.waiting",
        "rma.authorization.line.quantity",
        "rma.authorization.line.moment",
        "rma.authorization.line.eligibility",
        "rma.authorization.line.warranty",
        "rma.authorization.line.accessory",
        "rma.authorization.line.proof",
    ]
    _order = "authorization_id desc, sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    authorization_id = fields.Many2one(
        comodel_name="rma.authorization", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="authorization_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="authorization_id.partner_id", store=True, index=True
    )
    state = fields.Selection(related="authorization_id.state", store=True, index=True)
    direction = fields.Selection(related="authorization_id.direction")
    currency_id = fields.Many2one(related="authorization_id.currency_id")
    # product and origin
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        required=True,
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    sale_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Sales Order Line",
        index="btree_not_null",
        check_company=True,
        copy=False,
        domain="[('product_id', '=', product_id), ('state', '=', 'sale')]",
    )
    sale_order_id = fields.Many2one(
        related="sale_line_id.order_id", string="Sales Order"
    )
    # request
    reason_id = fields.Many2one(
        comodel_name="rma.authorization.reason",
        required=True,
        index=True,
        default=lambda self: self.env["rma.authorization.reason"]._get_default(),
    )
    description = fields.Text(
        string="Fault Description", help="What is wrong, in the customer's words."
    )
    advance = fields.Boolean(
        string="In Advance",
        help="The replacement is sent before the goods have come back.",
    )
    replacement_product_id = fields.Many2one(
        comodel_name="product.product",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help="Sent in exchange; the same product when empty.",
    )
    inspection_ids = fields.One2many(
        comodel_name="rma.authorization.inspection", inverse_name="line_id"
    )
    settlement_ids = fields.One2many(
        comodel_name="rma.authorization.settlement", inverse_name="line_id"
    )

    _advance_idx = models.Index("(authorization_id) WHERE advance IS TRUE")

    # -- computes ------------------------------------------------------------------

    @api.depends("product_id", "authorization_id.rma_number", "authorization_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.authorization_id.display_name} {line.product_id.display_name}"
            )

    @api.depends("product_id", "sale_line_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = (
                line.sale_line_id.product_uom_id or line.product_id.uom_id
            )

    def _get_direction(self):
        """Override of the mixin: that of the return."""
        return self.direction

    def _get_open_milestones(self):
        """What is timed for each of these lines, as values of their timers."""
        return [
            {
                "authorization_id": line.authorization_id.id,
                "line_id": line.id,
                "milestone": milestone,
            }
            for line in self
            for milestone, is_open in (
                ("inspection", line._has_open("qty_to_inspect")),
                ("resolution", line._has_open_resolution()),
            )
            if is_open
        ]

    def _has_open_resolution(self):
        """Whether the customer waits for what was decided, or for its documents."""
        return self._has_open("qty_to_settle") or self._has_open("qty_settling")

    def _get_replacement_product(self):
        self.ensure_one()
        return self.replacement_product_id or self.product_id

    # -- checks ------------------------------------------------------------------------

    @api.constrains("product_id", "sale_line_id", "product_uom_id")
    def _check_origin(self):
        """The origin sold this very product, to this customer, in this company (R4);
        the unit can be converted into the product's."""
        (self.product_uom_id | self.product_id.uom_id)._recall()
        for line in self:
            line._check_product()
            order = line.sudo().sale_line_id.order_id
            if order:
                line._check_order(order)

    def _check_product(self):
        self.ensure_one()
        if self.product_id.type == "service":
            raise ValidationError(
                self.env._(
                    "%(product)s is a service and can't be returned. Choose the goods "
                    "that come back.",
                    product=self.product_id.display_name,
                )
            )
        if not self.product_uom_id._has_common_reference(self.product_id.uom_id):
            raise ValidationError(
                self.env._(
                    "%(line)s: %(unit)s can't be converted into %(product_unit)s, the "
                    "unit of the product. Choose a unit of the same kind.",
                    line=self.display_name,
                    unit=self.product_uom_id.name,
                    product_unit=self.product_id.uom_id.name,
                )
            )

    def _check_order(self, order):
        self.ensure_one()
        authorization = self.authorization_id
        if self.sudo().sale_line_id.product_id != self.product_id:
            raise ValidationError(
                self.env._(
                    "%(line)s: %(order)s sold another product on the chosen line. "
                    "Choose the line with %(product)s.",
                    line=self.display_name,
                    order=order.name,
                    product=self.product_id.display_name,
                )
            )
        if (
            order.company_id != authorization.company_id
            or order.partner_id.commercial_partner_id
            != authorization.partner_id.commercial_partner_id
        ):
            raise ValidationError(
                self.env._(
                    "%(line)s: %(order)s belongs to another customer or company than "
                    "the authorization. Choose one of its own orders.",
                    line=self.display_name,
                    order=order.name,
                )
            )

    def _check_requested(self):
        """A submitted line asks for more than nothing."""
        for line in self:
            if line.product_uom_id.compare(line.qty_requested, 0.0) <= 0:
                raise UserError(
                    self.env._(
                        "%(line)s asks for no quantity. Enter how much comes back, or "
                        "remove the line.",
                        line=line.display_name,
                    )
                )

    def _check_returnable(self):
        """No more than was delivered and hasn't come back (R1), under a lock on the
        order lines, so that two people can't authorize the same unit."""
        lines_sudo = self.sudo()
        lines_sudo.sale_line_id._check_rma_returnable()
        self._check_claims()

    # -- CRUD --------------------------------------------------------------------------

    def write(self, vals):
        self._check_enterable(vals)
        frozen = self._get_frozen_fields() & set(vals)
        if frozen:
            self._check_frozen(frozen)
        res = super().write(vals)
        if "authorization_id" in vals:
            # nor may a line come from elsewhere into a return that is decided
            self._check_frozen({"authorization_id"})
        submitted = self.filtered(lambda line: line.state == "submitted")
        if frozen:
            # what is handed in already takes up its units
            submitted._check_returnable()
        if self._get_judged_fields() & set(vals):
            submitted._judge()
        return res

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_enterable(vals)
        lines = super().create(vals_list)
        if self.env.context.get("rma_extra_key") is not _EXTRA_KEY:
            lines._check_frozen(set())
        lines.filtered(lambda line: line.state != "draft")._check_returnable()
        lines.filtered(lambda line: line.state == "submitted")._judge()
        return lines

    def _get_judged_fields(self):
        """What policies look at: where it changes on a request, it is judged anew.
        Override to add an addon's fields."""
        return {
            "product_id",
            "product_uom_id",
            "sale_line_id",
            "qty_requested",
            "reason_id",
            "resolution",
            "advance",
            "condition",
            "description",
        }

    def _create_extra(self, vals_list):
        """Add lines for goods that arrived without being authorized, and were let in.

        :return: the lines, authorized for their whole quantity
        """
        lines = self.with_context(rma_extra_key=_EXTRA_KEY).create(vals_list)
        return lines.with_context(rma_extra_key=None)

    def _get_frozen_fields(self):
        """What stands once the return is permitted: other documents depend on it.
        Override to add an addon's origin."""
        return {
            "authorization_id",
            "product_id",
            "product_uom_id",
            "sale_line_id",
            "source_inspection_id",
            "qty_requested",
            "qty_authorized",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_while_undecided(self):
        self._check_frozen(set())

    def _check_enterable(self, names):
        """State and progress are counted from documents; `readonly` binds the form
        alone, so clients that write them are refused here."""
        counted = [
            self._fields[name]._description_string(self.env)
            for name in names
            if name in self._fields and self._fields[name].readonly
        ]
        if counted and not self.env.su:
            raise UserError(
                self.env._(
                    "%(fields)s of a return line can't be entered: receive, inspect, "
                    "settle or close the return instead.",
                    fields=", ".join(counted),
                )
            )

    def _check_frozen(self, names):
        """Lines stand once the return is permitted: documents depend on them."""
        for line in self:
            if line.authorization_id.state in ("draft", "submitted"):
                continue
            labels = [
                self._fields[name]._description_string(self.env) for name in names
            ]
            raise UserError(
                self.env._(
                    "%(line)s can't be changed (%(fields)s): the return is decided. "
                    "Take the authorization back to draft, or make a new request.",
                    line=line.display_name,
                    fields=", ".join(sorted(labels)) or self.env._("the line itself"),
                )
            )

    # -- business ------------------------------------------------------------------

    def _receive_by_hand(self, quantities):
        """Record arrived quantities where no stock app does.

        :param dict quantities: {line: quantity in its unit}
        :raise UserError: for negative quantities or more than is expected
        """
        lock_rows(self.authorization_id)
        self.authorization_id._check_may_ship()
        for line, qty in quantities.items():
            uom = line.product_uom_id
            if uom.compare(qty, 0.0) < 0 or uom.compare(qty, line.qty_to_receive) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: %(qty)s can't be received, %(expected)s %(unit)s "
                        "are "
                        "expected. Correct the quantity, or authorize the rest first.",
                        line=line.display_name,
                        qty=qty,
                        expected=line.qty_to_receive,
                        unit=uom.name,
                    )
                )
            line.qty_received_manual += qty

    def _read_progress(self):
        """Find in one query what was found and settled: every step asks for it."""
        find_together(self, ["inspection_ids", "settlement_ids"])

    def _accept_received(self):
        """Make an accepting finding for what arrived and has none.

        :return: the inspections made
        """
        return self.env["rma.authorization.inspection"].create(
            [
                vals
                for line in self
                # what a supplier has isn't ours to judge
                if line.direction == "customer"
                and line.product_uom_id.compare(line.qty_received, line.qty_inspected)
                > 0
                for vals in line._prepare_acceptance_vals_list()
            ]
        )

    def _prepare_acceptance_vals_list(self):
        """One accepting finding for all that has none. Override to split by serial."""
        self.ensure_one()
        return [
            self._prepare_inspection_vals(
                self._get_rest(self.qty_received, self.qty_inspected)
            )
        ]

    def _prepare_inspection_vals(self, qty):
        self.ensure_one()
        return {
            "line_id": self.id,
            "qty": qty,
            "verdict": "accepted",
            "resolution": self.resolution,
            "disposition": self.disposition,
        }

    def _close_remaining(self, reason):
        """Stop expecting what has not arrived."""
        # sudo: what is no longer expected is counted, not entered (_check_enterable)
        for line in self.sudo().filtered(
            lambda open_line: open_line._has_open("qty_to_receive")
        ):
            line.write(
                {
                    "qty_closed": line.qty_closed + line.qty_to_receive,
                    "close_reason": reason,
                }
            )

    def _report_lost(self, reason, settle):
        """Stop expecting what was lost on its way. Unlike what was never sent, it isn't
        with the customer any more, and can't be returned again."""
        # sudo: as in _close_remaining
        lines_sudo = self.sudo().filtered(lambda line: line._has_open("qty_to_receive"))
        closed = {line: line.qty_closed for line in lines_sudo}
        lines_sudo._close_remaining(reason)
        for line in lines_sudo:
            # incomplete kits were closed as received, and aren't lost
            qty = line._get_rest(line.qty_closed, closed[line])
            line.write(
                {
                    "qty_lost": line.qty_lost + qty,
                    "qty_lost_due": line.qty_lost_due + (qty if settle else 0.0),
                }
            )

    def _expect_closed(self):
        """Expect again what was closed before it arrived."""
        # sudo: as in _close_remaining
        lines_sudo = self.sudo()
        for line in lines_sudo.filtered("qty_closed"):
            # what was lost stays lost
            line.qty_closed = line.qty_lost
            if not line.qty_lost:
                line.close_reason = False
        self._check_returnable()

    def _prepare_settlement_vals_list(self):
        """What is due on these lines and not settled yet: preview and deed share it.

        Findings come first, each with its own resolution; what needs no finding
        follows with the line's. A line's settlements never exceed what is due, so a
        unit replaced in advance isn't settled again when it arrives (R33): what was
        settled without a finding stands for later findings, those of the line's own
        resolution first.
        """
        return [vals for line in self for vals in line._prepare_due_settlements()]

    def _prepare_due_settlements(self):
        self.ensure_one()
        uom, rest, vals_list = self.product_uom_id, self.qty_to_settle, []
        ahead = self._get_settled_ahead_qty()
        for finding in self.inspection_ids.sorted(
            lambda finding: (finding.resolution != self.resolution, finding.id)
        ):
            open_qty = finding._get_unsettled_qty()
            covered = min(ahead, open_qty)
            ahead -= covered
            qty = min(rest, open_qty - covered)
            if uom.compare(qty, 0.0) > 0:
                rest = self._get_rest(rest, qty)
                vals_list.append(self._prepare_settlement_vals(qty, finding))
        if uom.compare(rest, 0.0) > 0:
            vals_list.append(self._prepare_settlement_vals(rest))
        return vals_list

    def _get_settled_ahead_qty(self):
        """What was settled without a finding: in advance, or before it was judged."""
        self.ensure_one()
        settled = sum(
            settlement.qty
            for settlement in self.settlement_ids
            if not settlement.inspection_id and settlement.state != "cancelled"
        )
        # no finding will ever be about what was lost
        return max(settled - self.qty_lost_due, 0.0)

    def _prepare_settlement_vals(self, qty, inspection=None):
        self.ensure_one()
        return {
            "line_id": self.id,
            "inspection_id": inspection.id if inspection else False,
            "qty": qty,
            "resolution": (inspection or self).resolution,
        }

    def _get_occupied_qty(self):
        """What this line takes up of what was delivered, in the line's unit: what is
        asked for while undecided, what is permitted afterwards, at least what came or
        was settled. Override where goods are known to be back at the customer's."""
        self.ensure_one()
        return max(
            self._get_permitted_qty() + self.qty_lost,
            self.qty_received + self.qty_lost,
            self.qty_settled + self.qty_settling,
        )

    def _get_taken_qty(self):
        """What this line takes up of its order line, in the order line's unit."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self._get_occupied_qty(),
            self.sale_line_id.product_uom_id,
            rounding_method="HALF-UP",
        )
