# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class RmaAuthorizationLineWarranty(models.AbstractModel):
    _inherit = "rma.authorization.line.warranty"

    @api.depends("move_id", "lot_ids")
    def _compute_warranty_id(self):
        """Override of `rma_authorization`: the numbers and the delivery tell more."""
        return super()._compute_warranty_id()

    def _get_warranties(self):
        """Override of `rma_authorization` to look by number, delivery, order line: the
        first of these that the line names."""
        lines = self._get_customers_lines()
        lines._make_missing_warranties()
        # sudo: who makes a return needs no rights on warranties
        warranties = self.env["rma.authorization.warranty"].sudo()
        domain = Domain.OR(
            [
                Domain("lot_id", "in", lines.lot_ids.ids),
                Domain("move_id", "in", lines.move_id.ids),
                Domain("sale_line_id", "in", lines.sale_line_id.ids),
            ]
        )
        found = warranties.search(domain, order="date_start, id")
        by_lot = found.grouped(lambda one: one.lot_id.id)
        by_move = found.grouped(lambda one: one.move_id.id)
        by_order_line = found.grouped(lambda one: one.sale_line_id.id)
        result = {}
        for line in lines:
            if line.lot_ids:
                own = warranties.union(
                    *(
                        line._choose_of_lot(by_lot.get(lot.id, warranties))
                        for lot in line.lot_ids._origin
                    )
                )
            elif line.move_id:
                own = self._get_valid(by_move.get(line.move_id.id, warranties))
            elif line.sale_line_id:
                own = self._get_valid(
                    by_order_line.get(line.sale_line_id.id, warranties)
                )
            else:
                continue
            if own:
                result[line] = own
        return result

    def _choose_of_lot(self, warranties):
        """Of those of a number that of the delivery which the line names, or else the
        latest."""
        self.ensure_one()
        own = warranties.filtered(lambda one: one._is_origin_of(self))
        return (own or warranties)[-1:]

    def _make_missing_warranties(self):
        """Passports of what was delivered since the last run of the scheduled action,
        or before anybody promised anything: nobody has to wait for it."""
        promised = self.browse()
        for company, lines in self.grouped("company_id").items():
            months = (
                lines.product_id._get_rma_warranty_months(company)
                # most companies, as long as nobody uses warranties
                if company._promises_rma_warranties()
                else {}
            )
            promised |= lines.filtered(
                lambda line, months=months: (
                    months.get(line.product_id) or line.sale_line_id.rma_settlement_id
                )
            )
        if promised:
            self.env["rma.authorization.warranty.maker"]._make_of_moves(
                SQL(
                    """(
                        m.id = ANY(%(moves)s)
                        OR m.sale_line_id = ANY(%(order_lines)s)
                        OR m.id IN (
                            SELECT ml.move_id FROM stock_move_line ml
                             WHERE ml.lot_id = ANY(%(lots)s) AND ml.state = 'done'
                        )
                    )""",
                    moves=promised.move_id.ids,
                    order_lines=promised.sale_line_id.ids,
                    lots=promised.lot_ids.ids,
                )
            )

    # -- what returns mean for warranties ----------------------------------------------

    def _add_ahead(self, losses, qty):
        """Override of `rma_authorization`: the numbers that the line names."""
        for lot in self.lot_ids:
            if self.tracking == "serial" and lot not in losses and qty > 0:
                # a serial is one
                losses[lot] = min(qty, self._from_unit(1.0))
                qty = self._get_rest(qty, losses[lot])
        if self.product_uom_id.compare(qty, 0.0) <= 0:
            return None
        return super()._add_ahead(losses, qty)

    def _from_unit(self, qty):
        return self.product_id.uom_id._compute_quantity(
            qty, self.product_uom_id, rounding_method="HALF-UP"
        )

    def _get_warranty_repairs(self):
        """Override of `rma_authorization` to read them from repairs and deliveries."""
        repairs = super()._get_warranty_repairs()
        settlements = self.filtered("under_warranty").settlement_ids.filtered(
            lambda settlement: (
                settlement.resolution == "repair" and settlement.state == "done"
            )
        )
        if not settlements:
            return repairs
        warranties = settlements.line_id._get_warranties()
        for settlement in settlements:
            line, finding = settlement.line_id, settlement.inspection_id
            own = warranties.get(line, line.warranty_id)
            if finding.lot_id:
                own = own.filtered(lambda one, lot=finding.lot_id: one.lot_id == lot)
            days = finding._get_warranty_downtime()
            if own and days is not None:
                qty = line._to_product_uom(settlement.qty)
                repairs[settlement] = (own._share_out(qty), days)
        return repairs
