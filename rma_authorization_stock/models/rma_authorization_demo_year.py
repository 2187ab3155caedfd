# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta

from odoo import Command, models

from odoo.addons.rma_authorization.demo_year import PLANTED_PRODUCT, PLANTED_QUARTER
from odoo.addons.rma_authorization.models.rma_authorization_demo_date import get_moment

# Bought besides in the beginning: replacements of other returns wait for goods.
SPARE = 10


class RmaAuthorizationDemoYear(models.AbstractModel):
    """Goods are bought each quarter, with numbers, as many as are sold then: so a lot
    is sold in its own quarter."""

    _inherit = "rma.authorization.demo.year"

    def _create_products(self, products):
        """Override of `rma_authorization`: what the year adds comes in lots."""
        created = super()._create_products(products)
        for product in created.values():
            product.tracking = "lot"
        return created

    # -- buy and sell ------------------------------------------------------------------

    def _buy_quarter(self, sales, products):
        """Override of `rma_authorization` to buy from each vendor what is sold."""
        res = super()._buy_quarter(sales, products)
        quantities = {}
        for sale in sales:
            for name, qty in sale.quantities.items():
                product = products[name]
                vendor = product.seller_ids.partner_id[:1]
                wanted = quantities.setdefault(vendor, {})
                spare = SPARE if sale.quarter == 0 and product.tracking != "lot" else 0
                wanted[product] = wanted.get(product, spare) + qty
        orders = self.env["purchase.order"].create(
            [
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_qty": qty,
                                "price_unit": product.standard_price,
                            }
                        )
                        for product, qty in wanted.items()
                    ],
                }
                for vendor, wanted in quantities.items()
            ]
        )
        orders.button_confirm()
        self._number_receipts(orders.picking_ids.move_ids, sales[0].quarter)
        self._validate(orders.picking_ids)
        day = min(sale.day for sale in sales) - timedelta(days=9)
        self._date_purchases(orders, datetime.combine(day, time(7)))
        return res

    def _number_receipts(self, moves, quarter):
        for move in moves.filtered(lambda move: move.has_tracking != "none"):
            prefix = f"{move.product_id.name.split()[0].upper()}-{quarter + 1}"
            total = int(move.product_uom_qty)
            parts = (
                [(1.0, f"{prefix}{number:04}") for number in range(1, total + 1)]
                if move.has_tracking == "serial"
                else [(total, prefix)]
            )
            move.move_line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            **move._prepare_move_line_vals(quantity=qty),
                            "lot_name": name,
                        }
                    )
                    for qty, name in parts
                ),
            ]

    def _date_purchases(self, orders, moment):
        self._set_dates(
            orders,
            ["date_order", "date_approve", "create_date"],
            [moment] * len(orders),
        )
        self._date_transfers(dict.fromkeys(orders.picking_ids, moment))

    def _date_transfers(self, moments):
        """Date transfers and their moves: `{picking: datetime}`."""
        pickings = self.env["stock.picking"].union(*moments)
        done = pickings.filtered(lambda picking: picking.state == "done")
        moves = pickings.move_ids
        move_lines = moves.move_line_ids
        for records, columns, values in (
            (
                pickings,
                ["create_date", "scheduled_date"],
                [moments[p] for p in pickings],
            ),
            (done, ["date_done"], [moments[p] for p in done]),
            (moves, ["date", "create_date"], [moments[m.picking_id] for m in moves]),
            (
                move_lines,
                ["date", "create_date"],
                [moments[line.move_id.picking_id] for line in move_lines],
            ),
        ):
            self._set_dates(records, columns, values)

    def _deliver_quarter(self, orders):
        """Override of `rma_authorization` to deliver what was bought."""
        self._validate(orders.picking_ids)

    def _stock_up(self, line):
        """Override to give replacements a lot of their own."""
        if line.product_id.tracking != "lot":
            return super()._stock_up(line)
        lots = self.env["stock.lot"]
        name = f"{line.product_id.name.split()[0].upper()}-R"
        lot = lots.search(
            [("name", "=", name), ("product_id", "=", line.product_id.id)]
        ) or lots.create({"name": name, "product_id": line.product_id.id})
        return self.env["stock.quant"]._update_available_quantity(
            line.product_id,
            line.order_id.warehouse_id.lot_stock_id,
            line.product_uom_qty,
            lot_id=lot,
        )

    def _date_sales(self, year, orders):
        """Override of `rma_authorization` to date the deliveries: the next day."""
        res = super()._date_sales(year, orders)
        self._date_transfers(
            {
                picking: datetime.combine(sale.day + timedelta(days=1), time(10))
                for sale in year.sales
                for picking in orders[sale.number].picking_ids
                if not picking.rma_id
            }
        )
        return res

    # -- returns -----------------------------------------------------------------------

    def _prepare_story_line_vals(self, story, sale_line):
        """Override of `rma_authorization` to name the numbers that come back."""
        vals = super()._prepare_story_line_vals(story, sale_line)
        lots = sale_line.move_ids.filtered(lambda move: not move.rma_line_id).lot_ids
        if sale_line.product_id.tracking == "serial":
            lots = lots.sorted("id")[story.first : story.first + story.qty]
        return {**vals, "lot_ids": [Command.set(lots.ids)]}

    def _receive_stories(self, returns):
        """Override of `rma_authorization` to validate the return pickings at once."""
        self._validate(returns._get_open_receipts())

    def _ship_claim(self, claim):
        """Override of `rma_authorization` to send the goods."""
        self._validate(claim._get_open_receipts())

    def _date_returns(self, moments):
        """Override of the base to date transfers and repairs."""
        res = super()._date_returns(moments)
        returns = self.env["rma.authorization"].union(*moments)
        transfers = {}
        for authorization in returns:
            steps = moments[authorization]
            for picking in authorization.picking_ids:
                is_receipt = any(move._is_rma_receipt() for move in picking.move_ids)
                step = "received" if is_receipt else "closed"
                transfers[picking] = get_moment(steps, step)
            replacements = authorization.replacement_order_ids.picking_ids
            transfers.update(dict.fromkeys(replacements, get_moment(steps, "settled")))
        self._date_transfers(transfers)
        repairs = returns.repair_ids
        self._set_dates(
            repairs,
            ["create_date", "schedule_date"],
            [get_moment(moments[repair.rma_id], "inspected") for repair in repairs],
        )
        return res

    def _prepare_case_vals(self, stories, products):
        """Override of `rma_authorization` to name the lot."""
        vals = super()._prepare_case_vals(stories, products)
        lot = self.env["stock.lot"].search(
            [
                ("product_id", "=", products[PLANTED_PRODUCT].id),
                ("name", "=like", f"%-{PLANTED_QUARTER + 1}"),
            ]
        )
        return {**vals, "lot_ids": [Command.set(lot.ids)]}
