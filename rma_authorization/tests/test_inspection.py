# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestInspection(RmaCommon):
    """What arrived is judged, in parts; a judgement stands once something followed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorization = cls._authorize(cls._sell(10), 10, resolution="exchange")
        cls._receive(cls.authorization, 5)
        cls.line = cls.authorization.line_ids

    def _open_desk(self):
        return (
            self.env["rma.authorization.inspect"]
            .with_user(self.technician)
            .create({"authorization_ids": self.authorization.ids})
        )

    def test_inspecting_accepts_what_arrived(self):
        findings = self.authorization.with_user(self.technician).action_inspect()
        self.assertRecordValues(
            findings,
            [
                {
                    "qty": 5,
                    "verdict": "accepted",
                    "resolution": "exchange",
                    "inspector_id": self.technician.id,
                }
            ],
        )
        self.assertEqual(self.line.qty_to_inspect, 0)

    def test_inspecting_twice_finds_nothing_more(self):
        self.authorization.action_inspect()
        self.assertFalse(self.authorization.action_inspect())
        self.assertEqual(self.line.qty_inspected, 5)

    def test_findings_split_a_line(self):
        self._inspect(
            self.authorization, (3, {"grade": "new"}), (2, {"verdict": "rejected"})
        )
        self.assertRecordValues(
            self.line,
            [
                {
                    "qty_inspected": 5,
                    "qty_accepted": 3,
                    "qty_rejected": 2,
                    "qty_to_inspect": 0,
                }
            ],
        )

    def test_findings_on_more_than_arrived_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "exceed the 5.0 received"):
            self._inspect(self.authorization, (6, {}))

    def test_findings_together_never_exceed_what_arrived(self):
        self._inspect(self.authorization, (3, {}))
        with self.assertRaisesRegex(ValidationError, "findings on 6.0"):
            self._inspect(self.authorization, (3, {}))

    def test_a_finding_on_nothing_is_refused(self):
        for qty in (0, -1):
            with (
                self.subTest(qty),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
            ):
                self._inspect(self.authorization, (qty, {}))

    def test_a_rejected_finding_gets_nothing(self):
        finding = self._inspect(self.authorization, (2, {"verdict": "rejected"}))
        self.assertEqual(finding.resolution, "none")

    def test_the_finding_may_decide_otherwise_than_was_asked(self):
        finding = self._inspect(self.authorization, (2, {"resolution": "solved"}))
        self.assertEqual(finding.resolution, "solved")
        self.assertEqual(self.line.resolution, "exchange")

    def test_an_open_finding_can_be_changed_and_deleted(self):
        finding = self._inspect(self.authorization, (2, {}))
        finding.verdict = "rejected"
        self.assertEqual(finding.resolution, "none")
        finding.qty = 1
        self.assertEqual(self.line.qty_rejected, 1)
        finding.unlink()
        self.assertEqual(self.line.qty_inspected, 0)

    def test_a_settled_finding_cannot_be_changed_or_deleted(self):
        finding = self._inspect(self.authorization, (2, {"verdict": "rejected"}))
        self.authorization.action_settle()
        for vals in ({"qty": 1}, {"verdict": "accepted"}, {"resolution": "exchange"}):
            with self.subTest(vals), self.assertRefused("can't be changed"):
                finding.write(vals)
        with self.assertRefused("can't be changed"):
            finding.unlink()

    def test_goods_of_a_settled_finding_can_still_be_decided_on(self):
        finding = self._inspect(self.authorization, (2, {"verdict": "rejected"}))
        self.authorization.action_settle()
        finding.write({"disposition": "keep", "note": "The customer wants them back"})
        self.assertEqual(finding.disposition, "keep")

    def test_a_finding_whose_settlement_was_undone_can_be_changed(self):
        finding = self._inspect(self.authorization, (2, {"verdict": "rejected"}))
        self.authorization.action_settle().action_undo()
        finding.verdict = "accepted"
        self.assertEqual(self.line.qty_accepted, 2)

    def test_a_finding_whose_settlement_was_undone_can_be_deleted(self):
        finding = self._inspect(self.authorization, (2, {"verdict": "rejected"}))
        settlement = self.authorization.action_settle()
        settlement.action_undo()
        finding.unlink()
        self.assertEqual(settlement.state, "cancelled")
        self.assertEqual(self.line.qty_to_inspect, 5)

    def test_the_desk_proposes_what_has_no_finding(self):
        self._inspect(self.authorization, (2, {}))
        desk = self._open_desk()
        self.assertRecordValues(
            desk.row_ids,
            [{"line_id": self.line.id, "qty": 3, "resolution": "exchange"}],
        )

    def test_the_desk_records_split_rows(self):
        desk = self._open_desk()
        desk.row_ids.qty = 3
        desk.row_ids = [
            Command.create({"line_id": self.line.id, "qty": 2, "verdict": "rejected"})
        ]
        desk.action_apply()
        findings = self.authorization.inspection_ids.sorted("qty")
        self.assertRecordValues(
            findings,
            [
                {"qty": 2, "verdict": "rejected", "resolution": "none"},
                {"qty": 3, "verdict": "accepted", "resolution": "exchange"},
            ],
        )
        self.assertEqual(findings.inspector_id, self.technician)

    def test_the_desk_leaves_rows_without_quantity_for_later(self):
        desk = self._open_desk()
        desk.row_ids.qty = 0
        with self.assertRefused("no row has a quantity"):
            desk.action_apply()

    def test_the_desk_refuses_more_than_arrived(self):
        desk = self._open_desk()
        desk.row_ids.qty = 6
        with self.assertRaisesRegex(ValidationError, "exceed the 5.0 received"):
            desk.action_apply()

    def test_the_desk_refuses_a_return_that_was_not_opened(self):
        closed = self._create_closed(self._sell())
        desk = self._open_desk()
        desk.row_ids.line_id = closed.line_ids
        with self.assertRefusedNaming(closed):
            desk.action_apply()
