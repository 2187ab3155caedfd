# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo.tests import freeze_time, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestSubmit(RmaCommon):
    """A request says what comes back, and how much of it."""

    def test_a_request_without_lines_is_refused(self):
        authorization = (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create({"partner_id": self.customer.id})
        )
        with self.assertRefused(f"{authorization.name} has no lines"):
            authorization.action_submit()

    def test_a_line_without_quantity_is_refused(self):
        authorization = self._create_authorization(self._sell(), 0)
        with self.assertRefused("Radio asks for no quantity"):
            authorization.action_submit()

    def test_submitting_more_than_was_delivered_is_refused(self):
        authorization = self._create_authorization(self._sell(2), 3)
        with self.assertRefused("1.0 Units too many"):
            authorization.action_submit()
        self.assertEqual(authorization.state, "draft")

    def test_a_submitted_request_waits_for_review(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        self.assertTrue(authorization.date_submitted)
        self.assertEqual(authorization.next_step, "review")
        self.assertFalse(authorization.rma_number)


@tagged("post_install", "-at_install")
class TestAuthorize(RmaCommon):
    """Authorizing gives the number, the day, and nothing twice."""

    def test_the_number_comes_with_the_authorization(self):
        authorization = self._create_authorization(self._sell())
        authorization.action_submit()
        self.assertEqual(authorization.display_name, authorization.name)
        authorization.action_authorize()
        self.assertTrue(authorization.rma_number)
        self.assertEqual(authorization.display_name, authorization.rma_number)

    def test_a_draft_is_submitted_on_the_way(self):
        authorization = self._authorize(self._sell())
        self.assertTrue(authorization.date_submitted)
        self.assertEqual(
            authorization.log_ids.sorted("id").mapped("to_state"),
            ["submitted", "authorized"],
        )

    def test_authorizing_twice_gives_no_second_number(self):
        authorization = self._authorize(self._sell())
        number = authorization.rma_number
        authorization.action_authorize()
        self.assertEqual(authorization.rma_number, number)
        self.assertEqual(len(authorization.log_ids), 2)

    def test_everything_requested_is_authorized_by_default(self):
        authorization = self._authorize(self._sell(), 3)
        self.assertRecordValues(
            authorization.line_ids, [{"qty_authorized": 3, "qty_to_receive": 3}]
        )

    def test_a_part_can_be_authorized(self):
        order = self._sell(products=self.product | self.other_product)
        authorization = self._create_authorization(order, 3)
        authorization.line_ids[0].qty_authorized = 1
        authorization.line_ids[1].qty_authorized = 0
        authorization.action_authorize()
        self.assertRecordValues(
            authorization.line_ids,
            [
                {"qty_requested": 3, "qty_authorized": 1, "qty_to_receive": 1},
                {"qty_requested": 3, "qty_authorized": 0, "qty_to_receive": 0},
            ],
        )

    def test_what_was_not_authorized_can_be_requested_again(self):
        order = self._sell(5)
        authorization = self._create_authorization(order, 5)
        authorization.line_ids.qty_authorized = 2
        authorization.action_authorize()
        self.assertEqual(self._authorize(order, 3).state, "authorized")

    def test_authorizing_nothing_at_all_is_refused(self):
        authorization = self._create_authorization(self._sell(), 3)
        authorization.line_ids.qty_authorized = 0
        with self.assertRefused(f"{authorization.name} authorizes no quantity"):
            authorization.action_authorize()
        self.assertEqual(authorization.state, "draft")

    def test_the_deadline_follows_the_company(self):
        self.company.rma_validity_days = 14
        with freeze_time("2026-03-01 12:00:00"):
            authorization = self._authorize(self._sell())
        self.assertEqual(authorization.date_deadline, date(2026, 3, 15))

    def test_a_deadline_chosen_before_stands(self):
        authorization = self._create_authorization(self._sell())
        authorization.date_deadline = date(2099, 1, 1)
        authorization.action_authorize()
        self.assertEqual(authorization.date_deadline, date(2099, 1, 1))

    def test_a_return_permitted_anew_gets_a_day_that_is_not_over(self):
        with freeze_time("2026-03-01 12:00:00"):
            authorization = self._authorize(self._sell())
            authorization.action_cancel()
        with freeze_time("2026-06-01 12:00:00"):
            authorization.action_draft()
            authorization.action_authorize()
        self.assertEqual(authorization.date_deadline, date(2026, 7, 1))

    def test_a_deadline_before_the_request_is_refused(self):
        authorization = self._create_authorization(self._sell())
        with self.assertRefused("lies before the request"):
            authorization.date_deadline = date(2001, 1, 1)

    def test_who_authorized_and_when_is_kept(self):
        with freeze_time("2026-03-01 12:00:00"):
            authorization = self._create_authorization(self._sell())
            authorization.with_user(self.manager).action_authorize()
        self.assertEqual(authorization.authorized_by_id, self.manager)
        self.assertEqual(str(authorization.date_authorized), "2026-03-01 12:00:00")

    def test_reopening_does_not_change_who_authorized(self):
        authorization = self._create_closed(self._sell())
        authorization.with_user(self.manager).action_reopen("Look again")
        self.assertEqual(authorization.authorized_by_id, self.agent)

    def test_a_batch_of_different_customers_gets_a_number_each(self):
        authorizations = self._create_authorization(self._sell())
        authorizations |= self._create_authorization(
            self._sell(partner=self.other_customer)
        )
        authorizations.action_authorize()
        self.assertEqual(authorizations.mapped("state"), ["authorized"] * 2)
        self.assertEqual(len(set(authorizations.mapped("rma_number"))), 2)

    def test_an_expired_return_is_extended_not_authorized(self):
        authorization = self._authorize(self._sell())
        authorization._expire()
        with self.assertRefused("Extend it if it expired"):
            authorization.action_authorize()

    def test_a_closed_return_is_reopened_not_authorized(self):
        authorization = self._create_closed(self._sell())
        with self.assertRefused("let a manager reopen it"):
            authorization.action_authorize()

    def test_form_and_label_need_a_number(self):
        authorization = self._create_authorization(self._sell())
        for print_document in (
            authorization.action_print_form,
            authorization.action_print_label,
        ):
            with self.assertRefused("has no RMA number yet"):
                print_document()
        authorization.action_authorize()
        self.assertEqual(
            authorization.action_print_form()["report_name"],
            "rma_authorization.report_form",
        )
        self.assertEqual(
            authorization.action_print_label()["report_name"],
            "rma_authorization.report_label",
        )
