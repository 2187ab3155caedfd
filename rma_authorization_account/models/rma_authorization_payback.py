# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import models, modules
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.rma_authorization.tools import lock_rows

_logger = logging.getLogger(__name__)


class RmaAuthorizationPayback(models.AbstractModel):
    """Pays credits back through the payments that once came in for the originals.

    Money that left can't be rolled back, and a request may run twice (Odoo repeats it
    after a conflict with another). So everything that is judged is locked first, and
    each refund is saved before the provider is asked: from then on it counts as taken,
    whatever becomes of this request.
    """

    _name = "rma.authorization.payback"
    _description = "Paying Back Credits"

    def _refund(self, notes):
        """Refund what the notes have to pay back, as far as providers can.

        :return: {note: sentences on what did not succeed}; a note without any trouble
            has no sentence, whether it was refunded or paid without a provider
        """
        return {note: self._refund_note(note) for note in notes}

    def _refund_note(self, note):
        # sudo: accountants may refund, and not see the providers' settings
        note_sudo = note.sudo()
        tried_sudo = self.env["payment.transaction"].sudo()
        sentences = []
        while True:
            sources_sudo = self._get_sources(note_sudo)
            lock_rows(note_sudo)
            lock_rows(sources_sudo)
            amount = note_sudo._get_rma_amount_to_pay()
            source_sudo = (sources_sudo - tried_sudo).filtered(
                lambda source, amount=amount: (
                    source.currency_id.compare_amounts(
                        source._get_rma_refund_part(amount), 0.0
                    )
                    > 0
                )
            )[:1]
            if not source_sudo:
                break
            tried_sudo |= source_sudo
            part = source_sudo._get_rma_refund_part(amount)
            sentence = self._refund_source(note_sudo, source_sudo, part)
            self._save()
            if sentence:
                sentences.append(sentence)
        if sentences:
            note_sudo.message_post(
                body=self.env._(
                    "Paid back in part or not at all: %(reasons)s",
                    reasons=" ".join(sentences),
                ),
                author_id=self.env.user.partner_id.id,
            )
        return sentences

    def _get_sources(self, note_sudo):
        """The payments behind the originals, oldest first.

        A payment captured in parts consists of its parts.
        """
        originals = note_sudo.reversed_entry_id
        originals |= note_sudo.line_ids.rma_settlement_id.invoice_line_id.move_id
        paid = originals.transaction_ids
        paid |= originals.reconciled_payment_ids.payment_transaction_id
        paid |= paid.child_transaction_ids
        return paid.filtered(
            lambda source: (
                source.state == "done"
                and source.operation not in ("refund", "validation")
                and source.amount > 0
                and source.currency_id == note_sudo.currency_id
                and source.company_id == note_sudo.company_id
                and not any(
                    child.operation != "refund" and child.state == "done"
                    for child in source.child_transaction_ids
                )
            )
        ).sorted("id")

    def _refund_source(self, note, source, amount):
        """Refund `amount` (note's currency) of one payment.

        :return: why it failed, or nothing
        """
        try:
            refund = source.with_context(
                payment_backend_action=True, rma_pay_back_note_id=note.id
            )._refund(amount_to_refund=amount)
        except UserError as error:
            return self._get_failure(note, source, amount, str(error))
        if refund.state in ("error", "cancel"):
            return self._get_failure(note, source, amount, refund.state_message)
        # saved before anything else can fail: this money is on its way
        self._save()
        if refund.state == "done":
            self._book(refund)
        return None

    def _book(self, refund):
        """Make and match the payment now; where that fails, Odoo's own job tries on."""
        try:
            with self.env.cr.savepoint():
                refund._post_process()
        except UserError as error:
            _logger.warning("Refund %s is not booked yet: %s", refund.reference, error)
            refund._log_message_on_linked_documents(
                self.env._(
                    "The refund %(refund)s succeeded, but could not be booked yet: "
                    "%(error)s",
                    refund=refund.reference,
                    error=error,
                )
            )

    def _get_failure(self, note, source, amount, reason):
        return self.env._(
            "%(note)s: %(provider)s did not refund %(amount)s of %(payment)s%(reason)s",
            note=note.display_name,
            provider=source.provider_id.name,
            amount=format_amount(self.env, amount, source.currency_id),
            payment=source.reference,
            reason=f" ({reason})." if reason else ".",
        )

    def _save(self):
        """Commit, unless a test runs, which takes everything back in the end."""
        if not modules.module.current_test:
            # what was sent to a provider must be known, even if we crash now
            self.env.cr.commit()  # pylint: disable=invalid-commit
