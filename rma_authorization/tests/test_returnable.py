# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestReturnable(RmaCommon):
    """Nobody returns more than they got, however the returns are spread (R1)."""

    def test_all_that_was_delivered_can_be_returned(self):
        self.assertEqual(self._authorize(self._sell(5), 5).state, "authorized")

    def test_more_than_delivered_is_refused(self):
        order = self._sell(5)
        authorization = self._create_authorization(order, 6)
        with self.assertRefused(f"{order.name}, Radio: 1.0 Units too many"):
            authorization.action_authorize()

    def test_what_was_ordered_but_not_delivered_is_refused(self):
        order = self._sell(5, deliver=False)
        self._deliver(order, 2)
        self.assertEqual(self._authorize(order, 2).state, "authorized")
        with self.assertRefused("1.0 Units too many. 2.0 were delivered"):
            self._authorize(order, 1)

    def test_nothing_of_an_undelivered_order_can_be_returned(self):
        with self.assertRefused(r"0(\.0)? were delivered"):
            self._authorize(self._sell(5, deliver=False), 1)

    def test_what_another_return_has_taken_is_refused(self):
        order = self._sell(5)
        first = self._authorize(order, 3)
        with self.assertRefused(first.rma_number):
            self._authorize(order, 3)
        self.assertEqual(self._authorize(order, 2).state, "authorized")

    def test_a_submitted_request_counts_and_a_draft_does_not(self):
        order = self._sell(5)
        draft = self._create_authorization(order, 5)
        submitted = self._create_authorization(order, 4)
        submitted.action_submit()
        with self.assertRefused("4.0 Units too many"):
            draft.action_submit()

    def test_a_finished_return_still_counts(self):
        order = self._sell(5)
        authorization = self._receive_and_accept(order, 5)
        authorization.action_settle()
        self._put_away(authorization)
        self.assertEqual(authorization.state, "closed")
        with self.assertRefused("1.0 Units too many"):
            self._authorize(order, 1)

    def test_what_was_replaced_and_never_came_cannot_be_returned_again(self):
        order = self._sell(3)
        authorization = self._authorize(order, 3, resolution="exchange", advance=True)
        authorization.action_settle()
        authorization.action_close("Nothing came")
        self.assertEqual(authorization.line_ids.qty_closed, 3)
        with self.assertRefused("1.0 Units too many"):
            self._authorize(order, 1)

    def test_several_lines_of_one_order_line_are_added_up(self):
        order = self._sell(5)
        authorization = self._create_authorization(order, 3)
        authorization.line_ids.copy({"sale_line_id": order.order_line.id})
        self.assertEqual(sum(authorization.line_ids.mapped("qty_requested")), 6)
        with self.assertRefused("1.0 Units too many"):
            authorization.action_authorize()
        authorization.line_ids[0].qty_requested = 2
        authorization.action_authorize()
        self.assertEqual(authorization.state, "authorized")

    def test_several_returns_of_one_batch_are_added_up(self):
        order = self._sell(5)
        batch = self._create_authorization(order, 3)
        batch |= self._create_authorization(order, 3)
        with self.assertRefused("1.0 Units too many"):
            batch.action_authorize()
        self.assertEqual(batch.mapped("state"), ["draft", "draft"])

    def test_dozens_count_as_twelve(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(24)
        authorization = self._authorize(order, 1, product_uom_id=dozen.id)
        self.assertEqual(authorization.line_ids.product_uom_id, dozen)
        with self.assertRefused("1.0 Units too many"):
            self._authorize(order, 13)
        self.assertEqual(self._authorize(order, 12).state, "authorized")

    def test_single_units_of_a_sold_dozen_can_be_returned(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        unit = self.env.ref("uom.product_uom_unit")
        order = self._sell(1, product_uom_id=dozen.id)
        self._authorize(order, 11, product_uom_id=unit.id)
        line = self._create_authorization(order, 1, product_uom_id=unit.id).line_ids
        self.assertAlmostEqual(line.qty_returnable, 1, places=1)
        with self.assertRefused("too many"):
            self._authorize(order, 2, product_uom_id=unit.id)

    def test_the_line_shows_what_can_be_returned(self):
        order = self._sell(5)
        self._authorize(order, 2)
        line = self._create_authorization(order, 1).line_ids
        self.assertEqual(line.qty_returnable, 3)

    def test_goods_without_an_order_have_no_limit(self):
        authorization = self._create_authorization(self._sell(5), 500)
        authorization.line_ids.sale_line_id = False
        authorization.action_authorize()
        self.assertEqual(authorization.state, "authorized")

    def test_a_negative_quantity_is_refused(self):
        authorization = self._create_authorization(self._sell(5), 1)
        with self.assertRaisesRegex(ValidationError, "-1.0 can't be authorized"):
            authorization.line_ids.qty_requested = -1

    def test_authorizing_more_than_requested_is_refused(self):
        authorization = self._create_authorization(self._sell(5), 1)
        for qty in (2, -1):
            with self.assertRaisesRegex(
                ValidationError, f"{qty}.0 can't be authorized"
            ):
                authorization.line_ids.qty_authorized = qty

    def test_a_request_is_lowered_and_authorized_at_once(self):
        authorization = self._create_authorization(self._sell(5), 3)
        authorization.line_ids.qty_requested = 2
        authorization.action_authorize()
        self.assertEqual(authorization.line_ids.qty_authorized, 2)


@tagged("post_install", "-at_install")
class TestOrigin(RmaCommon):
    """The origin of a line is the customer's own, of this company, and goods (R4)."""

    def _create_with(self, order_line, **vals):
        line = {
            "product_id": order_line.product_id.id,
            "sale_line_id": order_line.id,
            "reason_id": self.reason.id,
            **vals,
        }
        return (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                {"partner_id": self.customer.id, "line_ids": [Command.create(line)]}
            )
        )

    def test_another_customers_order_is_refused(self):
        order = self._sell(partner=self.other_customer)
        with self.assertRaisesRegex(ValidationError, "belongs to another customer"):
            self._create_with(order.order_line)

    def test_another_contact_of_the_same_customer_is_accepted(self):
        self.customer.is_company = True
        contact = self.env["res.partner"].create(
            {"name": "Eve", "parent_id": self.customer.id}
        )
        order = self._sell(partner=contact)
        self.assertTrue(self._create_with(order.order_line).line_ids)

    def test_changing_the_customer_of_a_draft_with_an_order_is_refused(self):
        authorization = self._create_authorization(self._sell())
        with self.assertRaisesRegex(ValidationError, "belongs to another customer"):
            authorization.partner_id = self.other_customer

    def test_another_product_than_the_order_sold_is_refused(self):
        order = self._sell()
        with self.assertRaisesRegex(ValidationError, "sold another product"):
            self._create_with(order.order_line, product_id=self.other_product.id)

    def test_a_service_is_refused(self):
        service = self._create_product("Advice", type="service")
        order = self._sell(products=service)
        with self.assertRaisesRegex(ValidationError, "Advice is a service"):
            self._create_with(order.order_line)

    def test_a_unit_of_another_kind_is_refused(self):
        order = self._sell()
        hour = self.env.ref("uom.product_uom_hour")
        with self.assertRaisesRegex(ValidationError, "can't be converted into Units"):
            self._create_with(order.order_line, product_uom_id=hour.id)

    def test_another_companys_order_is_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += company
        order = self._sell(products=self._create_product("TV", company_id=company.id))
        self.assertEqual(order.company_id, company)
        with self.assertRaises(UserError):
            self._create_with(order.order_line)
        with self.assertRaises(UserError):
            self._create_with(order.order_line, product_id=self.product.id)


@tagged("post_install", "-at_install")
class TestCreditedByHand(RmaCommon):
    """What a credit note made by hand took back isn't returned once more."""

    def _invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _credit_by_hand(self, invoice, qty):
        note = invoice._reverse_moves([{}])
        note.invoice_line_ids.quantity = qty
        return note

    def _get_returnable(self, order):
        order_line = order.order_line
        return order_line._get_rma_returnable_qty()[order_line]

    def test_credited_units_are_not_returnable(self):
        order = self._sell(5)
        note = self._credit_by_hand(self._invoice(order), 2)
        self.assertEqual(self._get_returnable(order), 3)
        note.action_post()
        self.assertEqual(self._get_returnable(order), 3)
        with self.assertRefused(f"1.0 Units too many.*{note.name}"):
            self._authorize(order, 4)

    def test_a_deleted_or_cancelled_credit_note_takes_nothing(self):
        order = self._sell(5)
        invoice = self._invoice(order)
        self._credit_by_hand(invoice, 2).unlink()
        self._credit_by_hand(invoice, 1).button_cancel()
        self.assertEqual(self._get_returnable(order), 5)

    def test_units_billed_anew_are_returnable(self):
        order = self._sell(5)
        self._credit_by_hand(self._invoice(order), 5).action_post()
        self.assertEqual(self._get_returnable(order), 0)
        self._invoice(order)
        self.assertEqual(self._get_returnable(order), 5)

    def test_what_was_billed_ahead_and_credited_was_never_delivered(self):
        self.product.invoice_policy = "order"
        order = self._sell(5, deliver=False)
        invoice = self._invoice(order)
        self._deliver(order, 3)
        self._credit_by_hand(invoice, 2).action_post()
        self.assertEqual(self._get_returnable(order), 3)

    def test_credited_and_authorized_units_add_up(self):
        order = self._sell(5)
        self._authorize(order, 2)
        self._credit_by_hand(self._invoice(order), 2)
        self.assertEqual(self._get_returnable(order), 1)
