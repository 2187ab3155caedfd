# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RmaAuthorizationCase(models.Model):
    """A quality case: what keeps coming back, why, and what is done about it (8D).

    `rma.authorization.case.problem` has what it is about, `rma.authorization.case.step`
    how far it is.
    """

    _name = "rma.authorization.case"
    _description = "Quality Case"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "rma.authorization.case.problem",
        "rma.authorization.case.step",
    ]
    _order = "priority desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    title = fields.Char(required=True, tracking=True)
    priority = fields.Selection(
        selection=[("0", "Normal"), ("1", "Important"), ("2", "Critical")], default="0"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        help="For whom the report is written, in their language; nobody when the case "
        "is an internal one.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        index="btree_not_null",
        check_company=True,
        tracking=True,
    )
    fault_id = fields.Many2one(
        comodel_name="rma.authorization.fault",
        index="btree_not_null",
        check_company=True,
        domain="[('kind', '=', 'fault')]",
        help="Returns of the product with this fault belong to the case; with every "
        "fault when empty.",
    )
    vendor_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier",
        index="btree_not_null",
        check_company=True,
        help="Whose goods they are.",
    )
    recurrence_of_id = fields.Many2one(
        comodel_name="rma.authorization.case",
        string="Came Again after",
        index="btree_not_null",
        check_company=True,
        copy=False,
        help="An earlier case about the same, whose measures did not last.",
    )
    # -- what opened it
    alarm_kind = fields.Selection(
        selection=[
            ("rise", "More than in the Year before"),
            ("fault", "This Fault More than in the Year before"),
            ("lot", "More than Other Lots"),
            ("vendor", "More than Other Suppliers"),
            ("level", "More than Accepted"),
        ],
        string="Opened because",
        readonly=True,
        copy=False,
        help="Why the watch for recurring faults opened it; empty when somebody did.",
    )
    alarm_count = fields.Float(
        string="Counted", digits="Product Unit", readonly=True, copy=False
    )
    alarm_expected = fields.Float(
        string="Expected", digits=(16, 2), readonly=True, copy=False
    )
    alarm_probability = fields.Float(
        string="Chance",
        digits=(16, 12),
        readonly=True,
        copy=False,
        help="How likely chance alone makes so many or more.",
    )
    alarm_note = fields.Text(string="Why It Was Opened", readonly=True, copy=False)
    chart = fields.Json(
        compute="_compute_chart",
        help="Faulty units of the last weeks, and those to be expected.",
    )

    event_ids = fields.One2many(
        comodel_name="rma.authorization.case.event",
        inverse_name="case_id",
        string="Visits and Penalties",
        copy=False,
    )
    amount_penalty = fields.Monetary(
        string="Penalties",
        compute="_compute_amount_penalty",
        store=True,
        help="What customers have charged us, in the company's currency.",
    )

    # -- computes ------------------------------------------------------------------

    @api.depends("name", "title")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name} {case.title or ''}".strip()

    @api.depends("product_id", "fault_id", "vendor_id", "date_closed")
    def _compute_chart(self):
        for case in self:
            sentinel = self.env["rma.authorization.sentinel"]
            # sudo: the engineer sees the figures without rights on orders
            case.chart = case.product_id and sentinel.sudo()._get_chart(case)

    @api.depends("event_ids.amount_company")
    def _compute_amount_penalty(self):
        for case in self:
            case.amount_penalty = sum(case.event_ids.mapped("amount_company"))

    # -- checks --------------------------------------------------------------------

    @api.constrains("recurrence_of_id")
    def _check_recurrence(self):
        if self._has_cycle("recurrence_of_id"):
            raise ValidationError(
                self.env._(
                    "A case can't come again after itself. Choose an earlier one."
                )
            )

    # -- buttons -------------------------------------------------------------------

    def action_view_authorizations(self):
        """Show the returns behind the case."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_action"
        )
        return {
            **action,
            "domain": [("id", "in", self.authorization_ids.ids)],
            "context": {"create": False},
        }

    def action_view_inspections(self):
        """Show the findings behind the case."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_inspection_action"
        )
        return {**action, "domain": [("case_id", "in", self.ids)], "context": {}}

    def action_print_report(self):
        """The 8D report as PDF, in the customer's language."""
        return self.env.ref("rma_authorization.action_report_case").report_action(self)

    def _get_report_questions(self):
        """The fields of the problem that the report shows. Who else has it is nothing
        that a customer reads."""
        self.ensure_one()
        words = ("what", "when", "where", "who", "why", "how", "how_many")
        names = [f"problem_{word}" for word in words]
        if self.partner_id and self.problem_who:
            # sudo: who reads the case may not read every return
            customers = self.sudo().authorization_ids.commercial_partner_id
            others = customers - self.partner_id.commercial_partner_id
            if any(name in self.problem_who for name in others.mapped("display_name")):
                names.remove("problem_who")
        return names

    def _get_report_lang(self):
        self.ensure_one()
        return self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang
