# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

_SOURCE = "rma.authorization"


class RmaAuthorizationCostEstimate(models.AbstractModel):
    """The freight that was entered on a return, as a row of its cost ledger.

    ===================================  ======================================
    the ledger has                       the row says
    ===================================  ======================================
    freight of a transfer                nothing: the transfer counts
    freight entered as a cost by hand    the actual freight of the return
    neither                              the actual freight, else the estimate
    ===================================  ======================================
    """

    _name = "rma.authorization.cost.estimate"
    _description = "Estimated Return Cost"

    is_estimate = fields.Boolean(
        string="Estimated",
        readonly=True,
        help="Expected, and not known yet: replaced by the actual cost.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        self._follow_estimates(costs._get_freight_returns())
        return costs

    def write(self, vals):
        self.check_access("write")
        authorizations = self._get_freight_returns()
        res = super().write(vals)
        self._follow_estimates(authorizations | self._get_freight_returns())
        return res

    def unlink(self):
        self.check_access("unlink")
        authorizations = self._get_freight_returns()
        res = super().unlink()
        self._follow_estimates(authorizations)
        return res

    def _get_freight_returns(self):
        """The returns with an estimate, or an actual freight, for which these rows tell
        what the way back has cost."""
        # sudo: whoever enters a cost may touch what follows from it
        return (
            self.sudo()
            .filtered(
                lambda cost: cost.kind == "freight_in" and cost.res_model != _SOURCE
            )
            .authorization_id.filtered(
                lambda authorization: (
                    authorization.freight_estimate or authorization.freight_actual
                )
            )
        )

    @api.model
    def _follow_estimates(self, authorizations):
        """Make the row of each return say what counts now."""
        if not authorizations:
            return
        # sudo: rows with a source are written by code alone
        costs_sudo = self.sudo().browse()
        rows = costs_sudo.search(
            [
                ("authorization_id", "in", authorizations.ids),
                ("kind", "=", "freight_in"),
            ]
        )
        own = rows.filtered(lambda cost: cost.res_model == _SOURCE)
        others = (rows - own).grouped("authorization_id")
        vals_list = [
            authorization_sudo._prepare_freight_vals(
                others.get(authorization_sudo, costs_sudo)
            )
            for authorization_sudo in authorizations.sudo()
        ]
        wanted = {vals["authorization_id"]: vals for vals in vals_list}
        for cost in own:
            vals = wanted[cost.authorization_id.id]
            if cost.is_estimate != vals["is_estimate"]:
                cost.write({"is_estimate": vals["is_estimate"], "name": vals["name"]})
        costs_sudo._follow_documents(own, vals_list)
