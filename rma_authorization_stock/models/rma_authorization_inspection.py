# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class RmaAuthorizationInspection(models.Model):
    _inherit = "rma.authorization.inspection"

    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Lot/Serial Number",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
    )
    tracking = fields.Selection(related="product_id.tracking")
    regrade_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Regrade as",
        index="btree_not_null",
        check_company=True,
        domain="[('is_storable', '=', True), ('tracking', '=', tracking),"
        " ('id', '!=', product_id)]",
        help="The product as which the goods go to stock; the same when empty.",
    )
    regrade_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Regrade to",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Where the goods go; the warehouse's stock when empty.",
    )
    move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="rma_inspection_id",
        string="Disposition Moves",
    )

    def write(self, vals):
        """Override of `rma_authorization`: what the goods become stands once they have
        moved."""
        if {"regrade_product_id", "regrade_location_id"} & set(vals):
            for finding in self:
                moved = finding.qty_disposed
                if not finding._is_held_by_settlement():
                    moved += finding.qty_disposing
                if finding.product_uom_id.compare(moved, 0.0) > 0:
                    raise UserError(
                        self.env._(
                            "The finding on %(line)s can't be changed: its goods have "
                            "moved. Return their transfer first.",
                            line=finding.line_id.display_name,
                        )
                    )
        return super().write(vals)

    def _is_regraded_product(self):
        """Whether the goods go to stock as another product."""
        self.ensure_one()
        return self.disposition == "regrade" and self.regrade_product_id not in (
            self.product_id,
            self.product_id.browse(),
        )

    @api.depends("verdict")
    def _compute_disposition(self):
        """Override of `rma_authorization`: rejected goods go back to the customer,
        unless somebody decides otherwise."""
        res = super()._compute_disposition()
        for inspection in self:
            if inspection.verdict == "rejected" and not inspection.disposition:
                inspection.disposition = "send_back"
        return res

    @api.depends(
        "move_ids.state",
        "move_ids.quantity",
        # the goods of a kit's other findings tell what is left of it
        "line_id.move_ids.state",
    )
    def _compute_qty_disposed(self):
        """Override of `rma_authorization` to follow the moves."""
        return super()._compute_qty_disposed()

    @api.depends(
        "move_ids.state", "move_ids.product_uom_qty", "settlement_ids.repair_ids.state"
    )
    def _compute_qty_disposing(self):
        """Override of `rma_authorization` to follow transfers and repairs."""
        return super()._compute_qty_disposing()

    @api.constrains("lot_id", "line_id", "qty")
    def _check_lot(self):
        """A finding on tracked goods is about a lot that arrived, and about no more
        of it than arrived."""
        for finding in self:
            line = finding.line_id
            if line.tracking == "none" or not line._get_receipts():
                continue
            received = line._get_received_lots().get(finding.lot_id, 0.0)
            judged = sum(
                other.qty
                for other in line.inspection_ids
                if other.lot_id == finding.lot_id
            )
            if line.product_uom_id.compare(judged, received) > 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(judged)s of %(lot)s judged, %(received)s "
                        "received. "
                        "Choose a number that arrived and has no finding yet.",
                        line=line.display_name,
                        judged=judged,
                        lot=finding.lot_id.name or self.env._("no number"),
                        received=received,
                    )
                )

    # -- where the goods are
    # -------------------------------------------------------------

    def _get_receipt(self):
        """The move that brought these very goods in."""
        self.ensure_one()
        receipts = self.line_id._get_receipts().filtered(
            lambda move: move.state == "done"
        )
        if self.lot_id:
            with_lot = receipts.filtered(lambda move: self.lot_id in move.lot_ids)
            receipts = with_lot or receipts
        return receipts[:1]

    def _get_quarantine(self):
        """The location in which these goods wait."""
        self.ensure_one()
        return self._get_receipt().location_dest_id or (
            self._get_warehouse().rma_location_id
        )

    def _get_warehouse(self):
        """The warehouse that received these goods."""
        self.ensure_one()
        return self.line_id._get_rma_warehouse(self._get_receipt())

    # -- warranty ----------------------------------------------------------------------

    def _get_warranty_number(self):
        """Override of `rma_authorization`: the lot or serial number."""
        return self.lot_id or None

    def _get_warranty_downtime(self):
        """Days between receipt and delivery back to the customer, None while the goods
        are here."""
        self.ensure_one()
        company = self.company_id
        received = self._get_receipt()._get_rma_moment()
        sent_back = [
            move._get_rma_moment()
            for move in self.move_ids
            if move.state == "done" and move.location_dest_id.usage == "customer"
        ]
        if not received or not sent_back:
            return None
        return (
            company._get_rma_day(max(sent_back)) - company._get_rma_day(received)
        ).days
