# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import RmaStockCommon


class SupplierCommon(RmaStockCommon):
    """What was bought is in stock, was sold, and goes back to who supplied it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Sam Supplier"})
        cls.other_supplier = cls.env["res.partner"].create({"name": "Olga Other"})

    @classmethod
    def _buy(cls, product, qty, *, price=30.0, partner=None, names=()):
        """Confirm an order, and receive all of it, under these serial numbers."""
        order = cls.env["purchase.order"].create(
            {
                "partner_id": (partner or cls.supplier).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": qty,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        picking = order.picking_ids
        for move_line, name in zip(picking.move_line_ids, names, strict=bool(names)):
            move_line.lot_name = name
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return order

    def _ask(self, order, qty, **line_vals):
        """A draft return of an order's first line, by the agent."""
        order_line = order.order_line[:1]
        return (
            self.env["rma.authorization"]
            .with_user(self.agent)
            .create(
                {
                    "direction": "supplier",
                    "partner_id": order.partner_id.id,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": order_line.product_id.id,
                                "purchase_line_id": order_line.id,
                                "qty_requested": qty,
                                "reason_id": self.reason.id,
                                "resolution": "exchange",
                                **line_vals,
                            }
                        )
                    ],
                }
            )
        )

    def _agree(self, order, qty, **line_vals):
        authorization = self._ask(order, qty, **line_vals)
        authorization.action_authorize()
        return authorization

    def _get_open(self, authorization):
        return authorization.sudo().picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def _move(self, authorization, qty=None):
        """The worker validates what is to be shipped, or what comes back."""
        pickings = self._get_open(authorization).with_user(self.worker)
        for picking in pickings:
            if qty is not None:
                picking.move_ids[:1].quantity = qty
            picking.with_context(skip_backorder=True).button_validate()
        return pickings

    def _answer(self, authorization, *rows):
        """The agent records `(quantity, answer)` for the first line."""
        return (
            authorization.with_user(self.agent)
            .sudo()
            ._answer(
                [
                    {
                        "line_id": authorization.line_ids[:1].id,
                        "qty": qty,
                        "answer": answer,
                        "resolution": self.env[
                            "rma.authorization.settlement"
                        ]._get_resolution_of(answer),
                    }
                    for qty, answer in rows
                ]
            )
        )

    def _expect_lots(self, receipt, lots):
        """The worker enters these numbers on a receipt."""
        move = receipt.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {**move._prepare_move_line_vals(quantity=1), "lot_id": lot.id}
            )
            for lot in lots
        ]

    def assertOrdered(self, order, *, received, ordered=None):  # noqa: N802
        """The order's first line says what was received, and is as it was."""
        line = order.order_line[:1]
        self.assertEqual(line.qty_received, received)
        self.assertEqual(line.product_qty, ordered or line.product_qty)


