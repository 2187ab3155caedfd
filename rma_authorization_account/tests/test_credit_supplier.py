# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditSupplier(RmaAccountCommon):
    """What goes back to a supplier is credited by the reversal of the vendor bill, by
    the same engine. The goods stay out of this: these are scrapped in the field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Supplier"})
        cls.bill = cls._receive_bill(qty=10, price=40.0, discount=5.0)

    @classmethod
    def _receive_bill(cls, *, qty, price, **line_vals):
        tax = cls.company_data["default_tax_purchase"]
        bill = cls.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": cls.supplier.id,
                "invoice_date": "2026-01-15",
                "ref": "BILL-1",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.goods.id,
                            "quantity": qty,
                            "price_unit": price,
                            "tax_ids": [Command.set(tax.ids)],
                            **line_vals,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def _claim(self, qty, **line_vals):
        """An authorized return to the supplier, of goods that are not sent."""
        vals = {"invoice_line_id": self.bill.invoice_line_ids.id, **line_vals}
        authorization = (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                {
                    "direction": "supplier",
                    "partner_id": self.supplier.id,
                    "inspection_required": False,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": self.goods.id,
                                "qty_requested": qty,
                                "resolution": "credit",
                                "disposition": "keep",
                                **vals,
                            }
                        )
                    ],
                }
            )
        )
        authorization.action_authorize()
        return authorization

    def _release_bill(self, note):
        note.write({"invoice_date": "2026-03-01", "ref": "CN-1"})
        return self._release(note)

    def test_the_bill_is_reversed_in_part(self):
        authorization = self._claim(3)
        note = self._settle(authorization)
        line = note.invoice_line_ids
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "in_refund",
                    "state": "draft",
                    "reversed_entry_id": self.bill.id,
                    "partner_id": self.supplier.id,
                    "journal_id": self.bill.journal_id.id,
                    # 3 x 40.00 less 5 %
                    "amount_untaxed": 114.0,
                }
            ],
        )
        self.assertEqual(line.tax_ids, self.bill.invoice_line_ids.tax_ids)
        self._release_bill(note)
        self.assertEqual(note.payment_state, "paid")
        self.assertEqual(self.bill.payment_state, "partial")
        self.assertEqual(authorization.state, "closed")

    def test_parts_add_up_to_the_bill(self):
        notes = self._settle(self._claim(3)) | self._settle(self._claim(7))
        for note in notes:
            self._release_bill(note).ref = f"CN-{note.id}"
        self.assertEqual(self.bill.payment_state, "reversed")
        self.assertEqual(self.bill.amount_residual, 0.0)

    def test_no_more_than_was_billed(self):
        self._settle(self._claim(8))
        with self.assertRaisesRegex(UserError, "can't be credited"):
            self._settle(self._claim(3))

    def test_the_note_waits_for_that_of_the_supplier(self):
        self.company.rma_credit_posting = "posted"
        self.assertEqual(self._settle(self._claim(3)).state, "draft")

    def test_without_a_bill_the_cost_is_flagged(self):
        self.goods.standard_price = 12.5
        note = self._settle(self._claim(2, invoice_line_id=False))
        self.assertTrue(note.rma_is_unpriced)
        self.assertEqual((note.move_type, note.amount_untaxed), ("in_refund", 25.0))

    def test_a_customer_invoice_is_no_bill(self):
        invoice = self._bill(self._sell())
        with self.assertRaisesRegex(ValidationError, "no posted invoice"):
            self._claim(1, invoice_line_id=invoice.invoice_line_ids.id)

    def test_suppliers_are_charged_by_no_rule(self):
        self.env["rma.authorization.charge.rule"].create(
            {
                "name": "Fee",
                "percent": 10.0,
                "product_id": self.env.ref(
                    "rma_authorization_account.product_restocking"
                ).id,
            }
        )
        self.assertEqual(len(self._settle(self._claim(3)).invoice_line_ids), 1)

    def test_what_the_supplier_credits_is_a_recovery(self):
        authorization = self._claim(3)
        note = self._release_bill(self._settle(authorization))
        self.assertRecordValues(
            authorization.cost_ids,
            [{"kind": "recovery", "amount": -114.0, "res_id": note.id}],
        )
