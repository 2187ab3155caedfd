# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .rma_authorization_repeat import Unit


class RepairOrder(models.Model):
    # a subject of its own, in a file of its own
    _inherit = "repair.order"  # pylint: disable=consider-merging-classes-inherited

    rma_date_done = fields.Datetime(
        string="Repaired on", compute="_compute_rma_date_done", store=True
    )
    rma_repeat_of_id = fields.Many2one(
        comodel_name="repair.order",
        string="Same Fault as in",
        compute="_compute_rma_repeat_of_id",
        store=True,
        index="btree_not_null",
        copy=False,
        help="The repair of the same fault, within the policy's days before.",
    )
    rma_is_repeat = fields.Boolean(
        string="Same Fault Again",
        compute="_compute_rma_repeat_of_id",
        store=True,
        copy=False,
    )
    rma_repair_count = fields.Integer(
        string="Earlier Repairs",
        compute="_compute_rma_repair_count",
        # also for technicians of the repair app, who needn't see returns
        compute_sudo=True,
        help="How often this very unit was repaired before.",
    )

    # not on the move's own fields: whoever moved anything would look for its repairs
    @api.depends("state", "move_id")
    def _compute_rma_date_done(self):
        for repair in self:
            repair.rma_date_done = repair.move_id.date

    @api.depends("lot_id", "rma_fault_id", "rma_line_id")
    def _compute_rma_repeat_of_id(self):
        repeats = self.env["rma.authorization.repeat"]._find_repeats(
            {
                repair: Unit(repair.lot_id, repair.rma_line_id, repair.rma_fault_id)
                for repair in self
                if repair.lot_id and repair.rma_line_id and repair.rma_fault_id
            }
        )
        for repair in self:
            repair.rma_repeat_of_id = repeats.get(repair, False)
            repair.rma_is_repeat = bool(repair.rma_repeat_of_id)

    @api.depends("lot_id", "rma_line_id")
    def _compute_rma_repair_count(self):
        counts = self.env["rma.authorization.repeat"]._count_repairs(
            {
                repair: Unit(repair.lot_id, repair.rma_line_id)
                for repair in self
                if repair.lot_id and repair.rma_line_id
            }
        )
        for repair in self:
            repair.rma_repair_count = counts.get(repair, 0)
