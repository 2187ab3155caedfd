# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

# What becomes of a credit after it was set off against its unpaid original.
CREDIT_USES = [("keep", "Keep as Credit"), ("pay", "Pay Back")]


class ResCompany(models.Model):
    _inherit = "res.company"

    rma_credit_posting = fields.Selection(
        selection=[
            ("draft", "Draft, released by an accountant"),
            ("posted", "Posted at once"),
        ],
        string="Credit Notes of Returns",
        default="draft",
        required=True,
        help="Credits without an original invoice always wait for an accountant.",
    )
    rma_credit_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Journal for Credits",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        help="The journal of the original invoice when empty.",
    )
    rma_credit_four_eyes = fields.Boolean(
        string="Four Eyes on Credits",
        help="Who authorized a return may not release its credit note.",
    )
    rma_credit_use = fields.Selection(
        selection=CREDIT_USES,
        string="Use of Credits",
        default="pay",
        required=True,
        help="What new returns propose for the credit that is left after the set-off: "
        "kept for the customer's next purchase, or paid back.",
    )
    rma_advance_invoice = fields.Selection(
        selection=[("manual", "By Button"), ("auto", "By Itself")],
        string="Invoice Owed Goods",
        default="manual",
        required=True,
        help="Goods that were replaced in advance, and aren't here after the deadline: "
        "invoiced when somebody says so, or by the scheduled action.",
    )
    rma_red_notice_required = fields.Boolean(
        string="Red-Letter Notice Required",
        compute="_compute_rma_red_notice_required",
        store=True,
        readonly=False,
        help="Credit notes of returns are only posted with the number of the tax "
        "bureau's red-letter notice. On for companies taxed in China.",
    )

    @api.depends("account_fiscal_country_id")
    def _compute_rma_red_notice_required(self):
        for company in self:
            company.rma_red_notice_required = company._is_taxed_in_china()

    def cache_invalidation_fields(self):
        """Override of `base`: these show or hide a menu."""
        return super().cache_invalidation_fields() | {
            "account_fiscal_country_id",
            "country_id",
            "rma_red_notice_required",
        }

    def _is_taxed_in_china(self):
        self.ensure_one()
        return self.account_fiscal_country_id.code == "CN"

    def _has_rma_red_notices(self):
        """Whether red-letter notices are used here, required or not."""
        self.ensure_one()
        return self.rma_red_notice_required or self._is_taxed_in_china()

    def _posts_rma_credits_at_once(self, authorizations):
        """Whether credits of these returns don't wait for an accountant, be it to
        release them or to enter their red-letter notice."""
        self.ensure_one()
        return (
            self.rma_credit_posting == "posted"
            and not self.rma_red_notice_required
            and not self._demands_other_eyes(authorizations)
        )

    def _demands_other_eyes(self, authorizations):
        """Whether it wants four eyes, and the user authorized one of these returns."""
        self.ensure_one()
        return (
            self.rma_credit_four_eyes
            and self.env.user in authorizations.authorized_by_id
        )
