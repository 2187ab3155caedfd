# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import ormcache


class RmaRoute(NamedTuple):
    """Where a warehouse takes returned goods, as ids."""

    warehouse: int
    company: int
    picking_type: int
    destination: int


class StockWarehouse(models.Model):
    _name = "stock.warehouse"
    _inherit = ["stock.warehouse", "rma.authorization.remembered"]

    rma_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Returns Quarantine",
        check_company=True,
        copy=False,
        help="Returned goods wait here: owned and valued, but outside of the "
        "warehouse, so that nobody reserves, counts or promises them.",
    )
    rma_type_id = fields.Many2one(
        comodel_name="stock.picking.type",
        string="Returns Type",
        check_company=True,
        copy=False,
    )

    rma_loan_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="On Loan",
        check_company=True,
        copy=False,
        help="Units that customers have for a while: owned and valued like the "
        "quarantine, and outside of the warehouse as well.",
    )

    rma_vendor_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="At Vendors",
        check_company=True,
        copy=False,
        help="Returned units that vendors repair: still whose they are, and outside of "
        "the warehouse like the quarantine.",
    )
    rma_blocked_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Blocked Stock",
        check_company=True,
        copy=False,
        help="Stock that a quality case has blocked: owned and valued, but nobody "
        "reserves it. Made with the first block.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        warehouses._create_rma_setup()
        return warehouses

    @api.model
    @ormcache()
    def _get_rma_routes(self):
        """Where each warehouse takes returned goods.

        :return: tuple of RmaRoute
        """
        # sudo: who authorizes a return needs no rights in the warehouse
        warehouses_sudo = (
            self.sudo()
            .with_context(active_test=False)
            .search([("rma_type_id", "!=", False)])
        )
        return tuple(
            RmaRoute(
                warehouse.id,
                warehouse.company_id.id,
                warehouse.rma_type_id.id,
                warehouse.rma_type_id.default_location_dest_id.id,
            )
            for warehouse in warehouses_sudo
        )

    def _get_rma_route(self):
        self.ensure_one()
        routes = {route.warehouse: route for route in self._get_rma_routes()}
        return routes[self.id]

    @api.model
    def _complete_rma_setup(self):
        """Give the warehouses that exist already what they lack for returns."""
        incomplete = self.search(
            [
                "|",
                "|",
                "|",
                ("rma_location_id", "=", False),
                ("rma_loan_location_id", "=", False),
                ("rma_vendor_location_id", "=", False),
                ("rma_type_id", "=", False),
            ]
        )
        incomplete._create_rma_setup()
        # a number that nobody knows stops with a choice, not with an error
        equipped = self.search([("rma_type_id", "!=", False)])
        equipped.rma_type_id.use_create_lots = True

    def _create_rma_setup(self):
        """Create the locations and the operation type that a warehouse lacks."""
        for warehouse in self:
            if not warehouse.rma_loan_location_id:
                warehouse.rma_loan_location_id = self.env["stock.location"].create(
                    {
                        **warehouse._prepare_rma_location_vals(),
                        "name": self.env._(
                            "%(warehouse)s On Loan", warehouse=warehouse.code
                        ),
                    }
                )
            if not warehouse.rma_location_id:
                warehouse.rma_location_id = self.env["stock.location"].create(
                    warehouse._prepare_rma_location_vals()
                )
            if not warehouse.rma_vendor_location_id:
                warehouse.rma_vendor_location_id = self.env["stock.location"].create(
                    {
                        **warehouse._prepare_rma_location_vals(),
                        "name": self.env._(
                            "%(warehouse)s At Vendors", warehouse=warehouse.code
                        ),
                    }
                )
            if not warehouse.rma_type_id:
                # sudo: sequences are an administrator's; a stock manager gets one here
                warehouse.rma_type_id = (
                    self.env["stock.picking.type"]
                    .sudo()
                    .create(warehouse._prepare_rma_type_vals())
                )

    def _get_rma_blocked_location(self):
        """Where stock is blocked, made when it is needed first."""
        self.ensure_one()
        if not self.rma_blocked_location_id:
            self.rma_blocked_location_id = self.env["stock.location"].create(
                {
                    **self._prepare_rma_location_vals(),
                    "name": self.env._("%(warehouse)s Blocked", warehouse=self.code),
                }
            )
        return self.rma_blocked_location_id

    def _prepare_rma_location_vals(self):
        """The quarantine has no parent: what lies below the warehouse's own view
        location counts as available stock."""
        self.ensure_one()
        return {
            "name": self.env._("%(warehouse)s Returns", warehouse=self.code),
            "usage": "internal",
            "company_id": self.company_id.id,
            "location_id": False,
        }

    def _prepare_rma_type_vals(self):
        self.ensure_one()
        return {
            "name": self.env._("Returns"),
            "code": "incoming",
            "sequence_code": "RMA",
            # Behind the warehouse's receipts: purchases take the first incoming type.
            "sequence": max(self.in_type_id.sequence, self.out_type_id.sequence) + 100,
            "warehouse_id": self.id,
            "company_id": self.company_id.id,
            "default_location_src_id": self.env.ref(
                "stock.stock_location_customers"
            ).id,
            "default_location_dest_id": self.rma_location_id.id,
            "return_picking_type_id": self.out_type_id.id,
            # a number that nobody knows stops with a choice, not with an error
            "use_create_lots": True,
            "use_existing_lots": True,
            "color": 9,
        }
