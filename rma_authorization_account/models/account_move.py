# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .account_move_line import REFUND_OF

REFUNDS = tuple(REFUND_OF.values())


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
        # whoever of us sees an invoice sees that there are returns; opening them takes
        # a role
        compute_sudo=True,
        groups="base.group_user",
    )
    rma_count = fields.Integer(
        string="Return Count",
        compute="_compute_rma_ids",
        compute_sudo=True,
        groups="base.group_user",
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
        "line_ids.rma_owed_line_id",
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
        journal_items_sudo = moves_sudo.line_ids
        lines_sudo = (
            journal_items_sudo.rma_line_id | journal_items_sudo.rma_owed_line_id
        )
        billed_sudo = moves_sudo.invoice_line_ids.filtered(
            lambda line: line.move_id.move_type in REFUND_OF
        )
        if billed_sudo:
            lines_sudo |= billed_sudo.sale_line_ids.rma_line_ids
            lines_sudo |= lines_sudo.search(
                [("invoice_line_id", "in", billed_sudo.ids)]
            )
        return lines_sudo.authorization_id.sudo(self.env.su)

    # -- actions -----------------------------------------------------------------------

    def action_create_rma(self):
        """Open the window to start a return of what these invoices billed; of vendor
        bills, a return to the supplier.

        :raise UserError: for anything but posted customer invoices, or vendor bills
        """
        if self and all(
            move.move_type == "in_invoice" and move.state == "posted" for move in self
        ):
            return self._open_rma_supplier_return()
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

    def _open_rma_supplier_return(self):
        """Open the window with the goods of these bills, and what of them isn't
        credited yet."""
        bill_lines = self.invoice_line_ids.filtered(
            lambda line: line._is_rma_creditable() and line.product_id.type == "consu"
        )
        if not bill_lines:
            raise UserError(
                self.env._(
                    "%(bills)s: there are no goods here that could be returned.",
                    bills=", ".join(self.mapped("display_name")),
                )
            )
        left = bill_lines._get_rma_creditable_qty()
        create = self.env["rma.authorization.create"]
        rows = [
            {"invoice_line_id": line.id, "qty_returnable": max(left[line], 0.0)}
            for line in bill_lines
        ]
        if "purchase_line_id" in create.line_ids._fields:
            for row, line in zip(rows, bill_lines, strict=True):
                row["purchase_line_id"] = line["purchase_line_id"].id
        return create._open_rows(
            self.partner_id, self.company_id, rows, direction="supplier"
        )

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
        self._check_rma_accountant()
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
            posted = super()._post(soft)
        else:
            notes._check_rma_post()
            posted = self.browse()
            for moves in self._get_rma_posting_rounds():
                posted |= super(AccountMove, moves)._post(soft)
            (posted & notes)._follow_rma_post()
        posted._set_off_rma_resales()
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
        """The new notes that don't wait for an accountant, nor for the supplier's own
        credit note, with its number and date."""
        return self.filtered(
            lambda note: (
                note.move_type == "out_refund"
                and not note.rma_is_unpriced
                and note.company_id._posts_rma_credits_at_once(
                    note.line_ids.rma_line_id.authorization_id
                )
            )
        )

    def _is_rma_authorized_by_user(self):
        """Whether the company wants four eyes, and the user authorized this return."""
        self.ensure_one()
        authorizations_sudo = self.sudo().line_ids.rma_line_id.authorization_id
        return self.company_id.sudo()._demands_other_eyes(authorizations_sudo)

    def _check_rma_post(self):
        """What must hold when a credit is released."""
        notes = self.filtered(lambda move: move.move_type in REFUNDS)
        notes._check_rma_red_notice()
        notes._check_rma_open_period()
        for note in notes:
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
        lines_sudo._check_rma_original()
        originals_sudo = lines_sudo.rma_settlement_id.invoice_line_id
        originals_sudo._lock_rma_credited()
        originals_sudo._check_rma_credited()
        self.sudo()._check_rma_total()
        self.sudo().line_ids.rma_charge_id._check_charged_once()

    def _check_rma_total(self):
        """All credit notes of an invoice together stay within what it bills, whatever
        lines were added by hand. What it deducts, down payments, was paid before."""
        for original in self.reversed_entry_id:
            notes = original.reversal_move_ids.filtered(
                lambda move: (
                    move.move_type in REFUNDS
                    and (move.state == "posted" or move in self)
                )
            )
            # all of its items, as posting reads them next
            deducted = original.line_ids.filtered(
                lambda line: line.display_type == "product" and line.price_total < 0
            )
            billed = original.amount_total - sum(deducted.mapped("price_total"))
            credited = sum(notes.mapped("amount_total"))
            # cash is rounded on every note anew, up or down by half a coin
            credited -= original.invoice_cash_rounding_id.rounding / 2 * len(notes)
            if original.currency_id.compare_amounts(credited, billed) > 0:
                raise UserError(
                    self.env._(
                        "%(invoice)s bills %(billed)s, and %(notes)s would credit "
                        "%(credited)s of it. Lower the amounts, or give what goes "
                        "beyond on a credit note of its own.",
                        invoice=original.display_name,
                        billed=original.currency_id.format(billed),
                        notes=", ".join(notes.mapped("display_name")),
                        credited=original.currency_id.format(credited),
                    )
                )

    def _follow_rma_post(self):
        # sudo: the return follows its documents, whoever posts them
        notes_sudo = self.sudo()
        notes_sudo._create_rma_costs()
        notes_sudo.line_ids.rma_line_id.authorization_id._queue_mail(
            "rma_authorization_account.mail_template_credited"
        )
        notes_sudo.line_ids.rma_line_id.authorization_id._update_closure()

    def _set_off_rma_resales(self):
        """Set off what is left of credits against the invoices of what was sold
        instead, once both are posted: only the difference is paid."""
        # sudo: whoever posts one of them needs no rights on the return
        lines_sudo = self.sudo().invoice_line_ids
        settlements_sudo = (
            lines_sudo.rma_settlement_id | lines_sudo.sale_line_ids.rma_settlement_id
        ).filtered(lambda settlement: settlement.resolution == "resale")
        for batch in settlements_sudo.grouped("authorization_id").values():
            moves = (
                batch.credit_line_ids.move_id
                | batch.sale_line_ids.invoice_lines.move_id
            )
            open_lines = moves.line_ids.filtered(
                lambda line: (
                    line.parent_state == "posted"
                    and line.account_type == "asset_receivable"
                    and not line.reconciled
                )
            )
            for lines in open_lines.grouped(
                lambda line: (line.account_id, line.partner_id)
            ).values():
                # two invoices, or two credits, settle nothing among themselves
                if len(set(lines.mapped(lambda line: line.balance > 0))) == 2:
                    lines.reconcile()

    # -- taking back -------------------------------------------------------------------

    def button_draft(self):
        """Override of `account`: the returns of these notes are open again."""
        self.filtered("rma_id")._check_rma_reopening()
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
                    lambda line: (
                        line.display_type == "product"
                        and not line.rma_charge_id
                        and line not in lines
                    )
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
        """One row of each return's cost ledger per credit note, and one for all that
        was charged on it."""
        self.env["rma.authorization.cost"].create(
            [
                self._prepare_rma_cost_vals(note, authorization, kind, lines)
                for note in self
                for (authorization, kind), lines in note.line_ids.filtered(
                    "rma_line_id"
                )
                .grouped(lambda line: line._get_rma_cost_key())
                .items()
            ]
        )

    @api.model
    def _prepare_rma_cost_vals(self, note, authorization, kind, lines):
        return {
            "name": note.display_name,
            "authorization_id": authorization.id,
            "kind": kind,
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
                ("kind", "in", ("credit", "fee", "recovery")),
                ("res_model", "=", "account.move"),
                ("res_id", "in", self.ids),
            ]
        )
