# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime, formatLang

from .rma_authorization_mailing import ROLE_USER
from .rma_authorization_progress import ROLE_TECHNICIAN

# Days of a period; the one before it is as long.
PERIODS = {"month": 30, "quarter": 90, "year": 365}
TREND_MONTHS = 12
LONGEST_PARETO = 8
MOST_PRODUCTS = 10
# The events that the figures are counted from.
MEASURED_FACTS = (
    "shipped",
    "requested",
    "decided",
    "received",
    "inspected",
    "disposed",
    "settled",
    "closed",
    "timed",
    "cost",
    "rated",
)
# Figures, and whether more of it is better (1), worse (-1), or neither.
FIGURES = {
    "requests": 0,
    "qty_returned": 0,
    "return_rate": -1,
    "on_time_rate": 1,
    "first_pass_rate": 1,
    "turnaround_median": -1,
    "turnaround_p90": -1,
    "nff_rate": -1,
    "repeat_rate": -1,
    "warranty_claim_rate": -1,
    "asset_recovery_rate": 1,
    "cost_per_return": -1,
    "amount_credited": 0,
    "amount_net": -1,
    "deflection_rate": 1,
    "satisfaction": 1,
}


class Queue(NamedTuple):
    """What waits for somebody: a list, and who works on it."""

    key: str
    label: str
    icon: str
    domain: list
    action: str
    groups: tuple = (ROLE_TECHNICIAN,)
    model: str = "rma.authorization"
    # whether anything in it is bad news
    is_alarm: bool = False


