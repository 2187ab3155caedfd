# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class RmaAuthorizationCreate(models.TransientModel):
    """Starts a return from what was sold: all lines at zero, what can still be
    returned beside. Lines of one customer and company become one authorization."""

    _name = "rma.authorization.create"
    _description = "Start a Return"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    direction = fields.Selection(
        selection=[("customer", "From Customer"), ("supplier", "To Supplier")],
        default="customer",
        required=True,
        readonly=True,
    )
    authorization_id = fields.Many2one(
        comodel_name="rma.authorization",
        readonly=True,
        help="A draft that gets the lines; a new one is made when empty.",
    )
    reason_id = fields.Many2one(
        comodel_name="rma.authorization.reason",
        required=True,
        default=lambda self: self.env["rma.authorization.reason"]._get_default(),
        domain="[('company_id', 'in', (False, company_id))]",
    )
    resolution = fields.Selection(
        selection=lambda self: self._selection_resolution(),
        string="Wanted Resolution",
        help="What the customer wants. A return is started with a choice, not with a "
        "default that nobody has looked at.",
    )
    advance = fields.Boolean(
        string="In Advance", help="Send the replacement before the goods are back."
    )
    description = fields.Text(string="Fault Description")
    line_ids = fields.One2many(
        comodel_name="rma.authorization.create.line", inverse_name="wizard_id"
    )

    @api.model
    def _selection_resolution(self):
        field = self.env["rma.authorization.resolution.mixin"]._fields["resolution"]
        return field._description_selection(self.env)

    @api.model
    def _open(self, order_lines, origins=None):
        """Open this window for the given order lines.

        :param order_lines: sale.order.line recordset of one customer and company
        :param origins: {order line: extra values of its row}, such as the delivery
        :raise UserError: for several customers or companies, or nothing returnable
        """
        order_lines = order_lines.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and line.product_id.type == "consu"
            )
        )
        if not order_lines:
            raise UserError(
                self.env._("There are no goods here that could be returned.")
            )
        returnable = order_lines._get_rma_returnable_qty()
        return self._open_rows(
            order_lines.order_id.partner_id,
            order_lines.company_id,
            [
                {
                    "sale_line_id": line.id,
                    "qty_returnable": max(returnable[line], 0.0),
                    **(origins or {}).get(line, {}),
                }
                for line in order_lines
            ],
        )

    @api.model
    def _open_rows(self, partners, company, rows, direction="customer"):
        """Open this window with these rows.

        :param partners: the customers, or suppliers; they have to be one
        :param list rows: values of rma.authorization.create.line
        :raise UserError: for several customers or companies
        """
        self._check_one_customer(partners, company)
        wizard = self.create(
            {
                "partner_id": partners[:1].id,
                "company_id": company.id,
                "direction": direction,
                "line_ids": [fields.Command.create(row) for row in rows],
            }
        )
        return wizard._get_records_action(
            name=self.env._("Start a Return"), target="new"
        )

    @api.model
    def _check_one_customer(self, partners, companies):
        """One return has one customer and one company."""
        customers = partners.commercial_partner_id
        if len(customers) != 1 or len(companies) != 1:
            raise UserError(
                self.env._(
                    "A return belongs to one customer and one company; you chose "
                    "%(customers)s. Start one return for each.",
                    customers=", ".join(customers.mapped("display_name"))
                    or self.env._("none"),
                )
            )

    def action_create_rma(self):
        """Make the draft authorization from the rows with a quantity, and open it.

        :raise UserError: if no row has a quantity, or one has more than returnable
        """
        self.ensure_one()
        rows = self.line_ids.filtered(lambda row: row._is_chosen())
        if not rows:
            raise UserError(
                self.env._(
                    "Enter how much %(customer)s returns on at least one line.",
                    customer=self.partner_id.display_name,
                )
            )
        if not self.resolution:
            raise UserError(
                self.env._(
                    "Choose what %(customer)s wants for the goods: the resolution.",
                    customer=self.partner_id.display_name,
                )
            )
        rows._check_qty()
        lines = [fields.Command.create(row._prepare_line_vals()) for row in rows]
        if self.authorization_id:
            self.authorization_id.line_ids = lines
            return self.authorization_id._get_records_action()
        authorization = self.env["rma.authorization"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "direction": self.direction,
                "line_ids": lines,
            }
        )
        return authorization._get_records_action()


class RmaAuthorizationCreateLine(models.TransientModel):
    """One sold line, and how much of it comes back."""

    _name = "rma.authorization.create.line"
    _description = "Line to Return"

    wizard_id = fields.Many2one(
        comodel_name="rma.authorization.create",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sale_line_id = fields.Many2one(comodel_name="sale.order.line", readonly=True)
    order_id = fields.Many2one(related="sale_line_id.order_id")
    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_product",
        store=True,
        precompute=True,
    )
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_product",
        store=True,
        precompute=True,
    )
    qty_returnable = fields.Float(
        string="Returnable", digits="Product Unit", readonly=True
    )
    qty = fields.Float(string="Quantity", digits="Product Unit")
    reason_id = fields.Many2one(
        comodel_name="rma.authorization.reason",
        help="Where it differs from the reason above.",
    )

    @api.depends("sale_line_id")
    def _compute_product(self):
        for row in self:
            row.product_id = row.sale_line_id.product_id
            row.product_uom_id = row.sale_line_id.product_uom_id

    def _is_chosen(self):
        self.ensure_one()
        return self.product_uom_id.compare(self.qty, 0.0) != 0

    def _check_qty(self):
        """Between nothing and what can still be returned."""
        for row in self:
            uom = row.product_uom_id
            if (
                uom.compare(row.qty, 0.0) < 0
                or uom.compare(row.qty, row.qty_returnable) > 0
            ):
                raise UserError(
                    self.env._(
                        "%(order)s, %(product)s: %(qty)s can't be returned, at most "
                        "%(returnable)s %(unit)s. Lower the quantity.",
                        order=row.order_id.name or row.wizard_id.partner_id.name,
                        product=row.product_id.display_name,
                        qty=row.qty,
                        returnable=row.qty_returnable,
                        unit=uom.name,
                    )
                )

    def _prepare_line_vals(self):
        """Values of the authorization line. Override to add an addon's origin."""
        self.ensure_one()
        wizard = self.wizard_id
        return {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "sale_line_id": self.sale_line_id.id,
            "qty_requested": self.qty,
            "reason_id": (self.reason_id or wizard.reason_id).id,
            "resolution": wizard.resolution,
            "advance": wizard.advance,
            "description": wizard.description,
        }
