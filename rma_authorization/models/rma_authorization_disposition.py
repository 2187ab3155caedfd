# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationDisposition(models.AbstractModel):
    """Contract of a disposition: what happens to goods. One concrete model per kind.

    To add one, write one file: a `selection_add` on
    `rma.authorization.disposition.mixin` and a model
    `rma.authorization.disposition.<code>` that inherits this one and defines
    `_dispose` and `_get_disposed_qty`.
    """

    _name = "rma.authorization.disposition"
    _description = "Disposition Handler"

    def _expects_goods(self, line):
        """Whether the goods of this line come back to us at all."""
        return True

    def _is_final(self):
        """Whether it can be carried out; goods on hold only wait."""
        return True

    def _ends_warranty(self):
        """Whether goods that went this way aren't the customer's any more."""
        return self._is_final()

    def _check_inspections(self, inspections):
        """Raise a `UserError` that names what can't be disposed of so."""

    def _dispose(self, inspections):
        """Move what has not moved of the whole batch (`_get_undisposed_qty`), and link
        the documents. Must be overridden."""
        raise NotImplementedError(self._name)

    def _get_disposed_qty(self, inspection):
        """How much of an inspection has really moved, in the line's unit.
        Fields read here belong in the depends of
        `rma.authorization.inspection._compute_qty_disposed`. Must be overridden."""
        raise NotImplementedError(self._name)

    def _get_disposing_qty(self, inspection):
        """How much of it is about to move, in the line's unit. Fields read here belong
        in the depends of `rma.authorization.inspection._compute_qty_disposing`."""
        return 0.0

    def _undo(self, inspections):
        """Take the documents back; raise where that is impossible."""

    def _get_documents(self, inspections):
        """The documents made, one recordset per model."""
        return []
