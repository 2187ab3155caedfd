# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import SQL

REPEAT_DAYS = 90
# Of a supplier for whom none are agreed, as `rma.authorization.supplier` reminds.
ANSWER_DAYS = 14
# Where the classes of age at return end, in months (TL 9000: ERI, YRR and LTR).
EARLY_MONTHS = 6
YEAR_MONTHS = 18
# Open claims up to so many days old: `claim_age` of the report.
CLAIM_AGES = (30, 60, 90)
A_COMPANY = SQL("a.company_id")

# quality cases, with whom and what they are about
_CASES = SQL(
    """
    rma_authorization_case problem
    LEFT JOIN res_partner customer ON customer.id = problem.partner_id
    LEFT JOIN product_product product ON product.id = problem.product_id
    LEFT JOIN product_template template ON template.id = product.product_tmpl_id
    """
)


def is_claim(finding):
    """Whether a finding is an accepted warranty claim, if its line is under warranty:
    what the customer or the carrier caused isn't covered by that.

    :param str finding: alias of the finding's table
    """
    return SQL(
        "%(finding)s.fault_found = 'found' AND %(finding)s.verdict = 'accepted' "
        "AND COALESCE(%(finding)s.responsible, 'us') IN ('us', 'supplier')",
        finding=SQL.identifier(finding),
    )


# What stands behind a return line (`line` of `a`). Each is joined by a unique key, and
# by LEFT JOIN: PostgreSQL leaves out those that a question doesn't ask for.
LINE_JOINS = SQL(
    """
    LEFT JOIN rma_authorization_reason reason ON reason.id = line.reason_id
    LEFT JOIN res_partner customer ON customer.id = a.commercial_partner_id
    LEFT JOIN product_product product ON product.id = line.product_id
    LEFT JOIN product_template template ON template.id = product.product_tmpl_id
    LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
    LEFT JOIN uom_uom own ON own.id = template.uom_id
    LEFT JOIN sale_order_line sol ON sol.id = line.sale_line_id
    LEFT JOIN sale_order so ON so.id = sol.order_id
    LEFT JOIN (
        SELECT line_id, MIN(fault_id) AS fault_id, MIN(cause_id) AS cause_id,
               MIN(responsible) AS responsible, BOOL_OR(%s) AS is_claim
          FROM rma_authorization_inspection one
         GROUP BY line_id
    ) judged ON judged.line_id = line.id
    """,
    is_claim("one"),
)
# What is about a whole return counts under its first line.
FIRST_LINE = SQL(
    """
    LEFT JOIN (
        SELECT authorization_id, MIN(id) AS id
          FROM rma_authorization_line
         GROUP BY authorization_id
    ) first ON first.authorization_id = a.id
    """
)
# Order lines whose goods have a warranty. All that a line delivers is promised the
# same; the passports of a kit are about its components.
WARRANTED = SQL(
    """
    LEFT JOIN (
        SELECT sale_line_id
          FROM rma_authorization_warranty
         WHERE sale_line_id IS NOT NULL
         GROUP BY sale_line_id
    ) warranted ON warranted.sale_line_id = sol.id
    """
)


@dataclass
class Fact:
    """One kind of rows: a SELECT of the UNION.

    `moment` is a datetime in UTC, `day` a date; one of them says when it happened.
    `depends_on_today`: it comes and goes with time alone, and is read from no copy.
    """

    row_id: SQL
    source: SQL
    where: SQL
    moment: SQL | None = None
    day: SQL | None = None
    values: dict = field(default_factory=dict)
    depends_on_today: bool = False


