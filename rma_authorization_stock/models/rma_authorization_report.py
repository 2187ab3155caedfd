# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.rma_authorization.models.rma_authorization_report_fact import (
    REPEAT_DAYS,
    WARRANTED,
    Fact,
)

from .rma_authorization_sentinel import VENDOR_OF_LOT

# First deliveries of order lines: to a customer, neither returning nor giving back.
DELIVERIES = SQL(
    """
    stock_move m
    JOIN stock_location source ON source.id = m.location_id
                              AND source.usage != 'customer'
    JOIN stock_location target ON target.id = m.location_dest_id
                              AND target.usage = 'customer'
    LEFT JOIN stock_picking picking ON picking.id = m.picking_id
    """
)
IS_DELIVERY = SQL(
    "m.state = 'done' AND m.rma_line_id IS NULL AND m.origin_returned_move_id IS NULL"
)
MOMENT = SQL("COALESCE(picking.date_done, m.date)")
DELIVERED = SQL(
    """
    LEFT JOIN (
        SELECT m.sale_line_id, MIN(%s) AS moment
          FROM %s
         WHERE %s AND m.sale_line_id IS NOT NULL
         GROUP BY m.sale_line_id
    ) delivered ON delivered.sale_line_id = sol.id
    """,
    MOMENT,
    DELIVERIES,
    IS_DELIVERY,
)
# What receipts brought in by number, less what their reversals took out again, and how
# long after the receipt before. Components of kits are none of their line's product.
NUMBERS_RECEIVED = SQL(
    """
    SELECT MIN(ml.id) AS id, part.line_id, ml.lot_id, MIN(part.moment) AS moment,
           SUM(part.sign * ml.quantity_product_uom) AS qty,
           MIN(part.moment) - LAG(MIN(part.moment)) OVER (
               PARTITION BY ml.lot_id ORDER BY MIN(part.moment), MIN(ml.id)
           ) AS gap
      FROM (
          SELECT m.rma_line_id AS line_id, m.id AS move_id, 1 AS sign, %(moment)s
                 AS moment, m.product_id
            FROM stock_move m
            LEFT JOIN stock_picking picking ON picking.id = m.picking_id
           WHERE %(is_receipt)s
          UNION ALL
          SELECT m.rma_line_id, undone.id, -1, %(moment)s, m.product_id
            FROM stock_move m
            LEFT JOIN stock_picking picking ON picking.id = m.picking_id
            JOIN stock_move undone ON undone.origin_returned_move_id = m.id
           WHERE %(is_receipt)s
             AND undone.state = 'done'
             AND undone.rma_inspection_id IS NULL
      ) part
      JOIN rma_authorization_line taken ON taken.id = part.line_id
                                       AND taken.product_id = part.product_id
      JOIN stock_move_line ml ON ml.move_id = part.move_id
     WHERE ml.lot_id IS NOT NULL
     GROUP BY part.line_id, ml.lot_id
    """,
    moment=MOMENT,
    is_receipt=SQL(
        "m.state = 'done' AND m.rma_line_id IS NOT NULL AND m.rma_inspection_id IS NULL"
    ),
)
# Numbers that order lines delivered; components of kits are none of their product.
NUMBERS_SHIPPED = SQL(
    """
    SELECT MIN(ml.id) AS id, m.sale_line_id, ml.lot_id, MIN(%s) AS moment,
           SUM(ml.quantity_product_uom) AS qty
      FROM %s
      JOIN sale_order_line sold ON sold.id = m.sale_line_id
                               AND sold.product_id = m.product_id
      JOIN stock_move_line ml ON ml.move_id = m.id
     WHERE %s AND ml.lot_id IS NOT NULL
     GROUP BY m.sale_line_id, ml.lot_id
    """,
    MOMENT,
    DELIVERIES,
    IS_DELIVERY,
)


