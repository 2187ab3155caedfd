# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RmaAccountCommon

# As long as those of the confirmations (确认单) are.
NOTICE = "31010425110900000017"
OTHER_NOTICE = "31010425110900000025"


@tagged("post_install", "-at_install")
class TestRedLetter(RmaAccountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rma_red_notice_required = True
        cls.order_line = cls._sell()
        cls.invoice = cls._bill(cls.order_line)

    def _make_note(self, **kwargs):
        return self._credit(self.order_line, **kwargs).with_user(self.accountant)

    def test_return_is_the_reason(self):
        note = self._make_note()
        self.assertEqual(note.rma_red_reason, "returned")
        self.assertFalse(note.rma_red_notice_number)

    def test_other_credit_notes_have_no_reason(self):
        self.assertFalse(self._credit_by_hand(self.invoice).rma_red_reason)

    def test_accountant_enters_the_notice_in_the_form(self):
        note = self._make_note()
        with Form(note) as form:
            form.rma_red_notice_number = NOTICE
            form.rma_red_reason = "allowance"
        self.assertRecordValues(
            note,
            [{"rma_red_notice_number": NOTICE, "rma_red_reason": "allowance"}],
        )

    def test_agent_enters_no_notice(self):
        with self.assertRaises(AccessError):
            self._make_note().with_user(self.agent).rma_red_notice_number = NOTICE

    def test_blanks_of_the_tax_bureau_are_left_out(self):
        note = self._make_note()
        note.rma_red_notice_number = " 3101 0425 1109 0000 0017 "
        self.assertEqual(note.rma_red_notice_number, NOTICE)
        note.rma_red_notice_number = "  "
        self.assertFalse(note.rma_red_notice_number)

    # -- required ----------------------------------------------------------------------

    def test_note_is_posted_with_its_notice(self):
        note = self._make_note()
        note.rma_red_notice_number = NOTICE
        self._release(note)
        self.assertEqual(note.state, "posted")

    def test_nothing_is_posted_without_notice_from_any_door(self):
        note = self._make_note()
        for door in ("action_release_rma_credits", "action_post", "_post"):
            with (
                self.subTest(door=door),
                self.assertRaisesRegex(UserError, "without the number of their red"),
            ):
                getattr(note, door)()
        self.assertEqual(note.state, "draft")

    def test_all_notes_that_lack_a_notice_are_named(self):
        first, second, third = (self._make_note(qty=qty) for qty in (1, 2, 3))
        second.rma_red_notice_number = NOTICE
        with self.assertRaises(UserError) as caught:
            self._release(first | second | third)
        text = str(caught.exception)
        self.assertIn(first.display_name, text)
        self.assertNotIn(second.display_name, text)
        self.assertIn(third.display_name, text)
        self.assertEqual(set((first | second | third).mapped("state")), {"draft"})

    def test_company_that_posts_at_once_waits_for_the_notice(self):
        self.company.rma_credit_posting = "posted"
        note = self._make_note()
        self.assertEqual(note.state, "draft")
        self.assertFalse(note.invoice_date)

    def test_notice_is_not_required_elsewhere(self):
        self.company.rma_red_notice_required = False
        note = self._release(self._make_note())
        self.assertEqual(note.state, "posted")

    def test_notice_is_not_required_of_credit_notes_made_by_hand(self):
        note = self._credit_by_hand(self.invoice)
        note.action_post()
        self.assertEqual(note.state, "posted")

    def test_notice_is_required_by_default_in_china_only(self):
        companies = self.env["res.company"].create(
            [
                {"name": "Shanghai", "country_id": self.env.ref("base.cn").id},
                {"name": "Zagreb", "country_id": self.env.ref("base.hr").id},
            ]
        )
        self.assertEqual(companies.mapped("rma_red_notice_required"), [True, False])
        companies[0].rma_red_notice_required = False
        self.assertFalse(companies[0].rma_red_notice_required)
        self.assertTrue(companies[0]._has_rma_red_notices())

    def test_setting_is_the_company_s(self):
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.rma_red_notice_required)
        settings.rma_red_notice_required = False
        settings.execute()
        self.assertFalse(self.company.rma_red_notice_required)

    # -- one notice, one note ----------------------------------------------------------

    def test_one_notice_is_not_for_two_notes(self):
        first, second = self._make_note(qty=1), self._make_note(qty=2)
        first.rma_red_notice_number = NOTICE
        with self.assertRaises(ValidationError) as caught:
            second.rma_red_notice_number = NOTICE
        self.assertIn(NOTICE, str(caught.exception))
        self.assertIn(first.display_name, str(caught.exception))
        self.assertIn(second.display_name, str(caught.exception))

    def test_one_notice_is_not_entered_for_many_at_once(self):
        notes = self._make_note(qty=1) | self._make_note(qty=2)
        with self.assertRaisesRegex(ValidationError, "one credit note only"):
            notes.rma_red_notice_number = NOTICE

    def test_one_notice_is_not_imported_for_two_notes(self):
        note = self._make_note()
        note.rma_red_notice_number = NOTICE
        with self.assertRaisesRegex(ValidationError, "one credit note only"):
            self.env["account.move"].create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.customer.id,
                    "rma_red_notice_number": NOTICE,
                }
            )

    def test_notice_of_a_cancelled_note_is_free(self):
        first, second = self._make_note(qty=1), self._make_note(qty=2)
        first.rma_red_notice_number = NOTICE
        first.button_cancel()
        second.rma_red_notice_number = NOTICE
        with self.assertRaisesRegex(ValidationError, "one credit note only"):
            first.button_draft()
        self.assertEqual(first.state, "cancel")

    def test_companies_may_have_the_same_number(self):
        note = self._make_note()
        note.rma_red_notice_number = NOTICE
        other = self.setup_other_company()["company"]
        foreign = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "company_id": other.id,
                "partner_id": self.customer.id,
                "rma_red_notice_number": NOTICE,
            }
        )
        self.assertEqual(foreign.rma_red_notice_number, NOTICE)

    def test_database_keeps_what_two_people_enter_at_once_apart(self):
        first, second = self._make_note(qty=1), self._make_note(qty=2)
        first.rma_red_notice_number = NOTICE
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env.cr.execute(
                "UPDATE account_move SET rma_red_notice_number = %s WHERE id = %s",
                [NOTICE, second.id],
            )

    def test_notice_is_not_copied(self):
        note = self._make_note()
        note.rma_red_notice_number = NOTICE
        self.assertRecordValues(
            note.copy(), [{"rma_red_notice_number": False, "rma_red_reason": False}]
        )

    # -- once posted -------------------------------------------------------------------

    def test_notice_of_a_posted_note_stands(self):
        note = self._make_note()
        note.rma_red_notice_number = NOTICE
        self._release(note)
        for vals in (
            {"rma_red_notice_number": OTHER_NOTICE},
            {"rma_red_notice_number": False},
            {"rma_red_reason": "error"},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "is posted, so its red-letter"),
            ):
                note.write(vals)
        note.write({"rma_red_notice_number": NOTICE, "rma_red_reason": "returned"})

    def test_notice_outlives_a_reset_to_draft(self):
        note = self._make_note()
        note.rma_red_notice_number = NOTICE
        self._release(note)
        note.button_draft()
        self.assertEqual(note.rma_red_notice_number, NOTICE)
        note.rma_red_notice_number = OTHER_NOTICE
        self._release(note)
        self.assertEqual(note.rma_red_notice_number, OTHER_NOTICE)

    # -- screens and paper -------------------------------------------------------------

    def _get_menu(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        menu = self.env.ref("rma_authorization_account.rma_red_notice_menu")
        return menus.get(menu.id)

    def test_menu_is_there_where_notices_are_used(self):
        self.assertTrue(self._get_menu(self.accountant))
        self.company.rma_red_notice_required = False
        self.assertFalse(self._get_menu(self.accountant))

    def test_many_notices_are_entered_in_the_list(self):
        view = self.env.ref("rma_authorization_account.rma_red_notice_view_list")
        notes = self._make_note(qty=1) | self._make_note(qty=2)
        for note, number in zip(notes, (NOTICE, OTHER_NOTICE), strict=True):
            with Form(note, view=view) as row:
                row.rma_red_notice_number = number
        self._release(notes)
        self.assertEqual(notes.mapped("state"), ["posted", "posted"])

    def _render(self, note):
        return (
            self.env["ir.actions.report"]
            ._render_qweb_html("account.report_invoice_with_payments", note.ids)[0]
            .decode()
        )

    def test_notice_is_printed_where_there_is_one(self):
        note = self._make_note()
        self.assertNotIn("Red-Letter Notice", self._render(note))
        note.rma_red_notice_number = NOTICE
        page = self._render(self._release(note))
        self.assertIn("Red-Letter Notice", page)
        self.assertIn(NOTICE, page)
        self.assertIn("Goods returned", page)

    def test_invoices_print_no_notice(self):
        self.assertNotIn("Red-Letter Notice", self._render(self.invoice))
