# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import dataclasses

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .rma_authorization_policy_match import Case
from .rma_authorization_policy_wording import CONDITIONS, get_worst


@dataclasses.dataclass
class Verdict:
    """What a policy says about a line. `checks` are dicts of a `code`, a `result` and
    the figures that the sentence about it names (JSON)."""

    policy: models.Model
    checks: list

    @property
    def eligibility(self):
        return get_worst(check["result"] for check in self.checks)


class RmaAuthorizationPolicyJudge(models.AbstractModel):
    """Decides by policy whether lines may come back, and says why.

    The one place for it: form, portal, public page, mail, import and the screen that
    tries a policy all ask here (R10).
    """

    _name = "rma.authorization.policy.judge"
    _description = "Verdicts of Return Policies"
    _inherit = ["rma.authorization.policy.facts", "rma.authorization.policy.wording"]

    # -- verdicts ----------------------------------------------------------------------

    @api.model
    def _judge(self, lines):
        """What the policies say about these lines.

        :return: {line: Verdict}; lines for which there is no policy are left out
        """
        chosen, facts = self._find_policies(lines)
        return {
            line.sudo(lines.env.su): Verdict(
                policy, self._check(line, policy, facts[line])
            )
            for line, policy in chosen.items()
        }

    @api.model
    def _get_offered(self, lines):
        """What customers may ask for on these lines, now.

        :return: {line: codes of resolutions}
        """
        choices = self.env["rma.authorization.resolution.mixin"]._get_choices()
        chosen, facts = self._find_policies(lines)
        offered = dict.fromkeys(lines, choices)
        for line, policy in chosen.items():
            if policy.resolution_ids:
                allowed = self._get_allowed(line, policy, facts[line])
                offered[line.sudo(lines.env.su)] = [
                    code for code in choices if code in allowed
                ]
        return offered

    @api.model
    def _find_policies(self, lines):
        """The policies that decide on these lines, and the facts that they ask about.

        :return: {line with all rights: policy}, {the same line: Facts}
        """
        # sudo: the verdict is the same whoever asks, and reads the customer's account
        lines_sudo = lines.sudo().filtered(lambda line: line.direction == "customer")
        policies = self._get_policies(lines_sudo.company_id) if lines_sudo else None
        if not policies:
            return {}, {}
        has_tags = any(policy.partner_tag_ids for policy in policies)
        cases = {line: self._get_case(line, has_tags) for line in lines_sudo}
        chosen = {line: self._choose(policies, case) for line, case in cases.items()}
        chosen = {line: policy for line, policy in chosen.items() if policy}
        return chosen, self._collect(chosen, cases)

    @api.model
    def _get_policies(self, companies):
        # sudo: policies of all companies are told apart by the case
        policies = self.env["rma.authorization.policy"].sudo()._get_remembered()
        # their rows, and what the lines name, are read next
        self.env["rma.authorization.policy.resolution"]._get_remembered()
        self.env["rma.authorization.reason"]._get_remembered()
        return policies.filtered(
            lambda policy: (
                policy.state != "draft"
                and policy.company_id.id in (False, *companies.ids)
            )
        )

    @api.model
    def _get_case(self, line, has_tags=True):
        """The facts of a line that policies match.

        :param has_tags: False where no policy asks for the customer's tags
        """
        authorization = line.authorization_id
        order = line.sale_line_id.order_id
        partner = authorization.partner_id
        commercial = partner.commercial_partner_id
        address = order.partner_shipping_id or partner
        category = line.product_id.categ_id
        return Case(
            company=authorization.company_id.id,
            partner=partner._origin.id,
            commercial_partner=commercial._origin.id,
            partner_tags=frozenset(
                partner.category_id.ids + commercial.category_id.ids if has_tags else ()
            ),
            product=line.product_id.product_tmpl_id.id,
            categories=tuple(
                int(part) for part in (category.parent_path or "").split("/") if part
            ),
            reason=line.reason_id.id,
            country=(address.country_id or commercial.country_id).id,
            customer_kind=(
                "business" if commercial.is_company or commercial.vat else "consumer"
            ),
            sales_team=order.team_id.id,
            team=authorization.team_id.id,
            date=order.date_order
            or authorization.date_request
            or fields.Datetime.now(),
        )

    @api.model
    def _is_in_force(self, policy, case):
        """Whether a policy was in force when the goods were ordered (R7)."""
        return (not policy.date_from or policy.date_from <= case.date) and (
            not policy.date_to or case.date < policy.date_to
        )

    @api.model
    def _choose(self, policies, case):
        """The most specific policy for a case, if there is one (R8)."""
        ranked = []
        for policy in policies:
            if self._is_in_force(policy, case):
                rank = policy._get_rank(case)
                if rank is not None:
                    ranked.append((rank, policy))
        best = max((rank for rank, _policy in ranked), default=None)
        equal = policies.browse(policy.id for rank, policy in ranked if rank == best)
        return equal.sorted(lambda policy: (policy.sequence, policy.id))[:1]

    # -- checks ------------------------------------------------------------------------

    @api.model
    def _check(self, line, policy, facts):
        """Everything the policy says about a line, in the order people read it."""
        checks = []
        for method in (
            self._check_excluded,
            self._check_time,
            self._check_doa,
            self._check_resolution,
            self._check_advance,
            self._check_condition,
            self._check_evidence,
            self._check_account,
            self._check_returns,
        ):
            checks += method(line, policy, facts)
        return checks or [{"code": "always", "result": "eligible"}]

    @api.model
    def _check_excluded(self, line, policy, facts):
        """Final-sale goods never pass (R9)."""
        product = line.product_id.product_tmpl_id
        categories = set(facts.case.categories)
        if (
            policy.returnable == "never"
            or product in policy.excluded_product_tmpl_ids
            or categories & set(policy.excluded_category_ids.ids)
        ):
            return [{"code": "excluded", "result": "ineligible"}]
        return []

    @api.model
    def _check_time(self, line, policy, facts):
        """The return window, or the warranty, on the day of the request (R6)."""
        if policy.returnable == "warranty":
            checks = self._check_end("warranty", facts.warranty_end, facts)
            if line._get_resolution_handler()._can_be_paid():
                # without a warranty it is a sale, not a favour
                return [
                    {**check, "code": "warranty_over_paid", "result": "check"}
                    if check["code"] == "warranty_over"
                    else check
                    for check in checks
                ]
            return checks
        if policy.returnable != "window":
            return []
        return self._check_end("window", self._get_end(line, policy, facts), facts)

    @api.model
    def _check_end(self, code, end, facts):
        if not end:
            return [{"code": f"{code}_unknown", "result": "check"}]
        is_over = facts.today > end
        return [
            {
                "code": f"{code}_over" if is_over else code,
                "result": "ineligible" if is_over else "eligible",
                "start": facts.start and facts.start.isoformat(),
                "kind": facts.start_kind,
                "end": end.isoformat(),
            }
        ]

    @api.model
    def _get_end(self, line, policy, facts, window=None):
        """The last day of the policy's window, or of one of its resolutions."""
        if not facts.start:
            return None
        window = window or policy
        return policy._get_window_end(
            facts.start,
            window.window,
            window.window_unit,
            line.authorization_id.company_id.resource_calendar_id,
            policy.window_on_workday,
        )

    @api.model
    def _check_doa(self, line, policy, facts):
        """Dead on arrival has a clock of its own (R46, R47)."""
        if not line.reason_id.is_doa or not policy.doa_days:
            return []
        if not facts.start:
            return [{"code": "doa_unknown", "result": "check"}]
        end = facts.start + relativedelta(days=policy.doa_days)
        is_over = facts.today > end
        return [
            {
                "code": "doa_over" if is_over else "doa",
                "result": "ineligible" if is_over else "eligible",
                "end": end.isoformat(),
            }
        ]

    @api.model
    def _check_resolution(self, line, policy, facts):
        """What the customer wants is among what is allowed now."""
        # sorting out a fault without a return is always welcome
        if not policy.resolution_ids or line.resolution in ("none", "solved"):
            return []
        allowed = self._get_allowed(line, policy, facts)
        if line.resolution in allowed:
            return [{"code": "resolution", "result": "eligible"}]
        return [
            {
                "code": "resolution_refused",
                "result": "ineligible",
                "resolution": line.resolution,
                "allowed": list(dict.fromkeys(allowed)),
                "repairs": facts.repairs,
            }
        ]

    @api.model
    def _get_allowed(self, line, policy, facts):
        """The resolutions of a policy that it allows on this line, on this day."""
        return [
            row.resolution
            for row in policy.resolution_ids
            if self._is_allowed(line, policy, facts, row)
        ]

    @api.model
    def _is_allowed(self, line, policy, facts, row):
        if facts.repairs < row.repairs:
            return False
        if not row.window:
            return True
        end = self._get_end(line, policy, facts, row)
        return bool(end) and facts.today <= end

    @api.model
    def _check_advance(self, line, policy, facts):
        if line.advance and not policy.advance_allowed:
            return [{"code": "advance_refused", "result": "ineligible"}]
        return []

    @api.model
    def _check_condition(self, line, policy, facts):
        """The goods' condition, as the customer says it is."""
        if not policy.condition:
            return []
        if not line.condition:
            return [{"code": "condition_missing", "result": "incomplete"}]
        order = [code for code, _label in CONDITIONS]
        is_worse = order.index(line.condition) > order.index(policy.condition)
        return [
            {
                "code": "condition_worse" if is_worse else "condition",
                "result": "ineligible" if is_worse else "eligible",
                "condition": line.condition,
                "accepted": policy.condition,
            }
        ]

    @api.model
    def _check_evidence(self, line, policy, facts):
        reason = line.reason_id
        missing = []
        if (policy.photo_required or reason.photo_required) and not facts.photos:
            missing.append("photo")
        if policy.serial_required or reason.serial_required:
            missing += line._get_missing_serial()
        if policy.description_required and not (line.description or "").strip():
            missing.append("description")
        return [{"code": f"{kind}_missing", "result": "incomplete"} for kind in missing]

    @api.model
    def _check_account(self, line, policy, facts):
        """The customer's account is current (R16)."""
        currency = line.authorization_id.company_id.currency_id
        if not policy.overdue or currency.compare_amounts(facts.overdue, 0.0) <= 0:
            return []
        return [
            {
                "code": "overdue",
                "result": "check" if policy.overdue == "check" else "ineligible",
                "amount": currency.round(facts.overdue),
                "currency": currency.id,
            }
        ]

    @api.model
    def _check_returns(self, line, policy, facts):
        """Customers who return unusually often are looked at by a person (A4)."""
        if not policy.max_returns or facts.returns < policy.max_returns:
            return []
        return [
            {
                "code": "returns",
                "result": "check",
                "count": facts.returns,
                "days": policy.max_returns_days,
            }
        ]
