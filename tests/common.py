# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import new_test_user

from odoo.addons.rma_authorization_stock.tests.common import RmaStockCommon


class RmaJourneyCommon(RmaStockCommon):
    """All three addons together: what is sold is delivered, invoiced and paid for, and
    an accountant releases the credits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "rma_accountant", groups="account.group_account_invoice"
        )
        cls.tax = cls.env["account.tax"].create(
            {"name": "Journey 20 %", "amount": 20.0, "company_id": cls.company.id}
        )
        cls.company.rma_credit_posting = "draft"

    @classmethod
    def _sell_and_invoice(cls, product, qty, **kwargs):
        order = cls._sell_from_stock(product, qty, **kwargs)
        invoice = order._create_invoices()
        invoice.action_post()
        return order

    def _settle(self, authorization):
        return authorization.with_user(self.agent).action_settle()

    def _dispose(self, authorization):
        return authorization.with_user(self.worker).action_dispose()

    def _get_credit_notes(self, authorization):
        return authorization.sudo().settlement_ids.credit_line_ids.move_id

    def _release(self, authorization):
        credit_notes = self._get_credit_notes(authorization)
        credit_notes.with_user(self.accountant).action_post()
        return credit_notes

    def assertSold(self, order, *, delivered, invoiced, status):  # noqa: N802
        """The order's first line says what was delivered, invoiced and is left."""
        self.assertRecordValues(
            order.order_line[:1],
            [
                {
                    "qty_delivered": delivered,
                    "qty_invoiced": invoiced,
                    "invoice_status": status,
                }
            ],
        )
        self.assertEqual(order.invoice_status, status)

    def assertStock(self, product, *, on_hand, quarantine, available):  # noqa: N802
        """Goods on the shelf, in quarantine, and promised to nobody."""
        self.assertEqual(
            (
                product.with_context(
                    location=self.warehouse.lot_stock_id.id
                ).qty_available,
                self._in_quarantine(product),
                self._available(product),
            ),
            (on_hand, quarantine, available),
        )

    def assertBalanced(self, moves):  # noqa: N802
        """Debits equal credits, entry by entry."""
        for move in moves:
            self.assertTrue(
                move.currency_id.is_zero(
                    sum(move.line_ids.mapped("debit"))
                    - sum(move.line_ids.mapped("credit"))
                )
            )
