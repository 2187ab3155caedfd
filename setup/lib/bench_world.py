"""What the batches of ./setup/bench --batch work on: orders that are delivered,
invoiced, and half of them paid. Made with Odoo's own addons alone."""

from odoo import Command, fields
from odoo.tests import new_test_user

# Who does the work, in core as with our addons.
CLERK = "bench_clerk"
CLERK_GROUPS = (
    "stock.group_stock_user,account.group_account_invoice,"
    "sales_team.group_sale_salesman_all_leads"
)
PLAIN_PRODUCTS = 20
SERIAL_PRODUCTS = 10
PLENTY = 100_000
LONG = 100
# The quantities of an ordinary order's lines.
SOLD = [3, 2, 1]


class World:
    """A company that has sold."""

    def __init__(self, env):
        self.env = env
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        self._lots = 0

    def make(self, many, warm):
        """Sell so many ordinary orders, so many to start with, and a long one."""
        new_test_user(self.env, CLERK, groups=CLERK_GROUPS)
        self.plain = self._create_products("Radio", PLAIN_PRODUCTS, "none")
        self.serial = self._create_products("Phone", SERIAL_PRODUCTS, "serial")
        for product in self.plain:
            self._stock_up(product, PLENTY)
        orders = self.env["sale.order"].create(
            [self._prepare_order("warm", number) for number in range(warm)]
            + [self._prepare_order("many", number) for number in range(many)]
            + [self._prepare_long_order()]
        )
        self._create_lots(orders.order_line)
        self._deliver(orders)
        # for ordinary sales, see bench_sales
        self._create_lots(orders.order_line)
        self._invoice(orders)

    def _create_products(self, name, count, tracking):
        tax = self.env.company.account_sale_tax_id
        assert tax.amount == 15.0, tax.display_name
        return self.env["product.product"].create(
            [
                {
                    "name": f"{name} {number}",
                    "type": "consu",
                    "is_storable": True,
                    "tracking": tracking,
                    # cents that taxes and discounts have to round
                    "list_price": round(17.35 + 3.21 * number, 2),
                    "standard_price": 8.0 + number,
                    "invoice_policy": "delivery",
                    "taxes_id": [Command.set(tax.ids)],
                }
                for number in range(count)
            ]
        )

    def _stock_up(self, product, qty, lot=None):
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, qty, lot_id=lot
        )

    def _prepare_order(self, kind, number):
        """A third of the orders has a product with serial numbers, every fourth a
        discount."""
        goods = [self.plain[(7 * number + 3 * line) % PLAIN_PRODUCTS] for line in SOLD]
        if number % 3 == 0:
            goods[0] = self.serial[number % SERIAL_PRODUCTS]
        discounts = [0.0, 12.5 if number % 4 == 0 else 0.0, 0.0]
        return {
            "partner_id": self._create_customer(f"{kind} {number:04}").id,
            "client_order_ref": kind,
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": qty,
                        "discount": discount,
                    }
                )
                for product, qty, discount in zip(goods, SOLD, discounts, strict=True)
            ],
        }

    def _prepare_long_order(self):
        goods = [
            self.serial[number % SERIAL_PRODUCTS]
            if number % 3 == 0
            else self.plain[number % PLAIN_PRODUCTS]
            for number in range(LONG)
        ]
        return {
            "partner_id": self._create_customer("long").id,
            "client_order_ref": "long",
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 2})
                for product in goods
            ],
        }

    def _create_customer(self, name):
        return self.env["res.partner"].create(
            {
                "name": f"Customer {name}",
                "email": f"{name.replace(' ', '')}@example.com",
                "street": "High Street 1",
                "city": "Springfield",
                "zip": "12345",
                "country_id": self.env.ref("base.us").id,
            }
        )

    def _create_lots(self, order_lines):
        for line in order_lines:
            if line.product_id.tracking == "none":
                continue
            for _one in range(int(line.product_uom_qty)):
                self._lots += 1
                lot = self.env["stock.lot"].create(
                    {"name": f"SN{self._lots:06}", "product_id": line.product_id.id}
                )
                self._stock_up(line.product_id, 1.0, lot)

    def _deliver(self, orders):
        orders.action_confirm()
        deliveries = orders.picking_ids
        deliveries.action_assign()
        deliveries.with_context(skip_backorder=True).button_validate()
        assert set(deliveries.mapped("state")) == {"done"}

    def _invoice(self, orders):
        """Invoices of all, posted; every second one is paid."""
        invoices = orders._create_invoices(grouped=True)
        assert len(invoices) == len(orders), "each order has an invoice of its own"
        invoices.invoice_date = fields.Date.today()
        invoices.action_post()
        paid = invoices.sorted("id")[::2]
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({"group_payment": False}).action_create_payments()
        assert not any(paid.mapped("amount_residual"))
