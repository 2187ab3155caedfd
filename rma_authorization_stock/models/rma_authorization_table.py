# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


@dataclass
class Delivered:
    """A lot or serial number that was delivered to this customer.

    :param lot: stock.lot, with all rights
    :param lines: the order lines that delivered it
    :param left: what customers have of it, less what earlier rows took, in its unit
    :param taker: the open return that a serial is on, if there is one
    :param row: the row of the table that has named a serial
    """

    lot: object
    lines: object
    left: float
    taker: object
    row: int = 0


class RmaAuthorizationTable(models.AbstractModel):
    _inherit = "rma.authorization.table"

    # -- facts ---------------------------------------------------------------------

    @api.model
    def _find_serials(self, rows, domain):
        """Override of `rma_authorization` to look serial numbers up among the
        deliveries of these order lines.

        :return: {number, small letters: list of Delivered}
        """
        names = self._get_spellings(rows, "serial")
        if not names:
            return {}
        # sudo: only what was delivered by lines of the domain is kept
        lots = self.env["stock.lot"].sudo().search([("name", "in", names)])
        brought = self._get_bringing_lines(lots, domain)
        lots = lots.filtered(brought.get)
        left = lots._get_rma_returnable_qty()
        takers = {
            lot: line.authorization_id
            for line in lots._get_rma_open_lines()
            for lot in line.lot_ids
        }
        found = {}
        for lot in lots:
            found.setdefault(lot.name.casefold(), []).append(
                Delivered(lot, brought[lot], left[lot], takers.get(lot))
            )
        return found

    def _get_bringing_lines(self, lots, domain):
        """{lot: order lines of the domain that delivered it}; a serial counts for the
        last customer who got it, and for nobody before."""
        newest = {}
        for move_line in lots._get_rma_deliveries():
            moves = newest.setdefault(move_line.lot_id, [])
            if not moves or move_line.lot_id.product_id.tracking != "serial":
                moves.append(move_line.move_id)
        origins = {
            lot: lot.env["stock.move"].concat(*moves).sale_line_id
            for lot, moves in newest.items()
        }
        ids = [line_id for lines in origins.values() for line_id in lines.ids]
        own = self._search_lines(domain & Domain("id", "in", ids))
        return {lot: own & lines for lot, lines in origins.items()}

    @api.model
    def _get_serial_lines(self, serials):
        """Override of `rma_authorization`: those that delivered the numbers."""
        lines = super()._get_serial_lines(serials)
        return lines.concat(
            *(found.lines for founds in serials.values() for found in founds)
        ).union()

    # -- one row -------------------------------------------------------------------

    def _get_shares(self, row, facts):
        """Override of `rma_authorization`: a number says by itself what it is."""
        if "serial" not in row:
            return super()._get_shares(row, facts)
        founds = facts.serials.get(str(row["serial"]).casefold())
        if founds:
            found, lines = self._choose(row, founds)
            self._check_free(row, found)
            row["delivered"] = found
            return self._share(self._get_serial_qty(row, found), lines, facts)
        if "order" in row or "product" in row:
            # goods without numbers of ours may have the maker's
            shares = super()._get_shares(row, facts)
            if all(line.product_id.tracking == "none" for line, _qty in shares):
                return shares
        raise UserError(
            self.env._(
                "%(serial)s isn't among your deliveries. Check the number on the "
                "product, or give the order and the product and leave it out.",
                serial=row["serial"],
            )
        )

    def _choose(self, row, founds):
        """What the row means of all that has this number: the same may be on several
        products, and a lot in several deliveries."""

        def is_meant(line):
            order, product = line.order_id, line.product_id
            return self._is_named(
                row, "order", order.name, order.client_order_ref
            ) and self._is_named(row, "product", product.default_code, product.barcode)

        meant = [
            (found, lines)
            for found in founds
            if (lines := found.lines.filtered(is_meant))
        ]
        if not meant:
            raise UserError(
                self.env._(
                    "%(serial)s was delivered as another product, or on another order "
                    "than this row says. Leave both out, or correct them.",
                    serial=row["serial"],
                )
            )
        lines = self.env["sale.order.line"].concat(*(lines for _found, lines in meant))
        orders = lines.order_id.sorted("id")
        if len(meant) > 1 or len(orders) > 1:
            raise UserError(
                self.env._(
                    "%(serial)s was delivered more than once. Name the order as well: "
                    "%(orders)s.",
                    serial=row["serial"],
                    orders=", ".join(orders[:10].mapped("name")),
                )
                if len(orders) > 1
                else self.env._(
                    "Several products have the number %(serial)s. Name the product as "
                    "well.",
                    serial=row["serial"],
                )
            )
        return meant[0]

    def _is_named(self, row, column, *names):
        return column not in row or str(row[column]).casefold() in [
            name.casefold() for name in names if name
        ]

    def _check_free(self, row, found):
        """The number is still with the customer, on no return, and on no other row."""
        serial, kit = row["serial"], found.lines.product_id - found.lot.product_id
        is_serial = found.lot.product_id.tracking == "serial"
        if kit:
            message = self.env._(
                "%(serial)s is a part of %(product)s. Give the order and that product, "
                "without a number.",
                serial=serial,
                product=kit[0].display_name,
            )
        elif is_serial and found.row:
            message = self.env._(
                "Row %(row)s names %(serial)s already. Leave out one of them.",
                row=found.row,
                serial=serial,
            )
        elif is_serial and found.taker:
            message = self.env._(
                "%(serial)s is on your return %(name)s already.",
                serial=serial,
                name=found.taker.display_name,
            )
        elif found.lot.product_uom_id.compare(found.left, 0.0) <= 0:
            message = self.env._("%(serial)s came back already.", serial=serial)
        else:
            return
        raise UserError(message)

    def _get_serial_qty(self, row, found):
        """The quantity of a row with a number, in the order line's unit."""
        line, unit = found.lines[0], found.lot.product_uom_id
        if found.lot.product_id.tracking == "serial":
            if "qty" in row and self._parse_qty(row["qty"]) != 1.0:
                raise UserError(
                    self.env._(
                        "%(serial)s is one piece: the quantity is 1. Give each of the "
                        "others a row with its own number.",
                        serial=row["serial"],
                    )
                )
            return unit._compute_quantity(
                1.0, line.product_uom_id, rounding_method="HALF-UP"
            )
        qty = self._get_qty(row, line)
        left = unit._compute_quantity(
            found.left, line.product_uom_id, rounding_method="HALF-UP"
        )
        if line.product_uom_id.compare(qty, left) > 0:
            raise UserError(
                self.env._(
                    "%(serial)s: %(left)s %(unit)s of it are left to return. Lower the "
                    "quantity.",
                    serial=row["serial"],
                    left=self._format_qty(left),
                    unit=line.product_uom_id.name,
                )
            )
        return qty

    # -- what is kept --------------------------------------------------------------

    def _check_together(self, row, line, reason, found):
        """Override of `rma_authorization`: of one order line all serials are named, or
        none."""
        res = super()._check_together(row, line, reason, found)
        if (
            line in found
            and line.product_id.tracking == "serial"
            and bool(found[line].get("lots")) != ("delivered" in row)
        ):
            raise UserError(
                self.env._(
                    "Row %(row)s is about %(product)s of %(order)s as well, and only "
                    "one of both names a serial number. Name all of them, or none.",
                    row=found[line]["rows"][0],
                    product=line.product_id.display_name,
                    order=line.order_id.name,
                )
            )
        return res

    def _take_serial(self, row, line, qty, values):
        """Override of `rma_authorization` to collect the numbers of an order line."""
        res = super()._take_serial(row, line, qty, values)
        if found := row.get("delivered"):
            found.row = row["row"]
            found.left -= line.product_uom_id._compute_quantity(
                qty, found.lot.product_uom_id, rounding_method="HALF-UP"
            )
            values["lots"] = values.get("lots", found.lot) | found.lot
        return res

    def _get_texts(self, row):
        """Override of `rma_authorization`: what is a number needs no words."""
        if "delivered" in row:
            row = {name: value for name, value in row.items() if name != "serial"}
        return super()._get_texts(row)

    @api.model
    def _merge(self, found, lines):
        """Override of `rma_authorization`: serials that are scanned in several tables
        come together on one line, as many as units."""
        res = super()._merge(found, lines)
        for line in lines:
            values = found.get(line.sale_line_id, {})
            if line.tracking == "serial" and (lots := values.get("lots")):
                values["lots"] = lots | line.lot_ids.sudo()
                values["qty"] = line.product_id.uom_id._compute_quantity(
                    len(values["lots"]), line.product_uom_id, rounding_method="HALF-UP"
                )
        return res

    @api.model
    def _prepare_extra_vals(self, values):
        """Override of `rma_authorization` to name the numbers on the line."""
        vals = super()._prepare_extra_vals(values)
        if lots := values.get("lots"):
            vals["lot_ids"] = [Command.set(lots.ids)]
        return vals
