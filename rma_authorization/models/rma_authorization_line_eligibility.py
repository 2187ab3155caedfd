# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .rma_authorization_policy_wording import CONDITIONS, ELIGIBILITIES
from .rma_authorization_reason import FREIGHT_PAYERS


class RmaAuthorizationLineEligibility(models.AbstractModel):
    """What the policy says about a line: verdict, rule and text.

    It is judged when the request is handed in, and again when the request changes or
    is completed; with the decision it stands, whatever becomes of the policy.
    """

    _name = "rma.authorization.line.eligibility"
    _description = "Eligibility of a Return Line"

    currency_id = fields.Many2one(comodel_name="res.currency")
    condition = fields.Selection(
        selection=CONDITIONS, help="The goods' condition, as the customer says it is."
    )
    amount_requested = fields.Monetary(
        string="Value",
        compute="_compute_amount_requested",
        store=True,
        help="What was paid for the requested quantity, with taxes, in the company's "
        "currency.",
    )
    policy_id = fields.Many2one(
        comodel_name="rma.authorization.policy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The rule that decided, as it was when the order was confirmed.",
    )
    eligibility = fields.Selection(
        selection=ELIGIBILITIES,
        readonly=True,
        copy=False,
        index=True,
        help="What the policy says; nothing where there is no policy for it.",
    )
    eligibility_note = fields.Text(
        string="Verdict",
        readonly=True,
        copy=False,
        help="What the customer reads about it.",
    )
    eligibility_checks = fields.Json(readonly=True, copy=False)
    eligibility_html = fields.Html(
        string="Checks", compute="_compute_eligibility_html", sanitize=False
    )
    freight_payer = fields.Selection(
        selection=FREIGHT_PAYERS,
        compute="_compute_freight_payer",
        store=True,
        help="Who pays for sending the goods back: by the policy, or by the reason, "
        "unless the return says otherwise.",
    )
    is_doa = fields.Boolean(
        string="Dead on Arrival",
        readonly=True,
        copy=False,
        index=True,
        help="Reported as dead on arrival, within the policy's time.",
    )

    @api.depends("product_id", "product_uom_id", "sale_line_id", "qty_requested")
    def _compute_amount_requested(self):
        self.company_id.currency_id._recall()
        for line in self:
            line.amount_requested = line._get_value(line.qty_requested)

    @api.depends("reason_id", "policy_id", "authorization_id.freight_payer_overruled")
    def _compute_freight_payer(self):
        for line in self:
            policy = line.sudo().policy_id
            line.freight_payer = (
                line.authorization_id.freight_payer_overruled
                or policy.freight_payer
                or line.reason_id.freight_payer
            )

    @api.depends("eligibility_checks", "policy_id", "eligibility")
    @api.depends_context("lang")
    def _compute_eligibility_html(self):
        judge = self.env["rma.authorization.policy.judge"]
        for line in self:
            line.eligibility_html = line.eligibility and judge._get_html(
                line.sudo().policy_id, line.eligibility_checks or []
            )

    # -- facts about lines -------------------------------------------------------------

    def _get_customers(self):
        return self.authorization_id.commercial_partner_id._origin

    def _get_value(self, qty):
        """What was paid for `qty` (line's unit), with taxes, in the company's currency;
        the list price where no order is known."""
        self.ensure_one()
        order_line = self.sudo().sale_line_id
        if not self.product_id or not self.product_uom_id:
            return 0.0
        if not order_line:
            qty = self.product_uom_id._compute_quantity(qty, self.product_id.uom_id)
            return qty * self.product_id.lst_price
        qty = self.product_uom_id._compute_quantity(
            qty, order_line.product_uom_id, round=False
        )
        ordered = order_line.product_uom_qty
        price = order_line.price_total / ordered if ordered else order_line.price_unit
        currency = order_line.company_id.currency_id
        return currency.round(qty * price / (order_line.order_id.currency_rate or 1.0))

    def _get_delivery_dates(self):
        """When the goods of each line were delivered, where that is known.

        :return: {line: datetime}; lines without a known delivery are left out.
            Override in an addon that knows deliveries.
        """
        return {}

    def _get_missing_serial(self):
        """The evidence that is missing where a serial number is demanded. Override in
        an addon that knows serial numbers."""
        self.ensure_one()
        return []

    def _get_same_unit_domain(self):
        """Domain of the lines about the same units as this one. Override in an addon
        that tells units by their numbers."""
        self.ensure_one()
        return [("sale_line_id", "=", self.sale_line_id.id or -1)]

    def _get_repair_counts(self):
        """How often the units of each line were repaired before.

        :return: {line: number of repairs}
        """
        counts = {}
        for line in self:
            # one query a line: only policies that count repairs ask, and each line
            # looks for other units
            earlier = self.search(
                [
                    *line._get_same_unit_domain(),
                    ("id", "not in", line._origin.ids),
                    ("state", "in", ("authorized", "closed")),
                ]
            )
            counts[line] = len(
                earlier.settlement_ids.filtered(
                    lambda settlement: (
                        settlement.resolution == "repair" and settlement.state == "done"
                    )
                )
            )
        return counts

    # -- verdict -----------------------------------------------------------------------

    def _judge(self):
        """Let the policies judge these lines, and keep verdict, rule and text."""
        if not self:
            return
        judge = self.env["rma.authorization.policy.judge"]
        verdicts = judge._judge(self)
        for line in self:
            verdict = verdicts.get(line)
            # sudo: verdicts are found, not entered (`_check_enterable`)
            line.sudo().write(line._prepare_verdict_vals(verdict))

    def _prepare_verdict_vals(self, verdict):
        self.ensure_one()
        if not verdict:
            return {
                "policy_id": False,
                "eligibility": False,
                "eligibility_note": False,
                "eligibility_checks": False,
                "is_doa": False,
            }
        judge = self.env["rma.authorization.policy.judge"]
        lang = self.authorization_id.partner_id.lang or self.env.lang
        vals = {
            "policy_id": verdict.policy.id,
            "eligibility": verdict.eligibility,
            "eligibility_note": judge.with_context(lang=lang)._get_note(verdict),
            "eligibility_checks": verdict.checks,
            "is_doa": self.reason_id.is_doa
            and not any(
                check["code"] in ("doa_over", "doa_unknown") for check in verdict.checks
            ),
        }
        if verdict.eligibility == "eligible" and not self.disposition:
            currency = self.company_id.currency_id
            limit = verdict.policy.keep_amount
            if limit and currency.compare_amounts(self.amount_requested, limit) <= 0:
                vals["disposition"] = "keep"
        return vals

    def _is_beyond_policy(self):
        """Whether permitting this line takes somebody who may make exceptions: who
        talks to the customer may do without evidence, policies alone may not."""
        self.ensure_one()
        return self.eligibility == "ineligible"