class RmaAuthorizationDashboard(models.AbstractModel):
    """What waits for whom, and how returns went: one call for the whole screen.

    Everything is counted with the rights of the user. Who may not read the measures
    gets the queues alone.
    """

    _name = "rma.authorization.dashboard"
    _description = "Dashboard of Returns"

    # -- calls of the client -----------------------------------------------------------

    @api.model
    def get_data(self, period="quarter", company_id=False):
        """All that the dashboard shows.

        :param str period: key of PERIODS, days until today
        :param int company_id: one of the companies one works in; by default all
        :return: dict; figures as numbers, and as text in the user's language
        :raise AccessError: for those who don't work on returns
        """
        self.env["rma.authorization"].check_access("read")
        dashboard = self._in_company(company_id)
        data = {
            "period": period,
            "companies": [
                {"id": company.id, "name": company.name}
                for company in self.env.companies
            ],
            "company_id": company_id,
            "queues": dashboard._count_queues(),
            "figures": [],
            "as_of": "",
        }
        if self.env["rma.authorization.report"].has_access("read"):
            data.update(
                as_of=dashboard._get_as_of(),
                figures=dashboard._get_figures(period),
                compared=dashboard._get_comparison(period),
                trend=dashboard._get_trend(),
                faults=dashboard._get_faults(period),
                products=dashboard._get_products(period),
            )
        return data

    @api.model
    def action_refresh(self):
        """Bring the figures up to date, where they are counted from a copy: soon, and
        for everybody.

        :raise AccessError: for those who may not read them
        """
        self.env["rma.authorization.report"].check_access("read")
        # sudo: whoever reads the figures may ask for new ones
        self.env["rma.authorization.report.copy"].sudo()._schedule()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The figures are being counted. Reload the dashboard in a minute."
                ),
            },
        }

    @api.model
    def action_open_queue(self, key, company_id=False):
        """Open the list that a tile counts."""
        dashboard = self._in_company(company_id)
        for queue in dashboard._get_queues():
            if queue.key == key and dashboard._may_see(queue):
                return {
                    **self.env["ir.actions.act_window"]._for_xml_id(queue.action),
                    "name": queue.label,
                    "display_name": queue.label,
                    "domain": dashboard._get_queue_domain(queue),
                    "context": {},
                }
        raise UserError(
            self.env._("This list isn't there any more. Reload the dashboard.")
        )

    @api.model
    def action_open_rows(self, name, res_id=False, period="quarter", company_id=False):
        """Open what a figure, a product or a fault was counted from.

        :param str name: a measure, or `product_id` or `fault_id`
        :param int res_id: the product or the fault; false for those without one
        """
        self.env["rma.authorization.report"].check_access("read")
        dashboard = self._in_company(company_id)
        start, end = dashboard._get_days(period)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_report_action"
        )
        return {
            **action,
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": list(
                dashboard._get_domain(start, end) & self._get_rows_domain(name, res_id)
            ),
            "context": {},
        }

    # -- scope -------------------------------------------------------------------------

    @api.model
    def _in_company(self, company_id):
        if not company_id:
            return self
        company = self.env.companies.filtered(lambda one: one.id == company_id)
        if not company:
            raise UserError(
                self.env._("Choose one of the companies that you work in just now.")
            )
        return self.with_context(allowed_company_ids=company.ids)

    @api.model
    def _get_days(self, period, before=0):
        """First and last day of a period.

        :param int before: how many periods ago
        """
        if period not in PERIODS:
            raise UserError(
                self.env._(
                    "%(period)s is no period of the dashboard. Choose one of: "
                    "%(periods)s.",
                    period=period,
                    periods=", ".join(PERIODS),
                )
            )
        days = PERIODS[period]
        last = fields.Date.context_today(self) - relativedelta(days=days * before)
        return last - relativedelta(days=days - 1), last

    @api.model
    def _get_domain(self, start, end, *facts):
        domain = fields.Domain(
            [
                ("company_id", "in", self.env.companies.ids),
                ("direction", "=", "customer"),
                ("date", ">=", start),
                ("date", "<=", end),
            ]
        )
        # other facts aren't even read
        return domain & fields.Domain("fact", "in", facts) if facts else domain

    @api.model
    def _get_rows_domain(self, name, res_id):
        if name == "product_id":
            return fields.Domain(
                [("fact", "in", ["shipped", "received"]), (name, "=", res_id)]
            )
        if name == "fault_id":
            return fields.Domain([("qty_faulty", ">", 0), (name, "=", res_id)])
        report = self.env["rma.authorization.report"]
        if ratio := report._get_ratios().get(name):
            return fields.Domain.OR([[(ratio.part, "!=", 0)], [(ratio.whole, "!=", 0)]])
        if percentile := report._get_percentiles().get(name):
            return fields.Domain(percentile.name, "!=", 0)
        if name in FIGURES:
            return fields.Domain(name, "!=", 0)
        raise UserError(
            self.env._("%(name)s is no figure of the dashboard.", name=name)
        )

    # -- queues ------------------------------------------------------------------------

    @api.model
    def _get_queues(self):
        """The queues in the order of the flow. Override to add those of an addon."""
        prefix = "rma_authorization.rma_authorization_action"
        user = (ROLE_USER,)
        return [
            Queue(
                "review",
                self.env._("To Review"),
                "fa-gavel",
                [("next_step", "=", "review")],
                f"{prefix}_review",
                user,
            ),
            Queue(
                "receive",
                self.env._("To Receive"),
                "fa-truck",
                [("next_step", "=", "receive")],
                f"{prefix}_receive",
            ),
            Queue(
                "inspect",
                self.env._("To Inspect"),
                "fa-search",
                [("next_step", "=", "inspect")],
                f"{prefix}_inspect",
            ),
            Queue(
                "settle",
                self.env._("To Settle"),
                "fa-handshake-o",
                [("next_step", "=", "settle")],
                f"{prefix}_settle",
                user,
            ),
            Queue(
                "late",
                self.env._("Late"),
                "fa-clock-o",
                [("is_late", "=", True)],
                "rma_authorization.rma_authorization_action",
                is_alarm=True,
            ),
            Queue(
                "awaiting",
                self.env._("Awaiting the Customer"),
                "fa-hourglass-half",
                [("awaiting_customer", "=", True)],
                "rma_authorization.rma_authorization_action",
                user,
            ),
        ]

    @api.model
    def _may_see(self, queue):
        return any(
            self.env.user.has_group(group) for group in queue.groups
        ) and self.env[queue.model].has_access("read")

    @api.model
    def _get_queue_domain(self, queue):
        domain = [*queue.domain, ("company_id", "in", self.env.companies.ids)]
        if queue.model == "rma.authorization":
            domain.append(("direction", "=", "customer"))
        return domain

    @api.model
    def _count_queues(self):
        return [
            {
                "key": queue.key,
                "label": queue.label,
                "icon": queue.icon,
                "count": count,
                "is_alarming": bool(count) and queue.is_alarm,
            }
            for queue in self._get_queues()
            if self._may_see(queue)
            for count in [
                self.env[queue.model].search_count(self._get_queue_domain(queue))
            ]
        ]

    # -- figures -----------------------------------------------------------------------

    @api.model
    def _get_as_of(self):
        """Time of the figures, in the user's language; empty if that is now."""
        copy = self.env["rma.authorization.report"]._find_copy()
        return format_datetime(self.env, copy.date, dt_format="short") if copy else ""

    @api.model
    def _get_figures(self, period):
        """Figures of the period, each with its change against the one before."""
        now = self._measure(*self._get_days(period))
        before = self._measure(*self._get_days(period, before=1))
        columns = self.env["rma.authorization.report"].fields_get(
            list(FIGURES), ["string", "help"]
        )
        return [
            {
                "name": name,
                "label": columns[name]["string"],
                "help": columns[name].get("help"),
                **self._describe_figure(name, direction, now[name], before[name]),
            }
            for name, direction in FIGURES.items()
        ]

    @api.model
    def _get_comparison(self, period):
        """Says what the changes are against."""
        start, end = self._get_days(period, before=1)
        return self.env._(
            "Below each figure: its change against the time from %(start)s to %(end)s.",
            start=format_date(self.env, start),
            end=format_date(self.env, end),
        )

    @api.model
    def _measure(self, start, end):
        """{figure: its value, None where there is nothing to divide}"""
        report = self.env["rma.authorization.report"]
        specs = [f"{name}:{report._fields[name].aggregator}" for name in FIGURES]
        values = report._read_group(
            self._get_domain(start, end, *MEASURED_FACTS), aggregates=specs
        )[0]
        of_groups = {**report._get_ratios(), **report._get_percentiles()}
        return {
            name: (value or 0)
            if name not in of_groups
            else (None if value is False else value)
            for name, value in zip(FIGURES, values, strict=True)
        }

    @api.model
    def _describe_figure(self, name, direction, value, before):
        change = None
        if value is not None and before is not None:
            change = value - before
            # what is too small to be shown is neither better nor worse
            if self._format(name, abs(change)) == self._format(name, 0.0):
                change = 0
        gain = direction * (change or 0.0)
        return {
            "value": value,
            "text": self._format(name, value),
            "change": change,
            "change_text": self._format_change(name, change),
            "is_better": gain > 0,
            "is_worse": gain < 0,
        }

    @api.model
    def _format(self, name, value):
        """In the user's language; a dash where there is nothing to say."""
        if value is None:
            return "–"
        report = self.env["rma.authorization.report"]
        if report._fields[name].type == "monetary":
            return formatLang(
                self.env, value, currency_obj=self.env.company.currency_id
            )
        if name.startswith("qty_"):
            return self._format_units(value)
        digits = 0 if report._fields[name].type == "integer" else 1
        return formatLang(self.env, value, digits=digits)

    @api.model
    def _format_units(self, qty):
        """Whole units as such, and parts of them with one digit."""
        qty = round(qty, 1)
        return formatLang(self.env, qty, digits=0 if qty == int(qty) else 1)

    @api.model
    def _format_change(self, name, change):
        if change is None:
            return ""
        text = self._format(name, abs(change))
        if change == 0:
            return text
        return f"{'+' if change > 0 else '−'}{text}"

    # -- charts ------------------------------------------------------------------------

    @api.model
    def _get_trend(self):
        """Units shipped and returned of the last months, months without any too."""
        report = self.env["rma.authorization.report"]
        today = fields.Date.context_today(self)
        months = [
            today.replace(day=1) - relativedelta(months=number)
            for number in reversed(range(TREND_MONTHS))
        ]
        rows = report._read_group(
            self._get_domain(months[0], today, "shipped", "received"),
            groupby=["date:month"],
            aggregates=["qty_shipped:sum", "qty_returned:sum", "return_rate:avg"],
        )
        found = {month: values for month, *values in rows}
        values = [found.get(month, (0, 0, 0)) for month in months]
        return {
            "labels": [
                format_date(self.env, month, date_format="MMM yyyy") for month in months
            ],
            "shipped": [row[0] or 0 for row in values],
            "shipped_texts": [self._format_units(row[0] or 0) for row in values],
            "returned": [row[1] or 0 for row in values],
            "returned_texts": [self._format_units(row[1] or 0) for row in values],
            "rates": [round(row[2] or 0, 2) for row in values],
            "rate_texts": [
                self._format("return_rate", row[2] if row[0] else None)
                for row in values
            ],
        }

    @api.model
    def _get_faults(self, period):
        """The Pareto of faults: the most frequent, each with its share and that of all
        up to it, of all units with a fault."""
        rows = self.env["rma.authorization.report"]._read_group(
            self._get_domain(*self._get_days(period), "inspected")
            & fields.Domain("qty_faulty", ">", 0),
            groupby=["fault_id"],
            aggregates=["qty_faulty:sum"],
            order="qty_faulty:sum DESC",
        )
        total = sum(qty for _fault, qty in rows)
        faults, sum_so_far = [], 0.0
        for fault, qty in rows[:LONGEST_PARETO]:
            sum_so_far += qty
            faults.append(
                {
                    "id": fault.id,
                    "name": fault.name or self.env._("No fault named"),
                    "full_name": fault.display_name or "",
                    "qty": qty,
                    "text": self._format_units(qty),
                    "share": 100 * qty / total,
                    "share_text": formatLang(self.env, 100 * qty / total, digits=1),
                    "cumulated": round(100 * sum_so_far / total, 1),
                }
            )
        return faults

    @api.model
    def _get_products(self, period):
        """What came back most, with its rate: how often, and out of how many."""
        rows = self.env["rma.authorization.report"]._read_group(
            self._get_domain(*self._get_days(period), "shipped", "received"),
            groupby=["product_id"],
            aggregates=["qty_returned:sum", "qty_shipped:sum", "return_rate:avg"],
            having=[("qty_returned:sum", ">", 0)],
            order="qty_returned:sum DESC",
            limit=MOST_PRODUCTS,
        )
        return [
            {
                "id": product.id,
                "name": product.display_name,
                "returned": returned,
                "returned_text": self._format_units(returned),
                "shipped_text": self._format_units(shipped or 0.0),
                "rate": rate or None,
                "rate_text": self._format("return_rate", rate or None),
            }
            for product, returned, shipped, rate in rows
        ]
