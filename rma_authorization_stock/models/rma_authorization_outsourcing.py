# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.rma_authorization.models.rma_authorization_decision import ROLE_USER
from odoo.addons.rma_authorization.tools import lock_rows

from .rma_authorization import ROLE_WAREHOUSE

ROLE_REPAIR = "rma_authorization_stock.group_rma_repair"


class RmaAuthorizationOutsourcing(models.Model):
    """A repair that a vendor makes for us: the unit goes there and comes back, and the
    service is an ordinary purchase.

    *At Vendors* is a location like the quarantine: the unit stays whose it was, and its
    number can be followed. While it is away, its repair can't be finished and nothing
    else can be done with it.
    """

    _name = "rma.authorization.outsourcing"
    _description = "Repair at a Vendor"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "repair_id"
    _check_company_auto = True

    repair_id = fields.Many2one(
        comodel_name="repair.order",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('rma_settlement_id', '!=', False),"
        " ('state', 'in', ('confirmed', 'under_repair'))]",
    )
    authorization_id = fields.Many2one(
        related="repair_id.rma_id", string="Return", store=True, index=True
    )
    company_id = fields.Many2one(
        related="repair_id.company_id", store=True, index=True, precompute=True
    )
    product_id = fields.Many2one(related="repair_id.product_id", store=True)
    lot_id = fields.Many2one(related="repair_id.lot_id", store=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Vendor",
        required=True,
        index=True,
        check_company=True,
    )
    service_id = fields.Many2one(
        comodel_name="product.product",
        check_company=True,
        domain="[('type', '=', 'service'), ('purchase_ok', '=', True)]",
        help="What is bought from the vendor, at the price of the pricelist.",
    )
    date_due = fields.Date(string="Due on", index=True, help="When it should be back.")
    date_out = fields.Datetime(string="Sent on", compute="_compute_state", store=True)
    date_back = fields.Datetime(string="Back on", compute="_compute_state", store=True)
    state = fields.Selection(
        selection=[
            ("draft", "Planned"),
            ("waiting", "To Ship"),
            ("out", "At the Vendor"),
            ("back", "Back"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    picking_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="rma_outsourcing_id",
        string="Transfers",
    )
    purchase_line_ids = fields.One2many(
        comodel_name="purchase.order.line",
        inverse_name="rma_outsourcing_id",
        string="Purchases",
    )
    purchase_count = fields.Integer(compute="_compute_purchase_count")
    note = fields.Text(help="What the vendor is to do.")

    @api.depends("picking_ids.state", "picking_ids.date_done")
    def _compute_state(self):
        """Where the unit is, by its transfers; a cancelled one doesn't count."""
        for outsourcing in self:
            state, date_out, date_back = outsourcing.picking_ids._get_rma_trip()
            outsourcing.state = state
            outsourcing.date_out = date_out
            outsourcing.date_back = date_back

    @api.depends("purchase_line_ids")
    def _compute_purchase_count(self):
        for outsourcing in self:
            lines_sudo = outsourcing.sudo().purchase_line_ids
            outsourcing.purchase_count = len(lines_sudo.order_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_while_planned(self):
        for outsourcing in self.sudo():
            if outsourcing.picking_ids or outsourcing.purchase_line_ids:
                raise UserError(
                    self.env._(
                        "%(outsourcing)s has a transfer or a purchase. Keep it as its "
                        "history.",
                        outsourcing=outsourcing.display_name,
                    )
                )

    # -- out and back ------------------------------------------------------------------

    def action_send(self):
        """Ship these units to their vendors.

        :raise UserError: where one is away already, or isn't being repaired
        """
        self._start()
        for outsourcing in self.sudo():
            repair = outsourcing.repair_id
            if outsourcing.state != "draft" or repair._get_rma_away():
                problem = self.env._("it was sent already. Look at its transfers.")
            elif repair.state not in ("confirmed", "under_repair"):
                problem = self.env._("its repair isn't confirmed, or is over.")
            elif not repair.rma_settlement_id:
                problem = self.env._("it isn't the repair of a return.")
            else:
                continue
            raise outsourcing._get_error(problem)
        return self._create_transfers(is_back=False)

    def action_take_back(self):
        """Expect these units back.

        :raise UserError: where one isn't at its vendor, or is expected already
        """
        self._start()
        for outsourcing in self.sudo():
            if outsourcing.state != "out" or outsourcing.picking_ids.filtered(
                lambda one: one.state not in ("done", "cancel")
            ):
                raise outsourcing._get_error(
                    self.env._("it isn't at the vendor, or is expected back already.")
                )
        return self._create_transfers(is_back=True)

    def _start(self):
        self.authorization_id._check_role(ROLE_USER, ROLE_WAREHOUSE, ROLE_REPAIR)
        self.check_access("read")
        # two who click at once ship one unit
        lock_rows(self.sudo())

    def _get_error(self, problem):
        return UserError(
            self.env._(
                "%(outsourcing)s can't be moved: %(problem)s",
                outsourcing=self.display_name,
                problem=problem,
            )
        )

    def _create_transfers(self, is_back):
        # sudo: agents send units without rights in the warehouse
        pickings_sudo = (
            self.env["stock.picking"]
            .sudo()
            .create([one._prepare_transfer_vals(is_back) for one in self.sudo()])
        )
        pickings_sudo._list_rma_move_lines()
        pickings_sudo.action_confirm()
        pickings = pickings_sudo.sudo(self.env.su)
        return pickings._get_records_action(name=self.env._("Transfers"))

    def _prepare_transfer_vals(self, is_back):
        """The very unit, with its owner: it stays whose it is."""
        self.ensure_one()
        repair = self.repair_id
        warehouse = repair.picking_type_id.warehouse_id
        here, there = repair.product_location_src_id, warehouse.rma_vendor_location_id
        source, target = (there, here) if is_back else (here, there)
        picking_type = warehouse.rma_type_id if is_back else warehouse.out_type_id
        place = {
            "product_id": repair.product_id.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "company_id": self.company_id.id,
        }
        owner = self._get_owner()
        return {
            "picking_type_id": picking_type.id,
            "partner_id": self.partner_id.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "company_id": self.company_id.id,
            "origin": f"{repair.rma_id.display_name} {repair.name}",
            "user_id": False,
            "rma_outsourcing_id": self.id,
            "move_ids": [
                Command.create(
                    {
                        **place,
                        "product_uom": repair.product_uom.id,
                        "product_uom_qty": repair.product_qty,
                        "picking_type_id": picking_type.id,
                        "restrict_partner_id": owner.id,
                        "to_refund": False,
                        "move_line_ids": [
                            Command.create(
                                {
                                    **place,
                                    "product_uom_id": repair.product_uom.id,
                                    "quantity": repair.product_qty,
                                    "lot_id": repair.lot_id.id,
                                    "owner_id": owner.id,
                                }
                            )
                        ],
                    }
                )
            ],
        }

    def _get_owner(self):
        """Whose the unit is, as it was received."""
        receipt = self.repair_id.rma_settlement_id.inspection_id._get_receipt()
        return receipt.restrict_partner_id

    # -- the purchase ------------------------------------------------------------------

    def action_order(self):
        """Make draft purchases of the services, one for each vendor and company.

        :raise UserError: without a service, or where it was ordered
        """
        self._start()
        for outsourcing in self.sudo():
            if not outsourcing.service_id or outsourcing.purchase_line_ids.filtered(
                lambda line: line.state != "cancel"
            ):
                raise UserError(
                    self.env._(
                        "%(outsourcing)s can't be ordered: choose a service, and order "
                        "it once.",
                        outsourcing=outsourcing.display_name,
                    )
                )
        # sudo: who lets a vendor repair needs no rights on purchases, which are drafts
        orders_sudo = self.env["purchase.order"].sudo()
        groups = self.sudo().grouped(lambda one: (one.company_id, one.partner_id))
        for (company, vendor), outsourcings in groups.items():
            orders_sudo |= orders_sudo.with_company(company).create(
                {
                    "partner_id": vendor.id,
                    "company_id": company.id,
                    "origin": ", ".join(outsourcings.repair_id.mapped("name")),
                    "order_line": [
                        Command.create(
                            {
                                "product_id": one.service_id.id,
                                "product_qty": one.repair_id.product_qty,
                                "rma_outsourcing_id": one.id,
                            }
                        )
                        for one in outsourcings
                    ],
                }
            )
        orders = orders_sudo.sudo(self.env.su)
        if not orders.has_access("read"):
            return None
        return orders._get_records_action(name=self.env._("Purchases"))

    def action_view_purchases(self):
        """Open what was bought for these."""
        orders = self.purchase_line_ids.order_id
        return orders._get_records_action(name=self.env._("Purchases"))
