# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

CHARGE_CAUSES = {"grade", "disposition", "cause_id", "responsible"}


class RmaAuthorizationInspection(models.Model):
    _inherit = "rma.authorization.inspection"

    def write(self, vals):
        """Override of `rma_authorization`: what is found changes what is charged."""
        res = super().write(vals)
        if CHARGE_CAUSES & set(vals):
            # sudo: who inspects doesn't see credit notes
            self.env["rma.authorization.charger"].sudo()._charge(
                self.sudo().settlement_ids
            )
        return res
