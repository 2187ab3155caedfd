# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .rma_authorization_cost import COST_KINDS
from .rma_authorization_reason import RESPONSIBLES

FACTS = [
    ("shipped", "Shipped"),
    ("requested", "Requested"),
    ("decided", "Decided"),
    ("authorized", "Line Authorized"),
    ("expired", "Expired"),
    ("received", "Received"),
    ("inspected", "Inspected"),
    ("disposed", "Disposed of"),
    ("settled", "Settled"),
    ("owed", "Owed Too Long"),
    ("closed", "Closed"),
    ("timed", "Milestone"),
    ("cost", "Cost"),
    ("rated", "Rated"),
    ("case", "Quality Case"),
    ("penalty", "Penalty"),
    ("case_closed", "Quality Case Closed"),
    ("claim", "Open Claim"),
    ("answered", "Supplier's Answer"),
]
# Leaves room for more facts; part of the ids, so it stays.
MAX_FACTS = 64
COLUMN_TYPES = {
    "char": "varchar",
    "date": "date",
    "float": "double precision",
    "integer": "integer",
    "many2one": "integer",
    "monetary": "double precision",
    "selection": "varchar",
}


class RmaAuthorizationReport(models.Model):
    """What happened around returns, one row for each event, to be added up.

    A row has the day on which it happened (`date`) and the day of the sale that it goes
    back to (`sale_date`), so that every measure can be read both ways: what came back
    this month, and what came back of what was sold in that month. What says how things
    stand, such as open claims, is of today. Measures that a kind of event has nothing
    to say about are empty.

    The kinds are in `_get_facts`. An addon changes them there, or adds one; a column is
    added by a field and a value of that name.
    """

    _name = "rma.authorization.report"
    _description = "Return Measures"
    _inherit = [
        "rma.authorization.report.fact",
        "rma.authorization.report.measure",
        "rma.authorization.resolution.mixin",
        "rma.authorization.disposition.mixin",
        "rma.authorization.milestone",
    ]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "authorization_id"
    _depends = {
        "rma.authorization": [
            "commercial_partner_id",
            "company_id",
            "date_authorized",
            "date_closed",
            "date_request",
            "date_submitted",
            "direction",
            "is_prevented",
            "is_questioned",
            "question",
            "state",
            "team_id",
            "user_id",
        ],
        "rma.authorization.line": [
            "advance",
            "authorization_id",
            "date_received",
            "eligibility",
            "claim_value",
            "is_doa",
            "owed_deadline",
            "policy_id",
            "product_id",
            "product_uom_id",
            "qty_authorized",
            "qty_closed",
            "qty_lost_due",
            "qty_owed",
            "qty_received",
            "qty_settled",
            "qty_to_settle",
            "reason_id",
            "resolution",
            "sale_line_id",
            "under_warranty",
        ],
        "rma.authorization.log": ["authorization_id", "date", "from_state", "to_state"],
        "rma.authorization.inspection": [
            "cause_id",
            "date",
            "disposition",
            "fault_found",
            "fault_id",
            "line_id",
            "qty",
            "qty_disposed",
            "resolution",
            "responsible",
            "vendor_id",
            "verdict",
        ],
        "rma.authorization.settlement": [
            "date_done",
            "inspection_id",
            "line_id",
            "qty",
            "resolution",
            "state",
        ],
        "rma.authorization.cost": [
            "amount",
            "authorization_id",
            "date",
            "kind",
            "line_id",
        ],
        "rma.authorization.timer": [
            "authorization_id",
            "date_done",
            "date_due",
            "hours_used",
            "line_id",
            "milestone",
            "state",
        ],
        "rma.authorization.case": [
            "company_id",
            "date_close_due",
            "date_closed",
            "date_contained",
            "date_containment_due",
            "date_opened",
            "date_verified",
            "fault_id",
            "partner_id",
            "product_id",
            "recurrence_of_id",
            "step",
            "vendor_id",
        ],
        "rma.authorization.case.action": ["case_id", "date_done", "kind"],
        "rma.authorization.case.event": [
            "amount_company",
            "case_id",
            "company_id",
            "date",
            "kind",
            "partner_id",
        ],
        "rma.authorization.fault": ["parent_path"],
        "rma.authorization.warranty": ["sale_line_id"],
        "rating.rating": ["consumed", "rating", "rma_id"],
        "rma.authorization.reason": ["is_doa", "responsible"],
        "sale.order": [
            "company_id",
            "currency_rate",
            "date_order",
            "partner_id",
            "user_id",
        ],
        "sale.order.line": [
            "order_id",
            "price_subtotal",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "qty_delivered",
            "qty_delivered_method",
            "rma_credited_qty",
            "rma_line_id",
            "state",
        ],
        "product.product": ["product_tmpl_id", "standard_price"],
        "product.template": ["categ_id", "type", "uom_id"],
        "res.partner": ["commercial_partner_id", "country_id", "rma_answer_days"],
    }

    fact = fields.Selection(selection=FACTS, string="Event", readonly=True)
    date = fields.Date(
        string="Date of Event", readonly=True, help="The day on which it happened."
    )
    sale_date = fields.Date(
        string="Date of Sale",
        readonly=True,
        help="The day of the delivery, or of the order, that it goes back to.",
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    direction = fields.Selection(
        selection=[("customer", "From Customer"), ("supplier", "To Supplier")],
        readonly=True,
    )
    authorization_id = fields.Many2one(
        comodel_name="rma.authorization", string="Return", readonly=True
    )
    line_id = fields.Many2one(
        comodel_name="rma.authorization.line", string="Return Line", readonly=True
    )
    case_id = fields.Many2one(
        comodel_name="rma.authorization.case", string="Quality Case", readonly=True
    )
    sale_order_id = fields.Many2one(
        comodel_name="sale.order", string="Sales Order", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    country_id = fields.Many2one(comodel_name="res.country", readonly=True)
    vendor_id = fields.Many2one(
        comodel_name="res.partner", string="Supplier", readonly=True
    )
    team_id = fields.Many2one(comodel_name="rma.authorization.team", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Responsible", readonly=True
    )
    salesman_id = fields.Many2one(
        comodel_name="res.users", string="Salesperson", readonly=True
    )
    policy_id = fields.Many2one(comodel_name="rma.authorization.policy", readonly=True)
    reason_id = fields.Many2one(comodel_name="rma.authorization.reason", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Product Category", readonly=True
    )
    fault_id = fields.Many2one(comodel_name="rma.authorization.fault", readonly=True)
    cause_id = fields.Many2one(comodel_name="rma.authorization.fault", readonly=True)
    responsible = fields.Selection(
        selection=RESPONSIBLES, string="Caused by", readonly=True
    )
    cost_kind = fields.Selection(
        selection=COST_KINDS, string="Kind of Cost", readonly=True
    )
    claim_age = fields.Selection(
        selection=[
            ("30", "Up to 30 Days"),
            ("60", "31 to 60 Days"),
            ("90", "61 to 90 Days"),
            ("more", "More than 90 Days"),
        ],
        string="Age of Claim",
        readonly=True,
        help="Days since we asked the supplier; of open claims.",
    )
    # of the mixins; a row that isn't about them has none
    resolution = fields.Selection(required=False, readonly=True)
    milestone = fields.Selection(required=False, readonly=True)

    # -- windows ---------------------------------------------------------------------

    def action_open_document(self):
        """Open what the row is about: the return, the quality case or the order."""
        self.ensure_one()
        document = self.authorization_id or self.case_id or self.sale_order_id
        if not document:
            raise UserError(
                self.env._("This figure has no document that could be opened.")
            )
        return document._get_records_action()

    # -- query -----------------------------------------------------------------------

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        """Override of the ORM: see `_get_measured_domain` and `_avoid_compiling`."""
        self._avoid_compiling()
        measured = fields.Domain(domain) & self._get_measured_domain(aggregates)
        rows = super()._read_group(measured, groupby, aggregates, *args, **kwargs)
        if self._is_of_deleted(groupby, rows):
            live = self.with_context(rma_live_measures=True)
            return live._read_group(domain, groupby, aggregates, *args, **kwargs)
        return rows

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Override of the ORM: see `_get_measured_domain` and `_avoid_compiling`."""
        self._avoid_compiling()
        measured = fields.Domain(domain) & self._get_measured_domain(aggregates)
        sets = super()._read_grouping_sets(measured, grouping_sets, aggregates, order)
        if any(map(self._is_of_deleted, grouping_sets, sets)):
            live = self.with_context(rma_live_measures=True)
            return live._read_grouping_sets(domain, grouping_sets, aggregates, order)
        return sets

    @api.model
    def _is_of_deleted(self, groupby, rows):
        """Whether a copy has counted for a record that isn't there any more: clients
        could not name it."""
        for position, name in enumerate(groupby):
            column = self._fields.get(name)
            if column and column.type == "many2one":
                found = {row[position].id for row in rows} - {False}
                records = self.env[column.comodel_name].browse(found)
                if len(records.exists()) < len(found):
                    return True
        return False

    @api.model
    def _get_measured_domain(self, aggregates):
        """Leaves out the events that say nothing about any of these measures, so that
        they aren't even read; nothing of them would be added."""
        columns = self._get_measured_columns(aggregates)
        if not columns:
            return fields.Domain.TRUE
        facts = {
            self._get_fact_name(name)
            for name, fact in self._get_facts().items()
            if columns & set(fact.values)
        }
        return fields.Domain("fact", "in", sorted(facts))

    @api.model
    def _avoid_compiling(self):
        """PostgreSQL's JIT would compile each of the many SELECTs, which takes longer
        than to run them."""
        self.env.cr.execute("SET LOCAL jit = off")

    @property
    def _table_query(self):
        """The ORM asks for it once per measure when it describes them to a client, so
        it is kept for the transaction."""
        companies = self.env.companies
        is_live = bool(self.env.context.get("rma_live_measures"))
        key = (self._name, is_live, self.env.company.id, *companies.ids)
        cache = self.env.cr.cache
        if key not in cache:
            copy = not is_live and self._find_copy()
            cache[key] = self._make_table_query(copy)
        return cache[key]

    @api.model
    def _forget_query(self):
        """There is another copy, or none."""
        cache = self.env.cr.cache
        for key in [key for key in cache if key[:1] == (self._name,)]:
            del cache[key]

    @api.model
    def _find_copy(self):
        # sudo: who reads the measures may know where they come from
        return self.env["rma.authorization.report.copy"].sudo()._find()

    @api.model
    def _make_table_query(self, copy=None):
        """All events: of the records themselves, or of a copy and, of the records, what
        time alone changes."""
        columns = self._get_columns()
        parts = [
            self._select_fact(number, name, fact, columns)
            for number, name, fact in self._number_facts()
            if fact.depends_on_today or not copy
        ]
        if copy:
            parts.append(self._select_copy(copy, columns))
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _number_facts(self):
        """[(number, name, Fact)]; the numbers are part of the rows' ids."""
        return [
            (number, name, fact)
            for number, (name, fact) in enumerate(self._get_facts().items(), 1)
        ]

    @api.model
    def _get_columns(self):
        """{column: its type}. All SELECTs have the same, or PostgreSQL would make all
        rows before it looks at conditions."""
        return {
            name: COLUMN_TYPES[column.type]
            for name, column in self._fields.items()
            if column.store and column.type in COLUMN_TYPES and name != "id"
        }

    @api.model
    def _select_fact(self, number, name, fact, columns, is_converted=True):
        """The rows of an event.

        :param bool is_converted: whether amounts are in the currency one works in, or
            in that of the row's company
        """
        company_id = fact.values["company_id"]
        values = {
            **fact.values,
            "fact": SQL("%s", self._get_fact_name(name)),
            "date": fact.day or self._get_day(fact.moment, company_id),
        }
        values = {column: values.get(column, SQL("NULL")) for column in columns}
        return SQL(
            "SELECT (%s)::bigint * %s + %s AS id, %s FROM %s WHERE %s",
            fact.row_id,
            MAX_FACTS,
            number,
            self._select_columns(columns, values, is_converted and company_id),
            fact.source,
            fact.where,
        )

    @api.model
    def _select_copy(self, copy, columns):
        values = {column: SQL.identifier("copy", column) for column in columns}
        return SQL(
            "SELECT copy.id, %s FROM %s copy",
            self._select_columns(columns, values, SQL("copy.company_id")),
            SQL.identifier(copy._get_table()),
        )

    @api.model
    def _select_columns(self, columns, values, company_id):
        """Columns of a SELECT; amounts are converted from the row's company, if it is
        given."""
        values["currency_id"] = SQL("%s", self.env.company.currency_id.id)
        if company_id and (rate := self._get_rate(company_id)):
            for name, value in values.items():
                if self._fields[name].type == "monetary" and value.code != "NULL":
                    values[name] = SQL("(%s) * %s", value, rate)
        return SQL(", ").join(
            SQL(
                "(%s)::%s AS %s",
                values[column],
                SQL(column_type),
                SQL.identifier(column),
            )
            for column, column_type in columns.items()
        )

    @api.model
    def _get_rate(self, company_id):
        """What an amount of a row's company is multiplied with, to be one in the
        currency of the company one works in, at today's rate; None if all have that."""
        today = fields.Date.context_today(self)
        target = self.env.company
        expression = None
        for company in self.env.companies:
            if company.currency_id != target.currency_id:
                rate = company.currency_id._get_conversion_rate(
                    company.currency_id, target.currency_id, target, today
                )
                expression = SQL(
                    "CASE WHEN %s = %s THEN %s ELSE %s END",
                    company_id,
                    company.id,
                    rate,
                    expression or SQL("1.0"),
                )
        return expression
