# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationCaseEvent(models.Model):
    """A visit because of a quality case, or a penalty that a customer charged."""

    _name = "rma.authorization.case.event"
    _description = "Quality Case Visit or Penalty"
    _order = "date desc, id desc"
    _rec_name = "reference"

    case_id = fields.Many2one(
        comodel_name="rma.authorization.case",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    kind = fields.Selection(
        selection=[("visit", "Visit"), ("penalty", "Penalty")],
        required=True,
        default="visit",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    reference = fields.Char(
        string="Their Reference", help="For example the number of their debit note."
    )
    note = fields.Text(string="What Was Said")
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    amount = fields.Monetary(help="What they charge us; travel costs of a visit.")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_company = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="At the rate of its day.",
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="rma_authorization_case_event_file_rel",
        string="Files",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A penalty or cost is entered without a minus sign."
    )

    @api.depends("case_id")
    def _compute_partner_id(self):
        for event in self:
            event.partner_id = event.partner_id or event.case_id.partner_id

    @api.depends("case_id")
    def _compute_currency_id(self):
        for event in self:
            event.currency_id = (
                event.currency_id
                or event.case_id.company_id.currency_id
                or self.env.company.currency_id
            )

    @api.depends("amount", "currency_id", "date", "company_id", "kind")
    def _compute_amount_company(self):
        for event in self:
            if event.kind != "penalty" or not event.currency_id:
                event.amount_company = 0.0
                continue
            event.amount_company = event.currency_id._convert(
                event.amount, event.company_id.currency_id, event.company_id, event.date
            )
