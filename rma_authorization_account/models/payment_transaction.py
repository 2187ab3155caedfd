# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _create_child_transaction(
        self, amount, is_refund=False, **custom_create_values
    ):
        """Override of `payment`: a refund for a credit note knows the note, so that
        its payment is matched with it whenever the provider confirms, and is saved
        before the provider is asked."""
        note_id = self.env.context.get("rma_pay_back_note_id")
        if not is_refund or not note_id:
            return super()._create_child_transaction(
                amount, is_refund=is_refund, **custom_create_values
            )
        child = super()._create_child_transaction(
            amount,
            is_refund=is_refund,
            **{"invoice_ids": [Command.link(note_id)], **custom_create_values},
        )
        self.env["rma.authorization.payback"]._save()
        return child

    # -- refunds of credits of returns -------------------------------------------------

    def _get_rma_refundable(self):
        """What can still be refunded of this payment: captured, less every refund that
        was not declined, also of those that the provider hasn't confirmed yet.

        :return: amount in the transaction's currency
        """
        self.ensure_one()
        refunds = self.child_transaction_ids.filtered(
            lambda child: (
                child.operation == "refund" and child.state not in ("cancel", "error")
            )
        )
        return self.currency_id.round(self.amount + sum(refunds.mapped("amount")))

    def _get_rma_refund_part(self, amount):
        """How much of `amount` (transaction's currency) can be refunded here."""
        self.ensure_one()
        left = max(min(self._get_rma_refundable(), amount), 0.0)
        support = self._get_rma_refund_support()
        if support == "none" or (
            support == "full_only"
            and self.currency_id.compare_amounts(left, self.amount) != 0
        ):
            return 0.0
        return left

    def _get_rma_refund_support(self):
        """What provider and payment method both can: none, full_only or partial."""
        self.ensure_one()
        method = self.payment_method_id
        method = method.primary_payment_method_id or method
        supports = {self.provider_id.support_refund, method.support_refund}
        for support in ("none", "full_only"):
            if support in supports or (support == "none" and not all(supports)):
                return support
        return "partial"

    def _is_rma_refund_under_way(self):
        """Whether this refund may have left, and is not booked yet."""
        self.ensure_one()
        return self.operation == "refund" and (
            self.state in ("draft", "pending", "authorized")
            or (self.state == "done" and not self.payment_id)
        )

    def _get_rma_unmatched(self, note):
        """How much of this refund the reconciliations of its credit note don't show:
        it is under way, not booked, or was taken apart again.

        :return: amount in the transaction's currency
        """
        self.ensure_one()
        if self.operation != "refund" or self.state in ("cancel", "error"):
            return 0.0
        if self._is_rma_refund_under_way():
            return -self.amount
        balances = self.env["rma.authorization.credit.balance"]
        matched = balances._get_matched(note, self.payment_id)
        return max(self.currency_id.round(-self.amount - matched), 0.0)
