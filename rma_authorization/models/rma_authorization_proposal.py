# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_date


class RmaAuthorizationProposal(models.AbstractModel):
    """Proposes what the customer gets and what happens to the goods, and says why.

    A proposal decides nothing: whoever inspects may decide otherwise. The inspection
    desk asks why, the finding itself doesn't. Kinds of resolutions and dispositions
    that no installed addon knows are never proposed.
    """

    _name = "rma.authorization.proposal"
    _description = "Proposal for Inspected Goods"
    _inherit = ["rma.authorization.diagnosis"]

    verdict = fields.Selection(
        selection=[("accepted", "Accepted"), ("rejected", "Rejected")]
    )
    grade = fields.Selection(
        selection=[
            ("new", "As New"),
            ("good", "Good"),
            ("worn", "Worn"),
            ("damaged", "Damaged"),
        ]
    )
    qty = fields.Float(string="Quantity", digits="Product Unit")
    overrule_reason = fields.Char(
        string="Why Otherwise",
        help="Why it is decided otherwise than the finding proposes.",
    )
    worth_note = fields.Char(
        string="Worth",
        compute="_compute_worth_note",
        help="What selling the goods again would bring, by their grade. Decides "
        "nothing.",
    )
    proposed_resolution = fields.Selection(
        selection=lambda self: self._get_codes("resolution"),
        compute="_compute_proposal",
        help="What the customer should get, by diagnosis, warranty and policy.",
    )
    proposed_disposition = fields.Selection(
        selection=lambda self: self._get_codes("disposition"),
        compute="_compute_proposal",
        help="What should happen to the goods; nothing is proposed before they are "
        "graded or checked.",
    )
    proposal_reason = fields.Char(
        string="Why",
        compute="_compute_proposal",
        help="What the proposal follows from.",
    )

    @api.model
    def _get_codes(self, name):
        """The kinds of resolutions or dispositions, with labels of the language."""
        mixin = self.env[f"rma.authorization.{name}.mixin"]
        return mixin._fields[name]._description_selection(self.env)

    @api.depends(
        "line_id.resolution",
        "line_id.disposition",
        "line_id.reason_id",
        "line_id.policy_id",
        "line_id.under_warranty",
        "line_id.warranty_id",
        "verdict",
        "grade",
        "fault_found",
        "responsible",
        "is_wrong_item",
        "is_incomplete",
    )
    @api.depends_context("lang")
    def _compute_proposal(self):
        for finding in self:
            resolution, disposition, reason = finding._propose()
            finding.proposed_resolution = resolution
            finding.proposed_disposition = disposition
            finding.proposal_reason = reason

    @api.depends("line_id", "qty", "grade")
    @api.depends_context("lang")
    def _compute_worth_note(self):
        worth = self.env["rma.authorization.worth"]
        found = worth._estimate(
            {finding: (finding.line_id, finding.qty, finding.grade) for finding in self}
        )
        for finding in self:
            finding.worth_note = finding in found and worth._get_note(found[finding])

    def _propose(self):
        """What follows from this finding; the first row that applies counts.

        ======================================== ==================== ================
        finding                                  resolution           goods
        ======================================== ==================== ================
        goods that we return to a supplier       as wanted            as on the line
        rejected, or another item                nothing              send back
        fault that the customer caused, or that  repair that can be   send back
        neither warranty nor policy covers       paid, else nothing
        no fault, though the reason claims one   nothing              send back
        wanted, but not allowed by the policy    first that it allows by condition
        repaired as often as the policy asks     what it allows then  by condition
        anything else                            as wanted            by condition
        ======================================== ==================== ================

        What a manager permitted against the policy counts as allowed. For what becomes
        of goods by their condition, see `_propose_disposition`.

        :return: code of the resolution, code of the disposition, reason; False where
            nothing can be proposed
        """
        self.ensure_one()
        # sudo: whoever inspects need not see sales, warranties or policies
        line = self.line_id.sudo()
        if not line:
            return False, False, False
        wanted = line.resolution or "none"
        if line.direction == "supplier":
            return wanted, line.disposition, self.env._("As agreed with the supplier.")
        if refusal := self._get_refusal():
            return "none", self._get_known_disposition("send_back"), refusal
        if refusal := self._get_charge_reason(line):
            paid = self._get_paid_resolution(line)
            return (
                paid or "none",
                self._get_known_disposition("send_back"),
                self.env._("%(why)s The customer may pay for it.", why=refusal)
                if paid
                else refusal,
            )
        if self.fault_found == "none" and line.reason_id.responsible in (
            "supplier",
            "carrier",
        ):
            why = self.env._("No fault was found, as against what the customer says.")
            return "none", self._get_known_disposition("send_back"), why
        resolution, why = wanted, self.env._("As the customer wishes.")
        allowed = self._get_allowed_resolutions(line)
        if allowed and wanted not in allowed:
            resolution = allowed[0]
            why = self.env._("What the customer wishes isn't allowed by the policy.")
        if after := self._get_after_repairs(line, resolution):
            resolution, why = after
        disposition, goods = self._propose_disposition(line, resolution)
        return resolution, disposition, f"{why} {goods}" if goods else why

    def _propose_disposition(self, line, resolution):
        """What becomes of goods, by their condition; the first row that applies counts.

        ========================================= ====================================
        goods                                     disposition
        ========================================= ====================================
        decided when the return was authorized    that
        neither graded nor checked                nothing yet
        to be repaired for the customer           send back
        fault for which the supplier is           to the supplier, if that is known,
        responsible                               else hold
        damaged                                   scrap
        faulty otherwise                          hold
        worn, or parts are missing                regrade
        anything else                             back to stock
        ========================================= ====================================

        :return: code or False, reason or None
        """
        if line.disposition:
            return line.disposition, None
        if not self.grade and self.fault_found not in ("found", "none"):
            return False, None
        if resolution == "repair":
            return self._get_known_disposition("send_back"), None
        if self.fault_found == "found" and self.responsible == "supplier":
            codes, why = ("vendor", "hold"), self.env._("The supplier answers for it.")
        elif self.grade == "damaged":
            codes, why = ("scrap",), self.env._("Damaged goods aren't sold again.")
        elif self.fault_found == "found":
            codes, why = ("hold",), self.env._("Faulty goods wait for a decision.")
        elif self.grade == "worn" or self.is_incomplete:
            codes, why = ("regrade",), self.env._("The goods aren't as new any more.")
        else:
            codes, why = ("restock",), self.env._("The goods can be sold again.")
        code = self._get_known_disposition(*codes)
        return code, why if code else None

    def _get_refusal(self):
        """Why the customer gets nothing for these goods at all, if so."""
        if self.verdict == "rejected":
            return self.env._("The goods were rejected.")
        if self.is_wrong_item:
            return self.env._("Something else came back than was authorized.")
        return None

    def _get_charge_reason(self, line):
        """Why the customer would have to pay for a fault, if so."""
        if self.fault_found != "found":
            return None
        if self.responsible == "customer":
            return self.env._("The customer is responsible for the fault.")
        # A right to return for so many days is another one than the warranty; and
        # whoever says that it is under warranty all the same decides so.
        is_covered = line.under_warranty or (
            line.eligibility == "eligible" and line.policy_id.returnable != "warranty"
        )
        end = line.warranty_id.date_end
        if end and not is_covered:
            requested = line.authorization_id.date_request or fields.Datetime.now()
            if end < line.company_id._get_rma_day(requested):
                return self.env._(
                    "The warranty ended on %(date)s.", date=format_date(self.env, end)
                )
        return None

    def _get_paid_resolution(self, line):
        """What the customer may have and pay for: what is wanted, if it is that."""
        allowed = self._get_allowed_resolutions(line)
        paid = [
            code
            for code, _label in self._get_codes("resolution")
            if self.env[f"rma.authorization.resolution.{code}"]._can_be_paid()
            and (not allowed or code in allowed)
        ]
        return line.resolution if line.resolution in paid else (paid or [None])[0]

    def _get_allowed_resolutions(self, line):
        """Codes that the policy of the line allows, in its order; none where it doesn't
        limit them. What was wanted against it, and permitted, is allowed."""
        codes = line.policy_id.resolution_ids.mapped("resolution")
        permitted = [
            check["resolution"]
            for check in line.eligibility_checks or []
            if check["code"] == "resolution_refused"
        ]
        return codes and [*codes, *permitted, "none", "solved"]

    def _get_after_repairs(self, line, resolution):
        """What the policy allows for units that were repaired so many times, instead of
        one more repair (R45). Its rows with a time of their own are left to people.

        :return: code and reason, None where it is no such unit
        """
        known = dict(self._get_codes("resolution"))
        rows = line.policy_id.resolution_ids.filtered(
            lambda row: row.repairs and not row.window and row.resolution in known
        )
        # only such policies ask how often; each finding is about other units
        if not rows or not self._is_payable(resolution):
            return None
        count = self._count_repairs(line)
        rows = rows.filtered(lambda row: row.repairs <= count)
        if not rows:
            return None
        return rows[0].resolution, self.env._(
            "Repaired %(count)s times before, and the policy offers more than another "
            "repair.",
            count=count,
        )

    @api.model
    def _is_payable(self, resolution):
        return self.env[f"rma.authorization.resolution.{resolution}"]._can_be_paid()

    def _count_repairs(self, line):
        """How often the units of this finding were repaired before. Override where they
        have numbers."""
        self.ensure_one()
        return line._get_repair_counts()[line]

    def _get_known_disposition(self, *codes):
        """The first of these kinds that an installed addon knows, or False."""
        known = self.env["rma.authorization.disposition.mixin"]
        known = known._fields["disposition"].get_values(self.env)
        return next((code for code in codes if code in known), False)
