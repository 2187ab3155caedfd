# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models


class RmaAuthorizationDemo(models.AbstractModel):
    _inherit = "rma.authorization.demo"

    def _prepare_product_vals(self, name, price, cost, is_serial):
        """Override of `rma_authorization` to stock and track the products."""
        vals = super()._prepare_product_vals(name, price, cost, is_serial)
        vals.update(is_storable=True, tracking="serial" if is_serial else "none")
        return vals

    def _deliver(self, orders):
        """Override of `rma_authorization` to deliver from stock, with serials."""
        for line in orders.order_line:
            self._stock_up(line)
        return super()._deliver(orders)

    def _stock_up(self, line):
        quant = self.env["stock.quant"]
        product, qty = line.product_id, line.product_uom_qty
        location = line.order_id.warehouse_id.lot_stock_id
        if product.tracking == "serial":
            lots = self.env["stock.lot"].create(
                [
                    {
                        "name": f"SN{line.id:05}{number:02}",
                        "product_id": product.id,
                    }
                    for number in range(1, int(qty) + 1)
                ]
            )
            for lot in lots:
                quant._update_available_quantity(product, location, 1.0, lot_id=lot)
        else:
            quant._update_available_quantity(product, location, qty)

    def _prepare_line_vals(self, case, order, reason):
        """Override of `rma_authorization` to name the returned serials."""
        vals = super()._prepare_line_vals(case, order, reason)
        lots = order.order_line.move_ids.lot_ids[: case.qty]
        vals["lot_ids"] = [Command.set(lots.ids)]
        return vals

    def _receive(self, authorization, qty=None):
        """Override of `rma_authorization` to validate the return pickings."""
        for picking in authorization._get_open_receipts():
            if qty is not None:
                move = picking.move_ids
                if move.has_tracking == "serial":
                    move.move_line_ids[int(qty) :].unlink()
                else:
                    move.quantity = qty
            picking.with_context(skip_backorder=True).button_validate()

    def _finish_documents(self, authorization):
        """Override of `rma_authorization` to repair, and to deliver what waits."""
        res = super()._finish_documents(authorization)
        repairs = authorization.repair_ids.filtered(
            lambda repair: repair.state == "confirmed"
        )
        if repairs:
            repairs.action_repair_start()
            repairs.action_repair_end()
        self._validate(authorization.picking_ids)
        return res

    def _get_dated(self, authorization, order):
        """Override of `rma_authorization` to move the transfers into the past."""
        dated = super()._get_dated(authorization, order)
        own = authorization.picking_ids
        dated.append((order.picking_ids - own, ["scheduled_date", "date_done"]))
        dated.append(((order.picking_ids - own).move_ids, ["create_date"]))
        dated.append((own, ["create_date", "date_done"]))
        return dated
