# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.models.rma_authorization_background import BATCH


class RmaAuthorizationCreditRelease(models.Model):
    """Credits that an accountant has released, to be posted in the background."""

    _name = "rma.authorization.credit.release"
    _description = "Release of Credits"
    _inherit = ["rma.authorization.background"]

    user_id = fields.Many2one(string="Released by")
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many(
        comodel_name="rma.authorization.credit.release.line",
        inverse_name="release_id",
        string="Credit Notes",
        readonly=True,
    )
    count_total = fields.Integer(string="Credits")
    count_done = fields.Integer(string="Released")
    amount_total = fields.Monetary(string="Total", compute="_compute_amounts")
    amount_done = fields.Monetary(string="Released Amount", compute="_compute_amounts")

    # -- computes ----------------------------------------------------------------------

    @api.depends("user_id", "create_date")
    def _compute_display_name(self):
        for release in self:
            release.display_name = self.env._(
                "Release %(number)s of %(user)s",
                number=release.id or "",
                user=release.user_id.name or "",
            )

    @api.depends("line_ids.state", "line_ids.amount")
    def _compute_amounts(self):
        groups = self._get_line_model()._read_group(
            [("release_id", "in", self.ids)], ["release_id", "state"], ["amount:sum"]
        )
        found = {(release.id, state): amount for release, state, amount in groups}
        for release in self:
            release.amount_done = found.get((release.id, "done"), 0.0)
            release.amount_total = sum(
                found.get((release.id, state), 0.0)
                for state in ("waiting", "done", "failed")
            )

    # -- contract ----------------------------------------------------------------------

    @api.model
    def _get_line_model(self):
        return self.env["rma.authorization.credit.release.line"]

    @api.model
    def _get_cron_xmlid(self):
        return "rma_authorization_account.ir_cron_release_credits"

    def _check_may_steer(self):
        self.env["account.move"]._check_rma_accountant()
        self.check_access("read")

    def _get_done_text(self):
        return self.env._(
            "%(done)s of %(total)s credits are released, %(failed)s failed.",
            done=self.count_done,
            total=self.count_total,
            failed=self.count_failed,
        )

    @api.model
    def _cron_release(self, limit=BATCH):
        """Post what waits in running releases."""
        self._cron_work(limit)

    # -- ask ---------------------------------------------------------------------------

    @api.model
    def _queue(self, notes):
        """Put draft credit notes into the queue, in the name of the user.

        Those that wait in a running release already are left out.

        :return: the new releases, one per company
        :raise UserError: when all of them wait already
        """
        lines_model = self.env["rma.authorization.credit.release.line"]
        waiting = lines_model.sudo().search(
            [*lines_model._get_waiting_domain(), ("note_id", "in", notes.ids)]
        )
        fresh = notes.filtered(lambda note: note.id not in waiting.note_id.ids)
        if not fresh:
            raise UserError(
                self.env._(
                    "These credits are being released already: %(releases)s.",
                    releases=", ".join(waiting.release_id.mapped("display_name")),
                )
            )
        # sudo: accountants start, stop and read releases, and never write them
        releases_sudo = self.sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "company_id": company.id,
                    "line_ids": [
                        fields.Command.create(lines_model._prepare_vals(note))
                        for note in batch
                    ],
                }
                for company, batch in fresh.grouped("company_id").items()
            ]
        )
        self._wake_up()
        return releases_sudo.sudo(self.env.su)
