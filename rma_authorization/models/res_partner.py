# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import collections

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    rma_warranty_count = fields.Integer(
        string="Warranties", compute="_compute_rma_warranty_count"
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
