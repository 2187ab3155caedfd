# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import ormcache


class IrSequence(models.Model):
    """Which sequences number returns is remembered; their numbers aren't."""

    _name = "ir.sequence"
    _inherit = ["ir.sequence", "rma.authorization.remembered"]

    @api.model
    def _get_rma_sequence(self, code, company_id):
        """The sequence of a code, as `next_by_code` finds it: none if there is none.

        All sequences that a return takes numbers of are read together with it.
        """
        own = self._find_rma_sequence_id(code, company_id)
        others = self._find_rma_sequence_ids(company_id)
        return self.browse(own).with_prefetch([*own, *others])

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

    @api.model
    def _find_rma_sequence_ids(self, company_id):
        """The sequences that number what belongs to a return in this company. Override
        to add those of an addon's documents."""
        return [
            id_
            for code in ("rma.authorization.request", "rma.authorization")
            for id_ in self._find_rma_sequence_id(code, company_id)
        ]
