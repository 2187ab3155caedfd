# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.rma_authorization.tools import read_rows

from .rma_authorization import ROLE_WAREHOUSE


class RmaAuthorization(models.Model):
    """Returns to suppliers are shipped by transfers."""

    # a subject of its own, in a file of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "rma.authorization"

    purchase_order_count = fields.Integer(compute="_compute_purchase_order_count")

    @api.depends("line_ids.purchase_line_id")
    def _compute_purchase_order_count(self):
        for authorization in self:
            # sudo: everybody counts the orders; opening them takes a role
            lines_sudo = authorization.sudo().line_ids
            authorization.purchase_order_count = len(
                lines_sudo.purchase_line_id.order_id
            )

    def action_view_purchase_orders(self):
        """Open the orders on which these goods were bought."""
        orders = self.line_ids.purchase_line_id.order_id
        return orders._get_records_action(name=self.env._("Purchase Orders"))

    def _get_claimer_roles(self):
        """Override of `rma_authorization`: who puts goods away sends them to suppliers,
        too."""
        return [*super()._get_claimer_roles(), ROLE_WAREHOUSE]

    def _get_supply_warehouse(self):
        """The warehouse that ships to the supplier."""
        self.ensure_one()
        return self.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )

    def _get_open_receipts(self):
        """Extension: what suppliers have still to get."""
        deliveries = (
            read_rows(self, "line_ids")
            ._get_deliveries()
            .filtered(lambda move: move.state not in ("done", "cancel"))
        )
        return super()._get_open_receipts() | deliveries.picking_id
