# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the steps of a walk can be about: records, oldest first."""

from .machine import WalkMachine

OPEN_PICKING = ("done", "cancel")


class Finders(WalkMachine):
    """Finds everything that belongs to the walk's customers and products."""

    def begin(self):
        case = self.case
        self.customers = case.customers[:0]
        self.quarantines = case.warehouses.rma_location_id

    def search(self, model, *domain):
        return self.env[model].search(list(domain), order="id")

    # -- sales -------------------------------------------------------------------------

    def find_orders(self):
        """Confirmed orders that aren't replacements."""
        return self.search(
            "sale.order",
            ("partner_id", "in", self.customers.ids),
            ("state", "=", "sale"),
            ("rma_id", "=", False),
        )

    def find_order_lines(self):
        return self.env["sale.order.line"].union(
            *(order.order_line for order in self.options("orders"))
        )

    def find_returnable(self):
        """Order lines of which the customer still has something."""
        return [
            line
            for line in self.options("order_lines")
            if self.get_at_customer(line, line.product_uom_id) > 0
        ]

    def find_billable(self):
        return [
            order
            for order in self.options("orders")
            if any(line.qty_to_invoice > 0 for line in order.order_line)
        ]

    def find_invoices(self):
        return self.search(
            "account.move",
            ("partner_id", "in", self.customers.ids),
            ("move_type", "=", "out_invoice"),
        )

    def find_posted(self):
        return [one for one in self.options("invoices") if one.state == "posted"]

    def find_drafted(self):
        return [one for one in self.options("invoices") if one.state == "draft"]

    def find_replacements(self):
        return self.search(
            "sale.order", ("rma_id", "!=", False), ("state", "=", "sale")
        )

    # -- transfers ---------------------------------------------------------------------

    def find_transfers(self):
        return self.search(
            "stock.picking",
            ("partner_id", "in", self.customers.ids),
            ("state", "!=", "cancel"),
        )

    def find_deliveries(self):
        """Transfers of orders, replacements among them, that aren't done."""
        return [
            one
            for one in self.options("transfers")
            if one.state not in OPEN_PICKING
            and not one.rma_id
            and one.location_id.usage == "internal"
        ]

    def find_delivered(self):
        """Finished deliveries of an order."""
        return [
            one
            for one in self.options("transfers")
            if one.state == "done"
            and one.location_dest_id.usage == "customer"
            and one.move_ids.sale_line_id
            and not one.move_ids.origin_returned_move_id
        ]

    def find_receipts(self):
        """Goods that are expected back."""
        return [
            one
            for one in self.options("transfers")
            if one.state not in OPEN_PICKING
            and any(move._is_rma_receipt() for move in one.move_ids)
        ]

    def find_received(self):
        return [
            one
            for one in self.options("transfers")
            if one.state == "done"
            and any(move._is_rma_receipt() for move in one.move_ids)
        ]

    def find_shipments(self):
        """Goods on their way out of quarantine."""
        return [
            one
            for one in self.options("transfers")
            if one.state not in OPEN_PICKING and one.move_ids.rma_inspection_id
        ]

    def find_restocked(self):
        return [
            one
            for one in self.options("transfers")
            if one.state == "done"
            and one.move_ids.rma_inspection_id
            and one.location_dest_id.usage == "internal"
        ]

    def find_repairs(self):
        return self.search(
            "repair.order",
            ("rma_id", "!=", False),
            ("state", "not in", ("done", "cancel")),
        )

    # -- returns -----------------------------------------------------------------------

    def find_returns(self):
        return self.search(
            "rma.authorization", ("partner_id", "in", self.customers.ids)
        )

    def with_state(self, *states):
        return [one for one in self.options("returns") if one.state in states]

    def find_drafts(self):
        return self.with_state("draft")

    def find_requests(self):
        return self.with_state("draft", "submitted")

    def find_submitted(self):
        return self.with_state("submitted")

    def find_expecting(self):
        """Returns of which something is still on its way."""
        return [
            one
            for one in self.options("permitted")
            if one.line_ids._has_open("qty_to_receive")
        ]

    def find_refused(self):
        return self.with_state("refused")

    def find_permitted(self):
        return self.with_state("authorized")

    def find_closed(self):
        return self.with_state("closed")

    def find_extendable(self):
        return self.with_state("authorized", "expired")

    def find_ongoing(self):
        return self.with_state("draft", "submitted", "authorized")

    def find_lines(self):
        return self.env["rma.authorization.line"].union(
            *(one.line_ids for one in self.options("permitted"))
        )

    def find_waiting(self):
        """Lines with goods that nobody has judged."""
        return [
            line
            for line in self.options("lines")
            if line.product_uom_id.compare(line.qty_received, line.qty_inspected) > 0
        ]

    def find_findings(self):
        return self.search(
            "rma.authorization.inspection", ("partner_id", "in", self.customers.ids)
        )

    def find_uncertified(self):
        """What is scrapped, or will be, without a certificate."""
        return [
            one
            for one in self.options("findings")
            if one.disposition == "scrap" and not one.certificate_file
        ]

    def find_certified(self):
        return [one for one in self.options("findings") if one.certificate_file]

    def find_settlements(self):
        return self.search(
            "rma.authorization.settlement",
            ("partner_id", "in", self.customers.ids),
            ("state", "!=", "cancelled"),
        )

    # -- credit notes ------------------------------------------------------------------

    def find_notes(self):
        return self.search(
            "account.move",
            ("partner_id", "in", self.customers.ids),
            ("move_type", "=", "out_refund"),
        )

    def with_note_state(self, state):
        """Credit notes of our returns."""
        notes = self.options("notes")
        return [one for one in notes if one.rma_id and one.state == state]

    def find_own_draft_notes(self):
        return self.with_note_state("draft")

    def find_own_posted_notes(self):
        return self.with_note_state("posted")

    def find_cancelled_notes(self):
        return self.with_note_state("cancel")

    def find_posted_notes(self):
        return [one for one in self.options("notes") if one.state == "posted"]
