# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .rma_authorization_repeat import Unit


class RmaAuthorizationLine(models.Model):
    # a subject of its own, in a file of its own
    _inherit = "rma.authorization.line"  # pylint: disable=consider-merging-classes-inherited

    repeat_of_id = fields.Many2one(
        comodel_name="repair.order",
        string="Back after Repair",
        compute="_compute_repeat_of_id",
        store=True,
        index="btree_not_null",
        copy=False,
        help="The repair after which this unit came back within the policy's days.",
    )
    is_repeat = fields.Boolean(
        string="Back Soon after a Repair",
        compute="_compute_repeat_of_id",
        store=True,
        copy=False,
    )
    repair_count = fields.Integer(
        string="Earlier Repairs",
        compute="_compute_repair_count",
        # accountants, too, open returns, and have no rights on numbers
        compute_sudo=True,
        help="How often the unit was repaired before, whenever that was.",
    )

    @api.depends("lot_ids", "policy_id", "authorization_id.date_request")
    def _compute_repeat_of_id(self):
        repeats = self.env["rma.authorization.repeat"]._find_repeats(
            self._get_repeat_units()
        )
        for line in self:
            line.repeat_of_id = repeats.get(line, False)
            line.is_repeat = bool(line.repeat_of_id)

    @api.depends("lot_ids")
    def _compute_repair_count(self):
        counts = self.env["rma.authorization.repeat"]._count_repairs(
            self._get_repeat_units()
        )
        for line in self:
            line.repair_count = counts.get(line, 0)

    def _get_repeat_units(self):
        return {
            line: Unit(line.lot_ids._origin, line._origin)
            for line in self
            if line.lot_ids
        }
