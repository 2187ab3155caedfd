# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .rma_authorization_policy import WINDOW_UNITS


class RmaAuthorizationPolicyResolution(models.Model):
    """A resolution that a policy allows: for how long, and after how many repairs.

    Several of one kind are alternatives: under the Chinese "three guarantees" goods are
    exchanged for fifteen days, and later once they were repaired twice.
    """

    _name = "rma.authorization.policy.resolution"
    _description = "Allowed Resolution"
    _inherit = ["rma.authorization.resolution.mixin", "rma.authorization.catalogue"]
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        comodel_name="rma.authorization.policy",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    window = fields.Integer(
        string="Within",
        help="Counted as the policy's own window; as long as goods may be returned "
        "when zero.",
    )
    window_unit = fields.Selection(
        selection=WINDOW_UNITS, string="Unit", default="day", required=True
    )
    repairs = fields.Integer(
        string="After Repairs", help="So many repairs of the same unit came before."
    )

    _numbers_positive = models.Constraint(
        'CHECK("window" >= 0 AND repairs >= 0)',
        "Times and numbers of repairs can't be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_draft()
        return rows

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_while_draft(self):
        self._check_draft()

    def _check_draft(self):
        """These are terms: they stand once the policy is in force (R7), but for the
        kinds of resolution that come with another addon."""
        if self.env.context.get("install_mode"):
            return
        self.policy_id.filtered(lambda policy: policy.state != "draft")._check_draft(
            ["resolution_ids"]
        )
