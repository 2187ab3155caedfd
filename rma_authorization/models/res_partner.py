# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import collections
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# an address with the place for the number, and no other
_TRACKING_URL = re.compile(r"https?://[^\s{}]+/[^\s{}]*\{tracking\}[^\s{}]*")


class ResPartner(models.Model):
    _inherit = "res.partner"

    rma_count = fields.Integer(string="Returns", compute="_compute_rma_count")
    rma_return_rate = fields.Float(
        string="Return Rate",
        compute="_compute_rma_return_rate",
        help="Units that came back ÷ units delivered, of goods on orders of the last "
        "12 months.",
    )
    rma_warranty_count = fields.Integer(
        string="Warranties", compute="_compute_rma_warranty_count"
    )

    rma_tracking_url = fields.Char(
        string="Tracking Page",
        help="For carriers: the address of the page that shows a parcel, with "
        "{tracking} for its number.",
    )

    @api.constrains("rma_tracking_url")
    def _check_rma_tracking_url(self):
        for partner in self:
            url = partner.rma_tracking_url
            if url and not _TRACKING_URL.fullmatch(url):
                raise ValidationError(
                    self.env._(
                        "The tracking page of %(carrier)s has to be an address with "
                        "{tracking} for the number, such as "
                        "https://example.com/track/{tracking}.",
                        carrier=partner.display_name,
                    )
                )

    def _compute_rma_count(self):
        self.env["rma.authorization.rate"]._count_of_partners(self)

    def _compute_rma_return_rate(self):
        self.env["rma.authorization.rate"]._rate(self, "partner_id")

    def action_view_rma(self):
        """Open the returns of these records."""
        return self.env["rma.authorization.rate"]._open(
            self,
            [("partner_id", "child_of", self.ids)],
            default_partner_id=self[:1].id,
        )

    def _compute_rma_warranty_count(self):
        self.env["rma.authorization.warranty.button"]._count(
            self, "partner_id", "child_of"
        )

    def action_view_rma_warranties(self):
        """Open the warranty passports of these records."""
        return self.env["rma.authorization.warranty.button"]._open(
            self, "partner_id", "child_of"
        )

    def _get_rma_address_line(self):
        """Name and address in one line, for customers to read or choose."""
        self.ensure_one()
        address = self._display_address(without_company=True)
        parts = [self.display_name, *address.splitlines()]
        return ", ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def _get_rma_overdue(self, companies, limit):
        """What these customers owe on invoices due before this day, in one query.

        :param companies: whose invoices
        :param date limit: the first day that doesn't count
        :return: {(customer, company): amount in the company's currency}
        """
        # sudo: who decides on returns needs no rights on invoices
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "child_of", self.ids),
                    ("company_id", "in", companies.ids),
                    ("account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("move_type", "=", "out_invoice"),
                    ("reconciled", "=", False),
                    ("date_maturity", "<", limit),
                ],
                ["partner_id", "company_id"],
                ["amount_residual:sum"],
            )
        )
        overdue = collections.Counter()
        for partner, company, amount in groups:
            overdue[partner.commercial_partner_id, company] += amount
        return overdue
