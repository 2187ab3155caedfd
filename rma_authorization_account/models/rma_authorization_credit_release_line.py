# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RmaAuthorizationCreditReleaseLine(models.Model):
    """One credit note that is released in the background, and what became of it."""

    _name = "rma.authorization.credit.release.line"
    _description = "Released Credit"
    _inherit = ["rma.authorization.background.line"]
    _work_field = "release_id"
    _document_field = "note_id"
    _rec_name = "note_id"

    release_id = fields.Many2one(
        comodel_name="rma.authorization.credit.release",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="release_id.company_id", store=True)
    note_id = fields.Many2one(
        comodel_name="account.move",
        string="Credit Note",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    # kept, so that a deleted draft can still be told from the others
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    origin = fields.Char(string="Return", readonly=True)
    currency_id = fields.Many2one(related="release_id.currency_id")
    amount = fields.Monetary(
        readonly=True, help="What is credited, in the company's currency."
    )

    _waiting_idx = models.Index("(release_id, id) WHERE state = 'waiting'")

    @api.model
    def _prepare_vals(self, note):
        """Values of the line of one draft credit note."""
        return {
            "note_id": note.id,
            "partner_id": note.partner_id.id,
            "origin": ", ".join(note.rma_ids.mapped("display_name")),
            "amount": -note.amount_total_signed,
        }

    def _get_deleted_text(self, env):
        return env._(
            "The draft was deleted in the meantime, so there is nothing to release. "
            "Settle the return again if it was a mistake."
        )

    def _sort_out(self):
        """Extension: some were posted in the meantime."""
        drafts = super()._sort_out()
        posted = drafts.filtered(lambda line: line.note_id.state == "posted")
        for line in posted:
            line._record_outcome(None)
            line.error = line.release_id._get_asker_env()._(
                "Posted in the meantime, not by this release."
            )
        return drafts - posted

    def _perform(self, env):
        env["account.move"].browse(self.note_id.ids).action_release_rma_credits()
