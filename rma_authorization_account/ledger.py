# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


class CreditLedger:
    """What can still be credited, while a batch of settlements is allocated.

    Invoice lines bound what can be credited of each. Order lines bound what must be:
    units that were never invoiced aren't credited, they are no longer invoiced.
    """

    def __init__(self, invoice_lines, order_lines):
        self._left = invoice_lines._get_rma_creditable_qty()
        self._billable = {line: line._get_rma_billable_qty() for line in order_lines}
        self._invoiced = {line: line.qty_invoiced for line in order_lines}

    def take(self, invoice_line, qty, unit):
        """Credit up to `qty` on this invoice line; returns how much it allows for."""
        if not invoice_line._is_rma_creditable():
            return 0.0
        line_unit = invoice_line.product_uom_id
        available = line_unit._compute_quantity(
            max(self._left[invoice_line], 0.0), unit, rounding_method="DOWN"
        )
        taken = min(qty, available)
        self._left[invoice_line] -= unit._compute_quantity(
            taken, line_unit, round=False
        )
        return taken

    def bill(self, order_line, qty, unit):
        """Take a quantity that is credited anyway out of the sale."""
        if order_line and qty:
            order_qty = unit._compute_quantity(
                qty, order_line.product_uom_id, round=False
            )
            self._billable[order_line] -= order_qty
            self._invoiced[order_line] -= order_qty

    def get_due(self, order_line, qty, unit):
        """How much of `qty` has to be credited when all of it leaves the sale: what is
        invoiced beyond the quantity that stays billable. Takes it out of the sale.
        """
        order_unit = order_line.product_uom_id
        order_qty = unit._compute_quantity(qty, order_unit, round=False)
        self._billable[order_line] -= order_qty
        due = max(self._invoiced[order_line] - self._billable[order_line], 0.0)
        if order_unit.compare(due, order_qty) >= 0:
            self._invoiced[order_line] -= order_qty
            return qty
        self._invoiced[order_line] -= due
        return order_unit._compute_quantity(due, unit, rounding_method="HALF-UP")
