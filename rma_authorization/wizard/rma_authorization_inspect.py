# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class RmaAuthorizationInspect(models.TransientModel):
    """The inspection desk: one row per finding, prefilled with what has none yet.

    A row is split by lowering its quantity and adding another for the rest.
    """

    _name = "rma.authorization.inspect"
    _description = "Inspect Returned Goods"

    authorization_ids = fields.Many2many(
        comodel_name="rma.authorization", required=True, readonly=True
    )
    row_ids = fields.One2many(
        comodel_name="rma.authorization.inspect.row",
        inverse_name="wizard_id",
        compute="_compute_row_ids",
        store=True,
        readonly=False,
        precompute=True,
        string="Findings",
    )
    # for all rows at once, where the goods were found alike
    all_verdict = fields.Selection(
        selection=[("accepted", "Accepted"), ("rejected", "Rejected")],
        string="Verdict",
    )
    all_grade = fields.Selection(
        selection=lambda self: self._get_selection("grade"), string="Grade"
    )
    all_fault_found = fields.Selection(
        selection=lambda self: self._get_selection("fault_found"), string="Diagnosis"
    )
    all_fault_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        string="Fault",
        domain="[('kind', '=', 'fault')]",
    )
    all_cause_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        string="Cause",
        domain="[('kind', '=', 'cause')]",
    )

    @api.model
    def _get_selection(self, name):
        """The values of a field of findings, with labels of the language."""
        field = self.env["rma.authorization.inspection"]._fields[name]
        return field._description_selection(self.env)

    @api.onchange(
        "all_verdict", "all_grade", "all_fault_found", "all_fault_id", "all_cause_id"
    )
    def _onchange_all(self):
        """Enter in every row what is chosen for all of them."""
        for name in ("verdict", "grade", "fault_found", "fault_id", "cause_id"):
            if value := self[f"all_{name}"]:
                for row in self.row_ids:
                    row[name] = value

    @api.depends("authorization_ids")
    def _compute_row_ids(self):
        for wizard in self:
            waiting = wizard.authorization_ids._origin.line_ids.filtered(
                lambda line: (
                    line.product_uom_id.compare(line.qty_received, line.qty_inspected)
                    > 0
                )
            )
            wizard.row_ids = [
                fields.Command.create({**vals, **line._prepare_incomplete_vals()})
                for line in waiting
                for vals in line._prepare_acceptance_vals_list()
            ]

    def action_apply(self):
        """Record the findings; rows at quantity zero are left for later.

        :raise UserError: if no row has a quantity, or more than arrived
        """
        self.ensure_one()
        # whatever the client has put into the rows must be permitted, too
        authorizations = self.authorization_ids | self.row_ids.line_id.authorization_id
        authorizations_sudo = authorizations._start_work(
            *authorizations._get_inspector_roles()
        )
        rows = self.row_ids.filtered(
            lambda row: row.product_uom_id.compare(row.qty, 0.0) > 0
        )
        if not rows:
            raise UserError(
                self.env._(
                    "%(names)s: no row has a quantity. Enter how much you have judged.",
                    names=authorizations._get_names(),
                )
            )
        self.env["rma.authorization.inspection"].sudo().create(
            [row._prepare_inspection_vals() for row in rows]
        )
        authorizations_sudo._update_closure()
        return {"type": "ir.actions.act_window_close"}


class RmaAuthorizationInspectRow(models.TransientModel):
    """One finding about to be recorded."""

    _name = "rma.authorization.inspect.row"
    _description = "Finding to Record"
    _inherit = [
        "rma.authorization.resolution.mixin",
        "rma.authorization.disposition.mixin",
        "rma.authorization.proposal",
    ]

    wizard_id = fields.Many2one(
        comodel_name="rma.authorization.inspect",
        required=True,
        index=True,
        ondelete="cascade",
    )
    authorization_ids = fields.Many2many(related="wizard_id.authorization_ids")
    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        required=True,
        domain="[('authorization_id', 'in', authorization_ids)]",
    )
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    qty = fields.Float(string="Quantity", digits="Product Unit")
    verdict = fields.Selection(default="accepted", required=True)
    # a window that was left open keeps nobody from tidying the catalogue up
    fault_id = fields.Many2one(ondelete="cascade")
    cause_id = fields.Many2one(ondelete="cascade")
    resolution = fields.Selection(
        compute="_compute_resolution", store=True, readonly=False, precompute=True
    )
    note = fields.Text(string="Finding")

    @api.depends("line_id", "verdict", "fault_found", "responsible", "is_wrong_item")
    def _compute_resolution(self):
        """As is proposed, until somebody chooses otherwise."""
        for row in self:
            row.resolution = row._propose()[0] or "none"

    @api.model
    def default_get(self, fields):
        """Override of the mixin's default: the resolution follows verdict and line."""
        return super().default_get([name for name in fields if name != "resolution"])

    def _prepare_inspection_vals(self):
        """Values of the inspection to record. Override to add an addon's fields."""
        self.ensure_one()
        return {
            "line_id": self.line_id.id,
            "qty": self.qty,
            "verdict": self.verdict,
            "grade": self.grade,
            "resolution": self.resolution,
            "disposition": self.disposition,
            "fault_found": self.fault_found,
            "fault_id": self.fault_id.id,
            "cause_id": self.cause_id.id,
            "responsible": self.responsible,
            "is_wrong_item": self.is_wrong_item,
            "is_incomplete": self.is_incomplete,
            "missing_parts": self.missing_parts,
            "note": self.note,
            "overrule_reason": self.overrule_reason,
        }
