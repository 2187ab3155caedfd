# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.tools import read_rows

ROLE_WAREHOUSE = "rma_authorization_stock.group_rma_warehouse"


class RmaAuthorization(models.Model):
    _inherit = "rma.authorization"

    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        string="Return to",
        check_company=True,
        index="btree_not_null",
        help="Warehouse that takes the goods; the one that shipped them when empty.",
    )
    picking_ids = fields.One2many(
        comodel_name="stock.picking", inverse_name="rma_id", string="Transfers"
    )
    picking_count = fields.Integer(compute="_compute_document_counts")
    repair_ids = fields.One2many(
        comodel_name="repair.order", inverse_name="rma_id", string="Repairs"
    )
    repair_count = fields.Integer(compute="_compute_document_counts")
    exception_ids = fields.One2many(
        comodel_name="rma.authorization.exception",
        inverse_name="authorization_id",
        string="Receipt Exceptions",
    )
    exception_count = fields.Integer(compute="_compute_document_counts")

    loaner_ids = fields.One2many(
        comodel_name="rma.authorization.loaner",
        inverse_name="authorization_id",
        string="Loaners",
    )
    loaner_count = fields.Integer(compute="_compute_document_counts")

    @api.depends("picking_ids", "repair_ids", "exception_ids", "loaner_ids")
    def _compute_document_counts(self):
        """Together, as all of them are found in one query."""
        # sudo: agents count transfers and repairs without rights on them
        self_sudo = self.sudo()
        self_sudo.fetch(["picking_ids", "repair_ids", "exception_ids", "loaner_ids"])
        for authorization, authorization_sudo in zip(self, self_sudo, strict=True):
            authorization.picking_count = len(authorization_sudo.picking_ids)
            authorization.repair_count = len(authorization_sudo.repair_ids)
            authorization.exception_count = len(authorization_sudo.exception_ids)
            authorization.loaner_count = len(authorization_sudo.loaner_ids)

    def _get_receiver_roles(self):
        """Override of `rma_authorization` to let warehouse workers receive."""
        return [*super()._get_receiver_roles(), ROLE_WAREHOUSE]

    def _get_open_milestones(self, ended):
        """Override of `rma_authorization` to time each confirmed repair."""
        # a repair that somebody was promised belongs to a settlement
        repairs = self.filtered(
            lambda authorization: (
                authorization.state == "authorized"
                and any(
                    settlement.resolution == "repair"
                    for settlement in authorization.line_ids.settlement_ids
                )
            )
        ).repair_ids.filtered(
            lambda repair: (
                # what is repaired for stock was promised to nobody
                repair.rma_settlement_id
                and repair.state in ("confirmed", "under_repair")
            )
        )
        return super()._get_open_milestones(ended) + [
            {
                "authorization_id": repair.rma_id.id,
                "line_id": repair.rma_line_id.id,
                "milestone": "repair",
                "repair_id": repair.id,
            }
            for repair in repairs
        ]

    @api.model
    def _get_timed_steps(self):
        """Override of `rma_authorization`: estimates that nobody answers in time."""
        return [
            *super()._get_timed_steps(),
            (
                "repair.order",
                [
                    ("rma_estimate_state", "=", "sent"),
                    ("state", "=", "draft"),
                    ("rma_estimate_validity", "<", fields.Date.context_today(self)),
                ],
                "_end_unanswered_rma_estimates",
            ),
            (
                "rma.authorization.loaner",
                self.env["rma.authorization.loaner"]._get_overdue_domain(),
                "_remind",
            ),
        ]

    # -- certificates ------------------------------------------------------------------

    @api.depends("inspection_ids.certificate_state")
    def _compute_progress(self):
        """Override of `rma_authorization` to wait for certificates."""
        return super()._compute_progress()

    def _get_next_step(self):
        """Override of `rma_authorization`: only the certificate lacks."""
        step = super()._get_next_step()
        if (
            step == "none"
            and self.state == "authorized"
            and self._get_missing_certificates()
        ):
            return "close"
        return step

    def _get_missing_certificates(self):
        """The findings whose goods were scrapped without a certificate."""
        return self.inspection_ids.filtered(
            lambda finding: finding.certificate_state == "missing"
        )

    def _check_can_close(self):
        """Override of `rma_authorization` to demand the certificates."""
        res = super()._check_can_close()
        for authorization in self:
            if missing := authorization._get_missing_certificates():
                raise UserError(
                    self.env._(
                        "%(name)s can't be closed: the certificate for %(lines)s is "
                        "missing. Enter its number, date and file on the finding.",
                        name=authorization.display_name,
                        lines=", ".join(missing.line_id.mapped("display_name")),
                    )
                )
        return res

    # -- receipts follow the permission ------------------------------------------------

    def _get_same_unit_returns(self):
        """Override of `rma_authorization` to tell units by their numbers."""
        same = super()._get_same_unit_returns()
        of_lots = self._find_returns_of(
            "lot_ids",
            lambda lines: lines.filtered(lambda line: line.tracking != "none").lot_ids,
        )
        for authorization, others in of_lots.items():
            same[authorization] = same.get(authorization, others.browse()) | others
        return same

    def _authorize(self, reason=None):
        """Override of `rma_authorization` to announce the goods to the dock."""
        authorized = super()._authorize(reason)
        # sudo: a service agent authorizes without rights in the warehouse
        authorized.sudo().line_ids._create_return_pickings()
        return authorized

    def action_extend(self, days=None):
        """Override of `rma_authorization` to expect the goods anew."""
        extended = super().action_extend(days)
        extended.sudo().line_ids._create_return_pickings()
        return extended

    def action_receive(self):
        """Open the return pickings that are still expected; make what is missing."""
        authorizations_sudo = self._start_work(*self._get_receiver_roles())
        authorizations_sudo.line_ids._create_return_pickings()
        pickings = self.sudo()._get_open_receipts().sudo(self.env.su)
        return pickings._get_records_action(name=self.env._("Receive"))

    def _receive_announced(self):
        """Override of `rma_authorization`: validate the return transfers, with the
        numbers that were announced.

        :raise UserError: where nothing is expected, or a transfer asks something
        """
        authorizations_sudo = self._start_work(*self._get_receiver_roles())
        # a transfer that somebody cancelled or deleted is announced anew
        authorizations_sudo.line_ids._create_return_pickings()
        pickings_sudo = authorizations_sudo._get_open_receipts()
        authorizations_sudo._check_expected(pickings_sudo.move_ids.rma_line_id)
        # sudo ends here: who validates needs the rights for it
        pickings = pickings_sudo.sudo(self.env.su)
        pickings.check_access("write")
        result = pickings.with_context(skip_backorder=True).button_validate()
        if isinstance(result, dict):
            raise UserError(
                self.env._(
                    "%(names)s: a transfer asks something before it can be received. "
                    "Open and validate it.",
                    names=self._get_names(),
                )
            )

    def _settle(self):
        """Override of `rma_authorization` to read in one query each what core will ask
        for one by one."""
        moves = read_rows(self.line_ids.sale_line_id, "move_ids")
        (moves.location_id | moves.location_dest_id)._recall()
        read_rows(moves, "move_line_ids")
        return super()._settle()

    def _get_open_receipts(self):
        """Transfers of these returns that bring goods in and aren't finished."""
        return (
            read_rows(self.line_ids, "move_ids")
            .filtered(
                lambda move: (
                    move._is_rma_receipt() and move.state not in ("done", "cancel")
                )
            )
            .picking_id
        )

    def _cancel(self, reason=None):
        """Override of `rma_authorization` to stop expecting the goods."""
        cancelled = super()._cancel(reason)
        cancelled.sudo()._get_open_receipts().action_cancel()
        return cancelled

    def _expire(self):
        """Override of `rma_authorization` to stop expecting the goods."""
        expired = super()._expire()
        expired.sudo()._get_open_receipts().action_cancel()
        return expired

    # -- documents ---------------------------------------------------------------------

    def action_view_pickings(self):
        """Open every transfer of these returns."""
        return self.picking_ids._get_records_action(name=self.env._("Transfers"))

    def action_view_repairs(self):
        """Open the repair orders of these returns."""
        return self.repair_ids._get_records_action(name=self.env._("Repairs"))

    def action_view_loaners(self):
        """Open the units that customers have, or had, for the time of these returns."""
        return self.loaner_ids._get_records_action(name=self.env._("Loaners"))

    def action_open_loan(self):
        """Open the form to lend the customer a unit while theirs is here."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lend a Unit"),
            "res_model": "rma.authorization.loaner",
            "views": [(False, "form")],
            "context": {"default_authorization_id": self.id},
        }

    def action_view_exceptions(self):
        """Open what arrived otherwise than authorized, and what was decided."""
        return self.exception_ids._get_records_action(
            name=self.env._("Receipt Exceptions")
        )
