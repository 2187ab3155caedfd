# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.rma_authorization_stock.tests.bench import BenchCommon


@tagged("post_install", "-at_install")
class TestRepairFee(BenchCommon):
    """Who declines a repair pays for the diagnosis: the bench says so, and accounting
    charges it."""

    def test_a_declined_estimate_charges_the_diagnosis(self):
        product = self.env.ref("rma_authorization_account.product_diagnosis")
        product.taxes_id = False
        authorization, repairs = self._receive_for_repair(2)
        for repair in repairs:
            self._add_fuses(repair, 1)
        repairs.action_create_sale_order()
        repairs.action_send_rma_estimate()
        first, second = repairs.sudo().sale_order_id
        first._action_cancel()
        self.assertRecordValues(
            authorization.sudo().charge_ids,
            [
                {
                    "kind": "diagnosis",
                    "name": f"Diagnosis of Radio ({repairs[0].name})",
                    "amount": 25.0,
                    "state": "open",
                }
            ],
        )
        self.assertNotIn("Charge", authorization.sudo().activity_ids.note)
        second._action_cancel()
        self.assertEqual(authorization.sudo().charge_ids.mapped("amount"), [25, 25])
        authorization.action_invoice_charges()
        invoice = authorization.sudo().charge_ids.move_line_ids.move_id
        self.assertEqual(invoice.amount_total, 50.0)

    def test_without_a_fee_nothing_is_charged(self):
        self.company.rma_diagnosis_fee = 0.0
        authorization, repair = self._receive_for_repair()
        self._add_fuses(repair, 1)
        repair.action_create_sale_order()
        repair.action_send_rma_estimate()
        repair.sudo().sale_order_id._action_cancel()
        self.assertFalse(authorization.sudo().charge_ids)
        self.assertEqual(len(authorization.sudo().activity_ids), 1)
