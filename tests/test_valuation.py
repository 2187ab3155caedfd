# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import RmaJourneyCommon

METHODS = ("standard", "average", "fifo")


@tagged("post_install", "-at_install")
class TestValuation(RmaJourneyCommon):
    """Returned goods in perpetual valuation, against the journal items.

    Each product is bought ten at 40, four are sold and delivered; then ten more are
    bought at 60 (at standard price: its price is raised to 60). Of the four, some come
    back. What Odoo 19 promises, and no more, is what is checked here:

    - receipts and deliveries post nothing: the cost of sales comes with the invoice, at
      the product's cost on that day (FIFO: at the delivery's), and goes with the credit
      note, at the original's;
    - goods that go to an inventory loss location with an account are posted to it;
    - everything else, such as a changed standard price, waits for the closing, after
      which the account and the stock are worth the same.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"]
        cls.sales_cost = accounts.create(
            {"name": "Cost of Sales", "code": "RMA500", "account_type": "expense"}
        )
        cls.losses = accounts.create(
            {"name": "Stock Losses", "code": "RMA600", "account_type": "expense"}
        )
        cls.variation = accounts.create(
            {"name": "Variation", "code": "RMA610", "account_type": "expense"}
        )
        cls.stock_accounts = {
            name: accounts.create(
                {
                    "name": f"Stock {name}",
                    "code": f"RMA1{number}",
                    "account_type": "asset_current",
                    "account_stock_variation_id": cls.variation.id,
                }
            )
            for number, name in enumerate(METHODS)
        }
        cls.categories = {
            name: cls.env["product.category"].create(
                {
                    "name": name,
                    "property_valuation": "real_time",
                    "property_cost_method": name,
                    "property_stock_valuation_account_id": account.id,
                    "property_account_expense_categ_id": cls.sales_cost.id,
                }
            )
            for name, account in cls.stock_accounts.items()
        }
        cls.loss_location = cls.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.loss_location.valuation_account_id = cls.losses

    # -- helpers -----------------------------------------------------------------------

    @classmethod
    def _create_valued(cls, method, name="Radio", cost=0.0):
        return cls._create_product(
            f"{name} {method}",
            categ_id=cls.categories[method].id,
            standard_price=cost if method == "standard" else 0.0,
        )

    @classmethod
    def _buy(cls, product, qty, cost):
        """A receipt from a vendor; at standard price, the price is what is changed."""
        if product.cost_method == "standard":
            product.standard_price = cost
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": qty,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.warehouse.lot_stock_id.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "value_manual": qty * cost,
            }
        )
        move._action_confirm()
        move.quantity = qty
        move.picked = True
        move._action_done()

    def _sell_four(self, method, *, invoice=True):
        """Ten at 40, four sold and delivered, and invoiced; then ten more at 60."""
        product = self._create_valued(method, cost=40.0)
        self._buy(product, 10, 40.0)
        order = self._sell(product, 4)
        if invoice:
            order._create_invoices().action_post()
        self._buy(product, 10, 60.0)
        return product, order

    def _return(self, order, qty, **finding):
        """So many come back to be credited, and are judged."""
        authorization = self._authorize(order, qty, resolution="credit")
        self._receive(authorization)
        if finding:
            self._inspect(authorization, [(qty, finding)])
        return authorization

    def _regrade(self, method, target):
        """Two come back and become `target`."""
        product, order = self._sell_four(method)
        authorization = self._return(
            order, 2, disposition="regrade", regrade_product_id=target.id
        )
        self._dispose(authorization)
        return product, authorization

    def _balance(self, account, moves=None):
        """What is posted to the account: in these entries, or in all."""
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        if moves is not None:
            domain.append(("move_id", "in", moves.ids))
        lines = self.env["account.move.line"].search(domain)
        return round(sum(lines.mapped("balance")), 2)

    def assertWorth(self, product, value):  # noqa: N802 - as unittest names them
        self.env.invalidate_all()
        self.assertAlmostEqual(product.total_value, value, 2)

    def assertPosted(self, account, balance, moves=None):  # noqa: N802
        self.assertEqual(self._balance(account, moves), balance)

    # -- the way in --------------------------------------------------------------------

    def test_goods_come_into_quarantine_at_the_cost_at_which_they_left(self):
        # before: 16 at 60 | 6 at 40 and 10 at 60 | the same
        for method, before, after in (
            # the receipt says 80; a stock at standard price is worth its price
            ("standard", 960.0, 1080.0),
            ("average", 840.0, 920.0),
            ("fifo", 840.0, 920.0),
        ):
            with self.subTest(method):
                product, order = self._sell_four(method)
                self.assertWorth(product, before)
                posted = self._balance(self.stock_accounts[method])
                authorization = self._return(order, 2)
                receipt = authorization.sudo().line_ids._get_receipts()
                self.assertEqual(receipt.value, 80.0)
                self.assertTrue(self.warehouse.rma_location_id._should_be_valued())
                self.assertWorth(product, after)
                self.assertPosted(self.stock_accounts[method], posted)

    def test_goods_for_repair_are_worth_nothing_to_us(self):
        for method, value in (("standard", 960.0), ("average", 840.0), ("fifo", 840.0)):
            with self.subTest(method):
                product, order = self._sell_four(method)
                authorization = self._receive_and_accept(
                    order, 2, resolution="repair", disposition=False
                )
                self.assertEqual(
                    authorization.sudo().line_ids._get_receipts().value, 0.0
                )
                self.assertWorth(product, value)

    # -- the money ---------------------------------------------------------------------

    def test_a_credit_note_takes_back_the_cost_of_sales_of_its_invoice(self):
        for method in METHODS:
            with self.subTest(method):
                account = self.stock_accounts[method]
                _product, order = self._sell_four(method)
                self.assertPosted(self.sales_cost, 160.0, order.invoice_ids)
                self.assertPosted(account, -160.0, order.invoice_ids)
                authorization = self._return(order, 2, disposition="restock")
                self._settle(authorization)
                note = self._release(authorization)
                self.assertPosted(self.sales_cost, -80.0, note)
                self.assertPosted(account, 80.0, note)
                self.assertBalanced(note)

    def test_an_invoice_after_the_cost_changed_and_its_credit_note_agree(self):
        for method, unit_cost in (
            ("standard", 60.0),
            ("average", 52.5),  # (6 × 40 + 10 × 60) / 16
            ("fifo", 40.0),
        ):
            with self.subTest(method):
                _product, order = self._sell_four(method, invoice=False)
                order._create_invoices().action_post()
                self.assertPosted(self.sales_cost, 4 * unit_cost, order.invoice_ids)
                authorization = self._return(order, 3, disposition="restock")
                self._settle(authorization)
                self.assertPosted(
                    self.sales_cost, -3 * unit_cost, self._release(authorization)
                )

    # -- what happens to the goods -----------------------------------------------------

    def test_restocking_changes_no_value_and_posts_nothing(self):
        for method, value in (
            ("standard", 1080.0),
            ("average", 920.0),
            ("fifo", 920.0),
        ):
            with self.subTest(method):
                product, order = self._sell_four(method)
                authorization = self._return(order, 2, disposition="restock")
                posted = self._balance(self.stock_accounts[method])
                self._dispose(authorization)
                self.assertWorth(product, value)
                self.assertPosted(self.stock_accounts[method], posted)
                self.assertFalse(authorization.cost_ids)

    def test_scrap_is_a_loss_at_the_products_cost(self):
        for method, lost, left in (
            ("standard", 120.0, 960.0),
            ("average", 102.22, 817.78),  # 2 × 920 / 18
            ("fifo", 80.0, 840.0),  # of the oldest: 2 at 40
        ):
            with self.subTest(method):
                product, order = self._sell_four(method)
                posted = self._balance(self.stock_accounts[method])
                losses = self._balance(self.losses)
                authorization = self._return(order, 2, disposition="scrap")
                self._dispose(authorization)
                self.assertWorth(product, left)
                self.assertPosted(self.losses, round(losses + lost, 2))
                self.assertPosted(self.stock_accounts[method], round(posted - lost, 2))
                self.assertRecordValues(
                    authorization.cost_ids, [{"kind": "value_loss", "amount": lost}]
                )

    def test_without_an_account_of_losses_scrap_waits_for_the_closing(self):
        self.loss_location.valuation_account_id = False
        product, order = self._sell_four("fifo")
        authorization = self._return(order, 2, disposition="scrap")
        posted = self._balance(self.stock_accounts["fifo"])
        self._dispose(authorization)
        self.assertPosted(self.stock_accounts["fifo"], posted)
        self.assertWorth(product, 840.0)
        self.assertEqual(authorization.cost_total, 80.0)

    def test_goods_sent_back_leave_at_the_products_cost(self):
        # Core values what leaves by the method, whatever it came in at.
        for method, value, left in (
            ("standard", 120.0, 960.0),
            ("average", 102.22, 817.78),
            ("fifo", 80.0, 840.0),
        ):
            with self.subTest(method):
                product, order = self._sell_four(method)
                authorization = self._return(
                    order, 2, verdict="rejected", disposition="send_back"
                )
                self._dispose(authorization)
                delivery = authorization.sudo().picking_ids.filtered(
                    lambda picking: picking.picking_type_code == "outgoing"
                )
                self._deliver(delivery)
                self.assertAlmostEqual(delivery.move_ids.value, value, 2)
                self.assertWorth(product, left)
                self.assertFalse(authorization.cost_ids)

    def test_after_the_closing_account_and_stock_are_worth_the_same(self):
        for method, value in (
            ("standard", 1020.0),  # 17 × 60
            ("average", 868.89),  # 17 × 920 / 18
            ("fifo", 880.0),  # 5 at 40, 10 at 60, 2 at 40
        ):
            with self.subTest(method):
                product, order = self._sell_four(method)
                authorization = self._authorize(order, 2, resolution="credit")
                self._receive(authorization)
                self._inspect(
                    authorization,
                    [(1, {"disposition": "restock"}), (1, {"disposition": "scrap"})],
                )
                self._settle(authorization)
                self._release(authorization)
                self._dispose(authorization)
                self.assertWorth(product, value)
                self.company.action_close_stock_valuation(auto_post=True)
                self.assertPosted(self.stock_accounts[method], value)

    # -- regrading ---------------------------------------------------------------------

    def test_regraded_goods_come_in_at_the_lower_cost_and_the_rest_is_a_loss(self):
        # Two leave at: 2 × 60 | 2 × 920 / 18 | 2 × 40.
        for method, left_at in (
            ("standard", 120.0),
            ("average", 102.22),
            ("fifo", 80.0),
        ):
            for target_method in METHODS:
                with self.subTest(f"{method} to {target_method}"):
                    target = self._create_valued(target_method, "B-stock", cost=25.0)
                    self._buy(target, 2, 25.0)
                    losses = self._balance(self.losses)
                    _product, authorization = self._regrade(method, target)
                    lost = round(left_at - 50.0, 2)
                    self.assertWorth(target, 100.0)
                    self.assertPosted(self.losses, round(losses + lost, 2))
                    self.assertRecordValues(
                        authorization.cost_ids, [{"kind": "value_loss", "amount": lost}]
                    )

    def test_regrading_is_one_journal_entry(self):
        target = self._create_valued("average", "B-stock")
        self._buy(target, 1, 25.0)
        _product, authorization = self._regrade("fifo", target)
        moves = authorization.sudo().picking_ids.move_ids
        entry = moves.account_move_id
        self.assertEqual(len(entry), 1)
        self.assertEqual(entry.state, "posted")
        self.assertPosted(self.stock_accounts["fifo"], -80.0, entry)
        self.assertPosted(self.stock_accounts["average"], 50.0, entry)
        self.assertPosted(self.losses, 30.0, entry)
        self.assertBalanced(entry)

    def test_goods_never_gain_by_being_regraded(self):
        for target_method in ("average", "fifo"):
            for own_cost in (70.0, 0.0):
                with self.subTest(f"{target_method} at {own_cost}"):
                    target = self._create_valued(target_method, "B-stock")
                    if own_cost:
                        self._buy(target, 1, own_cost)
                    losses = self._balance(self.losses)
                    _product, authorization = self._regrade("fifo", target)
                    self.assertWorth(target, 80.0 + own_cost)
                    self.assertPosted(self.losses, losses)
                    self.assertFalse(authorization.cost_ids)

    def test_a_higher_standard_price_is_a_gain_as_nothing_else_is_its_worth(self):
        target = self._create_valued("standard", "B-stock", cost=70.0)
        losses = self._balance(self.losses)
        _product, authorization = self._regrade("fifo", target)
        self.assertWorth(target, 140.0)
        self.assertPosted(self.losses, losses - 60.0)
        self.assertEqual(authorization.cost_total, -60.0)

    def test_a_later_price_changes_nothing_of_what_was_regraded(self):
        target = self._create_valued("average", "B-stock")
        self._buy(target, 1, 25.0)
        _product, authorization = self._regrade("fifo", target)
        moved = authorization.sudo().picking_ids.move_ids.rma_regraded_move_ids
        self._buy(target, 3, 5.0)
        moved._set_value()
        self.assertEqual(moved.value, 50.0)
        self.assertEqual(authorization.cost_total, 30.0)

    def test_regraded_goods_that_are_turned_back_have_lost_nothing(self):
        for method, value in (
            ("standard", 1080.0),
            ("average", 920.0),
            ("fifo", 920.0),
        ):
            with self.subTest(method):
                target = self._create_valued("average", "B-stock")
                self._buy(target, 2, 25.0)
                losses = self._balance(self.losses)
                product, authorization = self._regrade(method, target)
                transfer = authorization.sudo().picking_ids.filtered(
                    lambda picking: picking.picking_type_code == "internal"
                )
                wizard = self.env["stock.return.picking"].create(
                    {"picking_id": transfer.id}
                )
                wizard.product_return_moves.quantity = 2
                wizard._create_return().with_user(self.worker).button_validate()
                self.assertWorth(product, value)
                self.assertWorth(target, 50.0)
                self.assertPosted(self.losses, losses)
                self.assertFalse(authorization.cost_ids)
                self.assertEqual(authorization.disposition_status, "pending")

    def test_a_credit_and_a_regrade_make_one_net_cost(self):
        target = self._create_valued("standard", "B-stock", cost=25.0)
        _product, authorization = self._regrade("fifo", target)
        self._settle(authorization)
        self._release(authorization)
        self.assertEqual(
            sorted(authorization.cost_ids.mapped(lambda row: (row.kind, row.amount))),
            # 2 at 100 given back; 80 in value became 50
            [("credit", 200.0), ("value_loss", 30.0)],
        )
        self.assertEqual(authorization.cost_total, 230.0)
        self.assertEqual(authorization.state, "closed")

    def test_two_companies_in_one_batch_post_each_to_its_own(self):
        other = self.env["res.company"].create({"name": "Other Stocks"})
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=other, install_demo=False
        )
        self.worker.company_ids += other
        self.env.user.company_ids += other
        _product, order = self._sell_four("fifo")
        authorization = self._return(order, 2, disposition="scrap")
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", other.id)], limit=1
        )
        env = self.env(
            context=dict(
                self.env.context, allowed_company_ids=[other.id, self.company.id]
            )
        )
        product = env["product.product"].create(
            {"name": "Theirs", "is_storable": True, "standard_price": 15.0}
        )
        env["stock.quant"]._update_available_quantity(
            product, warehouse.rma_location_id, 1
        )
        foreign = env["rma.authorization"].create(
            {
                "partner_id": self.customer.id,
                "company_id": other.id,
                "line_ids": [
                    Command.create({"product_id": product.id, "qty_requested": 1})
                ],
            }
        )
        foreign.action_authorize()
        foreign._get_open_receipts().button_validate()
        env["rma.authorization.inspection"].create(
            {"line_id": foreign.line_ids.id, "qty": 1, "disposition": "scrap"}
        )
        both = (authorization.sudo(False) | foreign).with_user(self.worker)
        both.with_context(
            allowed_company_ids=[other.id, self.company.id]
        ).action_dispose()
        self.assertEqual(authorization.sudo().cost_total, 80.0)
        self.assertEqual(foreign.sudo().cost_total, 15.0)
