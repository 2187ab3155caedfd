# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class RmaAuthorizationDispositionKeep(models.AbstractModel):
    _inherit = "rma.authorization.disposition.keep"

    def _check_inspections(self, inspections):
        """Override of `rma_authorization`: the customer keeps nothing that is in our
        quarantine; it would stay there, forgotten."""
        for finding in inspections:
            raise UserError(
                self.env._(
                    "%(line)s: the customer can't keep what is in our quarantine. "
                    "Choose another disposition, such as to send it back.",
                    line=finding.line_id.display_name,
                )
            )
        return super()._check_inspections(inspections)
