# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class RmaAuthorizationCaseHolder(models.Model):
    """A customer who holds units of the lots of a quality case, and is written to."""

    _name = "rma.authorization.case.holder"
    _description = "Holder of Faulty Units"
    _inherit = ["mail.thread"]
    _order = "qty desc, id"
    _rec_name = "partner_id"

    case_id = fields.Many2one(
        comodel_name="rma.authorization.case",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, index=True
    )
    lot_id = fields.Many2one(comodel_name="stock.lot", index="btree_not_null")
    product_id = fields.Many2one(related="case_id.product_id")
    qty = fields.Float(
        string="Units Held",
        digits="Product Unit",
        help="Delivered less returned, in the unit of the product.",
    )
    email = fields.Char(related="partner_id.email")
    date_notified = fields.Datetime(string="Written to", readonly=True)

    @api.model
    def _get_held(self, case):
        """What customers hold of a case's lots, or of its product where it has none.

        :return: {(partner, lot): quantity in the unit of the product}
        """
        if not case.lot_ids and not case.product_id:
            raise UserError(
                self.env._(
                    "%(case)s names neither lots nor a product, so nobody knows who "
                    "holds them. Enter them first.",
                    case=case.display_name,
                )
            )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(partner.commercial_partner_id, partner.id), ml.lot_id,
                       SUM(CASE WHEN target.usage = 'customer'
                                THEN ml.quantity_product_uom
                                ELSE -ml.quantity_product_uom END)
                  FROM stock_move_line ml
                  JOIN stock_move m ON m.id = ml.move_id
                  JOIN stock_location source ON source.id = ml.location_id
                  JOIN stock_location target ON target.id = ml.location_dest_id
                  JOIN stock_picking picking ON picking.id = m.picking_id
                  JOIN res_partner partner ON partner.id = picking.partner_id
                 WHERE ml.state = 'done'
                   AND m.company_id = %(company)s
                   AND (source.usage = 'customer') != (target.usage = 'customer')
                   AND %(chosen)s
                 GROUP BY 1, 2
                HAVING SUM(CASE WHEN target.usage = 'customer'
                                THEN ml.quantity_product_uom
                                ELSE -ml.quantity_product_uom END) > 0
                """,
                company=case.company_id.id,
                chosen=SQL("ml.lot_id = ANY(%s)", case.lot_ids.ids)
                if case.lot_ids
                else SQL("ml.product_id = %s", case.product_id.id),
            )
        )
        partners, lots = self.env["res.partner"], self.env["stock.lot"]
        return {
            (partners.browse(partner), lots.browse(lot)): qty
            for partner, lot, qty in rows
        }

    def _message_mail_after_hook(self, mails):
        """Override of `mail`: these holders are written to now."""
        self.sudo().date_notified = fields.Datetime.now()
        return super()._message_mail_after_hook(mails)