@tagged("post_install", "-at_install")
class TestSupplier(SupplierCommon):
    """What goes to suppliers and comes back is in the right place, and changes nothing
    of the purchase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._buy(cls.product, 10)

    def _on_shelf(self, product):
        return product.with_context(
            location=self.warehouse.lot_stock_id.id
        ).qty_available

    # -- ship --------------------------------------------------------------------------

    def test_an_agreed_return_is_shipped_as_the_return_of_its_receipt(self):
        authorization = self._agree(self.order, 4)
        picking = self._get_open(authorization)
        self.assertRecordValues(
            picking.move_ids,
            [
                {
                    "product_uom_qty": 4,
                    "origin_returned_move_id": self.order.order_line.move_ids[:1].id,
                    "purchase_line_id": self.order.order_line.id,
                    "to_refund": False,
                    "location_id": self.warehouse.lot_stock_id.id,
                }
            ],
        )
        self.assertEqual(picking.picking_type_code, "outgoing")
        self.assertEqual(picking.location_dest_id.usage, "supplier")
        self._move(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 4)
        self.assertEqual(authorization.next_step, "settle")
        self.assertEqual(self._on_shelf(self.product), 6)
        self.assertOrdered(self.order, received=10)

    def test_nothing_leaves_without_the_number_that_the_supplier_demands(self):
        self.supplier.rma_ran_required = True
        authorization = self._agree(self.order, 4)
        with self.assertRefused("without a number of theirs"):
            self._move(authorization)
        authorization.partner_reference = "RAN-7"
        self._move(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 4)

    def test_the_rest_is_shipped_later(self):
        authorization = self._agree(self.order, 4)
        self._move(authorization, 1)
        self.assertEqual(authorization.line_ids.qty_received, 1)
        self.assertEqual(authorization.line_ids.qty_to_receive, 3)
        self._move(authorization)
        self.assertEqual(authorization.line_ids.qty_received, 4)

    def test_no_more_is_shipped_than_the_supplier_takes(self):
        authorization = self._agree(self.order, 4)
        with self.assertRefused("takes back 4"):
            self._move(authorization, 5)

    def test_no_more_goes_back_than_was_bought(self):
        self._agree(self.order, 8)
        with self.assertRefused("1.0 Units too many"):
            self._agree(self.order, 3)
        self._agree(self.order, 2)

    def test_a_return_by_hand_leaves_what_is_promised(self):
        self._agree(self.order, 8)
        receipt = self.order.picking_ids[:1]
        wizard = self.env["stock.return.picking"].create({"picking_id": receipt.id})
        wizard.product_return_moves.quantity = 3
        picking = wizard._create_return()
        picking.move_ids.quantity = 3
        with self.assertRefused("1.0 Units too many"):
            picking.with_context(skip_backorder=True).button_validate()

    def test_a_cancelled_return_ships_nothing(self):
        authorization = self._agree(self.order, 4)
        picking = self._get_open(authorization)
        authorization.action_cancel()
        self.assertEqual(picking.state, "cancel")
        self._agree(self.order, 10)

    def test_what_came_back_by_hand_was_not_shipped(self):
        authorization = self._agree(self.order, 4)
        picking = self._move(authorization)
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 3
        wizard._create_return().with_context(skip_backorder=True).button_validate()
        self.assertEqual(authorization.line_ids.qty_received, 1)
        self.assertEqual(self._on_shelf(self.product), 9)
        self.assertOrdered(self.order, received=10)

    def test_another_order_is_not_theirs(self):
        order = self._buy(self.product, 1, partner=self.other_supplier)
        with self.assertRefused("didn't buy this product from this supplier"):
            self._ask(self.order, 1, purchase_line_id=order.order_line.id)

    # -- answers -----------------------------------------------------------------------

    def test_each_part_is_answered_and_the_purchase_stays_as_it_was(self):
        authorization = self._agree(self.order, 6)
        self._move(authorization)
        self.assertOrdered(self.order, received=10)
        settlements = self._answer(
            authorization, (2, "exchange"), (1, "repair"), (1, "back"), (2, "gone")
        )
        states = {one.answer: one.state for one in settlements}
        self.assertEqual(
            states,
            {
                "exchange": "in_progress",
                "repair": "in_progress",
                "back": "in_progress",
                "gone": "done",
            },
        )
        self.assertEqual(authorization.next_step, "close")
        self.assertOrdered(self.order, received=10)
        self._move(authorization)
        self.assertEqual(set(settlements.mapped("state")), {"done"})
        self.assertEqual(authorization.state, "closed")
        # 10 - 6 + 2 + 1 + 1
        self.assertEqual(self._on_shelf(self.product), 8)
        self.assertOrdered(self.order, received=10, ordered=10)
        # what came back can go back again; two were scrapped there
        self.assertEqual(
            self.order.order_line._get_rma_returnable_qty().popitem()[1], 8
        )

    def test_what_the_supplier_does_not_send_is_to_be_answered_again(self):
        authorization = self._agree(self.order, 3)
        self._move(authorization)
        settlement = self._answer(authorization, (3, "exchange"))
        self._get_open(authorization).action_cancel()
        self.assertEqual(settlement.state, "cancelled")
        self.assertEqual(authorization.line_ids.qty_to_settle, 3)

    def test_a_part_that_is_not_sent_is_to_be_answered_again(self):
        authorization = self._agree(self.order, 3)
        self._move(authorization)
        self._answer(authorization, (3, "exchange"))
        self._move(authorization, 1)
        self._get_open(authorization).action_cancel()
        line = authorization.line_ids
        self.assertEqual((line.qty_settled, line.qty_to_settle), (1, 2))

    def test_no_more_comes_than_the_supplier_answered_with(self):
        authorization = self._agree(self.order, 3)
        self._move(authorization)
        self._answer(authorization, (2, "exchange"))
        with self.assertRefused("answered with 2"):
            self._move(authorization, 3)
        receipt = self._move(authorization)
        again = self._send_back(receipt, 2)
        # it is to be answered anew, so it doesn't come by the old answer
        self.assertEqual(authorization.line_ids.qty_to_settle, 3)
        with self.assertRefused("answered with 0"):
            self._send_back(again, 2)

    def _send_back(self, picking, qty):
        window = self.env["stock.return.picking"].create({"picking_id": picking.id})
        window.product_return_moves.quantity = qty
        back = window._create_return()
        back.with_context(skip_backorder=True).button_validate()
        return back

    def test_an_answer_is_taken_back_until_its_goods_are_here(self):
        authorization = self._agree(self.order, 3)
        self._move(authorization)
        settlement = self._answer(authorization, (3, "repair"))
        picking = self._get_open(authorization)
        settlement.with_user(self.agent).action_undo()
        self.assertEqual(picking.state, "cancel")
        settlement = self._answer(authorization, (3, "repair"))
        self._move(authorization)
        with self.assertRefused("Return that transfer first"):
            settlement.with_user(self.agent).action_undo()

    def _ship_valued(self):
        """Ship 4 of an order over 10 at 30.00, of 20 that are worth 40.00 each."""
        category = self.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        product = self._create_product("Valued", categ_id=category.id)
        product.standard_price = 0.0
        order = self._buy(product, 10, price=30.0)
        self._buy(product, 10, price=50.0)
        self.assertAlmostEqual(product.standard_price, 40.0)
        authorization = self._agree(order, 4)
        picking = self._move(authorization)
        self.assertAlmostEqual(product.total_value, 640.0)
        return product, authorization, picking

    def test_what_comes_back_by_hand_is_worth_what_left(self):
        product, _authorization, picking = self._ship_valued()
        back = self._send_back(picking, 3)
        self.env.invalidate_all()
        # not the 30.00 of the order
        self.assertAlmostEqual(back.move_ids.value, 120.0)
        self.assertAlmostEqual(product.total_value, 760.0)

    def test_replacements_are_worth_what_left(self):
        product, authorization, _picking = self._ship_valued()
        self._answer(authorization, (3, "exchange"), (1, "back"))
        self._move(authorization)
        self.env.invalidate_all()
        self.assertAlmostEqual(product.total_value, 800.0)
        self.assertAlmostEqual(product.standard_price, 40.0)

    def test_the_very_numbers_are_expected_back(self):
        order = self._buy(self.serial_product, 2, names=("S1", "S2"))
        lots = order.order_line.move_ids.lot_ids.sorted("name")
        authorization = self._agree(
            order, 1, lot_ids=[Command.set(lots[1].ids)], resolution="repair"
        )
        self.assertEqual(self._get_open(authorization).move_line_ids.lot_id, lots[1])
        self._move(authorization)
        window = self.env["rma.authorization.answer"].with_user(self.agent)
        rows = window.create({"authorization_ids": authorization.ids}).line_ids
        self.assertEqual(rows.details, f"S2, {order.name}")
        self._answer(authorization, (1, "repair"))
        self.assertEqual(self._get_open(authorization).move_line_ids.lot_id, lots[1])
        self._move(authorization)
        self.assertEqual(lots[1]._get_rma_locations(), self.warehouse.lot_stock_id)

    def test_a_number_that_is_not_here_goes_nowhere(self):
        order = self._buy(self.serial_product, 1, names=("S3",))
        lot = order.order_line.move_ids.lot_ids
        self._sell(self.serial_product, 1)
        with self.assertRefused("isn't in our stock"):
            self._agree(order, 1, lot_ids=[Command.set(lot.ids)])

    # -- started from documents --------------------------------------------------------

    def test_a_return_starts_from_order_receipt_and_number(self):
        order = self._buy(self.serial_product, 2, names=("S4", "S5"))
        lot = order.order_line.move_ids.lot_ids[:1]
        buyer = self.agent
        for record in (order.picking_ids, lot):
            with self.subTest(record._name):
                method = (
                    "action_return_to_supplier"
                    if record._name == "stock.lot"
                    else "action_create_rma"
                )
                action = getattr(record.with_user(buyer), method)()
                wizard = (
                    self.env["rma.authorization.create"]
                    .with_user(buyer)
                    .browse(action["res_id"])
                )
                self.assertEqual(wizard.direction, "supplier")
                self.assertEqual(wizard.partner_id, self.supplier)
                wizard.resolution = "exchange"
                wizard.line_ids.qty = 1
                created = self.env["rma.authorization"].browse(
                    wizard.action_create_rma()["res_id"]
                )
                self.assertEqual(created.direction, "supplier")
                self.assertEqual(created.sudo().line_ids.purchase_order_id, order)
        order.invalidate_recordset(["rma_count"])
        self.assertEqual(order.rma_count, 2)


@tagged("post_install", "-at_install")
class TestDispositionVendor(SupplierCommon):
    """Inspected goods of customers go back to who supplied that very number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purchase = cls._buy(cls.serial_product, 2, names=("P1", "P2"))
        cls.other_purchase = cls._buy(
            cls.serial_product, 1, partner=cls.other_supplier, names=("P3",)
        )
        cls.lots = (
            cls.purchase | cls.other_purchase
        ).order_line.move_ids.lot_ids.sorted("name")
        cls.sale = cls._sell(cls.serial_product, 3)

    def _judge(self, **vals):
        """All three come back, and the supplier answers for them."""
        authorization = self._authorize(self.sale, 3)
        receipt = self._get_open(authorization).with_user(self.worker)
        self._expect_lots(receipt, self.lots)
        receipt.with_context(skip_backorder=True).button_validate()
        findings = (
            self.env["rma.authorization.inspection"]
            .with_user(self.technician)
            .create(
                [
                    {
                        "line_id": authorization.line_ids.id,
                        "qty": 1,
                        "lot_id": lot.id,
                        "responsible": "supplier",
                        "disposition": "vendor",
                        **vals,
                    }
                    for lot in self.lots
                ]
            )
        )
        return authorization, findings

    def _get_claims(self, findings):
        return findings.claim_line_ids.authorization_id.with_user(self.agent)

    def test_the_number_tells_who_supplied_it_when_and_at_what_price(self):
        self.supplier.rma_claim_days = 60
        _authorization, findings = self._judge()
        today = self.company._get_rma_day(fields.Datetime.now())
        self.assertRecordValues(
            findings.sorted(lambda finding: finding.lot_id.name),
            [
                {
                    "vendor_id": self.supplier.id,
                    "claim_value": 30.0,
                    "claim_deadline": today + timedelta(days=60),
                },
                {
                    "vendor_id": self.supplier.id,
                    "claim_value": 30.0,
                    "claim_deadline": today + timedelta(days=60),
                },
                {
                    "vendor_id": self.other_supplier.id,
                    "claim_value": 30.0,
                    "claim_deadline": False,
                },
            ],
        )

    def test_the_supplier_warranty_sets_the_last_day(self):
        self.serial_product.seller_ids = [
            Command.create({"partner_id": self.supplier.id, "rma_warranty_months": 24})
        ]
        _authorization, findings = self._judge()
        first = findings.filtered(lambda one: one.lot_id.name == "P1")
        today = self.company._get_rma_day(fields.Datetime.now())
        self.assertEqual(first.claim_deadline, today + relativedelta(months=24))

    def test_one_click_makes_a_return_for_each_supplier(self):
        authorization, findings = self._judge()
        authorization.with_user(self.worker).action_dispose()
        claims = self._get_claims(findings)
        self.assertEqual(
            sorted(
                (claim.partner_id.name, sorted(claim.line_ids.lot_ids.mapped("name")))
                for claim in claims
            ),
            [("Olga Other", ["P3"]), ("Sam Supplier", ["P1", "P2"])],
        )
        self.assertEqual(
            claims.sudo().line_ids.purchase_line_id.order_id,
            self.purchase | self.other_purchase,
        )
        self.assertEqual(set(findings.mapped("disposition_state")), {"in_progress"})
        self.assertEqual(self._in_quarantine(self.serial_product), 3)

    def test_goods_leave_quarantine_with_the_delivery_to_the_supplier(self):
        authorization, findings = self._judge()
        authorization.with_user(self.worker).action_dispose()
        claims = self._get_claims(findings)
        claims.action_authorize()
        moves = self._get_open(claims).move_ids
        self.assertListed(moves.picking_id)
        self.assertEqual(moves.location_id, self.warehouse.rma_location_id)
        self._move(claims)
        self.assertEqual(self._in_quarantine(self.serial_product), 0)
        self.assertEqual(set(findings.mapped("disposition_state")), {"done"})
        self.assertEqual(authorization.disposition_status, "done")
        self.assertEqual(self.purchase.order_line.qty_received, 2)

    def test_what_is_refused_is_in_quarantine_again_and_undecided(self):
        authorization, findings = self._judge()
        authorization.with_user(self.worker).action_dispose()
        claim = self._get_claims(findings).filtered(
            lambda one: one.partner_id == self.other_supplier
        )
        claim.action_authorize()
        self._move(claim)
        self._answer(claim, (1, "back"))
        self._move(claim)
        finding = claim.line_ids.source_inspection_id
        self.assertEqual(claim.state, "closed")
        self.assertEqual(
            finding.lot_id._get_rma_locations(), self.warehouse.rma_location_id
        )
        self.assertEqual(finding.qty_disposed, 0)
        finding.with_user(self.technician).disposition = "scrap"
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(finding.disposition_state, "done")

    def test_what_is_replaced_is_gone_for_the_customers_return(self):
        authorization, findings = self._judge()
        authorization.with_user(self.worker).action_dispose()
        claim = self._get_claims(findings).filtered(
            lambda one: one.partner_id == self.other_supplier
        )
        claim.action_authorize()
        self._move(claim)
        self._answer(claim, (1, "exchange"))
        receipt = self._get_open(claim)
        receipt.move_line_ids.lot_name = "NEW"
        self._move(claim)
        finding = claim.line_ids.source_inspection_id
        self.assertEqual(finding.disposition_state, "done")
        self.assertEqual(claim.state, "closed")
        self.assertEqual(self.other_purchase.order_line.qty_received, 1)

    def test_a_claim_is_withdrawn_while_the_goods_are_here(self):
        authorization, findings = self._judge()
        authorization.with_user(self.worker).action_dispose()
        claims = self._get_claims(findings)
        findings.with_user(self.worker).action_undo_disposition()
        self.assertEqual(set(claims.mapped("state")), {"cancelled"})
        self.assertEqual(set(findings.mapped("disposition_state")), {"pending"})
        findings.with_user(self.technician).disposition = "restock"
        authorization.with_user(self.worker).action_dispose()
        self.assertEqual(self._in_quarantine(self.serial_product), 0)

    def test_what_has_left_is_not_withdrawn(self):
        authorization, findings = self._judge()
        authorization.with_user(self.worker).action_dispose()
        claims = self._get_claims(findings)
        claims.action_authorize()
        self._move(claims)
        with self.assertRefused("went to the supplier"):
            findings.with_user(self.worker).action_undo_disposition()

    def test_a_refused_claim_leaves_the_goods_to_be_decided_on(self):
        authorization, findings = self._judge()
        authorization.with_user(self.worker).action_dispose()
        claims = self._get_claims(findings)
        claims.action_submit()
        claims.action_refuse("Out of warranty")
        self.assertEqual(set(findings.mapped("disposition_state")), {"pending"})
        self.assertEqual(authorization.line_ids.qty_to_dispose, 3)

    def test_nobody_answers_for_what_is_our_own_fault(self):
        authorization, _findings = self._judge(responsible="us")
        with self.assertRefused("Neither a supplier nor a carrier answers"):
            authorization.with_user(self.worker).action_dispose()

    def test_the_desk_claims_with_goods_what_waits_and_without_what_is_gone(self):
        _authorization, findings = self._judge(disposition=False)
        first, second, third = findings.sorted(lambda finding: finding.lot_id.name)
        second.disposition = "scrap"
        second.authorization_id.with_user(self.worker).action_dispose()
        (first | second | third).with_user(self.worker).action_claim()
        self.assertEqual(first.disposition, "vendor")
        self.assertEqual(first.claim_line_ids.disposition, False)
        self.assertEqual(second.claim_line_ids.disposition, "keep")
        claim = self._get_claims(first)
        claim.action_authorize()
        self.assertEqual(self._get_open(claim).move_line_ids.lot_id, first.lot_id)


