# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.rma_authorization_account.tests.common import RmaAccountCommon

NOTICES = ("31010425110900000017", "31010425110900000025", "31010425110900000033")


@tagged("post_install", "-at_install")
class TestChina(RmaAccountCommon):
    """A company with the Chinese chart credits returns by red-letter entries (F3),
    beside one in the same database that swaps the sides."""

    @classmethod
    @RmaAccountCommon.setup_chart_template("cn")
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls.company_data["default_tax_sale"]
        cls.goods.taxes_id = cls.vat
        # 3 x 33.33 = 99.99, 13 % = 13.00 (12.9987); 33.33 alone: 4.33 (4.3329)
        cls.order_line = cls._sell(qty=3, price_unit=33.33)
        cls.invoice = cls._bill(cls.order_line)

    def _credit_red(self, notice, qty=1):
        """Return, credit, enter the notice and release."""
        note = self._credit(self.order_line, qty=qty).with_user(self.accountant)
        note.rma_red_notice_number = notice
        return self._release(note)

    def _get_items(self, move):
        """(account code, debit, credit) of each item, in the company's own codes."""
        return sorted(
            (
                item.account_id.with_company(item.company_id).code,
                item.debit,
                item.credit,
            )
            for item in move.sudo().line_ids
        )

    # -- the chart ---------------------------------------------------------------------

    def test_chart_demands_red_letters(self):
        self.assertTrue(self.company.account_storno)
        self.assertTrue(self.company.rma_red_notice_required)
        self.assertEqual(self.vat.amount, 13.0)

    def test_chart_has_neither_tax_report_nor_tax_tags(self):
        """Should a later version bring them, they have to be tested here."""
        china = self.env.ref("base.cn")
        reports = self.env["account.report"].search([("country_id", "=", china.id)])
        tags = self.env["account.account.tag"].search(
            [("country_id", "=", china.id), ("applicability", "=", "taxes")]
        )
        self.assertFalse(reports | reports.root_report_id)
        self.assertFalse(tags)

    # -- journal items -----------------------------------------------------------------

    def test_invoice_has_positive_amounts(self):
        self.assertEqual(
            self._get_items(self.invoice),
            [
                (self._receivable, 112.99, 0.0),
                (self._vat_payable, 0.0, 13.0),
                (self._revenue, 0.0, 99.99),
            ],
        )

    def test_credit_has_negative_amounts_on_the_same_accounts(self):
        note = self._credit_red(NOTICES[0], qty=2)
        # 2 x 33.33 = 66.66, 13 % = 8.67 (8.6658)
        self.assertEqual(
            self._get_items(note),
            [
                (self._receivable, -75.33, 0.0),
                (self._vat_payable, 0.0, -8.67),
                (self._revenue, 0.0, -66.66),
            ],
        )
        self.assertTrue(all(note.sudo().line_ids.mapped("is_storno")))
        self.assertEqual(
            note.sudo().line_ids.account_id, self.invoice.line_ids.account_id
        )

    @property
    def _receivable(self):
        return self._get_code("asset_receivable")

    @property
    def _revenue(self):
        return self._get_code("income")

    @property
    def _vat_payable(self):
        return self._get_code("liability_current")

    def _get_code(self, account_type):
        account = self.invoice.line_ids.account_id.filtered(
            lambda account: account.account_type == account_type
        )
        return account.with_company(self.company).code

    # -- reconciliation and rounding ---------------------------------------------------

    def test_parts_add_up_to_the_invoice(self):
        notes = self.env["account.move"]
        residuals = []
        for notice in NOTICES:
            notes |= self._credit_red(notice)
            residuals.append(self.invoice.amount_residual)
        self.assertEqual(notes.mapped("amount_untaxed"), [33.33, 33.33, 33.33])
        self.assertEqual(notes.mapped("amount_tax"), [4.33, 4.33, 4.34])
        self.assertEqual(residuals, [75.33, 37.67, 0.0])
        self.assertEqual(set(notes.mapped("payment_state")), {"paid"})
        self.assertEqual(self.invoice.payment_state, "reversed")
        self.assertEqual(notes.mapped("rma_red_notice_number"), list(NOTICES))

    def test_two_notes_of_one_invoice_are_released_at_once(self):
        notes = self._credit(self.order_line, qty=1)
        notes |= self._credit(self.order_line, qty=2)
        for note, notice in zip(notes, NOTICES[:2], strict=True):
            note.rma_red_notice_number = notice
        self._release(notes)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(sum(notes.mapped("amount_total")), 112.99)

    # -- taxes -------------------------------------------------------------------------

    def _get_turnover(self, field):
        """Debits, credits and balance of what the taxes' report adds up by tax."""
        items = self.env["account.move.line"].search(
            [
                (field, "=", self.vat.id),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return tuple(
            self.company.currency_id.round(sum(items.mapped(name)))
            for name in ("debit", "credit", "balance")
        )

    def test_credit_lowers_turnover_and_tax(self):
        """Red letters take it out of the credit side; nothing swells the debit side."""
        self._credit_red(NOTICES[0])
        self.assertEqual(self._get_turnover("tax_ids"), (0.0, 66.66, -66.66))
        self.assertEqual(self._get_turnover("tax_line_id"), (0.0, 8.67, -8.67))
        self._credit_red(NOTICES[1], qty=2)
        self.assertEqual(self._get_turnover("tax_ids"), (0.0, 0.0, 0.0))
        self.assertEqual(self._get_turnover("tax_line_id"), (0.0, 0.0, 0.0))

    # -- notices -----------------------------------------------------------------------

    def test_nothing_is_posted_without_the_notice(self):
        note = self._credit(self.order_line, qty=1)
        with self.assertRaisesRegex(UserError, "number of their red-letter notice"):
            self._release(note)

    def test_long_number_is_kept_beside_the_short_fapiao(self):
        note = self._credit(self.order_line, qty=1)
        note.fapiao = "12345678"
        note.rma_red_notice_number = NOTICES[0]
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(note.fapiao, "12345678")
        self.assertEqual(note.rma_red_notice_number, NOTICES[0])

    def test_notice_is_printed_in_chinese_surroundings(self):
        note = self._credit_red(NOTICES[0])
        page = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice_with_payments", note.ids
        )[0]
        self.assertIn(NOTICES[0], page.decode())

    # -- the neighbour -----------------------------------------------------------------

    def test_company_without_red_letters_swaps_the_sides(self):
        order_line = self._sell_next_door()
        invoice = self._bill(order_line)
        note = self._release(self._credit(order_line, qty=1))
        self.assertEqual(note.company_id, self.neighbour)
        # 2 x 100.00, one of them back, 15 %
        self.assertEqual(
            sorted((item.debit, item.credit) for item in invoice.line_ids),
            [(0.0, 30.0), (0.0, 200.0), (230.0, 0.0)],
        )
        self.assertEqual(
            sorted((item.debit, item.credit) for item in note.line_ids),
            [(0.0, 115.0), (15.0, 0.0), (100.0, 0.0)],
        )
        self.assertFalse(any(note.line_ids.mapped("is_storno")))
        self.assertEqual(invoice.amount_residual, 115.0)

    def _sell_next_door(self):
        """From here on, sales and returns are another company's."""
        cls = type(self)
        self.addCleanup(setattr, cls, "env", cls.env)
        self.neighbour = self.env["res.company"].create({"name": "Next Door"})
        cls._use_chart_template(self.neighbour, "generic_coa")
        users = self.env.user | self.agent | self.accountant
        users.company_ids |= self.neighbour
        users.company_id = self.neighbour
        cls.env = self.env(
            context={**self.env.context, "allowed_company_ids": self.neighbour.ids}
        )
        data = cls.collect_company_accounting_data(self.neighbour)
        goods = self.env["product.product"].create(
            {
                "name": "Goods next door",
                "type": "consu",
                "invoice_policy": "order",
                "company_id": self.neighbour.id,
                "taxes_id": [Command.set(data["default_tax_sale"].ids)],
            }
        )
        return self._sell(qty=2, product=goods, price_unit=100.0)
