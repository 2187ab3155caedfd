# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestResolutionResale(RmaAccountCommon):
    """An exchange at a price: credited is what was paid, sold is what is new, and only
    the difference is paid (F7, RULES R56). A free exchange leaves the revenue alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_line = cls._sell(price_unit=100.0)
        cls.invoice = cls._bill(cls.order_line)
        cls.other_goods = cls._create_product(
            name="Better goods",
            type="consu",
            list_price=150.0,
            invoice_policy="order",
            taxes_id=cls.tax.ids,
        )

    def _resell(self, qty=2, **line_vals):
        vals = {"replacement_product_id": self.other_goods.id, **line_vals}
        authorization = self._return(
            self.order_line, qty=qty, resolution="resale", **vals
        )
        authorization.action_settle()
        return authorization

    def _pay(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()

    def _bill_new(self, authorization):
        invoice = authorization.sudo().replacement_order_ids._create_invoices()
        invoice.action_post()
        return invoice

    def test_credit_at_the_old_price_and_order_at_the_new_one(self):
        authorization = self._resell()
        note = self._get_notes(authorization)
        order = authorization.sudo().replacement_order_ids
        self.assertEqual(note.amount_total, 214.0)
        self.assertEqual((order.state, order.amount_total), ("sale", 321.0))
        self.assertEqual(authorization.resale_difference, 107.0)
        self.assertEqual(authorization.settlement_ids.state, "in_progress")

    def test_only_the_difference_is_left_to_pay(self):
        self._pay(self.invoice)
        authorization = self._resell()
        note = self._release(self._get_notes(authorization))
        self.assertEqual(note.amount_residual, 214.0)
        invoice = self._bill_new(authorization)
        self.assertEqual((note.amount_residual, invoice.amount_residual), (0.0, 107.0))

    def test_the_credit_posted_last_is_set_off_as_well(self):
        self._pay(self.invoice)
        authorization = self._resell()
        invoice = self._bill_new(authorization)
        note = self._release(self._get_notes(authorization))
        self.assertEqual((note.amount_residual, invoice.amount_residual), (0.0, 107.0))

    def test_cheaper_goods_leave_a_credit(self):
        self._pay(self.invoice)
        self.other_goods.list_price = 60.0
        authorization = self._resell()
        note = self._release(self._get_notes(authorization))
        invoice = self._bill_new(authorization)
        # 2 x (100.00 - 60.00) and 7 %
        self.assertEqual((note.amount_residual, invoice.amount_residual), (85.6, 0.0))
        self.assertAlmostEqual(authorization.resale_difference, -85.6, 2)

    def test_an_unpaid_original_is_set_off_first(self):
        authorization = self._resell()
        note = self._release(self._get_notes(authorization))
        invoice = self._bill_new(authorization)
        self.assertEqual(note.amount_residual, 0.0)
        self.assertEqual(self.invoice.amount_residual, 856.0)
        self.assertEqual(invoice.amount_residual, 321.0)

    def test_done_once_credited_and_delivered(self):
        authorization = self._resell()
        self._release(self._get_notes(authorization))
        self.assertEqual(authorization.state, "authorized")
        self._deliver(authorization.sudo().replacement_order_ids.order_line, 2)
        self.assertEqual(authorization.settlement_ids.state, "done")
        self.assertEqual(authorization.state, "closed")

    def test_the_sale_gets_back_what_was_credited(self):
        self._release(self._get_notes(self._resell()))
        self._assert_sale(
            self.order_line, kept=8, invoiced=8, to_invoice=0, status="invoiced"
        )

    def test_a_cancelled_order_leaves_the_credit(self):
        authorization = self._resell()
        self._release(self._get_notes(authorization))
        authorization.sudo().replacement_order_ids._action_cancel()
        self.assertEqual(authorization.settlement_ids.state, "done")
        self.assertEqual(authorization.state, "closed")

    def test_a_lowered_order_leaves_the_credit(self):
        authorization = self._resell()
        order_line = authorization.sudo().replacement_order_ids.order_line
        order_line.product_uom_qty = 1
        self.assertEqual(order_line.price_unit, 150.0)
        note = self._release(self._get_notes(authorization))
        self.assertEqual(note.amount_untaxed, 200.0)

    def test_undo_takes_back_both(self):
        authorization = self._resell()
        note = self._get_notes(authorization)
        order = authorization.sudo().replacement_order_ids
        authorization.settlement_ids.action_undo()
        self.assertFalse(note.exists())
        self.assertEqual(order.state, "cancel")
        self.assertEqual(authorization.settlement_ids.state, "cancelled")
        self.assertEqual(authorization.line_ids.qty_to_settle, 2)

    def test_what_was_delivered_is_not_undone(self):
        authorization = self._resell()
        self._deliver(authorization.sudo().replacement_order_ids.order_line, 1)
        with self.assertRaisesRegex(UserError, "was delivered"):
            authorization.settlement_ids.action_undo()
        self.assertTrue(self._get_notes(authorization))

    def test_fees_lower_what_is_set_off(self):
        self.env["rma.authorization.charge.rule"].create(
            {
                "name": "Fee",
                "percent": 10.0,
                "product_id": self.env.ref(
                    "rma_authorization_account.product_restocking"
                ).id,
                "tax_source": "credited",
            }
        )
        authorization = self._resell()
        # 321.00 less 214.00 less a tenth of that
        self.assertAlmostEqual(authorization.resale_difference, 128.4, 2)

    def test_a_free_exchange_leaves_the_revenue_alone(self):
        authorization = self._return(self.order_line, qty=2, resolution="exchange")
        authorization.action_settle()
        order = authorization.sudo().replacement_order_ids
        self.assertEqual(order.amount_total, 0.0)
        self.assertFalse(self._get_notes(authorization))
        invoice = self._bill_new(authorization)
        self.assertEqual(invoice.amount_total, 0.0)
        self.assertEqual(self.order_line.qty_invoiced, 10)
