# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class RmaAuthorizationResolution(models.AbstractModel):
    """Contract of a resolution: what a customer gets. One concrete model per kind.

    To add one, write one file: a `selection_add` on
    `rma.authorization.resolution.mixin` and a model
    `rma.authorization.resolution.<code>` that inherits this one and defines `_settle`.
    Handlers hold no data; they always get batches.
    """

    _name = "rma.authorization.resolution"
    _description = "Resolution Handler"

    def _expects_goods(self, line):
        """Whether the goods of this line come back to us at all."""
        return True

    def _is_choice(self):
        """Whether customers may ask for it on their page."""
        return True

    def _can_be_paid(self):
        """Whether the customer may have it out of warranty, and pay for it."""
        return False

    def _settles_before_receipt(self, line):
        """Whether it may be carried out as soon as the return is authorized."""
        return False

    def _lowers_delivered(self):
        """Whether its units leave the sale: less delivered, less to invoice."""
        return False

    def _ends_warranty(self):
        """Whether its units have no warranty of their own any more: the customer got
        money or another unit for them."""
        return self._lowers_delivered()

    def _lends_replacement(self):
        """Whether customers who got it before their goods came back owe us these."""
        return False

    def _holds_goods(self, settlement):
        """Whether a settlement under way keeps its goods from being disposed of.
        Fields read here belong in the depends of
        `rma.authorization.inspection._compute_qty_disposing`."""
        return False

    def _check_settlements(self, settlements):
        """Raise a `UserError` that names what can't be settled so; write nothing."""

    def _settle(self, settlements):
        """Make the documents of the whole batch and link them to the settlements.

        Must be overridden. The settlements are locked and checked before.
        """
        raise NotImplementedError(self._name)

    def _get_settlement_state(self, settlement):
        """`in_progress`, `done` or `cancelled`, read from the documents of a carried
        out settlement. Fields read here belong in the depends of
        `rma.authorization.settlement._compute_state`."""
        return "done"

    def _undo(self, settlements):
        """Cancel or delete the documents; raise where one can't be taken back.

        :return: the settlements taken back, where some stand; all when None
        """

    def _follow_orders(self, settlements):
        """Called when orders that replace these goods were changed or cancelled."""

    def _sells_replacement(self):
        """Whether a replacement has a price; it stays free otherwise."""
        return False

    def _get_documents(self, settlements):
        """The documents made, one recordset per model."""
        return []
