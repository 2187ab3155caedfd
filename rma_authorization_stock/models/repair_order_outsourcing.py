# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    # a subject of its own, in a file of its own
    _inherit = "repair.order"  # pylint: disable=consider-merging-classes-inherited

    rma_outsourcing_ids = fields.One2many(
        comodel_name="rma.authorization.outsourcing",
        inverse_name="repair_id",
        string="Repairs at Vendors",
        groups="rma_authorization.group_rma_technician",
    )

    def action_repair_done(self):
        """Override of `repair`: what is at a vendor isn't finished here."""
        for repair in self:
            if away := repair._get_rma_away():
                raise UserError(
                    self.env._(
                        "%(repair)s is at %(vendor)s, or on its way. Receive it back "
                        "first.",
                        repair=repair.display_name,
                        vendor=away[0].partner_id.display_name,
                    )
                )
        return super().action_repair_done()

    def _get_rma_away(self):
        """What vendors have of this repair, or are about to get."""
        self.ensure_one()
        # sudo: a technician of the repair app has no rights on returns
        return self.sudo().rma_outsourcing_ids.filtered(
            lambda one: one.state in ("waiting", "out")
        )

    def action_open_rma_outsourcing(self):
        """Open the repair at a vendor, or a form for a new one."""
        self.ensure_one()
        away = self._get_rma_away().sudo(self.env.su)
        if away:
            return away._get_records_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repair at a Vendor"),
            "res_model": "rma.authorization.outsourcing",
            "views": [(False, "form")],
            "context": {"default_repair_id": self.id},
        }
