# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationResolutionMixin(models.AbstractModel):
    _inherit = "rma.authorization.resolution.mixin"

    resolution = fields.Selection(
        selection_add=[("store_credit", "Store Credit")],
        ondelete={"store_credit": "set default"},
    )


class RmaAuthorizationResolutionStoreCredit(models.AbstractModel):
    """Credit for the next purchase, at list price. Its document is a row of the cost
    ledger, which stands for the voucher that a real shop would issue."""

    _name = "rma.authorization.resolution.store_credit"
    _description = "Resolution: Store Credit"
    _inherit = ["rma.authorization.resolution"]

    def _settle(self, settlements):
        self.env["rma.authorization.cost"].create(
            [self._prepare_cost_vals(settlement) for settlement in settlements]
        )

    def _prepare_cost_vals(self, settlement):
        line = settlement.line_id
        qty = line.product_uom_id._compute_quantity(
            settlement.qty, line.product_id.uom_id
        )
        return {
            "name": line.product_id.display_name,
            "authorization_id": line.authorization_id.id,
            "line_id": line.id,
            "kind": "other",
            "amount": qty * line.product_id.lst_price,
            "res_model": settlement._name,
            "res_id": settlement.id,
        }

    def _get_documents(self, settlements):
        return [
            self.env["rma.authorization.cost"].search(
                [
                    ("res_model", "=", settlements._name),
                    ("res_id", "in", settlements.ids),
                ]
            )
        ]

    def _undo(self, settlements):
        for costs in self._get_documents(settlements):
            costs.unlink()
