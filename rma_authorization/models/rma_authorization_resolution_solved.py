# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationResolutionSolved(models.AbstractModel):
    """The customer was helped without a return: advice, a part by mail, a setting."""

    _name = "rma.authorization.resolution.solved"
    _description = "Resolution: Solved without Return"
    _inherit = ["rma.authorization.resolution"]

    def _is_choice(self):
        return False

    def _expects_goods(self, line):
        return False

    def _settles_before_receipt(self, line):
        return True

    def _settle(self, settlements):
        """No document: the settlement itself is the proof."""
