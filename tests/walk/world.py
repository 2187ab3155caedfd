# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The shop in which walks take place: products, stock, customers and roles."""

from odoo import Command, fields

from .supply import SupplyCommon

SERIALS = 12
# What customers have when a walk begins to be about them, simple cases first:
# products with quantities; how much of each is delivered, and invoiced afterwards.
CASES = [
    ({"Radio": 5}, 5, [5], {}),
    ({"Phone": 3}, 3, [3], {}),
    ({"Cable": 2}, 2, [2], {"dozens": True, "discount": 15}),
    ({"Paint": 5}, 5, [], {}),
    ({"Flour": 4}, 4, [4], {"abroad": True, "discount": 15}),
    ({"Radio": 6}, 3, [2, 1], {"discount": 15}),
    ({"Phone": 2, "Radio": 5}, 5, [5], {"slow": True}),
    ({"Cable": 5}, 2, [4], {}),
    ({"Radio": 2}, 2, [], {"dozens": True}),
    ({"Lamp": 5}, 5, [3], {}),
]


class WalkCommon(SupplyCommon):
    """A shop with goods of every kind, made once for all walks of a test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                mail_create_nosubscribe=True,
                mail_create_nolog=True,
                mail_auto_subscribe_no_notify=True,
            )
        )
        cls.tax = cls.env["account.tax"].create({"name": "Walk 7 %", "amount": 7.0})
        cls.purchase_tax = cls.tax.copy({"type_tax_use": "purchase"})
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.warehouses = cls.warehouse | cls._create_slow_warehouse()
        cls.goods = {
            "Radio": cls._create_goods("Radio"),
            "Cable": cls._create_goods("Cable", invoice_policy="order"),
            "Phone": cls._create_goods(
                "Phone", tracking="serial", invoice_policy="order"
            ),
            "Paint": cls._create_goods("Paint", tracking="lot"),
            "Flour": cls._create_goods(
                "Flour", uom_id=cls.env.ref("uom.product_uom_kgm").id
            ),
            "Lamp": cls._create_goods("Lamp"),
        }
        cls._create_outcomes()
        cls.products = cls.env["product.product"].union(*cls.goods.values())
        cls._create_suppliers()
        for warehouse in cls.warehouses:
            cls._fill(warehouse)
        cls.customers = cls.env["res.partner"].union(
            *(cls._create_customer(*case) for case in CASES)
        )
        cls.env.flush_all()

    @classmethod
    def _create_goods(cls, name, **vals):
        """Prices and taxes that don't divide without a rest."""
        return cls._create_product(
            name, list_price=33.33, taxes_id=[Command.set(cls.tax.ids)], **vals
        )

    @classmethod
    def _create_outcomes(cls):
        """What returned goods can become: other products, at other costing methods, and
        parts; and what has to be proved when it is scrapped."""
        categories = cls.env["product.category"]
        average = categories.create(
            {"name": "Walk Average", "property_cost_method": "average"}
        )
        fifo = categories.create({"name": "Walk FIFO", "property_cost_method": "fifo"})
        cls.certified = categories.create(
            {"name": "Walk Certified", "rma_certificate_required": "all"}
        )
        cls.goods["Paint"].categ_id = cls.certified
        cls.goods["Lamp"].categ_id = average
        cls.targets = {
            cls.goods["Radio"]: cls._create_product(
                "Radio, used", categ_id=average.id, standard_price=25.0
            ),
            cls.goods["Phone"]: cls._create_product(
                "Phone, used", tracking="serial", categ_id=fifo.id, standard_price=55.0
            ),
        }
        cls.parts = {
            cls._create_product("Board", categ_id=average.id, standard_price=33.0): 1,
            cls._create_product("Screw", standard_price=0.37): 7,
            cls._create_product("Case", categ_id=fifo.id, standard_price=11.0): 2,
        }
        cls.outcomes = cls.env["product.product"].union(
            *cls.targets.values(), *cls.parts
        )
        cls.outlet = cls.env["stock.location"].create(
            {"name": "Outlet", "location_id": cls.warehouse.lot_stock_id.id}
        )

    @classmethod
    def _create_customer(cls, goods, delivered, invoiced, options):
        """A customer with an order, as far as it is delivered and invoiced."""
        partner = cls.env["res.partner"].create({"name": "-".join(goods)})
        if options.get("abroad"):
            partner.property_product_pricelist = cls._create_pricelist_abroad()
        unit = {"product_uom_id": cls.dozen.id} if options.get("dozens") else {}
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "warehouse_id": cls.warehouses[int(options.get("slow", False))].id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.goods[name].id,
                            "product_uom_qty": qty,
                            "discount": options.get("discount", 0.0),
                            **unit,
                        }
                    )
                    for name, qty in goods.items()
                ],
            }
        )
        order.action_confirm()
        cls._hand_over(order, delivered)
        for qty in invoiced:
            invoice = order._create_invoices()
            for line in invoice.invoice_line_ids:
                line.quantity = min(qty, line.quantity)
            invoice.action_post()
        return partner

    @classmethod
    def _hand_over(cls, order, qty):
        """Deliver, in one step or two, up to this quantity of each line."""
        for _step in range(2):
            for picking in order.picking_ids.filtered(
                lambda one: one.state not in ("done", "cancel", "waiting")
            )[:1]:
                picking.action_assign()
                for move in picking.move_ids:
                    unit = order.order_line[:1].product_uom_id
                    limit = unit._compute_quantity(qty, move.product_uom)
                    if move.quantity > limit:
                        move.quantity = limit
                picking.with_context(skip_backorder=True).button_validate()
            if order.warehouse_id == cls.warehouse:
                break

    @classmethod
    def _create_pricelist_abroad(cls):
        currency = cls.env["res.currency"].create(
            {
                "name": "WLK",
                "symbol": "W",
                "rounding": 0.01,
                "rate_ids": [
                    Command.create({"name": fields.Date.today(), "rate": 1.2345})
                ],
            }
        )
        return cls.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )

    @classmethod
    def _create_slow_warehouse(cls):
        """Goods leave it in two steps."""
        return cls.env["stock.warehouse"].create(
            {"name": "Slow", "code": "SLOW", "delivery_steps": "pick_ship"}
        )

    @classmethod
    def _fill(cls, warehouse):
        quant = cls.env["stock.quant"]
        location = warehouse.lot_stock_id
        for product in cls.products:
            if product == cls.goods["Lamp"]:
                # its cost is what was paid for it, and nothing else
                continue
            if product.tracking == "serial" and warehouse == cls.warehouse:
                # suppliers know their numbers
                continue
            count = {"serial": SERIALS, "lot": 2}.get(product.tracking)
            if not count:
                quant._update_available_quantity(product, location, 1000.0)
                continue
            lots = cls.env["stock.lot"].create(
                [
                    {
                        "name": f"{warehouse.code}-{product.name}-{number}",
                        "product_id": product.id,
                    }
                    for number in range(count)
                ]
            )
            # of the first lot there is little, so that orders get two of them
            for number, lot in enumerate(lots):
                qty = 1.0 if product.tracking == "serial" else 3.0 + 100 * number
                quant._update_available_quantity(product, location, qty, lot_id=lot)
