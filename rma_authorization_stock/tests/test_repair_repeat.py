# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import freeze_time, tagged

from .bench import BenchCommon


class RepeatCommon(BenchCommon):
    """Two phones of one order, and verbs for what happens to one of them on a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell_from_stock(cls.serial_product, 2)
        cls.lot, cls.other = cls.order.picking_ids.move_ids.lot_ids.sorted("name")

    def _receive_unit(self, lot=None, **vals):
        authorization = self._authorize(
            self.order,
            1,
            resolution="repair",
            under_warranty=True,
            lot_ids=[Command.set((lot or self.lot).ids)],
            **vals,
        )
        self._receive(authorization)
        return authorization

    def _find(self, authorization, fault):
        return self._inspect(
            authorization,
            [
                (
                    1,
                    {
                        "lot_id": authorization.line_ids.lot_ids.id,
                        "fault_id": fault.id,
                        "resolution": "repair",
                        "responsible": "supplier",
                    },
                )
            ],
        )

    def _repair(self, day, fault, lot=None):
        """The unit comes, is repaired and goes back, all on one day."""
        with freeze_time(f"{day} 10:00:00"):
            authorization = self._receive_unit(lot)
            self._find(authorization, fault)
            authorization.action_settle()
            repair = self._get_repairs(authorization)
            repair.action_repair_start()
            repair.action_repair_end()
            self._deliver(authorization.sudo().picking_ids)
            self.env.cr.flush()
        return repair

    def _come_back(self, day, lot=None):
        with freeze_time(f"{day} 10:00:00"):
            return self._receive_unit(lot)


@tagged("post_install", "-at_install")
class TestRepairRepeat(RepeatCommon):
    """A unit that comes back with the same fault is seen; the third time it may be
    replaced."""

    def test_a_first_repair_repeats_nothing(self):
        repair = self._repair("2026-03-02", self.blown)
        self.assertFalse(repair.rma_is_repeat)
        self.assertEqual(repair.rma_repair_count, 0)
        self.assertFalse(repair.rma_line_id.is_repeat)

    def test_the_same_fault_again_is_marked_everywhere(self):
        first = self._repair("2026-03-02", self.blown)
        authorization = self._come_back("2026-05-31")  # the 90th day
        line = authorization.line_ids
        self.assertRecordValues(
            line, [{"is_repeat": True, "repeat_of_id": first.id, "repair_count": 1}]
        )
        finding = self._find(authorization, self.blown)
        self.assertRecordValues(
            finding,
            [{"is_repeat": True, "repeat_of_id": first.id, "repair_count": 1}],
        )
        authorization.action_settle()
        repair = self._get_repairs(authorization)
        self.assertRecordValues(
            repair,
            [
                {
                    "rma_is_repeat": True,
                    "rma_repeat_of_id": first.id,
                    "rma_repair_count": 1,
                }
            ],
        )
        found = self.env["repair.order"].search([("rma_is_repeat", "=", True)])
        self.assertEqual(found.ids, repair.ids)

    def test_after_the_days_of_the_policy_it_is_another_matter(self):
        self._repair("2026-03-02", self.blown)
        line = self._come_back("2026-06-01").line_ids
        self.assertRecordValues(line, [{"is_repeat": False, "repair_count": 1}])

    def test_the_policy_says_how_long_a_repair_holds(self):
        self.env["rma.authorization.policy"].create(
            {
                "name": "Ada's",
                "partner_ids": self.customer.ids,
                "returnable": "always",
                "repeat_days": 10,
            }
        ).action_put_in_force()
        self._repair("2026-03-02", self.blown)
        self.assertFalse(self._come_back("2026-03-13").line_ids.is_repeat)

    def test_another_fault_repeats_nothing(self):
        self._repair("2026-03-02", self.blown)
        authorization = self._come_back("2026-03-20")
        # nobody knows yet what is wrong this time
        self.assertTrue(authorization.line_ids.is_repeat)
        finding = self._find(authorization, self.scratch)
        self.assertFalse(finding.is_repeat)

    def test_a_part_of_the_same_fault_repeats_it(self):
        self.blown.parent_id = self.scratch
        self._repair("2026-03-02", self.scratch)
        authorization = self._come_back("2026-03-20")
        self.assertTrue(self._find(authorization, self.blown).is_repeat)

    def test_the_repair_of_one_unit_is_none_of_another(self):
        self._repair("2026-03-02", self.blown)
        line = self._come_back("2026-03-20", self.other).line_ids
        self.assertRecordValues(line, [{"is_repeat": False, "repair_count": 0}])

    def test_the_third_repair_is_offered_as_a_replacement(self):
        policy = self.env["rma.authorization.policy"].create(
            {
                "name": "Three Guarantees",
                "partner_ids": self.customer.ids,
                "returnable": "always",
                "resolution_ids": [
                    Command.create({"resolution": "repair"}),
                    Command.create({"resolution": "exchange", "repairs": 2}),
                ],
            }
        )
        policy.action_put_in_force()
        self._repair("2026-03-02", self.blown)
        second = self._come_back("2026-03-20")
        finding = self._find(second, self.blown)
        self.assertEqual(finding.proposed_resolution, "repair")
        with freeze_time("2026-03-21 10:00:00"):
            second.action_settle()
            repair = self._get_repairs(second)
            repair.action_repair_start()
            repair.action_repair_end()
            self._deliver(second.sudo().picking_ids)
        third = self._come_back("2026-09-01")
        finding = self._find(third, self.blown)
        self.assertEqual(finding.proposed_resolution, "exchange")
        self.assertIn("Repaired 2 times before", finding.proposal_reason)
        self.assertTrue(finding.is_overruled)
        finding.action_follow_proposal()
        self.assertEqual(finding.resolution, "exchange")
