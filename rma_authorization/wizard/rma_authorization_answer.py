# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RmaAuthorizationAnswer(models.TransientModel):
    """Records what a supplier has answered, line by line and part by part."""

    _name = "rma.authorization.answer"
    _description = "Supplier's Answer"

    authorization_ids = fields.Many2many(
        comodel_name="rma.authorization", required=True, readonly=True
    )
    line_ids = fields.One2many(
        comodel_name="rma.authorization.answer.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("authorization_ids")
    def _compute_line_ids(self):
        answers = dict(self.env["rma.authorization.settlement"]._get_answers())
        for wizard in self:
            due = wizard.authorization_ids._origin.line_ids.filtered(
                lambda line: line._has_open("qty_to_settle")
            )
            wizard.line_ids = [
                Command.create(
                    {
                        "line_id": line.id,
                        "qty": line.qty_to_settle,
                        "answer": line.resolution
                        if line.resolution in answers
                        else False,
                    }
                )
                for line in due
            ]

    def action_apply(self):
        """Settle what was answered; rows without quantity are left for later.

        :raise UserError: for rows without an answer, or more than the supplier has
        """
        self.ensure_one()
        authorizations = self.authorization_ids | self.line_ids.line_id.authorization_id
        authorizations._check_suppliers()
        authorizations_sudo = authorizations._start_work(
            *authorizations._get_settler_roles()
        )
        rows = self.line_ids.filtered(
            lambda row: row.product_uom_id.compare(row.qty, 0.0) != 0
        )
        if not rows:
            raise UserError(
                self.env._("Enter for how much the supplier has answered, and what.")
            )
        authorizations_sudo._answer([row._prepare_settlement_vals() for row in rows])
        return {"type": "ir.actions.act_window_close"}


class RmaAuthorizationAnswerLine(models.TransientModel):
    """What was answered about a part of one line."""

    _name = "rma.authorization.answer.line"
    _description = "Supplier's Answer about a Line"

    wizard_id = fields.Many2one(
        comodel_name="rma.authorization.answer",
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
    product_id = fields.Many2one(related="line_id.product_id")
    details = fields.Char(
        compute="_compute_details",
        help="The numbers of the goods, and the order on which they were bought.",
    )
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    company_id = fields.Many2one(related="line_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    qty_to_settle = fields.Float(related="line_id.qty_to_settle", string="Unanswered")
    qty = fields.Float(string="Quantity", digits="Product Unit")
    answer = fields.Selection(selection=lambda self: self._selection_answer())
    amount = fields.Monetary(string="Amount Paid")
    note = fields.Text(help="Their words, for example why they refuse.")

    @api.depends("line_id")
    def _compute_details(self):
        for row in self:
            row.details = row.line_id and row.line_id._get_supplier_details()

    @api.model
    def _selection_answer(self):
        return self.env["rma.authorization.settlement"]._get_answers()

    def _prepare_settlement_vals(self):
        self.ensure_one()
        if not self.answer or self.product_uom_id.compare(self.qty, 0.0) < 0:
            raise UserError(
                self.env._(
                    "%(line)s: enter a quantity, and choose what the supplier has "
                    "answered about it.",
                    line=self.line_id.display_name,
                )
            )
        settlements = self.env["rma.authorization.settlement"]
        return {
            "line_id": self.line_id.id,
            "qty": self.qty,
            "resolution": settlements._get_resolution_of(self.answer),
            "answer": self.answer,
            "amount": self.amount if self.answer == "amount" else 0.0,
            "note": self.note,
        }
