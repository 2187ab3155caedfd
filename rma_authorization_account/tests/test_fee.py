# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestFee(RmaAccountCommon):
    """What others do for a return is charged here, whoever they are."""

    def test_a_diagnosis_is_charged_and_invoiced(self):
        product = self.env.ref("rma_authorization_account.product_diagnosis")
        product.taxes_id = self.tax
        authorization = self._request(self._sell())
        is_charged = self.env["rma.authorization.fee"]._charge_fees(
            [
                {
                    "authorization": authorization,
                    "kind": "diagnosis",
                    "name": "Diagnosis of Radio",
                    "amount": 25.0,
                }
            ]
        )
        self.assertTrue(is_charged)
        self.assertRecordValues(
            authorization.charge_ids,
            [{"name": "Diagnosis of Radio", "amount": 25.0, "state": "open"}],
        )
        authorization.with_user(self.agent).action_invoice_charges()
        invoice = authorization.sudo().charge_ids.move_line_ids.move_id
        # 25.00 and 7 %
        self.assertEqual(invoice.amount_total, 26.75)
        self.assertEqual(invoice.invoice_line_ids.name, "Diagnosis of Radio")
