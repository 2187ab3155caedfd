# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import Command, models

UNTAXED = "untaxed"


class RmaAuthorizationCreditRounding(models.AbstractModel):
    """Lets the credit notes of an invoice add up to it, to the cent.

    Three of ten and then seven of ten are each rounded on their own, so together they
    may miss the invoice by a cent, and taxes that somebody corrected on the invoice
    by more. The credit note that completes an invoice line takes the difference, per
    tax and in both currencies, as fixed amounts of the tax engine; the one that
    completes the invoice also per account, where a tax is spread over several.
    """

    _name = "rma.authorization.credit.rounding"
    _description = "Rounding of Credit Notes"

    def _complete(self, notes):
        """Correct those notes that complete something and miss it."""
        reversals = notes.filtered("reversed_entry_id")
        originals = reversals.invoice_line_ids.rma_settlement_id.invoice_line_id
        left = originals._get_rma_creditable_qty()
        completed = originals.filtered(
            lambda line: line.product_uom_id.is_zero(left[line])
        )
        for note in reversals:
            lines = note.invoice_line_ids.filtered(
                lambda line: (
                    line._get_rma_credited_line() in completed
                    or self._is_overshot(line)
                )
            )
            if lines and not self._is_exact(note):
                self._complete_lines(note, lines)
                self._complete_accounts(note)

    def _get_siblings(self, note):
        """All credit notes of this original that count."""
        original = note.reversed_entry_id
        return original.reversal_move_ids.filtered(
            lambda move: move.move_type == note.move_type and move.state != "cancel"
        )

    def _is_overshot(self, line):
        """Whether a line was credited beyond its price, though not all of it has come
        back: of what costs half a cent, each unit alone is rounded up."""
        original = line._get_rma_credited_line()
        siblings = self._get_siblings(line.move_id)
        if not original or siblings == line.move_id:
            return False
        credited = siblings.invoice_line_ids.filtered(
            lambda other: other._get_rma_credited_line() == original
        )
        return (
            line.currency_id.compare_amounts(
                sum(credited.mapped("price_subtotal")), original.price_subtotal
            )
            > 0
        )

    def _is_exact(self, note):
        """Whether this note alone is its whole original, as the core computed it."""
        original = note.reversed_entry_id
        return self._get_siblings(note) == note and all(
            original.currency_id.compare_amounts(original[name], note[name]) == 0
            for name in ("amount_untaxed", "amount_tax", "amount_total_signed")
        )

    # -- lines -------------------------------------------------------------------------

    def _complete_lines(self, note, lines):
        """Give these lines what their originals have left, untaxed and per tax."""
        siblings = self._get_siblings(note)
        amounts = {}
        for move in note.reversed_entry_id | siblings - note:
            amounts.update(self._get_amounts(move))
        base_lines, _tax_lines = note._get_rounded_base_and_tax_lines(
            round_from_tax_lines=False
        )
        base_lines = [base for base in base_lines if base["record"] in lines]
        # of several returns on one note, the last takes what all of them miss
        last = {base["record"]._get_rma_credited_line(): base for base in base_lines}
        amounts.update(
            {base["record"]: self._get_line_amounts(base) for base in base_lines}
        )
        fixed = [
            self._complete_line(base_line, siblings, amounts)
            for base_line in last.values()
        ]
        if any(fixed):
            self._apply(note, base_lines)

    def _get_amounts(self, move):
        """What is booked: {line: {what: [in the move's currency, the company's]}}"""
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        return {base["record"]: self._get_line_amounts(base) for base in base_lines}

    def _get_line_amounts(self, base_line):
        details = base_line["tax_details"]
        amounts = {
            UNTAXED: [
                details[name] + details[f"delta_{name}"]
                for name in ("total_excluded_currency", "total_excluded")
            ]
        }
        for data in details["taxes_data"]:
            key = data["tax"], data["is_reverse_charge"]
            amounts[key] = [data["tax_amount_currency"], data["tax_amount"]]
        return amounts

    def _complete_line(self, base_line, siblings, amounts):
        """Set the amounts of a line that completes its original: whether any moved."""
        line = base_line["record"]
        original = line._get_rma_credited_line()
        others = siblings.invoice_line_ids.filtered(
            lambda other: other != line and other._get_rma_credited_line() == original
        )
        limit = self._get_limit(line, original, others)
        fixed = False
        for key, current in self._get_line_amounts(base_line).items():
            rest = [
                total
                - sum(amounts[other].get(key, (0.0, 0.0))[index] for other in others)
                for index, total in enumerate(amounts[original].get(key, current))
            ]
            fixed |= self._shift(line, self._find(base_line, key), rest, limit)
        return fixed

    def _find(self, base_line, key):
        """The details that hold an amount, and its name there."""
        details = base_line["tax_details"]
        if key == UNTAXED:
            return details, "total_excluded"
        for data in details["taxes_data"]:
            if (data["tax"], data["is_reverse_charge"]) == key:
                return data, "tax_amount"
        raise LookupError(key)

    def _get_limit(self, line, original, others):
        """Where somebody changed prices, differences beyond rounding are wanted."""
        if all(other._is_rma_priced_as(original) for other in others):
            return float("inf")
        return line.currency_id.rounding * (len(others) + 1)

    def _shift(self, line, target, rest, limit):
        """Set an amount in both currencies, if it is off by no more than the limit."""
        details, name = target
        currencies = line.currency_id, line.company_currency_id
        fixed = False
        for key, currency, wanted in zip(
            (f"{name}_currency", name), currencies, rest, strict=True
        ):
            difference = wanted - details[key] - details.get(f"delta_{key}", 0.0)
            if not currency.is_zero(difference) and abs(difference) <= limit:
                details[key] = currency.round(details[key] + difference)
                fixed = True
        return fixed

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

    # -- accounts ----------------------------------------------------------------------

    def _complete_accounts(self, note):
        """Where nothing with a tax is left on the original, give each account of that
        tax what is left there: parts of a cent were rounded on their own in every note,
        by account, and by the discounts that the core expects for early payment."""
        original, siblings = note.reversed_entry_id, self._get_siblings(note)
        limit = note.currency_id.rounding * (len(siblings.invoice_line_ids) + 1)
        taxes = note.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        credited = taxes.filtered(
            lambda tax: self._is_tax_credited(original, siblings, tax)
        )
        changes = defaultdict(lambda: [0.0, 0.0])
        for (tax, account), rest in self._get_rest_by_account(
            original | siblings
        ).items():
            line = self._get_tax_line(note, tax, account)
            if line and tax in credited and abs(rest[0]) <= limit:
                changes[line][0] += rest[0]
                changes[line][1] += rest[1]
        commands = [
            Command.update(
                line.id,
                {
                    "amount_currency": line.amount_currency + in_currency,
                    "balance": line.balance + in_company,
                },
            )
            for line, (in_currency, in_company) in changes.items()
            if not line.currency_id.is_zero(in_currency)
            or not line.company_currency_id.is_zero(in_company)
        ]
        if commands:
            note.write({"line_ids": commands})

    def _get_tax_line(self, note, tax, account):
        """Where the rest of a tax goes: to its account, or, where that has not even a
        cent on this note, to the nearest, so that the total is right at least."""
        lines = note.line_ids.filtered("tax_line_id")
        same_tax = lines.filtered(lambda line: line.tax_line_id == tax)
        same_account = same_tax.filtered(lambda line: line.account_id == account)
        return (same_account or same_tax or lines)[:1]

    def _get_rest_by_account(self, moves):
        """{(tax, account): what these leave there, in both currencies}"""
        rest = defaultdict(lambda: [0.0, 0.0])
        for line in moves.line_ids.filtered("tax_line_id"):
            rest[line.tax_line_id, line.account_id][0] -= line.amount_currency
            rest[line.tax_line_id, line.account_id][1] -= line.balance
        return rest

    def _is_tax_credited(self, original, siblings, tax):
        """Whether these notes hold all that the original bills under a tax, and bear
        that tax for nothing else."""

        def bears_tax(line):
            taxes = line.tax_ids.flatten_taxes_hierarchy()
            return line.display_type == "product" and tax in taxes

        lines = original.invoice_line_ids.filtered(bears_tax)
        others = siblings.invoice_line_ids.filtered(bears_tax).filtered(
            lambda line: not line._get_rma_credited_line()
        )
        # neither down payments nor lines without a product are ever credited
        if others or any(
            line.quantity < 0 or not line.product_uom_id for line in lines
        ):
            return False
        left = lines._get_rma_creditable_qty()
        return all(line.product_uom_id.is_zero(left[line]) for line in lines)
