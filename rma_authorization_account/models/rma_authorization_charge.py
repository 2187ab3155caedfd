# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .rma_authorization_charge_rule import CHARGE_KINDS

FROZEN_FIELDS = {
    "authorization_id",
    "settlement_id",
    "rule_id",
    "origin_line_id",
    "kind",
    "product_id",
    "tax_ids",
    "amount",
    "currency_id",
}
# Written by rules and documents alone.
PROTECTED_FIELDS = {
    "settlement_id",
    "rule_id",
    "origin_line_id",
    "move_line_ids",
    "state",
}


class RmaAuthorizationCharge(models.Model):
    """What the customer pays for a return, or gets back beside the goods.

    It is a line of its own on the credit note of its return, under its own product,
    and never changes the lines of the goods. Those of a rule are made, changed and
    removed with their cause (reason, grade, disposition) until the note is posted
    (RULES R55). Those entered by hand go on the next note, or on an invoice.
    """

    _name = "rma.authorization.charge"
    _description = "Return Charge on a Credit"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Description",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    authorization_id = fields.Many2one(
        comodel_name="rma.authorization", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="authorization_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(related="authorization_id.partner_id")
    settlement_id = fields.Many2one(
        comodel_name="rma.authorization.settlement",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    rule_id = fields.Many2one(
        comodel_name="rma.authorization.charge.rule",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty when entered by hand.",
    )
    origin_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Original Charge",
        readonly=True,
        index="btree_not_null",
        help="The delivery charge of the invoice that is refunded.",
    )
    kind = fields.Selection(
        # for our work there are no rules: it is charged where it was done
        selection=[*CHARGE_KINDS, ("diagnosis", "Diagnosis Fee")],
        required=True,
        default="freight",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        check_company=True,
        domain="[('type', '=', 'service')]",
    )
    tax_ids = fields.Many2many(
        comodel_name="account.tax",
        check_company=True,
        help="Instead of those of the product.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(
        required=True,
        help="What the customer pays, as a price of its product; what they get back "
        "is negative.",
    )
    move_line_ids = fields.One2many(
        comodel_name="account.move.line", inverse_name="rma_charge_id", readonly=True
    )
    state = fields.Selection(
        selection=[
            ("open", "To Charge"),
            ("draft", "On a Draft"),
            ("posted", "Charged"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )

    @api.depends("kind", "product_id")
    def _compute_name(self):
        for charge in self:
            charge.name = charge.name or charge.product_id.display_name

    @api.depends("authorization_id")
    def _compute_currency_id(self):
        for charge in self:
            charge.currency_id = charge.currency_id or charge.company_id.currency_id

    @api.depends("move_line_ids.parent_state", "rule_id")
    def _compute_state(self):
        for charge in self:
            states = set(charge.move_line_ids.mapped("parent_state"))
            if states - {"cancel"}:
                charge.state = "posted" if "posted" in states else "draft"
            else:
                # an automatic one is made anew with the next credit
                charge.state = "cancelled" if states and charge.rule_id else "open"

    # -- CRUD --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_protected(vals)
        charges = super().create(vals_list)
        charges._check_amount()
        by_hand = charges.filtered(lambda charge: not charge.rule_id)
        by_hand.sudo()._put_on_drafts()
        return charges

    def write(self, vals):
        self._check_protected(vals)
        if FROZEN_FIELDS & set(vals) and not self._is_charging():
            self._check_by_hand()
            self._take_off_drafts()
            res = super().write(vals)
            self._check_amount()
            self.sudo()._put_on_drafts()
            return res
        return super().write(vals)

    def unlink(self):
        """A charge on a draft is taken off it."""
        self._check_open()
        self._take_off_drafts()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_by_hand(self):
        if not self._is_charging():
            self._check_by_hand()

    def _is_charging(self):
        """Whether rules are at work, see `rma.authorization.charger`. Anybody can send
        a context; only code has all rights."""
        return self.env.su and self.env.context.get("rma_charging")

    def _check_protected(self, vals):
        names = [
            self._fields[name]._description_string(self.env)
            for name in sorted(PROTECTED_FIELDS & set(vals))
            if vals[name]
        ]
        if names and not self._is_charging():
            raise UserError(
                self.env._(
                    "%(fields)s of a charge can't be entered: they follow from rules "
                    "and documents. Leave them out.",
                    fields=", ".join(names),
                )
            )

    def _check_amount(self):
        for charge in self:
            if (
                not charge.rule_id
                and charge.currency_id.compare_amounts(charge.amount, 0.0) <= 0
            ):
                raise UserError(
                    self.env._(
                        "%(charge)s on %(name)s: enter what the customer pays, more "
                        "than zero.",
                        charge=charge.name,
                        name=charge.authorization_id.display_name,
                    )
                )

    def _check_by_hand(self):
        for charge in self:
            if charge.rule_id:
                raise UserError(
                    self.env._(
                        "%(charge)s on %(name)s follows from a rule. Change its cause "
                        "(reason, grade, disposition), or remove its line from the "
                        "draft credit note.",
                        charge=charge.name,
                        name=charge.authorization_id.display_name,
                    )
                )
        self._check_open()

    def _check_open(self):
        for charge in self:
            if charge.state == "posted":
                raise UserError(
                    self.env._(
                        "%(charge)s on %(name)s was charged with %(document)s and "
                        "stands. Reset that to draft first, or correct it there.",
                        charge=charge.name,
                        name=charge.authorization_id.display_name,
                        document=charge.sudo().move_line_ids.move_id[:1].display_name,
                    )
                )

    # -- on documents ------------------------------------------------------------------

    def _take_off_drafts(self):
        # sudo: agents enter charges, and don't see credit notes
        lines_sudo = self.sudo().move_line_ids.filtered(
            lambda line: line.parent_state == "draft"
        )
        lines_sudo.with_context(rma_charging=True).unlink()

    def _put_on_drafts(self):
        """Put those that are open on a draft credit note of their return, if any."""
        by_note = {}
        for charge in self.filtered(lambda charge: charge.state == "open"):
            notes = charge.authorization_id.settlement_ids.credit_line_ids.move_id
            draft = notes.filtered(lambda note: note.state == "draft")[:1]
            if draft:
                by_note[draft] = by_note.get(draft, self.browse()) | charge
        for note, charges in by_note.items():
            charges._put_on(note)

    def _put_on(self, note):
        """Add a line for each to this draft, as far as its total stays positive: what
        exceeds the credit stays open, for an invoice (RULES R56)."""
        note.write(
            {
                "invoice_line_ids": [
                    Command.create(charge._prepare_line_vals(note)) for charge in self
                ]
            }
        )
        for charge in self.sorted(lambda charge: (charge.amount < 0, -charge.id)):
            if note.currency_id.compare_amounts(note.amount_total, 0.0) >= 0:
                break
            # it stays open, though its line goes
            charge.move_line_ids.filtered(
                lambda line: line.move_id == note
            ).with_context(rma_charging=True).unlink()

    def _prepare_line_vals(self, move):
        """Values of the line on a credit note, or on an invoice."""
        self.ensure_one()
        sign = -1 if move.move_type in ("out_refund", "in_refund") else 1
        vals = {
            "name": self.with_context(
                lang=move.partner_id.lang or self.env.lang
            )._get_label(),
            "product_id": self.product_id.id,
            "quantity": 1.0,
            "price_unit": sign * self._get_amount(move),
            "rma_line_id": self.settlement_id.line_id.id
            or self.authorization_id.line_ids[:1].id,
            "rma_charge_id": self.id,
        }
        if self.origin_line_id:
            vals["account_id"] = self.origin_line_id.account_id.id
            vals["analytic_distribution"] = self.origin_line_id.analytic_distribution
        if self.tax_ids or self.origin_line_id or self.rule_id.tax_source == "credited":
            vals["tax_ids"] = [Command.set(self.tax_ids.ids)]
        return vals

    def _get_label(self):
        return self.rule_id.name or self.name

    def _get_amount(self, move):
        """The amount in the currency of a document, at its rate."""
        if self.currency_id == move.currency_id:
            return self.amount
        if self.currency_id == move.company_currency_id:
            return move.currency_id.round(self.amount * move.invoice_currency_rate)
        return self.currency_id._convert(
            self.amount, move.currency_id, move.company_id, fields.Date.today()
        )

    def _check_charged_once(self):
        """A charge taken off one document, and put on another, stays off the first."""
        for charge in self:
            moves = charge.move_line_ids.filtered(
                lambda line: line.parent_state != "cancel"
            ).move_id
            if len(moves) > 1:
                raise UserError(
                    self.env._(
                        "%(charge)s is on %(documents)s. Remove its line from one.",
                        charge=charge.name,
                        documents=", ".join(moves.mapped("display_name")),
                    )
                )

    def action_open_document(self):
        """Open the credit note or invoice that this is on."""
        self.ensure_one()
        return self.move_line_ids.move_id._get_records_action()
