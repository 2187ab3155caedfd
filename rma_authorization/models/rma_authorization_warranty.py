# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

AGENT = "rma_authorization.group_rma_user"


def get_warranty_end(date_start, months, days=0):
    """The last day of a warranty, which belongs to it.

    The day of delivery doesn't count, so a month from the 15th ends with the 15th;
    where there is no such day, with the last of the month. Months count before days.
    """
    return date_start + relativedelta(months=months) + timedelta(days=days)


class RmaAuthorizationWarranty(models.Model):
    """The warranty passport of delivered goods: a serial, a quantity of a lot, or a
    delivered quantity of what isn't tracked.

    What shapes its term beyond the promised months are its extensions. Whether it is
    running follows from the day on which one asks, so it is stored nowhere.
    """

    _name = "rma.authorization.warranty"
    _description = "Warranty"
    _inherit = ["mail.thread"]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        string="Certificate Number",
        required=True,
        readonly=True,
        copy=False,
        default="New",
        index="trigram",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    # what
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'consu')]",
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        digits="Product Unit", default=1.0, required=True, help="As it was delivered."
    )
    returned_qty = fields.Float(
        string="Came Back",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Credited, replaced, or taken back for good: it has no warranty any more.",
    )
    covered_qty = fields.Float(
        string="Covered", digits="Product Unit", compute="_compute_covered_qty"
    )
    is_void = fields.Boolean(
        string="Void", compute="_compute_is_void", store=True, precompute=True
    )
    # whose
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Holder",
        index=True,
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        index=True,
        precompute=True,
    )
    sale_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Sales Order Line",
        index="btree_not_null",
        readonly=True,
        check_company=True,
        ondelete="set null",
    )
    sale_order_id = fields.Many2one(
        related="sale_line_id.order_id", string="Sales Order"
    )
    # how long
    date_start = fields.Date(
        string="Start", required=True, default=fields.Date.context_today
    )
    is_start_provisional = fields.Boolean(
        string="Waits for the Invoice",
        readonly=True,
        copy=False,
        help="It counts from the delivery until the invoice is posted.",
    )
    months = fields.Integer(string="Term", help="Months that were promised.")
    date_end = fields.Date(
        string="Valid until",
        compute="_compute_date_end",
        store=True,
        precompute=True,
        index=True,
        help="The last day, which is covered.",
    )
    days_left = fields.Integer(compute="_compute_state")
    state = fields.Selection(
        selection=[
            ("running", "Running"),
            ("expired", "Expired"),
            ("void", "Void"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    extension_ids = fields.One2many(
        comodel_name="rma.authorization.warranty.extension", inverse_name="warranty_id"
    )
    downtime_days = fields.Integer(
        string="Time in Repair",
        compute="_compute_downtime_days",
        help="Days in which the customer had to do without, added to the term.",
    )
    terms = fields.Text(help="What is covered; the company's terms when empty.")
    company_terms = fields.Text(related="company_id.rma_warranty_terms")
    # behind it
    inherited_from_id = fields.Many2one(
        comodel_name="rma.authorization.warranty",
        string="Replaces",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The warranty of the replaced unit, whose rest this one goes on with.",
    )
    split_from_id = fields.Many2one(
        comodel_name="rma.authorization.warranty",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    line_ids = fields.One2many(
        comodel_name="rma.authorization.line",
        inverse_name="warranty_id",
        string="Return Lines",
    )
    rma_count = fields.Integer(string="Returns", compute="_compute_rma_count")
    # the vendor's to us
    vendor_id = fields.Many2one(
        comodel_name="res.partner", index="btree_not_null", check_company=True
    )
    vendor_date_start = fields.Date(string="Vendor's Start")
    vendor_date_end = fields.Date(
        string="Vendor's End", help="The last day of the vendor's warranty to us."
    )

    # as the list is sorted
    _order_idx = models.Index("(date_start DESC, id DESC)")
    _name_uniq = models.Constraint(
        "UNIQUE(name, company_id)", "A certificate number is given once."
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A warranty is about more than nothing."
    )
    _months_positive = models.Constraint(
        "CHECK(months >= 0)", "A warranty has no negative months."
    )

    # -- computes ----------------------------------------------------------------------

    @api.depends("date_start", "months", "extension_ids.months", "extension_ids.days")
    def _compute_date_end(self):
        for warranty in self:
            extensions = warranty.extension_ids
            warranty.date_end = warranty.date_start and get_warranty_end(
                warranty.date_start,
                warranty.months + sum(extensions.mapped("months")),
                sum(extensions.mapped("days")),
            )

    @api.depends("quantity", "returned_qty", "product_id")
    def _compute_is_void(self):
        for warranty in self:
            unit = warranty.product_id.uom_id
            warranty.is_void = bool(unit) and (
                unit.compare(warranty.returned_qty, warranty.quantity) >= 0
            )

    @api.depends("quantity", "returned_qty")
    def _compute_covered_qty(self):
        for warranty in self:
            warranty.covered_qty = max(warranty.quantity - warranty.returned_qty, 0.0)

    @api.depends("date_end", "is_void")
    def _compute_state(self):
        for company, warranties in self.grouped("company_id").items():
            today = company._get_rma_day(fields.Datetime.now())
            for warranty in warranties:
                end = warranty.date_end
                warranty.days_left = max((end - today).days, 0) if end else 0
                if warranty.is_void:
                    warranty.state = "void"
                else:
                    warranty.state = "running" if end and end >= today else "expired"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        valid = Domain("is_void", "=", False)
        domains = {
            "running": valid & Domain("date_end", ">=", today),
            "expired": valid & Domain("date_end", "<", today),
            "void": Domain("is_void", "=", True),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("extension_ids.kind", "extension_ids.days")
    def _compute_downtime_days(self):
        for warranty in self:
            warranty.downtime_days = sum(
                extension.days
                for extension in warranty.extension_ids
                if extension.kind == "downtime"
            )

    @api.depends("line_ids")
    def _compute_rma_count(self):
        for warranty in self:
            # sudo: everybody who sees a warranty sees that it has returns
            warranty.rma_count = len(warranty.sudo().line_ids.authorization_id)

    # -- CRUD --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A certificate number is given once, and never by hand."""
        numbers = self.env["rma.authorization.warranty.maker"]._draw_numbers(
            len(vals_list)
        )
        return super().create(
            [
                {**vals, "name": number}
                for vals, number in zip(vals_list, numbers, strict=True)
            ]
        )

    # -- business ----------------------------------------------------------------------

    def _check_agent(self):
        """Extending and transferring are for service agents."""
        self.env["rma.authorization"]._check_role(AGENT)
        self.check_access("read")

    def _check_valid(self):
        """What came back for good has no warranty that could change."""
        for warranty in self:
            if warranty.is_void:
                raise UserError(
                    self.env._(
                        "%(warranty)s is void: the goods came back, were credited or "
                        "were replaced. Look for the warranty of the replacement.",
                        warranty=warranty.display_name,
                    )
                )

    def _extend(self, vals):
        """Make these warranties longer.

        :param dict vals: kind, months, days and reason of the extension
        :return: the extensions, one per warranty
        :raise UserError: for users who are no agents, void warranties, or no time
        """
        self._check_agent()
        self._check_valid()
        # sudo: agents extend, they don't write terms
        return (
            self.env["rma.authorization.warranty.extension"]
            .sudo()
            .create([{**vals, "warranty_id": warranty.id} for warranty in self])
            .sudo(self.env.su)
        )

    def _transfer(self, partner, reason=""):
        """Give these warranties to another holder; the history names both.

        :raise UserError: for users who are no agents, or void warranties
        """
        self._check_agent()
        self._check_valid()
        for warranty in self:
            before = warranty.partner_id
            # sudo: as in _extend
            warranty.sudo().partner_id = partner
            warranty.message_post(
                body=self.env._(
                    "Transferred from %(before)s to %(after)s. %(reason)s",
                    before=before.display_name or self.env._("nobody"),
                    after=partner.display_name,
                    reason=reason or "",
                )
            )

    def _split_off(self, quantity):
        """Cut `quantity` (product's unit) off, as a warranty of its own with the same
        term: something happened to these units alone.

        :return: the part, the warranty itself if it is about no more
        """
        self.ensure_one()
        unit = self.product_uom_id
        if unit.compare(quantity, self.quantity - self.returned_qty) >= 0:
            return self
        part = self.copy(
            {
                "quantity": quantity,
                "split_from_id": self.id,
                "inherited_from_id": self.inherited_from_id.id,
                "is_start_provisional": self.is_start_provisional,
                "extension_ids": [
                    fields.Command.create(vals)
                    for vals in self.extension_ids.copy_data()
                ],
            }
        )
        self.quantity = unit.round(self.quantity - quantity)
        return part

    def _has_legal_extension(self):
        """Whether the law has prolonged it, or what it inherited from, already."""
        self.ensure_one()
        warranty = self
        while warranty:
            if "legal" in warranty.extension_ids.mapped("kind"):
                return True
            warranty = warranty.inherited_from_id
        return False

    def _share_out(self, quantity):
        """Which of these a quantity (product's unit) is about, the first ones first.

        :return: [(warranty, quantity)]
        """
        parts = []
        for warranty in self:
            unit = warranty.product_uom_id
            part = min(quantity, warranty.covered_qty)
            if unit.compare(part, 0.0) > 0:
                parts.append((warranty, part))
                quantity = unit.round(quantity - part)
        return parts

    def _lower(self, quantity):
        """Take `quantity` (product's unit) off again, of the latest ones first: it was
        entered as delivered by mistake."""
        for warranty in self.sorted("id", reverse=True):
            unit = warranty.product_uom_id
            rest = unit.round(warranty.quantity - quantity)
            if unit.compare(rest, 0.0) > 0:
                warranty.quantity = rest
                return
            quantity = unit.round(quantity - warranty.quantity)
            warranty.unlink()

    def _link_lines(self):
        """Tell return lines that were there before their passport which one it is; what
        somebody has decided on them stands."""
        lines = self._get_lines().filtered(lambda line: not line.warranty_id)
        decided = [lines._fields["under_warranty"], lines._fields["warranty_id"]]
        with self.env.protecting(decided, lines):
            for line, warranties in lines._get_warranties().items():
                line.warranty_id = warranties.sorted("date_end")[:1]

    def _get_lines(self):
        """The return lines that are about these goods. Override to find more."""
        return self.sale_line_id.rma_line_ids

    # -- what came back ----------------------------------------------------------------

    def _follow_returns(self):
        """Count anew what of these came back for good, from the documents: what is
        undone there counts no more."""
        warranties = self._get_siblings()
        returned = dict.fromkeys(warranties, 0.0)
        for candidates, qty in warranties._get_loss_claims():
            for warranty in candidates:
                unit = warranty.product_uom_id
                taken = min(qty, warranty.quantity - returned[warranty])
                if unit.compare(taken, 0.0) > 0:
                    returned[warranty] = unit.round(returned[warranty] + taken)
                    qty -= taken
        for warranty, qty in returned.items():
            if warranty.product_uom_id.compare(warranty.returned_qty, qty):
                warranty.returned_qty = qty

    def _get_siblings(self):
        """These and the others of the same order lines: what came back is shared out
        among them. Override where they belong together otherwise."""
        return self | self.search([("sale_line_id", "in", self.sale_line_id.ids)])

    def _get_loss_claims(self):
        """What came back for good and may be about these: goods of their order lines.
        Override where numbers or moves tell more.

        :return: [(warranties that it may be about, the likeliest first; quantity in the
            product's unit)]
        """
        by_order_line = self.sorted("date_start").grouped("sale_line_id")
        return [
            (by_order_line[line.sale_line_id], qty)
            for line in self.sale_line_id.rma_line_ids
            for qty in line._get_warranty_losses().values()
        ]

    # -- start -------------------------------------------------------------------------

    def _update_starts(self):
        """Let warranties that wait for their invoice count from it, once posted."""
        waiting = self.filtered("is_start_provisional")
        invoiced = self.env["rma.authorization.warranty.maker"]._get_invoice_dates(
            waiting.sale_line_id.ids
        )
        for warranty in waiting:
            if date := invoiced.get(warranty.sale_line_id.id):
                warranty.write({"date_start": date, "is_start_provisional": False})

    # -- actions -----------------------------------------------------------------------

    def action_extend(self):
        """Open the window that makes these warranties longer."""
        return self._open_change(
            "rma.authorization.warranty.extend", self.env._("Extend")
        )

    def action_transfer(self):
        """Open the window that gives these warranties to another holder."""
        return self._open_change(
            "rma.authorization.warranty.transfer", self.env._("Transfer")
        )

    def _open_change(self, model, name):
        self._check_agent()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_warranty_ids": self.ids},
        }

    def action_view_rma(self):
        """Open the returns of these goods."""
        return self.line_ids.authorization_id._get_records_action(
            name=self.env._("Returns")
        )
