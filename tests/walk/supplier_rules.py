# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Steps of returns to suppliers, by agents, workers, technicians and accountants."""

from hypothesis import strategies as st

from odoo import Command, fields

from .machine import FLAG, SHARE, act
from .supplier_facts import SupplierFacts

ANSWERS = ["credit", "exchange", "repair", "back", "gone", "amount"]
ANSWER = st.sampled_from(ANSWERS)


class SupplierRules(SupplierFacts):
    # -- ask ---------------------------------------------------------------------------

    @act(
        "bought",
        limit=3,
        share=SHARE,
        resolution=st.sampled_from(["credit", "exchange", "repair", "none"]),
        kept=st.sampled_from([False, False, True]),
        authorized=FLAG,
    )
    def return_purchase(self, order_line, share, resolution, kept, authorized):
        """Goods from stock go back to who supplied them, or are only claimed."""
        product, unit = order_line.product_id, order_line.product_uom_id
        qty = self.part(order_line.product_qty, share, unit)
        vals = {
            "product_id": product.id,
            "product_uom_id": unit.id,
            "purchase_line_id": order_line.id,
            "qty_requested": qty,
            "reason_id": self.case.reason.id,
            "resolution": resolution,
            "disposition": "keep" if kept else False,
        }
        if product.tracking != "none" and not kept:
            lots = self.get_lots_here(order_line)
            if product.tracking == "serial":
                lots = lots[: int(qty)]
                vals["qty_requested"] = len(lots) or 1.0
            vals["lot_ids"] = [Command.set(lots.ids)]
        claim = (
            self.env["rma.authorization"]
            .with_user(self.case.agent)
            .create(
                {
                    "direction": "supplier",
                    "partner_id": order_line.order_id.partner_id.id,
                    "line_ids": [Command.create(vals)],
                }
            )
        )
        if authorized:
            claim.action_authorize()

    def get_lots_here(self, order_line):
        """Numbers of this purchase that are on the shelf."""
        quants = self.search(
            "stock.quant",
            ("lot_id", "in", self.done(order_line.move_ids).lot_ids.ids),
            ("location_id", "=", self.case.warehouse.lot_stock_id.id),
            ("quantity", ">", 0),
        )
        return quants.lot_id.sorted("id")

    @act("findings", limit=2)
    def blame(self, finding):
        """The supplier answers for it."""
        self.enter_blame(finding)

    def enter_blame(self, finding):
        finding = self.by(self.case.technician, finding)
        finding.responsible = "supplier"
        if not finding.vendor_id:
            finding.vendor_id = self.case.suppliers[0]

    @act("blamed", weight=3, limit=6)
    def claim(self, finding):
        """One is claimed; where nobody knows against whom, somebody says it."""
        if not finding.vendor_id:
            self.enter_blame(finding)
        self.by(self.case.worker, finding).action_claim()

    @act("blamed", limit=2)
    def claim_all(self, _finding):
        findings = self.env["rma.authorization.inspection"].union(
            *self.options("blamed")
        )
        self.by(self.case.agent, findings).action_claim()

    # -- the supplier decides ----------------------------------------------------------

    @act("undecided_claims")
    def submit_claim(self, claim):
        self.by(self.case.agent, claim).action_submit()

    @act("undecided_claims", weight=2, share=SHARE, numbered=FLAG)
    def agree(self, claim, share, numbered):
        """They take back all or a part, perhaps under a number of theirs."""
        claim = self.by(self.case.agent, claim)
        for line in claim.line_ids:
            unit = line.product_uom_id
            line.qty_authorized = self.part(line.qty_requested, share, unit)
        if numbered:
            claim.partner_reference = "RAN-1"
        claim.action_authorize()

    @act("undecided_claims", limit=2)
    def refuse_claim(self, claim):
        claim = self.by(self.case.agent, claim)
        claim.action_submit()
        claim.action_refuse("Out of warranty")

    @act("open_claims", limit=2)
    def cancel_claim(self, claim):
        self.by(self.case.agent, claim).action_cancel("Not needed")

    @act("agreed_claims", limit=2)
    def close_claim(self, claim):
        self.by(self.case.agent, claim).action_close("The rest stays here")

    @act("claims", limit=1)
    def delete_claim(self, claim):
        self.by(self.case.manager, claim).unlink()

    # -- ship --------------------------------------------------------------------------

    @act("agreed_claims", numbered=FLAG)
    def announce_shipment(self, claim, numbered):
        if numbered:
            self.by(self.case.agent, claim).partner_reference = "RAN-2"
        self.by(self.case.worker, claim).action_receive()

    @act("claim_shipments", weight=3, share=SHARE, rest=FLAG)
    def ship_claim(self, picking, share, rest):
        """Goods leave for their supplier, whole or in part."""
        self.validate(picking, share, cancel_rest=not rest)

    @act("claim_shipments", limit=1)
    def cancel_claim_shipment(self, picking):
        self.by(self.case.worker, picking).action_cancel()

    @act("claims_shipped", limit=3, share=SHARE, refund=FLAG)
    def undo_claim_shipment(self, picking, share, refund):
        """The parcel is taken back by hand."""
        self.return_part(picking, share, refund=refund)

    def return_part(self, picking, share, *, refund):
        move = picking.move_ids[0]
        qty = self.part(move.quantity, share, move.product_uom)
        self.return_moves(picking, {move: qty}, refund=refund)

    @act("supplied", limit=2, share=SHARE, refund=FLAG)
    def return_purchase_by_hand(self, picking, share, refund):
        """As the ERP does it, perhaps of what is on a return of ours; no more than is
        there, which the ERP doesn't look at."""
        move = picking.move_ids[0]
        place = {"location": self.case.warehouse.lot_stock_id.id}
        here = move.product_id.with_context(**place).free_qty
        here = move.product_id.uom_id._compute_quantity(
            here, move.product_uom, rounding_method="DOWN"
        )
        left = self.sum_net(move, move.product_uom)
        qty = self.part(min(here, left), share, move.product_uom)
        self.return_moves(picking, {move: qty}, refund=refund)

    # -- answer ------------------------------------------------------------------------

    @act("answerable_claims", weight=3, answer=ANSWER, share=SHARE)
    def answer_claim(self, claim, answer, share):
        """The supplier answers for each line, or for a part of it."""
        self.enter_answer(claim, answer, share)

    def enter_answer(self, claim, answer, share=0):
        wizard = (
            self.env["rma.authorization.answer"]
            .with_user(self.case.agent)
            .create({"authorization_ids": [Command.set(claim.ids)]})
        )
        for row in wizard.line_ids:
            row.qty = self.part(row.qty, share, row.product_uom_id)
            row.answer = answer
            row.amount = 12.34 if answer == "amount" else 0.0
        wizard.action_apply()

    @act("answerable_claims")
    def settle_claim(self, claim):
        """They do what was asked for."""
        self.by(self.case.agent, claim).action_settle()

    @act("answers", limit=3)
    def undo_answer(self, settlement):
        self.by(self.case.agent, settlement).action_undo()

    @act("answer_receipts", weight=2, share=SHARE, rest=FLAG)
    def receive_answer(self, picking, share, rest):
        """What the supplier sends arrives, whole or in part."""
        self.take_answer(picking, share, cancel_rest=not rest)

    def take_answer(self, picking, share=0, *, cancel_rest=False):
        for move in picking.move_ids:
            qty = self.get_part(move, share)
            if move.has_tracking != "none" and not move.move_line_ids.lot_id:
                self.name_lots(move, qty)
            self.fill(move, qty)
        context = {"skip_backorder": True}
        if cancel_rest:
            context["picking_ids_not_to_backorder"] = picking.ids
        self.by(self.case.worker, picking).with_context(**context).button_validate()

    def name_lots(self, move, qty):
        """Numbers that nobody has seen before."""
        move.move_line_ids.unlink()
        is_serial = move.has_tracking == "serial"
        count = int(qty) if is_serial else 1
        move.move_line_ids = [
            Command.create(
                {
                    **move._prepare_move_line_vals(quantity=1 if is_serial else qty),
                    "lot_name": f"New-{move.id}-{number}",
                }
            )
            for number in range(count)
        ]

    @act("answer_receipts", limit=1)
    def cancel_answer_receipt(self, picking):
        self.by(self.case.worker, picking).action_cancel()

    @act("answers_received", limit=2, share=SHARE, refund=FLAG)
    def undo_answer_receipt(self, picking, share, refund):
        """What came is sent to the supplier again, by hand."""
        self.return_part(picking, share, refund=refund)

    # -- credit notes ------------------------------------------------------------------

    @act("supplier_drafts", limit=3)
    def post_supplier_note(self, note):
        self.release_supplier(note)

    def release_supplier(self, notes):
        for note in notes.filtered(lambda one: one.state == "draft"):
            note.write({"invoice_date": fields.Date.today(), "ref": f"CN-{note.id}"})
            self.by(self.case.accountant, note).action_post()

    @act("supplier_posted", limit=2)
    def reset_supplier_note(self, note):
        self.by(self.case.accountant, note).button_draft()

    @act("supplier_drafts", limit=2)
    def cancel_supplier_note(self, note):
        self.by(self.case.accountant, note).button_cancel()

    @act("supplier_drafts", limit=2)
    def delete_supplier_note(self, note):
        self.by(self.case.accountant, note).unlink()

    # -- what comes next ---------------------------------------------------------------

    @act("open_claims", weight=3, limit=12, times=st.integers(1, 3), answer=ANSWER)
    def go_on_claim(self, claim, times, answer):
        for _time in range(times):
            self.take_claim_step(claim, answer)
            self.env.flush_all()
            self._options.clear()

    def take_claim_step(self, claim, answer):
        if claim.next_step == "review":
            agent = self.by(self.case.agent, claim)
            agent.partner_reference = "RAN-3"
            agent.action_authorize()
        elif claim.next_step == "receive":
            self.by(self.case.worker, claim).action_receive()
            for picking in self.find_claim_shipments():
                if picking.rma_id == claim:
                    self.validate(picking)
        elif claim.next_step == "settle":
            self.enter_answer(claim, answer)
        elif claim.next_step == "close":
            for picking in claim.settlement_ids.answer_move_ids.picking_id:
                if picking.state not in ("done", "cancel"):
                    self.take_answer(picking)
            self.release_supplier(claim.settlement_ids.credit_line_ids.move_id)
