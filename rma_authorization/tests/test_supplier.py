# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .common import RmaCommon


class SupplierCommon(RmaCommon):
    """Two suppliers, and what goes back to them by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Sam Supplier", "email": "sam@example.com"}
        )
        cls.carrier = cls.env["res.partner"].create({"name": "Cargo Carrier"})
        cls.product.seller_ids = [
            Command.create({"partner_id": cls.supplier.id, "price": 30.0})
        ]

    @classmethod
    def _ask(cls, qty=5, **line_vals):
        """A draft return to the supplier, by the agent; without goods, unless a
        disposition says otherwise."""
        return (
            cls.env["rma.authorization"]
            .with_user(cls.agent)
            .create(
                {
                    "direction": "supplier",
                    "partner_id": cls.supplier.id,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "qty_requested": qty,
                                "reason_id": cls.reason.id,
                                "resolution": "none",
                                "disposition": "keep",
                                **line_vals,
                            }
                        )
                    ],
                }
            )
        )

    @classmethod
    def _ship(cls, authorization):
        """Where an app follows the goods, they leave."""
        if "picking_ids" in authorization._fields:
            cls._validate(authorization.sudo()._get_open_receipts())

    @classmethod
    def _answer(cls, authorization, *rows, user=None):
        """Record `(quantity, answer, values)` for the first line."""
        wizard = (
            cls.env["rma.authorization.answer"]
            .with_user(user or cls.agent)
            .create({"authorization_ids": authorization.ids, "line_ids": []})
        )
        wizard.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "line_id": authorization.line_ids[:1].id,
                        "qty": qty,
                        "answer": answer,
                        **vals,
                    }
                )
                for qty, answer, vals in rows
            ),
        ]
        wizard.action_apply()
        return authorization.settlement_ids

    def _find(self, qty=2, *, responsible="supplier", **vals):
        """A finding on a customer's return for which somebody else answers."""
        authorization = self._authorize(self._sell(qty), qty)
        self._receive(authorization)
        return self._inspect(authorization, (qty, {"responsible": responsible, **vals}))


