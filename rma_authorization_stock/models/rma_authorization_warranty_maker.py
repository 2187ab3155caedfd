# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from odoo.addons.rma_authorization.models.rma_authorization_warranty import (
    get_warranty_end,
)


class RmaAuthorizationWarrantyMaker(models.AbstractModel):
    """Knows deliveries by their moves: to a customer for the first time, from stock or
    straight from a supplier. What is no first delivery has an origin that it returns,
    or belongs to a return of ours.

    A serial is one passport; a lot is one per delivery, and so is what isn't tracked:
    each delivery has its own day.
    """

    _inherit = "rma.authorization.warranty.maker"

    @api.model
    def _get_origin_columns(self):
        """Override of `rma_authorization` to know deliveries and numbers."""
        return [*super()._get_origin_columns(), "move_id", "lot_id"]

    @api.model
    def _make_of_moves(self, condition):
        """Make the passports that these deliveries lack.

        :param SQL condition: which moves, as `m`
        :return: the passports made
        """
        move_ids = self._get_delivery_ids(condition)
        return self._make(self._get_deliveries([move_id for move_id, _c in move_ids]))

    @api.model
    def _get_delivery_ids(self, condition, limit=None):
        """First deliveries to customers, by id.

        :return: list of (move's id, number of its move lines)
        """
        self._flush_deliveries()
        locations = self.env["stock.location"].sudo().with_context(active_test=False)
        customers = locations.search([("usage", "=", "customer")]).ids
        return self.env.execute_query(
            SQL(
                """
                SELECT m.id,
                       (SELECT count(*) FROM stock_move_line ml WHERE ml.move_id = m.id)
                  FROM stock_move m
                 WHERE m.state = 'done'
                   AND m.location_dest_id = ANY(%(customers)s)
                   AND NOT m.location_id = ANY(%(customers)s)
                   AND m.rma_line_id IS NULL
                   AND m.origin_returned_move_id IS NULL
                   AND %(condition)s
                 ORDER BY m.id
                 LIMIT %(limit)s
                """,
                customers=customers,
                condition=condition,
                limit=limit,
            )
        )

    @api.model
    def _flush_deliveries(self):
        """By name: a return line may be asking while others of its fields are
        computed."""
        for model, names in {
            "stock.move": [
                "state",
                "date",
                "location_id",
                "location_dest_id",
                "origin_returned_move_id",
                "rma_line_id",
                "sale_line_id",
            ],
            "stock.move.line": ["lot_id", "move_id", "quantity_product_uom", "state"],
            "stock.picking": ["date_done", "partner_id"],
            "sale.order.line": ["rma_settlement_id", "order_id"],
            "sale.order": ["partner_id", "date_order"],
            "rma.authorization.warranty": ["move_id", "lot_id"],
        }.items():
            self.env[model].flush_model(names)

    @api.model
    def _get_deliveries(self, move_ids):
        """What these moves delivered and no passport is about, as `_make` wants it."""
        if not move_ids:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, ml.lot_id, m.company_id, m.product_id, m.sale_line_id,
                       COALESCE(picking.date_done, m.date), so.date_order,
                       COALESCE(so.partner_id, picking.partner_id, m.partner_id),
                       sol.rma_settlement_id, sum(ml.quantity_product_uom)
                  FROM stock_move m
                  JOIN stock_move_line ml ON ml.move_id = m.id
             LEFT JOIN stock_picking picking ON picking.id = m.picking_id
             LEFT JOIN sale_order_line sol ON sol.id = m.sale_line_id
             LEFT JOIN sale_order so ON so.id = sol.order_id
                 WHERE m.id = ANY(%s)
                   AND ml.quantity_product_uom > 0
                   AND NOT EXISTS (
                       SELECT FROM rma_authorization_warranty w
                        WHERE w.move_id = m.id
                          AND w.lot_id IS NOT DISTINCT FROM ml.lot_id
                       )
                 GROUP BY m.id, ml.lot_id, picking.id, sol.id, so.id
                 ORDER BY m.id, ml.lot_id
                """,
                move_ids,
            )
        )
        names = [
            "move_id",
            "lot_id",
            "company_id",
            "product_id",
            "sale_line_id",
            "date",
            "date_order",
            "partner_id",
            "settlement_id",
            "quantity",
        ]
        return [dict(zip(names, row, strict=True)) for row in rows]

    # -- afterwards --------------------------------------------------------------------

    def _complete(self, warranties):
        """Override of `rma_authorization` to add what the vendor grants us."""
        self._set_vendor_terms(warranties)
        return super()._complete(warranties)

    @api.model
    def _get_return_fields(self):
        """Override of `rma_authorization` for the conditions below."""
        fields = super()._get_return_fields()
        fields["rma.authorization.line"] += ["move_id", "lot_ids"]
        return {**fields, "stock.move": ["origin_returned_move_id"]}

    @api.model
    def _get_return_conditions(self):
        """Override of `rma_authorization` to ask for deliveries and numbers."""
        return [
            *super()._get_return_conditions(),
            SQL(
                "EXISTS (SELECT FROM stock_move back"
                " WHERE back.origin_returned_move_id = w.move_id)"
            ),
            SQL(
                "EXISTS (SELECT FROM rma_authorization_line line"
                " WHERE line.move_id = w.move_id)"
            ),
            SQL(
                "EXISTS (SELECT FROM rma_authorization_line_lot_rel rel"
                " WHERE rel.stock_lot_id = w.lot_id)"
            ),
            SQL(
                "EXISTS (SELECT FROM rma_authorization_warranty other"
                " WHERE other.lot_id = w.lot_id AND other.id != w.id)"
            ),
        ]

    # -- what the vendor grants us -----------------------------------------------------

    def _set_vendor_terms(self, warranties):
        """Where a product's vendor grants a warranty, it counts from our receipt of the
        very number, or from the drop shipment."""
        offers = self.env["product.supplierinfo"].sudo()
        offers = offers.search([("rma_warranty_months", ">", 0)])
        if not offers:
            return
        terms = {
            (offer.product_tmpl_id.id, offer.partner_id.commercial_partner_id.id): (
                offer.rma_warranty_months
            )
            for offer in offers.sorted("rma_warranty_months")
        }
        bought = warranties.filtered(
            lambda one: one.product_id.product_tmpl_id in offers.product_tmpl_id
        )
        partners = self.env["res.partner"].sudo()
        for identifier, vendor_id, date in self._get_receipts(bought):
            warranty = bought.browse(identifier)
            vendor = partners.browse(vendor_id).commercial_partner_id
            months = terms.get((warranty.product_id.product_tmpl_id.id, vendor.id))
            if months:
                start = warranty.company_id._get_rma_day(date)
                warranty.write(
                    {
                        "vendor_id": vendor.id,
                        "vendor_date_start": start,
                        "vendor_date_end": get_warranty_end(start, months),
                    }
                )

    @api.model
    def _get_receipts(self, warranties):
        """From whom and when we got these goods, where a number or a drop shipment
        tells.

        :return: list of (passport's id, vendor's id, datetime)
        """
        if not warranties:
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (w.id) w.id,
                       COALESCE(po.partner_id, picking.partner_id),
                       COALESCE(picking.date_done, m.date)
                  FROM rma_authorization_warranty w
                  JOIN stock_move delivery ON delivery.id = w.move_id
                  JOIN stock_move_line ml
                    ON (ml.lot_id = w.lot_id OR ml.move_id = w.move_id)
                  JOIN stock_move m ON m.id = ml.move_id
                  JOIN stock_location source ON source.id = m.location_id
             LEFT JOIN stock_picking picking ON picking.id = m.picking_id
             LEFT JOIN purchase_order_line pol ON pol.id = m.purchase_line_id
             LEFT JOIN purchase_order po ON po.id = pol.order_id
                 WHERE w.id = ANY(%s)
                   AND m.state = 'done'
                   AND source.usage = 'supplier'
                   AND m.company_id = w.company_id
                   AND COALESCE(po.partner_id, picking.partner_id) IS NOT NULL
                   AND m.date <= delivery.date
                 ORDER BY w.id, m.date DESC, m.id DESC
                """,
                warranties.ids,
            )
        )
