# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from odoo.addons.rma_authorization.recurrence import Shipment

# The supplier of a number is that of its first receipt.
VENDOR_OF_LOT = SQL(
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
     ORDER BY ml.lot_id, ml.date, ml.id
    """
)


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
                vendors=VENDOR_OF_LOT,
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
    def _get_lot(self, finding):
        return finding.lot_id.id if finding.tracking == "lot" else None

    @api.model
    def _get_vendors(self, findings):
        """Override of the base: by the number that was found faulty."""
        lots = findings.lot_id
        if not lots:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) origin WHERE lot_id = ANY(%s)",
                VENDOR_OF_LOT,
                lots.ids,
            )
        )
        vendors = dict(rows)
        return {finding.id: vendors.get(finding.lot_id.id) for finding in findings}

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
    def _prepare_case(self, company, alarm):
        vals = super()._prepare_case(company, alarm)
        if alarm.kind == "lot":
            lot = self.env["stock.lot"].browse(alarm.key[1])
            vals["lot_ids"] = lot.ids
            vals["title"] = f"{vals['title']} ({lot.name})"
        return vals
