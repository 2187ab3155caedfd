# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_report import MeasureCommon
from .test_supplier import SupplierCommon


@tagged("post_install", "-at_install")
class TestReportSupplier(SupplierCommon, MeasureCommon):
    """What suppliers and carriers owe us, since when, and whether they answer in time.

    A unit costs 40. Where nothing else is said, an answer may take 14 days.

    =====  ===  ==================  ============  ====================================
    claim  qty  asked               agreed        answered
    =====  ===  ==================  ============  ====================================
    part   5    10 days ago         10 days ago   2 of them today
    asked  2    45 days ago         no            no
    old    1    100 days ago        100 days ago  no
    quick  4    40 days ago         30 days ago   16 days ago, 14 after they agreed
    slow   3    40 days ago         30 days ago   15 days ago, 15 after they agreed
    no     6    20 days ago         refused       6 days ago
    =====  ===  ==================  ============  ====================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.supplier
        cls.company.resource_calendar_id.tz = "UTC"
        # noon, so that days are as far from each other as moments
        cls.noon = fields.Datetime.now().replace(hour=12, minute=0)
        cls.part = cls._claim(5, 10, 10)
        cls._answer(cls.part, (2, "gone", {}))
        cls.asked = cls._claim(2, 45)
        cls.old = cls._claim(1, 100, 100)
        cls.quick = cls._claim(4, 40, 30)
        cls._answer_ago(cls.quick, 16)
        cls.slow = cls._claim(3, 40, 30)
        cls._answer_ago(cls.slow, 15)
        cls.no = cls._claim(6, 20)
        cls.no.action_refuse("Not ours")
        cls._set(cls.no.log_ids, date=cls._get_ago(6))

    @classmethod
    def _get_ago(cls, days):
        return cls.noon - timedelta(days=days)

    @classmethod
    def _claim(cls, qty, asked, agreed=None, **line_vals):
        """A return that was asked for, and agreed to, so many days ago."""
        claim = cls._ask(qty, **line_vals)
        claim.action_submit()
        if agreed is not None:
            claim.action_authorize()
            cls._set(claim, date_authorized=cls._get_ago(agreed))
        cls._set(claim, date_submitted=cls._get_ago(asked))
        return claim

    @classmethod
    def _answer_ago(cls, claim, days):
        qty = claim.line_ids.qty_authorized
        settlements = cls._answer(claim, (qty, "gone", {}))
        cls._set(settlements, create_date=cls._get_ago(days))

    # -- open ----------------------------------------------------------------------

    def test_open_claims_have_a_value_and_an_age(self):
        # 3 of part, 2 of asked, 1 of old: 120 + 80 + 40; 10, 45 and 100 days, of which
        # 90 % is 0.8 of the way from the second to the third
        self.assertMeasures(
            claims_open=3,
            amount_claim_open=240,
            claim_days=51.667,
            claim_median=45,
            claim_p90=89,
        )

    def test_the_value_of_open_claims_by_their_age(self):
        self._claim(1, 30)
        self._claim(1, 31)
        rows = self._read(
            "claims_open",
            "amount_claim_open",
            groupby=["claim_age"],
            domain=[("fact", "=", "claim")],
        )
        # part and the one of 30 days; the one of 31 and asked; old
        self.assertEqual(rows, [("30", 2, 160.0), ("60", 2, 120.0), ("more", 1, 40.0)])

    def test_what_suppliers_have_made_good_is_open_no_more(self):
        self._answer(self.part, (3, "amount", {"amount": 50.0}))
        self.asked.action_cancel()
        self.assertMeasures(claims_open=1, amount_claim_open=40)

    def test_open_claims_are_as_of_today(self):
        report = self.env["rma.authorization.report"].with_user(self.agent)
        rows = report.search(
            [("fact", "=", "claim"), ("partner_id", "=", self.supplier.id)]
        )
        self.assertEqual(set(rows.mapped("date")), {self.noon.date()})
        self.assertEqual(rows.vendor_id, self.supplier)

    # -- answered ------------------------------------------------------------------

    def test_claims_answered_in_time_by_those_due(self):
        # quick and no, of these, slow, asked and old; part has some days left
        self.assertMeasures(claims_due=5, claims_met=2, claim_on_time_rate=40)

    def test_the_time_for_an_answer_is_what_was_agreed_with_the_supplier(self):
        self.supplier.rma_answer_days = 15
        # slow as well
        self.assertMeasures(claims_due=5, claims_met=3, claim_on_time_rate=60)
        self.supplier.rma_answer_days = 9
        # no took 14 days, and part is due, too
        self.assertMeasures(claims_due=6, claims_met=0, claim_on_time_rate=0)

    def test_what_we_have_not_shipped_is_not_due(self):
        claim = self._claim(2, 60, 50, disposition=False)
        self.assertMeasures(claims_open=4, claims_due=5)
        self._ship(claim)
        if not claim.line_ids.qty_received:
            line = claim.line_ids.sudo()
            line._receive_by_hand({line: 2})
        # their days begin with the goods
        self._set(claim.line_ids, date_received=self._get_ago(14))
        self.assertMeasures(claims_due=5)
        self._set(claim.line_ids, date_received=self._get_ago(15))
        self.assertMeasures(claims_due=6, claims_met=2)

    def test_an_answer_taken_back_leaves_the_claim_without_one(self):
        self.slow.settlement_ids.action_undo()
        # 30 days after they agreed
        self.assertMeasures(claims_open=4, claims_due=5, claims_met=2)
        self.quick.settlement_ids.action_undo()
        self.assertMeasures(claims_open=5, claims_due=5, claims_met=1)

    def test_what_time_changes_is_in_no_copy(self):
        self.env["rma.authorization.report.copy"]._make()
        self.assertMeasures(claims_open=3, claims_due=5, claims_met=2)
        self._set(self.part, date_authorized=self._get_ago(16))
        self._set(self.part, date_submitted=self._get_ago(16))
        self.assertMeasures(claims_due=6, claims_met=2)
