# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from .rma_authorization_timer import TICKING_STATES

# More than these can't be told apart by looking at them.
MAX_FOUND = 10


class RmaAuthorizationDeskQueue(models.AbstractModel):
    """The queue of the inspection desk: which lines wait, since when, until when."""

    _name = "rma.authorization.desk.queue"
    _description = "Inspection Desk: Queue"

    def _get_queue_domain(self, filters):
        domain = Domain("date_to_inspect", "!=", False) & Domain(
            "state", "=", "authorized"
        )
        if text := str(filters.get("text") or "").strip():
            domain &= Domain.OR(
                Domain(path, "ilike", text)
                for path in (
                    "authorization_id.rma_number",
                    "authorization_id.name",
                    "partner_id",
                    "product_id",
                )
            )
        if product_id := int(filters.get("product_id") or 0):
            domain &= Domain("product_id", "=", product_id)
        if filters.get("is_late"):
            domain &= self._get_late_domain()
        return domain

    def _get_late_domain(self):
        """Lines whose inspection is overdue; a clock that stands still isn't."""
        timers = self.env["rma.authorization.timer"]._search(
            [
                ("milestone", "=", "inspection"),
                ("state", "=", "running"),
                ("date_due", "<", fields.Datetime.now()),
            ]
        )
        return Domain("id", "in", timers.subselect("line_id"))

    # -- rows --------------------------------------------------------------------------

    def _describe_rows(self, lines):
        """Rows of the queue for these lines, in a fixed number of queries."""
        timers = {
            timer.line_id: timer
            for timer in self.env["rma.authorization.timer"].search(
                [
                    ("line_id", "in", lines.ids),
                    ("milestone", "=", "inspection"),
                    ("state", "in", TICKING_STATES),
                ],
                order="id",
            )
        }
        none = self.env["rma.authorization.timer"]
        return [self._prepare_row(line, timers.get(line, none)) for line in lines]

    def _prepare_row(self, line, timer):
        """One row of the queue. Override to add what another app knows.

        ``days``      since it waits, by the days of the company
        ``due``       until when it has to be judged, in words; empty without a clock
        ``is_late``   whether that is over
        """
        now = fields.Datetime.now()
        company = line.company_id
        since = line.date_to_inspect or now
        return {
            "id": line.id,
            "authorization_id": line.authorization_id.id,
            "name": line.authorization_id.display_name,
            "customer": line.partner_id.display_name,
            "product": line.product_id.display_name,
            "qty": line.qty_to_inspect,
            "unit": line.product_uom_id.name,
            "is_urgent": line.authorization_id.priority == "1",
            "days": (company._get_rma_day(now) - company._get_rma_day(since)).days,
            "due": timer.date_due and format_datetime(self.env, timer.date_due) or "",
            "is_late": bool(
                timer.state == "running" and timer.date_due and timer.date_due < now
            ),
        }

    # -- what was scanned --------------------------------------------------------------

    def _find_lines(self, barcode):
        """The waiting lines that a number means: of the return, the request or the
        parcel, else of the product. Override where goods have numbers.

        :return: (lines, id of the number of the goods or False)
        """
        names = list(dict.fromkeys((barcode, barcode.upper())))
        for domain in (
            Domain("authorization_id.rma_number", "in", names)
            | Domain("authorization_id.name", "in", names),
            Domain("authorization_id.tracking_ref", "in", names),
            Domain("product_id.barcode", "=", barcode)
            | Domain("product_id.default_code", "=", barcode),
        ):
            if lines := self._search_waiting(domain):
                return lines, False
        return self.env["rma.authorization.line"], False

    def _search_waiting(self, domain):
        return self.env["rma.authorization.line"].search(
            self._get_queue_domain({}) & domain,
            order="date_to_inspect, id",
            limit=MAX_FOUND,
        )