@tagged("post_install", "-at_install")
class TestSupplier(SupplierCommon):
    """The flow towards a supplier: asked, agreed, shipped, answered."""

    def test_nothing_is_inspected(self):
        self.company.rma_inspection_required = True
        authorization = self._ask()
        self.assertFalse(authorization.inspection_required)
        authorization.action_authorize()
        self.assertEqual(authorization.line_ids.qty_to_inspect, 0.0)

    def test_the_goods_wait_for_the_number_that_the_supplier_demands(self):
        self.supplier.rma_ran_required = True
        authorization = self._ask(disposition=False)
        self.assertTrue(authorization.is_ran_missing)
        authorization.action_authorize()
        line = authorization.line_ids
        with self.assertRefused("takes nothing back without a number of theirs"):
            line.sudo()._receive_by_hand({line.sudo(): 5})
        authorization.partner_reference = " "
        self.assertTrue(authorization.is_ran_missing)
        authorization.partner_reference = "RAN-7"
        line.sudo()._receive_by_hand({line.sudo(): 5})
        self.assertEqual(line.qty_received, 5)

    def test_one_line_gets_several_answers(self):
        authorization = self._ask(5)
        authorization.action_authorize()
        settlements = self._answer(
            authorization,
            (1, "amount", {"amount": 25.0}),
            (2, "amount", {"amount": 40.0}),
            (2, "gone", {"note": "Worn out"}),
        )
        self.assertEqual(
            sorted(
                (one.answer, one.resolution, one.qty, one.state) for one in settlements
            ),
            [
                ("amount", "none", 1.0, "done"),
                ("amount", "none", 2.0, "done"),
                ("gone", "none", 2.0, "done"),
            ],
        )
        self.assertEqual(authorization.state, "closed")

    def test_the_rest_is_answered_later(self):
        authorization = self._ask(5)
        authorization.action_authorize()
        self._answer(authorization, (2, "gone", {}))
        self.assertEqual(authorization.line_ids.qty_to_settle, 3)
        self.assertEqual(authorization.next_step, "settle")

    def test_no_more_is_answered_than_the_supplier_has(self):
        authorization = self._ask(5, disposition=False)
        authorization.action_authorize()
        with self.assertRefused("ship the rest first"):
            self._answer(authorization, (1, "gone", {}))
        line = authorization.line_ids.sudo()
        line._receive_by_hand({line: 2})
        with self.assertRefused("Sam Supplier has 2"):
            self._answer(authorization, (3, "gone", {}))
        self._answer(authorization, (2, "gone", {}))
        self.assertEqual(line.qty_settled, 2)

    def test_what_was_paid_is_recovered_and_taken_back_with_its_answer(self):
        authorization = self._ask(5)
        authorization.action_authorize()
        # 5 x 40.00
        self.assertEqual(authorization.amount_claimed, 200.0)
        settlement = self._answer(authorization, (5, "amount", {"amount": 120.0}))
        self.assertRecordValues(
            authorization.sudo().cost_ids,
            [{"kind": "recovery", "amount": -120.0, "res_id": settlement.id}],
        )
        self.assertEqual(authorization.amount_recovered, 120.0)
        settlement.action_undo()
        self.assertFalse(authorization.sudo().cost_ids)
        self.assertEqual(authorization.state, "authorized")

    def test_an_amount_is_paid_or_it_is_not(self):
        authorization = self._ask(5)
        authorization.action_authorize()
        with self.assertRefused("enter what was paid"):
            self._answer(authorization, (5, "amount", {}))

    def test_customers_give_no_answers(self):
        authorization = self._authorize(self._sell(2), 2)
        with self.assertRefused("comes from a customer"):
            authorization.action_open_answer()
        with self.assertRefused("comes from a customer"):
            self._answer(authorization, (1, "gone", {}))

    def test_a_replacement_from_a_supplier_is_no_sale(self):
        authorization = self._ask(5, resolution="exchange")
        authorization.action_authorize()
        authorization.action_settle()
        self.assertFalse(authorization.sudo().replacement_order_ids)
        self.assertEqual(authorization.settlement_ids.qty, 5)

    def test_a_technician_asks_and_answers_nothing(self):
        authorization = self._ask(5)
        authorization.action_authorize()
        with self.assertRaises(AccessError):
            authorization.with_user(self.technician).action_open_answer()
        with self.assertRaises(AccessError):
            self._answer(authorization, (5, "gone", {}), user=self.technician)

    def test_the_screens_open_for_the_agent(self):
        authorization = self._ask(5)
        authorization.action_authorize()
        Form(
            authorization.with_user(self.agent),
            view="rma_authorization.rma_authorization_view_form_supplier",
        )
        action = authorization.action_open_answer()
        window = Form(
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        self.assertEqual(len(window.line_ids), 1)
        Form(self.supplier.with_user(self.agent))
        for name in ("supplier", "recovery"):
            action = self.env["ir.actions.act_window"]._for_xml_id(
                f"rma_authorization.rma_authorization_{name}_action"
            )
            views = self.env[action["res_model"]].with_user(self.agent)
            views.get_views(action["views"])
            views.search(safe_eval(action["domain"]))

    # -- asked by mail -----------------------------------------------------------------

    def test_submitting_asks_the_supplier_by_mail(self):
        authorization = self._ask(5)
        authorization.action_submit()
        self.assertEqual(
            authorization.sudo().mail_ids.template_id,
            self.env.ref("rma_authorization.mail_template_supplier_request"),
        )

    def test_the_request_is_sent_without_a_button_to_a_page(self):
        authorization = self._ask(5)
        authorization.action_submit()
        with self.enter_registry_test_mode():
            self.env.ref("rma_authorization.ir_cron_send_mails").method_direct_trigger()
        mail = authorization.sudo().mail_ids
        self.assertEqual((mail.state, mail.error), ("sent", False))
        self.assertIn("request to return goods", mail.message_id.subject)
        groups = authorization.sudo()._notify_get_recipients_groups(
            mail.message_id, "Return"
        )
        buttons = {
            name: options["has_button_access"] for name, _test, options in groups
        }
        self.assertFalse(buttons["portal_customer"])

    def test_who_has_no_mail_address_is_asked_on_paper(self):
        self.supplier.email = False
        authorization = self._ask(5)
        authorization.action_submit()
        self.assertFalse(authorization.sudo().mail_ids)
        action = authorization.action_print_supplier_request()
        self.assertEqual(action["type"], "ir.actions.report")

    def test_the_request_shows_what_was_found(self):
        finding = self._find(note="The hinge is broken")
        finding.with_user(self.agent).action_claim()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "rma_authorization.report_supplier_request",
            finding.claim_line_ids.authorization_id.ids,
        )[0]
        self.assertIn(b"The hinge is broken", html)
        self.assertIn(b"Sam Supplier", html)

    def test_the_supplier_reads_their_own_reason(self):
        self.env["rma.authorization.reason.vendor"].with_user(self.manager).create(
            {
                "reason_id": self.reason.id,
                "partner_id": self.supplier.id,
                "name": "D01 Dead unit",
            }
        )
        contact = self.supplier.create({"name": "C", "parent_id": self.supplier.id})
        self.assertEqual(self.reason._get_vendor_name(contact), "D01 Dead unit")
        self.assertEqual(self.reason._get_vendor_name(self.carrier), self.reason.name)

    # -- reminded ----------------------------------------------------------------------

    def test_a_supplier_who_does_not_answer_is_asked_again(self):
        self.supplier.rma_answer_days = 10
        with freeze_time("2026-03-01"):
            authorization = self._ask(5)
            authorization.action_submit()
            self.assertEqual(authorization.date_supplier_reminder, date(2026, 3, 11))
        with freeze_time("2026-03-11"):
            authorization.sudo()._remind_supplier()
        activity = authorization.sudo().activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertEqual(authorization.date_supplier_reminder, date(2026, 3, 21))
        authorization.action_refuse("Too late")
        self.assertFalse(authorization.date_supplier_reminder)
        self.assertFalse(authorization.sudo().activity_ids)


