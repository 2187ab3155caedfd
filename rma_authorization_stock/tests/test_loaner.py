# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .bench import BenchCommon


@tagged("post_install", "-at_install")
class TestLoaner(BenchCommon):
    """A unit of ours is with the customer for a while: ours, followed, and watched."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loan = cls._create_product("Loan Phone", tracking="serial")
        cls.lots = cls._create_lots(cls.loan, 2)
        cls._stock_up(cls.loan, 2, cls.lots)
        cls.location = cls.warehouse.rma_loan_location_id
        cls.order = cls._sell_from_stock(cls.product, 1)

    def _plan(self, lot=None, **vals):
        authorization = self._authorize(self.order, 1, resolution="repair")
        return (
            self.env["rma.authorization.loaner"]
            .with_user(self.agent)
            .create(
                {
                    "authorization_id": authorization.id,
                    "product_id": self.loan.id,
                    "lot_id": (self.lots[0] if lot is None else lot).id,
                    **vals,
                }
            )
        )

    def _validate(self, loaner):
        pickings = loaner.sudo().picking_ids.filtered(lambda one: one.state != "done")
        for picking in pickings.with_user(self.worker):
            picking.button_validate()

    def test_a_unit_goes_out_and_comes_back(self):
        loaner = self._plan()
        value = self.loan.total_value
        self.assertEqual(self._available(self.loan), 2)
        loaner.action_lend()
        self.assertEqual(loaner.state, "waiting")
        self._validate(loaner)
        self.assertEqual(loaner.state, "out")
        self.assertTrue(loaner.date_out)
        self.assertEqual(self.lots[0].location_id, self.location)
        # it is ours, and promised to nobody
        self.assertEqual(self._available(self.loan), 1)
        self.assertEqual(self.loan.total_value, value)
        self.assertEqual(loaner.authorization_id.loaner_count, 1)
        loaner.action_take_back()
        self._validate(loaner)
        self.assertEqual(loaner.state, "back")
        self.assertEqual(self.lots[0].location_id, self.warehouse.lot_stock_id)
        self.assertEqual(self._available(self.loan), 2)

    def test_no_order_knows_of_it(self):
        loaner = self._plan()
        loaner.action_lend()
        self._validate(loaner)
        self.assertEqual(self.order.order_line.qty_delivered, 1)
        self.assertEqual(len(self.order.order_line), 1)
        self.assertEqual(self.lots[0]._get_rma_returnable_qty()[self.lots[0]], 0)

    def test_the_warehouse_chooses_a_unit(self):
        loaner = self._plan(lot=self.lots.browse())
        loaner.action_lend()
        self._validate(loaner)
        chosen = loaner.sudo().picking_ids.move_line_ids.lot_id
        other = self._plan_again(self.lots - chosen)
        other.action_lend()
        self._validate(other)
        loaner.action_take_back()
        back = loaner.sudo().picking_ids.filtered(lambda one: one.state != "done")
        self.assertEqual(back.move_line_ids.lot_id, chosen)

    def _plan_again(self, lot):
        self.order = self._sell_from_stock(self.product, 1)
        return self._plan(lot)

    def test_a_unit_is_lent_once(self):
        loaner = self._plan()
        loaner.action_lend()
        with self.assertRefused("has a transfer already"):
            loaner.action_lend()
        with self.assertRefused("isn't with the customer"):
            loaner.action_take_back()
        with self.assertRaisesRegex(ValidationError, "is lent on"):
            self._plan_again(self.lots[0])
        with self.assertRefused("has a transfer already"):
            loaner.product_id = self.product
        with self.assertRefused("its history"):
            loaner.with_user(self.manager).unlink()

    def test_what_is_not_in_stock_is_not_lent(self):
        lot = self.env["stock.lot"].create({"name": "Gone", "product_id": self.loan.id})
        loaner = self._plan(lot)
        with self.assertRefused("Gone isn't available"):
            loaner.action_lend()

    def test_a_cancelled_delivery_lends_nothing(self):
        loaner = self._plan()
        loaner.action_lend()
        loaner.sudo().picking_ids.action_cancel()
        self.assertEqual(loaner.state, "draft")
        loaner.action_lend()
        self.assertEqual(loaner.state, "waiting")

    def test_the_core_window_takes_it_back_too(self):
        loaner = self._plan()
        loaner.action_lend()
        self._validate(loaner)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": loaner.sudo().picking_ids.id}
        )
        wizard.product_return_moves.quantity = 1
        wizard._create_return().with_user(self.worker).button_validate()
        self.assertEqual(loaner.state, "back")

    def test_overdue_units_are_seen_and_told_once(self):
        loaners = self.env["rma.authorization.loaner"]
        with freeze_time("2026-03-02 10:00:00"):
            loaner = self._plan()
            self.assertEqual(str(loaner.date_due), "2026-04-01")
            loaner.action_lend()
            self._validate(loaner)
        authorization = loaner.authorization_id.sudo()
        with freeze_time("2026-04-01 10:00:00"):
            self.assertFalse(loaners.search([("is_overdue", "=", True)]))
            self._run_timers()
            self.assertFalse(loaner.date_reminded)
        with freeze_time("2026-04-02 10:00:00"):
            self.assertEqual(
                loaners.search([("is_overdue", "=", True)]).ids, loaner.ids
            )
            self._run_timers()
            self._run_timers()
            self.assertEqual(str(loaner.date_reminded), "2026-04-02")
        template = self.env.ref("rma_authorization_stock.mail_template_loaner")
        told = authorization.mail_ids.filtered(lambda one: one.template_id == template)
        self.assertEqual(len(told), 1)
        self.assertEqual(
            authorization.activity_ids.mapped("summary"), ["Loaner overdue"]
        )
        loaner.date_due = "2026-05-01"
        self.assertFalse(loaner.date_reminded)

    def test_who_lends(self):
        loaner = self._plan()
        with self.assertRaises(AccessError):
            loaner.with_user(self.technician).action_lend()
        with self.assertRaises(AccessError):
            loaner.with_user(self.technician).note = "Mine"
        loaner.with_user(self.worker).action_lend()

    def test_the_button_opens_a_new_loan(self):
        authorization = self._authorize(self.order, 1, resolution="repair")
        action = authorization.action_open_loan()
        self.assertEqual(
            action["context"]["default_authorization_id"], authorization.id
        )