class RmaAuthorizationReport(models.Model):
    """Knows deliveries, lots and serial numbers, their suppliers and warehouses,
    repairs and units on loan.

    Units with numbers have a row for each number; those of the line have the rest, so
    that all of them together are what the line says.
    """

    _inherit = "rma.authorization.report"
    _depends = {
        "rma.authorization": ["warehouse_id"],
        "rma.authorization.inspection": ["lot_id", "repeat_of_id"],
        "rma.authorization.loaner": [
            "authorization_id",
            "date_due",
            "lot_id",
            "product_id",
            "state",
            "warehouse_id",
        ],
        "rma.authorization.timer": ["date_paused", "repair_id"],
        "repair.order": [
            "lot_id",
            "product_qty",
            "product_uom",
            "rma_cause_id",
            "rma_date_done",
            "rma_fault_id",
            "rma_inspection_id",
            "rma_line_id",
            "rma_repeat_of_id",
            "rma_settlement_id",
            "state",
        ],
        "product.template": ["tracking"],
        "sale.order": ["warehouse_id"],
        "stock.move": [
            "date",
            "location_dest_id",
            "location_id",
            "origin_returned_move_id",
            "picking_id",
            "product_id",
            "rma_inspection_id",
            "rma_line_id",
            "sale_line_id",
            "state",
        ],
        "stock.move.line": ["date", "lot_id", "move_id", "quantity_product_uom"],
        "stock.picking": ["date_done", "partner_id"],
    }

    fact = fields.Selection(
        selection_add=[
            ("repaired", "Repaired"),
            ("repairing", "In Repair"),
            ("lent", "On Loan"),
        ]
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot", string="Lot/Serial Number", readonly=True
    )
    warehouse_id = fields.Many2one(comodel_name="stock.warehouse", readonly=True)

    @api.model
    def _get_facts(self):
        """Override of `rma_authorization` to add what has numbers, repairs and units on
        loan."""
        facts = super()._get_facts()
        facts["shipped_number"] = self._get_shipped_numbers()
        facts["received_number"] = self._get_received_numbers()
        facts["repaired"] = self._get_repaired()
        facts["repairing"] = self._get_repairing()
        facts["lent"] = self._get_lent()
        return facts

    @api.model
    def _get_fact_name(self, name):
        """Override of `rma_authorization`: those of numbers are the same events."""
        return super()._get_fact_name(name.removesuffix("_number"))

    # -- sale ------------------------------------------------------------------------

    @api.model
    def _get_sale_moment(self):
        """Override of `rma_authorization`: the first delivery of the order line."""
        return SQL("COALESCE(delivered.moment, so.date_order)")

    @api.model
    def _get_line_values(self):
        """Override of `rma_authorization` to add the warehouse that took it, or had
        shipped it."""
        return {
            **super()._get_line_values(),
            "warehouse_id": SQL("COALESCE(a.warehouse_id, so.warehouse_id)"),
        }

    @api.model
    def _get_line_joins(self):
        """Override of `rma_authorization` to know when it was delivered."""
        return SQL("%s %s", super()._get_line_joins(), DELIVERED)

    @api.model
    def _get_shipped(self):
        """Override of `rma_authorization`: the rest, of which no number is known."""
        fact = super()._get_shipped()
        fact.source = SQL(
            """
            %s %s
            LEFT JOIN (
                SELECT sale_line_id, SUM(qty) AS qty
                  FROM (%s) one
                 GROUP BY sale_line_id
            ) numbered ON numbered.sale_line_id = sol.id
            """,
            fact.source,
            DELIVERED,
            NUMBERS_SHIPPED,
        )
        fact.values["warehouse_id"] = SQL("so.warehouse_id")
        qty = SQL(
            "GREATEST(%s - COALESCE(numbered.qty, 0), 0)", fact.values["qty_shipped"]
        )
        fact.values["qty_shipped"] = qty
        fact.values["qty_warranted"] = self._count_warranted(qty)
        return fact

    @api.model
    def _get_shipped_numbers(self):
        company_id = SQL("so.company_id")
        return Fact(
            row_id=SQL("numbered.id"),
            source=SQL(
                """
                (%s) numbered
                JOIN sale_order_line sol ON sol.id = numbered.sale_line_id
                JOIN sale_order so ON so.id = sol.order_id
                JOIN product_product product ON product.id = sol.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                LEFT JOIN res_partner p ON p.id = so.partner_id
                LEFT JOIN res_partner customer ON customer.id = p.commercial_partner_id
                LEFT JOIN (%s) origin ON origin.lot_id = numbered.lot_id
                %s
                """,
                NUMBERS_SHIPPED,
                VENDOR_OF_LOT,
                WARRANTED,
            ),
            where=SQL("numbered.qty > 0"),
            moment=SQL("numbered.moment"),
            values={
                "company_id": company_id,
                "direction": SQL("'customer'"),
                "sale_date": self._get_day(SQL("numbered.moment"), company_id),
                "sale_order_id": SQL("so.id"),
                "partner_id": SQL("COALESCE(p.commercial_partner_id, p.id)"),
                "country_id": SQL("customer.country_id"),
                "salesman_id": SQL("so.user_id"),
                "product_id": SQL("sol.product_id"),
                "categ_id": SQL("template.categ_id"),
                "lot_id": SQL("numbered.lot_id"),
                "vendor_id": SQL("origin.vendor_id"),
                "warehouse_id": SQL("so.warehouse_id"),
                "qty_shipped": SQL("numbered.qty"),
                "qty_warranted": self._count_warranted(SQL("numbered.qty")),
            },
        )

    # -- receipt ---------------------------------------------------------------------

    @api.model
    def _get_received(self):
        """Override of `rma_authorization`: the rest, of which no number is known."""
        fact = super()._get_received()
        fact.source = SQL(
            """
            %s
            LEFT JOIN (
                SELECT line_id, SUM(qty) AS qty
                  FROM (%s) one
                 GROUP BY line_id
            ) numbered ON numbered.line_id = line.id
            """,
            fact.source,
            NUMBERS_RECEIVED,
        )
        # those with numbers have rows of their own, which know it better
        fact.where = SQL("%s AND numbered.line_id IS NULL", fact.where)
        return fact

    @api.model
    def _get_received_numbers(self):
        """What is left of each number that came in; a line with numbers has nothing
        else."""
        return Fact(
            row_id=SQL("numbered.id"),
            source=SQL(
                """
                (%s) numbered
                JOIN rma_authorization_line line ON line.id = numbered.line_id
                JOIN rma_authorization a ON a.id = line.authorization_id
                %s
                LEFT JOIN rma_authorization_line earlier ON earlier.id = sol.rma_line_id
                LEFT JOIN (%s) origin ON origin.lot_id = numbered.lot_id
                """,
                NUMBERS_RECEIVED,
                self._get_line_joins(),
                VENDOR_OF_LOT,
            ),
            where=SQL("numbered.qty > 0"),
            moment=SQL("numbered.moment"),
            values={
                **self._get_line_values(),
                "lot_id": SQL("numbered.lot_id"),
                "vendor_id": SQL(
                    "COALESCE(CASE WHEN a.direction = 'supplier' "
                    "THEN a.commercial_partner_id END, origin.vendor_id)"
                ),
                "qty_returned": SQL("numbered.qty"),
                **self._count_ages(SQL("numbered.qty"), SQL("numbered.moment")),
                "qty_doa_claimed": SQL("CASE WHEN reason.is_doa THEN numbered.qty END"),
                # a lot has many units: another of them is no repeat return
                "qty_repeat": SQL(
                    "CASE WHEN LEAST("
                    "CASE WHEN template.tracking = 'serial' THEN numbered.gap END, "
                    "numbered.moment - earlier.date_received) <= INTERVAL %s "
                    "THEN numbered.qty END",
                    f"{REPEAT_DAYS} days",
                ),
                "receipt_days": self._count_days(
                    SQL("a.date_authorized"), SQL("numbered.moment")
                ),
                "age_days": self._count_days(
                    self._get_sale_moment(), SQL("numbered.moment")
                ),
            },
        )

    # -- findings and settlements ------------------------------------------------------

    @api.model
    def _get_finding(self, where, moment, values):
        """Override of `rma_authorization` to add the number and its supplier."""
        fact = super()._get_finding(where, moment, values)
        fact.source = SQL(
            """
            %s
            LEFT JOIN (
                SELECT m.rma_inspection_id, MAX(%s) AS moment
                  FROM stock_move m
                  LEFT JOIN stock_picking picking ON picking.id = m.picking_id
                 WHERE m.state = 'done' AND m.rma_inspection_id IS NOT NULL
                 GROUP BY m.rma_inspection_id
            ) moved ON moved.rma_inspection_id = finding.id
            LEFT JOIN (%s) origin ON origin.lot_id = finding.lot_id
            """,
            fact.source,
            MOMENT,
            VENDOR_OF_LOT,
        )
        fact.values["lot_id"] = SQL("finding.lot_id")
        fact.values["vendor_id"] = SQL(
            "COALESCE(%s, origin.vendor_id)", fact.values["vendor_id"]
        )
        return fact

    @api.model
    def _get_disposed_moment(self):
        """Override of `rma_authorization`: when the last of it was moved."""
        return SQL("COALESCE(moved.moment, finding.date)")

    @api.model
    def _get_settled(self):
        """Override of `rma_authorization` to add the number that was judged."""
        fact = super()._get_settled()
        fact.source = SQL(
            "%s LEFT JOIN (%s) origin ON origin.lot_id = finding.lot_id",
            fact.source,
            VENDOR_OF_LOT,
        )
        fact.values["lot_id"] = SQL("finding.lot_id")
        fact.values["vendor_id"] = SQL(
            "COALESCE(%s, origin.vendor_id)", fact.values["vendor_id"]
        )
        return fact

    # -- repair ----------------------------------------------------------------------

    @api.model
    def _get_repairs(self, where, values, **kwargs):
        """Rows of the repairs of returns, for the customer and for our own stock. The
        bench knows better than the line, and than the finding, what is wrong."""
        return Fact(
            row_id=SQL("repair.id"),
            source=SQL(
                """
                repair_order repair
                JOIN rma_authorization_line line ON line.id = repair.rma_line_id
                JOIN rma_authorization a ON a.id = line.authorization_id
                %s
                LEFT JOIN uom_uom counted ON counted.id = repair.product_uom
                LEFT JOIN rma_authorization_settlement settlement
                       ON settlement.id = repair.rma_settlement_id
                LEFT JOIN rma_authorization_inspection finding
                       ON finding.id = COALESCE(settlement.inspection_id,
                                                repair.rma_inspection_id)
                LEFT JOIN (
                    SELECT rma_repeat_of_id AS repair_id
                      FROM repair_order
                     WHERE rma_repeat_of_id IS NOT NULL
                     UNION
                    SELECT repeat_of_id
                      FROM rma_authorization_inspection
                     WHERE repeat_of_id IS NOT NULL
                ) again ON again.repair_id = repair.id
                LEFT JOIN (
                    SELECT DISTINCT ON (repair_id) repair_id, date_due,
                           COALESCE(date_done, date_paused) AS date_stopped
                      FROM rma_authorization_timer
                     WHERE repair_id IS NOT NULL
                     ORDER BY repair_id, id DESC
                ) promise ON promise.repair_id = repair.id
                LEFT JOIN (%s) origin ON origin.lot_id = repair.lot_id
                """,
                self._get_line_joins(),
                VENDOR_OF_LOT,
            ),
            where=where,
            values={
                **self._get_line_values(),
                "lot_id": SQL("repair.lot_id"),
                "vendor_id": SQL("origin.vendor_id"),
                "fault_id": SQL("COALESCE(repair.rma_fault_id, finding.fault_id)"),
                "cause_id": SQL("COALESCE(repair.rma_cause_id, finding.cause_id)"),
                "resolution": SQL(
                    "CASE WHEN repair.rma_settlement_id IS NOT NULL THEN 'repair' END"
                ),
                "disposition": SQL("finding.disposition"),
                **values,
            },
            **kwargs,
        )

    @api.model
    def _get_repaired_qty(self):
        return SQL("repair.product_qty * counted.factor / own.factor")

    @api.model
    def _get_repaired(self):
        """Finished repairs. One was right as long as no finding and no other repair
        says that the same fault came back; numbers of lots are of many units."""
        qty = self._get_repaired_qty()
        is_serial = SQL("template.tracking = 'serial' AND repair.lot_id IS NOT NULL")
        return self._get_repairs(
            SQL("repair.state = 'done'"),
            {
                "qty_repaired": qty,
                "qty_repaired_serial": SQL("CASE WHEN %s THEN %s END", is_serial, qty),
                "qty_repaired_right": SQL(
                    "CASE WHEN %s AND again.repair_id IS NULL THEN %s END",
                    is_serial,
                    qty,
                ),
            },
            moment=SQL("repair.rma_date_done"),
        )

    @api.model
    def _get_repairing(self):
        """Units in repair as it stands today, late ones as their clocks say."""
        qty = self._get_repaired_qty()
        return self._get_repairs(
            SQL("repair.state IN ('draft', 'confirmed', 'under_repair')"),
            {
                "qty_repairing": qty,
                "qty_repairing_late": SQL(
                    "CASE WHEN promise.date_due < COALESCE(promise.date_stopped, %s) "
                    "THEN %s END",
                    fields.Datetime.now(),
                    qty,
                ),
            },
            day=self._get_today(),
            depends_on_today=True,
        )

    # -- loan ------------------------------------------------------------------------

    @api.model
    def _get_lent(self):
        """Units of ours that customers have, as it stands today."""
        today = self._get_today()
        return Fact(
            row_id=SQL("loaner.id"),
            source=SQL(
                """
                rma_authorization_loaner loaner
                JOIN rma_authorization a ON a.id = loaner.authorization_id
                %s
                LEFT JOIN product_product lent ON lent.id = loaner.product_id
                LEFT JOIN product_template lent_template
                       ON lent_template.id = lent.product_tmpl_id
                """,
                self._get_header_joins(),
            ),
            where=SQL("loaner.state = 'out'"),
            day=today,
            depends_on_today=True,
            values={
                **self._get_line_values(),
                "product_id": SQL("loaner.product_id"),
                "categ_id": SQL("lent_template.categ_id"),
                "lot_id": SQL("loaner.lot_id"),
                "warehouse_id": SQL("loaner.warehouse_id"),
                "qty_lent": SQL("1"),
                "qty_lent_late": SQL(
                    "CASE WHEN loaner.date_due < %s THEN 1 END", today
                ),
            },
        )
