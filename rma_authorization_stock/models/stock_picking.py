# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from odoo.addons.rma_authorization.tools import fetch_people, read_rows


class StockPicking(models.Model):
    _inherit = "stock.picking"

    rma_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Return Authorization",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
    )
    rma_loaner_id = fields.Many2one(
        comodel_name="rma.authorization.loaner",
        string="Loaner",
        index="btree_not_null",
        readonly=True,
        help="The unit on loan that this brings or takes.",
    )
    rma_outsourcing_id = fields.Many2one(
        comodel_name="rma.authorization.outsourcing",
        string="Repair at a Vendor",
        index="btree_not_null",
        readonly=True,
        help="The repair for which this takes a unit to a vendor, or brings it back.",
    )
    rma_case_id = fields.Many2one(
        comodel_name="rma.authorization.case",
        string="Quality Case",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
        help="The case that blocked these goods, or released them.",
    )
    # the other side of a field of Purchase, which would search for it whenever any
    # transfer changes
    rma_purchase_order_ids = fields.Many2many(
        comodel_name="purchase.order",
        relation="purchase_order_stock_picking_rel",
        column1="stock_picking_id",
        column2="purchase_order_id",
        copy=False,
        groups=NO_ACCESS,
    )
    rma_count = fields.Integer(
        string="RMA Count", compute="_compute_rma_count", groups="base.group_user"
    )

    @api.depends("rma_id", "move_ids.sale_line_id.rma_line_ids")
    def _compute_rma_count(self):
        for picking in self:
            picking.rma_count = len(picking._get_rma_authorizations())

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `stock`, which has one text for every action, to keep ours."""
        if self.env.context.get("rma_receipts"):
            return help_message
        return super().get_empty_list_help(help_message)

    def button_validate(self):
        """Override of `stock` to stop what was not authorized with a choice."""
        receipts = self.filtered("rma_id")
        if receipts:
            fetch_people(receipts.partner_id)
            # sudo: a worker compares with returns without rights on them
            arrival_sudo = self.env["rma.authorization.arrival"].sudo()
            arrival_sudo._forget_numbers()
            rows = arrival_sudo._get_unexpected(read_rows(receipts.sudo(), "move_ids"))
            if rows:
                arrival_sudo._forget_numbers()
                return self.env["rma.authorization.unexpected"]._open(self, rows)
        res = super().button_validate()
        if receipts:
            arrival_sudo._forget_numbers()
        return res

    def _action_done(self):
        """Override of `stock` to note what the freight of returns costs."""
        res = super()._action_done()
        self._follow_rma_freight()
        return res

    def write(self, vals):
        """Override of `stock`: a carrier may tell its price at any time, and under
        which number it has a parcel."""
        res = super().write(vals)
        if "carrier_price" in vals:
            self._follow_rma_freight()
        if "carrier_tracking_ref" in vals:
            self._follow_rma_parcel()
        return res

    def _follow_rma_parcel(self):
        """Keep the number of the parcel that is awaited on its return, where there are
        carriers."""
        if "carrier_tracking_ref" not in self._fields:
            return
        # sudo: who orders a carrier needs no rights on returns
        for picking_sudo in self.sudo():
            authorization_sudo = picking_sudo.rma_id
            reference = picking_sudo.carrier_tracking_ref
            if (
                authorization_sudo
                and reference
                and picking_sudo.picking_type_code == "incoming"
            ):
                carrier = picking_sudo.carrier_id.name
                authorization_sudo.write(
                    {
                        "tracking_ref": reference,
                        "carrier_name": carrier or authorization_sudo.carrier_name,
                        "carrier_partner_id": False,
                    }
                )

    def _follow_rma_freight(self):
        """Keep the freight in the cost ledger of returns, where there are carriers."""
        if "carrier_price" not in self._fields:
            return
        # sudo: nobody who ships needs rights on costs
        pickings_sudo = self.sudo().filtered(
            lambda picking: picking._get_rma_freight_payer()
        )
        if pickings_sudo:
            self.env["rma.authorization.cost"].sudo()._follow_freight(pickings_sudo)

    def _get_rma_freight_payer(self):
        """The return that bears the freight of this transfer: that of its goods, or of
        the replacement that it delivers."""
        self.ensure_one()
        return (
            self.rma_id
            or self.sale_id.rma_id
            or self.rma_loaner_id.authorization_id
            or self.rma_outsourcing_id.authorization_id
        )

    def _get_rma_trip(self):
        """How far a unit is that goes out and comes back by these transfers; a
        cancelled one doesn't count.

        :return: state (draft, waiting, out, back), when it left and when it came back,
            or False
        """
        pickings = self.filtered(lambda one: one.state != "cancel")
        done = pickings.filtered(lambda one: one.state == "done")
        back = done.filtered(lambda one: one._is_rma_way_back())
        out = done - back
        date_out = max(out.mapped("date_done"), default=False)
        # what came back, and was taken out again by core's own return, is out
        if back and len(back) >= len(out):
            return "back", date_out, max(back.mapped("date_done"))
        if out:
            return "out", date_out, False
        return "waiting" if pickings else "draft", False, False

    def _is_rma_way_back(self):
        """Whether this brings a unit back from a customer or a vendor."""
        self.ensure_one()
        warehouse = self.picking_type_id.warehouse_id
        return self.location_id in (
            warehouse.rma_loan_location_id,
            warehouse.rma_vendor_location_id,
        )

    def _choose_rma_loaner(self):
        """Reserve the very unit that is lent, or that was.

        :raise UserError: where it isn't there
        """
        self.ensure_one()
        loaner = self.rma_loaner_id
        others = loaner.picking_ids.filtered(lambda one: one.state == "done")
        lot = loaner.lot_id or others.move_line_ids.lot_id[:1]
        if lot and self.move_line_ids.lot_id != lot:
            self.move_line_ids.unlink()
            available = self.env["stock.quant"]._get_available_quantity(
                loaner.product_id, self.location_id, lot_id=lot
            )
            if loaner.product_id.uom_id.compare(available, 1.0) < 0:
                raise UserError(
                    self.env._(
                        "%(lot)s isn't available in %(location)s. Choose another unit, "
                        "or find out where it is.",
                        lot=lot.name,
                        location=self.location_id.display_name,
                    )
                )
            self.move_ids.move_line_ids = [
                Command.create(
                    {
                        **self.move_ids._prepare_move_line_vals(quantity=1.0),
                        "lot_id": lot.id,
                    }
                )
            ]

    def _list_rma_move_lines(self):
        """Let goods that are known one by one be found by their transfer: core fills in
        the move where they are made with it, not the transfer, by which its screens and
        delivery slips find them."""
        for picking in self:
            picking.move_ids.move_line_ids.filtered(
                lambda line: not line.picking_id
            ).picking_id = picking

    def _create_backorder_picking(self):
        """Override of `stock` to keep backorders on their return."""
        backorder = super()._create_backorder_picking()
        backorder.rma_id = self.rma_id
        return backorder

    def _get_rma_authorizations(self):
        """Returns that these transfers belong to, or whose goods they delivered."""
        # sudo: everybody who sees a transfer sees that it has returns; opening them
        # takes a role.
        pickings_sudo = self.sudo()
        authorizations_sudo = (
            pickings_sudo.rma_id
            | pickings_sudo.move_ids.sale_line_id.rma_line_ids.authorization_id
            | self.env["rma.authorization.line"]
            .sudo()
            .search([("move_id", "in", self.move_ids.ids)])
            .authorization_id
        )
        return authorizations_sudo.sudo(self.env.su)

    def action_create_rma(self):
        """Open the window to start a return of these deliveries.

        Receipts from suppliers start a return to them.

        :raise UserError: if one is neither a finished delivery to a customer nor a
            receipt of a purchase
        """
        if self and all(picking._is_rma_purchase_receipt() for picking in self):
            # sudo: agents see what was received without rights on purchases
            order_lines_sudo = self.sudo().move_ids.purchase_line_id
            return order_lines_sudo.sudo(self.env.su)._open_rma_create()
        for picking in self:
            if picking.state != "done" or (
                picking.location_dest_id.usage != "customer"
            ):
                raise UserError(
                    self.env._(
                        "%(picking)s isn't a finished delivery to a customer. Start "
                        "the return from the delivery that the customer received.",
                        picking=picking.display_name,
                    )
                )
        moves = self.move_ids.filtered(
            lambda move: move.state == "done" and not move.rma_line_id
        )
        create = self.env["rma.authorization.create"]
        return create._open_rows(
            self.partner_id, self.company_id, create._prepare_move_rows(moves)
        )

    def _is_rma_purchase_receipt(self):
        """Whether this transfer brought in what was bought."""
        self.ensure_one()
        return (
            self.state == "done"
            and self.location_id.usage == "supplier"
            and not self.rma_id
            and bool(self.sudo().move_ids.purchase_line_id)
        )

    def action_view_rma(self):
        """Open the returns of these transfers."""
        return self._get_rma_authorizations()._get_records_action(
            name=self.env._("Returns")
        )
