# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, models
from odoo.exceptions import UserError


class RmaAuthorizationCharger(models.AbstractModel):
    """Asks the rules what is charged for credited goods, and keeps the draft notes so.

    Rules are asked when a credit note is made, and again when a cause changes; what
    they say is compared with the charges there are, and only the difference is written.
    """

    _name = "rma.authorization.charger"
    _description = "Charges of Returns"

    def _charge(self, settlements):
        """Let the charges of credit settlements be what the rules say now.

        :raise UserError: where a credit that would change was posted already
        """
        settlements = settlements.filtered(
            lambda settlement: (
                settlement.credit_line_ids
                and settlement.state != "cancelled"
                and settlement.line_id.direction == "customer"
            )
        )
        rules = self.env["rma.authorization.charge.rule"]._get_rules(
            settlements.company_id
        )
        if not rules and not settlements.charge_ids:
            return
        wanted = self._get_wanted(settlements, rules)
        stale = settlements.charge_ids.filtered(
            lambda charge: charge.rule_id and charge.state != "cancelled"
        )
        for charge in stale:
            vals = wanted.get(self._get_key(charge))
            if vals and not charge.currency_id.compare_amounts(
                vals["amount"], charge.amount
            ):
                wanted.pop(self._get_key(charge))
                stale -= charge
        self._replace(stale, list(wanted.values()))

    def _charge_by_hand(self, authorizations):
        """Put on the new notes what was entered by hand before."""
        authorizations.charge_ids.filtered(
            lambda charge: not charge.rule_id and charge.state == "open"
        )._put_on_drafts()

    def _replace(self, stale, vals_list):
        charge_model = self.env["rma.authorization.charge"].with_context(
            rma_charging=True
        )
        settlements = stale.settlement_id.union(
            *(
                self.env["rma.authorization.settlement"].browse(vals["settlement_id"])
                for vals in vals_list
            )
        )
        for settlement in settlements:
            note = self._get_note(settlement)
            if note.state == "posted":
                raise UserError(
                    self.env._(
                        "%(line)s was credited with %(note)s, and the charges would "
                        "change by this. Reset the credit note to draft first.",
                        line=settlement.line_id.display_name,
                        note=note.display_name,
                    )
                )
        stale.with_context(rma_charging=True).unlink()
        charges = charge_model.create(vals_list)
        for note, batch in charges.grouped(
            lambda charge: self._get_note(charge.settlement_id)
        ).items():
            batch._put_on(note)

    def _get_key(self, charge):
        return charge.settlement_id, charge.rule_id, charge.origin_line_id

    def _get_note(self, settlement):
        return settlement.credit_line_ids.filtered(
            lambda line: line.parent_state != "cancel"
        ).move_id[:1]

    # -- what the rules say ------------------------------------------------------------

    def _get_wanted(self, settlements, rules):
        """{(settlement, rule, original line): values of its charge}"""
        wanted, once = {}, set()
        for settlement in settlements.sorted("id"):
            for rule in rules._get_matching(settlement):
                if rule.kind == "delivery":
                    wanted.update(self._get_delivery(settlement, rule, wanted))
                    continue
                if rule.computation == "return":
                    key = settlement.authorization_id, rule
                    if key in once or self._is_charged(settlement, rule):
                        continue
                    once.add(key)
                vals = self._prepare_vals(settlement, rule)
                if vals["amount"]:
                    key = settlement, rule, self.env["account.move.line"]
                    wanted[key] = vals
        return wanted

    def _is_charged(self, settlement, rule):
        """Whether another settlement of this return bears a charge made once."""
        return any(
            charge.rule_id == rule
            and charge.settlement_id != settlement
            and charge.state in ("draft", "posted")
            for charge in settlement.authorization_id.charge_ids
        )

    def _prepare_vals(self, settlement, rule):
        note = self._get_note(settlement)
        line = settlement.credit_line_ids.filtered(lambda line: line.move_id == note)
        is_credited_tax = rule.tax_source == "credited"
        return {
            "name": rule.name,
            "authorization_id": settlement.authorization_id.id,
            "settlement_id": settlement.id,
            "rule_id": rule.id,
            "kind": rule.kind,
            "product_id": rule.product_id.id,
            "currency_id": note.currency_id.id,
            "tax_ids": [Command.set(line.tax_ids.ids if is_credited_tax else [])],
            "amount": self._get_amount(settlement, rule, note, line),
        }

    def _get_amount(self, settlement, rule, note, line):
        """The amount in the note's currency, as a price of the rule's product."""
        if rule.computation == "percent":
            percent = 100 - rule.percent if rule.kind == "share" else rule.percent
            base = line.price_subtotal
            if rule.tax_source == "credited":
                # with taxes included in prices where those of the goods are
                base = self._get_price(line, line.quantity)
            return note.currency_id.round(base * percent / 100)
        amount = rule.amount * note.invoice_currency_rate
        if rule.computation == "unit":
            unit = settlement.product_uom_id
            amount *= unit._compute_quantity(
                settlement.qty, settlement.product_id.uom_id, round=False
            )
        return note.currency_id.round(amount)

    def _get_price(self, line, qty):
        return line.price_unit * (1 - line.discount / 100) * qty

    # -- the delivery charge of the original -------------------------------------------

    def _get_delivery(self, settlement, rule, wanted):
        """Refunds of the delivery charges of an invoice: in proportion to the value
        that has come back by now, less what was refunded (RULES R58, R62)."""
        invoice = settlement.invoice_line_id.move_id
        note = self._get_note(settlement)
        result = {}
        for origin in self._get_delivery_lines(invoice, rule):
            if any(
                key[2] == origin and self._get_note(key[0]) == note for key in wanted
            ):
                continue
            share = self._get_returned_share(invoice, rule)
            if rule.is_complete_only and share < 1:
                continue
            paid = invoice.currency_id.round(self._get_price(origin, origin.quantity))
            due = invoice.currency_id.round(paid * share * rule.percent / 100)
            due -= self._get_refunded(origin, note)
            if invoice.currency_id.compare_amounts(due, 0.0) > 0:
                result[settlement, rule, origin] = {
                    "name": origin.name or rule.name,
                    "authorization_id": settlement.authorization_id.id,
                    "settlement_id": settlement.id,
                    "rule_id": rule.id,
                    "origin_line_id": origin.id,
                    "kind": rule.kind,
                    "product_id": origin.product_id.id,
                    "currency_id": invoice.currency_id.id,
                    "tax_ids": [Command.set(origin.tax_ids.ids)],
                    "amount": -due,
                }
        return result

    def _get_delivery_lines(self, invoice, rule):
        """The lines of an invoice that bill the delivery."""
        return invoice.invoice_line_ids.filtered(
            lambda line: line._is_rma_delivery(rule.product_id)
        )

    def _get_returned_share(self, invoice, rule):
        """The part of the goods' value that credit notes take back."""
        goods = invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and line.quantity > 0
        ) - self._get_delivery_lines(invoice, rule)
        left = goods._get_rma_creditable_qty()
        total = sum(goods.mapped("price_subtotal"))
        if not total:
            return 1.0
        rest = sum(
            line.price_subtotal * max(left[line], 0.0) / line.quantity for line in goods
        )
        return (total - rest) / total

    def _get_refunded(self, origin, note):
        """What other credit notes refund of a delivery charge, as a price."""
        notes = origin.move_id.reversal_move_ids.filtered(
            lambda move: move.state != "cancel" and move != note
        )
        lines = notes.invoice_line_ids.filtered(
            lambda line: (
                line.rma_charge_id.origin_line_id == origin
                or (
                    not line.rma_charge_id
                    and line.display_type == "product"
                    and line._is_rma_credit_of(origin)
                )
            )
        )
        return sum(self._get_price(line, line.quantity) for line in lines)
