# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields
from odoo.tests import tagged

from odoo.addons.rma_authorization_stock.tests.common import RmaStockCommon


@tagged("post_install", "-at_install")
class TestFreight(RmaStockCommon):
    """What carriers ask for the transfers of a return is in its cost ledger. Shipping
    costs are installed here, and only here."""

    def setUp(self):
        super().setUp()
        self.order = self._sell_from_stock(self.product, 5)

    def _get_costs(self, authorization):
        self.env.flush_all()
        return authorization.cost_ids.sorted("id")

    def test_what_the_return_label_cost_is_freight_in(self):
        authorization = self._authorize(self.order, 2)
        receipt = authorization.sudo()._get_open_receipts()
        receipt.carrier_price = 7.5
        self.assertFalse(self._get_costs(authorization))
        self._receive(authorization)
        self.assertRecordValues(
            self._get_costs(authorization),
            [
                {
                    "kind": "freight_in",
                    "amount": 7.5,
                    "res_model": "stock.picking",
                    "res_id": receipt.id,
                }
            ],
        )

    def test_a_price_that_the_carrier_tells_later_counts_and_can_vanish(self):
        authorization = self._receive_and_accept(self.order, 2, disposition="send_back")
        authorization.with_user(self.worker).action_dispose()
        delivery = authorization.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        self._deliver(delivery)
        self.assertFalse(self._get_costs(authorization))
        delivery.carrier_price = 9.0
        self.assertRecordValues(
            self._get_costs(authorization), [{"kind": "freight_out", "amount": 9.0}]
        )
        delivery.carrier_price = 0.0
        self.assertFalse(self._get_costs(authorization))

    def test_the_freight_of_a_replacement_is_the_returns(self):
        self._stock_up(self.product, 1)
        authorization = self._authorize(
            self.order, 1, resolution="exchange", advance=True
        )
        authorization.action_settle()
        delivery = authorization.sudo().replacement_order_ids.picking_ids
        delivery.carrier_price = 4.0
        self._deliver(delivery)
        self.assertRecordValues(
            self._get_costs(authorization), [{"kind": "freight_out", "amount": 4.0}]
        )

    def test_a_price_in_the_orders_currency_is_converted(self):
        foreign = self.env["res.currency"].create({"name": "RMX", "symbol": "x"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": fields.Date.subtract(fields.Date.today(), days=10),
                "rate": 2.0,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        customer = self.customer.copy({"property_product_pricelist": pricelist.id})
        order = self._sell_from_stock(self.product, 1, partner=customer)
        self.assertEqual(order.currency_id, foreign)
        authorization = self._authorize(order, 1)
        receipt = authorization.sudo()._get_open_receipts()
        receipt.carrier_price = 10.0
        self._receive(authorization)
        self.assertEqual(authorization.cost_total, 5.0)

    def test_the_freight_of_the_sale_is_not_the_returns(self):
        authorization = self._authorize(self.order, 2)
        self.order.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        ).carrier_price = 6.0
        self.assertFalse(self._get_costs(authorization))

    # -- with what was entered on the return -------------------------------------------

    def test_the_transfers_price_counts_instead_of_what_was_entered(self):
        authorization = self._authorize(self.order, 2)
        authorization.freight_estimate = 12.0
        self.assertEqual(authorization.cost_total, 12.0)
        receipt = authorization.sudo()._get_open_receipts()
        receipt.carrier_price = 7.5
        self._receive(authorization)
        self._get_costs(authorization)
        self.assertEqual(authorization.cost_total, 7.5)
        authorization.freight_actual = 9.0
        self.assertEqual(authorization.cost_total, 7.5)
        receipt.carrier_price = 0.0
        self._get_costs(authorization)
        self.assertEqual(authorization.cost_total, 9.0)

    def test_the_carriers_number_is_the_returns_and_leads_to_its_page(self):
        authorization = self._authorize(self.order, 2)
        receipt = authorization.sudo()._get_open_receipts()
        receipt.carrier_id = self.env["delivery.carrier"].create(
            {
                "name": "Fast Post",
                "product_id": self.product.id,
                "tracking_url": "https://post.example/<shipmenttrackingnumber>",
            }
        )
        receipt.with_user(self.worker).carrier_tracking_ref = "1Z"
        self.assertRecordValues(
            authorization,
            [
                {
                    "tracking_ref": "1Z",
                    "carrier_name": "Fast Post",
                    "tracking_url": "https://post.example/1Z",
                }
            ],
        )
