# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationSettlement(models.Model):
    """A promise to the customer and its proof: one resolution for some quantity.

    Its state is read from the documents its handler made. While it is planned, under
    way or done it occupies its quantity, so nothing is settled twice; once its
    document is cancelled or deleted the quantity is free again.
    """

    _name = "rma.authorization.settlement"
    _description = "Return Settlement"
    _inherit = [
        "rma.authorization.resolution.mixin",
        "rma.authorization.settlement.answer",
    ]
    _order = "id desc"
    _rec_name = "line_id"

    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    authorization_id = fields.Many2one(
        related="line_id.authorization_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="line_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="authorization_id.currency_id")
    partner_id = fields.Many2one(related="line_id.partner_id")
    product_id = fields.Many2one(
        related="line_id.product_id", store=True, index=True, precompute=True
    )
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    inspection_id = fields.Many2one(
        comodel_name="rma.authorization.inspection",
        readonly=True,
        index="btree_not_null",
        # those that stand keep their finding: see its `_check_changeable`
        ondelete="set null",
    )
    qty = fields.Float(
        string="Quantity", digits="Product Unit", required=True, readonly=True
    )
    resolution = fields.Selection(readonly=True, index=True)
    is_carried_out = fields.Boolean(
        readonly=True, copy=False, help="The handler has made its documents."
    )
    is_cancelled = fields.Boolean(readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("in_progress", "Under Way"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )
    date_done = fields.Date(
        string="Done on",
        compute="_compute_date_done",
        store=True,
        help="The day on which the last of its documents was finished.",
    )
    note = fields.Text()
    sale_line_ids = fields.One2many(
        comodel_name="sale.order.line", inverse_name="rma_settlement_id"
    )

    _qty_positive = models.Constraint(
        "CHECK(qty > 0)", "A settlement is about more than nothing."
    )

    @api.depends(
        "is_carried_out",
        "is_cancelled",
        "qty",
        "sale_line_ids.state",
        "sale_line_ids.qty_delivered",
        "sale_line_ids.product_uom_qty",
    )
    def _compute_state(self):
        for settlement in self:
            if settlement.is_cancelled:
                settlement.state = "cancelled"
            elif not settlement.is_carried_out:
                settlement.state = "planned"
            else:
                handler = settlement._get_resolution_handler()
                settlement.state = handler._get_settlement_state(settlement)

    @api.depends("state")
    def _compute_date_done(self):
        now = fields.Datetime.now()
        for settlement in self:
            settlement.date_done = settlement.state == "done" and (
                settlement.date_done or settlement.company_id._get_rma_day(now)
            )

    @api.model_create_multi
    def create(self, vals_list):
        settlements = super().create(vals_list)
        # precomputing the authorization leaves a record that doesn't exist in its cache
        # (the other side of the field stays as it is)
        authorizations = settlements.authorization_id
        authorizations._fields["settlement_ids"]._invalidate_cache(
            self.env, authorizations.ids
        )
        return settlements

    def _get_handlers(self):
        """The handlers for these settlements, each with its batch."""
        batches = self.grouped(
            lambda settlement: (settlement._get_direction(), settlement.resolution)
        )
        return [
            (batch[0]._get_resolution_handler(), batch) for batch in batches.values()
        ]

    def _get_direction(self):
        """Override of the mixin: that of the return."""
        return self.line_id.direction

    def _settle(self):
        """Check all of them, then let each handler make its documents."""
        for handler, settlements in self._get_handlers():
            handler._check_settlements(settlements)
            if handler._ends_warranty():
                # the customer gets something for the goods
                settlements.line_id._check_keep_proof()
        for handler, settlements in self._get_handlers():
            handler._settle(settlements)
            settlements.is_carried_out = True

    def action_undo(self):
        """Take a settlement back: its documents are cancelled, its quantity is free.

        :raise UserError: where a document can't be taken back any more
        """
        authorizations = self.authorization_id
        authorizations._check_role(*authorizations._get_settler_roles())
        self.sudo()._undo()

    def _undo(self):
        for handler, settlements in self._get_handlers():
            undone = handler._undo(settlements)
            (settlements if undone is None else undone).is_cancelled = True
        self.filtered("answer")._follow_amounts()
        self.authorization_id._update_closure()

    def _free(self, quantities):
        """Take back a part of settlements whose documents were taken back in part: it
        becomes a cancelled settlement of its own, the rest stands.

        :param dict quantities: {settlement: quantity to free, in the line's unit}
        """
        parts = {}
        for settlement, qty in quantities.items():
            rest = settlement.line_id._get_rest(settlement.qty, qty)
            if settlement.product_uom_id.compare(rest, 0.0) <= 0:
                settlement.is_cancelled = True
            elif settlement.product_uom_id.compare(qty, 0.0) > 0:
                parts[settlement] = [{"qty": rest}, {"qty": qty, "is_cancelled": True}]
        self._split(parts)
        self.authorization_id._update_closure()

    def _split(self, parts):
        """Cut settlements up: each keeps its first part and gets siblings for the rest.

        :param dict parts: {settlement: [values of each part, with its `qty`]}; the
            quantities of a settlement's parts add up to its own
        :return: the settlements and their siblings
        """
        sibling_vals = []
        for settlement, (first, *rest) in parts.items():
            settlement.write(first)
            if rest:
                vals = settlement.copy_data()[0]
                sibling_vals += [{**vals, **part} for part in rest]
        return self | self.create(sibling_vals)

    def action_open_documents(self):
        """Open what this settlement made."""
        self.ensure_one()
        documents = self._get_resolution_handler()._get_documents(self)
        for records in documents:
            if records:
                return records._get_records_action(name=self.display_name)
        return None

    def _get_replaced_warranties(self, warranties):
        """Of the passports of the line's goods those of the units that this settlement
        replaces, the likeliest first."""
        self.ensure_one()
        return self.line_id.warranty_id | warranties

    def _lowers_delivered(self):
        """Whether these units have left the sale."""
        self.ensure_one()
        return (
            self.state in ("in_progress", "done")
            and self._get_resolution_handler()._lowers_delivered()
        )
