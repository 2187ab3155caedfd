# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestCreditItems(RmaAccountCommon):
    """A credit note has the journal items that core would have given it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.included, cls.second, cls.withheld = cls.env["account.tax"].create(
            [
                {
                    "name": "21 % included",
                    "amount": 21.0,
                    "price_include_override": "tax_included",
                },
                {"name": "3.5 %", "amount": 3.5},
                {"name": "-10 %", "amount": -10.0},
            ]
        )
        plan = cls.env["account.analytic.plan"].create({"name": "Projects"})
        cls.analytic = cls.env["account.analytic.account"].create(
            {"name": "Fair", "plan_id": plan.id}
        )

    def _get_items(self, note):
        """What counts of the journal items, in no order."""
        return sorted(
            (
                item.display_type,
                item.account_id.code,
                item.product_id.name or "",
                item.quantity if item.display_type == "product" else 0.0,
                round(item.balance, 2),
                round(item.amount_currency, 2),
                round(item.tax_base_amount, 2),
                str(sorted(item.tax_ids.ids)),
                str(sorted(item.tax_tag_ids.ids)),
                item.tax_repartition_line_id.id,
                item.group_tax_id.id,
                item.partner_id.id,
                str(item.analytic_distribution or {}),
            )
            for item in note.line_ids
        )

    def _copy_by_core(self, note):
        """The same note, of which core is told nothing but the lines."""
        [vals] = note.copy_data()
        lines = [
            line
            for line in vals.pop("line_ids", [])
            if line[2].get("display_type", "product") == "product"
        ]
        vals["invoice_line_ids"] = vals.get("invoice_line_ids") or lines
        vals["invoice_date"] = note.invoice_date
        return self.env["account.move"].create(vals)

    def _assert_core_agrees(self, note):
        self.assertTrue(note)
        self.assertEqual(note.state, "draft")
        twin = self._copy_by_core(note)
        self.assertEqual(self._get_items(note), self._get_items(twin))
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertAlmostEqual(note[name], twin[name], 2)

    def _credit_sold(self, *, qty=3, **line_vals):
        order_line = self._sell(**line_vals)
        self._bill(order_line)
        return self._credit(order_line, qty=qty)

    def test_taxes_are_those_of_core(self):
        for taxes in (
            self.env["account.tax"],
            self.tax,
            self.included,
            self.tax | self.second,
            self.tax | self.withheld,
        ):
            for discount in (0.0, 12.5):
                with self.subTest(taxes=taxes.mapped("name"), discount=discount):
                    self._assert_core_agrees(
                        self._credit_sold(
                            price_unit=19.99,
                            discount=discount,
                            tax_ids=[Command.set(taxes.ids)],
                        )
                    )

    def test_taxes_rounded_for_each_line_are_those_of_core(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self._assert_core_agrees(
            self._credit_sold(
                price_unit=21.53, tax_ids=[Command.set(self.included.ids)]
            )
        )

    def test_analytic_shares_are_those_of_core(self):
        self.tax.analytic = True
        self._assert_core_agrees(
            self._credit_sold(
                analytic_distribution={str(self.analytic.id): 100.0},
            )
        )

    def test_amounts_in_another_currency_are_those_of_core(self):
        currency = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        order_line = self._sell(price_unit=33.37)
        order_line.order_id.currency_id = currency
        self._bill(order_line)
        self._assert_core_agrees(self._credit(order_line, qty=7))

    def test_negative_amounts_are_those_of_core(self):
        self.company.account_storno = True
        self._assert_core_agrees(self._credit_sold(price_unit=19.99))

    def test_what_core_says_differently_is_corrected(self):
        note = self._credit_sold(price_unit=100.0)
        wanted = self._get_items(note)
        tax_item = note.line_ids.filtered("tax_line_id")
        receivable = note.line_ids.filtered(
            lambda item: item.display_type == "payment_term"
        )
        # as if the tax had been worked out in another way
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = balance + %s, "
            "amount_currency = amount_currency + %s WHERE id = %s",
            [1, 1, tax_item.id],
        )
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = balance - %s, "
            "amount_currency = amount_currency - %s WHERE id = %s",
            [1, 1, receivable.id],
        )
        self.env.invalidate_all()
        self.env["rma.authorization.credit.items"]._follow_core(note)
        self.assertEqual(self._get_items(note), wanted)
