# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from .rma_authorization_warranty import get_warranty_end


class RmaAuthorizationWarrantyMaker(models.AbstractModel):
    """Makes the warranty passports of deliveries: the one place that says which
    delivery gets one, from when and until when, for one order or for a million serials.

    It gets deliveries as dicts, so that nobody has to load the records behind them:

    ===============  ===============================================================
    company_id       who sold it
    product_id       what was delivered
    quantity         how much, in the product's unit
    date             when, as datetime
    partner_id       to whom
    sale_line_id     on which order line; none for other deliveries
    date_order       when that was ordered, as datetime
    settlement_id    the settlement that it replaces goods for, if it does
    ===============  ===============================================================

    An addon may add columns of the passport in `_get_origin_columns`.
    """

    _name = "rma.authorization.warranty.maker"
    _description = "Warranty Maker"

    # -- make --------------------------------------------------------------------------

    @api.model
    def _make(self, deliveries):
        """Give every delivery that deserves one its passport.

        Rows are inserted by one statement: with a million of them the ORM takes too
        long, and a passport that somebody else is making is left out or, as it isn't
        visible yet, makes PostgreSQL ask for another try, which Odoo grants.

        :param list deliveries: dicts as above
        :return: the passports made
        """
        rows = []
        by_company = groupby(deliveries, lambda delivery: delivery["company_id"])
        for company_id, own in by_company:
            company = self.env["res.company"].browse(company_id)
            rows += self._prepare_rows(company, own)
        warranties = self._insert(rows)
        if warranties:
            if any(row["inherited_days"] is not None for row in rows):
                self._note_inheritance(warranties)
            self._complete(warranties)
        return warranties

    def _prepare_rows(self, company, deliveries):
        products = self.env["product.product"].browse(
            {delivery["product_id"] for delivery in deliveries}
        )
        months = {
            product.id: term
            for product, term in products._get_rma_warranty_months(company).items()
        }
        heirs = self._get_heirs(company, deliveries)
        promised = [
            delivery
            for delivery in deliveries
            if months[delivery["product_id"]]
            or (delivery["settlement_id"] in heirs and heirs[delivery["settlement_id"]])
        ]
        invoiced = {}
        if company.rma_warranty_start == "invoice":
            invoiced = self._get_invoice_dates(
                list({delivery["sale_line_id"] for delivery in promised} - {None})
            )
        rows = []
        for delivery in promised:
            row = self._prepare_row(
                company, delivery, months[delivery["product_id"]], invoiced
            )
            if delivery["settlement_id"] in heirs:
                self._inherit_rest(company, row, heirs[delivery["settlement_id"]])
            rows.append(row)
        return rows

    def _prepare_row(self, company, delivery, months, invoiced):
        """The columns of one passport."""
        start, is_provisional = delivery["date"], False
        if company.rma_warranty_start == "order" and delivery["date_order"]:
            start = delivery["date_order"]
        date_start = company._get_rma_day(start)
        if company.rma_warranty_start == "invoice" and delivery["sale_line_id"]:
            invoice_date = invoiced.get(delivery["sale_line_id"])
            is_provisional = not invoice_date
            date_start = invoice_date or date_start
        return {
            "company_id": company.id,
            "product_id": delivery["product_id"],
            "quantity": delivery["quantity"],
            "returned_qty": 0.0,
            "is_void": False,
            "partner_id": delivery["partner_id"],
            "sale_line_id": delivery["sale_line_id"],
            "date_start": date_start,
            "is_start_provisional": is_provisional,
            "months": months,
            "date_end": get_warranty_end(date_start, months),
            "inherited_from_id": None,
            # no column: for the note of it
            "inherited_days": None,
            **{name: delivery.get(name) for name in self._get_origin_columns()},
        }

    @api.model
    def _get_origin_columns(self):
        """Columns that say which delivery a passport is of. Override to add some."""
        return []

    # -- replacements ------------------------------------------------------------------

    def _get_heirs(self, company, deliveries):
        """The settlements whose replacements go on with the warranty of what they
        replace, with the passports of that, the likeliest first.

        :return: {settlement id: list of passports that nothing has inherited from yet}
        """
        ids = {delivery["settlement_id"] for delivery in deliveries} - {None}
        if not ids or company.rma_warranty_replacement != "inherit":
            return {}
        # sudo: whoever asks for a warranty needs no rights on returns
        settlements = self.env["rma.authorization.settlement"].sudo().browse(ids)
        settlements = settlements.filtered(
            # who pays for the other unit buys it
            lambda one: not one._get_resolution_handler()._sells_replacement()
        )
        replaced = settlements.line_id._get_warranties()
        candidates = self.env["rma.authorization.warranty"].sudo()
        candidates = candidates.union(*replaced.values())
        inherited = candidates.search(
            [("inherited_from_id", "in", candidates.ids)]
        ).inherited_from_id
        heirs = {}
        for settlement in settlements:
            warranties = settlement._get_replaced_warranties(
                replaced.get(settlement.line_id, inherited.browse())
            )
            heirs[settlement.id] = list(warranties.sudo() - inherited) or list(
                warranties[-1:]
            )
        return heirs

    def _inherit_rest(self, company, row, replaced):
        """R42: the replacement has the rest of the warranty of what it replaces, or a
        minimum if that is longer; it doesn't start anew."""
        start = row["date_start"]
        minimum = start + timedelta(days=company.rma_warranty_replacement_days)
        # the last one serves all that are left: a quantity is one passport
        warranty = replaced.pop(0) if len(replaced) > 1 else (replaced or [None])[0]
        end = max(warranty.date_end, minimum) if warranty else minimum
        row.update(
            months=0,
            date_end=end,
            is_start_provisional=False,
            inherited_from_id=warranty.id if warranty else None,
            inherited_days=(end - start).days,
        )

    def _note_inheritance(self, warranties):
        """Say on the passports of replacements where their time comes from."""
        days = {
            warranty: (warranty.date_end - warranty.date_start).days
            for warranty in warranties
            if not warranty.months
        }
        self.env["rma.authorization.warranty.extension"].sudo().create(
            [
                {
                    "warranty_id": warranty.id,
                    "kind": "inherited",
                    "days": inherited,
                    "reason": warranty.inherited_from_id.name,
                    "line_id": warranty.sale_line_id.rma_line_id.id,
                }
                for warranty, inherited in days.items()
            ]
        )

    # -- rows --------------------------------------------------------------------------

    def _insert(self, rows):
        """Write the rows of new passports, but for those that there are already."""
        warranties = self.env["rma.authorization.warranty"].sudo()
        if not rows:
            return warranties
        partners = (
            self.env["res.partner"]
            .sudo()
            .browse({row["partner_id"] for row in rows} - {None})
        )
        commercial = {one.id: one.commercial_partner_id.id or None for one in partners}
        now = self.env.cr.now()
        for row, number in zip(rows, self._draw_numbers(len(rows)), strict=True):
            row.update(
                name=number,
                commercial_partner_id=commercial.get(row["partner_id"]),
                create_uid=self.env.uid,
                write_uid=self.env.uid,
                create_date=now,
                write_date=now,
            )
        columns = [name for name in rows[0] if name != "inherited_days"]
        query = SQL(
            "INSERT INTO %s (%s) VALUES %%s ON CONFLICT DO NOTHING RETURNING id",
            SQL.identifier(warranties._table),
            SQL(", ").join(map(SQL.identifier, columns)),
        )
        made = self.env.cr.execute_values(
            query.code % (),
            [tuple(row[name] for name in columns) for row in rows],
            page_size=1000,
            fetch=True,
        )
        return warranties.browse(identifier for (identifier,) in made)

    @api.model
    def _draw_numbers(self, count):
        """So many certificate numbers, in one query where the sequence allows it."""
        code = "rma.authorization.warranty"
        # sudo: nobody needs rights on sequences
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [
                    ("code", "=", code),
                    ("company_id", "in", (self.env.company.id, False)),
                ],
                order="company_id",
                limit=1,
            )
        )
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _number in range(count)]
        prefix, suffix = sequence._get_prefix_suffix()
        drawn = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03}",
                count,
            )
        )
        return [f"{prefix}{number:0{sequence.padding}}{suffix}" for (number,) in drawn]

    # -- afterwards --------------------------------------------------------------------

    def _complete(self, warranties):
        """See to what new passports need besides their row: what they are of may be on
        a return, or back, long before they are made. Override to add more."""
        returned = self._get_returned(warranties)
        if returned:
            returned._link_lines()
            returned._follow_returns()
            returned.line_ids._follow_warranty_repairs()

    def _get_returned(self, warranties):
        """Those of them of which something may be on a return or back."""
        for model, names in self._get_return_fields().items():
            # by name: a line may be asking while its other fields are computed
            self.env[model].flush_model(names)
        found = self.env.execute_query(
            SQL(
                "SELECT w.id FROM rma_authorization_warranty w "
                "WHERE w.id = ANY(%s) AND (%s)",
                warranties.ids,
                SQL(" OR ").join(self._get_return_conditions()),
            )
        )
        return warranties.browse(identifier for (identifier,) in found)

    @api.model
    def _get_return_fields(self):
        """What `_get_return_conditions` asks, as {model: names of fields}."""
        return {"rma.authorization.line": ["sale_line_id"]}

    @api.model
    def _get_return_conditions(self):
        """SQL that tells whether the goods of a passport `w` may be on a return."""
        return [
            SQL(
                "EXISTS (SELECT FROM rma_authorization_line line"
                " WHERE line.sale_line_id = w.sale_line_id)"
            )
        ]

    @api.model
    def _get_invoice_dates(self, order_line_ids):
        """When each of these order lines was invoiced first: {id: date}."""
        if not order_line_ids:
            return {}
        self.env["account.move"].flush_model(["state", "move_type", "invoice_date"])
        self.env["account.move.line"].flush_model(["sale_line_ids", "move_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT rel.order_line_id, min(move.invoice_date)
                      FROM sale_order_line_invoice_rel rel
                      JOIN account_move_line line ON line.id = rel.invoice_line_id
                      JOIN account_move move ON move.id = line.move_id
                     WHERE rel.order_line_id = ANY(%s)
                       AND move.state = 'posted'
                       AND move.move_type = 'out_invoice'
                       AND move.invoice_date IS NOT NULL
                     GROUP BY rel.order_line_id
                    """,
                    order_line_ids,
                )
            )
        )

    # -- deliveries entered by hand ----------------------------------------------------

    @api.model
    def _make_by_hand(self, order_lines, date=None):
        """Passports of what was delivered without documents: each time the delivered
        quantity rises they get one for the difference, and lose it when it falls.

        :param date: when it was delivered; the day of the order when not given
        """
        # sudo: who delivers needs no rights on warranties
        warranties = self.env["rma.authorization.warranty"].sudo()
        known = {
            order_line.id: (own, qty)
            for order_line, own, qty in warranties._read_group(
                [("sale_line_id", "in", order_lines.ids)],
                ["sale_line_id"],
                ["id:recordset", "quantity:sum"],
            )
        }
        delivered = order_lines._get_rma_delivered_qty()
        deliveries = []
        for order_line in order_lines:
            unit = order_line.product_id.uom_id
            own, covered = known.get(order_line.id, (warranties, 0.0))
            qty = order_line.product_uom_id._compute_quantity(
                delivered[order_line], unit, rounding_method="HALF-UP"
            )
            if unit.compare(qty, covered) > 0:
                order = order_line.order_id
                deliveries.append(
                    {
                        "company_id": order_line.company_id.id,
                        "product_id": order_line.product_id.id,
                        "quantity": unit.round(qty - covered),
                        "date": date or order.date_order or fields.Datetime.now(),
                        "partner_id": order.partner_id.id,
                        "sale_line_id": order_line.id,
                        "date_order": order.date_order,
                        "settlement_id": order_line.sudo().rma_settlement_id.id or None,
                    }
                )
            elif unit.compare(qty, covered) < 0:
                own._lower(unit.round(covered - qty))
        return self._make(deliveries)
