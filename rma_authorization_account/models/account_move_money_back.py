# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount
from odoo.tools.sql import column_exists, create_column

from .res_company import CREDIT_USES
from .rma_authorization import ROLE_ACCOUNTANT


class AccountMove(models.Model):
    """What credit notes of returns still owe, and paying it back (F5)."""

    # a subject of its own, in a file of its own
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    rma_credit_use = fields.Selection(
        selection=CREDIT_USES,
        string="Use of Credit",
        compute="_compute_rma_credit_use",
        search="_search_rma_credit_use",
        compute_sudo=True,
        help="What the customer wants of what is left after the set-off. To be paid "
        "back, if any of the returns on this note is.",
    )
    rma_amount_owed = fields.Monetary(
        string="Owed to the Customer",
        currency_field="company_currency_id",
        compute="_compute_rma_amount_owed",
        store=True,
        help="What this credit note of a return still owes, in the company's currency.",
    )
    rma_amount_refunding = fields.Monetary(
        string="Refund under Way",
        compute="_compute_rma_amount_refunding",
        compute_sudo=True,
        help="Refunds that a payment provider hasn't confirmed yet, or that are not "
        "matched with the note, in its currency. They are not paid again.",
    )

    def _auto_init(self):
        """Override of the ORM: only notes of returns owe something, so not every
        journal entry needs to be computed when this is installed."""
        is_new = not column_exists(self.env.cr, "account_move", "rma_amount_owed")
        if is_new:
            create_column(self.env.cr, "account_move", "rma_amount_owed", "numeric")
        res = super()._auto_init()
        if is_new:
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET rma_amount_owed = -amount_residual_signed "
                    "WHERE rma_id IS NOT NULL AND state = 'posted' "
                    "AND move_type = 'out_refund'"
                )
            )
        return res

    @api.depends("rma_id", "line_ids.rma_line_id.authorization_id.credit_use")
    def _compute_rma_credit_use(self):
        for move in self:
            uses = set()
            if move.rma_id:
                authorizations = move.line_ids.rma_line_id.authorization_id
                uses = set((authorizations | move.rma_id).mapped("credit_use"))
            move.rma_credit_use = next(
                (use for use, _label in reversed(CREDIT_USES) if use in uses), False
            )

    def _search_rma_credit_use(self, operator, value):
        if operator != "in":
            return NotImplemented
        path = "line_ids.rma_line_id.authorization_id.credit_use"
        is_paid = fields.Domain("rma_id.credit_use", "=", "pay") | fields.Domain(
            path, "=", "pay"
        )
        ours = fields.Domain("rma_id", "!=", False)
        domains = {
            "pay": ours & is_paid,
            "keep": ours & ~is_paid,
            False: fields.Domain("rma_id", "=", False),
        }
        return fields.Domain.OR(domains[use] for use in value if use in domains)

    @api.depends(
        "rma_id",
        "state",
        "amount_residual_signed",
        "matched_payment_ids.state",
        "matched_payment_ids.move_id",
    )
    def _compute_rma_amount_owed(self):
        balances = self.env["rma.authorization.credit.balance"]
        for move in self:
            move.rma_amount_owed = (
                balances._get_company_balance(move).owed if move.rma_id else 0.0
            )

    @api.depends(
        "rma_id",
        "state",
        "amount_residual",
        "transaction_ids.state",
        "transaction_ids.payment_id",
        "matched_payment_ids.state",
    )
    def _compute_rma_amount_refunding(self):
        for move in self:
            refunds = move.rma_id and move.transaction_ids
            move.rma_amount_refunding = sum(
                refund._get_rma_unmatched(move) for refund in refunds or []
            )

    def _check_rma_refund_booked(self):
        """A refund is booked and matched with its note: that one stays until then."""
        # sudo: whether money is on its way counts for everybody
        for note in self.sudo().filtered("rma_id"):
            for refund in note.transaction_ids:
                if refund._is_rma_refund_under_way():
                    raise UserError(
                        self.env._(
                            "%(note)s can't be taken back now: the refund %(refund)s "
                            "is under way. Wait until the payment provider has "
                            "confirmed or declined it.",
                            note=note.display_name,
                            refund=refund.reference,
                        )
                    )

    def _get_rma_amount_to_pay(self):
        """What is to be paid back now: still owed, and not under way yet; of several
        returns only the part of those whose customer wants money.

        :return: amount in the note's currency
        """
        self.ensure_one()
        note_sudo = self.sudo()
        currency = note_sudo.currency_id
        balances = self.env["rma.authorization.credit.balance"]
        balance = balances._get_balance(note_sudo)
        parts = balances._split(
            balance._replace(
                set_off=0.0, paid_back=0.0, owed=balance.owed + balance.paid_back
            ),
            note_sudo,
            currency,
        )
        wanted = sum(
            part.owed
            for authorization, part in parts.items()
            if authorization.credit_use == "pay"
        )
        amount = min(balance.owed, wanted - balance.paid_back)
        return currency.round(max(amount - note_sudo.rma_amount_refunding, 0.0))

    def action_pay_back_rma_credit(self):
        """Pay back what these credit notes of returns still owe.

        Through the payment providers that took the customer's money, as far as they
        can; for the rest, core's window to pay opens. What succeeded stands.

        :raise AccessError: for anybody but accountants
        :raise UserError: naming the note on which there is nothing to pay back
        :return: the window to pay the rest, or a notification
        """
        self._check_rma_accountant()
        self.check_access("write")
        for note in self:
            note._check_rma_pay_back()
        failures = self.env["rma.authorization.payback"]._refund(self)
        return self._get_rma_pay_back_action(
            [sentence for sentences in failures.values() for sentence in sentences]
        )

    @api.model
    def _check_rma_accountant(self):
        if not self.env.user.has_group(ROLE_ACCOUNTANT):
            raise AccessError(
                self.env._(
                    "Paying back and releasing credits takes the role of an accountant "
                    "(Invoicing: Billing). Ask somebody who has it."
                )
            )

    def _check_rma_pay_back(self):
        """A posted credit note of a return, whose customer is owed and wants money."""
        self.ensure_one()
        if not self.rma_id or self.move_type != "out_refund" or self.state != "posted":
            raise UserError(
                self.env._(
                    "%(note)s is no posted credit note of a return, so there is "
                    "nothing to pay back. Leave it out, or release it first.",
                    note=self.display_name,
                )
            )
        if self.company_currency_id.is_zero(self.rma_amount_owed):
            raise UserError(
                self.env._(
                    "%(note)s owes nothing: it was set off or paid. Leave it out.",
                    note=self.display_name,
                )
            )
        if self.rma_credit_use != "pay":
            raise UserError(
                self.env._(
                    "%(note)s: the customer keeps this credit for the next purchase. "
                    "If they want the money now, let a service agent choose Pay Back "
                    "on %(return)s.",
                    note=self.display_name,
                    **{"return": self.rma_id.sudo().display_name},
                )
            )
        if not self.currency_id.is_zero(self._get_rma_amount_to_pay()):
            return
        if self.currency_id.is_zero(self.rma_amount_refunding):
            raise UserError(
                self.env._(
                    "%(note)s: all that was to be paid back is paid. Other returns "
                    "on it keep the rest as credit.",
                    note=self.display_name,
                )
            )
        raise UserError(
            self.env._(
                "%(note)s: a refund of %(amount)s is under way or isn't matched yet, "
                "and that is all there is to pay back. Wait for the provider, or match "
                "the refund with the note. If the provider doesn't know of it, pay "
                "with the button Pay of the credit note.",
                note=self.display_name,
                amount=format_amount(
                    self.env, self.rma_amount_refunding, self.currency_id
                ),
            )
        )

    def _get_rma_pay_back_action(self, sentences):
        """What comes after the refunds: the window for the rest, and what was wrong."""
        rest = self.filtered(
            lambda note: not note.currency_id.is_zero(note._get_rma_amount_to_pay())
        )
        action = rest._get_rma_register_action() if rest else False
        if action and not sentences:
            return action
        refunding = self.filtered("rma_amount_refunding")
        if refunding:
            sentences = [
                *sentences,
                self.env._(
                    "Under way, until the provider confirms: %(notes)s.",
                    notes=", ".join(refunding.mapped("display_name")),
                ),
            ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if rest else "success",
                "sticky": bool(rest),
                "title": self.env._("Not all was paid back")
                if rest
                else self.env._("Paid back"),
                "message": " ".join(sentences)
                or self.env._("The customers get their money the way it came."),
                "next": action or {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_rma_register_action(self):
        """Core's window to pay, with what is to be paid where that isn't all.

        It pays several notes in full, or one in part; others wait for the next click.
        """
        whole = self.filtered(
            lambda note: (
                note.currency_id.compare_amounts(
                    note._get_rma_amount_to_pay(), note.amount_residual
                )
                == 0
            )
        )
        if whole:
            return whole.action_register_payment()
        note = self[:1]
        action, amount = note.action_register_payment(), note._get_rma_amount_to_pay()
        return {
            **action,
            "context": {
                **action["context"],
                "default_amount": amount,
                "default_custom_user_amount": amount,
                "default_custom_user_currency_id": note.currency_id.id,
            },
        }
