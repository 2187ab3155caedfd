# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaAccountCommon


@tagged("post_install", "-at_install")
class TestPortal(RmaAccountCommon):
    """On their pages customers open what was credited, and read before what is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["rma.authorization.charge.rule"]
        cls.rules.search([]).active = False
        cls.fee = cls.env.ref("rma_authorization_account.product_restocking")
        cls.order_line = cls._sell(price_unit=100.0)
        cls.invoice = cls._bill(cls.order_line)

    def _rule(self, name, **vals):
        return self.rules.create(
            {
                "name": name,
                "kind": "restocking",
                "percent": 15.0,
                "product_id": self.fee.id,
                **vals,
            }
        )

    def test_a_credit_note_is_there_once_it_is_posted(self):
        self.company.rma_credit_posting = "draft"
        authorization = self._return(self.order_line, qty=2.0)
        note = self._settle(authorization)
        portal = authorization.sudo()
        self.assertFalse(portal._get_customer_documents())
        self._release(note)
        [document] = portal._get_customer_documents()
        self.assertEqual(document["name"], note.name)
        self.assertIn(f"/my/invoices/{note.id}?access_token=", document["url"])
        self.assertEqual(document["note"], note.currency_id.format(214.0))

    def test_what_is_kept_is_said_before(self):
        reasons = self.env["rma.authorization.reason"].search([], limit=2)
        policies = self.env["rma.authorization.policy"].with_user(self.chief)
        policy = policies.create({"name": "Other"})
        self._rule("Restocking", reason_ids=reasons[0].ids)
        self._rule("Handling", kind="freight", computation="unit", amount=5.0)
        self._rule("Scratches", kind="damage", grade="damaged", percent=30.0)
        self._rule("For others", reason_ids=reasons[1].ids)
        policy.charge_rule_ids = self._rule("By policy")
        authorization = self._request(self.order_line, reason_id=reasons[0].id)
        authorization.line_ids.sudo().freight_payer = "us"
        money = self.company.currency_id.format
        self.assertEqual(
            sorted(authorization.sudo()._get_customer_fees()),
            [
                f"Handling: {money(5.0)} per unit.",
                "Restocking: 15 % of the price.",
                "Scratches: 30 % of the price, if the goods are found like that.",
            ],
        )

    def test_nothing_is_kept_of_what_is_not_credited(self):
        self._rule("Restocking")
        authorization = self._request(self.order_line, resolution="exchange")
        authorization.line_ids.sudo().freight_payer = "customer"
        self.assertEqual(
            authorization.sudo()._get_customer_fees(),
            ["You pay for sending the goods back."],
        )