@tagged("post_install", "-at_install")
class TestManyClaims(SupplierCommon):
    """However many findings are judged or claimed at once, the database is asked as
    often as for one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = [f"M{number:02}" for number in range(21)]
        purchase = cls._buy(cls.serial_product, 21, names=names)
        cls.lots = purchase.order_line.move_ids.lot_ids.sorted("name")
        cls.sale = cls._sell(cls.serial_product, 21)

    def _judge(self):
        authorization = self._authorize(self.sale, 21)
        receipt = self._get_open(authorization).with_user(self.worker)
        self._expect_lots(receipt, self.lots)
        receipt.with_context(skip_backorder=True).button_validate()
        return self._inspect(
            authorization,
            [(1, {"lot_id": lot.id, "responsible": "supplier"}) for lot in self.lots],
        )

    def _count(self, findings, step):
        """Queries of a step about these findings, with nothing in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        step(findings)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_claims_take_no_query_per_finding(self):
        findings = self._judge().sudo()
        steps = (
            lambda some: some._find_claim_origins(),
            lambda some: some._find_claim_passports(),
            lambda some: some._compute_claim_terms(),
            lambda some: some._prepare_claim_line_vals_list(),
        )
        for step in steps:
            self._count(findings[:1], step)
            with self.subTest(step):
                many = self._count(findings[1:], step)
                # the first of all may find less in the caches of the registry
                self.assertLessEqual(many, self._count(findings[:1], step) + 1)
        findings = findings.with_user(self.worker)
        one = self._count(findings[:1], lambda some: some.action_claim())
        many = self._count(findings[1:], lambda some: some.action_claim())
        self.assertEqual(findings.claim_line_ids.mapped("qty_requested"), [1] * 21)
        # what isn't cached for the first, and inserts of many rows
        self.assertLessEqual(many, one + 10)
