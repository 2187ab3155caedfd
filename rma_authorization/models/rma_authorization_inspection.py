# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.sql import column_exists, create_column, table_exists

# What a finding says; settlements and moves of goods are made from it.
FINDING_FIELDS = {"line_id", "qty", "verdict", "resolution", "disposition"}


class RmaAuthorizationInspection(models.Model):
    """A finding on some received quantity: verdict, disposition and resolution.

    A line of ten can have several: three to stock, five to the vendor, two sent back.
    The sum of findings never exceeds what was received.
    """

    _name = "rma.authorization.inspection"
    _description = "Return Inspection"
    _inherit = [
        "rma.authorization.resolution.mixin",
        "rma.authorization.disposition.mixin",
        "rma.authorization.proposal",
        "rma.authorization.recovery",
    ]
    _order = "id desc"
    _rec_name = "line_id"
    _check_company_auto = True

    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('state', '=', 'authorized')]",
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
    qty = fields.Float(
        string="Quantity", digits="Product Unit", required=True, default=1.0
    )
    verdict = fields.Selection(default="accepted", required=True, index=True)
    resolution = fields.Selection(
        compute="_compute_resolution", store=True, readonly=False, precompute=True
    )
    disposition = fields.Selection(
        compute="_compute_disposition", store=True, readonly=False, precompute=True
    )
    note = fields.Text(string="Finding")
    photo_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="rma_authorization_inspection_photo_rel",
        column1="inspection_id",
        column2="attachment_id",
        string="Photos",
        help="Pictures and measurements that show what was found.",
    )
    case_id = fields.Many2one(
        comodel_name="rma.authorization.case",
        string="Quality Case",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
        help="The case that explains this fault; it opens no other one.",
    )
    is_overruled = fields.Boolean(
        string="Overruled",
        compute="_compute_is_overruled",
        store=True,
        help="Decided otherwise than the finding proposes.",
    )
    nff_share = fields.Float(
        string="NFF Rate (%)",
        compute="_compute_nff_share",
        store=True,
        aggregator="avg",
        help="100 where the goods were checked and had no fault. The average "
        "is a rate where only checked findings are looked at.",
    )
    inspector_id = fields.Many2one(
        comodel_name="res.users", default=lambda self: self.env.user, readonly=True
    )
    date = fields.Datetime(default=fields.Datetime.now, readonly=True)
    is_disposition_started = fields.Boolean(
        readonly=True, copy=False, help="The disposition was carried out."
    )
    settlement_ids = fields.One2many(
        comodel_name="rma.authorization.settlement", inverse_name="inspection_id"
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
        compute="_compute_qty_disposing",
        store=True,
    )
    disposition_state = fields.Selection(
        selection=[
            ("no", "Undecided"),
            ("pending", "To Do"),
            ("in_progress", "Under Way"),
            ("done", "Done"),
        ],
        compute="_compute_disposition_state",
        store=True,
    )

    _qty_positive = models.Constraint(
        "CHECK(qty > 0)", "A finding is about more than nothing: enter a quantity."
    )

    # -- computes ------------------------------------------------------------------

    @api.depends("line_id", "verdict")
    def _compute_resolution(self):
        for inspection in self:
            inspection.resolution = (
                "none"
                if inspection.verdict == "rejected"
                else inspection.line_id.resolution or "none"
            )

    @api.depends("line_id")
    def _compute_disposition(self):
        for inspection in self:
            inspection.disposition = (
                inspection.disposition or inspection.line_id.disposition
            )

    # Not by what the line says: what was proposed when it was decided counts.
    @api.depends(
        "resolution",
        "disposition",
        "verdict",
        "grade",
        "fault_found",
        "responsible",
        "is_wrong_item",
        "is_incomplete",
    )
    def _compute_is_overruled(self):
        for inspection in self:
            inspection.is_overruled = inspection._is_overruling()

    @api.depends("fault_found")
    def _compute_nff_share(self):
        for inspection in self:
            inspection.nff_share = 100.0 if inspection.fault_found == "none" else 0.0

    @api.depends("qty", "disposition", "is_disposition_started")
    def _compute_qty_disposed(self):
        for inspection in self:
            inspection.qty_disposed = (
                inspection._get_disposition_handler()._get_disposed_qty(inspection)
                if inspection.disposition
                else 0.0
            )

    @api.depends(
        "qty",
        "qty_disposed",
        "disposition",
        "is_disposition_started",
        "settlement_ids.state",
        "settlement_ids.resolution",
    )
    def _compute_qty_disposing(self):
        for inspection in self:
            rest = max(inspection.qty - inspection.qty_disposed, 0.0)
            if inspection._is_held_by_settlement():
                inspection.qty_disposing = rest
            elif inspection.disposition:
                handler = inspection._get_disposition_handler()
                inspection.qty_disposing = min(
                    handler._get_disposing_qty(inspection), rest
                )
            else:
                inspection.qty_disposing = 0.0

    @api.depends("disposition", "qty", "qty_disposed", "qty_disposing")
    def _compute_disposition_state(self):
        for inspection in self:
            uom = inspection.product_uom_id
            if not inspection.disposition:
                inspection.disposition_state = "no"
            elif uom.compare(inspection.qty_disposed, inspection.qty) >= 0:
                inspection.disposition_state = "done"
            elif uom.compare(inspection.qty_disposing, 0.0) > 0:
                inspection.disposition_state = "in_progress"
            else:
                inspection.disposition_state = "pending"

    def _is_held_by_settlement(self):
        """Whether a settlement under way, such as a repair, holds these goods."""
        self.ensure_one()
        return any(
            settlement.state == "in_progress"
            and settlement._get_resolution_handler()._holds_goods(settlement)
            for settlement in self._get_settlements()
        )

    def _get_settlements(self):
        """Those of this finding. Those of its line are read anyway."""
        self.ensure_one()
        return self.line_id.settlement_ids.filtered(
            lambda settlement: settlement.inspection_id == self
        )

    def _get_unsettled_qty(self):
        """What of this finding has no settlement, in the line's unit."""
        self.ensure_one()
        active = self._get_settlements().filtered(
            lambda settlement: settlement.state != "cancelled"
        )
        return self.line_id._get_rest(self.qty, sum(active.mapped("qty")))

    def _get_undisposed_qty(self):
        """What of this finding neither moved nor is about to, in the line's unit."""
        self.ensure_one()
        return self.line_id._get_rest(self.qty, self.qty_disposed + self.qty_disposing)

    def _get_direction(self):
        """Override of the mixin: that of the return."""
        return self.line_id.direction

    # -- checks and CRUD ---------------------------------------------------------------

    def _auto_init(self):
        """Findings from before there were proposals overruled none."""
        cr = self.env.cr
        if table_exists(cr, self._table) and not column_exists(
            cr, self._table, "is_overruled"
        ):
            create_column(cr, self._table, "is_overruled", "bool")
        return super()._auto_init()

    @api.constrains("line_id", "qty")
    def _check_qty(self):
        """Findings never exceed what was received."""
        for line in self.line_id:
            if line.product_uom_id.compare(line.qty_inspected, line.qty_received) > 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s: findings on %(inspected)s %(unit)s exceed the "
                        "%(received)s received. Correct the quantities.",
                        line=line.display_name,
                        inspected=line.qty_inspected,
                        received=line.qty_received,
                        unit=line.product_uom_id.name,
                    )
                )

    @api.model
    def default_get(self, fields):
        """Override of the mixin's default: the resolution follows verdict and line."""
        return super().default_get([name for name in fields if name != "resolution"])

    @api.model_create_multi
    def create(self, vals_list):
        inspections = super().create(vals_list)
        inspections._own_photos()
        # precomputing the authorization leaves a record that doesn't exist in its cache
        # (the other side of the field stays as it is)
        authorizations = inspections.authorization_id
        authorizations._fields["inspection_ids"]._invalidate_cache(
            self.env, authorizations.ids
        )
        authorizations.filtered("inspection_required")._queue_mail(
            "rma_authorization.mail_template_inspected"
        )
        return inspections

    def write(self, vals):
        self._check_changeable(vals)
        if "disposition" in vals:
            # what is decided anew has not been carried out
            vals = {"is_disposition_started": False, **vals}
        res = super().write(vals)
        if "photo_ids" in vals:
            self._own_photos()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_while_nothing_follows(self):
        self._check_changeable(dict.fromkeys(FINDING_FIELDS))

    def _check_changeable(self, vals):
        """A finding stands once a settlement or a move of goods was made from it; its
        quantity may still be lowered to what follows it."""
        names = FINDING_FIELDS & set(vals)
        if not names:
            return
        for inspection in self:
            settled = inspection.qty - inspection._get_unsettled_qty()
            moved = inspection.qty_disposed
            if not inspection._is_held_by_settlement():
                moved += inspection.qty_disposing
            fixed = set()
            if inspection.product_uom_id.compare(settled, 0.0) > 0:
                fixed |= names - {"disposition"}
            if inspection.product_uom_id.compare(moved, 0.0) > 0:
                fixed |= names - {"resolution", "verdict"}
            if (
                "qty" in fixed
                and vals["qty"]
                and (
                    inspection.product_uom_id.compare(vals["qty"], max(settled, moved))
                    >= 0
                )
            ):
                fixed.remove("qty")
            if fixed:
                raise UserError(
                    self.env._(
                        "The finding on %(line)s can't be changed: it was settled, or "
                        "its goods have moved. Take that back first.",
                        line=inspection.line_id.display_name,
                    )
                )

    def _own_photos(self):
        """Pictures uploaded before the finding was saved belong to nothing that others
        may read: they become the finding's. Only the uploader's own, as ids come from
        the client."""
        for finding in self:
            finding.photo_ids.filtered(
                lambda photo: photo.create_uid == self.env.user and not photo.res_id
            ).write({"res_model": self._name, "res_id": finding.id})

    # -- proposal ----------------------------------------------------------------------

    def _is_overruling(self):
        """Whether something else was decided than is proposed. Goods without a final
        disposition are undecided, and overrule nothing."""
        self.ensure_one()
        resolution, disposition, _reason = self._propose()
        handler = self._get_disposition_handler()
        is_decided = handler is not None and handler._is_final()
        return bool(resolution and self.resolution != resolution) or bool(
            disposition and is_decided and self.disposition != disposition
        )

    def action_follow_proposal(self):
        """Decide on these findings as is proposed, resolution and disposition.

        :raise UserError: where one was settled otherwise, or its goods have moved
        """
        for finding in self:
            resolution, disposition, _reason = finding._propose()
            proposed = {"resolution": resolution, "disposition": disposition}
            vals = {
                name: code
                for name, code in proposed.items()
                if code and finding[name] != code
            }
            if vals:
                finding.write(vals)

    # -- business
    # ------------------------------------------------------------------------

    def _get_disposable(self):
        """Findings whose disposition is decided and final, with goods that are neither
        moved nor moving, nor held by a settlement."""
        return self.filtered(
            lambda finding: (
                finding.disposition
                and finding._get_disposition_handler()._is_final()
                and finding.product_uom_id.compare(finding._get_undisposed_qty(), 0.0)
                > 0
            )
        )

    def _cut(self, quantities):
        """Cut findings in two, so that each part can have a way of its own.

        :param dict quantities: {finding: quantity of the new one, less than its}
        :return: the new findings, in the order of the quantities
        """
        vals_list = []
        for finding, qty in quantities.items():
            whole = finding.cut_from_id or finding
            vals_list.append(
                {**finding.copy_data()[0], "qty": qty, "cut_from_id": whole.id}
            )
            rest = finding.line_id._get_rest(finding.qty, qty)
            finding.with_context(rma_cut=True).qty = rest
        return self.create(vals_list)

    def _dispose(self):
        """Carry out the dispositions, one batch per kind."""
        for code, inspections in self.grouped("disposition").items():
            handler = self.env[f"rma.authorization.disposition.{code}"]
            handler._check_inspections(inspections)
            handler._dispose(inspections)
            inspections.is_disposition_started = True

    def action_undo_disposition(self):
        """Take the documents of a disposition back, so that it can be decided anew."""
        authorizations = self.authorization_id
        authorizations._check_role(*authorizations._get_receiver_roles())
        for code, inspections in self.sudo().grouped("disposition").items():
            if code:
                self.env[f"rma.authorization.disposition.{code}"].sudo()._undo(
                    inspections
                )
                inspections.is_disposition_started = False
        authorizations.sudo()._update_closure()

    # -- warranty ----------------------------------------------------------------------

    def _get_lost_qty(self):
        """What of these goods is ours again for good, in the line's unit."""
        self.ensure_one()
        if self.disposition and self._get_disposition_handler()._ends_warranty():
            return self.qty_disposed
        return 0.0

    def _get_warranty_number(self):
        """The number that the finding is about, None where there is none. Override
        where goods have numbers."""
        return
