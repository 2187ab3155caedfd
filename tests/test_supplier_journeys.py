# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from odoo.addons.rma_authorization_stock.tests.test_dock import Screen
from odoo.addons.rma_authorization_stock.tests.test_supplier import SupplierCommon

from .common import RmaJourneyCommon


@tagged("post_install", "-at_install")
class TestSupplierJourneys(SupplierCommon, RmaJourneyCommon):
    """From the purchase to the supplier's credit note: quantities, bills and values are
    right at every step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        cls.product.categ_id = category
        cls.product.purchase_method = "receive"

    def _bill(self, order):
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.invoice_date = "2026-01-15"
        bill.action_post()
        return bill

    def assertBought(self, order, *, received, billed, status):  # noqa: N802
        line = order.order_line[:1]
        self.assertEqual(
            (line.qty_received, line.qty_invoiced, order.invoice_status),
            (received, billed, status),
        )

    def _buy_and_bill(self):
        order = self._buy(self.product, 10, price=30.0)
        bill = self._bill(order)
        self.assertBought(order, received=10, billed=10, status="invoiced")
        return order, bill

    def test_ten_bought_three_credited_two_replaced_one_refused(self):
        order, bill = self._buy_and_bill()
        self.assertAlmostEqual(self.product.total_value, 300.0)
        authorization = self._agree(order, 6, resolution="credit")
        self.assertBought(order, received=10, billed=10, status="invoiced")
        self._move(authorization)
        self.env.invalidate_all()
        self.assertAlmostEqual(self.product.total_value, 120.0)
        self.assertBought(order, received=10, billed=10, status="invoiced")
        self._answer(authorization, (3, "credit"), (2, "exchange"), (1, "back"))
        note = self._get_credit_notes(authorization)
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "in_refund",
                    "state": "draft",
                    "reversed_entry_id": bill.id,
                    # 3 x 30.00
                    "amount_untaxed": 90.0,
                }
            ],
        )
        self.assertBought(order, received=7, billed=7, status="invoiced")
        self._move(authorization)
        self.assertBought(order, received=7, billed=7, status="invoiced")
        # 4 + 2 + 1, at 30.00
        self.env.invalidate_all()
        self.assertAlmostEqual(self.product.total_value, 210.0)
        note.write({"invoice_date": "2026-03-01", "ref": "CN-1"})
        note.with_user(self.accountant).action_post()
        self.assertBought(order, received=7, billed=7, status="invoiced")
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(authorization.amount_recovered, 90.0)
        self.assertEqual(bill.amount_residual, 210.0)

    def test_what_is_not_billed_yet_is_not_billed_any_more(self):
        order = self._buy(self.product, 10, price=30.0)
        authorization = self._agree(order, 4, resolution="credit")
        self._move(authorization)
        self._answer(authorization, (4, "credit"))
        self.assertFalse(self._get_credit_notes(authorization))
        self.assertEqual(authorization.state, "closed")
        self.assertBought(order, received=6, billed=0, status="to invoice")
        self._bill(order)
        self.assertBought(order, received=6, billed=6, status="invoiced")

    def test_ordered_quantities_are_not_billed_again(self):
        self.product.purchase_method = "purchase"
        order, _bill = self._buy_and_bill()
        authorization = self._agree(order, 4, resolution="credit")
        self._move(authorization)
        self._answer(authorization, (4, "credit"))
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertBought(order, received=6, billed=6, status="invoiced")

    def test_a_cancelled_credit_is_to_be_answered_again(self):
        order, _bill = self._buy_and_bill()
        authorization = self._agree(order, 4, resolution="credit")
        self._move(authorization)
        settlement = self._answer(authorization, (4, "credit"))
        settlement.with_user(self.agent).action_undo()
        self.assertBought(order, received=10, billed=10, status="invoiced")
        self.assertEqual(authorization.line_ids.qty_to_settle, 4)

    def test_a_vendor_bill_starts_a_return(self):
        order, bill = self._buy_and_bill()
        self.agent.group_ids = [
            Command.link(self.env.ref("account.group_account_readonly").id)
        ]
        action = bill.with_user(self.agent).action_create_rma()
        wizard = (
            self.env["rma.authorization.create"]
            .with_user(self.agent)
            .browse(action["res_id"])
        )
        self.assertEqual(wizard.line_ids.qty_returnable, 10)
        wizard.resolution = "credit"
        wizard.line_ids.qty = 2
        authorization = self.env["rma.authorization"].browse(
            wizard.action_create_rma()["res_id"]
        )
        self.assertRecordValues(
            authorization.line_ids,
            [
                {
                    "purchase_line_id": order.order_line.id,
                    "invoice_line_id": bill.invoice_line_ids[:1].id,
                    "qty_requested": 2,
                }
            ],
        )


@tagged("post_install", "-at_install")
class TestRecoveryJourneys(SupplierCommon, RmaJourneyCommon):
    """A customer's faulty unit goes back to who supplied it: dock, bench, recovery desk
    and accounting, each by who does it, with every amount on the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        cls.serial_product = cls._create_product(
            "Average Phone",
            tracking="serial",
            categ_id=category.id,
            standard_price=0.0,
        )
        cls.later = fields.Date.today() + timedelta(days=30)
        cls.currency = cls.env["res.currency"].create(
            {
                "name": "FAR",
                "symbol": "F",
                "rounding": 0.01,
                "rate_ids": [
                    # one of ours is two of theirs, and 2.50 from next month on
                    Command.create({"name": "2026-01-01", "rate": 2.0}),
                    Command.create({"name": cls.later, "rate": 2.5}),
                ],
            }
        )

    def _buy_and_bill(self, name, *, price, partner=None, currency=None):
        """One unit under this number, received and billed."""
        if currency:
            partner.property_purchase_currency_id = currency
        order = self._buy(
            self.serial_product, 1, price=price, partner=partner, names=(name,)
        )
        order.action_create_invoice()
        order.invoice_ids.invoice_date = fields.Date.today()
        order.invoice_ids.action_post()
        return order

    def _sell_units(self, qty):
        sale = self._sell(self.serial_product, qty)
        sale._create_invoices().action_post()
        return sale

    def _arrive(self, authorization, lots):
        """The worker scans paper and units on the dock."""
        dock = (
            self.env["rma.authorization.dock"]
            .with_user(self.worker)
            .with_context(allowed_company_ids=self.company.ids)
        )
        screen = Screen(dock)
        screen.scan(authorization.rma_number)
        for lot in lots:
            screen.scan(lot.name)
        self.assertEqual(screen.receive()["verdict"], "accept")

    def _judge(self, authorization, lots, **vals):
        return self._inspect(
            authorization,
            [
                (1, {"lot_id": lot.id, "responsible": "supplier", **vals})
                for lot in lots
            ],
        )

    def _get_lots(self, *orders):
        return self.env["stock.lot"].union(
            *(order.order_line.move_ids.lot_ids for order in orders)
        )

    def _post_note(self, claim, ref):
        """The accountant enters the supplier's note, a month later."""
        note = self._get_credit_notes(claim).with_user(self.accountant)
        with freeze_time(self.later):
            note.write({"invoice_date": self.later, "ref": ref})
            note.action_post()
        return note

    def assertWorth(self, amount):  # noqa: N802
        """The stock of the product, quarantine included, is worth this."""
        self.env.invalidate_all()
        self.assertAlmostEqual(self.serial_product.total_value, amount)

    def assertCosts(self, authorization, *rows):  # noqa: N802
        """The cost ledger of the return has these rows: kind, amount."""
        costs = authorization.sudo().cost_ids
        self.assertEqual(
            sorted(costs.mapped(lambda one: (one.kind, one.amount))), [*rows]
        )

    def assertBought(self, order, *, received, billed, status):  # noqa: N802
        line = order.order_line
        self.assertEqual(
            (line.qty_received, line.qty_invoiced, order.invoice_status),
            (received, billed, status),
        )

    def test_from_the_customer_to_the_suppliers_credit_note(self):
        purchase = self._buy_and_bill("J1", price=30.0)
        bill = purchase.invoice_ids
        self.assertWorth(30.0)
        sale = self._sell_units(1)
        self.assertWorth(0.0)
        authorization = self._authorize(sale, 1, resolution="credit")
        lots = self._get_lots(purchase)
        self._arrive(authorization, lots)
        self.assertWorth(30.0)
        finding = self._judge(authorization, lots, disposition="vendor")
        self.assertEqual(finding.sudo().claim_value, 30.0)
        self._settle(authorization)
        self._release(authorization)
        self._dispose(authorization)
        claim = finding.sudo().claim_line_ids.authorization_id.with_user(self.agent)
        self.assertEqual(
            (claim.partner_id, claim.amount_claimed), (self.supplier, 30.0)
        )
        claim.action_submit()
        claim.partner_reference = "RAN-1"
        claim.action_authorize()
        self.assertBought(purchase, received=1, billed=1, status="invoiced")
        self._move(claim)
        self.assertWorth(0.0)
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(finding.disposition_state, "done")
        self.assertCosts(authorization, ("credit", 100.0))
        claim.action_settle()
        note = self._post_note(claim, "CN-2")
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "in_refund",
                    "reversed_entry_id": bill.id,
                    "amount_untaxed": 30.0,
                    "payment_state": "paid",
                }
            ],
        )
        self.assertEqual(
            sorted(note.line_ids.mapped(lambda item: (item.debit, item.credit))),
            [(0.0, 30.0), (30.0, 0.0)],
        )
        self.assertEqual(bill.amount_residual, 0.0)
        self.assertEqual((claim.state, authorization.state), ("closed", "closed"))
        self.assertCosts(claim, ("recovery", -30.0))
        self.assertEqual((claim.amount_recovered, claim.cost_total), (30.0, -30.0))
        self.assertEqual(self.supplier.rma_recovery_rate, 100.0)
        self.assertBought(purchase, received=0, billed=0, status="invoiced")
        self.assertWorth(0.0)

    def test_one_selection_claims_from_several_suppliers_in_their_currencies(self):
        near = self._buy_and_bill("K1", price=30.0)
        far = self._buy_and_bill(
            "K2", price=50.0, partner=self.other_supplier, currency=self.currency
        )
        # 30.00, and 50.00 FAR at 2.0
        self.assertWorth(55.0)
        sale = self._sell_units(2)
        authorization = self._authorize(sale, 2, resolution="credit")
        lots = self._get_lots(near, far)
        self._arrive(authorization, lots)
        findings = self._judge(authorization, lots, disposition=False)
        self.assertEqual(sorted(findings.sudo().mapped("claim_value")), [25.0, 30.0])
        findings.with_user(self.worker).action_claim()
        claims = findings.sudo().claim_line_ids.authorization_id.with_user(self.agent)
        by_supplier = claims.grouped("partner_id")
        self.assertEqual(
            by_supplier.keys(), {self.supplier, self.other_supplier}, "one for each"
        )
        claims.action_authorize()
        self._move(claims)
        self.assertWorth(0.0)
        self.assertEqual(authorization.disposition_status, "done")
        claims.action_settle()
        for claim, currency, amount, recovered in (
            (by_supplier[self.supplier], self.company.currency_id, 30.0, 30.0),
            # at the rate of the bill, not at 2.5
            (by_supplier[self.other_supplier], self.currency, 50.0, 25.0),
        ):
            note = self._post_note(claim, f"CN-{claim.name}")
            self.assertEqual(
                (note.currency_id, note.amount_untaxed), (currency, amount)
            )
            self.assertEqual(note.payment_state, "paid")
            self.assertBalanced(note)
            self.assertEqual(claim.amount_recovered, recovered)
            self.assertCosts(claim, ("recovery", -recovered))
        self.assertEqual(set(claims.mapped("state")), {"closed"})
        for order in (near, far):
            self.assertBought(order, received=0, billed=0, status="invoiced")

    def test_what_the_supplier_refuses_is_judged_again(self):
        purchase = self._buy_and_bill("L1", price=30.0)
        authorization = self._authorize(self._sell_units(1), 1, resolution="credit")
        lots = self._get_lots(purchase)
        self._arrive(authorization, lots)
        finding = self._judge(authorization, lots, disposition="vendor")
        self._settle(authorization)
        self._release(authorization)
        self._dispose(authorization)
        claim = finding.sudo().claim_line_ids.authorization_id.with_user(self.agent)
        claim.action_authorize()
        self._move(claim)
        self.assertEqual(authorization.state, "closed")
        self._answer(claim, (1, "back"))
        self.assertEqual(claim.next_step, "close")
        self._move(claim)
        self.assertWorth(30.0)
        self.assertEqual(self._in_quarantine(self.serial_product), 1)
        self.assertEqual(claim.state, "closed")
        self.assertCosts(claim)
        # it is the customer's return that has to do something with it
        self.assertEqual(
            (authorization.state, authorization.next_step), ("authorized", "dispose")
        )
        with self.assertRefused("Sam Supplier had it, and it is here again"):
            self._dispose(authorization)
        finding.with_user(self.technician).disposition = "scrap"
        self._dispose(authorization)
        self.assertWorth(0.0)
        self.assertEqual(authorization.state, "closed")
        self.assertCosts(authorization, ("credit", 100.0), ("value_loss", 30.0))
        self.assertEqual(self.supplier.rma_recovery_rate, 0.0)
        self.assertBought(purchase, received=1, billed=1, status="invoiced")
