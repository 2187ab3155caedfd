# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

from .res_company import CREDIT_USES
from .rma_authorization_credit_balance import NOTHING


class RmaAuthorization(models.Model):
    """What becomes of a credit once it is posted (F5)."""

    # a subject of its own, in a file of its own
    _inherit = "rma.authorization"  # pylint: disable=consider-merging-classes-inherited

    credit_use = fields.Selection(
        selection=CREDIT_USES,
        string="Use of Credit",
        compute="_compute_credit_use",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="What the customer wants of the credit that is left after it was set off "
        "against the unpaid invoice: keep it for the next purchase, or the money back.",
    )
    credit_status = fields.Selection(
        selection=[
            ("no", "Nothing Credited"),
            ("pay", "To Pay Back"),
            ("keep", "Open Credit"),
            ("done", "Credit Settled"),
        ],
        string="Credit",
        compute="_compute_amount_owed",
        store=True,
    )
    amount_owed = fields.Monetary(
        string="Still Owed",
        compute="_compute_amount_owed",
        store=True,
        help="Credited, and neither set off nor paid back yet.",
    )
    amount_credited = fields.Monetary(
        string="Credited", compute="_compute_credit_amounts", compute_sudo=True
    )
    amount_set_off = fields.Monetary(
        string="Set Off",
        compute="_compute_credit_amounts",
        compute_sudo=True,
        help="Matched with invoices of the customer.",
    )
    amount_paid_back = fields.Monetary(
        string="Paid Back",
        compute="_compute_credit_amounts",
        compute_sudo=True,
        help="Matched with payments to the customer.",
    )
    credit_summary = fields.Html(
        compute="_compute_credit_summary",
        # a service agent sees the figures, not the credit notes themselves
        compute_sudo=True,
        sanitize=False,
    )

    # see `rma.authorization.index`
    _count_credit_idx = models.Index(
        "(credit_status, next_step, direction, company_id)"
    )
    _owed_idx = models.Index("(priority DESC, id DESC) WHERE amount_owed > 0")

    def _auto_init(self):
        """Override of the ORM: returns that are there before this is installed get
        the default at once, not one by one with a message on each."""
        if not column_exists(self.env.cr, self._table, "credit_use"):
            create_column(self.env.cr, self._table, "credit_use", "varchar")
            self.env.cr.execute("UPDATE rma_authorization SET credit_use = 'pay'")
        return super()._auto_init()

    @api.depends("company_id")
    def _compute_credit_use(self):
        for authorization in self:
            authorization.credit_use = authorization.company_id.rma_credit_use or "pay"

    @api.depends(
        "credit_use",
        "settlement_ids.credit_line_ids.parent_state",
        "settlement_ids.credit_line_ids.move_id.rma_amount_owed",
    )
    def _compute_amount_owed(self):
        for authorization in self:
            balance = authorization._get_credit_balance()
            currency = authorization.currency_id
            if not currency.is_zero(balance.owed):
                status = authorization.credit_use
            else:
                status = "no" if currency.is_zero(balance.credited) else "done"
            authorization.credit_status = status
            authorization.amount_owed = balance.owed

    @api.depends(
        "credit_status",
        "settlement_ids.credit_line_ids.parent_state",
        "settlement_ids.credit_line_ids.move_id.rma_amount_owed",
    )
    def _compute_credit_amounts(self):
        for authorization in self:
            balance = NOTHING
            if authorization._has_credit():
                balance = authorization._get_credit_balance()
            authorization.amount_credited = balance.credited
            authorization.amount_set_off = balance.set_off
            authorization.amount_paid_back = balance.paid_back

    def _has_credit(self):
        """Whether anything is credited: the status, which is stored, says so, and most
        returns have nothing to look up."""
        self.ensure_one()
        return self.credit_status not in (False, "no")

    @api.depends("credit_status", "amount_owed", "amount_set_off", "amount_paid_back")
    @api.depends_context("lang")
    def _compute_credit_summary(self):
        for authorization in self:
            rows = authorization._has_credit() and authorization._get_credit_rows()
            authorization.credit_summary = rows and self.env["ir.qweb"]._render(
                "rma_authorization_account.credit_summary",
                {"authorization": authorization, "rows": rows},
            )

    def _get_credit_balance(self):
        """What became of this return's credits, in the company's currency."""
        self.ensure_one()
        balances = self.env["rma.authorization.credit.balance"]
        parts = [
            balances._split(
                balances._get_company_balance(note), note, note.company_currency_id
            )[self]
            for note in self._get_posted_credit_notes()
        ]
        return balances._sum(parts, self.currency_id)

    def _get_credit_rows(self):
        """One row per posted credit note, in the note's currency."""
        balances = self.env["rma.authorization.credit.balance"]
        return [
            {
                "note": note,
                "balance": balances._split(
                    balances._get_balance(note), note, note.currency_id
                )[self],
            }
            for note in self._get_posted_credit_notes()
        ]

    def _get_posted_credit_notes(self):
        """:return: a list, of which the notes of all returns are read together"""
        # sudo: the figures are shown to everybody who sees the return
        lines_sudo = self.sudo().line_ids.settlement_ids.credit_line_ids
        return [
            note
            for note in lines_sudo.move_id
            if note.state == "posted" and note.move_type == "out_refund"
        ]

    def write(self, vals):
        """Override of `rma_authorization`: a choice that was carried out stands."""
        if "credit_use" in vals:
            self.filtered(
                lambda authorization: authorization.credit_use != vals["credit_use"]
            )._check_credit_use_open()
        return super().write(vals)

    def _check_credit_use_open(self):
        for authorization in self:
            if authorization.credit_status == "done":
                raise UserError(
                    self.env._(
                        "The credit of %(name)s is set off or paid back already, so "
                        "its use can't change any more.",
                        name=authorization.display_name,
                    )
                )
            if any(
                note.rma_amount_refunding
                for note in authorization._get_posted_credit_notes()
            ):
                raise UserError(
                    self.env._(
                        "A refund of %(name)s is under way, so the use of its credit "
                        "can't change now. Wait for the payment provider.",
                        name=authorization.display_name,
                    )
                )
