# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

# Directive (EU) 2024/1799, article 16: a repair prolongs the liability, once.
LEGAL_MONTHS = 12


class RmaAuthorizationLineWarranty(models.AbstractModel):
    """The warranty of the goods on an authorization line."""

    _name = "rma.authorization.line.warranty"
    _description = "Return Line Warranty"

    warranty_id = fields.Many2one(
        comodel_name="rma.authorization.warranty",
        compute="_compute_warranty_id",
        compute_sudo=True,
        store=True,
        copy=False,
        index="btree_not_null",
        help="The one of these goods that ends first.",
    )
    under_warranty = fields.Boolean(
        compute="_compute_under_warranty",
        compute_sudo=True,
        store=True,
        readonly=False,
        help="Repairs of this line cost the customer nothing. As the warranty says for "
        "the day of the request, unless somebody decides otherwise.",
    )

    @api.depends("product_id", "sale_line_id")
    def _compute_warranty_id(self):
        warranties = self._get_warranties()
        for line in self:
            own = warranties.get(line, line.warranty_id.browse())
            line.warranty_id = own.sorted("date_end")[:1]

    @api.depends("warranty_id", "authorization_id.date_request")
    def _compute_under_warranty(self):
        for line in self:
            end = line.warranty_id.date_end
            company = line.company_id or self.env.company
            requested = line.authorization_id.date_request or fields.Datetime.now()
            line.under_warranty = bool(end) and company._get_rma_day(requested) <= end

    def _get_warranties(self):
        """The passports of each line's goods, made now where they are missing.

        Void ones count only where there are no others, and of the rest those come first
        that were delivered first, as they are taken to come back.

        :return: {line: passports}; lines without any are left out
        """
        # sudo: who makes a return needs no rights on warranties
        warranties = self.env["rma.authorization.warranty"].sudo()
        lines = self._get_customers_lines()
        found = warranties.search(
            [("sale_line_id", "in", lines.sale_line_id.ids)], order="date_start, id"
        ).grouped(lambda one: one.sale_line_id.id)
        return {
            line: self._get_valid(found[line.sale_line_id.id])
            for line in lines
            if line.sale_line_id.id in found
        }

    def _get_customers_lines(self):
        """Those that come from customers: what goes to suppliers is another matter."""
        return self.filtered(lambda line: line.direction != "supplier")

    @api.model
    def _get_valid(self, warranties):
        return warranties.filtered(lambda one: not one.is_void) or warranties

    def _get_warranty_ends(self):
        """Until when the goods of each line are under our warranty: of the numbers that
        it names the one that ends first, else as its delivery or order line says.

        :return: {line: last day}; lines without a known warranty are left out
        """
        # sudo: as in _get_warranties
        ends = {
            line: line.sudo().warranty_id.date_end
            for line in self
            if line.sudo().warranty_id
        }
        missing = self.filtered(lambda line: line not in ends)
        if missing:
            for line, warranties in missing._get_warranties().items():
                ends[line] = min(warranties.mapped("date_end"))
        return ends

    # -- what returns mean for warranties ----------------------------------------------

    def _follow_warranties(self):
        """Let the passports follow what became of the goods: what came back for good
        has no warranty, what was repaired has a longer one."""
        # sudo: who handles returns needs no rights on warranties
        lines_sudo = self.sudo().filtered(
            lambda line: (
                line.warranty_id and (line.inspection_ids or line.settlement_ids)
            )
        )
        if lines_sudo:
            lines_sudo.warranty_id._follow_returns()
            lines_sudo._follow_warranty_repairs()

    def _get_warranty_losses(self):
        """What of this line came back, or was credited or replaced, for good.

        Both count, the goods that are ours again and what the customer got for them,
        but the same unit once.

        :return: {number: quantity in the product's unit}; None for the number of what
            has none
        """
        self.ensure_one()
        losses, excess = {}, 0.0
        for finding in self.inspection_ids:
            gone, settled = finding._get_lost_qty(), self._get_ended_qty(finding)
            number = finding._get_warranty_number()
            losses[number] = losses.get(number, 0.0) + max(gone, settled)
            excess += max(gone - settled, 0.0)
        ahead = self._get_ended_qty(self.env["rma.authorization.inspection"]) - excess
        if self.product_uom_id.compare(ahead, 0.0) > 0:
            self._add_ahead(losses, ahead)
        return {
            number: self._to_product_uom(qty) for number, qty in losses.items() if qty
        }

    def _add_ahead(self, losses, qty):
        """Add what was settled before any finding. Override to find its numbers."""
        losses[None] = losses.get(None, 0.0) + qty

    def _get_ended_qty(self, finding):
        """What settlements of this finding took the warranty from."""
        return sum(
            settlement.qty
            for settlement in self.settlement_ids
            if settlement.inspection_id == finding
            and settlement.state == "done"
            and settlement._get_resolution_handler()._ends_warranty()
        )

    def _follow_warranty_repairs(self):
        """Keep what repairs added to the passports of these goods true: rows are made
        once per repair, and taken back with it."""
        due = self._get_warranty_repairs()
        # sudo: as in _follow_warranties
        extensions = self.env["rma.authorization.warranty.extension"].sudo()
        known = extensions.search(
            [
                ("line_id", "in", self.ids),
                ("kind", "in", ("downtime", "legal")),
                ("settlement_id", "!=", False),
            ]
        )
        kept = known.filtered(lambda row: row.settlement_id in due)
        (known - kept).unlink()
        vals_list = []
        for settlement, (parts, days) in due.items():
            if settlement in kept.settlement_id:
                continue
            for warranty, qty in parts:
                rows = self._prepare_repair_extensions(settlement, warranty, days)
                if rows:
                    part = warranty._split_off(qty)
                    vals_list += [{**row, "warranty_id": part.id} for row in rows]
        extensions.create(vals_list)

    def _prepare_repair_extensions(self, settlement, warranty, days):
        """R43: the time in repair is added back. R44: the law may add a year, once."""
        company = settlement.company_id
        vals = {
            "line_id": settlement.line_id.id,
            "settlement_id": settlement.id,
            "reason": settlement.authorization_id.display_name,
        }
        rows = []
        if company.rma_warranty_downtime and days > 0:
            rows.append({**vals, "kind": "downtime", "days": days})
        if company.rma_warranty_legal_extension and not warranty._has_legal_extension():
            rows.append({**vals, "kind": "legal", "months": LEGAL_MONTHS})
        return rows

    def _get_warranty_repairs(self):
        """The finished repairs under warranty of these lines. Override to tell.

        :return: {settlement: ([(passport, quantity in the product's unit)], days
            between receipt and delivery back)}
        """
        return {}
