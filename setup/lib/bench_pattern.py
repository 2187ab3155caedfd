"""Some returns of every kind, made as people make them: what is copied afterwards."""

import datetime

import bench

from odoo import Command, fields
from odoo.tests import new_test_user

# The first so many of the returns are open.
OPEN_RETURNS = 100
RETURNS = 120
# Which of the returns, counted from 0, are of framework orders, ...
FRAMEWORK = range(2)
# ... and what becomes of them; the others are authorized, and announced.
PARTLY_RECEIVED = range(85, 90)
SUBMITTED = range(90, 100)
CLOSED = range(100, 108)
REFUSED = range(108, 113)
EXPIRED = range(113, 117)
CANCELLED = range(117, 120)

# Every one in so many returns has nobody who is responsible, is urgent, has a tag, or
# has something to be done about it.
UNASSIGNED, URGENT, TAGGED, ACTIVE = 5, 20, 4, 3

PLAIN_PRODUCTS = 40
SERIAL_PRODUCTS = 20
PLENTY = 1_000_000


class Pattern:
    """A company that sells and takes back."""

    def __init__(self, env):
        self.env = env
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        self.reasons = env["rma.authorization.reason"].search([])
        self._numbers = 0

    # -- what all copies share -----------------------------------------------------

    def prepare(self):
        """Who works here, what is sold, and two framework orders."""
        env = self.env
        new_test_user(
            env, bench.WORKER, groups="rma_authorization_stock.group_rma_warehouse"
        )
        new_test_user(env, bench.ACCOUNTANT, groups="account.group_account_invoice")
        group = "rma_authorization.group_rma_user"
        agents = [bench.AGENT, *(f"{bench.AGENT}_{number}" for number in range(2, 5))]
        self.agents = [new_test_user(env, login, groups=group) for login in agents]
        self.tags = env["rma.authorization.tag"].create(
            [{"name": name} for name in ("Spring", "Trade fair", "Key account")]
        )
        self.plain = self._create_products("Radio", PLAIN_PRODUCTS, "none")
        self.serial = self._create_products("Phone", SERIAL_PRODUCTS, "serial")
        self.parts = self._create_products("Part", 1, "none")
        self.units = self._create_products("Unit", 1, "serial")
        partner = env["res.partner"].create({"name": "Framework Customer"})
        self.frameworks = self._create_orders(
            [(partner, [(product, PLENTY)]) for product in self.parts + self.units]
        )
        self.frameworks.action_confirm()
        # they are delivered by the piece
        self.frameworks.picking_ids.action_cancel()
        for product in self.plain + self.parts:
            self._stock_up(product, PLENTY)
        self.shared_quants = env["stock.quant"].search([]).ids

    def _create_products(self, name, count, tracking):
        letter = name[:2].upper()
        return self.env["product.product"].create(
            [
                {
                    "name": f"{name} Model {chr(65 + number % 26)}{number}",
                    "default_code": f"{letter}-{number:03}",
                    "barcode": f"29{ord(letter[0]):03}{ord(letter[1]):03}{number:05}",
                    "type": "consu",
                    "is_storable": True,
                    "tracking": tracking,
                    "list_price": 100.0,
                    "standard_price": 40.0,
                    "invoice_policy": "delivery",
                    "taxes_id": [Command.clear()],
                }
                for number in range(1, count + 1)
            ]
        )

    def _create_orders(self, rows):
        """Orders from (customer, [(product, quantity)])."""
        return self.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": qty}
                        )
                        for product, qty in lines
                    ],
                }
                for partner, lines in rows
            ]
        )

    def _stock_up(self, product, qty, lot=None):
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, qty, lot_id=lot
        )

    # -- what is copied ------------------------------------------------------------

    def make(self):
        """Sell, deliver, and take back."""
        self.customers = customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number:05}",
                    "email": f"customer{number}@example.com",
                    "street": f"High Street {number}",
                    "city": "Springfield",
                    "zip": f"{number:05}",
                    "country_id": self.env.ref("base.us").id,
                }
                for number in range(1, RETURNS + 1)
            ]
        )
        orders = self._create_orders(
            [
                (customer, self._choose_goods(number))
                for number, customer in enumerate(customers)
                if number not in FRAMEWORK
            ]
        )
        self._create_lots(orders.order_line)
        orders.action_confirm()
        deliveries = orders.picking_ids | self._call_off()
        deliveries.action_assign()
        deliveries.with_context(skip_backorder=True).button_validate()
        assert set(deliveries.mapped("state")) == {"done"}
        moves = [
            *self.frameworks.order_line.move_ids.filtered(
                lambda move: move.state == "done"
            ),
            *(order.order_line.move_ids for order in orders),
        ]
        returns = self.env["rma.authorization"].create(
            [self._prepare_return(number, goods) for number, goods in enumerate(moves)]
        )
        self._go_on(returns)
        self._talk_about(returns)
        # nobody is written to
        self.env["rma.authorization.mail"].search([]).unlink()
        self.env["mail.mail"].search([]).unlink()

    def _choose_goods(self, number):
        """One to three products; a third of the orders has a serial one first, unless
        somebody would have to type its numbers on the way."""
        goods = [
            (self.plain[(7 * number + 3 * line) % len(self.plain)], 1 + number % 3)
            for line in range(1 + number % 3)
        ]
        if number % 3 == 1 and number < PARTLY_RECEIVED.start:
            goods[0] = self.serial[number % len(self.serial)], 1 + number % 2
        return goods

    def _create_lots(self, order_lines):
        for line in order_lines:
            if line.product_id.tracking == "serial":
                for _one in range(int(line.product_uom_qty)):
                    self._create_lot(line.product_id)

    def _create_lot(self, product):
        self._numbers += 1
        lot = self.env["stock.lot"].create(
            {
                "name": f"{product.default_code}-{self._numbers:06}",
                "product_id": product.id,
            }
        )
        self._stock_up(product, 1.0, lot)

    def _call_off(self):
        """A delivery of one piece of each framework order."""
        self._create_lot(self.units)
        picking_type = self.warehouse.out_type_id
        places = {
            "location_id": picking_type.default_location_src_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        pickings = self.env["stock.picking"].create(
            [
                {
                    **places,
                    "partner_id": line.order_id.partner_id.id,
                    "picking_type_id": picking_type.id,
                    "origin": line.order_id.name,
                    "move_ids": [
                        Command.create(
                            {
                                **places,
                                "product_id": line.product_id.id,
                                "product_uom": line.product_uom_id.id,
                                "product_uom_qty": 1.0,
                                "sale_line_id": line.id,
                            }
                        )
                    ],
                }
                for line in self.frameworks.order_line
            ]
        )
        pickings.action_confirm()
        return pickings

    def _prepare_return(self, number, moves):
        """Of most orders the first product comes back, of some everything."""
        moves = moves if number % 4 == 0 else moves[:1]
        vals = {
            "partner_id": moves[0].sale_line_id.order_id.partner_id.id,
            "line_ids": [
                Command.create(self._prepare_line(number, move)) for move in moves
            ],
        }
        if number % 3 == 0:
            vals["tracking_ref"] = f"1Z999AA1{number:08}"
        agent = self.agents[number % len(self.agents)]
        vals["user_id"] = number % UNASSIGNED and agent.id
        vals["priority"] = "0" if number % URGENT else "1"
        if number % TAGGED == 0:
            vals["tag_ids"] = [Command.set(self.tags[number % len(self.tags)].ids)]
        return vals

    def _prepare_line(self, number, move):
        lots = move.move_line_ids.lot_id
        # half of the customers say which one it is
        is_named = lots and (number % 2 == 0 or number in FRAMEWORK)
        return {
            "product_id": move.product_id.id,
            "sale_line_id": move.sale_line_id.id,
            "qty_requested": move.quantity,
            "reason_id": self.reasons[number % len(self.reasons)].id,
            "resolution": "none",
            "disposition": "restock",
            "lot_ids": [Command.set(lots.ids if is_named else [])],
        }

    def _go_on(self, returns):
        def pick(numbers):
            return returns.browse([returns[number].id for number in numbers])

        returns.action_submit()
        pick(REFUSED).action_refuse("Used beyond testing")
        undecided = pick(SUBMITTED) | pick(REFUSED)
        authorized = (returns - undecided).filtered(
            lambda one: one.state == "submitted"
        )
        authorized.action_authorize()
        today = fields.Date.today()
        (returns - undecided).date_deadline = today + datetime.timedelta(days=365)
        self._receive(pick(PARTLY_RECEIVED), is_whole=False)
        self._close(pick(CLOSED))
        expired = pick(EXPIRED)
        expired.write(
            {
                "date_request": fields.Datetime.now() - datetime.timedelta(days=60),
                "date_deadline": today - datetime.timedelta(days=1),
            }
        )
        expired._expire()
        pick(CANCELLED).action_cancel("Kept after all")

    def _talk_about(self, returns):
        """Notes on every return, and something to be done about some."""
        for text in ("The customer called.", "Told when it will be decided."):
            returns._message_log_batch(dict.fromkeys(returns.ids, text))
        today = fields.Date.today()
        for number, authorization in enumerate(returns):
            if number % ACTIVE == 0 and authorization.user_id:
                authorization.activity_schedule(
                    "mail.mail_activity_data_call",
                    date_deadline=today + datetime.timedelta(days=number % 9 - 2),
                    summary="Call back",
                    user_id=authorization.user_id.id,
                )

    def _receive(self, returns, *, is_whole=True):
        pickings = returns._get_open_receipts()
        for move in pickings.move_ids:
            move.quantity = move.product_uom_qty if is_whole else 1.0
            move.picked = True
        pickings.with_context(skip_backorder=True).button_validate()

    def _close(self, returns):
        self._receive(returns)
        returns.action_inspect()
        returns.inspection_ids.disposition = "restock"
        returns.action_dispose()
        transfers = returns.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        transfers.with_context(skip_backorder=True).button_validate()
        returns.action_settle()
        assert set(returns.mapped("state")) == {"closed"}, returns.mapped("state")

    # -- what copies have made more of ---------------------------------------------

    def complete(self, count):
        """Figures that belong to all copies together."""
        env = self.env
        # what left and has no number lies on one pile at all customers'
        env.cr.execute(
            """
            UPDATE stock_quant quant
               SET quantity = quantity * (1 + %s)
              FROM stock_location location
             WHERE location.id = quant.location_id
               AND location.usage != 'internal'
               AND quant.lot_id IS NULL AND quant.id != ALL(%s)
            """,
            [count, self.shared_quants],
        )
        for records in (self.frameworks.order_line, self.frameworks):
            for field in bench.get_figures(records):
                env.add_to_compute(field, records)
        # a login is unique, so nobody of these is copied
        for login, partner in (
            (bench.FRAMEWORK_CUSTOMER, self.frameworks.partner_id),
            (bench.CUSTOMER, self.customers[FRAMEWORK.stop]),
        ):
            new_test_user(
                env,
                login,
                groups="base.group_portal",
                partner_id=partner.id,
                name=partner.name,
            )
