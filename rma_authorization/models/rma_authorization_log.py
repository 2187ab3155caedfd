# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .rma_authorization_flow import STATES


class RmaAuthorizationLog(models.Model):
    """One change of state of an authorization: from, to, who, when and why.

    Kept from the first day, because times between steps cannot be rebuilt later.
    """

    _name = "rma.authorization.log"
    _description = "Return State Change"
    _order = "id desc"
    _rec_name = "authorization_id"

    authorization_id = fields.Many2one(
        comodel_name="rma.authorization",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="authorization_id.company_id", store=True, precompute=True
    )
    from_state = fields.Selection(selection=STATES, required=True, readonly=True)
    to_state = fields.Selection(selection=STATES, required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True)
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    reason = fields.Text(readonly=True)
