# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestOwner(RmaStockCommon):
    """The customer's property stays the customer's, and goes back, unless the customer
    gave it up, which is recorded with a day and a paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        average = cls.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        cls.average = cls._create_product("Clock", categ_id=average.id)

    def _receive_property(self, product=None, **finding):
        order = self._sell_from_stock(product or self.product, 1)
        lots = order.picking_ids.move_ids.lot_ids
        authorization = self._authorize(
            order, 1, resolution="repair", lot_ids=[Command.set(lots.ids)]
        )
        self._receive(authorization)
        vals = {"resolution": "none", "lot_id": lots.id, **finding}
        self._inspect(authorization, [(1, vals)])
        authorization.action_settle()
        return authorization

    def _dispose(self, authorization):
        return authorization.with_user(self.worker).action_dispose()

    def _get_transfer(self, authorization):
        return authorization.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "internal"
        )

    def _get_owners(self, product, location):
        """{owner: quantity} of what is there."""
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )
        return {quant.owner_id: quant.quantity for quant in quants if quant.quantity}

    # -- kept apart --------------------------------------------------------------------

    def test_property_is_told_from_our_goods(self):
        authorization = self._receive_property(disposition="hold")
        self.assertTrue(authorization.inspection_ids.is_customers_property)
        order = self._sell_from_stock(self.product, 1)
        ours = self._receive_and_accept(order, 1)
        self.assertFalse(ours.inspection_ids.is_customers_property)
        self.assertEqual(
            self._get_owners(self.product, self.warehouse.rma_location_id),
            {self.customer: 1, self.customer.browse(): 1},
        )

    def test_property_of_the_company_itself_is_ours(self):
        order = self._sell_from_stock(self.product, 1)
        authorization = self._receive_and_accept(order, 1)
        finding = authorization.sudo().inspection_ids
        partner = self.company.partner_id
        self.assertFalse(finding._get_foreign_owner(partner))
        self.assertEqual(finding._get_foreign_owner(self.customer), self.customer)

    def test_property_is_neither_stock_nor_scrap(self):
        b_stock = self._create_product("Radio, used")
        for vals in (
            {"disposition": "restock"},
            {"disposition": "scrap"},
            {"disposition": "regrade", "regrade_product_id": b_stock.id},
        ):
            with self.subTest(vals["disposition"]):
                authorization = self._receive_property(**vals)
                with self.assertRefused("belong to Ada Customer. Send them back"):
                    self._dispose(authorization)

    def test_property_can_always_be_sent_back(self):
        authorization = self._receive_property(disposition="send_back")
        self._dispose(authorization)
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(authorization.state, "closed")
        self.assertEqual(self._in_quarantine(self.product), 0)

    def test_giving_up_takes_a_day_and_a_paper(self):
        for name in ("owner_consent_date", "owner_consent_file"):
            with self.subTest(without=name):
                vals = {**self._get_consent(), name: False}
                authorization = self._receive_property(disposition="restock", **vals)
                with self.assertRefused("add what the owner wrote"):
                    self._dispose(authorization)

    def test_nobody_has_agreed_tomorrow(self):
        day = fields.Date.today() + timedelta(days=2)
        with self.assertRaisesRegex(ValidationError, "on a day to come"):
            self._receive_property(
                disposition="restock",
                **{**self._get_consent(), "owner_consent_date": day},
            )

    # -- given up ----------------------------------------------------------------------

    def test_goods_that_were_given_up_become_our_stock(self):
        authorization = self._receive_property(
            disposition="restock", **self._get_consent()
        )
        self._dispose(authorization)
        stock = self._get_owners(self.product, self.warehouse.lot_stock_id)
        self.assertEqual(stock, {self.customer.browse(): 1})
        self.assertEqual(self._in_quarantine(self.product), 0)
        self.assertEqual(self._available(self.product), 1)
        self.assertEqual(authorization.disposition_status, "done")
        taken, brought = self._get_transfer(authorization).move_ids.sorted("id")
        self.assertEqual(taken.move_line_ids.owner_id, self.customer)
        self.assertEqual(brought.rma_regraded_move_id, taken)

    def test_goods_that_were_given_up_cost_us_nothing(self):
        authorization = self._receive_property(
            self.average, disposition="restock", **self._get_consent()
        )
        self._dispose(authorization)
        brought = self._get_transfer(authorization).move_ids.rma_regraded_move_ids
        self.assertTrue(brought.is_in)
        self.assertEqual(brought.value, 0.0)
        self.assertFalse(authorization.cost_ids)

    def test_a_serial_that_was_given_up_keeps_its_number(self):
        authorization = self._receive_property(self.serial_product)
        finding = authorization.inspection_ids.with_user(self.technician)
        lot = authorization.sudo().line_ids.move_ids.lot_ids
        finding.write({"disposition": "restock", **self._get_consent()})
        self._dispose(authorization)
        quants = lot.quant_ids.filtered(
            lambda quant: quant.location_id.usage == "internal" and quant.quantity
        )
        self.assertRecordValues(
            quants,
            [{"location_id": self.warehouse.lot_stock_id.id, "owner_id": False}],
        )

    def test_goods_that_were_given_up_are_scrapped_as_their_owners(self):
        authorization = self._receive_property(
            disposition="scrap", **self._get_consent()
        )
        self._dispose(authorization)
        scrap = authorization.sudo().inspection_ids.move_ids.scrap_id
        self.assertEqual(scrap.owner_id, self.customer)
        self.assertFalse(authorization.cost_ids)

    def test_goods_that_were_given_up_become_another_product(self):
        b_stock = self._create_product("Radio, used", categ_id=self.average.categ_id.id)
        authorization = self._receive_property(
            disposition="regrade",
            regrade_product_id=b_stock.id,
            **self._get_consent(),
        )
        self._dispose(authorization)
        stock = self._get_owners(b_stock, self.warehouse.lot_stock_id)
        self.assertEqual(stock, {self.customer.browse(): 1})
        self.assertEqual(b_stock.total_value, 0.0)

    def test_what_was_given_up_by_mistake_is_the_customers_again(self):
        authorization = self._receive_property(
            disposition="restock", **self._get_consent()
        )
        self._dispose(authorization)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.worker)
            .create({"picking_id": self._get_transfer(authorization).id})
        )
        wizard.product_return_moves.quantity = 1
        wizard._create_return().button_validate()
        self.assertEqual(
            self._get_owners(self.product, self.warehouse.rma_location_id),
            {self.customer: 1},
        )
        self.assertEqual(authorization.line_ids.qty_to_dispose, 1)
        finding = authorization.inspection_ids.with_user(self.technician)
        finding.write({"disposition": "send_back", "owner_consent_date": False})
        self._dispose(authorization)
        self._deliver(authorization.sudo().picking_ids)
        self.assertEqual(self._in_quarantine(self.product), 0)

    def test_the_consent_stands_once_the_goods_have_moved(self):
        authorization = self._receive_property(
            disposition="restock", **self._get_consent()
        )
        self._dispose(authorization)
        with self.assertRefused("its goods have moved"):
            authorization.inspection_ids.with_user(
                self.technician
            ).owner_consent_date = False
