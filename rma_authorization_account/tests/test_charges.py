# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCharges(RmaAccountCommon):
    """Fees and deductions are lines of their own on the credit note (F6), made by rules
    and made anew when their cause changes (RULES R55)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["rma.authorization.charge.rule"]
        cls.rules.search([]).active = False
        cls.fee = cls.env.ref("rma_authorization_account.product_restocking")
        cls.fee.taxes_id = cls.tax
        cls.freight = cls.env.ref("rma_authorization_account.product_freight")
        cls.freight.taxes_id = False
        cls.reasons = cls.env["rma.authorization.reason"].search([])
        cls.order_line = cls._sell(price_unit=100.0)
        cls.invoice = cls._bill(cls.order_line)

    def _rule(self, kind="restocking", percent=15.0, **vals):
        return self.rules.create(
            {
                "name": f"Rule {kind}",
                "kind": kind,
                "percent": percent,
                "product_id": self.fee.id,
                **vals,
            }
        )

    def _find(self, authorization, **vals):
        """The technician judges what came."""
        technician = self._technician()
        authorization.inspection_ids.with_user(technician).write(vals)

    def _technician(self):
        return self.env["res.users"].search(
            [("login", "=", "rma_technician")]
        ) or self._create_user("technician", "rma_authorization.group_rma_technician")

    def _get_charged(self, note):
        lines = note.invoice_line_ids.filtered("rma_charge_id")
        return lines.sorted("id").mapped("price_subtotal")

    # -- amounts -----------------------------------------------------------------------

    def test_amounts_of_each_kind(self):
        """3 of 10 at 100.00 are returned: what is kept, by hand."""
        table = [
            # kind, values, charged
            ("restocking", {"percent": 15.0}, -45.0),
            ("share", {"percent": 60.0}, -120.0),
            ("damage", {"percent": 33.33}, -99.99),
            ("freight", {"computation": "unit", "amount": 4.5}, -13.5),
            ("freight", {"computation": "return", "amount": 4.5}, -4.5),
        ]
        for kind, vals, charged in table:
            with self.subTest(kind=kind, vals=vals), self.cr.savepoint() as savepoint:
                self._rule(kind, **vals)
                note = self._credit(self.order_line, qty=3)
                self.assertEqual(self._get_charged(note), [charged])
                self.assertEqual(note.amount_untaxed, 300.0 + charged)
                self.assertAlmostEqual(note.amount_tax, (300.0 + charged) * 0.07, 2)
                goods = note.invoice_line_ids.filtered("rma_settlement_id")
                self.assertEqual((goods.price_unit, goods.quantity), (100.0, 3.0))
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_policy_has_charges_of_its_own(self):
        policies = (
            self.env["rma.authorization.policy"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "returnable": "always",
                        "partner_ids": self.customer.ids,
                        "reason_ids": reason.ids,
                    }
                    for name, reason in zip("AB", self.reasons[:2], strict=True)
                ]
            )
        )
        policies[0].charge_rule_ids = self._rule("restocking", 15.0)
        policies.action_put_in_force()
        self._rule("damage", 10.0, sequence=20)
        charged = {
            policy.name: self._get_charged(
                self._credit(self.order_line, qty=1, reason_id=policy.reason_ids.id)
            )
            for policy in policies
        }
        self.assertEqual(charged, {"A": [-10.0, -15.0], "B": [-10.0]})
        # a new version keeps them
        version = policies[0].browse(policies[0].action_new_version()["res_id"])
        self.assertEqual(version.charge_rule_ids, policies[0].charge_rule_ids)

    def test_charges_bear_the_taxes_of_their_product(self):
        self._rule(
            "freight", computation="return", amount=10.0
        ).product_id = self.freight
        note = self._credit(self.order_line, qty=1)
        self.assertEqual((note.amount_untaxed, note.amount_tax), (90.0, 7.0))

    def test_a_share_may_bear_the_taxes_of_the_goods(self):
        self.tax.price_include_override = "tax_included"
        order_line = self._sell(price_unit=107.0)
        self._bill(order_line)
        self._rule("share", 50.0, product_id=self.freight.id, tax_source="credited")
        note = self._credit(order_line, qty=2)
        # 2 x 107.00, half of it, taxes included
        self.assertEqual((note.amount_total, note.amount_tax), (107.0, 7.0))

    def test_charges_are_in_the_currency_of_the_note(self):
        currency = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        order_line = self._sell(price_unit=100.0)
        order_line.order_id.currency_id = currency
        order_line.price_unit = 100.0
        self._bill(order_line)
        self._rule("freight", computation="return", amount=4.5)
        note = self._credit(order_line, qty=1)
        self.assertEqual(note.currency_id, currency)
        self.assertEqual(self._get_charged(note), [-9.0])

    def test_an_amount_per_return_is_charged_once(self):
        self._rule("freight", computation="return", amount=4.5)
        order_line = self._sell()
        self._bill(order_line, qty=4)
        self._bill(order_line, qty=6)
        notes = self._credit(order_line, qty=7)
        self.assertEqual(len(notes), 2)
        self.assertEqual(self._get_charged(notes), [-4.5])

    def test_each_invoice_bears_the_percentage_of_its_goods(self):
        order_line = self._sell(price_unit=100.0)
        older = self._bill(order_line, qty=4, date="2026-02-01")
        newer = self._bill(order_line, qty=6, date="2026-03-01")
        self._rule("restocking", 10.0)
        self._credit(order_line, qty=7)
        self.assertEqual(older.reversal_move_ids.amount_untaxed, 360.0)
        self.assertEqual(newer.reversal_move_ids.amount_untaxed, 270.0)

    def test_other_credits_bear_nothing(self):
        note = self._credit(self.order_line, qty=3)
        self.assertEqual(note.amount_untaxed, 300.0)
        self.assertFalse(self.env["rma.authorization.charge"].search([]))

    # -- matching ----------------------------------------------------------------------

    def test_the_first_matching_rule_of_a_kind_applies(self):
        self._rule("share", 40.0, grade="damaged", sequence=1)
        self._rule("share", 80.0, grade="worn", sequence=2)
        self._rule("share", 95.0, sequence=3)
        for grade, charged in (("damaged", -60.0), ("worn", -20.0), ("good", -5.0)):
            with self.subTest(grade=grade):
                authorization = self._return(self.order_line, qty=1)
                self._find(authorization, grade=grade)
                note = self._settle(authorization)
                self.assertEqual(self._get_charged(note), [charged])

    def _get_entry(self, name):
        return self.env.ref(f"rma_authorization.rma_authorization_{name}")

    def test_what_the_customer_caused_may_cost_a_share(self):
        """Of 100.00: 60 % are credited for misuse, or for what is part of it."""
        use = self._get_entry("cause_use")
        self._rule("share", 60.0, cause_ids=[Command.set(use.ids)])
        no_power = self._get_entry("fault_no_power").id
        for cause, charged in (
            ("cause_use", [-40.0]),
            ("cause_dropped", [-40.0]),
            ("cause_material", []),
        ):
            with self.subTest(cause=cause):
                authorization = self._return(self.order_line, qty=1)
                entry = self._get_entry(cause)
                self._find(authorization, fault_id=no_power, cause_id=entry.id)
                note = self._settle(authorization)
                self.assertEqual(self._get_charged(note), charged)

    def test_who_is_responsible_may_pay_the_freight(self):
        """4.50 by the customer: as the reason says, unless the inspector finds
        otherwise, also while the credit is a draft."""
        self._rule("freight", computation="return", amount=4.5, responsible="customer")
        # billed so long ago that policies would ask a manager
        policies = self.env["rma.authorization.policy"].with_user(self.chief)
        policies.search([]).active = False
        wish = self._get_entry("reason_no_longer_wanted")
        authorization = self._return(self.order_line, qty=1, reason_id=wish.id)
        note = self._settle(authorization)
        self.assertEqual(note.amount_untaxed, 95.5)
        self._find(authorization, responsible="carrier")
        self.assertEqual(note.amount_untaxed, 100.0)
        self._find(authorization, responsible="customer")
        self.assertEqual(note.amount_untaxed, 95.5)
        other = self._return(
            self.order_line, qty=1, reason_id=self._get_entry("reason_other").id
        )
        self.assertEqual(self._settle(other).amount_untaxed, 100.0)

    def test_rules_ask_for_causes_only(self):
        fault = self._get_entry("fault_no_power")
        with self.assertRaisesRegex(ValidationError, "is a fault"):
            self._rule(cause_ids=[Command.set(fault.ids)])

    def test_rules_of_different_kinds_add_up(self):
        self._rule("share", 80.0)
        self._rule("restocking", 10.0)
        note = self._credit(self.order_line, qty=1)
        self.assertEqual(note.amount_untaxed, 70.0)

    def test_rules_of_other_companies_do_not_apply(self):
        company = self.env["res.company"].create({"name": "Other"})
        self._rule("restocking", company_id=company.id)
        self.assertEqual(self._get_charged(self._credit(self.order_line)), [])

    def test_rules_say_all_that_their_kind_needs(self):
        with self.assertRaisesRegex(ValidationError, "choose the product"):
            self._rule(product_id=False)
        with self.assertRaisesRegex(ValidationError, "shares are a percentage"):
            self._rule("share", computation="unit")

    # -- causes that change ------------------------------------------------------------

    def test_another_grade_changes_the_draft(self):
        self._rule("share", 40.0, grade="damaged")
        authorization = self._return(self.order_line, qty=1)
        note = self._settle(authorization)
        self.assertEqual(note.amount_untaxed, 100.0)
        self._find(authorization, grade="damaged")
        self.assertEqual(note.amount_untaxed, 40.0)
        self._find(authorization, grade="new")
        self.assertEqual(note.amount_untaxed, 100.0)
        self.assertFalse(authorization.charge_ids)

    def test_another_reason_changes_the_draft(self):
        first, second = self.reasons[:2]
        self._rule("restocking", 10.0, reason_ids=[Command.set(first.ids)])
        self._rule("restocking", 25.0, reason_ids=[Command.set(second.ids)])
        authorization = self._return(self.order_line, qty=1, reason_id=first.id)
        note = self._settle(authorization)
        self.assertEqual(note.amount_untaxed, 90.0)
        authorization.line_ids.with_user(self.agent).reason_id = second
        self.assertEqual(note.amount_untaxed, 75.0)

    def test_what_was_posted_is_not_changed_behind_the_accountant(self):
        self._rule("share", 40.0, grade="damaged")
        authorization = self._return(self.order_line, qty=1)
        note = self._release(self._settle(authorization))
        with self.assertRaisesRegex(UserError, "Reset the credit note to draft"):
            self._find(authorization, grade="damaged")
        self._find(authorization, grade="good")
        note.button_draft()
        self._find(authorization, grade="damaged")
        self.assertEqual(note.amount_untaxed, 40.0)

    def test_undoing_the_credit_takes_its_charges_along(self):
        self._rule()
        authorization = self._return(self.order_line, qty=3)
        note = self._settle(authorization)
        authorization.settlement_ids.action_undo()
        self.assertFalse(note.exists())
        self.assertFalse(authorization.charge_ids)
        self.assertEqual(self._get_charged(self._settle(authorization)), [-45.0])

    def test_goods_taken_off_a_note_take_their_charges_along(self):
        self._rule()
        returns = self._return(self.order_line, qty=1) | self._return(
            self.order_line, qty=2
        )
        note = self._settle(returns)
        self.assertEqual(note.amount_untaxed, 255.0)
        first = note.invoice_line_ids.filtered(
            lambda line: line.rma_settlement_id and line.quantity == 1
        )
        first.with_user(self.accountant).unlink()
        self.assertEqual(note.amount_untaxed, 170.0)

    def test_the_accountant_may_waive_a_charge(self):
        self._rule()
        authorization = self._return(self.order_line, qty=3)
        note = self._settle(authorization)
        note.invoice_line_ids.filtered("rma_charge_id").with_user(
            self.accountant
        ).unlink()
        self.assertFalse(authorization.charge_ids)
        self._release(note)
        self.assertEqual(note.amount_untaxed, 300.0)

    # -- by hand -----------------------------------------------------------------------

    def _charge(self, authorization, amount=12.5, user=None):
        return (
            self.env["rma.authorization.charge"]
            .with_user(user or self.agent)
            .create(
                {
                    "authorization_id": authorization.id,
                    "kind": "freight",
                    "product_id": self.freight.id,
                    "amount": amount,
                }
            )
        )

    def test_what_an_agent_enters_goes_on_the_next_note(self):
        authorization = self._return(self.order_line, qty=1)
        charge = self._charge(authorization)
        self.assertEqual(charge.state, "open")
        note = self._settle(authorization)
        self.assertEqual((charge.state, self._get_charged(note)), ("draft", [-12.5]))
        self._release(note)
        self.assertEqual(charge.state, "posted")

    def test_what_an_agent_changes_is_changed_on_the_draft(self):
        authorization = self._return(self.order_line, qty=1)
        note = self._settle(authorization)
        charge = self._charge(authorization)
        self.assertEqual(self._get_charged(note), [-12.5])
        charge.amount = 20.0
        self.assertEqual(self._get_charged(note), [-20.0])
        charge.unlink()
        self.assertEqual(self._get_charged(note), [])

    def test_what_was_charged_stands(self):
        authorization = self._return(self.order_line, qty=1)
        charge = self._charge(authorization)
        self._release(self._settle(authorization))
        with self.assertRaisesRegex(UserError, "was charged with"):
            charge.amount = 1.0
        with self.assertRaisesRegex(UserError, "was charged with"):
            charge.unlink()

    def test_charges_of_a_rule_are_not_edited(self):
        self._rule()
        authorization = self._return(self.order_line, qty=1)
        self._settle(authorization)
        charge = authorization.charge_ids.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "follows from a rule"):
            charge.amount = 1.0
        with self.assertRaisesRegex(UserError, "follows from a rule"):
            charge.unlink()

    def test_nobody_passes_a_charge_off_as_that_of_a_rule(self):
        rule = self._rule()
        authorization = self._return(self.order_line, qty=1)
        charge = self._charge(authorization).with_context(rma_charging=True)
        for vals in ({"rule_id": rule.id}, {"state": "posted"}):
            with self.assertRaisesRegex(UserError, "can't be entered"):
                charge.write(vals)
            with self.assertRaisesRegex(UserError, "can't be entered"):
                charge.create(
                    {
                        "authorization_id": authorization.id,
                        "product_id": self.freight.id,
                        "amount": 1.0,
                        **vals,
                    }
                )

    def test_a_charge_is_more_than_nothing(self):
        authorization = self._return(self.order_line, qty=1)
        for amount in (0.0, -5.0):
            with self.assertRaisesRegex(UserError, "more than zero"):
                self._charge(authorization, amount)

    def test_a_technician_charges_nothing(self):
        authorization = self._return(self.order_line, qty=1)
        with self.assertRaises(AccessError):
            self._charge(authorization, user=self._technician())

    def test_a_cancelled_note_frees_what_was_entered_by_hand(self):
        authorization = self._return(self.order_line, qty=1)
        charge = self._charge(authorization)
        note = self._settle(authorization)
        note.button_cancel()
        self.assertEqual(charge.state, "open")
        again = self._settle(authorization) - note
        self.assertEqual(self._get_charged(again), [-12.5])
        with self.assertRaisesRegex(UserError, "settled anew"):
            note.button_draft()

    # -- more than the credit ----------------------------------------------------------

    def test_what_exceeds_the_credit_is_invoiced(self):
        authorization = self._return(self.order_line, qty=1)
        small, large = (
            self._charge(authorization, 40.0),
            self._charge(authorization, 90.0),
        )
        note = self._settle(authorization)
        self.assertEqual(note.amount_untaxed, 60.0)
        self.assertEqual((small.state, large.state), ("draft", "open"))
        self.assertTrue(authorization.has_open_charges)
        authorization.action_invoice_charges()
        invoice = large.sudo().move_line_ids.move_id
        self.assertRecordValues(
            invoice,
            [
                {
                    "move_type": "out_invoice",
                    "state": "draft",
                    "amount_untaxed": 90.0,
                    "rma_id": authorization.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "nothing is left to charge"):
            authorization.action_invoice_charges()
        invoice.with_user(self.accountant).action_post()
        self.assertEqual(large.state, "posted")

    def test_charges_of_a_rejected_return_are_invoiced(self):
        authorization = self._return(self.order_line, qty=1, resolution="none")
        charge = self._charge(authorization)
        authorization.action_settle()
        authorization.action_invoice_charges()
        self.assertEqual(charge.state, "draft")

    # -- costs -------------------------------------------------------------------------

    def test_charges_are_fees_in_the_costs(self):
        self._rule()
        authorization = self._return(self.order_line, qty=3)
        note = self._release(self._settle(authorization))
        self.assertEqual(
            sorted((cost.kind, cost.amount) for cost in authorization.cost_ids),
            [("credit", 300.0), ("fee", -45.0)],
        )
        note.button_draft()
        self.assertFalse(authorization.cost_ids)


@tagged("post_install", "-at_install")
class TestDeliveryCharge(RmaAccountCommon):
    """The original delivery charge is refunded or not, by rule, never beyond what was
    paid for it (RULES R58, R62)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules = cls.env["rma.authorization.charge.rule"]
        rules.search([]).active = False
        cls.delivery = cls._create_product(
            name="Parcel", type="service", list_price=10.0, taxes_id=cls.tax.ids
        )
        cls.rule = rules.create(
            {
                "name": "Delivery refunded",
                "kind": "delivery",
                "percent": 100.0,
                "product_id": cls.delivery.id,
            }
        )
        cls.order_line = cls._sell(price_unit=100.0)
        cls.order_line.order_id.order_line = [
            Command.create(
                {
                    "product_id": cls.delivery.id,
                    "product_uom_qty": 1,
                    "price_unit": 10.0,
                    "tax_ids": [Command.set(cls.tax.ids)],
                }
            )
        ]
        cls.invoice = cls._bill(cls.order_line)

    def _get_refunded(self, note):
        return note.invoice_line_ids.filtered("rma_charge_id").mapped("price_subtotal")

    def test_in_proportion_until_all_is_back(self):
        notes = self.env["account.move"]
        for qty, refunded in ((3, [3.0]), (3, [3.0]), (4, [4.0])):
            note = self._credit(self.order_line, qty=qty)
            self.assertEqual(self._get_refunded(note), refunded)
            notes |= note
        self._release(notes)
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), 1080.7, 2)
        self.assertEqual(self.invoice.payment_state, "reversed")

    def test_with_the_last_goods_only(self):
        self.rule.is_complete_only = True
        self.assertEqual(self._get_refunded(self._credit(self.order_line, qty=9)), [])
        note = self._credit(self.order_line, qty=1)
        self.assertEqual(self._get_refunded(note), [10.0])

    def test_in_part(self):
        self.rule.percent = 50.0
        note = self._credit(self.order_line, qty=10)
        self.assertEqual(self._get_refunded(note), [5.0])

    def test_not_at_all_without_a_rule(self):
        self.rule.active = False
        note = self._credit(self.order_line, qty=10)
        self.assertEqual(note.amount_untaxed, 1000.0)

    def test_what_was_refunded_by_hand_is_not_refunded_again(self):
        by_hand = self._credit_by_hand(self.invoice)
        by_hand.invoice_line_ids.filtered(
            lambda line: line.product_id != self.delivery
        ).unlink()
        by_hand.action_post()
        note = self._credit(self.order_line, qty=10)
        self.assertEqual(self._get_refunded(note), [])

    def test_the_order_does_not_ask_for_the_delivery_again(self):
        self._release(self._credit(self.order_line, qty=10))
        order = self.order_line.order_id
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0.0, 0.0])
