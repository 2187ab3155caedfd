# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationResolutionMixin(models.AbstractModel):
    """May carry a resolution: what the customer gets.

    Another addon adds a kind by `selection_add` on this field and a model
    `rma.authorization.resolution.<code>`: line, inspection and settlement all follow.
    """

    _name = "rma.authorization.resolution.mixin"
    _description = "Carries a Resolution"

    resolution = fields.Selection(
        selection=[
            ("none", "Nothing"),
            ("solved", "Solved without Return"),
            ("exchange", "Exchange"),
        ],
        default="none",
        required=True,
        help="What the customer gets for the goods.",
    )

    def _get_choices(self):
        """Codes of the resolutions that customers may ask for."""
        return [
            code
            for code, _label in self._fields["resolution"].selection
            if self.env[f"rma.authorization.resolution.{code}"]._is_choice()
        ]

    def _get_resolution_handler(self):
        """The handler that carries out this record's resolution. What suppliers give
        us has handlers of its own, where it is something else than what we give."""
        self.ensure_one()
        name = f"rma.authorization.resolution.supplier_{self.resolution}"
        if self._get_direction() == "supplier" and name in self.env:
            return self.env[name]
        return self.env[f"rma.authorization.resolution.{self.resolution}"]

    def _get_direction(self):
        """Whether the goods come from a customer, or go to a supplier. Override where
        a record is about a return."""
        return "customer"
