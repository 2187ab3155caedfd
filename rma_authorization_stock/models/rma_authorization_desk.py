# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain


class RmaAuthorizationDesk(models.AbstractModel):
    """Goods have numbers, places and parts. A finding has these keys, too: ``lot_id``,
    ``regrade_product_id``, ``regrade_location_id``."""

    _inherit = "rma.authorization.desk"

    # -- queue -------------------------------------------------------------------------

    def _describe_rows(self, lines):
        """Override of `rma_authorization` to read all transfers at once."""
        # sudo: a technician may have no rights in the warehouse
        lines.sudo().move_ids.fetch(["state", "location_id", "location_dest_id"])
        return super()._describe_rows(lines)

    def _prepare_row(self, line, timer):
        """Override of `rma_authorization` to say where the goods are."""
        receipts_sudo = line.sudo()._get_receipts()
        places_sudo = receipts_sudo.filtered(
            lambda move: move.state == "done"
        ).location_dest_id
        return {
            **super()._prepare_row(line, timer),
            "place": ", ".join(places_sudo.mapped("display_name")),
        }

    def _find_lines(self, barcode):
        """Override of `rma_authorization` to know all that the dock knows: serials and
        lots, transfers, packagings, GS1 codes."""
        lines, lot_id = super()._find_lines(barcode)
        if lines:
            return lines, lot_id
        found = self.env["rma.authorization.dock.finder"]._find(barcode)
        if found.authorizations:
            domain = Domain("authorization_id", "in", found.authorizations.ids)
            return self._search_waiting(domain), False
        if found.lots:
            return self._find_lines_of_lots(found.lots)
        domain = Domain("product_id", "in", found.products.ids)
        return self._search_waiting(domain), False

    def _find_lines_of_lots(self, lots_sudo):
        # sudo: as in _describe_rows; the lines are searched for with the user's rights
        moves_sudo = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", lots_sudo.ids),
                    ("move_id.rma_line_id", "!=", False),
                    ("state", "=", "done"),
                ]
            )
            .move_id
        )
        for line in self._search_waiting(
            Domain("id", "in", moves_sudo.rma_line_id.ids)
        ):
            for lot_sudo in line.sudo()._get_waiting_lots():
                if lot_sudo in lots_sudo:
                    return line, lot_sudo.id
        return self.env["rma.authorization.line"], False

    # -- goods -------------------------------------------------------------------------

    def _describe_unit(self, line):
        """Override of `rma_authorization` to add numbers, their past, and what lacks
        of a kit."""
        unit = super()._describe_unit(line)
        # sudo: as in _describe_rows
        waiting = line.sudo()._get_waiting_lots()
        lots_sudo = self.env["stock.lot"].sudo().union(*waiting)
        before = self.env["rma.authorization.inspection"].search(
            [("lot_id", "in", lots_sudo.ids), ("line_id", "!=", line.id)]
        )
        named = line.sudo().lot_ids
        return {
            **unit,
            "numbers": [
                {
                    "id": lot.id,
                    "name": lot.name,
                    "qty": qty,
                    "is_expected": not named or lot in named,
                    "count": len(
                        before.filtered(lambda one, lot=lot: one.lot_id == lot)
                    ),
                }
                for lot, qty in waiting.items()
                if lot
            ],
            "missing": ", ".join(
                filter(None, [line.sudo().missing_goods, unit["missing"]])
            ),
            "earlier": unit["earlier"] + self._describe_findings(before),
        }

    def _get_number(self, finding):
        """Override of `rma_authorization`: the serial or lot number."""
        return finding.sudo().lot_id.name or ""

    # -- findings ----------------------------------------------------------------------

    def _get_value_names(self):
        """Override of `rma_authorization` to add the number, and what goods become."""
        return (
            *super()._get_value_names(),
            "lot_id",
            "regrade_product_id",
            "regrade_location_id",
        )

    def _get_goods_names(self):
        """Override of `rma_authorization`: each number is judged on its own."""
        return (*super()._get_goods_names(), "lot_id")
