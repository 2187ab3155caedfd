# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationDockCount(models.AbstractModel):
    """Whether what is scanned belongs to the return on the screen; then it is
    counted."""

    _name = "rma.authorization.dock.count"
    _description = "Dock Check: Verdict on Goods"
    _inherit = ["rma.authorization.dock.judge"]

    def _count(self, current_sudo, found, goods, barcode):
        """The answer while a return is on the screen: count what it expects."""
        if refusal := self._get_refusal(current_sudo):
            return self._answer("refuse", refusal, current_sudo)
        if found.authorizations:
            message = self.env._(
                "Receive what was counted of %(name)s first, or clear it. Then scan "
                "%(barcode)s again.",
                name=current_sudo.display_name,
                barcode=barcode,
            )
            return self._answer("refuse", message, current_sudo)
        rows = self._get_rows(current_sudo)
        if found.lots:
            return self._count_lot(current_sudo, rows, found.lots, goods)
        if found.products:
            return self._count_product(current_sudo, rows, found, goods)
        return self._count_unknown(current_sudo, rows, goods, barcode)

    def _count_product(self, current_sudo, rows, found, goods):
        rows = [row for row in rows if row["product_id"] in found.products.ids]
        if not rows:
            return self._refuse_foreign(current_sudo, found.products[0].display_name)
        row = self._choose_row(rows, goods, found.qty)
        if row["tracking"] != "none":
            message = self.env._(
                "%(product)s is expected. Scan its number.", product=row["name"]
            )
            return self._answer("accept", message, current_sudo)
        return self._answer_count(current_sudo, row, goods, found.qty)

    def _count_lot(self, current_sudo, rows, lots_sudo, goods):
        rows = [row for row in rows if row["product_id"] in lots_sudo.product_id.ids]
        if not rows:
            name = f"{lots_sudo[0].product_id.display_name} {lots_sudo[0].name}"
            return self._refuse_foreign(current_sudo, name)
        named = [row for row in rows if set(row["lot_ids"]) & set(lots_sudo.ids)]
        row = self._choose_row(named or rows, goods, 1.0)
        lot_sudo = lots_sudo.filtered(
            lambda lot: lot.product_id.id == row["product_id"]
        ).sorted(lambda lot: lot.id not in row["lot_ids"])[:1]
        if row["tracking"] == "serial" and any(
            one.get("lot_id") == lot_sudo.id for one in goods
        ):
            return self._refuse_counted(current_sudo, lot_sudo.display_name)
        line_sudo = current_sudo.line_ids.browse(row["line_id"])
        counted = sum(
            float(one["qty"]) for one in goods if one.get("lot_id") == lot_sudo.id
        )
        problem = line_sudo._get_arrival_problem(lot_sudo, counted + 1.0)
        if problem:
            return self._refuse_number(
                current_sudo, row, lot_sudo.name, problem, lot_sudo
            )
        return self._answer_count(current_sudo, row, goods, 1.0, lot_sudo)

    def _count_unknown(self, current_sudo, rows, goods, barcode):
        """A number that nobody knows is taken for one of the only goods that have
        some."""
        if any(one.get("lot_name") == barcode for one in goods):
            return self._refuse_counted(current_sudo, barcode)
        tracked = [row for row in rows if row["tracking"] != "none" and row["expected"]]
        problem = self.env._("Nobody knows this number.")
        if len(tracked) == 1:
            return self._refuse_number(current_sudo, tracked[0], barcode, problem)
        message = self.env._(
            "%(barcode)s: %(problem)s", barcode=barcode, problem=problem
        )
        return self._answer("refuse", message, current_sudo)

    def _choose_row(self, rows, goods, qty):
        """The first of these rows that expects so much more, else the last."""
        for row in rows:
            if row["expected"] - self._get_counted(row, goods) >= qty:
                return row
        return rows[-1]

    def _get_counted(self, row, goods):
        return sum(
            float(one["qty"])
            for one in goods
            if one["line_id"] == row["line_id"]
            and one["product_id"] == row["product_id"]
        )

    def _answer_count(self, current_sudo, row, goods, qty, lot_sudo=None):
        """Count it, unless it is more than may come back."""
        unit_sudo = self.env["product.product"].sudo().browse(row["product_id"]).uom_id
        total = self._get_counted(row, goods) + qty
        count = self._prepare_count(row, qty, lot_sudo)
        if unit_sudo.compare(total, row["expected"]) <= 0:
            message = self.env._(
                "%(goods)s: %(counted)s of %(expected)s %(unit)s.",
                goods=f"{row['name']} {lot_sudo.name}" if lot_sudo else row["name"],
                counted=f"{total:g}",
                expected=f"{row['expected']:g}",
                unit=row["unit"],
            )
            return self._answer("accept", message, current_sudo, count=count)
        message = self.env._(
            "%(product)s: %(over)s %(unit)s more than authorized. Set it aside, or add "
            "it as an exception.",
            product=row["name"],
            over=f"{unit_sudo.round(total - row['expected']):g}",
            unit=row["unit"],
        )
        return self._answer("refuse", message, current_sudo, exception=count)

    def _refuse_number(self, current_sudo, row, number, problem, lot_sudo=None):
        message = self.env._(
            "%(product)s %(number)s: %(problem)s Set it aside, or add it as an "
            "exception.",
            product=row["name"],
            number=number,
            problem=problem,
        )
        count = {**self._prepare_count(row, 1.0, lot_sudo), "lot_name": number}
        return self._answer("refuse", message, current_sudo, exception=count)

    def _refuse_counted(self, current_sudo, number):
        message = self.env._("%(number)s is counted already.", number=number)
        return self._answer("refuse", message, current_sudo)

    def _refuse_foreign(self, current_sudo, name):
        message = self.env._(
            "%(goods)s isn't on %(name)s. Set it aside.",
            goods=name,
            name=current_sudo.display_name,
        )
        return self._answer("refuse", message, current_sudo)
