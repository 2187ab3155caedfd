# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class AccountMoveLine(models.Model):
    """Goods that were replaced in advance and invoiced, because they didn't come."""

    # a subject of its own, in a file of its own
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    rma_owed_line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        string="Goods Owed for",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The return line whose goods are invoiced, or credited once they arrive.",
    )

    def _copy_data_extend_business_fields(self, values):
        """Override of `account`: a reversal, also one by hand, takes back what was
        invoiced; a copy invoices nothing of a return."""
        res = super()._copy_data_extend_business_fields(values)
        values["rma_owed_line_id"] = self.rma_owed_line_id.id
        return res

    def _get_rma_credited_line(self):
        """Extension: the line of the original that invoiced the same owed goods."""
        line = self.rma_owed_line_id
        if not line:
            return super()._get_rma_credited_line()
        return self.move_id.reversed_entry_id.invoice_line_ids.filtered(
            lambda invoiced: invoiced.rma_owed_line_id == line
        )[:1]

    def _get_rma_owed_qty(self, unit):
        """What this invoices of owed goods, negative where it credits, in `unit`."""
        self.ensure_one()
        qty = self.product_uom_id._compute_quantity(self.quantity, unit, round=False)
        return -qty if self.move_id.move_type == "out_refund" else qty

    def _get_rma_owed_open_qty(self):
        """What of this invoice line was not credited yet, in its unit."""
        self.ensure_one()
        unit, line = self.product_uom_id, self.rma_owed_line_id
        credited = self.move_id.reversal_move_ids.invoice_line_ids.filtered(
            lambda other: (
                other.rma_owed_line_id == line and other.parent_state != "cancel"
            )
        )
        return self.quantity + sum(other._get_rma_owed_qty(unit) for other in credited)
