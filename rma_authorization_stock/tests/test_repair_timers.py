# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import freeze_time, new_test_user, tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestRepairTimers(RmaStockCommon):
    """Each repair is promised by a time of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # nobody keeps hours here: every hour counts
        cls.company.resource_calendar_id = False
        cls.env["rma.authorization.team"].search([]).calendar_id = False
        cls.env["rma.authorization.target"].search([]).active = False
        cls.target = cls.env["rma.authorization.target"].create(
            {"milestone": "repair", "hours": 40}
        )
        cls.env["rma.authorization.target"].create(
            {"milestone": "resolution", "hours": 8}
        )

    def _settle(self, qty=1):
        with freeze_time("2026-03-02 10:00:00"):
            authorization = self._receive_and_accept(
                self._sell_from_stock(self.product, qty),
                qty,
                resolution="repair",
                under_warranty=True,
                disposition=False,
            )
            authorization.action_settle()
            self.env.cr.flush()
        return authorization

    def _get_timers(self, authorization, milestone="repair"):
        return (
            authorization.sudo()
            .timer_ids.filtered(lambda timer: timer.milestone == milestone)
            .sorted("id")
        )

    def test_each_repair_is_promised_by_a_time(self):
        authorization = self._settle(2)
        repairs = authorization.sudo().repair_ids
        timers = self._get_timers(authorization)
        self.assertEqual(timers.repair_id, repairs)
        self.assertEqual(timers.line_id, authorization.line_ids.sudo())
        for repair in repairs:
            self.assertEqual(str(repair.rma_date_promised), "2026-03-04 02:00:00")
        self.assertEqual(str(authorization.date_due), "2026-03-04 02:00:00")
        self.assertEqual(authorization.next_milestone, "repair")
        # the repair takes the place of the eight hours
        self.assertFalse(
            self._get_timers(authorization, "resolution").filtered(
                lambda timer: timer.state == "running"
            )
        )

    def test_a_finished_repair_ends_its_clock(self):
        authorization = self._settle(2)
        first, second = authorization.sudo().repair_ids
        with freeze_time("2026-03-03 10:00:00"):
            first.with_user(self.technician).action_repair_start()
            first.with_user(self.technician).action_repair_end()
            self.env.cr.flush()
        self.assertRecordValues(
            self._get_timers(authorization),
            [
                {"repair_id": first.id, "state": "done", "hours_used": 24.0},
                {"repair_id": second.id, "state": "running", "hours_used": 0.0},
            ],
        )

    def test_a_late_repair_is_missed(self):
        authorization = self._settle()
        repair = authorization.sudo().repair_ids
        with freeze_time("2026-03-05 10:00:00"):
            repair.action_repair_start()
            repair.action_repair_end()
            self.env.cr.flush()
        self.assertEqual(self._get_timers(authorization).state, "missed")

    def test_a_cancelled_repair_is_neither(self):
        authorization = self._settle()
        authorization.sudo().repair_ids.action_repair_cancel()
        self.env.cr.flush()
        self.assertEqual(self._get_timers(authorization).state, "cancelled")

    def test_a_repair_waits_for_the_supplier(self):
        authorization = self._settle()
        with freeze_time("2026-03-02 12:00:00"):
            authorization.action_request_supplier("Where are the parts?")
        with freeze_time("2026-03-03 12:00:00"):
            authorization.action_supplier_answered()
        repair = authorization.sudo().repair_ids
        self.assertEqual(str(repair.rma_date_promised), "2026-03-05 02:00:00")

    def test_a_repairer_without_rights_on_returns_ends_the_clock(self):
        authorization = self._settle()
        repairer = new_test_user(
            self.env, "rma_repairer", groups="stock.group_stock_user"
        )
        repair = authorization.repair_ids.sudo(False).with_user(repairer)
        self.assertEqual(str(repair.rma_date_promised), "2026-03-04 02:00:00")
        with freeze_time("2026-03-03 10:00:00"):
            repair.action_repair_start()
            repair.action_repair_end()
            self.env.cr.flush()
        self.assertEqual(self._get_timers(authorization).state, "done")

    def test_who_repairs_is_told(self):
        authorization = self._settle()
        timer = self._get_timers(authorization)
        self.assertEqual(timer._get_assignee(), self.agent)
        timer.repair_id.user_id = self.technician
        self.assertEqual(timer._get_assignee(), self.technician)

    def test_a_repair_that_is_no_return_has_no_clock(self):
        repair = self.env["repair.order"].create({"product_id": self.product.id})
        repair._action_repair_confirm()
        self.env.cr.flush()
        self.assertFalse(repair.rma_timer_ids)
        self.assertFalse(repair.rma_date_promised)
