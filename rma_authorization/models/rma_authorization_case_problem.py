# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class RmaAuthorizationCaseProblem(models.AbstractModel):
    """What a quality case is about: its findings, and the problem in words (5W2H)."""

    _name = "rma.authorization.case.problem"
    _description = "Problem of a Quality Case"

    inspection_ids = fields.One2many(
        comodel_name="rma.authorization.inspection",
        inverse_name="case_id",
        string="Findings",
        help="What this case explains: it doesn't open another one.",
    )
    authorization_ids = fields.Many2many(
        comodel_name="rma.authorization",
        string="Returns",
        compute="_compute_authorization_ids",
    )
    authorization_count = fields.Integer(
        string="Number of Returns", compute="_compute_authorization_ids"
    )
    qty_faulty = fields.Float(
        string="Faulty Units",
        digits="Product Unit",
        compute="_compute_authorization_ids",
        help="Of the findings of this case, in the unit of the product.",
    )
    # -- D2: 5W2H
    problem_what = fields.Text(string="What", copy=False)
    problem_when = fields.Text(string="When", copy=False)
    problem_where = fields.Text(string="Where", copy=False)
    problem_who = fields.Text(string="Who", copy=False)
    problem_why = fields.Text(string="Why It Matters", copy=False)
    problem_how = fields.Text(string="How It Was Noticed", copy=False)
    problem_how_many = fields.Text(string="How Many", copy=False)

    # -- computes ------------------------------------------------------------------

    @api.depends("inspection_ids.qty", "inspection_ids.authorization_id")
    def _compute_authorization_ids(self):
        for case in self:
            case.authorization_ids = case.inspection_ids.authorization_id
            case.authorization_count = len(case.authorization_ids)
            case.qty_faulty = sum(
                finding.product_uom_id._compute_quantity(
                    finding.qty, finding.product_id.uom_id, round=False
                )
                for finding in case.inspection_ids
            )

    # -- findings ------------------------------------------------------------------

    def action_collect(self):
        """Take in the findings of the case's product and fault that no case explains,
        and describe the problem from them where nobody has yet."""
        self.check_access("write")
        for case in self:
            case._get_new_findings().case_id = case
            case._describe_problem()

    def _get_new_findings(self):
        """The findings that belong to this case and to no other yet. Override where
        more is known of units than their product."""
        # sudo: engineers of quality change no findings otherwise
        findings = self.env["rma.authorization.inspection"].sudo()
        return findings.search(self._get_finding_domain())

    def _get_finding_domain(self):
        """The domain of the findings that may belong to this case."""
        self.ensure_one()
        if not self.product_id:
            raise UserError(
                self.env._(
                    "%(case)s names no product, so its returns aren't known. Enter the "
                    "product first.",
                    case=self.display_name,
                )
            )
        domain = fields.Domain(
            [
                ("case_id", "=", False),
                ("company_id", "=", self.company_id.id),
                ("product_id", "=", self.product_id.id),
                ("fault_found", "=", "found"),
                ("authorization_id.direction", "=", "customer"),
            ]
        )
        if self.fault_id:
            domain &= fields.Domain("fault_id", "child_of", self.fault_id.id)
        return domain

    def _describe_problem(self):
        """Prefill the 5W2H from the returns; what somebody wrote stays."""
        for case in self:
            findings = case.sudo().inspection_ids
            if not findings:
                continue
            texts = case._get_problem_texts(findings)
            case.write(
                {name: text for name, text in texts.items() if text and not case[name]}
            )

    def _get_problem_texts(self, findings):
        """{field: text} about these findings, for the reader's language."""
        self.ensure_one()
        lines = findings.line_id
        returns = lines.authorization_id
        days = [
            self.company_id._get_rma_day(date)
            for date in returns.mapped("date_request")
            if date
        ]
        reasons = self._count_words(lines, lambda line: line.reason_id.name)
        customers = returns.commercial_partner_id
        words = [line.description for line in lines if line.description]
        faults = self._count_words(findings, lambda finding: finding.fault_id.name)
        texts = {
            "problem_what": ": ".join(
                part for part in (self.product_id.display_name, faults) if part
            ),
            "problem_where": self.env._(
                "At %(count)s customers.", count=len(customers)
            ),
            "problem_who": ", ".join(customers.mapped("display_name")[:10]),
            "problem_why": reasons,
            "problem_how": "\n".join(dict.fromkeys(words[:5])),
            "problem_how_many": self.env._(
                "%(quantity)g units on %(count)s returns.",
                quantity=self.qty_faulty,
                count=len(returns),
            ),
        }
        if days:
            texts["problem_when"] = self.env._(
                "Reported from %(first)s to %(last)s.",
                first=self._format_day(min(days)),
                last=self._format_day(max(days)),
            )
        return texts

    def _format_day(self, day):
        return self.env["ir.qweb.field.date"].value_to_html(day, {})

    @api.model
    def _count_words(self, records, name):
        """The names that `name` gives of records, the most frequent first, counted."""
        counts = {}
        for record in records:
            if word := name(record):
                counts[word] = counts.get(word, 0) + 1
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{word} ({count})" for word, count in ranked)
