# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from odoo.addons.rma_authorization.recurrence import Shipment


def get_vendor_of_lot(condition):
    """SQL of rows with `lot_id` and `vendor_id`: the supplier of a number is that of
    its first receipt.

    :param SQL condition: which move lines `ml` to look at
    """
    return SQL(
        """
        SELECT DISTINCT ON (ml.lot_id) ml.lot_id,
               COALESCE(partner.commercial_partner_id, partner.id) AS vendor_id
          FROM stock_move_line ml
          JOIN stock_move m ON m.id = ml.move_id
          JOIN stock_location source ON source.id = m.location_id
          JOIN stock_picking picking ON picking.id = m.picking_id
          JOIN res_partner partner ON partner.id = picking.partner_id
         WHERE ml.state = 'done'
           AND source.usage = 'supplier'
           AND ml.lot_id IS NOT NULL
           AND %s
         ORDER BY ml.lot_id, ml.date, ml.id
        """,
        condition,
    )


VENDOR_OF_LOT = get_vendor_of_lot(SQL("TRUE"))


class RmaAuthorizationSentinel(models.AbstractModel):
    _inherit = "rma.authorization.sentinel"

    @api.model
    def _get_shipments(self, company, since, products=None):
        """Override of the base: deliveries by their day, with lot and supplier."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH origin AS (%(vendors)s)
                SELECT ml.product_id,
                       CASE WHEN template.tracking = 'lot' THEN ml.lot_id END,
                       origin.vendor_id,
                       date_trunc('week', m.date)::date,
                       SUM(ml.quantity_product_uom)
                  FROM stock_move_line ml
                  JOIN stock_move m ON m.id = ml.move_id
                  JOIN stock_location source ON source.id = m.location_id
                  JOIN stock_location target ON target.id = m.location_dest_id
                  JOIN product_product product ON product.id = m.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
             LEFT JOIN origin ON origin.lot_id = ml.lot_id
                 WHERE m.state = 'done'
                   AND m.company_id = %(company)s
                   AND m.date >= %(since)s
                   AND target.usage = 'customer'
                   AND source.usage != 'customer'
                   AND %(chosen)s
                 GROUP BY 1, 2, 3, 4
                """,
                vendors=get_vendor_of_lot(
                    self._get_product_condition("ml.product_id", products)
                ),
                company=company.id,
                since=since,
                chosen=self._get_product_condition("m.product_id", products),
            )
        )
        return [
            Shipment(product, lot, vendor, week, float(qty))
            for product, lot, vendor, week, qty in rows
        ]

    @api.model
    def _get_vendors(self, lots):
        """{id of a number: id of its supplier} of those whose supplier is known"""
        self.env.flush_all()
        query = get_vendor_of_lot(SQL("ml.lot_id = ANY(%s)", lots.ids))
        return dict(self.env.execute_query(query))

    @api.model
    def _get_unit_of_finding(self, found):
        """Override of the base: by the number that was found faulty."""
        # Each number once, not all of them: of one case's product there are few.
        numbers = SQL(
            "ml.lot_id IN %s",
            found.subselect(SQL.identifier(found.table, "lot_id")),
        )
        return {
            "lot": SQL("CASE WHEN template.tracking = 'lot' THEN finding.lot_id END"),
            "vendor": SQL("origin.vendor_id"),
            "joins": SQL(
                "LEFT JOIN (%s) origin ON origin.lot_id = finding.lot_id",
                get_vendor_of_lot(numbers),
            ),
        }

    @api.model
    def _get_lots_to_compare(self, company):
        return set(self.env["product.product"].search([("tracking", "=", "lot")]).ids)

    @api.model
    def _get_chart_filter(self, case):
        """Override of the base: the lots of the case, where they are of many units."""
        lots = case.lot_ids
        if lots and case.product_id.tracking == "lot":
            return lambda row: row.lot in lots.ids
        return super()._get_chart_filter(case)

    @api.model
    def _prepare_subject(self, alarm):
        """Override of the base: about one lot."""
        vals = super()._prepare_subject(alarm)
        if alarm.kind == "lot":
            lot = self.env["stock.lot"].browse(alarm.key[1])
            vals["lot_ids"] = lot.ids
            vals["title"] += f" ({lot.name})"
        return vals
