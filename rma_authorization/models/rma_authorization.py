# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import NO_ACCESS, Domain

from ..tools import fetch_people, own_rows, take_numbers

# Under which a return is known, to us and to others.
NUMBERS = ["name", "rma_number", "customer_reference", "partner_reference"]


class RmaAuthorization(models.Model):
    """A customer's return: what was asked for, permitted, and how far it has come.

    ``state`` says what is permitted (see ``rma.authorization.flow``), the statuses
    and ``next_step`` say how far the goods, the findings and the settlements are.

    =============  ==========  =======  =======  =======  ======
    may            technician  service  manager  (stock)  (account)
    =============  ==========  =======  =======  =======  ======
    read           yes         yes      yes      yes      yes
    submit, decide             yes      yes
    receive                    yes      yes      yes
    inspect        yes         yes      yes      yes
    settle                     yes      yes               yes
    dispose                    yes      yes      yes
    reopen                              yes
    =============  ==========  =======  =======  =======  ======
    """

    _name = "rma.authorization"
    _description = "Return Authorization"
    _inherit = [
        "rma.authorization.reading",
        "rma.authorization.index",
        "rma.authorization.portal",
        "rma.authorization.transport",
        "rma.authorization.supplier",
        "rma.authorization.owed",
        "rma.authorization.clock",
        "rma.authorization.intake",
        "rma.authorization.satisfaction",
        "rma.authorization.withdrawal",
        "rma.authorization.evidence",
        "rma.authorization.fee",
        "portal.mixin",
        "mail.thread.main.attachment",
        "mail.activity.mixin",
    ]
    _order = "priority desc, id desc"
    _rec_names_search = [*NUMBERS, "partner_id.name"]
    _check_company_auto = True
    _mail_post_access = "read"

    # identity
    name = fields.Char(
        string="Reference",
        readonly=True,
        copy=False,
        required=True,
        default="New",
        index="trigram",
    )
    rma_number = fields.Char(
        string="RMA Number",
        readonly=True,
        copy=False,
        index="trigram",
        tracking=True,
        help="Given on authorization: the customer writes it on the parcel.",
    )
    direction = fields.Selection(
        selection=[("customer", "From Customer"), ("supplier", "To Supplier")],
        default="customer",
        required=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    # stored, so that a list needn't read companies
    currency_id = fields.Many2one(
        related="company_id.currency_id", store=True, precompute=True
    )
    customer_reference = fields.Char(
        copy=False,
        index="trigram",
        help="The number under which the customer knows this return.",
    )
    # parties
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    email = fields.Char(
        compute="_compute_contact", store=True, readonly=False, precompute=True
    )
    phone = fields.Char(
        compute="_compute_contact", store=True, readonly=False, precompute=True
    )
    pickup_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Pick-up Address",
        check_company=True,
        compute="_compute_pickup_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    team_id = fields.Many2one(
        comodel_name="rma.authorization.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        check_company=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self._default_user_id(),
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    tag_ids = fields.Many2many(comodel_name="rma.authorization.tag", string="Tags")
    priority = fields.Selection(
        selection=[("0", "Normal"), ("1", "Urgent")], default="0"
    )
    # time
    date_request = fields.Datetime(
        string="Requested on", default=fields.Datetime.now, required=True, copy=False
    )
    date_deadline = fields.Date(
        string="Return by",
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="Goods that have not arrived by this day make the authorization expire.",
    )
    awaiting_customer = fields.Boolean(
        readonly=True,
        copy=False,
        tracking=True,
        help="We have asked the customer something; the clocks stand still.",
    )
    date_awaiting = fields.Datetime(string="Awaiting since", readonly=True, copy=False)
    is_appealed = fields.Boolean(
        readonly=True, copy=False, help="A refused request is looked at once more."
    )
    refusal_reason = fields.Text(
        readonly=True, copy=False, help="What the customer reads."
    )
    # content
    inspection_required = fields.Boolean(
        compute="_compute_inspection_required",
        store=True,
        readonly=False,
        precompute=True,
        help="Nothing is settled before the goods were inspected.",
    )
    line_ids = fields.One2many(
        comodel_name="rma.authorization.line",
        inverse_name="authorization_id",
        string="Lines",
        copy=True,
    )
    inspection_ids = fields.One2many(
        comodel_name="rma.authorization.inspection",
        inverse_name="authorization_id",
        string="Inspections",
    )
    settlement_ids = fields.One2many(
        comodel_name="rma.authorization.settlement",
        inverse_name="authorization_id",
        string="Settlements",
    )
    cost_ids = fields.One2many(
        comodel_name="rma.authorization.cost",
        inverse_name="authorization_id",
        string="Costs",
    )
    replacement_order_ids = fields.One2many(
        comodel_name="sale.order", inverse_name="rma_id", string="Replacement Orders"
    )
    note = fields.Html(string="Customer's Comments")
    guide_id = fields.Many2one(
        comodel_name="rma.authorization.guide",
        string="Solved by",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The self-help guide that solved it, so that nothing had to come back.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_product_id",
        # stored, so that a list needn't read lines
        store=True,
        help="That of the first line.",
    )
    # the other side of a field, without which its records are looked for in vain
    linked_rating_ids = fields.One2many(
        comodel_name="rating.rating", inverse_name="rma_id", groups=NO_ACCESS
    )
    # figures
    sale_order_ids = fields.Many2many(
        comodel_name="sale.order", compute="_compute_sale_order_ids", string="Orders"
    )
    sale_order_count = fields.Integer(compute="_compute_sale_order_ids")
    replacement_order_count = fields.Integer(
        compute="_compute_replacement_order_count",
        groups="sales_team.group_sale_salesman",
    )
    cost_total = fields.Monetary(
        string="Net Cost",
        compute="_compute_cost_total",
        store=True,
        help="Costs less recoveries, in the company's currency.",
    )

    _rma_number_unique = models.UniqueIndex(
        "(company_id, rma_number) WHERE rma_number IS NOT NULL",
        "An RMA number is given only once per company.",
    )

    @api.model
    def _default_user_id(self):
        """Who enters a return is responsible for it, unless it is a customer, or the
        system (its user is archived)."""
        user = self.env.user
        return user if user._is_internal() and user.active else self.env["res.users"]

    # -- computes ------------------------------------------------------------

    @api.depends("name", "rma_number")
    def _compute_display_name(self):
        for authorization in self:
            authorization.display_name = authorization.rma_number or authorization.name

    def _compute_access_url(self):
        res = super()._compute_access_url()
        for authorization in self:
            authorization.access_url = f"/my/returns/{authorization.id}"
        return res

    @api.depends("partner_id")
    def _compute_contact(self):
        for authorization in self:
            authorization.email = authorization.partner_id.email
            authorization.phone = authorization.partner_id.phone

    @api.depends("partner_id")
    def _compute_pickup_partner_id(self):
        for authorization in self:
            partner = authorization.partner_id
            authorization.pickup_partner_id = (
                partner.address_get(["delivery"])["delivery"] if partner else False
            )

    @api.depends("company_id")
    def _compute_team_id(self):
        teams = self.env["rma.authorization.team"]
        defaults = {company: teams._get_default(company) for company in self.company_id}
        for authorization in self:
            company = authorization.company_id
            team = authorization.team_id
            if not team or team.company_id not in (company.browse(), company):
                authorization.team_id = defaults.get(company) or teams.browse()

    @api.depends("company_id", "direction")
    def _compute_inspection_required(self):
        for authorization in self:
            authorization.inspection_required = (
                authorization.direction == "customer"
                and authorization.company_id.rma_inspection_required
            )

    @api.depends("line_ids.product_id", "line_ids.sequence")
    def _compute_product_id(self):
        for authorization in self:
            lines = authorization.line_ids.sorted("sequence")
            authorization.product_id = lines[:1].product_id

    @api.depends("line_ids.sale_line_id")
    def _compute_sale_order_ids(self):
        for authorization in self:
            # sudo: technicians count the orders without having the Sales app
            orders = authorization.sudo().line_ids.sale_line_id.order_id
            authorization.sale_order_ids = orders.ids
            authorization.sale_order_count = len(orders)

    @api.depends("replacement_order_ids")
    def _compute_replacement_order_count(self):
        for authorization in self:
            authorization.replacement_order_count = len(
                authorization.replacement_order_ids
            )

    @api.depends("cost_ids.amount")
    def _compute_cost_total(self):
        for authorization in self:
            authorization.cost_total = sum(authorization.cost_ids.mapped("amount"))

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Override of the ORM: customers' names are looked through only where no
        number is like what was typed. Together they can't be found by an index."""
        if name and operator == "ilike":
            numbers = Domain.OR(Domain(number, operator, name) for number in NUMBERS)
            for like in (numbers, Domain("partner_id.name", operator, name)):
                found = self.search(Domain(domain or []) & like, limit=limit)
                if found:
                    return [(one.id, one.display_name) for one in found]
            return []
        return super().name_search(name, domain, operator, limit)

    # -- constraints -----------------------------------------------------------

    @api.constrains("partner_id", "company_id", "direction")
    def _check_lines_follow_header(self):
        """Origin documents belong to the authorization's customer and company."""
        self.line_ids._check_origin()

    # -- CRUD ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        unnamed = [vals for vals in vals_list if vals.get("name", "New") == "New"]
        names = take_numbers(
            self.env,
            "rma.authorization.request",
            [vals.get("company_id") or self.env.company.id for vals in unnamed],
        )
        for vals, name in zip(unnamed, names, strict=True):
            vals["name"] = name or "New"
        fetch_people(
            self.env["res.partner"].browse(
                {vals["partner_id"] for vals in vals_list if vals.get("partner_id")}
            )
        )
        authorizations = super().create(vals_list)
        own_rows(authorizations).update(authorizations.ids)
        return authorizations

    def _creation_message(self):
        """Override of `mail`, which would look the name of the model up."""
        self.ensure_one()
        return self.env._("Return created")

    def write(self, vals):
        frozen = {"partner_id", "company_id", "direction"} & set(vals)
        if frozen:
            for authorization in self:
                authorization._check_frozen(frozen, vals)
        res = super().write(vals)
        if {"partner_id", "company_id", "team_id", "date_request"} & set(vals):
            # policies look at these
            self.filtered(
                lambda authorization: authorization.state == "submitted"
            ).line_ids._judge()
        return res

    def _check_frozen(self, names, vals):
        """Customer, company and direction stand once the return is permitted."""
        self.ensure_one()
        if self.state in ("draft", "submitted"):
            return
        for name in names:
            field = self._fields[name]
            if field.convert_to_cache(vals[name], self) != field.convert_to_cache(
                self[name], self
            ):
                raise UserError(
                    self.env._(
                        "%(field)s of %(name)s can't change any more: it is %(state)s. "
                        "Cancel it and make a new request.",
                        field=field._description_string(self.env),
                        name=self.display_name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[self.state],
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_if_never_submitted(self):
        for authorization in self:
            if authorization.state not in ("draft", "cancelled") or (
                authorization.rma_number
            ):
                raise UserError(
                    self.env._(
                        "%(name)s can't be deleted: its number has been given out "
                        "or it "
                        "has been decided on. Cancel it instead, the history stays.",
                        name=authorization.display_name,
                    )
                )

    @api.constrains("date_deadline", "date_request")
    def _check_date_deadline(self):
        """The customer can't be asked to return before they asked."""
        for authorization in self:
            deadline = authorization.date_deadline
            if deadline and deadline < authorization.date_request.date():
                raise ValidationError(
                    self.env._(
                        "%(name)s: the return date %(deadline)s lies before the "
                        "request "
                        "of %(request)s. Choose a later date.",
                        name=authorization.display_name,
                        deadline=deadline,
                        request=authorization.date_request.date(),
                    )
                )

    # -- windows ---------------------------------------------------------------

    def action_view_sale_orders(self):
        """Open the orders that sold what these authorizations return."""
        return self.sale_order_ids._get_records_action(name=self.env._("Sales Orders"))

    def action_view_ratings(self):
        """Open what the customers think of these returns."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "rma_authorization.rma_authorization_rating_action"
            ),
            "domain": [("rma_id", "in", self.ids), ("consumed", "=", True)],
            "context": {},
        }

    def action_view_replacement_orders(self):
        """Open the orders that replace what these authorizations return."""
        return self.replacement_order_ids._get_records_action(
            name=self.env._("Replacement Orders")
        )
