# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from .rma_authorization_mass import STEPS


class RmaAuthorizationMassLine(models.Model):
    """One return of a step of many, and what became of it."""

    _name = "rma.authorization.mass.line"
    _description = "Return of a Step of Many"
    _inherit = ["rma.authorization.background.line"]
    _work_field = "mass_id"
    _document_field = "authorization_id"

    mass_id = fields.Many2one(
        comodel_name="rma.authorization.mass",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="mass_id.company_id", store=True)
    authorization_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Return",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    # kept, so that a deleted one can still be told from the others
    name = fields.Char(string="Number", readonly=True)
    partner_id = fields.Many2one(related="authorization_id.partner_id")

    _waiting_idx = models.Index("(mass_id, id) WHERE state = 'waiting'")

    def _get_deleted_text(self, env):
        return env._(
            "The return was deleted in the meantime, so there is nothing to do."
        )

    def _perform(self, env):
        authorizations = env["rma.authorization"].browse(self.authorization_id.ids)
        authorizations.check_access("read")
        result = getattr(authorizations, STEPS[self.mass_id.step][1])()
        if isinstance(result, dict) and result.get("target") == "new":
            raise UserError(
                env._(
                    "%(names)s: this takes an answer from you. Open the return, and do "
                    "it there.",
                    names=authorizations._get_names(),
                )
            )
