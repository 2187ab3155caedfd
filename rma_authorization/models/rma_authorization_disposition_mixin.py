# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationDispositionMixin(models.AbstractModel):
    """May carry a disposition: what happens to the goods. Empty while undecided.

    Another addon adds a kind by `selection_add` on this field and a model
    `rma.authorization.disposition.<code>`.
    """

    _name = "rma.authorization.disposition.mixin"
    _description = "Carries a Disposition"

    disposition = fields.Selection(
        selection=[("keep", "Customer Keeps the Goods")],
        help="What happens to the goods.",
    )

    def _get_disposition_handler(self):
        """The handler that carries out this record's disposition, if it has one."""
        self.ensure_one()
        if not self.disposition:
            return None
        return self.env[f"rma.authorization.disposition.{self.disposition}"]
