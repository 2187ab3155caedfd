# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields, models

# What the tax engine reads of a line that isn't there yet.
_ENGINE_FIELDS = {
    "product_id",
    "product_uom_id",
    "price_unit",
    "quantity",
    "discount",
    "account_id",
    "tax_ids",
    "analytic_distribution",
}


class RmaAuthorizationCreditItems(models.AbstractModel):
    """Works out all journal items of a credit note before it is created.

    Core creates the lines of an invoice, finds out which taxes they lack and creates
    those, then what is receivable: each time it computes and writes everything anew. A
    move that comes with all of its items is left as it is, as core's own reversal is.
    So taxes are worked out beforehand, by core's tax engine, and compared with what it
    says of the note once it is there.
    """

    _name = "rma.authorization.credit.items"
    _description = "Journal Items of Credit Notes"

    def _add_items(self, vals_list):
        """Add taxes and what is to be paid to the values of credit notes; those whose
        items depend on more than their lines are left to core.

        :param list vals_list: values of reversals, with `invoice_line_ids`
        :return: the same, changed where possible
        """
        return [self._add_note_items(vals) for vals in vals_list]

    def _add_note_items(self, vals):
        invoice = self.env["account.move"].browse(vals["reversed_entry_id"])
        lines = [line_vals for _command, _id, line_vals in vals["invoice_line_ids"]]
        receivable = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).account_id
        if len(receivable) != 1 or not self._is_simple(invoice, vals, lines):
            return vals
        company, currency = invoice.company_id, invoice.currency_id
        engine = self.env["account.tax"]
        products = self.env["product.product"].browse(
            line_vals["product_id"] for line_vals in lines
        )
        base_lines = [
            self._prepare_base_line(invoice, vals, line_vals, product)
            for line_vals, product in zip(lines, products, strict=True)
        ]
        engine._add_tax_details_in_base_lines(base_lines, company)
        engine._round_base_lines_tax_details(base_lines, company)
        engine._add_accounting_data_in_base_lines_tax_details(
            base_lines, company, include_caba_tags=False
        )
        results = engine._prepare_tax_lines(base_lines, company)
        items = [
            {**line_vals, **amounts}
            for line_vals, (_base_line, amounts) in zip(
                lines, results["base_lines_to_update"], strict=True
            )
        ]
        items += [
            {**tax_vals, "display_type": "tax"}
            for tax_vals in results["tax_lines_to_add"]
        ]
        items.append(
            {
                "display_type": "payment_term",
                "account_id": receivable.id,
                "date_maturity": fields.Date.context_today(self),
                "balance": -company.currency_id.round(
                    sum(item["balance"] for item in items)
                ),
                "amount_currency": -currency.round(
                    sum(item["amount_currency"] for item in items)
                ),
            }
        )
        note_vals = {
            name: value for name, value in vals.items() if name != "invoice_line_ids"
        }
        return {**note_vals, "line_ids": [Command.create(item) for item in items]}

    def _is_simple(self, invoice, vals, lines):
        """Whether taxes and one amount to pay are all that core would add."""
        return (
            not vals.get("invoice_payment_term_id")
            and not vals.get("invoice_cash_rounding_id")
            and not invoice.company_id.account_discount_expense_allocation_id
            and not invoice.company_id.account_discount_income_allocation_id
            and all(self._is_simple_line(line_vals) for line_vals in lines)
        )

    def _is_simple_line(self, line_vals):
        return (
            not _ENGINE_FIELDS - line_vals.keys()
            and line_vals.get("display_type", "product") == "product"
            and bool(line_vals["product_id"] and line_vals["account_id"])
            # amounts that were fixed, or are deducted in part
            and not line_vals.get("extra_tax_data")
            and line_vals.get("deductible_amount", 100.0) == 100.0
        )

    def _prepare_base_line(self, invoice, vals, line_vals, product):
        """A line as the tax engine reads it."""
        partner = self.env["res.partner"].browse(vals["partner_id"])
        tax_ids = [
            tax_id
            for command in line_vals["tax_ids"]
            for tax_id in (command[2] if command[0] == Command.SET else [command[1]])
        ]
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            {
                **{name: line_vals[name] for name in ("price_unit", "quantity")},
                "discount": line_vals["discount"],
                "analytic_distribution": line_vals["analytic_distribution"] or None,
                "product_id": product,
                "product_uom_id": self.env["uom.uom"].browse(
                    line_vals["product_uom_id"]
                ),
                "account_id": self.env["account.account"].browse(
                    line_vals["account_id"]
                ),
                "tax_ids": self.env["account.tax"].browse(tax_ids),
                "currency_id": invoice.currency_id,
                "partner_id": partner.commercial_partner_id,
                "is_refund": True,
            },
            rate=invoice.invoice_currency_rate,
            # money goes to customers, and comes from suppliers
            sign=1 if vals["move_type"] == "out_refund" else -1,
        )

    # -- afterwards --------------------------------------------------------------------

    def _follow_core(self, notes):
        """Let the items of these new notes be what core says that they are: where an
        addon computes taxes in a way of its own, its figures count."""
        for note in notes:
            commands = self._get_corrections(note)
            if commands:
                plain = note.with_context(skip_invoice_sync=True)
                plain.with_context(check_move_validity=False).write(
                    {"line_ids": commands}
                )
                self._balance(plain)

    def _balance(self, note):
        """What is to be paid back is all of the rest, in both currencies."""
        receivable = note.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        rest = note.line_ids - receivable
        receivable.write(
            {
                "balance": -note.company_currency_id.round(sum(rest.mapped("balance"))),
                "amount_currency": -note.currency_id.round(
                    sum(rest.mapped("amount_currency"))
                ),
            }
        )

    def _get_corrections(self, note):
        """What core would write of its own accord, as commands for the items."""
        engine = self.env["account.tax"]
        base_lines, tax_lines = note._get_rounded_base_and_tax_lines(
            round_from_tax_lines=False
        )
        engine._add_accounting_data_in_base_lines_tax_details(
            base_lines, note.company_id, include_caba_tags=note.always_tax_exigible
        )
        results = engine._prepare_tax_lines(
            base_lines, note.company_id, tax_lines=tax_lines
        )
        changes = [
            *results["base_lines_to_update"],
            *(
                (tax_line, amounts)
                for tax_line, _key, amounts in results["tax_lines_to_update"]
            ),
        ]
        return [
            *(
                Command.delete(tax_line["record"].id)
                for tax_line in results["tax_lines_to_delete"]
            ),
            *(
                Command.create({**tax_vals, "display_type": "tax"})
                for tax_vals in results["tax_lines_to_add"]
            ),
            *(
                Command.update(line["record"].id, amounts)
                for line, amounts in changes
                if self._differs(line["record"], amounts)
            ),
        ]

    def _differs(self, line, amounts):
        """Whether a journal item isn't what it should be."""
        currencies = {
            "amount_currency": line.currency_id,
            "balance": line.company_currency_id,
            "tax_base_amount": line.company_currency_id,
        }
        for name, value in amounts.items():
            if name in currencies:
                if currencies[name].compare_amounts(line[name], value):
                    return True
            elif name == "tax_tag_ids" and set(line[name].ids) != set(value[0][2]):
                return True
        return False
