# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date

# From good to bad: of several checks the worst is the verdict.
ELIGIBILITIES = [
    ("eligible", "Eligible"),
    ("check", "To Be Decided"),
    ("incomplete", "Incomplete"),
    ("ineligible", "Not Eligible"),
]
_SEVERITY = {code: number for number, (code, _label) in enumerate(ELIGIBILITIES)}
CONDITIONS = [
    ("unopened", "Unopened"),
    ("opened", "Opened, but Unused"),
    ("used", "Used"),
    ("damaged", "Damaged"),
]


_ICONS = {
    "eligible": "fa-check text-success",
    "check": "fa-eye text-info",
    "incomplete": "fa-question-circle text-warning",
    "ineligible": "fa-times text-danger",
}


def get_worst(eligibilities):
    """The worst of these verdicts, False where there is none."""
    return max(filter(None, eligibilities), key=_SEVERITY.get, default=False)


class RmaAuthorizationPolicyWording(models.AbstractModel):
    """Says in words what a policy found out, for customers and for reviewers."""

    _name = "rma.authorization.policy.wording"
    _description = "Wording of Return Policies"

    @api.model
    def _describe(self, check, policy):
        """What a check says, in the language of the context. Customers read it, too."""
        texts = {
            "always": self.env._("This product can be returned."),
            "excluded": self.env._("This product can't be returned."),
            "window": self.env._("Returnable until %(end)s."),
            "window_over": self.env._("It could be returned until %(end)s."),
            "window_unknown": self.env._(
                "We don't know when it was delivered, so somebody looks at it."
            ),
            "warranty": self.env._("Under warranty until %(end)s."),
            "warranty_over": self.env._("The warranty ended on %(end)s."),
            "warranty_over_paid": self.env._(
                "The warranty ended on %(end)s. We can make you an offer."
            ),
            "warranty_unknown": self.env._(
                "We don't know of a warranty for it, so somebody looks at it."
            ),
            "doa": self.env._("Reported in time as dead on arrival, until %(end)s."),
            "doa_over": self.env._(
                "Goods that are dead on arrival had to be reported until %(end)s."
            ),
            "doa_unknown": self.env._(
                "We don't know when it arrived, so somebody looks at it."
            ),
            "resolution": self.env._("What you would like is possible."),
            "resolution_refused": self.env._(
                "“%(resolution)s” is not possible for it. What is: %(allowed)s."
            ),
            "advance_refused": self.env._(
                "A replacement is sent only once the goods are back."
            ),
            "condition": self.env._("Its condition is as demanded."),
            "condition_missing": self.env._(
                "Please tell us in which condition it is (demanded: %(accepted)s)."
            ),
            "condition_worse": self.env._(
                "Its condition (%(condition)s) is not what is demanded (%(accepted)s)."
            ),
            "photo_missing": self.env._("Please send us a picture of it."),
            "serial_missing": self.env._("Please tell us its serial number."),
            "description_missing": self.env._("Please describe what is wrong."),
            "overdue": self.env._("Invoices of %(amount)s are overdue."),
            "returns": self.env._(
                "There are %(count)s more returns of the last %(days)s days, so "
                "somebody looks at it."
            ),
        }
        return texts[check["code"]] % self._get_figures(check, policy)

    @api.model
    def _get_figures(self, check, policy):
        """The figures of a check, formatted for the language of the context."""
        figures = dict(check)
        for name in ("start", "end"):
            if check.get(name):
                figures[name] = format_date(self.env, check[name])
        resolutions = dict(
            self.env["rma.authorization.line"]
            ._fields["resolution"]
            ._description_selection(self.env)
        )
        conditions = dict(
            self.env["rma.authorization.line"]
            ._fields["condition"]
            ._description_selection(self.env)
        )
        if "resolution" in check:
            figures["resolution"] = resolutions.get(check["resolution"], "")
            figures["allowed"] = ", ".join(
                resolutions.get(code, "") for code in check["allowed"]
            ) or self.env._("nothing")
        figures["condition"] = conditions.get(check.get("condition"), "")
        accepted = check.get("accepted") or policy.condition
        figures["accepted"] = conditions.get(accepted, "")
        if "amount" in check:
            currency = self.env["res.currency"].browse(check["currency"])
            figures["amount"] = currency.format(check["amount"])
        return figures

    @api.model
    def _get_note(self, verdict):
        """What the customer reads: why, and the rule in words.

        The reasons that decide come alone; where nothing speaks against it, all do.
        """
        reasons = self._get_reasons(verdict.policy, verdict.checks)
        text = verdict.policy.with_context(lang=self.env.lang).text
        return "\n".join(filter(None, [reasons, text]))

    @api.model
    def _get_reasons(self, policy, checks):
        """The sentences that decide."""
        worst = get_worst(check["result"] for check in checks)
        return " ".join(
            self._describe(check, policy)
            for check in checks
            if check["result"] == worst
        )

    @api.model
    def _get_html(self, policy, checks):
        """The checks as a list with signs, for people who decide."""
        policy._get_remembered()
        rows = Markup("").join(
            Markup('<div><i class="fa fa-fw %s"></i> %s</div>')
            % (_ICONS[check["result"]], self._describe(check, policy))
            for check in checks
        )
        return Markup("<div><strong>%s</strong></div>%s") % (policy.display_name, rows)
