# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import collections
import dataclasses
import datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .rma_authorization_policy_match import Case


@dataclasses.dataclass
class Facts:
    """What the judge has found out about one line, in the company's time zone."""

    today: datetime.date
    case: Case
    start: datetime.date | None = None
    start_kind: str = ""
    warranty_end: datetime.date | None = None
    photos: int = 0
    repairs: int = 0
    returns: int = 0
    overdue: float = 0.0
    value: float = 0.0


class RmaAuthorizationPolicyFacts(models.AbstractModel):
    """Finds out what policies ask about lines: days, pictures, repairs, the account."""

    _name = "rma.authorization.policy.facts"
    _description = "Facts for Return Policies"

    @api.model
    def _collect(self, chosen, cases):
        """Find out what the chosen policies ask about their lines, for all at once.

        :param dict chosen: {line: policy}
        :return: {line: Facts}
        """
        lines = self.env["rma.authorization.line"].sudo().concat(*chosen)
        lines.company_id.currency_id._recall()
        facts = {
            line: Facts(today=self._get_request_date(line), case=cases[line])
            for line in lines
        }
        self._collect_starts(chosen, facts)
        ends = lines.filtered(
            lambda line: chosen[line].returnable == "warranty"
        )._get_warranty_ends()
        photos = self._count_photos(
            lines.filtered(
                lambda line: (
                    chosen[line].photo_required or line.reason_id.photo_required
                )
            )
        )
        repairs = lines.filtered(
            lambda line: any(chosen[line].resolution_ids.mapped("repairs"))
        )._get_repair_counts()
        returns = self._count_returns(chosen, facts)
        overdue = self._get_overdue(chosen, facts)
        for line, fact in facts.items():
            fact.warranty_end = ends.get(line)
            fact.photos = photos.get(line.authorization_id, 0)
            fact.repairs = repairs.get(line, 0)
            fact.returns = returns.get(line, 0)
            fact.overdue = overdue.get(line, 0.0)
            fact.value = line._get_value(line.qty_requested)
        return facts

    @api.model
    def _get_request_date(self, line):
        authorization = line.authorization_id
        return authorization.company_id._get_rma_day(
            authorization.date_request or fields.Datetime.now()
        )

    @api.model
    def _collect_starts(self, chosen, facts):
        """The day from which each line's window counts, and what happened on it."""
        lines = self.env["rma.authorization.line"].sudo().concat(*chosen)
        delivered = lines._get_delivery_dates()
        for line in lines:
            kinds = ["delivery", "invoice", "order"]
            kinds = kinds[kinds.index(chosen[line].window_start) :]
            company = line.authorization_id.company_id
            for kind in kinds:
                day = None
                if kind == "delivery" and delivered.get(line):
                    day = company._get_rma_day(delivered[line])
                elif kind == "invoice":
                    day = self._get_invoice_date(line)
                elif kind == "order" and line.sale_line_id.order_id.date_order:
                    day = company._get_rma_day(line.sale_line_id.order_id.date_order)
                if day:
                    facts[line].start, facts[line].start_kind = day, kind
                    break

    @api.model
    def _get_invoice_date(self, line):
        """The day of the latest posted invoice of what is returned."""
        invoices = line.sale_line_id.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        return max(filter(None, invoices.mapped("invoice_date")), default=None)

    @api.model
    def _count_photos(self, lines):
        """{authorization: number of pictures attached to it}"""
        authorizations = lines.authorization_id
        if not authorizations:
            return {}
        counts = (
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "rma.authorization"),
                    ("res_id", "in", authorizations._origin.ids),
                    ("mimetype", "=like", "image/%"),
                ],
                ["res_id"],
                ["__count"],
            )
        )
        by_id = dict(counts)
        return {record: by_id.get(record._origin.id, 0) for record in authorizations}

    @api.model
    def _count_returns(self, chosen, facts):
        """{line: other returns of its customer in the days that its policy counts}"""
        counts = {}
        by_days = collections.defaultdict(list)
        for line, policy in chosen.items():
            if policy.max_returns:
                by_days[facts[line].today, policy.max_returns_days].append(line)
        for (today, days), batch in by_days.items():
            lines = self.env["rma.authorization.line"].sudo().concat(*batch)
            groups = (
                self.env["rma.authorization"]
                .sudo()
                ._read_group(
                    [
                        ("commercial_partner_id", "in", lines._get_customers().ids),
                        ("company_id", "in", lines.company_id.ids),
                        ("direction", "=", "customer"),
                        ("state", "not in", ("draft", "cancelled")),
                        ("date_request", ">=", today - relativedelta(days=days)),
                        ("id", "not in", lines.authorization_id._origin.ids),
                    ],
                    ["commercial_partner_id", "company_id"],
                    ["__count"],
                )
            )
            found = {(partner, company): count for partner, company, count in groups}
            for line in lines:
                key = line._get_customers(), line.authorization_id.company_id
                counts[line] = found.get(key, 0)
        return counts

    @api.model
    def _get_overdue(self, chosen, facts):
        """{line: what its customer owes for too long, in the company's currency}"""
        overdue = {}
        by_limit = collections.defaultdict(list)
        for line, policy in chosen.items():
            if policy.overdue:
                limit = facts[line].today - relativedelta(days=policy.overdue_days)
                by_limit[limit].append(line)
        for limit, batch in by_limit.items():
            lines = self.env["rma.authorization.line"].sudo().concat(*batch)
            found = lines._get_customers()._get_rma_overdue(lines.company_id, limit)
            for line in lines:
                key = line._get_customers(), line.authorization_id.company_id
                overdue[line] = found.get(key, 0.0)
        return overdue
