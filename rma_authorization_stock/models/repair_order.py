# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

# set by the steps of a return alone
_LINKS = {"rma_id", "rma_line_id", "rma_settlement_id", "rma_inspection_id"}


class RepairOrder(models.Model):
    _inherit = "repair.order"

    rma_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Return Authorization",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
    )
    rma_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Return Line",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rma_settlement_id = fields.Many2one(
        comodel_name="rma.authorization.settlement",
        string="Return Settlement",
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
        help="The finding whose goods are repaired to be sold again.",
    )

    rma_count = fields.Integer(
        string="RMA Count", compute="_compute_rma_count", groups="base.group_user"
    )
    rma_timer_ids = fields.One2many(
        comodel_name="rma.authorization.timer",
        inverse_name="repair_id",
        string="Return Timers",
    )
    rma_date_promised = fields.Datetime(
        string="Promised by",
        compute="_compute_rma_date_promised",
        # also for technicians of the repair app, who needn't see returns
        compute_sudo=True,
        help="Until when the customer was promised this repair.",
    )

    @api.depends("rma_id")
    def _compute_rma_count(self):
        for repair in self:
            # sudo: everybody who sees a repair sees that it is one of a return
            repair.rma_count = len(repair.sudo().rma_id)

    def action_view_rma(self):
        """Open the returns that these repairs settle."""
        authorizations = self.sudo().rma_id.sudo(self.env.su)
        return authorizations._get_records_action(name=self.env._("Returns"))

    @api.depends("rma_timer_ids.date_due")
    def _compute_rma_date_promised(self):
        for repair in self:
            repair.rma_date_promised = repair.rma_timer_ids.sorted("id")[-1:].date_due

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `repair`: which return it belongs to is said by that return."""
        for vals in vals_list:
            self._check_rma_links(filter(vals.get, vals))
        return super().create(vals_list)

    def write(self, vals):
        """Override of `repair` to start and end the clock of a return's repair."""
        self._check_rma_links(vals)
        res = super().write(vals)
        if "state" in vals:
            # sudo: a technician repairs without rights on returns
            self.sudo().rma_id._follow_timers()
        return res

    def _check_rma_links(self, names):
        """Repairs of returns are made by the return: `readonly` binds the form alone.

        :raise UserError: where a client links one itself
        """
        if not self.env.su and _LINKS & set(names):
            raise UserError(
                self.env._(
                    "A repair is linked to a return by the return itself. Open the "
                    "return and settle it there as a repair."
                )
            )

    def action_repair_done(self):
        """Override of `repair` to send repaired goods back to the customer."""
        res = super().action_repair_done()
        self._send_rma_goods_back()
        self._bring_rma_goods_to_stock()
        self._follow_rma_costs()
        return res

    def action_repair_cancel(self):
        """Override of `repair` to free the quantity of a return's repair."""
        res = super().action_repair_cancel()
        if not self.env.context.get("rma_repair_redraft"):
            self._take_back_rma_repair()
        return res

    def action_repair_cancel_draft(self):
        """Override of `repair`: a cancelled repair has freed its quantity, which may
        have been settled otherwise since."""
        for repair in self:
            if repair.rma_settlement_id and repair.state == "cancel":
                raise UserError(
                    self.env._(
                        "%(repair)s can't be taken up again: what it repaired is free "
                        "for another resolution. Settle %(authorization)s anew.",
                        repair=repair.display_name,
                        authorization=repair.sudo().rma_id.display_name,
                    )
                )
            if repair.rma_inspection_id and repair.state == "cancel":
                raise UserError(
                    self.env._(
                        "%(repair)s can't be taken up again: its goods are free for "
                        "another disposition. Dispose of them on %(authorization)s "
                        "anew.",
                        repair=repair.display_name,
                        authorization=repair.sudo().rma_id.display_name,
                    )
                )
        # core cancels on the way to draft, which takes nothing back
        repairs = self.with_context(rma_repair_redraft=True)
        return super(RepairOrder, repairs).action_repair_cancel_draft()

    @api.ondelete(at_uninstall=False)
    def _unlink_rma_repair(self):
        """A deleted repair frees its quantity like a cancelled one."""
        open_repairs = self.filtered(
            lambda repair: repair.rma_settlement_id and repair.state == "draft"
        )
        if open_repairs:
            open_repairs.action_repair_cancel()

    def _take_back_rma_repair(self):
        # sudo: a technician cancels a repair without rights on returns
        repairs_sudo = self.sudo().filtered("rma_settlement_id")
        if repairs_sudo:
            self.env["rma.authorization.resolution.repair"].sudo()._take_back(
                repairs_sudo
            )
            repairs_sudo.rma_id._update_closure()

    def _follow_rma_costs(self):
        """Keep parts and labour in the cost ledger of the repairs' returns."""
        # sudo: a technician finishes a repair without rights on costs
        repairs_sudo = self.sudo().filtered("rma_id")
        if repairs_sudo:
            self.env["rma.authorization.cost"].sudo()._follow_repairs(repairs_sudo)

    def _get_rma_parts_value(self):
        """Value of the parts that our stock gave to this repair, less what it got, in
        the company's currency."""
        self.ensure_one()
        return sum(
            move.value if move.is_out else -move.value
            for move in self.move_ids
            if move.is_out or move.is_in
        )

    def _get_rma_labour_value(self):
        """Cost of the services on this repair's quotation, in the company's currency; a
        quotation for several repairs is shared out evenly."""
        self.ensure_one()
        order = self.sale_order_id
        if not order or order.state == "cancel":
            return 0.0
        total = sum(
            line.product_id.with_company(self.company_id).standard_price
            * line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, rounding_method="HALF-UP"
            )
            for line in order.order_line
            if line.product_id.type == "service"
        )
        return total / len(order.repair_order_ids or self)

    def _send_rma_goods_back(self):
        # sudo: a technician finishes a repair without rights on returns or deliveries
        settlements_sudo = self.sudo().rma_settlement_id
        repaired = settlements_sudo.filtered(
            lambda settlement: (
                not settlement._get_resolution_handler()._holds_goods(settlement)
            )
        )
        findings = repaired.inspection_id.filtered(
            lambda finding: finding.disposition_state in ("no", "pending")
        )
        findings.filtered(
            lambda finding: finding.disposition != "send_back"
        ).disposition = "send_back"
        repaired.authorization_id._queue_mail(
            "rma_authorization_stock.mail_template_repaired"
        )
        findings._get_disposable()._dispose()
        settlements_sudo.authorization_id._update_closure()

    def _bring_rma_goods_to_stock(self):
        """Let what was repaired for our own stock go there."""
        # sudo: a technician finishes a repair without rights on returns
        findings_sudo = self.sudo().rma_inspection_id.filtered(
            lambda finding: finding.disposition == "repair"
        )
        if findings_sudo:
            handler = self.env["rma.authorization.disposition.repair"].sudo()
            handler._bring_to_stock(findings_sudo)
            findings_sudo.authorization_id._update_closure()
