# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

from ..recurrence import BASE_DAYS, LIFE_DAYS, Finding, Shipment, Tally, Weeks


class RmaAuthorizationSentinel(models.AbstractModel):
    """Watches whether products come back with a fault more often than by chance.

    Counted are confirmed faults (findings with a fault, in units of the product) that
    no case explains, against the days for which units were in use: each counts from
    its sale for LIFE_DAYS. Four questions are asked, each of every product:

    =======  =====================================================================
    rise     the last days against the year before; also for each fault alone
    lot      a lot against the other lots of the product
    vendor   a supplier's units against those of the other suppliers
    level    the last days against the rate that the company accepts
    =======  =====================================================================

    The first three compare two rates by the exact conditional test, the last one is an
    exact Poisson test (`recurrence.py`, `chance.py`). An alarm is a probability below

        false alarms a year / looks a year / kinds of question / questions of the kind

    so all looks of a year together have at most the company's number of false alarms
    (Bonferroni; exact tests of counts have fewer). What is less than the company's
    least number of units never alarms.

    What a case explains doesn't count again: new findings of the same product and
    fault, lot or supplier go to the open case.
    """

    _name = "rma.authorization.sentinel"
    _description = "Recurrence Watch"

    @api.model
    def _cron_watch(self):
        """Look once, in every company that wants it."""
        companies = self.env["res.company"].search([("rma_sentinel", "=", True)])
        for company in companies:
            # cases are written in the language of who reads them
            reader = company.rma_case_user_id.partner_id or company.partner_id
            here = self.with_company(company).with_context(lang=reader.lang)
            here._watch(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _watch(self, company):
        """Give open cases their new findings, and open one for each alarm.

        :return: the new cases
        """
        self._lock(company)
        today = company._get_rma_day(fields.Datetime.now())
        self._feed_open_cases(company)
        tally = Tally(
            company,
            today,
            self._get_shipments(company, today - timedelta(days=LIFE_DAYS + BASE_DAYS)),
            self._get_findings(company, today),
            self._get_lots_to_compare(company),
        )
        cases = self.env["rma.authorization.case"]
        # One defect rings several bells: the loudest opens a case, which explains its
        # findings, and what is left is looked at again.
        while alarms := tally.get_alarms():
            alarm = min(alarms, key=lambda alarm: alarm.probability)
            cases += self._open_case(company, alarm)
            tally.forget(alarm.findings)
        return cases

    @api.model
    def _lock(self, company):
        # Two looks at once would open a case each.
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext('rma_sentinel'), %s)", company.id
            )
        )

    # -- facts ---------------------------------------------------------------------

    @api.model
    def _get_shipments(self, company, since, products=None):
        """What was sold from that day on, added up by week.

        The base knows what was delivered of orders, before credits lowered it, and
        counts it on the order's day.
        Override in an addon that knows deliveries, lots and their suppliers.

        :param date since: nothing before this day
        :param products: only these; all when None
        :return: list of Shipment with ids (lot and vendor None where unknown), the
            Monday of the week, and the quantity in the product's unit
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.product_id, date_trunc('week', so.date_order)::date,
                       SUM((line.qty_delivered + COALESCE(line.rma_credited_qty, 0))
                           * unit.factor / own.factor)
                  FROM sale_order_line line
                  JOIN sale_order so ON so.id = line.order_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                  JOIN uom_uom own ON own.id = template.uom_id
                 WHERE so.company_id = %(company)s
                   AND so.date_order >= %(since)s
                   AND line.state = 'sale'
                   AND line.qty_delivered + COALESCE(line.rma_credited_qty, 0) > 0
                   AND %(chosen)s
                 GROUP BY 1, 2
                """,
                company=company.id,
                since=since,
                chosen=self._get_product_condition("line.product_id", products),
            )
        )
        return [
            Shipment(product, None, None, week, float(qty))
            for product, week, qty in rows
        ]

    @api.model
    def _get_product_condition(self, column, products):
        if products is None:
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", SQL(column), products.ids)

    @api.model
    def _get_findings(self, company, today, extra=(("case_id", "=", False),)):
        """Confirmed faults of goods that customers returned.

        :param extra: further domain; else those that no case explains
        :return: list of Finding
        """
        since = fields.Datetime.to_datetime(today) - timedelta(days=BASE_DAYS + 366)
        # sudo: the watch looks at every return of the company
        found = (
            self.env["rma.authorization.inspection"]
            .sudo()
            ._search(
                [
                    ("company_id", "=", company.id),
                    ("fault_found", "=", "found"),
                    ("date", ">=", since),
                    ("authorization_id.direction", "=", "customer"),
                    *extra,
                ]
            )
        )
        unit = self._get_unit_of_finding(found)
        self.env.flush_all()
        # Records of tens of thousands would take most of the memory and time.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT finding.id, finding.product_id, finding.fault_id,
                       %(lot)s, %(vendor)s,
                       (finding.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
                       finding.qty * unit.factor / own.factor
                  FROM rma_authorization_inspection finding
                  JOIN rma_authorization_line line ON line.id = finding.line_id
                  JOIN product_product product ON product.id = finding.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                  JOIN uom_uom own ON own.id = template.uom_id
                  %(joins)s
                 WHERE finding.id IN %(found)s
                 ORDER BY finding.id
                """,
                zone=company._get_rma_timezone(),
                found=found.subselect(),
                **unit,
            )
        )
        return [Finding(*facts, float(qty)) for *facts, qty in rows]

    @api.model
    def _get_unit_of_finding(self, found):
        """What is known of the unit that a finding is about. The base knows nothing.

        :param Query found: the findings in question
        :return: dict of SQL: `lot` and `vendor` are their ids or NULL, `joins` is what
            they need behind `rma_authorization_inspection finding`
        """
        return {"lot": SQL("NULL"), "vendor": SQL("NULL"), "joins": SQL("")}

    @api.model
    def _get_lots_to_compare(self, company):
        """Ids of products that have lots of many units: numbers of single units can't
        be compared."""
        return set()

    # -- chart ---------------------------------------------------------------------

    @api.model
    def _get_chart(self, case):
        """What a case shows of the weeks before: counted, and to be expected.

        :return: dict of lists `labels`, `counted`, `expected`, as long as each other
        """
        company = case.company_id
        today = company._get_rma_day(case.date_closed or fields.Datetime.now())
        extra = [("product_id", "=", case.product_id.id)]
        if case.fault_id:
            extra.append(("fault_id", "child_of", case.fault_id.id))
        weeks = Weeks(
            company,
            today,
            self._get_shipments(
                company,
                today - timedelta(days=LIFE_DAYS + BASE_DAYS),
                case.product_id,
            ),
            self._get_findings(company, today, extra),
            self._get_chart_filter(case),
            accepted=case.alarm_kind == "level",
        )
        labels = [
            format_date(self.env, day, date_format="dd MMM") for day in weeks.days
        ]
        return {
            "labels": labels,
            "counted": weeks.counted,
            "expected": [round(number, 2) for number in weeks.expected],
        }

    @api.model
    def _get_chart_filter(self, case):
        """A function that tells of a Shipment or Finding whether it is of the group the
        case is about; None where it isn't about a part of the product's units."""
        if case.vendor_id:
            return lambda row: row.vendor == case.vendor_id.id
        return None

    # -- cases ---------------------------------------------------------------------

    @api.model
    def _feed_open_cases(self, company):
        """Give new findings to the open case that explains them."""
        cases = self.env["rma.authorization.case"].search(
            [
                ("company_id", "=", company.id),
                ("step", "not in", ("closed", "cancelled")),
                ("product_id", "!=", False),
            ]
        )
        for case in cases:
            case._get_new_findings().case_id = case

    @api.model
    def _open_case(self, company, alarm):
        vals = self._prepare_case(company, alarm)
        earlier = self.env["rma.authorization.case"].search(
            [
                ("company_id", "=", company.id),
                ("product_id", "=", vals["product_id"]),
                ("fault_id", "=", vals.get("fault_id", False)),
                ("step", "=", "closed"),
            ],
            order="date_closed desc",
            limit=1,
        )
        case = earlier.create({**vals, "recurrence_of_id": earlier.id})
        self.env["rma.authorization.inspection"].browse(alarm.findings).case_id = case
        case._describe_problem()
        if case.user_id:
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Came back more often than by chance"),
                note=vals["alarm_note"],
                user_id=case.user_id.id,
            )
        return case

    @api.model
    def _prepare_case(self, company, alarm):
        vals = self._prepare_subject(alarm)
        return {
            **vals,
            "company_id": company.id,
            "user_id": company.rma_case_user_id.id,
            "alarm_kind": alarm.kind,
            "alarm_probability": alarm.probability,
            "alarm_count": alarm.count,
            "alarm_expected": alarm.expected,
            "alarm_note": self._get_alarm_note(company, alarm, vals["title"]),
            "priority": "1",
        }

    @api.model
    def _prepare_subject(self, alarm):
        """Values of a case that say what the alarm is about, with `title` in words."""
        product_id, detail = alarm.key
        product = self.env["product.product"].browse(product_id)
        vals = {"product_id": product.id, "title": product.display_name}
        if alarm.kind == "fault":
            fault = self.env["rma.authorization.fault"].browse(detail)
            vals["fault_id"] = fault.id
            vals["title"] += f": {fault.display_name}"
        elif alarm.kind == "vendor":
            vendor = self.env["res.partner"].browse(detail)
            vals["vendor_id"] = vendor.id
            vals["title"] += f" ({vendor.display_name})"
        return vals

    @api.model
    def _get_alarm_note(self, company, alarm, what):
        days = company.rma_sentinel_days
        if alarm.kind in ("lot", "vendor"):
            days += BASE_DAYS
        numbers = {
            "what": what,
            "count": formatLang(self.env, alarm.count, digits=0),
            "days": days,
            "expected": formatLang(self.env, alarm.expected, digits=1),
        }
        if alarm.probability < 1e-6:
            return self.env._(
                "%(what)s: %(count)s faulty units in %(days)s days, where %(expected)s "
                "were to be expected. By chance alone that happens less than once in a "
                "million looks.",
                **numbers,
            )
        return self.env._(
            "%(what)s: %(count)s faulty units in %(days)s days, where %(expected)s "
            "were to be expected. By chance alone that happens once in %(times)s "
            "looks.",
            times=formatLang(self.env, 1 / alarm.probability, digits=0),
            **numbers,
        )
