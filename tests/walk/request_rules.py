# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Steps of requests and decisions, by agents and managers."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from odoo import Command, fields

from .finders import Finders
from .machine import FLAG, SHARE, act

RESOLUTIONS = st.sampled_from(["credit", "exchange", "repair", "none", "solved"])
DISPOSITIONS = st.sampled_from(
    ["restock", False, "scrap", "send_back", "hold", "keep", "repair"]
)
# Why a manager reopens: then it is open even when nothing is.
REOPENED = "Something was forgotten"


class RequestRules(Finders):
    @act(
        "returnable",
        weight=3,
        limit=4,
        share=SHARE,
        beyond=st.sampled_from([0, 0, 0, 1]),
        resolution=RESOLUTIONS,
        disposition=DISPOSITIONS,
        advance=FLAG,
        inspected=FLAG,
        named=FLAG,
        other_unit=FLAG,
        authorized=st.sampled_from([True, True, True, False]),
    )
    def request(
        self,
        order_line,
        share,
        beyond,
        resolution,
        disposition,
        advance,
        inspected,
        named,
        other_unit,
        authorized,
    ):
        """A return of what is left, or of more than that."""
        returns = self.env["rma.authorization"].with_user(self.case.agent)
        vals = self.prepare_line(
            order_line, share, other_unit=other_unit, named=named, beyond=beyond
        )
        vals.update(
            resolution=resolution,
            disposition=disposition,
            advance=advance and resolution == "exchange",
            under_warranty=advance and resolution == "repair",
        )
        request = returns.create(
            {
                "partner_id": order_line.order_id.partner_id.id,
                "inspection_required": inspected,
                "line_ids": [Command.create(vals)],
            }
        )
        if authorized:
            request.action_authorize()

    def prepare_line(
        self, order_line, share, *, other_unit=False, named=False, beyond=0
    ):
        case, product = self.case, order_line.product_id
        unit = order_line.product_uom_id
        left = max(self.get_unreturned(order_line, unit), 0.0) + beyond
        if unit == case.dozen and other_unit:
            unit = product.uom_id
            left = unit.round(left * 12)
        qty = self.part(left or 1.0, share, unit)
        vals = {
            "product_id": product.id,
            "sale_line_id": order_line.id,
            "product_uom_id": unit.id,
            "qty_requested": qty,
            "reason_id": case.reason.id,
        }
        if named and product.tracking != "none":
            lots = self.get_lots_at_customer(order_line)
            count = int(qty) if product.tracking == "serial" else 1
            vals["lot_ids"] = [Command.set(lots[:count].ids)]
        return vals

    def get_lots_at_customer(self, order_line):
        """Numbers of this order line that the customer has."""
        lots = order_line.move_ids.move_line_ids.filtered(
            lambda line: line.state == "done"
        ).lot_id
        quants = self.search(
            "stock.quant",
            ("location_id.usage", "=", "customer"),
            ("lot_id", "in", lots.ids),
            ("quantity", ">", 0),
        )
        return quants.lot_id.sorted("id")

    @act("requests", limit=3, share=SHARE, allowed=SHARE)
    def change_request(self, request, share, allowed):
        """Ask for another quantity, of which perhaps only a part is permitted."""
        line = self.by(self.case.agent, request).line_ids[:1]
        unit = line.product_uom_id
        qty = self.part(line.qty_requested + 1, share, unit)
        line.qty_requested = qty
        line.qty_authorized = self.part(qty, allowed, unit)

    @act("requests", limit=1)
    def add_line(self, request):
        """Return another product of the same order, too."""
        others = (
            request.line_ids.sale_line_id.order_id.order_line
            - request.line_ids.sale_line_id
        )
        lines = others or request.line_ids.sale_line_id
        if lines:
            vals = self.prepare_line(lines[0], 1)
            vals["resolution"] = "credit"
            self.by(self.case.agent, request).line_ids = [Command.create(vals)]

    @act(
        "lines", limit=4, resolution=RESOLUTIONS, disposition=DISPOSITIONS, advance=FLAG
    )
    def rethink(self, line, resolution, disposition, advance):
        """Another resolution and disposition than was thought of at first."""
        if line.qty_received and disposition == "keep":
            disposition = "hold"
        self.by(self.case.agent, line).write(
            {
                "resolution": resolution,
                "disposition": disposition,
                "advance": advance and resolution == "exchange",
            }
        )

    # -- decisions ---------------------------------------------------------------------

    @precondition(lambda walk: walk.is_stuck())
    @rule()
    def look(self):
        """Somebody looks at the queues, which is possible when nothing else is."""
        self.env["rma.authorization"].search([("is_late", "=", True)])

    @act("drafts")
    def submit(self, request):
        self.by(self.case.agent, request).action_submit()

    @act("requests")
    def authorize(self, request):
        self.by(self.case.agent, request).action_authorize()

    @act("requests", limit=2)
    def authorize_all(self, _request):
        requests = self.env["rma.authorization"].union(*self.options("requests"))
        self.by(self.case.agent, requests).action_authorize()

    @act("submitted", limit=2)
    def refuse(self, request):
        self.by(self.case.agent, request).action_refuse("Not under warranty")

    @act("refused", limit=2)
    def appeal(self, request):
        self.by(self.case.agent, request).action_appeal()

    @act("returns", limit=2)
    def draft(self, request):
        self.by(self.case.agent, request).action_draft()

    @act("ongoing", limit=1)
    def ask(self, request):
        self.by(self.case.agent, request).action_request_information("How come?")

    @act("ongoing", limit=1)
    def answer(self, request):
        self.by(self.case.agent, request).action_information_received()

    @act("ongoing", limit=2)
    def cancel(self, request):
        self.by(self.case.agent, request).action_cancel("Not needed")

    @act("permitted", limit=2)
    def expire(self, request):
        """The day until which it may come back passes."""
        request.date_request = fields.Datetime.now() - timedelta(days=60)
        request.date_deadline = fields.Date.today() - timedelta(days=1)
        requests = self.env["rma.authorization"]
        requests.search(requests._get_expired_domain())._expire()

    @act("extendable", limit=2)
    def extend(self, request):
        self.by(self.case.agent, request).action_extend(30)

    @act("permitted", limit=3)
    def close(self, request):
        self.by(self.case.agent, request).action_close("The rest does not come")

    @act("expecting", limit=2, settled=FLAG)
    def report_lost(self, request, settled):
        """The parcel with the rest does not arrive."""
        agents = self.by(self.case.agent, request)
        agents.action_report_lost("The carrier lost it", settle=settled)

    @act("closed", limit=2)
    def reopen(self, request):
        self.by(self.case.manager, request).action_reopen(REOPENED)

    @act("returns", limit=1)
    def delete(self, request):
        self.by(self.case.manager, request).unlink()
