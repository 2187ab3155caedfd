# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .rma_authorization_dock_finder import MAX_FOUND


class RmaAuthorizationDockAnswer(models.AbstractModel):
    """What the dock check answers: see `rma.authorization.dock`."""

    _name = "rma.authorization.dock.answer"
    _description = "Dock Check: Answers"

    def _answer(self, verdict, message, authorization_sudo=None, **more):
        return {
            "verdict": verdict,
            "message": message,
            "rma": self._describe(authorization_sudo) if authorization_sudo else False,
            "count": False,
            "exception": False,
            "choices": [],
            "action": False,
            **more,
        }

    def _answer_choices(self, returns_sudo, barcode):
        choices = [
            {
                "id": one.id,
                "name": one.display_name,
                "customer": one.partner_id.display_name,
                "goods": self._get_goods_text(one),
            }
            for one in returns_sudo[: MAX_FOUND - 1]
        ]
        message = self.env._(
            "%(barcode)s is expected on more than one return. Scan the label or a "
            "serial number, or type the number of the row.",
            barcode=barcode,
        )
        return self._answer("choose", message, choices=choices)

    def _answer_unknown(self, found, barcode):
        """Nobody expects it: by the company's choice refused, or registered."""
        if found.is_known:
            problem = self.env._("No open return expects %(barcode)s.", barcode=barcode)
        else:
            problem = self.env._("Nothing is known by %(barcode)s.", barcode=barcode)
        if self.env.company.rma_unknown_parcel == "register":
            message = self.env._(
                "%(problem)s Scan another number of the parcel, or register it for "
                "review.",
                problem=problem,
            )
            return self._answer("unknown", message)
        message = self.env._(
            "%(problem)s Scan another number of the parcel, or refuse it.",
            problem=problem,
        )
        return self._answer("refuse", message)

    def _describe(self, authorization_sudo):
        """A return for the screen: `is_open` says whether it can be received."""
        state = authorization_sudo._fields["state"]
        return {
            "id": authorization_sudo.id,
            "name": authorization_sudo.display_name,
            "customer": authorization_sudo.partner_id.display_name,
            "state": dict(state._description_selection(self.env))[
                authorization_sudo.state
            ],
            "is_open": not self._get_refusal(authorization_sudo),
            "rows": self._add_accessories(
                authorization_sudo, self._get_rows(authorization_sudo)
            ),
        }

    def _add_accessories(self, authorization_sudo, rows):
        """What belongs to the goods of a line, on the first of its rows."""
        by_line = authorization_sudo.line_ids._get_accessories()
        waiting = {line.id: accessories for line, accessories in by_line.items()}
        for row in rows:
            row["accessories"] = [
                {"id": accessory.id, "name": accessory.name}
                for accessory in waiting.pop(row["line_id"], [])
            ]
        return rows

    def _get_rows(self, authorization_sudo):
        """What is expected and what has come, by line and product (kits come by
        component), in the product's unit."""
        rows = []
        for line in authorization_sudo.line_ids:
            received = line._get_received_goods()
            expected = self._get_expected(line)
            arrived = line._get_received_lots() if line.lot_ids else {}
            lots = line.lot_ids.filtered(lambda lot, there=arrived: lot not in there)
            rows += [
                {
                    "key": f"{line.id}-{product.id}",
                    "line_id": line.id,
                    "product_id": product.id,
                    "name": product.display_name,
                    "unit": product.uom_id.name,
                    "tracking": product.tracking,
                    "expected": expected.get(product, 0.0),
                    "received": received.get(product, 0.0),
                    "lot_ids": lots.ids,
                    "numbers": lots.mapped("name"),
                }
                for product in {**expected, **received}
            ]
        return rows

    def _get_expected(self, line):
        """What may still arrive on this line, announced or about to be:
        {product: quantity in its unit}."""
        receipt = self.env["rma.authorization.receipt"].sudo()
        if not line._has_open("qty_to_receive"):
            return {}
        needed = line._get_needed_goods(line.qty_to_receive)
        missing = receipt._get_missing(line, needed)
        expected = {
            product: product.uom_id.round(
                missing.get(product, 0.0) + receipt._get_announced_qty(line, product)
            )
            for product in {**needed, **missing}
        }
        return {product: qty for product, qty in expected.items() if qty}

    def _prepare_count(self, row, qty, lot_sudo=None):
        """What the screen adds to the goods; a row of `receive`."""
        return {
            "key": row["key"],
            "line_id": row["line_id"],
            "product_id": row["product_id"],
            "qty": qty,
            "lot_id": lot_sudo.id if lot_sudo else False,
            "lot_name": lot_sudo.name if lot_sudo else False,
            "received": row["received"],
        }

    # -- sentences ---------------------------------------------------------------------

    def _get_message(self, authorization_sudo):
        return self.env._(
            "%(name)s of %(customer)s. Expected: %(goods)s.",
            name=authorization_sudo.display_name,
            customer=authorization_sudo.partner_id.display_name,
            goods=self._get_goods_text(authorization_sudo),
        )

    def _get_received_message(self, authorization_sudo):
        goods = self._get_goods_text(authorization_sudo)
        if not goods:
            return self.env._(
                "Received. Everything of %(name)s is here.",
                name=authorization_sudo.display_name,
            )
        return self.env._(
            "Received. %(name)s still expects: %(goods)s.",
            name=authorization_sudo.display_name,
            goods=goods,
        )

    def _get_goods_text(self, authorization_sudo):
        return ", ".join(
            f"{row['expected']:g} {row['unit']} {row['name']}"
            for row in self._get_rows(authorization_sudo)
            if row["expected"]
        )
