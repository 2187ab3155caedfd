# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount
from odoo.tools.sql import column_exists, create_column

from odoo.addons.rma_authorization.tools import lock_rows

from .res_company import CREDIT_USES
from .rma_authorization import ROLE_ACCOUNTANT


class AccountMove(models.Model):
    _inherit = "account.move"

    rma_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Return",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
        help="The return that this note credits; the first of several.",
    )
    rma_ids = fields.Many2many(
        comodel_name="rma.authorization",
        string="Returns",
        compute="_compute_rma_ids",
        # everybody who sees an invoice sees that there are returns; opening them
        # takes a role
        compute_sudo=True,
    )
    rma_count = fields.Integer(
        string="Return Count", compute="_compute_rma_ids", compute_sudo=True
    )
    rma_team_id = fields.Many2one(related="rma_id.team_id", string="Return Team")
    rma_authorized_by_id = fields.Many2one(
        related="rma_id.authorized_by_id", string="Return Authorized by"
    )
    rma_is_unpriced = fields.Boolean(
        string="List Prices to Check",
        readonly=True,
        copy=False,
        help="Nobody knows the original invoice: these are today's list prices.",
    )

    rma_release_line_ids = fields.One2many(
        comodel_name="rma.authorization.credit.release.line",
        inverse_name="note_id",
        string="Background Release",
        readonly=True,
    )

    # -- computes ----------------------------------------------------------------------

    @api.depends(
        "line_ids.rma_line_id",
        "move_type",
        "invoice_line_ids.sale_line_ids.rma_line_ids",
    )
    def _compute_rma_ids(self):
        for move in self:
            authorizations = move._get_rma_authorizations()
            move.rma_ids = authorizations
            move.rma_count = len(authorizations)

    @api.depends("reversed_entry_id", "rma_id")
    def _compute_invoice_currency_rate(self):
        """Override of `account`: a return is credited at the rate of its invoice."""
        res = super()._compute_invoice_currency_rate()
        for move in self:
            if move.rma_id and move.reversed_entry_id:
                move.invoice_currency_rate = (
                    move.reversed_entry_id.invoice_currency_rate
                )
        return res

    def _get_rma_authorizations(self):
        """The returns these notes credit, and those of what these invoices billed."""
        # sudo: whether there are any is no secret, see `rma_ids`
        moves_sudo = self.sudo()
        lines_sudo = moves_sudo.line_ids.rma_line_id
        billed_sudo = moves_sudo.invoice_line_ids.filtered(
            lambda line: line.move_id.move_type == "out_invoice"
        )
        if billed_sudo:
            lines_sudo |= billed_sudo.sale_line_ids.rma_line_ids
            lines_sudo |= lines_sudo.search(
                [("invoice_line_id", "in", billed_sudo.ids)]
            )
        return lines_sudo.authorization_id.sudo(self.env.su)

    # -- actions -----------------------------------------------------------------------

    def action_create_rma(self):
        """Open the window to start a return of what these invoices billed.

        :raise UserError: for anything but posted customer invoices
        """
        for move in self:
            if move.move_type != "out_invoice" or move.state != "posted":
                raise UserError(
                    self.env._(
                        "%(invoice)s is no posted customer invoice. Start the return "
                        "from the order, or post the invoice first.",
                        invoice=move.display_name,
                    )
                )
        origins = {}
        for invoice_line in self.invoice_line_ids:
            for order_line in invoice_line.sale_line_ids:
                origins.setdefault(order_line, {"invoice_line_id": invoice_line.id})
        order_lines = self.invoice_line_ids.sale_line_ids
        return self.env["rma.authorization.create"]._open(order_lines, origins)

    def action_view_rma(self):
        """Open the returns of these invoices or credit notes."""
        return self._get_rma_authorizations()._get_records_action(
            name=self.env._("Returns")
        )

    def action_release_rma_credits(self):
        """Post the draft credit notes of returns, all or none.

        :raise UserError: naming the notes that may not be released
        """
        self._check_rma_releasable()
        self.action_post()

    def action_release_rma_credits_in_background(self):
        """Let a scheduled action post these drafts, with the rights of this user.

        :raise UserError: naming the notes that may not be released
        :return: the window that shows how far they are
        """
        self._check_rma_releasable()
        self.check_access("write")
        releases = self.env["rma.authorization.credit.release"]._queue(self)
        return releases._get_records_action(name=self.env._("Background Releases"))

    def _check_rma_releasable(self):
        """Accountants release draft credit notes of returns."""
        if not self.env.user.has_group(ROLE_ACCOUNTANT):
            raise AccessError(
                self.env._(
                    "Releasing credits takes the role of an accountant "
                    "(Invoicing: Billing). Ask somebody who has it."
                )
            )
        for move in self:
            if not move.rma_id or move.state != "draft":
                raise UserError(
                    self.env._(
                        "%(note)s is no draft credit note of a return, so there is "
                        "nothing to release. Leave it out.",
                        note=move.display_name,
                    )
                )

    # -- posting -----------------------------------------------------------------------

    def _post(self, soft=True):
        """Override of `account`: notes of returns are checked, posted in rounds, and
        finish their returns."""
        notes = self.filtered("rma_id")
        if not notes:
            return super()._post(soft)
        notes._check_rma_post()
        posted = self.browse()
        for moves in self._get_rma_posting_rounds():
            posted |= super(AccountMove, moves)._post(soft)
        (posted & notes)._follow_rma_post()
        return posted

    def _get_rma_posting_rounds(self):
        """Split into batches in which every original comes once: posting pairs notes
        with their originals by position, and mixes up those of a repeated one."""
        rounds, seen = [], {}
        for move in self:
            original = move.reversed_entry_id
            number = seen.get(original, 0) if original else 0
            seen[original] = number + 1
            if number == len(rounds):
                rounds.append(self.browse())
            rounds[number] |= move
        return rounds

    def _get_rma_auto_posted(self):
        """The new notes that don't wait for an accountant."""
        return self.filtered(
            lambda note: (
                note.company_id.rma_credit_posting == "posted"
                and not note.rma_is_unpriced
                and not note._is_rma_authorized_by_user()
            )
        )

    def _is_rma_authorized_by_user(self):
        """Whether the company wants four eyes, and the user authorized this return."""
        self.ensure_one()
        authorizations_sudo = self.sudo().line_ids.rma_line_id.authorization_id
        return (
            self.company_id.sudo().rma_credit_four_eyes
            and self.env.user in authorizations_sudo.authorized_by_id
        )

    def _check_rma_post(self):
        """What must hold when a credit is released."""
        for note in self:
            if note._is_rma_authorized_by_user():
                raise UserError(
                    self.env._(
                        "%(note)s: you authorized the return, so somebody else has to "
                        "release its credit (%(company)s demands four eyes).",
                        note=note.display_name,
                        company=note.company_id.name,
                    )
                )
        # sudo: returns and invoices are checked, whoever posts
        lines_sudo = self.sudo().line_ids.filtered("rma_settlement_id")
        lines_sudo._check_rma_taken_back()
        lines_sudo._check_rma_quantity()
        originals_sudo = lines_sudo.rma_settlement_id.invoice_line_id
        lock_rows(originals_sudo.sale_line_ids)
        originals_sudo._check_rma_credited()

    def _follow_rma_post(self):
        # sudo: the return follows its documents, whoever posts them
        notes_sudo = self.sudo()
        notes_sudo._create_rma_costs()
        notes_sudo.line_ids.rma_line_id.authorization_id._update_closure()

    # -- taking back -------------------------------------------------------------------

    def button_draft(self):
        """Override of `account`: the returns of these notes are open again."""
        self._check_rma_refund_booked()
        res = super().button_draft()
        notes_sudo = self.sudo().filtered("rma_id")
        if notes_sudo:
            lines_sudo = notes_sudo.line_ids
            lines_sudo._check_rma_taken_back()
            lines_sudo.rma_line_id._check_not_oversettled()
            lines_sudo.rma_settlement_id.invoice_line_id._check_rma_credited()
            notes_sudo._take_back_rma_credit()
        return res

    def button_cancel(self):
        """Override of `account`: what these notes settled is free again."""
        res = super().button_cancel()
        notes_sudo = self.sudo().filtered("rma_id")
        if notes_sudo:
            notes_sudo._take_back_rma_credit()
        return res

    def _take_back_rma_credit(self):
        self._get_rma_costs().unlink()
        self.line_ids.rma_line_id.authorization_id._update_closure()

    def _remove_rma_lines(self, lines):
        """Remove the lines of drafts; whole drafts, where nothing else is left."""
        emptied = self.filtered(
            lambda move: (
                not move.invoice_line_ids.filtered(
                    lambda line: line.display_type == "product" and line not in lines
                )
            )
        )
        (lines - emptied.line_ids).unlink()
        # a number was given to those that were posted before: they keep it
        numbered = emptied.filtered("posted_before")
        if numbered:
            numbered.button_cancel()
        (emptied - numbered).unlink()

    def _update_rma_id(self):
        """Keep the first return of the lines that are left."""
        for move in self:
            authorization = move.line_ids.rma_line_id.authorization_id[:1]
            if move.rma_id != authorization:
                move.rma_id = authorization

    # -- costs -------------------------------------------------------------------------

    def _create_rma_costs(self):
        """One row of each return's cost ledger per credit note."""
        self.env["rma.authorization.cost"].create(
            [
                self._prepare_rma_cost_vals(note, authorization, lines)
                for note in self
                for authorization, lines in note.line_ids.filtered("rma_line_id")
                .grouped(lambda line: line.rma_line_id.authorization_id)
                .items()
            ]
        )

    @api.model
    def _prepare_rma_cost_vals(self, note, authorization, lines):
        return {
            "name": note.display_name,
            "authorization_id": authorization.id,
            "kind": "credit",
            "date": note.date,
            "amount": sum(lines.mapped("balance")),
            "res_model": "account.move",
            "res_id": note.id,
        }

    def _get_rma_costs(self):
        return self.env["rma.authorization.cost"].search(
            [
                (
                    "authorization_id",
                    "in",
                    self.line_ids.rma_line_id.authorization_id.ids,
                ),
                ("kind", "=", "credit"),
                ("res_model", "=", "account.move"),
                ("res_id", "in", self.ids),
            ]
        )

    # -- money back --------------------------------------------------------------------

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
