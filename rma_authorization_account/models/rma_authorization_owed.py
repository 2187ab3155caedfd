# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import lock_rows

ROLE_MANAGER = "rma_authorization.group_rma_manager"


class RmaAuthorization(models.Model):
    """Goods that customers owe us: their invoices, and the credits of late arrivals."""

    # a subject of its own, in a file of its own
    _inherit = "rma.authorization"  # pylint: disable=consider-merging-classes-inherited

    owed_invoice_ids = fields.Many2many(
        comodel_name="account.move",
        string="Invoices of Owed Goods",
        compute="_compute_owed_invoice_ids",
        compute_sudo=True,
    )
    owed_invoice_count = fields.Integer(
        compute="_compute_owed_invoice_ids", compute_sudo=True
    )

    @api.depends("line_ids.owed_move_line_ids")
    def _compute_owed_invoice_ids(self):
        for authorization in self:
            invoices = authorization.line_ids.owed_move_line_ids.move_id
            authorization.owed_invoice_ids = invoices
            authorization.owed_invoice_count = len(invoices)

    def action_view_owed_invoices(self):
        """Open the invoices of what these returns owe us, and their credits."""
        return self.owed_invoice_ids._get_records_action(
            name=self.env._("Invoices of Owed Goods")
        )

    # -- invoice -------------------------------------------------------------------

    def action_invoice_owed(self):
        """Invoice what was replaced in advance and is not here after its deadline;
        managers needn't wait for that.

        :return: the action that opens the invoices
        :raise UserError: where nothing is owed, or there is still time
        """
        self._check_role(*self._get_settler_roles())
        self.check_access("read")
        lock_rows(self)
        self._check_owed()
        # sudo: agents claim what is owed, and don't see the invoices
        lines_sudo = self.sudo().line_ids._filter_owed_due()
        if not self.env.user.has_group(ROLE_MANAGER):
            lines_sudo = lines_sudo.filtered("is_owed_late")
        if not lines_sudo:
            raise UserError(
                self.env._(
                    "%(names)s: the replacement is still on its way, or there is time "
                    "to send the goods back until %(date)s. Wait for that day.",
                    names=self._get_names(),
                    date=min(filter(None, self.mapped("owed_deadline")), default="–"),
                )
            )
        invoices = lines_sudo._invoice_owed().sudo(self.env.su)
        if not invoices.has_access("read"):
            return None
        return invoices._get_records_action(name=self.env._("Invoices of Owed Goods"))

    def _claim_owed(self):
        """Extension: where the company says so, the scheduled action invoices; a person
        is asked where that fails."""
        automatic = self.filtered(
            lambda authorization: authorization.company_id.rma_advance_invoice == "auto"
        )
        failed = automatic.browse()
        for authorization in automatic:
            if not authorization._try_invoice_owed():
                failed |= authorization
        return super(RmaAuthorization, self - automatic | failed)._claim_owed()

    def _try_invoice_owed(self):
        """Invoice by itself: whether that was possible. What prevents it is logged, and
        holds up no other return."""
        self.ensure_one()
        lines = self.line_ids._filter_owed_due().filtered("is_owed_late")
        try:
            with self.env.cr.savepoint():
                return bool(lines._invoice_owed())
        except UserError as error:
            self._message_log(
                body=self.env._(
                    "What is owed to us could not be invoiced: %(error)s", error=error
                )
            )
            return False

    # -- credit --------------------------------------------------------------------

    def _update_closure(self, reason=None):
        """Extension: what arrives after it was invoiced is credited."""
        res = super()._update_closure(reason)
        self._credit_owed()
        return res

    def _credit_owed(self):
        """Credit what was invoiced as owed and is here after all: drafts are lowered,
        invoices reversed by that quantity."""
        # sudo: who receives goods doesn't see invoices
        lines_sudo = self.sudo().line_ids.filtered(
            lambda line: (
                line._has_open("qty_owed_invoiced")
                and line.product_uom_id.compare(line._get_owed_credit_qty(), 0.0) > 0
            )
        )
        if not lines_sudo:
            return
        lock_rows(lines_sudo.authorization_id)
        quantities = lines_sudo._get_owed_credits()
        drafts = lines_sudo.owed_move_line_ids.filtered(
            lambda line: line in quantities and line.parent_state == "draft"
        )
        self._lower_owed_drafts({line: quantities.pop(line) for line in drafts})
        self._reverse_owed_invoices(quantities)

    @api.model
    def _lower_owed_drafts(self, quantities):
        """:param dict quantities: {line of a draft: what it invoices less}"""
        gone = self.env["account.move.line"].sudo()
        for line, qty in quantities.items():
            rest = line.quantity - qty
            if line.product_uom_id.compare(rest, 0.0) > 0:
                line.move_id.invoice_line_ids = [
                    Command.update(line.id, {"quantity": rest})
                ]
            else:
                gone |= line
        gone.move_id._remove_rma_lines(gone)

    @api.model
    def _reverse_owed_invoices(self, quantities):
        """:param dict quantities: {line of a posted invoice: what is credited of it}"""
        lines = self.env["account.move.line"].sudo().concat(*quantities)
        notes = lines.move_id.browse()
        for invoice, batch in lines.grouped("move_id").items():
            lang = self.with_context(lang=invoice.partner_id.lang)
            note = invoice._reverse_moves(
                [
                    {
                        "rma_id": batch.rma_owed_line_id.authorization_id[:1].id,
                        "journal_id": (
                            invoice.company_id.rma_credit_journal_id
                            or invoice.journal_id
                        ).id,
                        "invoice_date": False,
                        "date": fields.Date.context_today(self),
                        "ref": lang.env._(
                            "Arrived late: %(invoice)s", invoice=invoice.display_name
                        ),
                    }
                ]
            )
            note._keep_rma_owed_lines(
                {line.rma_owed_line_id: quantities[line] for line in batch}
            )
            notes |= note
        notes._complete_rma_owed()
        self._post_owed(notes._get_rma_auto_posted())

    @api.model
    def _post_owed(self, moves):
        """Post at once what can be; the rest stays a draft, for an accountant to read
        why. Goods that arrive aren't refused for the state of the books."""
        for move in moves:
            try:
                with self.env.cr.savepoint():
                    move.action_post()
            except UserError as error:
                move._message_log(
                    body=self.env._("It could not be posted: %(error)s", error=error)
                )
