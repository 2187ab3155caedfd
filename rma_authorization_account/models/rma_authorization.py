# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import lock_rows

ROLE_ACCOUNTANT = "account.group_account_invoice"


class RmaAuthorization(models.Model):
    _inherit = "rma.authorization"

    credit_note_ids = fields.Many2many(
        comodel_name="account.move",
        compute="_compute_credit_note_ids",
        # a service agent sees that there is a credit note, not the note itself
        compute_sudo=True,
        string="Credit Notes",
    )
    credit_note_count = fields.Integer(
        compute="_compute_credit_note_ids", compute_sudo=True
    )

    charge_ids = fields.One2many(
        comodel_name="rma.authorization.charge",
        inverse_name="authorization_id",
        string="Charges",
    )

    has_open_charges = fields.Boolean(
        compute="_compute_has_open_charges", search="_search_has_open_charges"
    )

    @api.depends("charge_ids.state")
    def _compute_has_open_charges(self):
        for authorization in self:
            authorization.has_open_charges = any(
                charge.state == "open" for charge in authorization.charge_ids
            )

    def _search_has_open_charges(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_open = fields.Domain("charge_ids", "any", [("state", "=", "open")])
        return is_open if True in value else ~is_open

    resale_difference = fields.Monetary(
        compute="_compute_resale_difference",
        compute_sudo=True,
        help="What the customer pays, or gets back when negative, for goods sold "
        "instead of the returned ones; with taxes, in the company's currency.",
    )
    has_resale = fields.Boolean(compute="_compute_resale_difference", compute_sudo=True)

    @api.depends(
        "settlement_ids.resolution",
        "settlement_ids.sale_line_ids.price_total",
        "settlement_ids.sale_line_ids.state",
        "settlement_ids.credit_line_ids.price_total",
        "settlement_ids.credit_line_ids.parent_state",
        "charge_ids.move_line_ids.price_total",
    )
    def _compute_resale_difference(self):
        for authorization in self:
            resales = authorization.settlement_ids.filtered(
                lambda settlement: settlement.resolution == "resale"
            )
            sold = sum(
                line.price_total / (line.order_id.currency_rate or 1.0)
                for line in resales.sale_line_ids
                if line.state != "cancel"
            )
            credit_lines = resales.credit_line_ids | (
                resales.charge_ids.move_line_ids.filtered(
                    lambda line: line.move_id.move_type in ("out_refund", "in_refund")
                )
            )
            credited = sum(
                line.price_total / (line.move_id.invoice_currency_rate or 1.0)
                for line in credit_lines
                if line.parent_state != "cancel"
            )
            authorization.has_resale = bool(resales)
            authorization.resale_difference = sold - credited

    @api.depends("settlement_ids.credit_line_ids")
    def _compute_credit_note_ids(self):
        for authorization in self:
            notes = authorization.settlement_ids.credit_line_ids.move_id
            authorization.credit_note_ids = notes
            authorization.credit_note_count = len(notes)

    def _get_settler_roles(self):
        """Override of `rma_authorization`: accountants settle as well."""
        return [*super()._get_settler_roles(), ROLE_ACCOUNTANT]

    def action_view_credit_notes(self):
        """Open the credit notes of these returns."""
        return self.credit_note_ids._get_records_action(name=self.env._("Credit Notes"))

    def action_invoice_charges(self):
        """Bill what customers pay and no credit has covered: one draft invoice per
        return, released by an accountant like any other.

        :return: the action that opens the invoices
        :raise UserError: where nothing is open
        """
        self._check_role(*self._get_settler_roles())
        self.check_access("read")
        lock_rows(self)
        # sudo: agents bill what they entered, and don't see the invoices
        charges_sudo = self.sudo().charge_ids.filtered(
            lambda charge: charge.state == "open"
        )
        if not charges_sudo:
            raise UserError(
                self.env._(
                    "%(names)s: nothing is left to charge. Enter a charge first.",
                    names=", ".join(self.mapped("display_name")),
                )
            )
        invoices_sudo = self.env["account.move"].sudo()
        for company, charges in charges_sudo.grouped("company_id").items():
            invoices_sudo |= invoices_sudo.with_company(company).create(
                [
                    authorization._prepare_charge_invoice_vals()
                    for authorization in charges.authorization_id
                ]
            )
        for invoice in invoices_sudo:
            authorization_sudo = invoice.rma_id
            invoice.invoice_line_ids = [
                Command.create(charge._prepare_line_vals(invoice))
                for charge in authorization_sudo.charge_ids & charges_sudo
            ]
        invoices = invoices_sudo.sudo(self.env.su)
        if not invoices.has_access("read"):
            return None
        return invoices._get_records_action(name=self.env._("Charges"))

    def _prepare_charge_invoice_vals(self):
        self.ensure_one()
        partner = self.partner_id
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "partner_id": partner.address_get(["invoice"])["invoice"],
            "invoice_user_id": self.user_id.id,
            "invoice_origin": self.display_name,
            "ref": self.display_name,
            "rma_id": self.id,
        }
