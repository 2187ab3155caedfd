# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationTimer(models.Model):
    _inherit = "rma.authorization.timer"

    repair_id = fields.Many2one(
        comodel_name="repair.order",
        index="btree_not_null",
        ondelete="cascade",
        help="Each repair is timed on its own, from its confirmation.",
    )

    @api.model
    def _get_key_fields(self):
        """Override of `rma_authorization`: repairs of a line are told apart."""
        return [*super()._get_key_fields(), "repair_id"]

    def _is_void(self):
        """Override of `rma_authorization`: a cancelled repair was not in time."""
        return super()._is_void() or self.repair_id.state == "cancel"

    def _get_assignees(self):
        """Override of `rma_authorization`: who repairs comes first."""
        return self.repair_id.user_id | super()._get_assignees()
