# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationResolutionNone(models.AbstractModel):
    """The customer gets nothing for these goods; the settlement says why."""

    _name = "rma.authorization.resolution.none"
    _description = "Resolution: Nothing"
    _inherit = ["rma.authorization.resolution"]

    def _is_choice(self):
        return False

    def _settle(self, settlements):
        """No document: the settlement itself is the proof."""
