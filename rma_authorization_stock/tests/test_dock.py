# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RmaStockCommon


class Screen:
    """The dock's screen: it keeps what the server's answers say, as the client does."""

    def __init__(self, dock):
        self.dock, self.rma_id, self.goods = dock, False, []

    def scan(self, barcode):
        answer = self.dock.scan(barcode, {"rma_id": self.rma_id, "goods": self.goods})
        is_open = answer["rma"] and answer["rma"]["is_open"]
        rma_id = answer["rma"]["id"] if is_open else False
        if rma_id != self.rma_id:
            self.rma_id, self.goods = rma_id, []
        if answer["count"]:
            self.goods.append(answer["count"])
        return answer

    def receive(self):
        answer = self.dock.receive(self.rma_id, self.goods)
        self.rma_id, self.goods = False, []
        return answer


@tagged("post_install", "-at_install")
class TestDock(RmaStockCommon):
    """The dock check says accept or refuse, and why, whatever is scanned (L4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.barcode = "5901234123457"
        cls.order = cls._sell_from_stock(cls.product, 5)
        cls.delivery = cls.order.picking_ids
        cls.phones = cls._sell_from_stock(cls.serial_product, 3)
        cls.lots = cls.phones.picking_ids.move_ids.lot_ids.sorted("name")
        cls.company.rma_unknown_parcel = "refuse"

    def setUp(self):
        super().setUp()
        self.dock = (
            self.env["rma.authorization.dock"]
            .with_user(self.worker)
            .with_context(allowed_company_ids=self.company.ids)
        )
        self.screen = Screen(self.dock)

    def _authorize_phones(self, *lots):
        lots = self.env["stock.lot"].union(*lots)
        return self._authorize(self.phones, len(lots), lot_ids=[Command.set(lots.ids)])

    def assertVerdict(self, answer, verdict, pattern="."):  # noqa: N802
        self.assertEqual(answer["verdict"], verdict, answer["message"])
        self.assertRegex(answer["message"], pattern)

    # -- what can be scanned -----------------------------------------------------------

    def test_every_number_of_a_return_finds_it(self):
        authorization = self._authorize(self.order, 3)
        authorization.sudo().tracking_ref = "1Z 999"
        for number in (
            authorization.rma_number,
            authorization.rma_number.lower(),
            authorization.name,
            "1Z 999",
            authorization.sudo().picking_ids.name,
            self.delivery.name,
        ):
            answer = Screen(self.dock).scan(number)
            self.assertVerdict(
                answer, "accept", "Ada Customer. Expected: 3 Units Radio"
            )
            self.assertEqual(answer["rma"]["id"], authorization.id)

    def test_the_answer_says_what_is_expected_and_what_has_come(self):
        authorization = self._authorize(self.order, 3)
        self._receive(authorization, qty=1)
        row = self.screen.scan(authorization.rma_number)["rma"]["rows"][0]
        self.assertEqual((row["expected"], row["received"]), (2, 1))
        self.assertEqual((row["name"], row["unit"]), ("Radio", "Units"))

    def test_a_product_finds_the_only_return_that_expects_it_and_is_counted(self):
        authorization = self._authorize(self.order, 3)
        answer = self.screen.scan("5901234123457")
        self.assertVerdict(answer, "accept", "Radio.*1 of 3 Units")
        self.assertEqual(answer["rma"]["id"], authorization.id)
        self.assertEqual(answer["count"]["qty"], 1)

    def test_a_product_on_several_returns_is_a_choice(self):
        first, second = (self._authorize(self.order, 1) for _one in range(2))
        answer = self.screen.scan("5901234123457")
        self.assertVerdict(answer, "choose", "more than one return")
        self.assertEqual(
            [choice["id"] for choice in answer["choices"]], [first.id, second.id]
        )
        self.screen.rma_id = second.id
        answer = self.screen.scan("5901234123457")
        self.assertVerdict(answer, "accept", "1 of 1")
        self.assertEqual(answer["rma"]["id"], second.id)

    def test_an_internal_reference_is_a_product_too(self):
        self.product.default_code = "RAD-1"
        self._authorize(self.order, 3)
        self.assertVerdict(self.screen.scan("RAD-1"), "accept", "1 of 3")

    def test_a_packaging_counts_its_contents(self):
        pack = self.env["uom.uom"].create(
            {
                "name": "Pair of Radios",
                "relative_factor": 2,
                "relative_uom_id": self.product.uom_id.id,
            }
        )
        self.env["product.uom"].create(
            {
                "product_id": self.product.id,
                "uom_id": pack.id,
                "barcode": "PAIR-1",
            }
        )
        self._authorize(self.order, 3)
        self.assertVerdict(self.screen.scan("PAIR-1"), "accept", "2 of 3 Units")

    def test_a_serial_finds_the_return_that_names_it(self):
        authorization = self._authorize_phones(*self.lots[:2])
        answer = self.screen.scan("Phone-002")
        self.assertVerdict(answer, "accept", "Phone-002: 1 of 2")
        self.assertEqual(answer["rma"]["id"], authorization.id)
        self.assertEqual(answer["count"]["lot_id"], self.lots[1].id)

    def test_a_serial_finds_the_return_of_its_delivery(self):
        authorization = self._authorize(self.phones, 1)
        answer = self.screen.scan("Phone-003")
        self.assertVerdict(answer, "accept", "Phone-003: 1 of 1")
        self.assertEqual(answer["rma"]["id"], authorization.id)

    def test_serials_count_in_any_order_before_or_after_the_label(self):
        authorization = self._authorize_phones(*self.lots)
        for numbers in (
            ("Phone-003", authorization.rma_number, "Phone-001"),
            (authorization.rma_number, "Phone-001", "Phone-003"),
        ):
            screen = Screen(self.dock)
            for number in numbers:
                self.assertVerdict(screen.scan(number), "accept")
            self.assertEqual(
                {one["lot_id"] for one in screen.goods},
                {self.lots[0].id, self.lots[2].id},
            )

    def test_gs1_codes_are_taken_apart(self):
        self._authorize(self.order, 3)
        self.assertVerdict(
            self.screen.scan("]C10105901234123457" + "3002"), "accept", "2 of 3"
        )
        self.serial_product.barcode = "4006381333931"
        self._authorize_phones(self.lots[0])
        self.assertVerdict(
            Screen(self.dock).scan("]C10104006381333931" + "21Phone-001"),
            "accept",
            "Phone-001: 1 of 1",
        )

    def test_a_sscc_is_a_parcels_number(self):
        authorization = self._authorize(self.order, 1)
        authorization.sudo().tracking_ref = "106141411234567897"
        self.assertVerdict(self.screen.scan("]C100106141411234567897"), "accept")

    # -- refusals ----------------------------------------------------------------------

    def test_what_is_not_authorized_is_refused_and_says_why(self):
        draft = self._create_authorization(self.order, 1)
        self.assertVerdict(self.screen.scan(draft.name), "refuse", "waits for review")
        draft.action_submit()
        self.assertVerdict(self.screen.scan(draft.name), "refuse", "waits for review")
        draft.action_cancel()
        self.assertVerdict(self.screen.scan(draft.name), "refuse", "was cancelled")

    def test_what_has_expired_is_refused(self):
        authorization = self._authorize(self.order, 1)
        authorization.sudo().write(
            {"date_request": "2020-01-01", "date_deadline": "2020-01-31"}
        )
        number = authorization.rma_number
        self.assertVerdict(self.screen.scan(number), "refuse", "had to be back by")
        authorization.sudo()._expire()
        self.assertVerdict(self.screen.scan(number), "refuse", "has expired")

    def test_what_was_received_is_refused(self):
        authorization = self._authorize_phones(self.lots[0])
        self._receive(authorization)
        for number in (authorization.rma_number, "Phone-001"):
            self.assertVerdict(self.screen.scan(number), "refuse", "received already")

    def test_what_goes_to_a_supplier_is_refused(self):
        draft = self._create_authorization(self.order, 1)
        draft.sudo().line_ids.unlink()
        draft.sudo().direction = "supplier"
        self.assertVerdict(self.screen.scan(draft.name), "refuse", "to a supplier")

    def test_another_serial_is_refused_and_may_be_an_exception(self):
        authorization = self._authorize_phones(self.lots[0])
        self.screen.scan(authorization.rma_number)
        answer = self.screen.scan("Phone-002")
        self.assertVerdict(answer, "refuse", "Phone-002: Authorized: Phone-001")
        self.assertFalse(answer["count"])
        self.assertEqual(answer["exception"]["lot_id"], self.lots[1].id)

    def test_an_unknown_serial_is_refused_and_may_be_an_exception(self):
        authorization = self._authorize_phones(self.lots[0])
        self.screen.scan(authorization.rma_number)
        answer = self.screen.scan("???")
        self.assertVerdict(answer, "refuse", "Nobody knows this number")
        self.assertEqual(answer["exception"]["lot_name"], "???")

    def test_a_serial_counts_once(self):
        self._authorize_phones(*self.lots[:2])
        self.screen.scan("Phone-001")
        self.assertVerdict(self.screen.scan("Phone-001"), "refuse", "counted already")
        self.assertEqual(len(self.screen.goods), 1)

    def test_more_than_authorized_is_refused(self):
        self._authorize(self.order, 1)
        self.screen.scan("5901234123457")
        answer = self.screen.scan("5901234123457")
        self.assertVerdict(answer, "refuse", "Radio: 1 Units more than authorized")
        self.assertEqual(len(self.screen.goods), 1)

    def test_another_product_is_refused(self):
        authorization = self._authorize_phones(self.lots[0])
        self.screen.scan(authorization.rma_number)
        self.assertVerdict(
            self.screen.scan("5901234123457"), "refuse", "Radio isn't on"
        )

    def test_another_parcel_waits_until_what_was_counted_is_received(self):
        self._authorize_phones(self.lots[0])
        radios = self._authorize(self.order, 1)
        self.screen.scan("Phone-001")
        answer = self.screen.scan(radios.rma_number)
        self.assertVerdict(answer, "refuse", "Receive what was counted")
        self.screen.goods = []
        answer = self.screen.scan(radios.rma_number)
        self.assertVerdict(answer, "accept", "1 Units Radio")

    def test_returns_of_other_companies_are_refused(self):
        other = self.env["res.company"].create({"name": "Sister"})
        foreign = (
            self.env["rma.authorization"]
            .with_company(other)
            .create({"partner_id": self.customer.id, "tracking_ref": "1Z-SISTER"})
        )
        answer = self.screen.scan("1Z-SISTER")
        self.assertVerdict(answer, "refuse", "belongs to another company")
        self.assertNotIn("Sister", answer["message"])
        self.assertNotIn(foreign.name, answer["message"])
        self.assertFalse(answer["rma"])
        self.worker.company_ids |= other
        self.assertVerdict(
            self.screen.scan("1Z-SISTER"), "refuse", "belongs to Sister. Switch"
        )
        with self.assertRaises(AccessError):
            self.dock.receive(foreign.id, [{"line_id": 1}])

    def test_only_who_receives_may_scan(self):
        outsider = new_test_user(self.env, "rma_out", groups="stock.group_stock_user")
        for user in (outsider, self.technician):
            dock = self.dock.with_user(user)
            for call in (
                lambda dock=dock: dock.scan("1"),
                lambda dock=dock: dock.receive(1, []),
                lambda dock=dock: dock.register(["1"]),
            ):
                with self.assertRaises(AccessError):
                    call()
        self.assertVerdict(self.dock.with_user(self.agent).scan("1"), "refuse")

    # -- receive -----------------------------------------------------------------------

    def test_counted_goods_are_received_and_the_rest_stays_expected(self):
        authorization = self._authorize(self.order, 3)
        self.screen.scan(authorization.rma_number)
        for _one in range(2):
            self.screen.scan("5901234123457")
        self.assertVerdict(self.screen.receive(), "accept", "expects: 1 Units Radio")
        self.assertEqual(authorization.line_ids.qty_received, 2)
        self.assertEqual(self._in_quarantine(self.product), 2)
        self.screen.scan("5901234123457")
        self.assertVerdict(self.screen.receive(), "accept", "is here")
        self.assertEqual(authorization.line_ids.qty_received, 3)

    def test_scanned_serials_are_received_one_parcel_after_the_other(self):
        authorization = self._authorize_phones(*self.lots)
        for number in ("Phone-003", "Phone-001"):
            self.screen.scan(number)
        self.assertVerdict(self.screen.receive(), "accept", "1 Units Phone")
        quarantine = self.warehouse.rma_location_id
        self.assertEqual(
            self.lots.mapped("location_id.usage"), ["internal", "customer"]
        )
        self.assertEqual(self.lots[2].location_id, quarantine)
        self.assertVerdict(self.screen.scan("Phone-001"), "refuse", "Phone-001")
        self.screen.rma_id, self.screen.goods = False, []
        self.assertVerdict(self.screen.scan("Phone-002"), "accept", "1 of 1")
        self.screen.receive()
        self.assertEqual(self.lots.location_id, quarantine)
        self.assertEqual(authorization.receipt_status, "done")

    def test_one_parcel_of_two_products(self):
        order = self._sell_from_stock(self._create_product("Lamp", barcode="LMP"), 2)
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 2})
        ]
        self._stock_up(self.product, 2)
        self._deliver(order.picking_ids)
        authorization = self._create_authorization(order, 2)
        authorization.line_ids = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "sale_line_id": order.order_line[1].id,
                    "qty_requested": 2,
                    "reason_id": self.reason.id,
                    "resolution": "none",
                }
            )
        ]
        authorization.action_authorize()
        for number in (authorization.rma_number, "LMP", "5901234123457", "LMP"):
            self.assertVerdict(self.screen.scan(number), "accept")
        self.screen.receive()
        self.assertEqual(authorization.line_ids.mapped("qty_received"), [2, 1])

    def test_an_exception_opens_the_choice(self):
        authorization = self._authorize(self.order, 1)
        self.screen.scan("5901234123457")
        self.screen.goods.append(self.screen.scan("5901234123457")["exception"])
        answer = self.screen.receive()
        self.assertVerdict(answer, "choose", "not what was authorized")
        self.assertEqual(answer["action"]["res_model"], "rma.authorization.unexpected")
        self.assertEqual(authorization.line_ids.qty_received, 0)
        wizard = (
            self.env["rma.authorization.unexpected"]
            .with_user(self.worker)
            .browse(answer["action"]["res_id"])
        )
        self.assertEqual(wizard.row_ids.qty, 1)
        wizard.row_ids.decision = "refuse"
        wizard.action_apply()
        self.assertEqual(authorization.line_ids.qty_received, 1)

    def test_another_serial_opens_the_choice(self):
        authorization = self._authorize_phones(self.lots[0])
        self.screen.scan(authorization.rma_number)
        self.screen.goods.append(self.screen.scan("Phone-002")["exception"])
        answer = self.screen.receive()
        wizard = self.env["rma.authorization.unexpected"].browse(
            answer["action"]["res_id"]
        )
        self.assertRecordValues(
            wizard.row_ids, [{"kind": "number", "lot_id": self.lots[1].id}]
        )

    def test_a_cancelled_transfer_is_announced_anew(self):
        authorization = self._authorize(self.order, 1)
        authorization.sudo().picking_ids.action_cancel()
        self.assertVerdict(self.screen.scan("5901234123457"), "accept")
        self.screen.receive()
        self.assertEqual(authorization.line_ids.qty_received, 1)

    def test_the_same_receipt_twice_is_received_once(self):
        authorization = self._authorize(self.order, 3)
        self.screen.scan("5901234123457")
        goods = list(self.screen.goods)
        self.screen.receive()
        with self.assertRefused("received in the meantime"):
            self.dock.receive(authorization.id, goods)
        self.assertEqual(authorization.line_ids.qty_received, 1)

    def test_wrong_goods_are_refused_with_a_sentence(self):
        authorization = self._authorize_phones(self.lots[0])
        line = authorization.line_ids
        one = {"line_id": line.id, "product_id": self.serial_product.id, "qty": 1}
        for goods, pattern in (
            ([], "Nothing was counted"),
            ([{**one, "qty": -1}], "more than nothing"),
            ([one], "serial or lot number"),
            ([{**one, "line_id": 0}], "has changed"),
            ([{**one, "product_id": self.product.id}], "has changed"),
        ):
            with self.assertRefused(pattern):
                self.dock.receive(authorization.id, goods)
        authorization.action_cancel()
        with self.assertRefused("only while it is authorized"):
            self.dock.receive(authorization.id, [{**one, "lot_name": "Phone-001"}])

    # -- parcels that nobody expects ---------------------------------------------------

    def test_unknown_parcels_are_refused(self):
        self.assertVerdict(
            self.screen.scan("???"), "refuse", r"Nothing is known by \?\?\?.*refuse it"
        )
        self.assertVerdict(
            self.screen.scan("Phone-001"), "refuse", "No open return expects"
        )
        with self.assertRefused("takes no parcels without a return"):
            self.dock.register(["???"])

    def test_unknown_parcels_are_registered_for_review(self):
        self.company.rma_unknown_parcel = "register"
        team = self.env["rma.authorization.team"]._get_default(self.company)
        team.user_id = self.manager
        self.assertVerdict(self.screen.scan("1Z-???"), "unknown", "register it")
        self.assertVerdict(self.dock.register(["1Z-???", "ABC"]), "hold", "RET")
        draft = self.env["rma.authorization"].search([("tracking_ref", "=", "1Z-???")])
        self.assertRecordValues(
            draft,
            [
                {
                    "state": "draft",
                    "next_step": "review",
                    "channel": "internal",
                    "user_id": False,
                    "partner_id": self.env.ref(
                        "rma_authorization_stock.res_partner_unknown_sender"
                    ).id,
                }
            ],
        )
        self.assertFalse(draft.line_ids)
        self.assertIn("1Z-???, ABC", draft.note)
        self.assertEqual(draft.activity_ids.user_id, self.manager)
        self.assertVerdict(self.screen.scan("1Z-???"), "refuse", "waits for review")
        self.dock.register(["1Z-???"])
        self.assertEqual(
            self.env["rma.authorization"].search_count(
                [("tracking_ref", "=", "1Z-???")]
            ),
            1,
        )

    def test_a_known_serial_tells_whose_parcel_it_is(self):
        self.company.rma_unknown_parcel = "register"
        self.assertVerdict(self.screen.scan("Phone-001"), "unknown", "No open return")
        self.dock.register(["Phone-001"])
        draft = self.env["rma.authorization"].search(
            [("tracking_ref", "=", "Phone-001")]
        )
        self.assertEqual(draft.partner_id, self.customer)
        with self.assertRefused("Scan or type"):
            self.dock.register([" "])

    # -- time --------------------------------------------------------------------------

    def _count_queries(self, barcode):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.dock.scan(barcode)
        return self.env.cr.sql_log_count - start

    def test_queries_do_not_grow_with_the_number_of_returns(self):
        authorization = self._authorize(self.order, 1)
        numbers = (authorization.rma_number, "5901234123457", "Nobody-1")
        for number in numbers:
            self._count_queries(number)
        before = [self._count_queries(number) for number in numbers]
        for _one in range(5):
            order = self._sell_from_stock(self._create_product("Fan"), 1)
            self._authorize(order, 1)
        for number in numbers:
            # rights and such, which the new records have made forget
            self.dock.scan(number)
        after = [self._count_queries(number) for number in numbers]
        for few, many in zip(before, after, strict=True):
            self.assertLessEqual(many, few)
        self.assertLess(max(before), 60)

    def _call_off(self, order_line):
        """One more delivery of an order that is delivered by the piece."""
        lot = self.env["stock.lot"].create(
            {
                "name": f"Call-{len(order_line.move_ids):03}",
                "product_id": order_line.product_id.id,
            }
        )
        self._stock_up(order_line.product_id, 1, lot)
        picking_type = self.warehouse.out_type_id
        places = {
            "location_id": picking_type.default_location_src_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        picking = self.env["stock.picking"].create(
            {
                **places,
                "partner_id": self.customer.id,
                "picking_type_id": picking_type.id,
                "move_ids": [
                    Command.create(
                        {
                            **places,
                            "product_id": order_line.product_id.id,
                            "product_uom": order_line.product_uom_id.id,
                            "product_uom_qty": 1,
                            "sale_line_id": order_line.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self._deliver(picking)
        return lot

    def test_deliveries_of_a_framework_order_are_not_read(self):
        order = self._sell(self.serial_product, 100, deliver=False)
        order.picking_ids.action_cancel()
        lots = self._call_off(order.order_line)
        authorization = self._authorize(order, 1, lot_ids=[Command.set(lots.ids)])
        numbers = (authorization.rma_number, lots.name, "Phone-001")
        for number in numbers:
            self._count_queries(number)
        before = [self._count_queries(number) for number in numbers]
        for _one in range(8):
            self._call_off(order.order_line)
        for number, few in zip(numbers, before, strict=True):
            self.dock.scan(number)
            self.assertLessEqual(self._count_queries(number), few)
            field = self.env["stock.move"]._fields["product_id"]
            self.assertLess(len(field._get_cache(self.env)), 6, number)

    def test_a_number_of_another_order_is_refused_and_says_what_was_delivered(self):
        order = self._sell(self.serial_product, 100, deliver=False)
        order.picking_ids.action_cancel()
        for _one in range(7):
            self._call_off(order.order_line)
        authorization = self._authorize(order, 1)
        self.screen.scan(authorization.rma_number)
        first = order.order_line.move_ids.filtered(lambda move: move.state == "done")[0]
        answer = self.screen.scan("Phone-001")
        self.assertVerdict(
            answer, "refuse", f"It wasn't delivered by {first.picking_id.name}, "
        )
        self.assertEqual(answer["message"].count("/OUT/"), 5)
