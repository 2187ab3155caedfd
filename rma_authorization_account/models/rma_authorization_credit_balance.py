# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import models


class Balance(NamedTuple):
    """What became of a credit: `credited` is the sum of the other three."""

    credited: float
    set_off: float
    paid_back: float
    owed: float


NOTHING = Balance(0.0, 0.0, 0.0, 0.0)


class RmaAuthorizationCreditBalance(models.AbstractModel):
    """Reads from the reconciliations what became of the credit of returns.

    Nothing of it is kept here: what is matched, or taken apart again, in accounting
    shows at once. A note that credits several returns counts for each by its lines.
    """

    _name = "rma.authorization.credit.balance"
    _description = "Balance of Credits"

    def _get_balance(self, note):
        """:return: `Balance` of a credit note in the note's currency; drafts and
        cancelled notes have credited nothing yet"""
        if note.state != "posted":
            return NOTHING
        in_flight = self._get_in_flight(note)
        paid = in_flight + sum(
            partial.credit_amount_currency for partial in self._get_payments(note)
        )
        return self._balance(
            note.currency_id, note.amount_total, note.amount_residual - in_flight, paid
        )

    def _get_company_balance(self, note):
        """:return: `Balance` of a credit note in its company's currency"""
        if note.state != "posted":
            return NOTHING
        credited = -note.amount_total_signed
        rate = credited / note.amount_total if note.amount_total else 1.0
        in_flight = self._get_in_flight(note) * rate
        paid = in_flight + sum(partial.amount for partial in self._get_payments(note))
        return self._balance(
            note.company_currency_id,
            credited,
            -note.amount_residual_signed - in_flight,
            paid,
        )

    def _balance(self, currency, credited, owed, paid_back):
        owed = currency.round(max(owed, 0.0))
        # what was rounded away on the way is no debt
        paid_back = currency.round(min(paid_back, credited - owed))
        return Balance(
            credited, currency.round(credited - paid_back - owed), paid_back, owed
        )

    def _sum(self, balances, currency):
        """Add up balances of one currency, which isn't read for nothing."""
        if not balances:
            return NOTHING
        return Balance(
            *(
                currency.round(sum(amounts))
                for amounts in zip(NOTHING, *balances, strict=True)
            )
        )

    def _get_payments(self, note):
        """Matches of the note with money that went out, not with invoices.

        Loops, as `filtered` would forget what can be read together with the others.
        """
        return [
            partial
            for line in note.line_ids
            if line.display_type == "payment_term"
            for partial in line.matched_debit_ids
            if self._is_money(partial.debit_move_id.move_id)
        ]

    def _get_matched(self, note, payment):
        """How much of the note, in its currency, this payment has paid."""
        if not payment.move_id:
            in_flight = payment in note.matched_payment_ids and (
                payment.state in ("in_process", "paid")
            )
            return payment.amount if in_flight else 0.0
        return sum(
            partial.credit_amount_currency
            for partial in self._get_payments(note)
            if partial.debit_move_id.move_id == payment.move_id
        )

    def _is_money(self, move):
        return bool(
            move.origin_payment_id
            or move.statement_line_id
            or move.journal_id.type in ("bank", "cash", "credit")
        )

    def _get_in_flight(self, note):
        """Payments without a journal entry of their own, until the bank's comes.

        :return: amount in the note's currency, not more than the note has open
        """
        payments = [
            payment
            for payment in note.matched_payment_ids
            if not payment.move_id
            and payment.state in ("in_process", "paid")
            and payment.payment_type == "outbound"
        ]
        if not payments:
            return 0.0
        amount = sum(
            payment.currency_id._convert(
                payment.amount, note.currency_id, note.company_id, payment.date
            )
            for payment in payments
        )
        booked = sum(
            partial.credit_amount_currency
            for partial in self._get_payments(note)
            if not partial.debit_move_id.move_id.origin_payment_id
        )
        return min(max(amount - booked, 0.0), note.amount_residual)

    # -- returns -----------------------------------------------------------------------

    def _get_shares(self, note):
        """:return: {authorization: part of the note between 0 and 1}"""
        amounts = {}
        for line in note.line_ids:
            if line.rma_line_id:
                authorization = line.rma_line_id.authorization_id
                amounts.setdefault(authorization, 0.0)
                amounts[authorization] += line.price_total
        total = sum(amounts.values())
        if note.currency_id.is_zero(total) or any(
            amount < 0 for amount in amounts.values()
        ):
            return dict.fromkeys(amounts, 1.0 / (len(amounts) or 1))
        return {one: amount / total for one, amount in amounts.items()}

    def _split(self, balance, note, currency):
        """Share a balance of a note out to its returns, to the cent.

        :return: {authorization: Balance in `currency`}
        """
        shares = self._get_shares(note)
        left, result = balance, {}
        for position, (authorization, share) in enumerate(shares.items(), start=1):
            if position == len(shares):
                part = left
            else:
                owed = currency.round(balance.owed * share)
                paid_back = currency.round(balance.paid_back * share)
                set_off = currency.round(balance.set_off * share)
                part = Balance(owed + paid_back + set_off, set_off, paid_back, owed)
            left = Balance(
                *(
                    currency.round(rest - taken)
                    for rest, taken in zip(left, part, strict=True)
                )
            )
            result[authorization] = part
        return result
