# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestSettlement(RmaCommon):
    """A unit is settled when it is due, once, and as it was decided."""

    def assertSettled(self, authorization, *expected):
        """The settlements of the authorization are these `(resolution, quantity)`."""
        settlements = authorization.settlement_ids.sorted("id")
        self.assertEqual(
            [(settlement.resolution, settlement.qty) for settlement in settlements],
            list(expected),
        )

    # -- when it is due ------------------------------------------------------------

    def test_nothing_is_due_before_receipt(self):
        authorization = self._authorize(self._sell(), 3)
        self.assertEqual(authorization.line_ids.qty_to_settle, 0)
        self.assertFalse(authorization.action_settle())

    def test_nothing_is_due_before_inspection_where_that_is_required(self):
        authorization = self._authorize(self._sell(), 3)
        self._receive(authorization)
        self.assertEqual(authorization.line_ids.qty_to_settle, 0)
        self._inspect(authorization, (2, {}))
        self.assertEqual(authorization.line_ids.qty_to_settle, 2)

    def test_received_goods_are_due_where_no_inspection_is_required(self):
        authorization = self._authorize(self._sell(), 3, inspection_required=False)
        self._receive(authorization, 2)
        self.assertEqual(authorization.line_ids.qty_to_settle, 2)
        self.assertEqual(authorization.next_step, "settle")

    def test_the_company_decides_whether_inspection_is_required(self):
        order = self._sell()
        for required in (True, False):
            self.company.rma_inspection_required = required
            authorization = self._create_authorization(order)
            self.assertEqual(authorization.inspection_required, required)

    def test_a_solved_case_is_due_without_receipt(self):
        authorization = self._authorize(self._sell(), 3, resolution="solved")
        self.assertRecordValues(
            authorization.line_ids, [{"qty_to_receive": 0, "qty_to_settle": 3}]
        )
        authorization.action_settle()
        self.assertEqual(authorization.state, "closed")

    def test_goods_the_customer_keeps_are_due_without_receipt(self):
        authorization = self._authorize(
            self._sell(), 3, resolution="exchange", disposition="keep"
        )
        self.assertRecordValues(
            authorization.line_ids, [{"qty_to_receive": 0, "qty_to_settle": 3}]
        )
        authorization.action_settle()
        self.assertEqual(authorization.line_ids.qty_settling, 3)

    def test_only_what_was_authorized_is_due(self):
        authorization = self._create_authorization(self._sell(), 3, resolution="solved")
        authorization.line_ids.qty_authorized = 1
        authorization.action_authorize()
        authorization.action_settle()
        self.assertSettled(authorization, ("solved", 1))

    # -- once ----------------------------------------------------------------------

    def test_settling_twice_makes_nothing_twice(self):
        authorization = self._receive_and_accept(self._sell(), 3, resolution="exchange")
        authorization.action_settle()
        self.assertFalse(authorization.action_settle())
        self.assertSettled(authorization, ("exchange", 3))
        self.assertEqual(len(authorization.sudo().replacement_order_ids), 1)

    def test_each_arrival_is_settled_for_itself(self):
        authorization = self._authorize(
            self._sell(), 3, resolution="exchange", inspection_required=False
        )
        for qty in (1, 2):
            self._receive(authorization, qty)
            authorization.action_settle()
        self.assertSettled(authorization, ("exchange", 1), ("exchange", 2))

    def test_what_was_replaced_in_advance_is_never_replaced_again(self):
        authorization = self._authorize(
            self._sell(), 3, resolution="exchange", advance=True
        )
        authorization.action_settle()
        self._receive(authorization)
        authorization.action_inspect()
        self.assertFalse(authorization.action_settle())
        self.assertSettled(authorization, ("exchange", 3))

    def test_goods_settled_before_their_finding_are_not_settled_again(self):
        authorization = self._authorize(
            self._sell(5), 5, resolution="exchange", inspection_required=False
        )
        self._receive(authorization, 3)
        authorization.action_settle()
        authorization.action_inspect()
        self._receive(authorization, 2)
        self._inspect(authorization, (2, {"verdict": "rejected"}))
        authorization.action_settle()
        self.assertSettled(authorization, ("exchange", 3), ("none", 2))

    def test_goods_settled_before_stand_for_the_findings_that_agree(self):
        authorization = self._authorize(
            self._sell(5), 5, resolution="exchange", inspection_required=False
        )
        self._receive(authorization, 3)
        authorization.action_settle()
        self._receive(authorization, 2)
        self._inspect(authorization, (2, {"verdict": "rejected"}))
        authorization.action_inspect()
        authorization.action_settle()
        self.assertSettled(authorization, ("exchange", 3), ("none", 2))

    # -- as decided ----------------------------------------------------------------

    def test_findings_decide_and_not_the_request(self):
        authorization = self._authorize(self._sell(10), 10, resolution="exchange")
        self._receive(authorization)
        self._inspect(
            authorization,
            (3, {}),
            (5, {"resolution": "solved"}),
            (2, {"verdict": "rejected"}),
        )
        authorization.action_settle()
        self.assertSettled(authorization, ("exchange", 3), ("solved", 5), ("none", 2))
        self.assertRecordValues(
            authorization.line_ids, [{"qty_settled": 7, "qty_settling": 3}]
        )

    def test_each_finding_knows_its_settlement(self):
        authorization = self._authorize(self._sell(10), 10)
        self._receive(authorization, 5)
        findings = self._inspect(authorization, (3, {}), (2, {"resolution": "solved"}))
        settlements = authorization.action_settle()
        self.assertEqual(settlements.inspection_id, findings)

    def test_what_needs_no_finding_follows_the_request(self):
        authorization = self._authorize(self._sell(), 5, inspection_required=False)
        self._receive(authorization)
        self._inspect(authorization, (2, {"resolution": "solved"}))
        authorization.action_settle()
        self.assertSettled(authorization, ("solved", 2), ("none", 3))

    def test_preview_and_deed_agree(self):
        authorization = self._receive_and_accept(self._sell(), 3)
        preview = authorization.line_ids._prepare_settlement_vals_list()
        settlement = authorization.action_settle()
        self.assertRecordValues(settlement, preview)

    def test_one_impossible_settlement_stops_all(self):
        unsold = self._create_product("Relic")
        order = self._sell(products=self.product | unsold)
        authorization = self._receive_and_accept(order, 1, resolution="exchange")
        unsold.sale_ok = False
        with self.assertRefused("Relic isn't sold any more"):
            authorization.action_settle()
        self.assertFalse(authorization.settlement_ids)
        self.assertFalse(authorization.sudo().replacement_order_ids)

    # -- undo ----------------------------------------------------------------------

    def test_an_undone_settlement_frees_its_quantity(self):
        authorization = self._receive_and_accept(self._sell(), 3)
        settlement = authorization.action_settle()
        settlement.action_undo()
        self.assertEqual(settlement.state, "cancelled")
        self.assertRecordValues(
            authorization.line_ids, [{"qty_settled": 0, "qty_to_settle": 3}]
        )
        authorization.action_settle()
        self.assertEqual(authorization.line_ids.qty_settled, 3)

    def test_a_finding_with_a_settlement_cannot_be_deleted_by_anybody(self):
        authorization = self._receive_and_accept(self._sell(), 3)
        authorization.action_settle()
        with self.assertRaises(UserError):
            authorization.inspection_ids.sudo().unlink()

    def test_documents_of_a_settlement_are_opened(self):
        authorization = self._receive_and_accept(self._sell(), 3, resolution="exchange")
        settlement = authorization.action_settle()
        action = settlement.action_open_documents()
        order = authorization.sudo().replacement_order_ids
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sale.order", order.id)
        )