@tagged("post_install", "-at_install")
class TestRecovery(SupplierCommon):
    """The recovery desk: whom, how much, until when; and the claim."""

    def test_the_only_supplier_of_a_product_answers_for_its_faults(self):
        finding = self._find(2)
        self.assertRecordValues(
            finding,
            [
                {
                    "vendor_id": self.supplier.id,
                    # 2 x 40.00
                    "claim_value": 80.0,
                    "claim_state": "open",
                }
            ],
        )

    def test_nobody_is_asked_for_what_is_our_own_fault(self):
        for vals in ({"responsible": "us"}, {"fault_found": "none"}):
            with self.subTest(vals):
                self.assertEqual(self._find(1, **vals).claim_state, "no")

    def test_of_two_suppliers_one_has_to_be_chosen(self):
        self.product.seller_ids = [Command.create({"partner_id": self.carrier.id})]
        finding = self._find(1)
        self.assertFalse(finding.vendor_id)
        with self.assertRefused("choose whom to claim it against"):
            finding.with_user(self.agent).action_claim()
        finding.with_user(self.agent).sudo().vendor_id = self.supplier
        finding.with_user(self.agent).action_claim()
        self.assertEqual(finding.claim_state, "claimed")

    def test_a_carrier_takes_claims_for_days_from_the_arrival(self):
        self.carrier.rma_claim_days = 7
        finding = self._find(1, responsible="carrier", vendor_id=self.carrier.id)
        arrived = self.company._get_rma_day(finding.date)
        self.assertEqual((finding.claim_deadline - arrived).days, 7)

    def test_many_findings_make_one_return_for_each_supplier(self):
        finding, other = self._find(2), self._find(1)
        damaged = self._find(1, responsible="carrier", vendor_id=self.carrier.id)
        findings = (finding | other | damaged).with_user(self.agent)
        findings.action_claim()
        claims = findings.claim_line_ids.authorization_id
        self.assertEqual(
            sorted(
                (claim.partner_id.name, claim.direction, claim.state, qty)
                for claim in claims
                for qty in [sum(claim.line_ids.mapped("qty_requested"))]
            ),
            [
                ("Cargo Carrier", "supplier", "draft", 1.0),
                ("Sam Supplier", "supplier", "draft", 3.0),
            ],
        )
        self.assertEqual(set(findings.mapped("claim_state")), {"claimed"})

    def test_nothing_is_claimed_twice(self):
        finding = self._find(2)
        finding.with_user(self.agent).action_claim()
        with self.assertRefused("was claimed by"):
            finding.with_user(self.agent).action_claim()
        claim = finding.claim_line_ids.authorization_id.with_user(self.agent)
        claim.line_ids.qty_requested = 3
        with self.assertRefused("more would be claimed than was found"):
            claim.action_submit()

    def test_a_claimed_finding_stands(self):
        finding = self._find(2)
        finding.with_user(self.agent).action_claim()
        claim = finding.claim_line_ids.authorization_id
        # where an app follows the goods, they are about to leave
        with self.assertRefused(
            "more would be claimed than was found|goods have moved"
        ):
            finding.with_user(self.technician).qty = 1
        claim.with_user(self.agent).action_cancel("Not needed")
        finding.with_user(self.technician).qty = 1
        with self.assertRefused(f"can't be deleted: .*{claim.name}"):
            finding.with_user(self.manager).unlink()

    def test_what_the_supplier_does_not_agree_to_can_be_claimed_again(self):
        finding = self._find(2)
        finding.with_user(self.agent).action_claim()
        claim = finding.claim_line_ids.authorization_id.with_user(self.agent)
        claim.action_cancel()
        self.assertEqual(finding.claim_state, "open")
        finding.with_user(self.agent).action_claim()
        self.assertEqual(finding.claim_state, "claimed")

    def test_a_supplier_may_agree_to_a_part(self):
        finding = self._find(2)
        finding.with_user(self.agent).action_claim()
        claim = finding.claim_line_ids.authorization_id.with_user(self.agent)
        claim.line_ids.qty_authorized = 1
        claim.action_authorize()
        self.assertEqual(finding.claim_state, "open")
        self.assertEqual(finding._get_unclaimed_qty(), 1.0)

    def test_parts_of_a_claimed_finding_are_not_claimed_again(self):
        # nothing goes back to a carrier
        finding = self._find(2, responsible="carrier", vendor_id=self.carrier.id)
        finding.with_user(self.agent).action_claim()
        claim = finding.claim_line_ids.authorization_id.with_user(self.agent)
        # as repairs do, of which each is about one unit
        part = finding.sudo()._cut({finding.sudo(): 1.0}).with_user(self.agent)
        parts = finding | part
        self.assertEqual(parts.mapped("qty"), [1.0, 1.0])
        self.assertEqual(parts.mapped("claim_state"), ["claimed", "claimed"])
        self.assertEqual(part.action_view_claims()["res_id"], claim.id)
        for one in parts:
            with self.assertRefused(f"was claimed by {claim.name} already"):
                one.with_user(self.agent).action_claim()
        claim.line_ids.qty_authorized = 1
        claim.action_authorize()
        self.assertEqual(parts.mapped("claim_state"), ["claimed", "open"])
        part.action_claim()
        self.assertEqual(part.claim_line_ids.qty_requested, 1.0)
        self.assertEqual(parts.mapped("claim_state"), ["claimed", "claimed"])
        with self.assertRefused("more would be claimed than was found"):
            part.with_user(self.technician).qty = 0.5

    def test_small_claims_are_waived(self):
        finding = self._find(1)
        finding.with_user(self.agent).action_waive_claim()
        self.assertEqual(finding.claim_state, "waived")
        finding.with_user(self.agent).action_claim()
        self.assertEqual(finding.claim_state, "claimed")

    def test_a_technician_claims_nothing(self):
        finding = self._find(1).with_user(self.technician)
        with self.assertRaises(AccessError):
            finding.action_claim()
        with self.assertRaises(AccessError):
            finding.action_waive_claim()

    def test_only_findings_on_the_same_goods_are_claimed(self):
        finding = self._find(1)
        with self.assertRaisesRegex(ValidationError, "isn't about these goods"):
            self._ask(
                1,
                product_id=self.other_product.id,
                source_inspection_id=finding.id,
            )

    def test_the_rate_counts_what_they_caused(self):
        # they answer for 2 x 40.00 and 2 x 40.00, and pay 40.00 for the first two
        finding, _other = self._find(2), self._find(2)
        finding.with_user(self.agent).action_claim()
        claim = finding.claim_line_ids.authorization_id.with_user(self.agent)
        claim.action_authorize()
        self._ship(claim)
        self._answer(claim, (2, "amount", {"amount": 40.0}))
        self.assertEqual(self.supplier.rma_claim_count, 1)
        self.assertAlmostEqual(self.supplier.rma_recovery_rate, 25.0)

    def test_each_company_claims_for_itself(self):
        finding = self._find(1)
        other = self.env["res.company"].create({"name": "Other"})
        self.agent.company_ids = [Command.link(other.id)]
        finding.with_user(self.agent).action_claim()
        self.assertEqual(
            finding.claim_line_ids.authorization_id.company_id, self.company
        )
        stranger = self._create_user(
            "stranger",
            "rma_authorization.group_rma_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            finding.with_user(stranger).action_claim()

    def test_nobody_knows_the_last_day_without_a_receipt(self):
        finding = self._find(1)
        self.assertFalse(finding.claim_deadline)
        self.supplier.rma_claim_days = 30
        finding.sudo().modified(["vendor_id"])
        self.assertFalse(finding.claim_deadline)
