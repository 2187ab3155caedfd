# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RmaAuthorizationHarvest(models.Model):
    """A part that is taken out of returned goods and goes to stock (L6).

    Quantities are for all goods of the finding together. Parts stand once the goods
    were taken apart.
    """

    _name = "rma.authorization.harvest"
    _description = "Part Taken out of Returned Goods"
    _order = "inspection_id desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    inspection_id = fields.Many2one(
        comodel_name="rma.authorization.inspection",
        string="Finding",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="inspection_id.company_id", store=True, index=True, precompute=True
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    tracking = fields.Selection(related="product_id.tracking")
    qty = fields.Float(
        string="Quantity", digits="Product Unit", required=True, default=1.0
    )
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Lot/Serial Number",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
        help="The part's own number, where its product has numbers.",
    )
    location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Goes to",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Where the part goes; the warehouse's stock when empty.",
    )

    _qty_positive = models.Constraint(
        "CHECK(qty > 0)", "A part is more than nothing: enter a quantity."
    )

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for part in self:
            part.product_uom_id = part.product_id.uom_id

    @api.constrains("product_id", "product_uom_id")
    def _check_product_uom_id(self):
        for part in self:
            unit = part.product_id.uom_id
            if not part.product_uom_id._has_common_reference(unit):
                raise ValidationError(
                    self.env._(
                        "%(part)s is counted in %(unit)s, which can't be converted to "
                        "%(other)s. Choose another unit.",
                        part=part.product_id.display_name,
                        unit=unit.name,
                        other=part.product_uom_id.name,
                    )
                )

    # -- what was taken apart stands ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.inspection_id._check_parts_changeable()
        return parts

    def write(self, vals):
        self.inspection_id._check_parts_changeable()
        res = super().write(vals)
        self.inspection_id._check_parts_changeable()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_before_taken_apart(self):
        self.inspection_id._check_parts_changeable()

    # -- helpers -----------------------------------------------------------------------

    def _get_product_qty(self):
        """The quantity in the product's unit."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.qty, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _get_problem(self):
        """Why this part can't go to stock, as a sentence that says what to do; empty if
        it can."""
        self.ensure_one()
        product, finding = self.product_id, self.inspection_id
        names = {"part": product.display_name}
        is_kit = self.env["rma.authorization.kit"]._get_components(
            product, finding.company_id, self.env["stock.move"]
        )
        if not product.is_storable or is_kit:
            return self.env._(
                "%(part)s isn't kept in stock: choose a part that is tracked by "
                "quantity, lot or serial number.",
                **names,
            )
        if product == finding.product_id:
            return self.env._(
                "%(part)s isn't a part of itself: choose what is taken out of it.",
                **names,
            )
        location = self.location_id
        if location and (
            location.usage != "internal" or location == finding._get_quarantine()
        ):
            return self.env._(
                "%(location)s is no place of our stock: choose another location, or "
                "none for the warehouse's stock.",
                location=location.display_name,
            )
        return self._get_number_problem(names)

    def _get_number_problem(self, names):
        product = self.product_id
        if product.tracking == "none":
            return ""
        if not self.lot_id:
            return self.env._(
                "%(part)s has numbers: enter the one of this part.", **names
            )
        if product.tracking == "serial" and (
            product.uom_id.compare(self._get_product_qty(), 1.0) != 0
        ):
            return self.env._(
                "%(part)s has serial numbers: enter each of them on a row of its own, "
                "with a quantity of 1.",
                **names,
            )
        if product.tracking == "serial" and self.lot_id._is_rma_in_hand():
            return self.env._(
                "%(number)s of %(part)s is in our stock already: enter the number that "
                "is on the part.",
                number=self.lot_id.name,
                **names,
            )
        return ""
