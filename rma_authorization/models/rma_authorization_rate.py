# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

MONTHS = 12
# How a line of a sale leads to the records that show a rate.
_KEYS = {
    "product_id": ("sale_line", "product_id"),
    "product_tmpl_id": ("product", "product_tmpl_id"),
    "partner_id": ("sale", "partner_id"),
}


class RmaAuthorizationRate(models.AbstractModel):
    """Behind the buttons that lead from products and partners to their returns: how
    many there are, and how much of what was delivered they are.

    Both are counted when somebody looks, for any number of records in one query, and
    for those who may read returns alone.
    """

    _name = "rma.authorization.rate"
    _description = "Return Counts and Rates"

    @api.model
    def _count(self, records, path):
        """Fill in `rma_count` of products.

        :param str path: leads from a return line to the record
        """
        counts = {}
        if self._may_read() and records.ids:
            groups = self.env["rma.authorization.line"]._read_group(
                [
                    (path, "in", records.ids),
                    ("authorization_id.direction", "=", "customer"),
                ],
                [path],
                ["authorization_id:count_distinct"],
            )
            counts = {record.id: count for record, count in groups}
        for record in records:
            record.rma_count = counts.get(record._origin.id, 0)

    @api.model
    def _count_of_partners(self, partners):
        """Fill in `rma_count` of partners: their own returns, and their contacts'."""
        partners.rma_count = 0
        if not self._may_read() or not partners.ids:
            return
        groups = self.env["rma.authorization"]._read_group(
            [
                ("partner_id", "in", self._get_contacts(partners).ids),
                ("direction", "=", "customer"),
            ],
            ["partner_id"],
            ["__count"],
        )
        counts = self._add_up(partners, {one.id: (count,) for one, count in groups})
        for partner in partners:
            [partner.rma_count] = counts.get(partner._origin.id, (0,))

    @api.model
    def _rate(self, records, key):
        """Fill in `rma_return_rate`: units that came back ÷ units delivered, of goods
        on orders of the last twelve months.

        :param str key: one of `_KEYS`
        """
        records.rma_return_rate = 0.0
        if not self._may_read() or not records.ids:
            return
        is_partner = key == "partner_id"
        wanted = self._get_contacts(records) if is_partner else records
        sums = self._get_sums(key, wanted.ids)
        if is_partner:
            sums = self._add_up(records, sums)
        for record in records:
            delivered, returned = sums.get(record._origin.id, (0.0, 0.0))
            if delivered > 0.0:
                record.rma_return_rate = returned / delivered

    @api.model
    def _open(self, records, domain, **context):
        """The action that shows these returns, whatever their state."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_action"
        )
        return {
            **action,
            "name": self.env._(
                "Returns: %(names)s",
                names=", ".join(records[:3].mapped("display_name")),
            ),
            "domain": [("direction", "=", "customer"), *domain],
            "context": context,
        }

    @api.model
    def _may_read(self):
        return self.env["rma.authorization"].has_access("read")

    @api.model
    def _get_contacts(self, partners):
        return partners.with_context(active_test=False).search(
            [("id", "child_of", partners.ids)]
        )

    @api.model
    def _add_up(self, partners, figures):
        """What contacts have, added to what is above them.

        :param dict figures: {id of the contact: tuple of numbers}
        """
        sums = {}
        contacts = self.env["res.partner"].browse(figures)
        for contact in contacts:
            above = contact
            while above:
                if above.id in partners.ids:
                    earlier = sums.get(above.id, (0,) * len(figures[contact.id]))
                    sums[above.id] = tuple(
                        one + other
                        for one, other in zip(earlier, figures[contact.id], strict=True)
                    )
                above = above.parent_id
        return sums

    @api.model
    def _get_sums(self, key, ids):
        """Units delivered, and of these returned, in the products' own units, in one
        query. What was credited is delivered nevertheless; what replaces a return is no
        sale.

        :return: {id: (delivered, returned)}
        """
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(key)s,
                    sum(
                        (
                            sale_line.qty_delivered
                            + CASE WHEN sale_line.qty_delivered_method = 'manual'
                                THEN 0 ELSE coalesce(sale_line.rma_credited_qty, 0) END
                        ) * unit.factor / own.factor
                    ),
                    sum(coalesce(back.qty, 0) / own.factor)
                FROM sale_order_line sale_line
                JOIN sale_order sale ON sale.id = sale_line.order_id
                JOIN product_product product ON product.id = sale_line.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                JOIN uom_uom unit ON unit.id = sale_line.product_uom_id
                JOIN uom_uom own ON own.id = template.uom_id
                LEFT JOIN LATERAL (
                    SELECT sum(line.qty_received * line_unit.factor) AS qty
                    FROM rma_authorization_line line
                    JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
                    WHERE line.sale_line_id = sale_line.id
                    AND line.product_id = sale_line.product_id
                ) back ON TRUE
                WHERE %(key)s IN %(ids)s
                AND sale.state = 'sale'
                AND sale.date_order >= %(start)s
                AND sale.company_id IN %(companies)s
                AND sale.rma_id IS NULL
                AND template.type = 'consu'
                GROUP BY %(key)s
                """,
                key=SQL.identifier(*_KEYS[key]),
                ids=tuple(ids),
                start=fields.Datetime.now() - relativedelta(months=MONTHS),
                companies=tuple(self.env.companies.ids),
            )
        )
        return {row[0]: (float(row[1] or 0.0), float(row[2] or 0.0)) for row in rows}

    @api.model
    def _flush(self):
        for model, names in {
            "sale.order": ["state", "date_order", "company_id", "partner_id", "rma_id"],
            "sale.order.line": [
                "qty_delivered",
                "qty_delivered_method",
                "rma_credited_qty",
                "product_id",
                "product_uom_id",
                "order_id",
            ],
            "rma.authorization.line": [
                "qty_received",
                "product_id",
                "product_uom_id",
                "sale_line_id",
            ],
            "product.template": ["type", "uom_id"],
            "product.product": ["product_tmpl_id"],
            "uom.uom": ["factor"],
        }.items():
            self.env[model].flush_model(names)
