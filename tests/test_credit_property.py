# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whatever was invoiced, and however it comes back: the credit notes are the invoice.

`CREDIT_EXAMPLES=200` tries more, `CREDIT_SEED=NUMBER` the same ones again.
"""

import os
import random
from collections import defaultdict

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from odoo.addons.rma_authorization_account.tests.common import RmaAccountCommon

EXAMPLES = int(os.environ.get("CREDIT_EXAMPLES") or 8)
# The short run is the same each time, as that of the walk; a longer one never.
SEED = int(
    os.environ.get("CREDIT_SEED")
    or ("CREDIT_EXAMPLES" in os.environ and random.randrange(10**9))
)

# For less than a coin, the last note may not have a cent on each account of a tax.
CENTS = st.integers(100, 99999).map(lambda cents: cents / 100)
LINE = st.fixed_dictionaries(
    {
        "qty": st.integers(1, 12),
        "price_unit": CENTS,
        "discount": st.sampled_from([0.0, 0.0, 3.0, 7.5, 33.33]),
        "taxes": st.sampled_from(
            ["none", "plain", "split", "stacked", "withheld", "cash", "included"]
        ),
        # the share of what is left that comes back each time; then all the rest
        "shares": st.lists(st.floats(0.0, 1.0), min_size=1, max_size=2),
    }
)
INVOICE = st.fixed_dictionaries(
    {
        "lines": st.lists(LINE, min_size=1, max_size=3),
        "rounding": st.sampled_from(["round_globally", "round_per_line"]),
        "is_foreign": st.booleans(),
        "is_storno": st.booleans(),
        "is_early_paid": st.booleans(),
        "tax_correction": st.sampled_from([0.0, 0.0, 0.02, -0.03]),
    }
)


@tagged("post_install", "-at_install")
class TestCreditProperty(RmaAccountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.setup_other_currency("EUR", rates=[("2026-01-01", 0.7317)])
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
        cls.taxes = cls._create_taxes()
        if "is_storable" in cls.goods:
            cls.goods.is_storable = False

    @classmethod
    def _create_taxes(cls):
        tax_model = cls.env["account.tax"]
        account = cls.company_data["default_account_tax_sale"]
        other = account.copy({"code": "TAXSPLIT"})
        transition = account.copy({"code": "TAXCASH", "reconcile": True})
        cls.company.tax_exigibility = True
        spread = [
            Command.create({"repartition_type": "base", "factor_percent": 100}),
            Command.create(
                {
                    "repartition_type": "tax",
                    "factor_percent": 60,
                    "account_id": account.id,
                }
            ),
            Command.create(
                {
                    "repartition_type": "tax",
                    "factor_percent": 40,
                    "account_id": other.id,
                }
            ),
        ]
        plain, split, first, second, withheld, cash, included = tax_model.create(
            [
                {"name": "P 7", "amount": 7.0},
                {
                    "name": "P 21",
                    "amount": 21.0,
                    "invoice_repartition_line_ids": spread,
                    "refund_repartition_line_ids": spread,
                },
                {
                    "name": "P 10",
                    "amount": 10.0,
                    "include_base_amount": True,
                    "sequence": 1,
                },
                {"name": "P 5.5", "amount": 5.5, "sequence": 2},
                {"name": "P -2", "amount": -2.0, "sequence": 3},
                {
                    "name": "P cash",
                    "amount": 20.0,
                    "tax_exigibility": "on_payment",
                    "cash_basis_transition_account_id": transition.id,
                },
                {
                    "name": "P in",
                    "amount": 19.0,
                    "price_include_override": "tax_included",
                },
            ]
        )
        return {
            "none": tax_model,
            "plain": plain,
            "split": split,
            "stacked": first | second,
            "withheld": plain | withheld,
            "cash": cash,
            "included": included,
        }

    def test_credit_notes_add_up_to_any_invoice(self):
        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(INVOICE)
        def run(case):
            with self.cr.savepoint() as savepoint:
                self._check(case)
                savepoint.rollback()
            self.env.invalidate_all()

        try:
            run()
        except Exception as error:
            error.add_note(f"CREDIT_SEED={SEED}")
            raise

    def test_an_account_without_a_cent_on_the_last_note_exceeds_nothing(self):
        """Found by the property: a line of ten for a cent each, under a split tax."""
        line = {"discount": 0.0, "taxes": "split", "qty": 10, "price_unit": 0.01}
        case = {
            "rounding": "round_globally",
            "is_storno": False,
            "is_foreign": False,
            "is_early_paid": True,
            "tax_correction": 0.02,
            "lines": [
                {**line, "discount": 33.33, "qty": 7, "price_unit": 655.37}
                | {"shares": [0.913, 0.943]},
                {**line, "shares": [0.0, 0.739]},
                {**line, "discount": 7.5, "qty": 12, "price_unit": 54.41}
                | {"taxes": "included", "shares": [0.0]},
            ],
        }
        order = self._sell_case(case)
        invoice = self._bill_case(order, case)
        notes = self._release(self._credit_case(order, case))
        self.assertEqual(len(notes), 3)
        self.assertAlmostEqual(
            sum(notes.mapped("amount_total")), invoice.amount_total, 2
        )
        self.assertEqual(invoice.amount_residual, 0.0)

    def _check(self, case):
        self.company.tax_calculation_rounding_method = case["rounding"]
        self.company.account_storno = case["is_storno"]
        order = self._sell_case(case)
        invoice = self._bill_case(order, case)
        notes = self._credit_case(order, case)
        self._release(notes)
        self._assert_adds_up(invoice, notes)
        self.assertRecordValues(
            order.order_line,
            [{"qty_invoiced": 0.0, "qty_to_invoice": 0.0}] * len(order.order_line),
        )

    def _sell_case(self, case):
        # the core itself makes unbalanced invoices of these two together
        is_early_paid = case["is_early_paid"] and not case["is_foreign"]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "payment_term_id": self.early.id if is_early_paid else False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "product_uom_qty": line["qty"],
                            "price_unit": line["price_unit"],
                            "discount": line["discount"],
                            "tax_ids": [Command.set(self.taxes[line["taxes"]].ids)],
                        }
                    )
                    for line in case["lines"]
                ],
            }
        )
        if case["is_foreign"]:
            order.currency_id = self.currency
            for order_line, line in zip(order.order_line, case["lines"], strict=True):
                order_line.price_unit = line["price_unit"]
        order.action_confirm()
        for order_line in order.order_line:
            self._deliver(order_line, order_line.product_uom_qty)
        return order

    def _bill_case(self, order, case):
        invoice = self._bill(order.order_line, post=False)
        tax_lines = invoice.line_ids.filtered("tax_line_id")
        if tax_lines and case["tax_correction"] and invoice.amount_tax > 1:
            totals = invoice.tax_totals
            group = totals["subtotals"][0]["tax_groups"][0]
            group["tax_amount_currency"] += case["tax_correction"]
            invoice.tax_totals = totals
        invoice.action_post()
        return invoice

    def _credit_case(self, order, case):
        left = {line: line.product_uom_qty for line in order.order_line}
        notes = self.env["account.move"]
        for turn in range(3):
            quantities = {}
            for order_line, line in zip(order.order_line, case["lines"], strict=True):
                shares = line["shares"] + [1.0] * (3 - len(line["shares"]))
                quantities[order_line] = round(left[order_line] * shares[turn])
                left[order_line] -= quantities[order_line]
            notes |= self._credit_quantities(quantities)
        return notes

    def _credit_quantities(self, quantities):
        vals = [
            {
                "product_id": order_line.product_id.id,
                "sale_line_id": order_line.id,
                "qty_requested": qty,
                "resolution": "credit",
            }
            for order_line, qty in quantities.items()
            if qty
        ]
        if not vals:
            return self.env["account.move"]
        authorization = (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [Command.create(one) for one in vals],
                }
            )
        )
        authorization.action_authorize()
        return self._settle(self._receive(authorization))

    def _assert_adds_up(self, invoice, notes):
        sums = defaultdict(lambda: [0.0, 0.0])
        for line in (invoice | notes).line_ids:
            keys = [line.account_id.code, line.tax_line_id.name]
            # the core books a discount for early payment and takes it off the same
            # account again, each note on its own: only its base may be off by a cent
            if line.display_type != "epd":
                keys.append(line.tax_ids.ids)
            for key in keys:
                sums[str(key)][0] += line.amount_currency
                sums[str(key)][1] += line.balance
        off = {
            key: [round(amount, 2) for amount in amounts]
            for key, amounts in sums.items()
        }
        self.assertFalse({key: value for key, value in off.items() if any(value)})
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertAlmostEqual(sum(notes.mapped(name)), invoice[name], 2, name)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(sum(notes.mapped("amount_residual")), 0.0)
