# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.rma_authorization.visitor import Visitor

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestTable(RmaStockCommon):
    """Serial numbers in a table, among the customer's own deliveries (I8, R79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_customer = cls.env["res.partner"].create({"name": "Bob Customer"})
        cls.serial_product.default_code = "PHONE-1"
        cls.order = cls._sell_from_stock(cls.serial_product, 4)
        cls.line = cls.order.order_line
        cls.lots = cls.line.move_ids.lot_ids.sorted("name")
        cls.visitor = Visitor(cls.customer, "portal")

    def _resolve(self, text):
        rows = self.env["rma.authorization.table.reader"]._read(text)
        table = self.env["rma.authorization.table"]
        return table._resolve(rows, self.visitor, reason=self.reason)

    def assertFound(self, text, found, errors=()):  # noqa: N802
        """{order line: (quantity, names of serials)}, and for the other rows pairs of
        a row number and a pattern."""
        result, problems = self._resolve(text)
        none = self.env["stock.lot"]
        self.assertEqual(
            {
                line: (values["qty"], values.get("lots", none).sorted("name"))
                for line, values in result.items()
            },
            found,
        )
        self.assertEqual([p["row"] for p in problems], [row for row, _ in errors])
        for problem, (_row, pattern) in zip(problems, errors, strict=True):
            self.assertRegex(problem["message"], pattern)

    def test_serial_numbers_alone_are_enough(self):
        self.assertFound(
            "Phone-001\nphone-003\n".replace("phone", "PHONE"),
            {self.line: (1.0, self.lots[0])},
            [(2, "isn't among your deliveries")],
        )
        self.assertFound(
            "Phone-001\nPhone-003", {self.line: (2.0, self.lots[0] + self.lots[2])}
        )

    def test_foreign_and_unknown_serial_numbers_look_the_same(self):
        product = self._create_product("Tablet", tracking="serial")
        self._sell_from_stock(product, 1, partner=self.other_customer)
        unsold = self._create_product("X", tracking="serial")
        self._stock_up(unsold, 1, self._create_lots(unsold, 1))
        found, errors = self._resolve("Tablet-001\nX-001\nNONE-1")
        self.assertFalse(found)
        self.assertEqual(
            [
                error["message"].replace(name, "N")
                for name, error in zip(
                    ("Tablet-001", "X-001", "NONE-1"), errors, strict=True
                )
            ],
            [
                "N isn't among your deliveries. Check the number on the product, or "
                "give the order and the product and leave it out."
            ]
            * 3,
        )

    def test_serial_belongs_to_its_last_customer(self):
        lot = self.lots[0]
        authorization = self._authorize(self.order, 1, lot_ids=lot.ids)
        self._receive(authorization)
        self.assertFound("Phone-001", {}, [(1, "is on your return|came back already")])
        # put back on the shelf, and sold to somebody else
        authorization.with_user(self.technician).action_inspect()
        authorization.sudo().inspection_ids.disposition = "restock"
        authorization.with_user(self.worker).action_dispose()
        self._sell(self.serial_product, 1, partner=self.other_customer)
        self.assertFound("Phone-001", {}, [(1, "isn't among your deliveries")])

    def test_serial_on_an_open_return_is_refused_by_its_name(self):
        authorization = self._create_authorization(
            self.order, 1, lot_ids=self.lots[0].ids
        )
        authorization.action_submit()
        self.assertFound(
            "Phone-001\nPhone-002",
            {self.line: (1.0, self.lots[1])},
            [(1, f"Phone-001 is on your return {authorization.name} already")],
        )

    def test_serial_is_named_once(self):
        self.assertFound(
            "Phone-001\nPhone-001",
            {self.line: (1.0, self.lots[0])},
            [(2, "Row 1 names Phone-001 already")],
        )

    def test_serial_is_one_piece(self):
        self.assertFound(
            "Serial;Qty\nPhone-001;1\nPhone-002;2",
            {self.line: (1.0, self.lots[0])},
            [(3, "is one piece")],
        )

    def test_order_and_product_beside_a_serial_have_to_fit(self):
        self.assertFound(
            "Serial;Order;Product\n"
            f"Phone-001;{self.order.name};PHONE-1\n"
            "Phone-002;S-OTHER;\n"
            "Phone-003;;RADIO-1\n",
            {self.line: (1.0, self.lots[0])},
            [(3, "another product, or on another"), (4, "another product, or on anot")],
        )

    def test_unknown_serial_is_not_overlooked_for_an_order(self):
        self.assertFound(
            f"Serial;Order;Product\nPhone-999;{self.order.name};PHONE-1",
            {},
            [(2, "isn't among your deliveries")],
        )

    def test_all_serials_of_an_order_line_are_named_or_none(self):
        self.assertFound(
            f"Serial;Order;Product\nPhone-001;;\n;{self.order.name};PHONE-1\n",
            {self.line: (1.0, self.lots[0])},
            [(3, "Row 2 is about .*only one of both names a serial number")],
        )

    def test_same_number_on_two_products_takes_the_product(self):
        product = self._create_product("Other", tracking="serial")
        lot = self.env["stock.lot"].create(
            {"name": "Phone-001", "product_id": product.id}
        )
        product.default_code = "OTHER-1"
        self._stock_up(product, 1, lot)
        order = self._sell(product, 1)
        self.assertFound(
            "Serial;Product\nPhone-001;OTHER-1", {order.order_line: (1.0, lot)}
        )
        both = f"{self.order.name}, {order.name}"
        self.assertFound("Phone-001", {}, [(1, f"more than once.*{both}")])

    def test_lots_come_back_in_quantities_and_no_more_than_delivered(self):
        product = self._create_product("Glue", tracking="lot", default_code="GLUE")
        lot = self.env["stock.lot"].create({"name": "G-1", "product_id": product.id})
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, 10.0, lot_id=lot
        )
        order = self._sell(product, 6)
        self.assertFound(
            "Lot;Qty\nG-1;2\nG-1;5\nG-1;3.5",
            {order.order_line: (5.5, lot)},
            [(3, "G-1: 4 Units of it are left")],
        )
        again = self._sell(product, 4)
        self.assertFound(
            f"Lot;Qty;Order\nG-1;4;{again.name}\nG-1;1;",
            {again.order_line: (4.0, lot)},
            [(3, f"more than once.*{order.name}, {again.name}")],
        )

    def test_makers_number_of_untracked_goods_is_kept_in_words(self):
        self.product.default_code = "RADIO-1"
        order = self._sell_from_stock(self.product, 2)
        found, errors = self._resolve(
            f"Serial;Order;Product\nM-77;{order.name};RADIO-1"
        )
        self.assertFalse(errors)
        self.assertIn("M-77", found[order.order_line]["description"])

    def test_serials_get_on_the_request_and_can_be_handed_in(self):
        found, _errors = self._resolve("Phone-001\nPhone-002")
        table = self.env["rma.authorization.table"]
        draft = table._start(self.visitor, found)
        self.assertEqual(draft.line_ids.qty_requested, 2.0)
        self.assertEqual(draft.line_ids.lot_ids, self.lots[:2])
        # the same table once more
        found, _errors = self._resolve("Phone-001\nPhone-002")
        self.assertEqual(table._start(self.visitor, found), draft)
        self.assertEqual(draft.line_ids.lot_ids, self.lots[:2])
        self.env["rma.authorization.request"]._hand_in(draft)
        self.assertEqual(draft.state, "submitted")

    def test_serials_of_several_tables_come_together(self):
        table = self.env["rma.authorization.table"]
        for text in ("Phone-001", "Phone-002\nPhone-003"):
            found, _errors = self._resolve(text)
            draft = table._start(self.visitor, found)
        self.assertEqual(draft.line_ids.qty_requested, 3.0)
        self.assertEqual(draft.line_ids.lot_ids, self.lots[:3])

    def test_agent_imports_serials(self):
        authorization = self._create_authorization(
            self._sell_from_stock(self.product, 1), 1
        )
        self.env["rma.authorization.import"].with_user(self.agent).create(
            {
                "authorization_id": authorization.id,
                "text": "Phone-002\nPhone-004",
                "reason_id": self.reason.id,
            }
        ).action_import()
        line = authorization.line_ids[1:]
        self.assertEqual(line.qty_requested, 2.0)
        self.assertEqual(line.lot_ids, self.lots[1] + self.lots[3])

    def test_many_serials_take_no_more_queries_than_few(self):
        product = self._create_product("Chip", tracking="serial")
        order = self._sell_from_stock(product, 60)
        counts = []
        for text in ("Chip-001", "\n".join(f"Chip-{i:03}" for i in range(1, 61))):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found, errors = self._resolve(text)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertFalse(errors)
        self.assertEqual(found[order.order_line]["qty"], 60.0)
        self.assertLessEqual(counts[1], counts[0] + 2)
