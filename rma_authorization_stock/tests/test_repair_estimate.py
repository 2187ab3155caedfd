# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged

from .bench import BenchCommon


class EstimateCommon(BenchCommon):
    def _estimate(self, repairs):
        """The technician finds out what it takes, and tells the customer."""
        for repair in repairs:
            repair.write({"rma_labour_hours": 1.5, "rma_fault_id": self.blown.id})
            self._add_fuses(repair, 2)
        repairs.action_create_sale_order()
        repairs.action_send_rma_estimate()
        return repairs.sudo().sale_order_id

    def _accept(self, order):
        """What core's page does."""
        order.with_user(self.env.ref("base.public_user")).sudo()._validate_order()

    def _decline(self, order):
        order.with_user(self.env.ref("base.public_user")).sudo()._action_cancel()


@tagged("post_install", "-at_install")
class TestRepairEstimate(EstimateCommon):
    """What the customer pays for is repaired once the estimate is accepted (R4)."""

    # -- who pays ----------------------------------------------------------------------

    def test_under_warranty_nothing_is_asked(self):
        _authorization, repair = self._receive_for_repair(under_warranty=True)
        self.assertFalse(repair.rma_needs_estimate)
        self.assertEqual(repair.state, "confirmed")
        repair.action_repair_start()

    def test_what_a_policy_promises_is_covered_unless_the_customer_broke_it(self):
        self.env["rma.authorization.policy"].create(
            {"name": "Ada's", "partner_ids": self.customer.ids, "window": 7}
        ).action_put_in_force()
        authorization, repair = self._receive_for_repair()
        self.assertFalse(repair.rma_needs_estimate)
        authorization.sudo().inspection_ids.responsible = "customer"
        self.assertTrue(repair.rma_needs_estimate)

    def test_nothing_begins_before_the_customer_agrees(self):
        _authorization, repair = self._receive_for_repair()
        self.assertTrue(repair.rma_needs_estimate)
        for begin in (repair.action_validate, repair.action_repair_start):
            with self.assertRefused(f"{repair.name} isn't covered"):
                begin()
        with self.assertRefused("isn't covered"):
            repair.state = "under_repair"
        self._estimate(repair)
        with self.assertRefused("wait for the answer"):
            repair.action_repair_start()

    def test_a_manager_lets_it_be_repaired_nevertheless(self):
        authorization, repair = self._receive_for_repair()
        with self.assertRaises(AccessError):
            repair.action_approve_rma_repair()
        with self.assertRaises(AccessError):
            repair.with_user(self.agent).action_approve_rma_repair()
        authorization.repair_ids.sudo(False).with_user(
            self.manager
        ).action_approve_rma_repair()
        self.assertEqual(repair.rma_approved_by_id, self.manager)
        self.assertEqual(repair.state, "confirmed")
        repair.action_repair_start()
        with self.assertRefused("waits for no customer"):
            repair.with_user(self.manager).action_approve_rma_repair()

    def test_what_a_manager_approved_goes_on_without_an_answer(self):
        with freeze_time("2026-03-02 10:00:00"):
            authorization, repair = self._receive_for_repair()
            order = self._estimate(repair)
            repair.with_user(self.manager).action_approve_rma_repair()
        with freeze_time("2026-04-02 10:00:00"):
            self._run_timers()
        self.assertEqual(order.state, "sent")
        self._decline(order)
        self.assertRecordValues(
            repair, [{"state": "confirmed", "rma_estimate_state": "declined"}]
        )
        self.assertEqual(authorization.settlement_ids.state, "in_progress")
        self.assertFalse(authorization.sudo().activity_ids)

    def test_nobody_enters_the_answer(self):
        _authorization, repair = self._receive_for_repair()
        for vals in (
            {"rma_approved_by_id": self.technician.id},
            {"rma_estimate_state": "accepted"},
        ):
            with self.assertRefused("can't be entered"):
                repair.write(vals)

    def test_what_turns_out_not_to_be_covered_goes_back_to_wait(self):
        authorization, repair = self._receive_for_repair(under_warranty=True)
        repair.action_repair_start()
        repair.under_warranty = False
        self.assertEqual(repair.state, "draft")
        self.assertEqual(authorization.settlement_ids.state, "in_progress")
        with self.assertRefused("isn't covered"):
            repair.action_repair_start()

    # -- diagnosis ---------------------------------------------------------------------

    def test_the_bench_knows_what_the_inspection_found(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._authorize(order, 1, resolution="repair")
        self._receive(authorization)
        vals = {"fault_id": self.blown.id, "cause_id": self.wear.id}
        self._inspect(authorization, [(1, {"resolution": "repair", **vals})])
        authorization.action_settle()
        repair = self._get_repairs(authorization)
        self.assertRecordValues(
            repair,
            [{"rma_fault_id": self.blown.id, "rma_cause_id": self.wear.id}],
        )

    def test_the_inspection_learns_what_the_bench_found(self):
        authorization, repair = self._receive_for_repair()
        repair.write({"rma_fault_id": self.blown.id, "rma_cause_id": self.wear.id})
        self.assertRecordValues(
            authorization.inspection_ids,
            [{"fault_found": "found", "fault_id": self.blown.id}],
        )
        # what was found first stands there
        repair.rma_fault_id = self.scratch
        self.assertEqual(authorization.inspection_ids.fault_id, self.blown)

    def test_a_fault_is_no_cause(self):
        _authorization, repair = self._receive_for_repair()
        with self.assertRaisesRegex(ValidationError, "Choose a Cause"):
            repair.rma_cause_id = self.blown

    # -- the quotation -----------------------------------------------------------------

    @freeze_time("2026-03-02 10:00:00")
    def test_the_estimate_is_parts_and_labour_valid_for_two_weeks(self):
        _authorization, repair = self._receive_for_repair()
        self.assertEqual(repair.rma_estimate_state, "none")
        repair.rma_labour_hours = 1.5
        self._add_fuses(repair, 2)
        repair.action_create_sale_order()
        # 2 fuses at 10.00, 1.5 hours at 60.00
        self.assertRecordValues(
            repair,
            [
                {
                    "rma_estimate_state": "to_send",
                    "rma_estimate_amount": 110.0,
                    "rma_estimate_validity": fields.Date.to_date("2026-03-16"),
                    "state": "draft",
                }
            ],
        )
        repair.action_send_rma_estimate()
        self.assertEqual(repair.rma_estimate_state, "sent")
        self.assertEqual(str(repair.rma_date_estimate_sent), "2026-03-02 10:00:00")
        message = repair.sudo().sale_order_id.message_ids.filtered("partner_ids")[:1]
        self.assertEqual(message.partner_ids, self.customer)

    def test_an_upgrade_has_its_price_under_warranty_too(self):
        memory = self._create_product(
            "More Memory", type="service", is_storable=False, list_price=45.0
        )
        _authorization, repairs = self._receive_for_repair(2, under_warranty=True)
        repair = repairs[0]
        repair.rma_upgrade_id = memory
        self.assertTrue(repair.rma_needs_estimate)
        self.assertFalse(repairs[1].rma_needs_estimate)
        self._add_fuses(repair, 2)
        repair.action_create_sale_order()
        self.assertEqual(repair.rma_estimate_amount, 45.0)

    def test_each_customer_gets_an_estimate_of_a_batch(self):
        bob = self.env["res.partner"].create({"name": "Bob", "email": "b@example.com"})
        order = self._sell_from_stock(self.product, 1, partner=bob)
        _one, repairs = self._receive_for_repair(2)
        _two, other = self._receive_for_repair(order=order)
        orders = self._estimate(repairs | other)
        self.assertEqual(len(orders), 3)
        self.assertEqual(orders.mapped("amount_total"), [110.0, 110.0, 110.0])
        self.assertEqual(set(orders.mapped("state")), {"sent"})
        self.assertEqual(orders.partner_id, self.customer | bob)

    def test_what_cannot_be_sent_says_why(self):
        _authorization, repair = self._receive_for_repair()
        with self.assertRefused("no open quotation"):
            repair.action_send_rma_estimate()
        repair.action_create_sale_order()
        with self.assertRefused("nothing is on its quotation"):
            repair.action_send_rma_estimate()
        self._add_fuses(repair, 1)
        self.customer.email = False
        with self.assertRefused("Ada Customer has no mail address"):
            repair.action_send_rma_estimate()

    # -- accepted ----------------------------------------------------------------------

    def test_accepting_lets_the_bench_begin_and_what_is_done_is_invoiced(self):
        authorization, repair = self._receive_for_repair()
        order = self._estimate(repair)
        self._accept(order)
        self.assertRecordValues(
            repair, [{"state": "confirmed", "rma_estimate_state": "accepted"}]
        )
        self.assertTrue(repair.rma_date_estimate_answered)
        self.assertFalse(order.picking_ids)
        self._finish(repair)
        lines = order.order_line
        self.assertEqual(
            lines.filtered(lambda one: one.product_id == self.fuse).qty_delivered, 2
        )
        lines.filtered(lambda one: one.product_id == self.hour).qty_delivered = 1.5
        self.assertEqual(order._create_invoices().amount_untaxed, 110.0)
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.state, "closed")

    # -- declined ----------------------------------------------------------------------

    def test_declining_frees_the_goods_and_somebody_decides(self):
        authorization, repair = self._receive_for_repair()
        order = self._estimate(repair)
        self._decline(order)
        self.assertRecordValues(
            repair, [{"state": "cancel", "rma_estimate_state": "declined"}]
        )
        self.assertRecordValues(
            authorization.inspection_ids,
            [{"resolution": "none", "proposed_resolution": "none"}],
        )
        self.assertIn("declined", authorization.inspection_ids.proposal_reason)
        self.assertEqual(authorization.settlement_ids.state, "cancelled")
        activity = authorization.sudo().activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("sent back or scrapped", activity.note)
        # what was offered can still be read
        self.assertEqual(order.amount_total, 110.0)
        authorization.inspection_ids.with_user(
            self.technician
        ).disposition = "send_back"
        authorization.with_user(self.worker).action_dispose()
        self._deliver(authorization.sudo().picking_ids)
        authorization.action_settle()
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(len(authorization.sudo().repair_ids), 1)

    def test_of_two_units_one_is_declined(self):
        authorization, repairs = self._receive_for_repair(2)
        self._estimate(repairs)
        self._decline(repairs[0].sudo().sale_order_id)
        self._accept(repairs[1].sudo().sale_order_id)
        self.assertEqual(repairs.mapped("state"), ["cancel", "confirmed"])
        self.assertEqual(
            sorted(authorization.inspection_ids.mapped("resolution")),
            ["none", "repair"],
        )
        self.assertEqual(authorization.line_ids.qty_settling, 1)
        self.assertEqual(authorization.line_ids.qty_to_settle, 1)

    def test_a_quotation_that_was_never_sent_is_no_answer(self):
        _authorization, repair = self._receive_for_repair()
        repair.action_create_sale_order()
        repair.sudo().sale_order_id._action_cancel()
        self.assertEqual(repair.state, "draft")
        self.assertEqual(repair.rma_estimate_state, "none")

    def test_no_answer_in_time_is_declined(self):
        with freeze_time("2026-03-02 10:00:00"):
            authorization, repair = self._receive_for_repair()
            _other, patient = self._receive_for_repair()
            self._estimate(repair)
            order = self._estimate(patient)
            order.validity_date = False
        with freeze_time("2026-03-16 20:00:00"):
            self._run_timers()
            self.assertEqual(repair.rma_estimate_state, "sent")
        with freeze_time("2026-03-17 06:00:00"):
            self._run_timers()
            self._run_timers()
        self.assertRecordValues(
            repair | patient,
            [
                {
                    "rma_estimate_state": "no_answer",
                    "state": "cancel",
                    "rma_date_estimate_answered": False,
                },
                {
                    "rma_estimate_state": "sent",
                    "state": "draft",
                    "rma_date_estimate_answered": False,
                },
            ],
        )
        self.assertEqual(authorization.settlement_ids.state, "cancelled")
        self.assertEqual(len(authorization.sudo().activity_ids), 1)

    def test_repairs_that_are_no_returns_are_as_ever(self):
        repair = (
            self.env["repair.order"]
            .with_user(self.technician)
            .create({"product_id": self.product.id, "partner_id": self.customer.id})
        )
        self.assertFalse(repair.rma_needs_estimate)
        repair.sudo().action_create_sale_order()
        order = repair.sudo().sale_order_id
        order.action_quotation_sent()
        order._action_cancel()
        self.assertEqual(repair.state, "draft")
        self.assertEqual(repair.rma_estimate_state, "none")
        repair._action_repair_confirm()
        self.assertEqual(repair.state, "confirmed")


@tagged("post_install", "-at_install")
class TestRepairEstimatePage(EstimateCommon, HttpCase):
    """The customer answers on core's page; the return says whose turn it is."""

    def test_the_customer_declines_on_the_page(self):
        authorization, repair = self._receive_for_repair()
        order = self._estimate(repair)
        step = authorization.sudo()._get_customer_step()
        self.assertEqual(step["who"], "customer")
        day = fields.Date.context_today(order) + timedelta(days=14)
        self.assertEqual(order.validity_date, day)
        self.assertIn("accept or decline our quotation", step["text"])
        self.authenticate(None, None)
        response = self.url_open(
            f"/my/orders/{order.id}/decline",
            data={
                "access_token": order.access_token,
                "decline_message": "Too dear",
                "csrf_token": Request.csrf_token(self),
            },
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(repair.rma_estimate_state, "declined")
        self.assertIn("Too dear", "".join(order.message_ids.mapped("body")))
        [document] = authorization.sudo()._get_customer_documents()
        self.assertEqual(document["note"], "declined")
