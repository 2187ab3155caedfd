# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models


class AccountMove(models.Model):
    """Credit notes of goods that arrive after they were invoiced as owed."""

    # a subject of its own, in a file of its own
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _keep_rma_owed_lines(self, quantities):
        """Leave nothing on a new reversal but these quantities.

        :param dict quantities: {return line: quantity in the unit of the invoice line}
        """
        self.ensure_one()
        self.write(
            {
                "invoice_line_ids": [
                    Command.update(
                        line.id, {"quantity": quantities[line.rma_owed_line_id]}
                    )
                    if line.rma_owed_line_id in quantities
                    else Command.delete(line.id)
                    for line in self.invoice_line_ids
                ]
            }
        )

    def _complete_rma_owed(self):
        """The credits of an invoice add up to it, to the cent."""
        rounding = self.env["rma.authorization.credit.rounding"]
        for note in self:
            originals = note.invoice_line_ids.mapped(
                lambda line: line._get_rma_credited_line()
            )
            completed = originals.filtered(
                lambda line: line.product_uom_id.is_zero(line._get_rma_owed_open_qty())
            )
            lines = note.invoice_line_ids.filtered(
                lambda line, completed=completed: (
                    line._get_rma_credited_line() in completed
                )
            )
            if lines and not rounding._is_exact(note):
                rounding._complete_lines(note, lines)
