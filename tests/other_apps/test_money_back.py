# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from odoo.addons.rma_authorization_account.tests.common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestMoneyBack(RmaAccountCommon):
    """The customer pays online through a real provider module, returns, and gets the
    money back the same way (F5). The demo provider is installed here, and only here.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", cls.company.id)], limit=1
        ) or cls.env.ref("payment.payment_provider_demo").copy(
            {"company_id": cls.company.id}
        )
        cls.provider.write(
            {
                "state": "test",
                "journal_id": cls.company_data["default_journal_bank"].id,
            }
        )
        cls.method = cls.env.ref("payment_demo.payment_method_demo")

    def _pay_order(self, order, amount):
        """The customer pays the order in the shop; the provider confirms."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"{order.name}-{amount}",
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        transaction.action_demo_set_done()
        transaction._post_process()
        return transaction

    def test_order_paid_online_is_paid_back_online(self):
        order_line = self._sell(price_unit=100.0)
        transactions = self._pay_order(order_line.order_id, 200.0)
        transactions |= self._pay_order(order_line.order_id, 870.0)
        invoice = self._bill(order_line)
        for transaction in transactions:
            credit = transaction.payment_id.move_id.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            if not credit.reconciled:
                invoice.js_assign_outstanding_line(credit.id)
        self.assertEqual(invoice.amount_residual, 0.0)
        authorization = self._return(order_line, qty=3)
        note = self._release(self._settle(authorization))
        self.assertEqual(authorization.credit_status, "pay")
        action = note.with_user(self.accountant).action_pay_back_rma_credit()
        self.assertEqual(action["params"]["type"], "success")
        self.assertRecordValues(
            transactions.child_transaction_ids.sorted("id"),
            [
                {"amount": -200.0, "state": "done", "is_post_processed": True},
                {"amount": -121.0, "state": "done", "is_post_processed": True},
            ],
        )
        self.assertEqual(note.amount_residual, 0.0)
        self.assertRecordValues(
            authorization.with_user(self.agent),
            [
                {
                    "credit_status": "done",
                    "amount_credited": 321.0,
                    "amount_paid_back": 321.0,
                    "amount_owed": 0.0,
                }
            ],
        )
