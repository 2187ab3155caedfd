# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RmaAuthorizationCase(models.Model):
    """Quality cases about lots: their stock is blocked, and their holders are known."""

    _inherit = "rma.authorization.case"

    lot_ids = fields.Many2many(
        comodel_name="stock.lot",
        relation="rma_authorization_case_lot_rel",
        string="Lots",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
        help="Only these lots are faulty; the whole product when empty.",
    )
    holder_ids = fields.One2many(
        comodel_name="rma.authorization.case.holder",
        inverse_name="case_id",
        string="Customers Who Hold Units",
        copy=False,
    )
    picking_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="rma_case_id",
        string="Transfers",
        copy=False,
    )
    qty_blocked = fields.Float(
        string="Blocked",
        digits="Product Unit",
        compute="_compute_qty_blocked",
        help="Of these lots, in the blocked locations; in the unit of the product.",
    )

    @api.depends("lot_ids", "picking_ids.state")
    def _compute_qty_blocked(self):
        for case in self:
            case.qty_blocked = sum(case._get_blocked_quants().mapped("quantity"))

    def _get_finding_domain(self):
        domain = super()._get_finding_domain()
        if self.lot_ids:
            domain &= fields.Domain("lot_id", "in", self.lot_ids.ids)
        return domain

    def _get_new_findings(self):
        """Override of the base: of a supplier's case no units of other suppliers."""
        found = super()._get_new_findings()
        if not self.vendor_id:
            return found
        mine = self.vendor_id.commercial_partner_id.id
        vendors = self.env["rma.authorization.sentinel"]._get_vendors(found.lot_id)
        return found.filtered(
            lambda finding: vendors.get(finding.lot_id.id, mine) == mine
        )

    def _get_gate(self):
        """Override of the base: a case about lots is contained once their stock is."""
        demands = super()._get_gate()
        if self.step == "d3" and self.lot_ids:
            free = self._get_free_quants().lot_id
            demands.append(
                (
                    self.env._(
                        "the block on the stock of %(lots)s",
                        lots=", ".join(free.mapped("name")),
                    ),
                    not free,
                )
            )
        return demands

    # -- block and release -----------------------------------------------------------

    def _get_free_quants(self):
        """Stock of the lots that could still be delivered."""
        self.ensure_one()
        # sudo: engineers of quality need no rights on stock
        return (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.lot_ids.ids),
                    ("quantity", ">", 0),
                    ("location_id.usage", "=", "internal"),
                    ("location_id.warehouse_id", "!=", False),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        )

    def _get_blocked_places(self):
        """{blocked location: its warehouse}"""
        self.ensure_one()
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("rma_blocked_location_id", "!=", False),
                ]
            )
        )
        return {
            warehouse.rma_blocked_location_id: warehouse for warehouse in warehouses
        }

    def _get_blocked_quants(self):
        self.ensure_one()
        return (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.lot_ids.ids),
                    ("quantity", ">", 0),
                    (
                        "location_id",
                        "in",
                        [place.id for place in self._get_blocked_places()],
                    ),
                ]
            )
        )

    def action_block_stock(self):
        """Move the stock of the lots to where nobody reserves it; deliveries that had
        it reserved look for other goods.

        :raise UserError: where a case names no lot
        """
        self.check_access("write")
        for case in self:
            if not case.lot_ids:
                raise UserError(
                    self.env._(
                        "%(case)s names no lot, so nothing can be blocked. Enter the "
                        "lots that are concerned first.",
                        case=case.display_name,
                    )
                )
            quants = case._get_free_quants()
            case._unreserve(quants)
            groups = quants.grouped(lambda quant: quant.location_id.warehouse_id)
            pickings = self.env["stock.picking"].sudo()
            for warehouse, stock in groups.items():
                blocked = warehouse._get_rma_blocked_location()
                targets = dict.fromkeys(stock, blocked)
                pickings += case._move_quants(warehouse, targets)
            case._tell_moved(pickings, self.env._("Blocked: %(names)s"))

    def action_release_stock(self):
        """Bring what was blocked back to where it came from."""
        self.check_access("write")
        for case in self:
            places = case._get_blocked_places()
            pickings = self.env["stock.picking"].sudo()
            stock = case._get_blocked_quants().grouped("location_id")
            for place, quants in stock.items():
                origins = case._get_origins(place)
                shelf = places[place].lot_stock_id
                targets = {quant: origins.get(quant.lot_id, shelf) for quant in quants}
                pickings += case._move_quants(places[place], targets)
            case._tell_moved(pickings, self.env._("Released: %(names)s"))

    def _get_origins(self, place):
        """{lot: where it lay before this case moved it there}"""
        lines = self.sudo().picking_ids.move_line_ids.sorted("id")
        return {
            line.lot_id: line.location_id
            for line in lines
            if line.location_dest_id == place
        }

    def _unreserve(self, quants):
        """Take reserved goods out of transfers that aren't done."""
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", quants.lot_id.ids),
                    ("location_id", "in", quants.location_id.ids),
                    ("state", "in", ("assigned", "partially_available")),
                ]
            )
        )
        lines.move_id._do_unreserve()

    def _move_quants(self, warehouse, targets):
        """One internal transfer, done.

        :param dict targets: {quant: where it goes}
        """
        self.ensure_one()
        first = next(iter(targets))
        picking = (
            self.env["stock.picking"]
            .sudo()
            .create(
                {
                    "picking_type_id": warehouse.int_type_id.id,
                    "location_id": first.location_id.id,
                    "location_dest_id": targets[first].id,
                    "company_id": self.company_id.id,
                    "origin": self.name,
                    "rma_case_id": self.id,
                    "user_id": False,
                    "move_ids": [
                        Command.create(self._prepare_move(quant, destination))
                        for quant, destination in targets.items()
                    ],
                }
            )
        )
        picking._list_rma_move_lines()
        picking.action_confirm()
        picking.move_ids.picked = True
        picking._action_done()
        return picking

    def _prepare_move(self, quant, destination):
        place = {
            "product_id": quant.product_id.id,
            "location_id": quant.location_id.id,
            "location_dest_id": destination.id,
            "company_id": self.company_id.id,
        }
        return {
            **place,
            "product_uom": quant.product_uom_id.id,
            "product_uom_qty": quant.quantity,
            "restrict_partner_id": quant.owner_id.id,
            "move_line_ids": [
                Command.create(
                    {
                        **place,
                        "product_uom_id": quant.product_uom_id.id,
                        "quantity": quant.quantity,
                        "lot_id": quant.lot_id.id,
                        "owner_id": quant.owner_id.id,
                        "package_id": quant.package_id.id,
                    }
                )
            ],
        }

    def _tell_moved(self, pickings, text):
        if pickings:
            self.message_post(body=text % {"names": ", ".join(pickings.mapped("name"))})

    def action_view_pickings(self):
        """Show the transfers that blocked and released stock."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        return {**action, "domain": [("rma_case_id", "in", self.ids)], "context": {}}

    # -- holders ---------------------------------------------------------------------

    def action_find_holders(self):
        """List the customers who hold units of the lots: delivered less returned. Who
        was written to stays so.

        :raise UserError: where a case names neither lots nor a product
        """
        self.check_access("write")
        holders = self.env["rma.authorization.case.holder"].sudo()
        for case in self:
            held = holders._get_held(case)
            known = {
                (row.partner_id, row.lot_id): row for row in case.sudo().holder_ids
            }
            for key, row in known.items():
                row.qty = held.pop(key, 0.0)
            holders.create(
                [
                    {
                        "case_id": case.id,
                        "partner_id": partner.id,
                        "lot_id": lot.id,
                        "qty": qty,
                    }
                    for (partner, lot), qty in held.items()
                ]
            )

    def action_mail_holders(self):
        """Open a mail to the customers who hold units and weren't written to yet, in
        their language where a template is chosen.

        :raise UserError: where there is nobody to write to
        """
        self.ensure_one()
        rows = self.holder_ids.filtered(lambda row: row.qty and not row.date_notified)
        if not rows:
            raise UserError(
                self.env._(
                    "Nobody is left to write to about %(case)s. Find holders first.",
                    case=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to Holders"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": "rma.authorization.case.holder",
                "default_res_ids": rows.ids,
                "default_composition_mode": "mass_mail",
                "default_template_id": self.env.ref(
                    "rma_authorization_stock.mail_template_holder"
                ).id,
                "default_subject": self.title,
            },
        }
