# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Steps of goods: receive, inspect, dispose, by workers and technicians."""

import base64

from hypothesis import strategies as st

from odoo import Command, fields

from .finders import Finders
from .machine import FLAG, SHARE, act
from .request_rules import RESOLUTIONS

# Goods that are here can't be kept by the customer: see test_walk_findings.
DISPOSITIONS = st.sampled_from(
    [
        "restock",
        False,
        "scrap",
        "send_back",
        "hold",
        "regrade",
        "harvest",
        "repair",
        "vendor",
    ]
)
# Goods that are the customer's are given up in two of three cases.
CONSENT = st.sampled_from([True, True, False])
VERDICTS = st.sampled_from(["accepted", "rejected"])


class GoodsRules(Finders):
    # -- receive -----------------------------------------------------------------------

    @act("permitted", limit=3)
    def announce(self, permitted):
        """The dock looks at what is expected."""
        self.by(self.case.worker, permitted).action_receive()

    @act("receipts", weight=2, share=SHARE, rest=FLAG)
    def receive(self, picking, share, rest):
        """Goods arrive, whole or in part."""
        self.take_in(picking, share, cancel_rest=not rest)

    def take_in(self, picking, share=0, *, cancel_rest=False):
        for move in picking.move_ids:
            qty = self.get_part(move, share)
            if move.has_tracking != "none" and not move.move_line_ids.lot_id:
                self.choose_lots(move, qty)
            self.fill(move, qty)
        context = {"skip_backorder": True}
        if cancel_rest:
            context["picking_ids_not_to_backorder"] = picking.ids
        self.by(self.case.worker, picking).with_context(**context).button_validate()

    @act(
        "receipts",
        limit=2,
        decision=st.sampled_from(["accept", "hold", "refuse"]),
        other=FLAG,
    )
    def receive_unexpected(self, picking, decision, other):
        """More arrives than is expected, or other numbers, and the dock decides."""
        move = picking.move_ids[0]
        order_line = move.sale_line_id
        if move.has_tracking == "none" or not other:
            move.quantity = move.product_uom_qty + 1
        if move.has_tracking != "none":
            lots = self.get_lots_at_customer(order_line)
            lines = move.move_line_ids.sorted("id")
            for line, lot in zip(lines, reversed(lots), strict=False):
                line.lot_id = lot
            lines.filtered(lambda line: not line.lot_id).unlink()
        worker = self.by(self.case.worker, picking).with_context(skip_backorder=True)
        result = worker.button_validate()
        if isinstance(result, dict) and result.get("res_model", "").startswith("rma."):
            window = worker.env[result["res_model"]].browse(result["res_id"])
            window.row_ids.write({"decision": decision, "reason": "They sent it"})
            window.action_apply()

    @act("receipts", limit=1)
    def cancel_receipt(self, picking):
        self.by(self.case.worker, picking).action_cancel()

    @act("receipts", limit=1)
    def delete_receipt(self, picking):
        """By an administrator: workers may only cancel."""
        picking.unlink()

    @act("received", limit=2, share=SHARE)
    def reverse_receipt(self, picking, share):
        """Send out again what came in by mistake, by the core's window. To update the
        sale by that, as it proposes, isn't right yet: see test_walk_findings."""
        move = picking.move_ids[0]
        qty = self.part(move.quantity, share, move.product_uom)
        self.return_moves(picking, {move: qty}, refund=False)

    # -- inspect -----------------------------------------------------------------------

    @act("permitted")
    def inspect_all(self, permitted):
        self.by(self.case.technician, permitted).action_inspect()

    @act(
        "waiting",
        weight=2,
        share=SHARE,
        verdict=VERDICTS,
        resolution=RESOLUTIONS,
        disposition=DISPOSITIONS,
        consent=CONSENT,
    )
    def inspect(self, line, share, verdict, resolution, disposition, consent):
        """A finding on a part of what arrived, perhaps on too much of it."""
        total = line.product_uom_id.round(line.qty_received - line.qty_inspected)
        vals = {
            "line_id": line.id,
            "qty": self.part(total, share, line.product_uom_id),
            "verdict": verdict,
            "resolution": resolution,
            **self.prepare_goods(line.product_id, disposition, consent),
        }
        if line.tracking != "none":
            lot, left = self.get_unjudged_lot(line)
            vals.update(lot_id=lot.id, qty=min(vals["qty"], left))
        findings = self.env["rma.authorization.inspection"]
        findings.with_user(self.case.technician).create(vals)

    def prepare_goods(self, product, disposition, consent):
        """What a finding says of the goods, complete for the disposition."""
        case = self.case
        vals = {"disposition": disposition}
        target = case.targets.get(product)
        if disposition == "regrade" and target:
            vals["regrade_product_id"] = target.id
        elif disposition == "regrade":
            vals["regrade_location_id"] = case.outlet.id
        elif disposition == "harvest":
            vals["harvest_ids"] = [
                Command.clear(),
                *(
                    Command.create({"product_id": part.id, "qty": qty})
                    for part, qty in case.parts.items()
                ),
            ]
        elif disposition == "vendor":
            vals["responsible"] = "supplier"
        if consent:
            vals["owner_consent_date"] = fields.Date.today()
            vals["owner_consent_file"] = base64.b64encode(b"Keep it")
        return vals

    def get_unjudged_lot(self, line):
        judged = dict.fromkeys(line.move_ids.lot_ids, 0.0)
        for finding in line.inspection_ids:
            judged[finding.lot_id] = judged.get(finding.lot_id, 0.0) + finding.qty
        for lot, qty in self.get_received_by_lot(line).items():
            left = qty - judged.get(lot, 0.0)
            if left > 0:
                return lot, left
        return self.env["stock.lot"], 1.0

    @act("findings", verdict=VERDICTS, resolution=RESOLUTIONS)
    def judge_anew(self, finding, verdict, resolution):
        self.by(self.case.technician, finding).write(
            {"verdict": verdict, "resolution": resolution}
        )

    @act("findings", share=SHARE)
    def change_finding(self, finding, share):
        qty = self.part(finding.qty + 1, share, finding.product_uom_id)
        self.by(self.case.technician, finding).qty = qty

    @act("findings", disposition=DISPOSITIONS, consent=CONSENT)
    def decide(self, finding, disposition, consent):
        self.enter_goods(finding, disposition, consent)

    def enter_goods(self, finding, disposition, consent):
        self.by(self.case.technician, finding).write(
            self.prepare_goods(finding.product_id, disposition, consent)
        )

    @act("uncertified", weight=2)
    def certify(self, finding):
        """The certificate for what was scrapped comes."""
        self.enter_certificate(finding)

    def enter_certificate(self, finding):
        self.by(self.case.technician, finding).write(
            {
                "certificate_number": "W-1",
                "certificate_date": fields.Date.today(),
                "certificate_file": base64.b64encode(b"Destroyed"),
            }
        )

    @act("certified", limit=2)
    def lose_certificate(self, finding):
        """Somebody takes it off the finding again."""
        self.by(self.case.technician, finding).certificate_file = False

    @act("findings")
    def delete_finding(self, finding):
        self.by(self.case.manager, finding).unlink()

    # -- dispose -----------------------------------------------------------------------

    @act("permitted", weight=2)
    def dispose(self, permitted):
        with self.worth_kept():
            self.by(self.case.worker, permitted).action_dispose()

    @act("shipments", weight=2, share=SHARE, rest=FLAG)
    def ship(self, picking, share, rest):
        """Goods leave quarantine, whole or in part."""
        self.validate(picking, share, cancel_rest=not rest)

    @act("shipments", limit=1)
    def cancel_shipment(self, picking):
        self.by(self.case.worker, picking).action_cancel()

    @act("findings")
    def undo_disposition(self, finding):
        self.by(self.case.worker, finding).action_undo_disposition()

    @act("restocked", limit=2, share=SHARE)
    def return_restocked(self, picking, share):
        """Back into quarantine, by the core's window; of what was taken apart all of
        the parts, or too little of them."""
        move = picking.move_ids.filtered(
            lambda one: one.location_dest_id.usage == "internal"
        )[0]
        moves = move
        if move.rma_is_part:
            moves = move.rma_regraded_move_id.rma_regraded_move_ids
        quantities = {
            one: self.part(one.quantity, share, one.product_uom) for one in moves
        }
        with self.worth_kept():
            self.return_moves(picking, quantities, refund=False)

    # -- what comes next ---------------------------------------------------------------

    @act(
        "ongoing",
        weight=4,
        limit=20,
        times=st.integers(1, 3),
        disposition=DISPOSITIONS,
        consent=CONSENT,
    )
    def go_on(self, ongoing, times, disposition, consent):
        """What the queue asks for; goods that nobody has decided on go that way."""
        self.take_next_step(ongoing, times)
        undecided = ongoing.inspection_ids.filtered(
            lambda finding: finding.disposition_state == "no"
        )
        for finding in undecided:
            self.enter_goods(finding, disposition, consent)
        if undecided and ongoing.state == "authorized" and disposition != "hold":
            with self.worth_kept():
                self.go_dispose(ongoing)

    def take_next_step(self, authorization, times):
        for _time in range(times):
            step = getattr(self, f"go_{authorization.next_step}", None)
            if step:
                step(authorization)
                self.env.flush_all()
                self._options.clear()

    def go_review(self, request):
        self.by(self.case.agent, request).action_authorize()

    def go_receive(self, authorization):
        self.by(self.case.worker, authorization).action_receive()
        for picking in authorization._get_open_receipts():
            self.take_in(picking)

    def go_inspect(self, authorization):
        self.by(self.case.technician, authorization).action_inspect()

    def go_settle(self, authorization):
        self.by(self.case.agent, authorization).action_settle()

    def go_dispose(self, authorization):
        self.by(self.case.worker, authorization).action_dispose()

    def go_close(self, authorization):
        """Finish the documents that are under way."""
        settlements = authorization.settlement_ids
        for repair in authorization.repair_ids:
            self.finish_repair(repair)
        for picking in settlements.sale_line_ids.move_ids.picking_id:
            self.validate(picking)
        for picking in authorization.picking_ids:
            self.validate(picking)
        for finding in authorization._get_missing_certificates():
            self.enter_certificate(finding)
        notes = settlements.credit_line_ids.move_id
        self.release(notes.filtered(lambda note: note.state == "draft"))
