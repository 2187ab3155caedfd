# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .rma_authorization_repeat import Unit


class RmaAuthorizationProposal(models.AbstractModel):
    _inherit = "rma.authorization.proposal"

    def _count_repairs(self, line):
        """Override of `rma_authorization`: those of the very number."""
        self.ensure_one()
        lot = "lot_id" in self._fields and self.lot_id
        if not lot:
            return super()._count_repairs(line)
        return self.env["rma.authorization.repeat"]._count_repairs(
            {self: Unit(lot, line)}
        )[self]
