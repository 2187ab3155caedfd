# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib

from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Date
from odoo.tests import freeze_time, tagged

from .common import RmaAccountCommon

TODAY = "2026-07-22"
LAST_MONTH = "2026-06-30"
LOCKS = ("fiscalyear_lock_date", "sale_lock_date", "tax_lock_date", "hard_lock_date")

# The sentences that the user reads.
CLOSED = "can't be posted, because the books are closed"
STANDS = "can't be taken back, because the books are closed"
SEALED = "is sealed with a hash"
AUDITED = "restrictive audit trail"
# State and date of the note afterwards.
DRAFT, BOOKED, CANCELLED = ("draft", TODAY), ("posted", TODAY), ("cancel", TODAY)
DELETED = ()
# No draft gets as far: sealed notes are never drafts again, and the core closes nothing
# for good while there are drafts.
NEVER = None

TABLE = {
    # action: (what goes before, books open today, closed up to today,
    #          hashed journal, audit trail)
    "settle": (None, DRAFT, DRAFT, DRAFT, DRAFT),
    "settle_at_once": (None, BOOKED, CLOSED, BOOKED, BOOKED),
    "release": ("draft", BOOKED, CLOSED, BOOKED, BOOKED),
    "undo": ("draft", DELETED, DELETED, DELETED, DELETED),
    "delete": ("draft", DELETED, DELETED, DELETED, DELETED),
    "reset": ("posted", DRAFT, STANDS, SEALED, DRAFT),
    "cancel": ("posted", CANCELLED, STANDS, SEALED, CANCELLED),
    "undo_numbered": ("numbered", CANCELLED, CANCELLED, NEVER, CANCELLED),
    "delete_numbered": ("numbered", DELETED, DELETED, NEVER, AUDITED),
    "release_numbered": ("numbered", BOOKED, CLOSED, NEVER, BOOKED),
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLocks(RmaAccountCommon):
    """Invoiced in January, returned in July; the books are closed meanwhile."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_sale"]
        cls.order_line = cls._sell(price_unit=100.0)
        cls.invoice = cls._bill(cls.order_line)
        cls.authorization = cls._return(cls.order_line, qty=3)
        cls.line = cls.authorization.line_ids

    # -- table -------------------------------------------------------------------------

    def test_open_books(self):
        self._check_table(0, lambda: None)

    def test_earlier_periods_are_closed(self):
        self._check_table(0, lambda: self._close_all(LAST_MONTH))

    def test_books_are_closed_up_to_today(self):
        for field in LOCKS:
            self._check_table(1, lambda field=field: self._close(field, TODAY))

    def test_journal_seals_what_it_posts(self):
        self._seal()
        self._check_table(2, lambda: None)

    def test_audit_trail(self):
        self.company.restrictive_audit_trail = True
        self._check_table(3, lambda: None)

    def _check_table(self, column, close):
        for action, (stage, *outcomes) in TABLE.items():
            with self.subTest(action=action, column=column), self._trial():
                self._check_action(action, stage, outcomes[column], close)

    @contextlib.contextmanager
    def _trial(self):
        """What happens within it is gone afterwards."""
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()

    def _check_action(self, action, stage, outcome, close):
        note = self._prepare(stage, outcome, close)
        if outcome is NEVER or note is None:
            return
        act = getattr(self, f"_do_{action.removesuffix('_numbered')}")
        if isinstance(outcome, str):
            self._check_refusal(action, act, note, outcome)
            return
        note |= act(note) or self.env["account.move"]
        if outcome == DELETED:
            self.assertFalse(note.exists())
        else:
            state, date = outcome
            self.assertRecordValues(
                note, [{"state": state, "date": Date.to_date(date)}]
            )
        if outcome == BOOKED:
            self._assert_booked(note)
        elif outcome != DRAFT:
            self._assert_free()

    def _prepare(self, stage, outcome, close):
        """A note in that stage, made before the books were closed unless it is a draft
        (which none is that waits for a period to be closed for good)."""
        note = self.env["account.move"]
        if outcome is NEVER:
            return note
        if stage in (None, "draft"):
            close()
        if stage:
            note = self._settle(self.authorization)
        if stage in ("posted", "numbered"):
            self._release(note)
        if stage == "numbered":
            note.button_draft()
        if stage in ("posted", "numbered"):
            try:
                close()
            except RedirectWarning as refusal:
                self.assertIn("draft entries in the period", str(refusal))
                return None
        return note

    def _check_refusal(self, action, act, note, sentence):
        before = self._look()
        if action == "settle_at_once":
            # the draft is there before it can't be posted
            with self.assertRaises(UserError) as caught:
                act(note)
            refusal = caught.exception
        else:
            # refused before anything is written, so nothing is rolled back here
            refusal = self._get_refusal(act, note)
            self.assertIn(note.display_name, str(refusal))
        self.assertRegex(str(refusal), sentence)
        self.assertEqual(self._look(), before)

    def _get_refusal(self, act, note):
        try:
            act(note)
        except UserError as refusal:
            return refusal
        return self.fail(f"{act.__name__} was possible")

    def _look(self):
        """What a refused action leaves as it was."""
        self.env.flush_all()
        self.env.invalidate_all()
        notes = self.env["account.move"].search([("move_type", "=", "out_refund")])
        return {
            "notes": [(note.id, note.name, note.state, note.date) for note in notes],
            "analytic": notes.line_ids.analytic_line_ids.ids,
            "settlements": self.authorization.settlement_ids.mapped("state"),
            "state": self.authorization.state,
            "to_settle": self.line.qty_to_settle,
            "credited": self.order_line.rma_credited_qty,
            "residual": self.invoice.amount_residual,
            "costs": self.authorization.cost_ids.mapped("amount"),
        }

    def _assert_booked(self, note):
        """Today, whenever the invoice was, and set off: 3 x 100.00 and 7 %."""
        self.assertRecordValues(
            note,
            [
                {
                    "invoice_date": Date.to_date(TODAY),
                    "amount_total": 321.0,
                    "payment_state": "paid",
                }
            ],
        )
        self.assertEqual(self.invoice.amount_residual, 749.0)
        self.assertEqual(self.authorization.state, "closed")

    def _assert_free(self):
        self.assertEqual(self.authorization.settlement_ids.state, "cancelled")
        self.assertEqual(self.line.qty_to_settle, 3)
        self.assertEqual(self.order_line.rma_credited_qty, 0)
        self.assertEqual(self.invoice.amount_residual, 1070.0)
        self.assertEqual(self.authorization.state, "authorized")

    # -- what closes the books ---------------------------------------------------------

    def _close(self, field, date):
        self.company[field] = date

    def _close_all(self, date):
        self.company.write(dict.fromkeys(LOCKS, date))

    def _seal(self):
        self.journal.restrict_mode_hash_table = True

    def _except(self, field, user=None):
        """To this user, or to all, the books are open after last month."""
        self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": user.id if user else False,
                "lock_date_field": field,
                "lock_date": LAST_MONTH,
            }
        )

    # -- actions -----------------------------------------------------------------------

    def _do_settle(self, _note):
        return self._settle(self.authorization)

    def _do_settle_at_once(self, _note):
        self.company.rma_credit_posting = "posted"
        return self._settle(self.authorization)

    def _do_release(self, note):
        self._release(note)

    def _do_undo(self, _note):
        self.authorization.settlement_ids.action_undo()

    def _do_delete(self, note):
        note.with_user(self.accountant).unlink()

    def _do_reset(self, note):
        note.with_user(self.accountant).button_draft()

    def _do_cancel(self, note):
        note.with_user(self.accountant).button_cancel()

    # -- sentences ---------------------------------------------------------------------

    def test_sentence_names_the_note_and_the_date(self):
        note = self._settle(self.authorization)
        self._close("fiscalyear_lock_date", TODAY)
        with self.assertRaises(UserError) as caught:
            self._release(note)
        self.assertIn(self.invoice.name, str(caught.exception))
        self.assertIn(self.authorization.rma_number, str(caught.exception))
        self.assertIn("Global Lock Date (07/22/2026)", str(caught.exception))

    def test_one_closed_note_keeps_all_from_being_released(self):
        other_journal = self.journal.copy({"code": "OTH"})
        notes = self._settle(self.authorization)
        other = self._credit(self.order_line, qty=2)
        other.journal_id = other_journal
        self._close("sale_lock_date", TODAY)
        with self.assertRaisesRegex(UserError, CLOSED):
            self._release(other | notes)
        self.assertEqual((other | notes).mapped("state"), ["draft", "draft"])

    # -- exceptions --------------------------------------------------------------------

    def test_exception_lets_the_accountant_release(self):
        note = self._settle(self.authorization)
        self._close("fiscalyear_lock_date", TODAY)
        self._except("fiscalyear_lock_date", self.accountant)
        with self.assertRaisesRegex(UserError, CLOSED):
            self._release(note, self.chief)
        self._release(note)
        self.assertEqual(note.date, Date.to_date(TODAY))
        self._assert_booked(note)

    def test_exception_lets_the_accountant_take_back(self):
        note = self._release(self._settle(self.authorization))
        self._close("sale_lock_date", TODAY)
        self._except("sale_lock_date", self.accountant)
        with self.assertRaisesRegex(UserError, STANDS):
            note.with_user(self.chief).button_draft()
        note.with_user(self.accountant).button_draft()
        self.assertEqual(note.state, "draft")

    def test_exception_for_all_lets_an_agent_settle_at_once(self):
        self.company.rma_credit_posting = "posted"
        self._close("tax_lock_date", TODAY)
        self._except("tax_lock_date")
        self._assert_booked(self._settle(self.authorization))

    # -- dates -------------------------------------------------------------------------

    def test_note_waiting_for_four_eyes_is_of_the_day_of_its_release(self):
        self.company.rma_credit_posting = "posted"
        self.company.rma_credit_four_eyes = True
        with freeze_time("2026-05-10"):
            note = self._settle(self.authorization)
        self._close("fiscalyear_lock_date", LAST_MONTH)
        self._release(note)
        self.assertEqual(note.invoice_date, Date.to_date(TODAY))
        self.assertEqual(note.date, Date.to_date(TODAY))

    def test_note_dated_by_hand_into_a_closed_month_is_booked_in_an_open_one(self):
        note = self._settle(self.authorization)
        note.invoice_date = "2026-05-10"
        self._close("sale_lock_date", LAST_MONTH)
        self._release(note)
        self.assertEqual(note.invoice_date, Date.to_date("2026-05-10"))
        self.assertEqual(note.date, Date.to_date(TODAY))
        self.assertEqual(note.payment_state, "paid")

    # -- numbers and seals -------------------------------------------------------------

    def _assert_numbers(self, notes, numbers):
        self.assertEqual(notes.mapped("sequence_number"), numbers)
        posted = notes.filtered(lambda note: note.state == "posted")
        self.assertFalse(any(posted.mapped("made_sequence_gap")))

    def test_deleted_drafts_leave_no_gap(self):
        first = self._settle(self.authorization)
        second = self._credit(self.order_line, qty=1)
        third = self._credit(self.order_line, qty=1)
        self._release(second)
        first.with_user(self.accountant).unlink()
        self._release(third)
        self._assert_numbers(second | third, [1, 2])

    def test_credit_taken_back_keeps_its_number(self):
        first = self._release(self._settle(self.authorization))
        first.with_user(self.accountant).button_draft()
        second = self._release(self._credit(self.order_line, qty=1))
        self.authorization.settlement_ids.action_undo()
        third = self._release(self._credit(self.order_line, qty=1))
        self.assertEqual(first.state, "cancel")
        self._assert_numbers(first | second | third, [1, 2, 3])

    def test_part_of_a_numbered_draft_is_taken_back_under_audit(self):
        self.company.restrictive_audit_trail = True
        other = self._return(self.order_line, qty=2)
        note = self._release(self._settle(self.authorization | other))
        note.with_user(self.accountant).button_draft()
        self.authorization.settlement_ids.action_undo()
        self._release(note)
        self._assert_numbers(note, [1])
        self.assertEqual(note.amount_untaxed, 200.0)
        self.assertEqual(other.state, "closed")
        self.assertEqual(self.line.qty_to_settle, 3)

    def test_seals_of_a_batch_form_one_chain(self):
        self._seal()
        notes = self._settle(self.authorization)
        notes |= self._credit(self.order_line, qty=1)
        other_line = self._sell(price_unit=50.0)
        self._bill(other_line)
        notes |= self._credit(other_line, qty=2)
        self._release(notes)
        self.assertTrue(all(notes.mapped("inalterable_hash")))
        self._assert_numbers(notes.sorted("sequence_number"), [1, 2, 3])
        self._assert_intact()

    def test_seals_outlast_refusals_and_the_end_of_the_return(self):
        self._seal()
        note = self._release(self._settle(self.authorization))
        with self.assertRaisesRegex(UserError, "is posted and can't be taken back"):
            self.authorization.settlement_ids.action_undo()
        self.assertEqual(note.payment_state, "paid")
        self._assert_intact()

    def _assert_intact(self):
        results = self.company._check_hash_integrity()["results"]
        sealed = [
            result
            for result in results
            if result["journal_name"].startswith(self.journal.name)
        ]
        self.assertTrue(sealed)
        self.assertEqual({result["status"] for result in sealed}, {"verified"})
