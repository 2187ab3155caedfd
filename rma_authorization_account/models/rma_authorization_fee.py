# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RmaAuthorizationFee(models.AbstractModel):
    _inherit = "rma.authorization.fee"

    @api.model
    def _charge_fees(self, fees):
        """Override of `rma_authorization`: they are charges like those entered by hand,
        on the draft credit note of the return, or open for an invoice."""
        product = self.env.ref("rma_authorization_account.product_diagnosis")
        # sudo: the charge follows from a step, whoever makes it
        self.env["rma.authorization.charge"].sudo().create(
            [
                {
                    "authorization_id": fee["authorization"].id,
                    "kind": fee["kind"],
                    "name": fee["name"],
                    "product_id": product.id,
                    "amount": fee["amount"],
                }
                for fee in fees
            ]
        )
        return True
