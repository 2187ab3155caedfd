# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestFrozen(RmaCommon):
    """What was permitted stands: receipts, credits and letters depend on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell(5)
        cls.authorization = cls._authorize(cls.order, 2)
        cls.line = cls.authorization.line_ids

    def test_product_quantity_unit_and_origin_of_a_line_stand(self):
        for vals in (
            {"product_id": self.other_product.id},
            {"qty_requested": 1},
            {"qty_authorized": 1},
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id},
            {"sale_line_id": False},
        ):
            with self.subTest(vals), self.assertRefusedNaming(self.authorization):
                self.line.write(vals)

    def test_customer_company_and_direction_stand(self):
        company = self.env["res.company"].sudo().create({"name": "Other"})
        for vals in (
            {"partner_id": self.other_customer.id},
            {"company_id": company.id},
            {"direction": "supplier"},
        ):
            with self.subTest(vals), self.assertRefusedNaming(self.authorization):
                self.authorization.write(vals)

    def test_writing_the_same_customer_again_is_harmless(self):
        self.authorization.write({"partner_id": self.customer.id, "priority": "1"})
        self.assertEqual(self.authorization.priority, "1")

    def test_no_line_is_added(self):
        with self.assertRefusedNaming(self.authorization):
            self.authorization.line_ids = [
                Command.create(
                    {"product_id": self.product.id, "reason_id": self.reason.id}
                )
            ]

    def test_no_line_is_removed(self):
        with self.assertRefusedNaming(self.authorization):
            self.authorization.line_ids = [Command.delete(self.line.id)]
        with self.assertRefusedNaming(self.authorization):
            self.line.unlink()

    def test_no_line_moves_away(self):
        draft = self._create_authorization(self.order, 1)
        with self.assertRefusedNaming(self.authorization):
            self.line.authorization_id = draft

    def test_no_line_moves_in(self):
        draft = self._create_authorization(self.order, 5)
        with self.assertRefusedNaming(self.authorization):
            draft.line_ids.authorization_id = self.authorization

    def test_the_wanted_resolution_may_still_change(self):
        self.line.resolution = "exchange"
        self.line.replacement_product_id = self.other_product
        self.assertEqual(self.line._get_replacement_product(), self.other_product)

    def test_every_decided_state_is_frozen(self):
        for state in ("closed", "cancelled", "expired"):
            authorization = self._authorize(self.order)
            authorization._change_state(state)
            with self.subTest(state), self.assertRefusedNaming(authorization):
                authorization.line_ids.qty_requested = 1

    def test_a_submitted_request_may_still_change(self):
        authorization = self._create_authorization(self.order)
        authorization.action_submit()
        authorization.line_ids.qty_requested = 3
        self.assertEqual(authorization.line_ids.qty_authorized, 3)

    def test_what_the_steps_write_is_not_entered(self):
        for vals in (
            {"name": "R-1"},
            {"rma_number": "RMA-1"},
            {"is_appealed": True},
            {"authorized_by_id": self.manager.id},
            {"date_authorized": "2020-01-01 00:00:00"},
            {"date_closed": "2020-01-01 00:00:00"},
            {"awaiting_customer": True},
            {"refusal_reason": "Because"},
        ):
            with self.subTest(vals), self.assertRefused("can't be entered"):
                self.authorization.write(vals)

    def test_a_new_return_has_no_number_of_its_own(self):
        vals = {"partner_id": self.customer.id, "rma_number": "RMA-1"}
        with self.assertRefused("RMA Number of a new return can't be entered"):
            self.env["rma.authorization"].with_user(self.agent).create(vals)

    def test_empty_values_of_an_import_are_harmless(self):
        vals = {"partner_id": self.customer.id, "rma_number": False}
        self.assertTrue(
            self.env["rma.authorization"].with_user(self.agent).create(vals)
        )