class RmaAuthorizationReportFact(models.AbstractModel):
    """What the rows of `rma.authorization.report` are made of: a SELECT for each kind
    of event. Amounts are in the currency of the row's company."""

    _name = "rma.authorization.report.fact"
    _description = "Events of Returns"

    # -- expressions -----------------------------------------------------------------

    @api.model
    def _get_day(self, moment, company_id=A_COMPANY):
        """The day that it was at `moment`, a datetime in UTC, for the company of the
        row, as its `_get_rma_day` says."""
        timezones = {}
        for company in self.env.companies:
            timezones.setdefault(company._get_rma_timezone(), []).append(company.id)
        timezone, *others = timezones
        expression = SQL("%s", timezone)
        for other in others:
            expression = SQL(
                "CASE WHEN %s IN %s THEN %s ELSE %s END",
                company_id,
                tuple(timezones[other]),
                other,
                expression,
            )
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, expression)

    @api.model
    def _get_today(self, company_id=A_COMPANY):
        """The day of the rows that say how things stand, rather than what happened."""
        return self._get_day(SQL("%s::timestamp", fields.Datetime.now()), company_id)

    # -- facts -----------------------------------------------------------------------

    @api.model
    def _get_facts(self):
        """{name of the event: Fact}, in a fixed order: it is part of the rows' ids.
        Override to change one, or to add one at the end."""
        return {
            "shipped": self._get_shipped(),
            "requested": self._get_requested(),
            "decided": self._get_decided(),
            "authorized": self._get_authorized(),
            "expired": self._get_expired(),
            "received": self._get_received(),
            "inspected": self._get_inspected(),
            "disposed": self._get_disposed(),
            "settled": self._get_settled(),
            "owed": self._get_owed(),
            "closed": self._get_closed(),
            "timed": self._get_timed(SQL("timer.state IN ('done', 'missed')")),
            "cost": self._get_costs(),
            "rated": self._get_rated(),
            "case": self._get_cases(),
            "penalty": self._get_penalties(),
            "timed_late": self._get_timed_late(),
            "case_closed": self._get_closed_cases(),
            "claim": self._get_open_claims(),
            "answered": self._get_answered(),
            "answered_late": self._get_answered_late(),
        }

    @api.model
    def _get_fact_name(self, name):
        """Name of the event of a Fact. Override where several are the same event."""
        return name.removesuffix("_late")

    @api.model
    def _get_line_values(self):
        """What `a` and `line` with their joins say about every kind of row."""
        return {
            "company_id": A_COMPANY,
            "direction": SQL("a.direction"),
            "authorization_id": SQL("a.id"),
            "line_id": SQL("line.id"),
            "sale_order_id": SQL("sol.order_id"),
            "partner_id": SQL("a.commercial_partner_id"),
            "country_id": SQL("customer.country_id"),
            "vendor_id": SQL(
                "CASE WHEN a.direction = 'supplier' THEN a.commercial_partner_id END"
            ),
            "team_id": SQL("a.team_id"),
            "user_id": SQL("a.user_id"),
            "salesman_id": SQL("so.user_id"),
            "policy_id": SQL("line.policy_id"),
            "reason_id": SQL("line.reason_id"),
            "product_id": SQL("line.product_id"),
            "categ_id": SQL("template.categ_id"),
            "fault_id": SQL("judged.fault_id"),
            "cause_id": SQL("judged.cause_id"),
            "responsible": SQL("COALESCE(judged.responsible, reason.responsible)"),
            "resolution": SQL("line.resolution"),
            "sale_date": self._get_day(self._get_sale_moment()),
        }

    @api.model
    def _get_line_joins(self):
        """What is behind `line` of `a`. Override to add to it, by unique keys."""
        return LINE_JOINS

    @api.model
    def _get_header_joins(self):
        return SQL(
            "%s LEFT JOIN rma_authorization_line line ON line.id = first.id %s",
            FIRST_LINE,
            self._get_line_joins(),
        )

    @api.model
    def _get_sale_moment(self):
        """When the goods of the order line `sol` were sold. Override where deliveries
        are known."""
        return SQL("so.date_order")

    @api.model
    def _in_units(self, qty):
        """A quantity of the line's `unit` in the product's `own`."""
        return SQL("%s * unit.factor / own.factor", qty)

    @api.model
    def _get_product_cost(self):
        """Cost of a unit of `product`, in the currency of the return's company."""
        return SQL(
            "COALESCE((product.standard_price ->> a.company_id::text)::numeric, 0)"
        )

    @api.model
    def _count_days(self, start, end):
        return SQL("EXTRACT(EPOCH FROM %s - %s) / 86400.0", end, start)

    @api.model
    def _count_if(self, condition):
        return SQL("CASE WHEN %s THEN 1 ELSE 0 END", condition)

    @api.model
    def _count_warranted(self, qty):
        """Of a shipped quantity what has a warranty, by WARRANTED."""
        return SQL("CASE WHEN warranted.sale_line_id IS NOT NULL THEN %s END", qty)

    @api.model
    def _count_ages(self, qty, moment):
        """A quantity that came back at `moment`, by its age: months end as those of a
        warranty, with the day of the sale."""
        sold, came = self._get_day(self._get_sale_moment()), self._get_day(moment)
        early, year = (
            SQL("%s + INTERVAL %s", sold, f"{months} months")
            for months in (EARLY_MONTHS, YEAR_MONTHS)
        )
        return {
            "qty_returned_early": SQL(
                "CASE WHEN %s <= %s THEN %s END", came, early, qty
            ),
            "qty_returned_year": SQL(
                "CASE WHEN %s > %s AND %s <= %s THEN %s END",
                came,
                early,
                came,
                year,
                qty,
            ),
            "qty_returned_late": SQL("CASE WHEN %s > %s THEN %s END", came, year, qty),
        }

    @api.model
    def _get_shipped(self):
        delivered = SQL(
            "(sol.qty_delivered + CASE WHEN sol.qty_delivered_method = 'manual' THEN 0 "
            "ELSE COALESCE(sol.rma_credited_qty, 0) END)"
        )
        company_id, moment = SQL("so.company_id"), self._get_sale_moment()
        qty = self._in_units(delivered)
        values = {
            "company_id": company_id,
            "direction": SQL("'customer'"),
            "sale_date": self._get_day(moment, company_id),
            "sale_order_id": SQL("so.id"),
            "partner_id": SQL("COALESCE(p.commercial_partner_id, p.id)"),
            "country_id": SQL("customer.country_id"),
            "salesman_id": SQL("so.user_id"),
            "product_id": SQL("sol.product_id"),
            "categ_id": SQL("template.categ_id"),
            "qty_shipped": qty,
            "qty_warranted": self._count_warranted(qty),
            "amount_sold": SQL(
                "%s * sol.price_subtotal / NULLIF(sol.product_uom_qty, 0) "
                "/ COALESCE(NULLIF(so.currency_rate, 0), 1)",
                delivered,
            ),
        }
        return Fact(
            row_id=SQL("sol.id"),
            source=SQL(
                """
                sale_order_line sol
                JOIN sale_order so ON so.id = sol.order_id
                JOIN product_product product ON product.id = sol.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                LEFT JOIN uom_uom unit ON unit.id = sol.product_uom_id
                LEFT JOIN uom_uom own ON own.id = template.uom_id
                LEFT JOIN res_partner p ON p.id = so.partner_id
                LEFT JOIN res_partner customer ON customer.id = p.commercial_partner_id
                %s
                """,
                WARRANTED,
            ),
            where=SQL(
                "sol.state = 'sale' AND template.type = 'consu' AND %s > 0", delivered
            ),
            moment=moment,
            values=values,
        )

    @api.model
    def _get_requested(self):
        return Fact(
            row_id=SQL("a.id"),
            source=SQL("rma_authorization a %s", self._get_header_joins()),
            where=SQL("(a.date_submitted IS NOT NULL OR a.is_prevented)"),
            moment=SQL("COALESCE(a.date_submitted, a.date_request)"),
            values={
                **self._get_line_values(),
                "requests": SQL("1"),
                "prevented": self._count_if(SQL("a.is_prevented")),
            },
        )

    @api.model
    def _get_decided(self):
        approved = SQL("decision.to_state = 'authorized'")
        return Fact(
            row_id=SQL("decision.id"),
            source=SQL(
                """
                (SELECT DISTINCT ON (authorization_id) id, authorization_id, to_state,
                        date
                   FROM rma_authorization_log
                  WHERE from_state = 'submitted'
                    AND to_state IN ('authorized', 'refused')
                  ORDER BY authorization_id, id
                ) decision
                JOIN rma_authorization a ON a.id = decision.authorization_id
                %s
                """,
                self._get_header_joins(),
            ),
            where=SQL("TRUE"),
            moment=SQL("decision.date"),
            values={
                **self._get_line_values(),
                "decided": SQL("1"),
                "approved": self._count_if(approved),
                "first_pass": self._count_if(
                    # what was asked before there was the flag
                    SQL(
                        "%s AND NOT COALESCE(a.is_questioned, a.question IS NOT NULL)",
                        approved,
                    )
                ),
                "decision_days": self._count_days(
                    SQL("a.date_request"), SQL("decision.date")
                ),
            },
        )

    @api.model
    def _get_authorized(self):
        return Fact(
            row_id=SQL("line.id"),
            source=SQL(
                """
                rma_authorization_line line
                JOIN rma_authorization a ON a.id = line.authorization_id
                %s
                """,
                self._get_line_joins(),
            ),
            where=SQL("a.date_authorized IS NOT NULL AND line.qty_authorized > 0"),
            moment=SQL("a.date_authorized"),
            values={
                **self._get_line_values(),
                "lines_authorized": SQL("1"),
                "lines_overridden": self._count_if(
                    SQL("line.eligibility = 'ineligible'")
                ),
            },
        )

    @api.model
    def _get_expired(self):
        return Fact(
            row_id=SQL("log.id"),
            source=SQL(
                """
                rma_authorization_log log
                JOIN rma_authorization a ON a.id = log.authorization_id
                %s
                """,
                self._get_header_joins(),
            ),
            where=SQL("log.to_state = 'expired'"),
            moment=SQL("log.date"),
            values={**self._get_line_values(), "expired": SQL("1")},
        )

    @api.model
    def _get_received(self):
        qty = self._in_units(self._get_received_qty())
        return Fact(
            row_id=SQL("line.id"),
            source=SQL(
                """
                rma_authorization_line line
                JOIN rma_authorization a ON a.id = line.authorization_id
                %s
                LEFT JOIN rma_authorization_line earlier ON earlier.id = sol.rma_line_id
                """,
                self._get_line_joins(),
            ),
            where=SQL("line.qty_received > 0"),
            moment=SQL("line.date_received"),
            values={
                **self._get_line_values(),
                "qty_returned": qty,
                **self._count_ages(qty, SQL("line.date_received")),
                "qty_doa_claimed": SQL("CASE WHEN reason.is_doa THEN %s END", qty),
                "qty_repeat": SQL(
                    "CASE WHEN line.date_received "
                    "<= earlier.date_received + INTERVAL %s THEN %s END",
                    f"{REPEAT_DAYS} days",
                    qty,
                ),
                "receipt_days": self._count_days(
                    SQL("a.date_authorized"), SQL("line.date_received")
                ),
                "age_days": self._count_days(
                    self._get_sale_moment(), SQL("line.date_received")
                ),
            },
        )

    @api.model
    def _get_received_qty(self):
        """What of `line` these rows count, in its unit."""
        return SQL("line.qty_received")

    @api.model
    def _get_finding(self, where, moment, values):
        """Rows of findings, which know better than their line what is wrong."""
        return Fact(
            row_id=SQL("finding.id"),
            source=SQL(
                """
                rma_authorization_inspection finding
                JOIN rma_authorization_line line ON line.id = finding.line_id
                JOIN rma_authorization a ON a.id = line.authorization_id
                %s
                """,
                self._get_line_joins(),
            ),
            where=where,
            moment=moment,
            values={
                **self._get_line_values(),
                "fault_id": SQL("finding.fault_id"),
                "cause_id": SQL("finding.cause_id"),
                "responsible": SQL("finding.responsible"),
                "resolution": SQL("finding.resolution"),
                "disposition": SQL("finding.disposition"),
                **values,
            },
        )

    @api.model
    def _get_inspected(self):
        qty = self._in_units(SQL("finding.qty"))

        def count(condition):
            return SQL("CASE WHEN %s THEN %s END", condition, qty)

        return self._get_finding(
            SQL("TRUE"),
            SQL("finding.date"),
            {
                "qty_inspected": qty,
                "qty_diagnosed": count(SQL("finding.fault_found IN ('found', 'none')")),
                "qty_faulty": count(SQL("finding.fault_found = 'found'")),
                "qty_nff": count(SQL("finding.fault_found = 'none'")),
                "qty_doa_confirmed": count(
                    SQL(
                        "finding.fault_found = 'found' AND reason.is_doa "
                        "AND (line.is_doa OR line.policy_id IS NULL)"
                    )
                ),
                "qty_warranty": count(
                    SQL("line.under_warranty AND %s", is_claim("finding"))
                ),
                "disposition_days": self._count_days(
                    SQL("line.date_received"), SQL("finding.date")
                ),
            },
        )

    @api.model
    def _get_disposed(self):
        qty = self._in_units(SQL("finding.qty_disposed"))

        def count(code):
            return SQL("CASE WHEN finding.disposition = %s THEN %s END", code, qty)

        cost = SQL(
            "CASE WHEN finding.disposition NOT IN ('keep', 'send_back') "
            "THEN %s * %s END",
            qty,
            self._get_product_cost(),
        )
        return self._get_finding(
            SQL("finding.qty_disposed > 0"),
            self._get_disposed_moment(),
            {
                "qty_disposed": qty,
                "qty_restocked": count("restock"),
                "qty_regraded": count("regrade"),
                "qty_scrapped": count("scrap"),
                "qty_given_back": count("send_back"),
                "amount_disposed": cost,
                "amount_kept": cost,
            },
        )

    @api.model
    def _get_disposed_moment(self):
        """When the goods of `finding` went where they belong. Override where moves
        say so."""
        return SQL("finding.date")

    @api.model
    def _get_settled(self):
        qty = self._in_units(SQL("settlement.qty"))
        return Fact(
            row_id=SQL("settlement.id"),
            source=SQL(
                """
                rma_authorization_settlement settlement
                JOIN rma_authorization_line line ON line.id = settlement.line_id
                JOIN rma_authorization a ON a.id = line.authorization_id
                %s
                LEFT JOIN rma_authorization_inspection finding
                       ON finding.id = settlement.inspection_id
                """,
                self._get_line_joins(),
            ),
            where=SQL(
                "settlement.state = 'done' AND settlement.resolution != 'none' "
                "AND settlement.date_done IS NOT NULL"
            ),
            day=SQL("settlement.date_done"),
            values={
                **self._get_line_values(),
                "resolution": SQL("settlement.resolution"),
                "fault_id": SQL("COALESCE(finding.fault_id, judged.fault_id)"),
                "cause_id": SQL("COALESCE(finding.cause_id, judged.cause_id)"),
                "qty_settled": qty,
                "qty_exchanged": SQL(
                    "CASE WHEN settlement.resolution = 'exchange' THEN %s END", qty
                ),
                "qty_advanced": SQL(
                    "CASE WHEN settlement.resolution = 'exchange' AND line.advance "
                    "AND settlement.inspection_id IS NULL THEN %s END",
                    qty,
                ),
                "qty_given_back": SQL(
                    "CASE WHEN settlement.resolution IN ('exchange', 'repair') "
                    "THEN %s END",
                    qty,
                ),
                "remedy_days": SQL(
                    "settlement.date_done - %s", self._get_day(SQL("a.date_request"))
                ),
                "repair_days": SQL(
                    "CASE WHEN settlement.resolution = 'repair' "
                    "THEN settlement.date_done - %s END",
                    self._get_day(SQL("line.date_received")),
                ),
                "refund_days": SQL(
                    "CASE WHEN settlement.resolution = 'credit' "
                    "THEN settlement.date_done - %s END",
                    self._get_day(SQL("COALESCE(finding.date, line.date_received)")),
                ),
            },
        )

    @api.model
    def _get_owed(self):
        return Fact(
            row_id=SQL("line.id"),
            source=SQL(
                """
                rma_authorization_line line
                JOIN rma_authorization a ON a.id = line.authorization_id
                %s
                """,
                self._get_line_joins(),
            ),
            where=SQL(
                "line.qty_owed > 0 AND line.owed_deadline < %s",
                fields.Date.context_today(self),
            ),
            day=SQL("line.owed_deadline"),
            depends_on_today=True,
            values={
                **self._get_line_values(),
                "qty_owed_late": self._in_units(SQL("line.qty_owed")),
            },
        )

    @api.model
    def _get_closed(self):
        return Fact(
            row_id=SQL("a.id"),
            source=SQL("rma_authorization a %s", self._get_header_joins()),
            where=SQL("a.state = 'closed' AND a.date_closed IS NOT NULL"),
            moment=SQL("a.date_closed"),
            values={
                **self._get_line_values(),
                "closed": SQL("1"),
                "turnaround_days": self._count_days(
                    SQL("a.date_request"), SQL("a.date_closed")
                ),
            },
        )

    @api.model
    def _get_timed(self, where):
        """Clocks that are over. What others had to answer has put the due time off."""
        return Fact(
            row_id=SQL("timer.id"),
            source=SQL(
                """
                rma_authorization_timer timer
                JOIN rma_authorization a ON a.id = timer.authorization_id
                %s
                LEFT JOIN rma_authorization_line line
                       ON line.id = COALESCE(timer.line_id, first.id)
                %s
                """,
                FIRST_LINE,
                self._get_line_joins(),
            ),
            where=where,
            moment=SQL("COALESCE(timer.date_done, timer.date_due)"),
            values={
                **self._get_line_values(),
                "milestone": SQL("timer.milestone"),
                "timers_due": SQL("1"),
                "timers_met": self._count_if(SQL("timer.state = 'done'")),
                "answer_hours": SQL(
                    "CASE WHEN timer.milestone = 'first_answer' "
                    "AND timer.date_done IS NOT NULL THEN timer.hours_used END"
                ),
            },
        )

    @api.model
    def _get_timed_late(self):
        """Clocks that still run, and are past their time."""
        fact = self._get_timed(
            SQL(
                "timer.state = 'running' AND timer.date_due < %s", fields.Datetime.now()
            )
        )
        fact.depends_on_today = True
        return fact

    @api.model
    def _get_costs(self):
        amount = SQL("cost.amount")

        def add(condition, sign=1):
            return SQL("CASE WHEN %s THEN %s * %s END", condition, sign, amount)

        spent = SQL("cost.kind NOT IN ('credit', 'fee', 'recovery')")
        # before anybody else pays a part of it
        lost = SQL("cost.kind NOT IN ('fee', 'recovery')")
        return Fact(
            row_id=SQL("cost.id"),
            source=SQL(
                """
                rma_authorization_cost cost
                JOIN rma_authorization a ON a.id = cost.authorization_id
                %s
                LEFT JOIN rma_authorization_line line
                       ON line.id = COALESCE(cost.line_id, first.id)
                %s
                """,
                FIRST_LINE,
                self._get_line_joins(),
            ),
            where=SQL("TRUE"),
            day=SQL("cost.date"),
            values={
                **self._get_line_values(),
                "cost_kind": SQL("cost.kind"),
                "amount_cost": add(spent),
                "amount_credited": add(SQL("cost.kind = 'credit'")),
                "amount_fee": add(SQL("cost.kind = 'fee'"), -1),
                "amount_recovered": add(SQL("cost.kind = 'recovery'"), -1),
                "amount_net": amount,
                "amount_kept": add(SQL("cost.kind = 'value_loss'"), -1),
                "amount_supplier_cost": add(
                    SQL(
                        "%s AND "
                        "COALESCE(judged.responsible, reason.responsible) = 'supplier'",
                        lost,
                    )
                ),
                "amount_warranty": add(
                    SQL("%s AND line.under_warranty AND judged.is_claim", lost)
                ),
            },
        )

    @api.model
    def _get_rated(self):
        return Fact(
            row_id=SQL("rating.id"),
            source=SQL(
                """
                rating_rating rating
                JOIN rma_authorization a ON a.id = rating.rma_id
                %s
                """,
                self._get_header_joins(),
            ),
            where=SQL("TRUE"),
            moment=SQL("rating.create_date"),
            values={
                **self._get_line_values(),
                "surveys": SQL("1"),
                "ratings": self._count_if(SQL("rating.consumed")),
                "rating_sum": SQL("CASE WHEN rating.consumed THEN rating.rating END"),
            },
        )

    @api.model
    def _get_case_values(self, company_id):
        """What `problem`, a quality case, says about its rows."""
        return {
            "company_id": company_id,
            "direction": SQL("'customer'"),
            "case_id": SQL("problem.id"),
            "partner_id": SQL("customer.commercial_partner_id"),
            "country_id": SQL("customer.country_id"),
            "vendor_id": SQL("problem.vendor_id"),
            "product_id": SQL("problem.product_id"),
            "categ_id": SQL("template.categ_id"),
            "fault_id": SQL("problem.fault_id"),
        }

    @api.model
    def _get_cases(self):
        """Quality cases on the day on which they were opened. A day counts once it was
        reached, or is over."""
        today = fields.Date.context_today(self)
        company_id = SQL("problem.company_id")
        due, met = [], []
        for target, reached in (
            ("date_containment_due", "date_contained"),
            ("date_close_due", "date_closed"),
        ):
            day = self._get_day(SQL.identifier("problem", reached), company_id)
            target = SQL.identifier("problem", target)
            due.append(
                self._count_if(
                    SQL(
                        "%s IS NOT NULL AND (%s IS NOT NULL OR %s < %s)",
                        target,
                        day,
                        target,
                        today,
                    )
                )
            )
            met.append(self._count_if(SQL("%s <= %s", day, target)))
        return Fact(
            row_id=SQL("problem.id"),
            source=_CASES,
            where=SQL("problem.step != 'cancelled'"),
            moment=SQL("problem.date_opened"),
            depends_on_today=True,
            values={
                **self._get_case_values(company_id),
                "cases": SQL("1"),
                "cases_due": SQL(" + ").join(due),
                "cases_met": SQL(" + ").join(met),
            },
        )

    @api.model
    def _get_penalties(self):
        company_id = SQL("event.company_id")
        return Fact(
            row_id=SQL("event.id"),
            source=SQL(
                """
                rma_authorization_case_event event
                JOIN rma_authorization_case problem ON problem.id = event.case_id
                LEFT JOIN res_partner customer ON customer.id = event.partner_id
                LEFT JOIN product_product product ON product.id = problem.product_id
                LEFT JOIN product_template template
                       ON template.id = product.product_tmpl_id
                """
            ),
            where=SQL("event.kind = 'penalty'"),
            day=SQL("event.date"),
            values={
                **self._get_case_values(company_id),
                "amount_penalty": SQL("event.amount_company"),
            },
        )

    @api.model
    def _get_closed_cases(self):
        """Quality cases on the day on which they were closed, and whether they came
        again: units sold before the corrective actions were done prove nothing."""
        company_id = SQL("problem.company_id")
        return Fact(
            row_id=SQL("problem.id"),
            source=SQL(
                """
                %s
                LEFT JOIN (
                    SELECT case_id, MAX(date_done) AS date_done
                      FROM rma_authorization_case_action
                     WHERE kind = 'corrective'
                     GROUP BY case_id
                ) corrected ON corrected.case_id = problem.id
                LEFT JOIN (%s) again ON again.case_id = problem.id
                LEFT JOIN (
                    SELECT recurrence_of_id
                      FROM rma_authorization_case
                     WHERE step != 'cancelled'
                     GROUP BY recurrence_of_id
                ) follower ON follower.recurrence_of_id = problem.id
                """,
                _CASES,
                self._select_last_sales(),
            ),
            where=SQL("problem.step = 'closed' AND problem.date_closed IS NOT NULL"),
            moment=SQL("problem.date_closed"),
            values={
                **self._get_case_values(company_id),
                "cases_closed": SQL("1"),
                "cases_recurred": self._count_if(
                    SQL(
                        "follower.recurrence_of_id IS NOT NULL OR again.day > "
                        "COALESCE(corrected.date_done, problem.date_verified, %s)",
                        self._get_day(SQL("problem.date_closed"), company_id),
                    )
                ),
            },
        )

    @api.model
    def _select_last_sales(self):
        """The SELECT of the last day on which a unit was sold that came back with the
        product, the supplier, if it names one, and the fault of a closed case, or with
        a part of that fault."""
        return SQL(
            """
            SELECT closed.id AS case_id, MAX(%s) AS day
              FROM rma_authorization_case closed
              JOIN rma_authorization_inspection finding
                ON finding.product_id = closed.product_id
               AND finding.company_id = closed.company_id
              JOIN rma_authorization_line line ON line.id = finding.line_id
              JOIN rma_authorization a ON a.id = line.authorization_id
              %s
              LEFT JOIN rma_authorization_fault fault ON fault.id = closed.fault_id
              LEFT JOIN rma_authorization_fault found ON found.id = finding.fault_id
             WHERE closed.step = 'closed'
               AND a.direction = 'customer'
               AND finding.fault_found = 'found'
               AND (closed.vendor_id IS NULL OR finding.vendor_id = closed.vendor_id)
               AND (
                   fault.id IS NULL
                   OR starts_with(found.parent_path, fault.parent_path)
               )
             GROUP BY closed.id
            """,
            self._get_day(self._get_sale_moment()),
            self._get_line_joins(),
        )

    # -- suppliers -------------------------------------------------------------------

    @api.model
    def _get_supplier_lines(self, where, values, **kwargs):
        """Rows of the lines of returns to suppliers and carriers."""
        return Fact(
            row_id=SQL("line.id"),
            source=SQL(
                """
                rma_authorization_line line
                JOIN rma_authorization a ON a.id = line.authorization_id
                %s
                LEFT JOIN (
                    SELECT line_id, MAX(create_date) AS date
                      FROM rma_authorization_settlement
                     WHERE state != 'cancelled'
                     GROUP BY line_id
                ) answer ON answer.line_id = line.id
                LEFT JOIN (
                    SELECT authorization_id, MAX(date) AS date
                      FROM rma_authorization_log
                     WHERE to_state = 'refused'
                     GROUP BY authorization_id
                ) refusal ON refusal.authorization_id = a.id
                """,
                self._get_line_joins(),
            ),
            where=SQL(
                "a.direction = 'supplier' AND line.qty_authorized > 0 AND %s", where
            ),
            values={**self._get_line_values(), **values},
            **kwargs,
        )

    @api.model
    def _get_answer_due(self):
        """The last day for the answer to `line`: their days begin with our request,
        anew when they agree, and anew when they have the goods. `customer` is whoever
        is at the other side."""
        start = SQL(
            "COALESCE(GREATEST(a.date_submitted, a.date_authorized, "
            "line.date_received), a.date_request)"
        )
        return SQL(
            "(%s + COALESCE(NULLIF(customer.rma_answer_days, 0), %s))",
            self._get_day(start),
            ANSWER_DAYS,
        )

    @api.model
    def _get_open_claims(self):
        """What suppliers and carriers haven't made good yet, as it stands today."""
        today = self._get_today()
        open_qty = SQL(
            "(line.qty_authorized - COALESCE(line.qty_closed, 0) "
            "+ COALESCE(line.qty_lost_due, 0) - COALESCE(line.qty_settled, 0))"
        )
        days = SQL(
            "(%s - %s)",
            today,
            self._get_day(
                SQL("COALESCE(a.date_submitted, a.date_authorized, a.date_request)")
            ),
        )
        ages = SQL(" ").join(
            SQL("WHEN %s <= %s THEN %s", days, age, str(age)) for age in CLAIM_AGES
        )
        return self._get_supplier_lines(
            SQL("a.state IN ('submitted', 'authorized') AND %s > 0", open_qty),
            {
                "claim_age": SQL("CASE %s ELSE 'more' END", ages),
                "claims_open": SQL("1"),
                "claim_days": days,
                "amount_claim_open": SQL(
                    "line.claim_value * %s / line.qty_authorized", open_qty
                ),
            },
            day=today,
            depends_on_today=True,
        )

    @api.model
    def _get_answered(self):
        """Claims with their last answer, or their refusal."""
        moment = SQL("COALESCE(answer.date, refusal.date)")
        return self._get_supplier_lines(
            SQL(
                """(
                    a.state = 'refused'
                    OR a.state IN ('authorized', 'closed')
                    AND answer.line_id IS NOT NULL
                    AND COALESCE(line.qty_to_settle, 0) <= 0
                )"""
            ),
            {
                "claims_due": SQL("1"),
                "claims_met": self._count_if(
                    SQL("%s <= %s", self._get_day(moment), self._get_answer_due())
                ),
            },
            moment=moment,
        )

    @api.model
    def _get_answered_late(self):
        """Claims whose time for an answer, to the request or about the goods, is over.
        What we haven't shipped yet isn't theirs to answer."""
        due = self._get_answer_due()
        return self._get_supplier_lines(
            SQL(
                "(a.state = 'submitted' OR a.state = 'authorized' "
                "AND line.qty_to_settle > 0) AND %s < %s",
                due,
                self._get_today(),
            ),
            {"claims_due": SQL("1"), "claims_met": SQL("0")},
            day=due,
            depends_on_today=True,
        )
