# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaAccountCommon

# Ten units are sold. For each configuration, worked out by hand, (untaxed, tax) of
#   all ten | three | the other seven | four on an invoice of their own
EXPECTED = {
    "plain": [(333.30, 23.33), (99.99, 7.00), (233.31, 16.33), (133.32, 9.33)],
    "discount": [(174.91, 12.24), (52.47, 3.67), (122.44, 8.57), (69.97, 4.90)],
    "included": [(177.93, 37.37), (53.38, 11.21), (124.55, 26.16), (71.17, 14.95)],
    "stacked": [(400.00, 64.20), (120.00, 19.26), (280.00, 44.94), (160.00, 25.68)],
    "withheld": [(500.00, 25.00), (150.00, 7.50), (350.00, 17.50), (200.00, 10.00)],
    "cash basis": [(333.30, 66.66), (99.99, 20.00), (233.31, 46.66), (133.32, 26.66)],
    "early": [(1000.00, 68.60), (300.00, 20.58), (700.00, 48.02), (400.00, 27.44)],
    "exempt": [(333.30, 0.00), (99.99, 0.00), (233.31, 0.00), (133.32, 0.00)],
    "edited": [(270.00, 18.90), (81.00, 5.67), (189.00, 13.23), (108.00, 7.56)],
    "foreign": [(333.30, 23.33), (99.99, 7.00), (233.31, 16.33), (133.32, 9.33)],
}


@tagged("post_install", "-at_install")
class TestCreditConfigurations(RmaAccountCommon):
    """A credit note equals its invoice to the cent, in whatever way that was computed
    (F1, RULES R49): all at once, in parts, by two returns, and over two invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tax_model = cls.env["account.tax"]
        cls.included, cls.first, cls.second, cls.withheld, cls.cash = tax_model.create(
            [
                {
                    "name": "C 21",
                    "amount": 21.0,
                    "price_include_override": "tax_included",
                },
                {
                    "name": "C 10",
                    "amount": 10.0,
                    "include_base_amount": True,
                    "sequence": 1,
                },
                {"name": "C 5.5", "amount": 5.5, "sequence": 2},
                {"name": "C -2", "amount": -2.0, "sequence": 3},
                {"name": "C cash", "amount": 20.0},
            ]
        )
        cls.company.tax_exigibility = True
        cls.cash.write(
            {
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": cls.company_data[
                    "default_account_tax_sale"
                ].copy({"reconcile": True}),
            }
        )
        cls.exempt = cls.env["account.fiscal.position"].create({"name": "Exempt"})
        tax_model.create(
            {
                "name": "C 0",
                "amount": 0.0,
                "fiscal_position_ids": cls.exempt.ids,
                "original_tax_ids": cls.tax.ids,
            }
        )
        cls.currency = cls.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        cls.early = cls.env["account.payment.term"].create(
            {
                "name": "2 % in ten days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100})],
            }
        )

    # -- how ten units are sold --------------------------------------------------------

    def _sell_so(self, name):
        """An order line as the configuration has it."""
        line_vals = {
            "discount": {"price_unit": 19.99, "discount": 12.5},
            "included": {"price_unit": 21.53, "tax_ids": self.included},
            "stacked": {"price_unit": 40.0, "tax_ids": self.first | self.second},
            "withheld": {"price_unit": 50.0, "tax_ids": self.tax | self.withheld},
            "cash basis": {"tax_ids": self.cash},
            "early": {"price_unit": 100.0},
        }.get(name, {})
        if "tax_ids" in line_vals:
            line_vals["tax_ids"] = [Command.set(line_vals["tax_ids"].ids)]
        order_line = self._sell(**{"price_unit": 33.33, **line_vals})
        order = order_line.order_id
        if name == "early":
            order.payment_term_id = self.early
        if name == "exempt":
            order.fiscal_position_id = self.exempt
            order_line.tax_ids = self.exempt.map_tax(self.tax)
        if name == "foreign":
            order.currency_id = self.currency
            order_line.price_unit = 33.33
        return order_line

    def _bill_so(self, name, order_line, qty=None):
        invoice = self._bill(order_line, qty=qty, post=False)
        if name == "edited":
            invoice.invoice_line_ids.write({"price_unit": 30.0, "discount": 10.0})
        invoice.action_post()
        return invoice

    # -- how they come back ------------------------------------------------------------

    def _get_amounts(self, notes):
        return [
            (round(note.amount_untaxed, 2), round(note.amount_tax, 2))
            for note in notes.sorted("id")
        ]

    def _each(self, check):
        """Check what each configuration is expected to come to."""
        for name, expected in EXPECTED.items():
            with self.subTest(configuration=name):
                check(name, self._sell_so(name), *expected)

    def test_all_at_once(self):
        def check(name, order_line, everything, *_parts):
            invoice = self._bill_so(name, order_line)
            self.assertEqual(self._get_amounts(invoice), [everything])
            note = self._release(self._credit(order_line, qty=10))
            self.assertEqual(self._get_amounts(note), [everything])
            self.assertEqual(invoice.payment_state, "reversed")
            if name == "foreign":
                # at the rate of the invoice: two for one
                self.assertEqual(note.amount_untaxed_signed, -166.65)

        self._each(check)

    def test_one_part_after_the_other(self):
        def check(name, order_line, _all, three, seven, _four):
            invoice = self._bill_so(name, order_line)
            notes = self._credit(order_line, qty=3)
            notes |= self._credit(order_line, qty=7)
            self.assertEqual(self._get_amounts(notes), [three, seven])
            self._release(notes)
            self.assertEqual(invoice.amount_residual, 0.0)

        self._each(check)

    def test_two_returns_at_once(self):
        def check(name, order_line, everything, *_parts):
            self._bill_so(name, order_line)
            returns = self._return(order_line, qty=4) | self._return(order_line, qty=6)
            note = self._settle(returns)
            self.assertEqual(self._get_amounts(note), [everything])
            self.assertEqual(note.invoice_line_ids.mapped("quantity"), [4, 6])

        self._each(check)

    def test_two_invoices(self):
        def check(name, order_line, _all, three, _seven, four):
            invoices = self._bill_so(name, order_line, qty=4)
            invoices |= self._bill_so(name, order_line, qty=6)
            notes = self._credit(order_line, qty=7)
            self.assertEqual(self._get_amounts(notes), [four, three])
            self.assertEqual(notes.sorted("id").reversed_entry_id, invoices)

        self._each(check)

    def test_one_invoice_of_several_orders(self):
        first, second = self._sell(price_unit=10.0), self._sell(price_unit=20.0)
        invoice = self._bill(first | second)
        self.assertEqual(len(invoice), 1)
        notes = self._credit(first, qty=4) | self._credit(second, qty=10)
        notes |= self._credit(first, qty=6)
        self.assertEqual(
            self._get_amounts(notes), [(40.0, 2.8), (200.0, 14.0), (60.0, 4.2)]
        )
        self._release(notes)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_analytic_accounts_are_those_of_the_invoice(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "Project", "plan_id": plan.id}
        )
        order_line = self._sell(price_unit=100.0)
        order_line.analytic_distribution = {str(account.id): 100}
        invoice = self._bill(order_line)
        note = self._release(self._credit(order_line, qty=3))
        self.assertEqual(
            note.invoice_line_ids.analytic_distribution, {str(account.id): 100}
        )
        analytic_lines = (invoice | note).invoice_line_ids.analytic_line_ids
        self.assertEqual(sorted(analytic_lines.mapped("amount")), [-300.0, 1000.0])
