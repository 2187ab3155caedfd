# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestDesk(RmaStockCommon):
    """At the inspection desk goods have numbers and places, and a way to go on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = (
            cls.env["rma.authorization.desk"]
            .with_user(cls.technician)
            .with_context(allowed_company_ids=cls.company.ids)
        )

    def _arrive(self, order, qty, **kwargs):
        authorization = self._authorize(order, qty, **kwargs)
        self._receive(authorization)
        return authorization.line_ids

    def _arrive_with_numbers(self, count):
        """Phones of which all have come back, and their numbers."""
        order = self._sell_from_stock(self.serial_product, count)
        lots = order.picking_ids.move_ids.lot_ids.sorted("name")
        line = self._arrive(order, count, lot_ids=[Command.set(lots.ids)])
        return line, lots

    def test_a_line_of_ten_is_split_as_proposed(self):
        line = self._arrive(
            self._sell_from_stock(self.product, 10), 10, resolution="exchange"
        )
        decided = {"verdict": "accepted", "as_proposed": True}
        self.desk.judge(
            line.id,
            [
                {**decided, "qty": 3, "grade": "new"},
                {**decided, "qty": 5, "fault_found": "found"},
                {**decided, "qty": 1, "grade": "damaged"},
                {**decided, "qty": 1, "verdict": "rejected"},
            ],
            10,
        )
        codes = line._fields["disposition"].get_values(self.env)
        self.assertRecordValues(
            line.inspection_ids.sorted("id"),
            [
                {"qty": 3, "resolution": "exchange", "disposition": "restock"},
                {
                    "qty": 5,
                    "resolution": "exchange",
                    "disposition": "vendor" if "vendor" in codes else "hold",
                },
                {"qty": 1, "resolution": "exchange", "disposition": "scrap"},
                {"qty": 1, "resolution": "none", "disposition": "send_back"},
            ],
        )
        self.assertEqual(line.qty_to_inspect, 0)

    def test_another_disposition_takes_a_reason(self):
        line = self._arrive(self._sell_from_stock(self.product, 1), 1)
        finding = {
            "verdict": "accepted",
            "qty": 1,
            "grade": "new",
            "disposition": "scrap",
        }
        with self.assertRefused("The goods can be sold again. Say why"):
            self.desk.judge(line.id, [finding])
        self.desk.judge(line.id, [{**finding, "overrule_reason": "Recalled"}])
        self.assertRecordValues(
            line.inspection_ids,
            [{"disposition": "scrap", "overrule_reason": "Recalled"}],
        )

    def test_a_row_says_where_the_goods_are(self):
        line = self._arrive(self._sell_from_stock(self.product, 1), 1)
        [row] = self.desk.find(line.authorization_id.rma_number)["rows"]
        self.assertEqual(row["place"], self.warehouse.rma_location_id.display_name)

    def test_serials_are_judged_one_by_one(self):
        line, lots = self._arrive_with_numbers(3)
        numbers = self.desk.get_unit(line.id)["numbers"]
        self.assertEqual([one["id"] for one in numbers], lots.ids)
        self.assertEqual([one["qty"] for one in numbers], [1, 1, 1])
        found = self.desk.find("Phone-002")
        self.assertEqual(found["lot_id"], lots[1].id)
        self.assertEqual([row["id"] for row in found["rows"]], line.ids)
        finding = {"verdict": "accepted", "qty": 1, "lot_id": lots[1].id}
        answer = self.desk.judge(line.id, [finding], 3)
        self.assertEqual(answer["left"]["qty"], 2)
        numbers = self.desk.get_unit(line.id)["numbers"]
        self.assertEqual([one["id"] for one in numbers], (lots - lots[1]).ids)
        self.assertFalse(self.desk.find("Phone-002")["rows"])
        with self.assertRefused("2.0 of Phone-002 judged"):
            self.desk.judge(line.id, [finding])

    def test_a_serial_that_did_not_arrive_is_refused(self):
        line, _lots = self._arrive_with_numbers(2)
        other = self.env["stock.lot"].create(
            {"name": "Phone-9", "product_id": self.serial_product.id}
        )
        for lot_id, problem in ((other.id, "of Phone-9 judged"), (False, "no number")):
            with self.assertRefused(problem):
                self.desk.judge(
                    line.id, [{"verdict": "accepted", "qty": 1, "lot_id": lot_id}]
                )
        self.assertFalse(line.inspection_ids)

    def test_all_serials_of_several_lines_are_judged_alike(self):
        phones, lots = self._arrive_with_numbers(2)
        radios = self._arrive(self._sell_from_stock(self.product, 4), 4)
        self.desk.judge_alike(
            (phones | radios).ids,
            {"verdict": "accepted", "grade": "new", "as_proposed": True},
        )
        self.assertRecordValues(
            phones.inspection_ids.sorted("id"),
            [{"lot_id": lot.id, "qty": 1, "disposition": "restock"} for lot in lots],
        )
        self.assertEqual(radios.inspection_ids.qty, 4)

    def test_what_was_found_on_a_serial_before_is_shown(self):
        line, lots = self._arrive_with_numbers(1)
        self._inspect(
            line.authorization_id,
            [(1, {"lot_id": lots.id, "grade": "new", "disposition": "restock"})],
        )
        line.authorization_id.with_user(self.worker).action_dispose()
        line.authorization_id.action_settle()
        order = self._sell(self.serial_product, 1)
        again = self._arrive(order, 1, lot_ids=[Command.set(lots.ids)])
        unit = self.desk.get_unit(again.id)
        self.assertEqual([one["count"] for one in unit["numbers"]], [1])
        [earlier] = unit["earlier"]
        self.assertEqual(earlier["number"], "Phone-001")
        self.assertEqual(earlier["name"], line.authorization_id.rma_number)

    def test_warehouse_workers_may_inspect(self):
        line = self._arrive(self._sell_from_stock(self.product, 1), 1)
        desk = self.desk.with_user(self.worker)
        desk.judge(line.id, [{"verdict": "accepted", "qty": 1}])
        self.assertEqual(line.inspection_ids.inspector_id, self.worker)

    def test_more_rows_take_no_more_queries(self):
        order = self._sell_from_stock(self.product, 3)
        for number in range(3):
            line = self._arrive(order, 1)
            line.sudo().date_to_inspect -= timedelta(days=900 - number)
        few, many = (self._count_queries(limit) for limit in (1, 3))
        self.assertLessEqual(many, few)

    def _count_queries(self, limit):
        filters = {"product_id": self.product.id, "limit": limit}
        self.desk.get_queue(filters)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(len(self.desk.get_queue(filters)["rows"]), limit)
        return self.env.cr.sql_log_count - before
