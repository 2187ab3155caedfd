# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.rma_authorization.models.rma_authorization_decision import ROLE_USER
from odoo.addons.rma_authorization.tools import lock_rows

from .rma_authorization import ROLE_WAREHOUSE


class RmaAuthorizationLoaner(models.Model):
    """A unit of ours that a customer has while theirs is here.

    It goes to a location *On Loan*, which is ours and lies outside of the warehouse, as
    the quarantine does: the unit stays valued and its number can be followed, but
    nobody reserves or promises it. At a customer's location it would leave our books as
    if it were sold. No order knows of it, so it never counts as delivered.
    """

    _name = "rma.authorization.loaner"
    _description = "Unit on Loan"
    _inherit = ["mail.thread"]
    _order = "date_due, id"
    _rec_name = "product_id"
    _check_company_auto = True

    authorization_id = fields.Many2one(
        comodel_name="rma.authorization",
        string="Return",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('state', '=', 'authorized'), ('direction', '=', 'customer')]",
    )
    company_id = fields.Many2one(
        related="authorization_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="authorization_id.partner_id", store=True, index=True
    )
    user_id = fields.Many2one(related="authorization_id.user_id")
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        string="From",
        required=True,
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    tracking = fields.Selection(related="product_id.tracking")
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Lot/Serial Number",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
        help="The unit that is lent; any when empty.",
    )
    date_due = fields.Date(
        string="Due on",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self._default_date_due(),
        help="When the unit has to be back.",
    )
    date_out = fields.Datetime(
        string="Lent on", compute="_compute_state", store=True, readonly=True
    )
    date_back = fields.Datetime(
        string="Back on", compute="_compute_state", store=True, readonly=True
    )
    state = fields.Selection(
        selection=[
            ("draft", "Planned"),
            ("waiting", "To Ship"),
            ("out", "On Loan"),
            ("back", "Back"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    date_reminded = fields.Date(readonly=True, copy=False)
    picking_ids = fields.One2many(
        comodel_name="stock.picking", inverse_name="rma_loaner_id", string="Transfers"
    )
    note = fields.Text(help="Accessories, damages before and after.")

    # -- computes ----------------------------------------------------------------------

    @api.model
    def _default_date_due(self):
        days = self.env.company.rma_loaner_days
        return fields.Date.context_today(self) + relativedelta(days=days)

    @api.depends("authorization_id")
    def _compute_warehouse_id(self):
        for loaner in self:
            authorization = loaner.authorization_id
            loaner.warehouse_id = (
                loaner.warehouse_id
                or authorization.warehouse_id
                or self.env["stock.warehouse"].search(
                    [("company_id", "=", authorization.company_id.id)], limit=1
                )
            )

    @api.depends("picking_ids.state", "picking_ids.date_done")
    def _compute_state(self):
        """Where the unit is, by its transfers; a cancelled one doesn't count."""
        for loaner in self:
            state, date_out, date_back = loaner.picking_ids._get_rma_trip()
            loaner.state = state
            loaner.date_out = date_out
            loaner.date_back = date_back

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for loaner in self:
            loaner.is_overdue = loaner.state == "out" and loaner.date_due < today

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        late = Domain("state", "=", "out") & Domain("date_due", "<", today)
        return late if True in value else ~late

    @api.depends("product_id", "lot_id")
    def _compute_display_name(self):
        for loaner in self:
            loaner.display_name = " ".join(
                filter(None, (loaner.product_id.display_name, loaner.lot_id.name))
            )

    # -- checks and CRUD ---------------------------------------------------------------

    @api.constrains("product_id", "lot_id")
    def _check_lot(self):
        """A number is of this product, and lent once at a time."""
        for loaner in self.filtered("lot_id"):
            lot = loaner.lot_id
            if lot.product_id != loaner.product_id:
                raise ValidationError(
                    self.env._(
                        "%(lot)s is a number of %(product)s. Choose one of the product "
                        "that is lent.",
                        lot=lot.name,
                        product=lot.product_id.display_name,
                    )
                )
            others = self.search(
                [("lot_id", "=", lot.id), ("state", "in", ("waiting", "out"))]
            )
            if lot.product_id.tracking == "serial" and (others - loaner):
                raise ValidationError(
                    self.env._(
                        "%(lot)s is lent on %(name)s already. Choose another unit.",
                        lot=lot.name,
                        name=(others - loaner)[0].authorization_id.display_name,
                    )
                )

    def write(self, vals):
        """What was shipped stands; a new due date reminds anew."""
        fixed = {"authorization_id", "product_id", "lot_id", "warehouse_id"} & set(vals)
        shipped = self.filtered(lambda loaner: loaner.state != "draft")
        if fixed and shipped and not self.env.su:
            raise UserError(
                self.env._(
                    "%(loaner)s has a transfer already. Cancel that first, or lend "
                    "another unit.",
                    loaner=shipped[0].display_name,
                )
            )
        if "date_due" in vals:
            vals = {"date_reminded": False, **vals}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_while_planned(self):
        for loaner in self:
            if loaner.picking_ids:
                raise UserError(
                    self.env._(
                        "%(loaner)s was lent, or is about to be. Keep it as its "
                        "history.",
                        loaner=loaner.display_name,
                    )
                )

    # -- out and back ------------------------------------------------------------------

    def action_lend(self):
        """Ship these units to their customers, by an ordinary delivery.

        :raise UserError: where one was shipped already, or its return isn't permitted
        """
        self._start()
        for loaner in self.sudo():
            if loaner.state != "draft" or loaner.authorization_id.state != "authorized":
                raise UserError(
                    self.env._(
                        "%(loaner)s can't be lent on %(name)s: it has a transfer "
                        "already, or the return isn't authorized.",
                        loaner=loaner.display_name,
                        name=loaner.authorization_id.display_name,
                    )
                )
        return self._create_transfers(is_back=False)

    def action_take_back(self):
        """Expect these units back.

        :raise UserError: where one isn't with the customer, or is expected already
        """
        self._start()
        for loaner in self.sudo():
            waiting = loaner.picking_ids.filtered(
                lambda one: one.state not in ("done", "cancel")
            )
            if loaner.state != "out" or waiting:
                raise UserError(
                    self.env._(
                        "%(loaner)s isn't with the customer, or is expected back "
                        "already. Look at its transfers.",
                        loaner=loaner.display_name,
                    )
                )
        return self._create_transfers(is_back=True)

    def _start(self):
        self.authorization_id._check_role(ROLE_USER, ROLE_WAREHOUSE)
        self.check_access("read")
        # two who click at once ship one unit
        lock_rows(self.sudo())

    def _create_transfers(self, is_back):
        # sudo: agents lend units without rights in the warehouse
        pickings_sudo = (
            self.env["stock.picking"]
            .sudo()
            .create([loaner.sudo()._prepare_transfer_vals(is_back) for loaner in self])
        )
        pickings_sudo.action_confirm()
        pickings_sudo.action_assign()
        for picking in pickings_sudo:
            picking._choose_rma_loaner()
        pickings = pickings_sudo.sudo(self.env.su)
        return pickings._get_records_action(name=self.env._("Transfers"))

    def _prepare_transfer_vals(self, is_back):
        self.ensure_one()
        warehouse = self.warehouse_id
        stock, loan = warehouse.lot_stock_id, warehouse.rma_loan_location_id
        source, target = (loan, stock) if is_back else (stock, loan)
        picking_type = warehouse.rma_type_id if is_back else warehouse.out_type_id
        return {
            "picking_type_id": picking_type.id,
            "partner_id": self.partner_id.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "company_id": self.company_id.id,
            "origin": self.authorization_id.display_name,
            "user_id": False,
            "rma_loaner_id": self.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": self.product_id.id,
                        "product_uom": self.product_id.uom_id.id,
                        "product_uom_qty": 1.0,
                        "location_id": source.id,
                        "location_dest_id": target.id,
                        "company_id": self.company_id.id,
                        "picking_type_id": picking_type.id,
                        "to_refund": False,
                    }
                )
            ],
        }

    # -- what time brings --------------------------------------------------------------

    @api.model
    def _get_overdue_domain(self):
        return [
            ("state", "=", "out"),
            ("date_due", "<", fields.Date.context_today(self)),
            ("date_reminded", "=", False),
        ]

    def _remind(self):
        """Once for each due date: a mail to the customer, and an activity for the
        responsible."""
        self.date_reminded = fields.Date.context_today(self)
        self.authorization_id._queue_mail(
            "rma_authorization_stock.mail_template_loaner"
        )
        for authorization, loaners in self.grouped("authorization_id").items():
            user = authorization._get_assignee()
            if user:
                lang = self.with_context(lang=user.lang)
                authorization.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=lang.env._("Loaner overdue"),
                    note=", ".join(loaners.mapped("display_name")),
                )
