# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestProposal(RmaStockCommon):
    """The finding proposes what happens to the goods (Q3)."""

    def setUp(self):
        super().setUp()
        order = self._sell_from_stock(self.product, 20)
        self.authorization = self._receive_for(order)
        self.line = self.authorization.line_ids

    def _receive_for(self, order, resolution="exchange"):
        authorization = self._authorize(order, 10, resolution=resolution)
        self._receive(authorization)
        return authorization

    def _find(self, **vals):
        return (
            self.env["rma.authorization.inspection"]
            .with_user(self.technician)
            .create({"line_id": self.line.id, "qty": 1, **vals})
        )

    def test_what_happens_to_goods_by_their_condition(self):
        found = {"fault_found": "found"}
        for vals, resolution, disposition in (
            # neither graded nor checked
            ({}, "exchange", False),
            ({"verdict": "rejected"}, "none", "send_back"),
            ({"is_wrong_item": True}, "none", "send_back"),
            ({"fault_found": "none"}, "none", "send_back"),
            ({"grade": "new"}, "exchange", "restock"),
            ({"grade": "good"}, "exchange", "restock"),
            ({"grade": "good", "is_incomplete": True}, "exchange", "regrade"),
            ({"grade": "worn"}, "exchange", "regrade"),
            ({"grade": "damaged"}, "exchange", "scrap"),
            ({**found, "responsible": "us"}, "exchange", "hold"),
            ({**found, "responsible": "us", "grade": "damaged"}, "exchange", "scrap"),
            ({**found, "responsible": "customer"}, "repair", "send_back"),
        ):
            with self.subTest(vals):
                finding = self._find(**vals)
                self.assertEqual(finding.proposed_resolution, resolution)
                self.assertEqual(finding.proposed_disposition, disposition)
                finding.unlink()

    def test_goods_for_which_the_supplier_answers_are_kept_for_them(self):
        codes = self.line._fields["disposition"].get_values(self.env)
        finding = self._find(fault_found="found", responsible="supplier")
        self.assertEqual(
            finding.proposed_disposition, "vendor" if "vendor" in codes else "hold"
        )
        self.assertRegex(finding.proposal_reason, "The supplier answers for it")

    def test_goods_to_be_repaired_go_back(self):
        order = self._sell_from_stock(self.product, 10)
        self.line = self._receive_for(order, resolution="repair").line_ids
        finding = self._find(fault_found="found")
        self.assertEqual(finding.proposed_resolution, "repair")
        self.assertEqual(finding.proposed_disposition, "send_back")

    def test_undecided_goods_overrule_nothing(self):
        finding = self._find(grade="new")
        self.assertFalse(finding.is_overruled)
        finding.disposition = "hold"
        self.assertFalse(finding.is_overruled)
        finding.disposition = "scrap"
        self.assertTrue(finding.is_overruled)
        finding.action_follow_proposal()
        self.assertEqual(finding.disposition, "restock")
        self.assertFalse(finding.is_overruled)

    def test_goods_that_have_moved_are_not_decided_anew(self):
        finding = self._find(grade="new", disposition="scrap")
        self.authorization.with_user(self.worker).action_dispose()
        self.assertEqual(finding.disposition_state, "done")
        with self.assertRefused("can't be changed"):
            finding.action_follow_proposal()
