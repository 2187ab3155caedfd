# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .rma_authorization_inspection_certificate import CERTIFICATE_FIELDS

# What is done with the goods, which stands once they have moved.
GOODS_FIELDS = {
    "regrade_product_id",
    "regrade_location_id",
    "scrap_method",
    "owner_consent_date",
    "owner_consent_file",
}


class RmaAuthorizationInspection(models.Model):
    _name = "rma.authorization.inspection"
    _inherit = [
        "rma.authorization.inspection",
        "rma.authorization.inspection.owner",
        "rma.authorization.inspection.certificate",
        "rma.authorization.inspection.value",
    ]

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
    harvest_ids = fields.One2many(
        comodel_name="rma.authorization.harvest",
        inverse_name="inspection_id",
        string="Parts",
        help="What is taken out of all goods of this finding together.",
    )
    move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="rma_inspection_id",
        string="Disposition Moves",
    )
    repair_ids = fields.One2many(
        comodel_name="repair.order",
        inverse_name="rma_inspection_id",
        string="Repairs for Stock",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `rma_authorization` to propose the parts of what is taken
        apart."""
        findings = super().create(vals_list)
        findings._propose_parts()
        return findings

    def write(self, vals):
        """Override of `rma_authorization`: what the goods become stands once they have
        moved."""
        if GOODS_FIELDS & set(vals):
            for finding in self:
                if finding._has_moved():
                    raise UserError(
                        self.env._(
                            "The finding on %(line)s can't be changed: its goods have "
                            "moved. Return their transfer first.",
                            line=finding.line_id.display_name,
                        )
                    )
        res = super().write(vals)
        if "disposition" in vals:
            self._propose_parts()
        if CERTIFICATE_FIELDS & set(vals):
            self._follow_certificates()
        return res

    def _has_moved(self):
        """Whether goods of this finding moved, or are about to."""
        self.ensure_one()
        moved = self.qty_disposed
        if not self._is_held_by_settlement():
            moved += self.qty_disposing
        return self.product_uom_id.compare(moved, 0.0) > 0

    def _propose_parts(self):
        """Enter what the bill of materials says, where goods are taken apart and nobody
        has entered parts."""
        kit = self.env["rma.authorization.kit"]
        vals_list = []
        for finding in self:
            if finding.disposition == "harvest" and not finding.harvest_ids:
                qty = finding.line_id._to_product_uom(finding.qty)
                parts = kit._get_parts(finding.product_id, finding.company_id)
                vals_list += [
                    {
                        "inspection_id": finding.id,
                        "product_id": part.id,
                        "qty": part.uom_id.round(need * qty),
                    }
                    for part, need in parts.items()
                    if part.is_storable and part.uom_id.compare(need * qty, 0.0) > 0
                ]
        self.env["rma.authorization.harvest"].create(vals_list)

    def _check_parts_changeable(self):
        """Parts stand once the goods were taken apart.

        :raise UserError: naming the line
        """
        for finding in self:
            if finding.disposition == "harvest" and finding._has_moved():
                raise UserError(
                    self.env._(
                        "%(line)s was taken apart, so its parts stand. Return that "
                        "transfer first.",
                        line=finding.line_id.display_name,
                    )
                )

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
        "move_ids.state",
        "move_ids.product_uom_qty",
        "settlement_ids.repair_ids.state",
        "repair_ids.state",
        "repair_ids.product_qty",
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
