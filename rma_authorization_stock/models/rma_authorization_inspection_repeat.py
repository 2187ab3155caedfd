# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .rma_authorization_repeat import Unit


class RmaAuthorizationInspection(models.Model):
    # a subject of its own, in a file of its own
    _inherit = "rma.authorization.inspection"  # pylint: disable=consider-merging-classes-inherited

    repeat_of_id = fields.Many2one(
        comodel_name="repair.order",
        string="Same Fault as in",
        compute="_compute_repeat_of_id",
        store=True,
        index="btree_not_null",
        copy=False,
        help="The repair of the same fault, within the policy's days before.",
    )
    is_repeat = fields.Boolean(
        string="Same Fault Again",
        compute="_compute_repeat_of_id",
        store=True,
        copy=False,
    )
    repair_count = fields.Integer(
        string="Earlier Repairs", compute="_compute_repair_count", compute_sudo=True
    )

    @api.depends("lot_id", "fault_id", "line_id.policy_id")
    def _compute_repeat_of_id(self):
        repeats = self.env["rma.authorization.repeat"]._find_repeats(
            {
                finding: Unit(finding.lot_id, finding.line_id, finding.fault_id)
                for finding in self
                if finding.lot_id and finding.fault_id
            }
        )
        for finding in self:
            finding.repeat_of_id = repeats.get(finding, False)
            finding.is_repeat = bool(finding.repeat_of_id)

    @api.depends("lot_id")
    def _compute_repair_count(self):
        counts = self.env["rma.authorization.repeat"]._count_repairs(
            {
                finding: Unit(finding.lot_id, finding.line_id)
                for finding in self
                if finding.lot_id
            }
        )
        for finding in self:
            finding.repair_count = counts.get(finding, 0)

    def _get_refusal(self):
        """Override of `rma_authorization`: the customer doesn't want it repaired."""
        if refusal := super()._get_refusal():
            return refusal
        settlements = self.sudo().settlement_ids
        is_declined = any(settlements.repair_ids.mapped("rma_is_declined"))
        if is_declined and set(settlements.mapped("state")) == {"cancelled"}:
            return self.env._("The customer has declined the repair.")
        return None
