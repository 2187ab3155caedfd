# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From whom the shop in which walks take place has its goods."""

from odoo import Command, fields

from ..common import RmaJourneyCommon

# What was bought from whom: products with quantities and prices, how much of each is
# billed, simple cases first.
SUPPLIES = [
    ("Near", {"Radio": (7, 29.99), "Phone": (6, 41.07)}, 7, {}),
    ("Near", {"Lamp": (7, 20.0), "Paint": (5, 3.33)}, 4, {}),
    ("Far", {"Lamp": (5, 26.01), "Phone": (6, 50.0)}, 6, {"abroad": True}),
    ("Far", {"Cable": (3, 11.11)}, 0, {"abroad": True, "dozens": True}),
]


class SupplyCommon(RmaJourneyCommon):
    """Two suppliers: one is near, the other bills in their own currency, and takes
    nothing back without a number of theirs."""

    @classmethod
    def _create_suppliers(cls):
        """Buy what is in `SUPPLIES`, and receive it."""
        cls.currency_abroad = cls.env["res.currency"].create(
            {
                "name": "SUP",
                "symbol": "S",
                "rounding": 0.01,
                "rate_ids": [
                    Command.create({"name": fields.Date.today(), "rate": 1.2345})
                ],
            }
        )
        partners = cls.env["res.partner"]
        near = partners.create({"name": "Near", "rma_claim_days": 30})
        far = partners.create({"name": "Far", "rma_ran_required": True})
        cls.suppliers = near | far
        cls.goods["Radio"].seller_ids = [Command.create({"partner_id": near.id})]
        by_name = {"Near": near, "Far": far}
        cls.supplies = cls.env["purchase.order"].union(
            *(
                cls._supply(by_name[name], goods, billed, options)
                for name, goods, billed, options in SUPPLIES
            )
        )
        cls.ordered = {line: line.product_qty for line in cls.supplies.order_line}

    @classmethod
    def _supply(cls, partner, goods, billed, options):
        """An order that is received, and billed as far as the supplier has."""
        vals = {"partner_id": partner.id}
        if options.get("abroad"):
            vals["currency_id"] = cls.currency_abroad.id
        unit = {"product_uom_id": cls.dozen.id} if options.get("dozens") else {}
        vals["order_line"] = [
            Command.create(
                {
                    "product_id": cls.goods[name].id,
                    "product_qty": qty,
                    "price_unit": price,
                    "tax_ids": [Command.set(cls.purchase_tax.ids)],
                    **unit,
                }
            )
            for name, (qty, price) in goods.items()
        ]
        order = cls.env["purchase.order"].create(vals)
        order.button_confirm()
        for line in order.picking_ids.move_line_ids:
            if line.tracking != "none":
                line.lot_name = f"{partner.name}-{line.product_id.name}-{line.id}"
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        if billed:
            cls._bill_supply(order, billed)
        return order

    @classmethod
    def _bill_supply(cls, order, qty):
        order.action_create_invoice()
        bill = order.invoice_ids
        for line in bill.invoice_line_ids:
            line.quantity = min(qty, line.quantity)
        bill.invoice_date = fields.Date.today()
        bill.action_post()
