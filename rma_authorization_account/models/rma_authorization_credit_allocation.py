# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import find_together, lock_rows

from ..ledger import CreditLedger


class RmaAuthorizationCreditAllocation(models.AbstractModel):
    """Finds the invoice line that each credited unit was billed on."""

    _name = "rma.authorization.credit.allocation"
    _description = "Allocation of Credits to Invoices"

    def _allocate(self, settlements):
        """Split settlements so that each is about one invoice line, or about units
        that are on no invoice.

        :return: the settlements and the siblings they were split into
        :raise UserError: where posted invoices don't allow for what must be credited
        """
        lines = settlements.line_id
        self._lock(lines)
        find_together(lines.sale_line_id, ["rma_line_ids", "invoice_lines"])
        invoice_lines = (
            lines.invoice_line_id
            | lines.sale_line_id._get_rma_invoice_lines()
            | lines._get_rma_bill_lines()
        )
        # and what will be copied of them
        find_together(invoice_lines, ["sale_line_ids", "tax_ids", "tax_tag_ids"])
        ledger = CreditLedger(invoice_lines, lines.sale_line_id)
        parts = {
            settlement: self._allocate_settlement(settlement, ledger)
            for settlement in settlements
        }
        return settlements._split(parts)

    def _lock(self, lines):
        """Lock what the decision is read from, see `_lock_rma_credited`."""
        lock_rows(lines.sale_line_id)
        unsold = lines.filtered(lambda line: not line.sale_line_id)
        (unsold.invoice_line_id | unsold._get_rma_bill_lines())._lock_rma_credited()

    def _allocate_settlement(self, settlement, ledger):
        """The parts of one settlement, as values; takes them out of the ledger."""
        line = settlement.line_id
        unit, order_line = line.product_uom_id, line.sale_line_id
        parts = []
        rest = self._take(
            settlement, line.invoice_line_id, settlement.qty, ledger, parts
        )
        ledger.bill(order_line, settlement.qty - rest, unit)
        if line._is_rma_purchased():
            return parts + self._allocate_purchase(settlement, rest, ledger)
        if not order_line:
            return parts + self._allocate_without_order(settlement, rest)
        due = ledger.get_due(order_line, rest, unit)
        uninvoiced = unit.round(rest - due)
        due = self._take(
            settlement, order_line._get_rma_invoice_lines(), due, ledger, parts
        )
        if unit.compare(due, 0.0) > 0:
            raise self._get_shortage_error(settlement, due)
        if unit.compare(uninvoiced, 0.0) > 0:
            parts.append({"qty": uninvoiced, "is_uninvoiced": True})
        return parts

    def _allocate_purchase(self, settlement, rest, ledger):
        """What goes back to a supplier is credited from the bills of its purchase; what
        they haven't billed, they don't any more."""
        parts = []
        rest = self._take(
            settlement, settlement.line_id._get_rma_bill_lines(), rest, ledger, parts
        )
        if settlement.product_uom_id.compare(rest, 0.0) > 0:
            parts.append({"qty": rest, "is_uninvoiced": True})
        return parts

    def _take(self, settlement, invoice_lines, qty, ledger, parts):
        """Credit `qty` from these invoice lines, in their order, as far as they allow.

        :return: the quantity that they don't allow for
        """
        unit = settlement.product_uom_id
        for invoice_line in invoice_lines:
            taken = ledger.take(invoice_line, qty, unit)
            if unit.compare(taken, 0.0) > 0:
                parts.append({"qty": taken, "invoice_line_id": invoice_line.id})
                qty = unit.round(qty - taken)
        return qty

    def _allocate_without_order(self, settlement, rest):
        """Without any origin, a credit at list price; no more than a named invoice."""
        if settlement.product_uom_id.compare(rest, 0.0) <= 0:
            return []
        if settlement.line_id.invoice_line_id:
            raise self._get_shortage_error(settlement, rest)
        return [{"qty": rest}]

    def _get_shortage_error(self, settlement, qty):
        line = settlement.line_id
        invoice_lines = line.invoice_line_id | line.sale_line_id.invoice_lines
        drafts = invoice_lines.move_id.filtered(lambda move: move.state == "draft")
        names = ", ".join(drafts.mapped("display_name"))
        return UserError(
            self.env._(
                "%(line)s: %(qty)s %(unit)s can't be credited, because posted invoices "
                "don't bill them, or they were credited before. Drafts: %(drafts)s. "
                "Post or correct those, or choose another invoice line.",
                line=line.display_name,
                qty=qty,
                unit=line.product_uom_id.name,
                drafts=names or self.env._("none"),
            )
        )
