# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationDispositionHold(models.AbstractModel):
    """Undecided: the goods stay in quarantine until somebody decides."""

    _name = "rma.authorization.disposition.hold"
    _description = "Disposition: Hold in Quarantine"
    _inherit = ["rma.authorization.disposition"]

    def _is_final(self):
        return False

    def _dispose(self, inspections):
        """Nothing moves."""

    def _get_disposed_qty(self, inspection):
        return 0.0
