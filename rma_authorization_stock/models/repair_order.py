# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    rma_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Return Authorization",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
    )
    rma_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Return Line",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    rma_settlement_id = fields.Many2one(
        comodel_name="rma.authorization.settlement",
        string="Return Settlement",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def action_repair_done(self):
        """Override of `repair` to send repaired goods back to the customer."""
        res = super().action_repair_done()
        self._send_rma_goods_back()
        return res

    def action_repair_cancel(self):
        """Override of `repair` to free the quantity of a return's repair."""
        res = super().action_repair_cancel()
        self.sudo().rma_id._update_closure()
        return res

    def _send_rma_goods_back(self):
        # sudo: a technician finishes a repair without rights on returns or deliveries
        settlements_sudo = self.sudo().rma_settlement_id
        repaired = settlements_sudo.filtered(
            lambda settlement: (
                not settlement._get_resolution_handler()._holds_goods(settlement)
            )
        )
        findings = repaired.inspection_id.filtered(
            lambda finding: finding.disposition_state in ("no", "pending")
        )
        findings.filtered(
            lambda finding: finding.disposition != "send_back"
        ).disposition = "send_back"
        findings._get_disposable()._dispose()
        settlements_sudo.authorization_id._update_closure()
