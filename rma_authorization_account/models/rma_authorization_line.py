# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

INVOICE_OF = {"customer": "out_invoice", "supplier": "in_invoice"}
CHARGE_CAUSES = {"reason_id", "disposition"}


class RmaAuthorizationLine(models.Model):
    _inherit = "rma.authorization.line"

    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('product_id', '=', product_id), ('parent_state', '=', 'posted'), "
        "('move_id.move_type', '=', "
        "direction == 'supplier' and 'in_invoice' or 'out_invoice'), "
        "('partner_id', 'parent_of', partner_id)]",
        help="The invoice, or vendor bill, to credit; when empty, the invoices of the "
        "order, oldest first.",
    )

    @api.constrains("invoice_line_id", "product_id", "sale_line_id")
    def _check_invoice_line(self):
        """The invoice line is posted, and billed this product to this customer."""
        # sudo: who makes the request needn't see the customer's invoices
        for line_sudo in self.sudo():
            invoice_line = line_sudo.invoice_line_id
            if invoice_line and not line_sudo._is_billed_by(invoice_line):
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(invoice)s is no posted invoice of this product to "
                        "this customer, or bill of this supplier. Choose another "
                        "invoice line, or none.",
                        line=line_sudo.display_name,
                        invoice=invoice_line.move_id.display_name,
                    )
                )

    def _is_billed_by(self, invoice_line):
        """Whether the invoice line can be the origin of this one."""
        self.ensure_one()
        orders = invoice_line.sale_line_ids
        return (
            invoice_line._is_rma_creditable()
            and invoice_line.move_id.move_type == INVOICE_OF[self.direction]
            and invoice_line.product_id == self.product_id
            and invoice_line.move_id.commercial_partner_id
            == self.authorization_id.commercial_partner_id
            and (not self.sale_line_id or self.sale_line_id in orders)
        )

    def _is_rma_purchased(self):
        """Whether the purchase of these goods is known, if an app knows purchases."""
        self.ensure_one()
        return "purchase_line_id" in self._fields and bool(self["purchase_line_id"])

    def _get_rma_bill_lines(self):
        """The posted bill lines of what these lines return to suppliers, the oldest
        first; none where no installed app knows purchases."""
        bought = self.filtered(lambda line: line._is_rma_purchased())
        if not bought:
            return self.env["account.move.line"]
        return (
            bought.mapped("purchase_line_id")
            .invoice_lines.filtered(lambda line: line._is_rma_creditable())
            ._sorted_by_rma_age()
        )

    def _check_not_oversettled(self):
        """No more is settled than was permitted (a settlement may have been taken
        back, and brought to life again with its credit note)."""
        for line in self:
            settled = line.qty_settled + line.qty_settling
            due = line._get_permitted_qty() + line.qty_lost_due
            if line.product_uom_id.compare(settled, due) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s was settled anew after this credit note was "
                        "cancelled. Leave it cancelled, or delete it.",
                        line=line.display_name,
                    )
                )

    def write(self, vals):
        """Override of `rma_authorization`: the invoice stands once it is credited."""
        if "invoice_line_id" in vals:
            for line in self:
                if line.invoice_line_id.id != vals["invoice_line_id"] and any(
                    settlement.state != "cancelled"
                    for settlement in line.settlement_ids
                ):
                    raise UserError(
                        self.env._(
                            "%(line)s: the invoice can't change any more, the line was "
                            "settled. Take the settlement back first.",
                            line=line.display_name,
                        )
                    )
        res = super().write(vals)
        if CHARGE_CAUSES & set(vals):
            # sudo: who corrects a return doesn't see credit notes
            self.env["rma.authorization.charger"].sudo()._charge(
                self.sudo().settlement_ids
            )
        return res
