# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .rma_authorization_reason import FREIGHT_PAYERS

_AMOUNTS = {"freight_estimate", "freight_actual"}


class RmaAuthorizationFreight(models.AbstractModel):
    """Who pays for the way back, and what it costs us: first an estimate, then what it
    really was. Both are one row of the cost ledger, in the company's currency."""

    _name = "rma.authorization.freight"
    _description = "Freight of a Return"

    currency_id = fields.Many2one(comodel_name="res.currency")
    freight_payer = fields.Selection(
        selection=FREIGHT_PAYERS,
        string="Freight Paid by",
        compute="_compute_freight_payer",
        help="By policy or reason, unless somebody has decided otherwise. Where the "
        "lines differ, it is the customer.",
    )
    freight_payer_overruled = fields.Selection(
        selection=FREIGHT_PAYERS,
        string="Paid Otherwise by",
        copy=False,
        tracking=True,
        help="Who pays for the way back of this return, whatever policy or reason say.",
    )
    freight_payer_reason = fields.Char(
        string="Otherwise because", copy=False, tracking=True
    )
    freight_estimate = fields.Monetary(
        string="Estimated Freight",
        copy=False,
        help="What the way back will cost us. It counts until the actual cost is "
        "known.",
    )
    freight_actual = fields.Monetary(
        string="Actual Freight",
        copy=False,
        help="What the way back has cost us. What a carrier asks for the transfer "
        "itself counts instead.",
    )

    @api.depends("line_ids.freight_payer")
    def _compute_freight_payer(self):
        for authorization in self:
            payers = authorization.line_ids.mapped("freight_payer")
            authorization.freight_payer = next(
                (payer for payer in ("customer", "us") if payer in payers), False
            )

    @api.constrains("freight_payer_overruled", "freight_payer_reason")
    def _check_freight_payer(self):
        for authorization in self:
            if (
                authorization.freight_payer_overruled
                and not (authorization.freight_payer_reason or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s: say why somebody else pays for the way back than "
                        "the policy says.",
                        name=authorization.display_name,
                    )
                )

    @api.constrains("freight_estimate", "freight_actual")
    def _check_freight(self):
        for authorization in self:
            currency = authorization.currency_id
            for name in sorted(_AMOUNTS):
                if currency.compare_amounts(authorization[name], 0.0) < 0:
                    raise ValidationError(
                        self.env._(
                            "%(name)s: freight can't be negative. Enter what a "
                            "carrier gives back as a cost of its own.",
                            name=authorization.display_name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        authorizations = super().create(vals_list)
        if any(_AMOUNTS & set(vals) for vals in vals_list):
            authorizations._follow_freight()
        return authorizations

    def write(self, vals):
        res = super().write(vals)
        if _AMOUNTS & set(vals):
            self._follow_freight()
        return res

    def _follow_freight(self):
        """Keep the row of the ledger true to what was entered here."""
        # sudo: rows with a source are written by code alone
        self.env["rma.authorization.cost"].sudo()._follow_estimates(self)

    def _prepare_freight_vals(self, others):
        """The row of this return in the cost ledger; without an amount it is none.

        :param others: what else of the ledger tells about its way back
        """
        self.ensure_one()
        known = others.filtered(lambda cost: not self.currency_id.is_zero(cost.amount))
        is_estimate = self.currency_id.is_zero(self.freight_actual)
        amount = self.freight_estimate if is_estimate else self.freight_actual
        if known.filtered("res_model") or (known and is_estimate):
            amount = 0.0
        return {
            "name": self.env._("Estimated freight")
            if is_estimate
            else self.env._("Freight"),
            "authorization_id": self.id,
            "line_id": False,
            "kind": "freight_in",
            "date": fields.Date.context_today(self),
            "amount": amount,
            "is_estimate": is_estimate,
            "res_model": self._name,
            "res_id": self.id,
        }
