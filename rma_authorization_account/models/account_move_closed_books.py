# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AccountMove(models.Model):
    """Lock dates, sealed journals and the audit trail: where they forbid something, a
    sentence says so before anything is written."""

    # a subject of its own, in a file of its own
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _check_rma_open_period(self):
        """Where the books are closed up to the day on which a note would be booked, say
        so: of which note, and what can be done."""
        for note in self:
            locks = note._get_rma_locks()
            if locks:
                raise UserError(
                    self.env._(
                        "%(note)s can't be posted, because the books are closed: "
                        "%(locks)s. Ask an accounting administrator to move that date, "
                        "or for an exception to it, or post after that date.",
                        note=note.display_name,
                        locks=self.env["res.company"]._format_lock_dates(locks),
                    )
                )

    def _get_rma_locks(self):
        """The lock dates that the date of booking, as the core chooses it, violates."""
        self.ensure_one()
        has_tax = self._affect_tax_report()
        date = self.date if self.invoice_date else fields.Date.context_today(self)
        locks = self._get_violated_lock_dates(date, has_tax)
        if locks:
            # the core moves it into the first period that is open
            date = self._get_accounting_date(date, has_tax, lock_dates=locks)
            locks = self._get_violated_lock_dates(date, has_tax)
        return locks

    def unlink(self):
        """Override of `account`: what the audit trail keeps is kept with its lines."""
        if not self.env.context.get("force_delete"):
            self.filtered("rma_id")._check_rma_audit_trail()
        return super().unlink()

    def _check_rma_audit_trail(self):
        """The core refuses it as well, after it has deleted the lines."""
        for note in self:
            if note._is_protected_by_audit_trail():
                raise UserError(
                    self.env._(
                        "%(note)s was posted once, so the restrictive audit trail of "
                        "%(company)s keeps it from being deleted. Cancel it instead: "
                        "that frees what it settled as well.",
                        note=note.display_name,
                        company=note.company_id.name,
                    )
                )

    def _check_rma_reopening(self):
        """A note that was sealed or whose period is closed stands."""
        for note in self.filtered(lambda note: note.state == "posted"):
            has_tax = note._affect_tax_report()
            locks = note._get_violated_lock_dates(note.date, has_tax)
            if note.inalterable_hash:
                raise UserError(
                    self.env._(
                        "%(note)s is sealed with a hash, so it can't be taken back. "
                        "Bill the customer again with an invoice.",
                        note=note.display_name,
                    )
                )
            if locks:
                raise UserError(
                    self.env._(
                        "%(note)s of %(date)s can't be taken back, because the books "
                        "are closed: %(locks)s. Bill the customer again with an "
                        "invoice, or ask an accounting administrator for an exception.",
                        note=note.display_name,
                        date=format_date(self.env, note.date),
                        locks=self.env["res.company"]._format_lock_dates(locks),
                    )
                )
