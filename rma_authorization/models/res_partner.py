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
    # as a supplier
    rma_ran_required = fields.Boolean(
        string="Return Number Required",
        help="This supplier takes nothing back without a number of theirs (RAN): "
        "nothing is shipped to them before it was entered.",
    )
    rma_claim_days = fields.Integer(
        string="Claim Window",
        help="Days from our receipt in which this supplier takes claims; for a carrier "
        "from the arrival of the damaged goods. 0 for none but their warranty.",
    )
    rma_answer_days = fields.Integer(
        string="Answer Time",
        help="Days after which the responsible is reminded of a return that this "
        "supplier hasn't answered; 0 for two weeks.",
    )
    rma_claim_count = fields.Integer(
        string="Returns to Supplier", compute="_compute_rma_recovery"
    )
    rma_recovery_rate = fields.Float(
        string="Recovery Rate",
        compute="_compute_rma_recovery",
        help="What this supplier credited or paid for returned goods, in percent of "
        "the value of all goods for whose faults they answer, claimed or not; in the "
        "current companies.",
    )

    _rma_supplier_days_positive = models.Constraint(
        "CHECK(rma_claim_days >= 0 AND rma_answer_days >= 0)",
        "A supplier's times have no negative days.",
    )

    def _compute_rma_recovery(self):
        """Two queries, whatever the number of partners. Amounts are in the companies'
        currency; companies with others than ours are left out of the rate."""
        partners = self.commercial_partner_id
        companies = self.env.companies.filtered(
            lambda company: company.currency_id == self.env.company.currency_id
        )
        # sudo: the rate is a figure, opening what is behind it takes a role
        claims = {
            partner.id: (count, recovered, claimed)
            for partner, count, recovered, claimed in self.env["rma.authorization"]
            .sudo()
            ._read_group(
                [
                    ("direction", "=", "supplier"),
                    ("commercial_partner_id", "in", partners.ids),
                    ("company_id", "in", companies.ids),
                ],
                ["commercial_partner_id"],
                ["__count", "amount_recovered:sum", "amount_claimed:sum"],
            )
        }
        caused = collections.Counter()
        for vendor, value in (
            self.env["rma.authorization.inspection"]
            .sudo()
            ._read_group(
                [
                    ("vendor_id", "child_of", partners.ids),
                    ("claim_state", "!=", "no"),
                    ("company_id", "in", companies.ids),
                ],
                ["vendor_id"],
                ["claim_value:sum"],
            )
        ):
            caused[vendor.commercial_partner_id.id] += value
        for partner in self:
            vendor = partner.commercial_partner_id.id
            count, recovered, claimed = claims.get(vendor, (0, 0.0, 0.0))
            # what was claimed without a finding, from stock, they caused as well
            value = max(caused[vendor], claimed)
            partner.rma_claim_count = count
            partner.rma_recovery_rate = 100.0 * recovered / value if value else 0.0

    def action_view_rma_claims(self):
        """Open the returns to these suppliers."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "rma_authorization.rma_authorization_supplier_action"
            ),
            "domain": [
                ("direction", "=", "supplier"),
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
            ],
            "context": {},
        }

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
