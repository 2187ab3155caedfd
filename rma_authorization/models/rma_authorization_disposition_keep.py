# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationDispositionKeep(models.AbstractModel):
    """The customer keeps the goods: nothing comes back and nothing moves."""

    _name = "rma.authorization.disposition.keep"
    _description = "Disposition: Customer Keeps the Goods"
    _inherit = ["rma.authorization.disposition"]

    def _expects_goods(self, line):
        return False

    def _ends_warranty(self):
        return False

    def _dispose(self, inspections):
        """Nothing to move: the finding itself is the proof."""

    def _get_disposed_qty(self, inspection):
        return inspection.qty if inspection.is_disposition_started else 0.0
