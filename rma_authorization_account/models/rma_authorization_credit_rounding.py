# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models


class RmaAuthorizationCreditRounding(models.AbstractModel):
    """Lets the credit notes of an invoice add up to it, to the cent.

    Three of ten and then seven of ten are each rounded on their own, so together they
    may miss the invoice by a cent. The credit note that completes a line, or the
    whole invoice, takes the difference, as fixed amounts of the tax engine.
    """

    _name = "rma.authorization.credit.rounding"
    _description = "Rounding of Credit Notes"

    def _complete(self, notes):
        """Correct those notes that complete something and miss it."""
        reversals = notes.filtered("reversed_entry_id")
        originals = reversals.line_ids.rma_settlement_id.invoice_line_id
        left = originals._get_rma_creditable_qty()
        completed = originals.filtered(
            lambda line: line.product_uom_id.is_zero(left[line])
        )
        for note in reversals:
            lines = note.invoice_line_ids.filtered(
                lambda line: line.rma_settlement_id.invoice_line_id in completed
            )
            if lines:
                self._complete_note(note, lines)

    def _complete_note(self, note, lines):
        is_complete = self._is_invoice_complete(note)
        if is_complete and self._is_exact(note):
            return
        base_lines, _tax_lines = note._get_rounded_base_and_tax_lines(
            round_from_tax_lines=False
        )
        by_line = {base["record"]: base for base in base_lines}
        fixed = [self._fix_base(by_line[line], note) for line in lines]
        if is_complete:
            fixed += self._fix_taxes(base_lines, note)
        if any(fixed):
            self._apply(note, [base for base in base_lines if base["record"] in lines])

    # -- what is missed ----------------------------------------------------------------

    def _get_siblings(self, note):
        """All credit notes of this original that count."""
        return note.reversed_entry_id.reversal_move_ids.filtered(
            lambda move: move.move_type == "out_refund" and move.state != "cancel"
        )

    def _is_exact(self, note):
        """Whether the credit notes of this invoice add up to it already."""
        original, siblings = note.reversed_entry_id, self._get_siblings(note)
        return all(
            original.currency_id.compare_amounts(
                original[name], sum(siblings.mapped(name))
            )
            == 0
            for name in ("amount_untaxed", "amount_tax")
        )

    def _is_invoice_complete(self, note):
        """Whether nothing of the original is left to credit."""
        lines = note.reversed_entry_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and line.quantity
        )
        left = lines._get_rma_creditable_qty()
        return all(line.product_uom_id.is_zero(left[line]) for line in lines)

    def _get_limit(self, note, siblings):
        """Differences beyond this aren't rounding, but prices and fees changed by hand:
        they stay. Where there is no other note, they are the original's own."""
        if siblings == note:
            return float("inf")
        return note.currency_id.rounding * len(siblings.invoice_line_ids)

    # -- corrections -------------------------------------------------------------------

    def _fix_base(self, base_line, note):
        """Set the untaxed amount of a line that completes its original."""
        line, siblings = base_line["record"], self._get_siblings(note)
        original = line.rma_settlement_id.invoice_line_id
        others = siblings.invoice_line_ids.filtered(
            lambda other: (
                other != line and other.rma_settlement_id.invoice_line_id == original
            )
        )
        details = base_line["tax_details"]
        target = abs(original.amount_currency) - sum(
            abs(amount) for amount in others.mapped("amount_currency")
        )
        current = (
            details["total_excluded_currency"]
            + details["delta_total_excluded_currency"]
        )
        return self._shift(details, "total_excluded", target - current, note, siblings)

    def _fix_taxes(self, base_lines, note):
        """Set the taxes of the note that completes its original: whether any moved."""
        siblings, fixed = self._get_siblings(note), []
        for tax in note.reversed_entry_id.line_ids.tax_line_id:
            taxes_data = [
                data
                for base_line in base_lines
                for data in base_line["tax_details"]["taxes_data"]
                if data["tax"] == tax and not data["is_reverse_charge"]
            ]
            if taxes_data:
                target = self._get_tax(note.reversed_entry_id, tax) - self._get_tax(
                    siblings - note, tax
                )
                current = sum(data["tax_amount_currency"] for data in taxes_data)
                fixed.append(
                    self._shift(
                        taxes_data[0], "tax_amount", target - current, note, siblings
                    )
                )
        return fixed

    def _get_tax(self, moves, tax):
        tax_lines = moves.line_ids.filtered(lambda line: line.tax_line_id == tax)
        return sum(
            line.amount_currency * line.move_id.direction_sign for line in tax_lines
        )

    def _shift(self, amounts, name, difference, note, siblings):
        """Move an amount, in both currencies, if it is off by rounding: whether so."""
        currency = note.currency_id
        difference = currency.round(difference)
        if currency.is_zero(difference) or abs(difference) > self._get_limit(
            note, siblings
        ):
            return False
        rate = note.invoice_currency_rate or 1.0
        amounts[f"{name}_currency"] += difference
        amounts[name] += note.company_currency_id.round(difference / rate)
        return True

    def _apply(self, note, base_lines):
        """Write the amounts as the tax engine keeps fixed ones. It reads them while a
        line's quantity is what they were fixed for, and computes lines whose quantity
        changes: so that goes to zero and back."""
        tax_model = self.env["account.tax"]
        tax_model._fix_base_lines_tax_details_on_manual_tax_amounts(
            base_lines, note.company_id
        )
        quantities, amounts = [], []
        for base_line in base_lines:
            line = base_line["record"]
            if not base_line["tax_details"]["taxes_data"]:
                self._fix_untaxed(base_line)
            vals = {
                "quantity": line.quantity,
                "extra_tax_data": tax_model._export_base_line_extra_tax_data(base_line),
            }
            quantities.append(Command.update(line.id, {"quantity": 0.0}))
            amounts.append(Command.update(line.id, vals))
        note.write({"invoice_line_ids": quantities})
        note.write({"invoice_line_ids": amounts, "is_manually_modified": False})

    def _fix_untaxed(self, base_line):
        """The engine fixes taxed lines only: an entry about no tax stands in."""
        details = base_line["tax_details"]
        for name in ("total_excluded_currency", "total_excluded"):
            base_line[f"manual_{name}"] = details[name] + details[f"delta_{name}"]
        base_line["manual_tax_amounts"] = {"0": {}}
