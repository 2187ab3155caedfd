# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import ormcache


class IrSequence(models.Model):
    """Which sequences number returns is remembered; their numbers aren't."""

    _name = "ir.sequence"
    _inherit = ["ir.sequence", "rma.authorization.remembered"]
    _volatile = frozenset({"number_next"})

    @api.model
    def _get_rma_sequence(self, code, company_id):
        """The sequence of a code, as `next_by_code` finds it: none if there is none."""
        own = self._find_rma_sequence_id(code, company_id)
        return self.browse(own)._recall()

    @api.model
    @ormcache("code", "company_id")
    def _find_rma_sequence_id(self, code, company_id):
        """:return: tuple of one id, or of none"""
        return tuple(
            self.sudo()
            .search(
                [("code", "=", code), ("company_id", "in", (company_id, False))],
                order="company_id",
                limit=1,
            )
            .ids
        )
