# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Command


class RmaAuthorizationRequest(models.AbstractModel):
    _inherit = "rma.authorization.request"

    @api.model
    def _get_numbers(self, line):
        """The lots and serial numbers that the customer can name on this line: what the
        order line delivered, is still there, and on no other return.

        :return: stock.lot recordset, with all rights
        """
        if line.tracking not in ("lot", "serial"):
            return self.env["stock.lot"].sudo()
        line_sudo = line.sudo()
        deliveries = line_sudo.sale_line_id.move_ids.filtered(
            lambda move: move._is_rma_delivery()
        )
        lots = deliveries.move_line_ids.lot_id.filtered(
            lambda lot: lot.product_id == line_sudo.product_id
        )
        returnable = lots._get_rma_returnable_qty()
        taken = (lots._get_rma_open_lines() - line_sudo).lot_ids
        return lots.filtered(
            lambda lot: (
                lot.product_id.uom_id.compare(returnable[lot], 0.0) > 0
                and (lot.product_id.tracking != "serial" or lot not in taken)
            )
        )

    @api.model
    def _find_numbers(self, line, names):
        """Of the numbers that can be named, those with these names."""
        wanted = {name.casefold() for name in names}
        return self._get_numbers(line).filtered(
            lambda lot: lot.name.casefold() in wanted
        )

    @api.model
    def _get_serial_errors(self, line, serials):
        """Override of `rma_authorization`: numbers are of this delivery, and as many as
        units where each unit has its own."""
        if line.tracking not in ("lot", "serial"):
            return []
        field = f"serials_{line.id}"
        found = self._find_numbers(line, serials)
        known = {lot.name.casefold() for lot in found}
        unknown = [name for name in serials if name.casefold() not in known]
        if unknown:
            return [
                (
                    field,
                    self.env._(
                        "%(product)s: %(numbers)s can't be returned from here. "
                        "Check the number on the product.",
                        product=line.product_id.display_name,
                        numbers=", ".join(name[:64] for name in unknown[:5]),
                    ),
                )
            ]
        units = line._to_product_uom(line.qty_requested)
        unit = line.product_id.uom_id
        if line.tracking == "serial" and found and unit.compare(len(found), units) != 0:
            return [
                (
                    field,
                    self.env._(
                        "%(product)s: you return %(qty)s and chose %(count)s numbers. "
                        "Choose one for each.",
                        product=line.product_id.display_name,
                        qty=line.authorization_id._format_qty(units),
                        count=len(found),
                    ),
                )
            ]
        return []

    @api.model
    def _prepare_line_vals(self, line, values):
        """Override of `rma_authorization` to keep the numbers."""
        vals = super()._prepare_line_vals(line, values)
        if line.tracking in ("lot", "serial"):
            lots = self._find_numbers(line, values["serials"])
            vals["lot_ids"] = [Command.set(lots.ids)]
        return vals
