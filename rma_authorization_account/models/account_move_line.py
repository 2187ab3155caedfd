# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import lock_rows

# What reverses an invoice of a customer, and of a supplier.
REFUND_OF = {"out_invoice": "out_refund", "in_invoice": "in_refund"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    rma_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Return Line",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rma_settlement_id = fields.Many2one(
        comodel_name="rma.authorization.settlement",
        string="Return Settlement",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    rma_charge_id = fields.Many2one(
        comodel_name="rma.authorization.charge",
        string="Return Charge",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    def unlink(self):
        """Override of `account`: a removed line frees what it settled."""
        # sudo: the return follows its documents, whoever changes them
        lines_sudo = self.sudo().filtered("rma_line_id")
        authorizations_sudo = lines_sudo.rma_line_id.authorization_id
        moves_sudo = lines_sudo.move_id
        charges_sudo = lines_sudo._get_rma_dropped_charges()
        res = super().unlink()
        if authorizations_sudo:
            charges_sudo.with_context(rma_charging=True).unlink()
            if not self.env.context.get("dynamic_unlink"):
                # the notes stay, only lines of them are deleted
                moves_sudo._update_rma_id()
            authorizations_sudo._update_closure()
        return res

    def _get_rma_dropped_charges(self):
        """The automatic charges that go with these lines: those whose own line is
        removed, and those of goods that are not credited any more."""
        if self.env.context.get("rma_charging"):
            return self.rma_charge_id.browse()
        charges = (
            self.rma_charge_id
            | self.rma_settlement_id.filtered(
                lambda settlement: settlement.credit_line_ids <= self
            ).charge_ids
        )
        return charges.filtered(
            lambda charge: charge.rule_id and charge.state != "posted"
        )

    # -- creditable ledger -------------------------------------------------------------

    def _is_rma_creditable(self):
        """Whether this is a line of a posted customer invoice, or vendor bill."""
        self.ensure_one()
        return (
            self.display_type == "product"
            and self.parent_state == "posted"
            and self.move_id.move_type in REFUND_OF
            and self.quantity > 0
        )

    def _sorted_by_rma_age(self):
        """The invoice lines, oldest invoice first."""
        return self.sorted(
            lambda line: (line.invoice_date or line.date, line.move_id.id, line.id)
        )

    def _get_rma_creditable_qty(self):
        """How much of each invoice line can still be credited: the creditable ledger.

        Invoiced, less every credit note that isn't cancelled: ours by their
        settlement, reversals by their original, all others by the sales order line,
        from the newest invoice on.

        :return: {invoice line: quantity in its unit, negative where too much was
            credited}, also for the other invoice lines of the same order lines
        """
        lines = (self | self.sale_line_ids.invoice_lines).filtered(
            lambda line: line in self or line._is_rma_creditable()
        )
        left = {line: line.quantity for line in lines._sorted_by_rma_age()}
        for refund_line in lines._get_rma_refund_lines():
            refund_line._deduct_rma_credit(left)
        return left

    def _get_rma_refund_lines(self):
        """Every credit note line about these invoice lines; known originals first."""
        # the notes of a batch are in memory: nothing has to be searched for again
        candidates = (
            self.move_id.reversal_move_ids.line_ids | self.sale_line_ids.invoice_lines
        )
        refund_lines = candidates.filtered(
            lambda line: (
                line.display_type == "product"
                and line.parent_state != "cancel"
                and not line.rma_charge_id
                and line.move_id.move_type in REFUND_OF.values()
            )
        )
        return refund_lines.sorted(
            lambda line: (
                not line.rma_settlement_id.invoice_line_id,
                not line.move_id.reversed_entry_id,
                line.id,
            )
        )

    def _deduct_rma_credit(self, left):
        """Take this credit note line out of the invoice lines it may be about."""
        self.ensure_one()
        rest, origin = self.quantity, None
        for origin in self._get_rma_origins(left):
            unit, own_unit = origin.product_uom_id, self.product_uom_id
            available = unit._compute_quantity(left[origin], own_unit, round=False)
            taken = min(rest, max(available, 0.0))
            left[origin] -= own_unit._compute_quantity(taken, unit, round=False)
            rest -= taken
        if origin and rest > 0:
            left[origin] -= own_unit._compute_quantity(rest, unit, round=False)

    def _get_rma_origins(self, invoice_lines):
        """Those of the invoice lines that this credit note line is about."""
        self.ensure_one()
        settled_line = self.rma_settlement_id.invoice_line_id
        if settled_line:
            return [line for line in invoice_lines if line == settled_line]
        original = self.move_id.reversed_entry_id
        candidates = [
            line
            for line in invoice_lines
            if self._is_rma_credit_of(line) and line.move_id == original
        ]
        return candidates or [
            line
            for line in reversed(invoice_lines)
            if line.sale_line_ids & self.sale_line_ids
        ]

    def _is_rma_delivery(self, product):
        """Whether this line bills a delivery: of the Delivery app, or this product."""
        self.ensure_one()
        if self.display_type != "product" or self.quantity <= 0:
            return False
        order_lines = self.sale_line_ids
        return (
            "is_delivery" in order_lines._fields
            and any(order_lines.mapped("is_delivery"))
        ) or (bool(product) and self.product_id == product)

    def _get_rma_credited_line(self):
        """The invoice line that this credit note line is about: that of its settlement,
        or the only one of its original that it can be."""
        self.ensure_one()
        if self.rma_settlement_id:
            return self.rma_settlement_id.invoice_line_id
        if self.display_type != "product" or self.rma_charge_id:
            return self.browse()
        lines = self.move_id.reversed_entry_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and self._is_rma_credit_of(line)
        )
        return lines if len(lines) == 1 else self.browse()

    def _get_rma_price(self, unit):
        """The price before discount, for one of another unit."""
        self.ensure_one()
        return self.product_uom_id._compute_price(self.price_unit, unit)

    def _is_rma_priced_as(self, invoice_line):
        """Whether nobody changed price, discount or taxes of what is credited."""
        self.ensure_one()
        price = self._get_rma_price(invoice_line.product_uom_id)
        return (
            self.tax_ids == invoice_line.tax_ids
            and self.discount == invoice_line.discount
            and self.currency_id.compare_amounts(price, invoice_line.price_unit) == 0
        )

    def _is_rma_credit_of(self, invoice_line):
        """Whether this credit note line and the invoice line are about the same."""
        self.ensure_one()
        if self.sale_line_ids and invoice_line.sale_line_ids:
            return bool(self.sale_line_ids & invoice_line.sale_line_ids)
        return self.product_id == invoice_line.product_id

    def _lock_rma_credited(self):
        """Lock what a credit is judged by: order lines, because every invoice or credit
        note of one updates its invoiced quantity; else the invoice lines."""
        lock_rows(self.sale_line_ids)
        lock_rows(self.filtered(lambda line: not line.sale_line_ids))

    def _get_rma_cost_key(self):
        """Return, and kind of the row in the cost ledger that counts this line."""
        self.ensure_one()
        kind = "credit"
        if self.rma_charge_id.amount > 0:
            kind = "fee"
        elif self.move_id.move_type == "in_refund":
            kind = "recovery"
        return self.rma_line_id.authorization_id, kind

    # -- checks ------------------------------------------------------------------------

    def _check_rma_taken_back(self):
        """A settlement that was taken back is not credited after all."""
        for line in self:
            if line.rma_settlement_id.is_cancelled:
                raise UserError(
                    self.env._(
                        "%(note)s: the credit of %(line)s was taken back. Remove that "
                        "line, or leave the note cancelled, and settle anew.",
                        note=line.move_id.display_name,
                        line=line.rma_line_id.display_name,
                    )
                )

    def _check_rma_quantity(self):
        """A note credits what its settlement says, or is settled anew."""
        for line in self:
            settlement = line.rma_settlement_id
            unit = settlement.product_uom_id
            qty = line.product_uom_id._compute_quantity(
                line.quantity, unit, round=False
            )
            if unit.compare(qty, settlement.qty) != 0:
                raise UserError(
                    self.env._(
                        "%(note)s credits %(qty)s %(unit)s of %(line)s, but "
                        "%(settled)s were settled. Enter that quantity, or remove the "
                        "line and settle the return again.",
                        note=line.move_id.display_name,
                        qty=qty,
                        unit=unit.name,
                        line=settlement.line_id.display_name,
                        settled=settlement.qty,
                    )
                )

    def _check_rma_original(self):
        """A note reverses the invoice of its settlement: the same customer, currency
        and taxes, at no higher price. Lower ones are the accountant's to enter."""
        for line in self:
            original = line.rma_settlement_id.invoice_line_id
            if not original:
                continue
            note, invoice = line.move_id, original.move_id
            if (
                note.reversed_entry_id != invoice
                or note.currency_id != invoice.currency_id
                or note.commercial_partner_id != invoice.commercial_partner_id
            ):
                raise UserError(
                    self.env._(
                        "%(note)s credits %(invoice)s, so it is a reversal of that "
                        "invoice, for the same customer and in the same currency. "
                        "Undo the change, or delete the note and settle anew.",
                        note=note.display_name,
                        invoice=invoice.display_name,
                    )
                )
            if not line._is_rma_within(original):
                raise UserError(
                    self.env._(
                        "%(note)s, %(product)s: the price or the taxes exceed those of "
                        "%(invoice)s. Enter what was invoiced, or less.",
                        note=note.display_name,
                        product=line.product_id.display_name,
                        invoice=invoice.display_name,
                    )
                )

    def _is_rma_within(self, original):
        """Whether a unit costs no more here than there, under the same taxes."""
        self.ensure_one()
        price = self._get_rma_price(original.product_uom_id)
        return self.tax_ids == original.tax_ids and (
            self.currency_id.compare_amounts(
                price * (100 - self.discount),
                original.price_unit * (100 - original.discount),
            )
            <= 0
        )

    def _check_rma_credited(self):
        """No invoice line is credited beyond its quantity, by whomever."""
        left = self._get_rma_creditable_qty()
        for line in self:
            if line.product_uom_id.compare(left[line], 0.0) < 0:
                raise UserError(
                    self.env._(
                        "%(invoice)s, %(product)s: %(over)s %(unit)s would be credited "
                        "twice. %(billed)s were invoiced; credit notes made by hand "
                        "count as well. Cancel one of them.",
                        invoice=line.move_id.display_name,
                        product=line.product_id.display_name,
                        over=-left[line],
                        unit=line.product_uom_id.name,
                        billed=line.quantity,
                    )
                )
