# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .rma_authorization_reason import FREIGHT_PAYERS

WINDOW_UNITS = [
    ("day", "Days"),
    ("workday", "Working Days"),
    ("month", "Months"),
    ("year", "Years"),
]
# What may be changed on a policy that is in force: nothing that decides.
_FREE_FIELDS = {"active", "sequence"}
# What its buttons write, and nobody enters: `readonly` binds the form alone.
_STATE_FIELDS = {"state", "date_to", "version", "previous_id"}
# Held by this module alone: no RPC call, import or client can present it.
_STATE_KEY = object()


class RmaAuthorizationPolicy(models.Model):
    """What a company promises about returns, and what it demands.

    Of the policies in force when an order was confirmed, the most specific one that
    matches a line decides on it (`rma.authorization.policy.match`). How it decides is
    in `rma.authorization.policy.judge`.

    The rules that applied when an order was placed stay attached to it (R7): the
    terms of a policy in force can't be changed, a new version follows it.
    """

    _name = "rma.authorization.policy"
    _description = "Return Policy"
    _inherit = [
        "rma.authorization.policy.match",
        "rma.authorization.catalogue",
        "mail.thread",
    ]
    _order = "sequence, name, version desc, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    text = fields.Text(
        string="Text for Customers",
        translate=True,
        help="The rule in words. Customers read it below the verdict on their request.",
    )
    # in force
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("in_force", "In Force"),
            ("ended", "Ended"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date_from = fields.Datetime(
        string="In Force from",
        copy=False,
        help="For orders confirmed from then on; for all earlier ones, too, when "
        "empty.",
    )
    date_to = fields.Datetime(
        string="In Force until",
        readonly=True,
        copy=False,
        help="Orders confirmed before obey it still.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="rma.authorization.policy",
        string="Previous Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    next_ids = fields.One2many(
        comodel_name="rma.authorization.policy", inverse_name="previous_id"
    )
    line_count = fields.Integer(string="Returned Lines", compute="_compute_line_count")
    # may it come back
    returnable = fields.Selection(
        selection=[
            ("window", "Within a Time"),
            ("warranty", "While under Warranty"),
            ("always", "Always"),
            ("never", "Never"),
        ],
        default="window",
        required=True,
    )
    window_start = fields.Selection(
        selection=[
            ("delivery", "Delivery"),
            ("invoice", "Invoice"),
            ("order", "Order"),
        ],
        string="Counted from",
        default="delivery",
        required=True,
        help="What the time is counted from. Where no delivery is known, the invoice "
        "counts, and the order where there is none either.",
    )
    window = fields.Integer(
        default=30,
        string="Return Window",
        help="The day that starts it doesn't count, its last day does.",
    )
    window_unit = fields.Selection(
        selection=WINDOW_UNITS, string="Unit", default="day", required=True
    )
    window_on_workday = fields.Boolean(
        string="Ends on a Working Day",
        help="A window that would end on a weekend or holiday ends with the next "
        "working day of the company.",
    )
    doa_days = fields.Integer(
        string="Dead on Arrival within",
        help="Days from delivery until which goods may be reported as dead on arrival; "
        "as long as they may be returned when zero.",
    )
    excluded_product_tmpl_ids = fields.Many2many(
        comodel_name="product.template",
        relation="rma_authorization_policy_excluded_product_rel",
        string="Excluded Products",
        check_company=True,
    )
    excluded_category_ids = fields.Many2many(
        comodel_name="product.category",
        relation="rma_authorization_policy_excluded_category_rel",
        string="Excluded Categories",
    )
    # what is demanded
    condition = fields.Selection(
        selection=[("unopened", "Unopened"), ("opened", "Opened, but Unused")],
        help="The worst condition that is accepted; any when empty.",
    )
    photo_required = fields.Boolean(string="Photos Required")
    serial_required = fields.Boolean(string="Serial Numbers Required")
    description_required = fields.Boolean()
    overdue = fields.Selection(
        selection=[("check", "A Person Decides"), ("refuse", "Not Eligible")],
        string="Overdue Account",
        help="What an overdue balance of the customer means; nothing when empty.",
    )
    overdue_days = fields.Integer(
        string="Overdue Tolerance", help="Days after the due date that don't count yet."
    )
    max_returns = fields.Integer(
        string="Returns per Customer",
        help="Of customers with more returns than this, a person decides; any number "
        "when zero.",
    )
    max_returns_days = fields.Integer(
        string="Returns Counted for", default=365, help="Days that are looked back."
    )
    # what is allowed
    resolution_ids = fields.One2many(
        comodel_name="rma.authorization.policy.resolution",
        inverse_name="policy_id",
        string="Allowed Resolutions",
        copy=True,
        help="All when empty.",
    )
    advance_allowed = fields.Boolean(
        string="Replacement in Advance",
        help="Replacements may be sent before the goods are back.",
    )
    withdrawal = fields.Boolean(
        string="Withdrawal Function",
        help="As long as the time isn't over, customers can withdraw from the contract "
        "on a page of its own, as EU law demands for consumers: without a reason, and "
        "acknowledged at once.",
    )
    freight_payer = fields.Selection(
        selection=FREIGHT_PAYERS,
        help="Who pays for sending the goods back; as the reason says when empty.",
    )
    keep_amount = fields.Monetary(
        string="Keep Goods up to",
        help="Goods worth no more than this stay with the customer; none when zero. "
        "Per line, with taxes, in the company's currency.",
    )
    inspection = fields.Selection(
        selection=[("yes", "Required"), ("no", "Not Required")],
        help="Whether goods are inspected before anything is settled; as the company "
        "has set when empty.",
    )
    # who decides
    auto_authorize = fields.Boolean(
        string="Authorize Automatically",
        help="Eligible requests are authorized as soon as they are submitted.",
    )
    auto_amount = fields.Monetary(
        string="Automatically up to",
        help="Per request, with taxes, in the company's currency; any amount when "
        "zero.",
    )
    manager_amount = fields.Monetary(
        string="Manager above",
        help="More than this takes a manager. Per request, with taxes, in the "
        "company's currency; no limit when zero.",
    )
    # times
    validity_days = fields.Integer(
        string="Return within",
        help="Days until which authorized goods have to come back; the company's "
        "when zero.",
    )
    reminder_days = fields.Integer(
        string="Remind before",
        help="So many days before authorized goods have to be back, the customer is "
        "reminded; as the company has set when zero.",
    )
    answer_days = fields.Integer(
        string="Close Unanswered after",
        help="A request on which the customer answers no question for so many days is "
        "closed; as the company has set when zero.",
    )
    advance_days = fields.Integer(
        string="Send Back after Replacement",
        help="Days after the delivery of a replacement in advance, by which the goods "
        "have to be here; as the company has set when zero.",
    )

    target_ids = fields.One2many(
        comodel_name="rma.authorization.target",
        inverse_name="policy_id",
        string="Time Targets",
        copy=True,
    )

    _numbers_positive = models.Constraint(
        """CHECK("window" >= 0 AND doa_days >= 0 AND overdue_days >= 0
        AND max_returns >= 0 AND max_returns_days > 0 AND keep_amount >= 0
        AND auto_amount >= 0 AND manager_amount >= 0 AND validity_days >= 0
        AND reminder_days >= 0 AND answer_days >= 0 AND advance_days >= 0)""",
        "Times, numbers and amounts of a policy can't be negative.",
    )

    # -- computes ----------------------------------------------------------------------

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            company = policy.company_id or self.env.company
            policy.currency_id = company.currency_id

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            name = policy.name or ""
            policy.display_name = (
                self.env._(
                    "%(policy)s (version %(version)s)",
                    policy=name,
                    version=policy.version,
                )
                if policy.version > 1
                else name
            )

    def _compute_line_count(self):
        counts = dict(
            self.env["rma.authorization.line"]._read_group(
                [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.line_count = counts.get(policy, 0)

    # -- CRUD --------------------------------------------------------------------------

    def write(self, vals):
        if self.env.context.get("rma_state_key") is _STATE_KEY:
            return super().write(vals)
        if _STATE_FIELDS & set(vals) and not self.env.su:
            raise UserError(
                self.env._(
                    "State and version of %(names)s follow from its buttons: put in "
                    "force, end, back to draft, new version.",
                    names=", ".join(self.mapped("display_name")),
                )
            )
        decisive = [
            name
            for name in vals
            if name in self._fields
            and name not in _FREE_FIELDS | _STATE_FIELDS
            and not name.startswith(("message_", "activity_"))
        ]
        if decisive:
            self._check_draft(decisive)
        return super().write(vals)

    def _set_state(self, **vals):
        self.with_context(rma_state_key=_STATE_KEY).write(vals)

    def _check_draft(self, names=()):
        """Orders were placed under the terms of a policy in force (R7)."""
        for policy in self:
            if policy.state != "draft":
                labels = [
                    self._fields[name]._description_string(self.env) for name in names
                ]
                raise UserError(
                    self.env._(
                        "“%(name)s” is in force: orders were placed under it, so "
                        "%(fields)s can't be changed. Make a new version of it, which "
                        "applies to later orders.",
                        name=policy.display_name,
                        fields=", ".join(labels) or self.env._("its terms"),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_while_draft(self):
        self._check_draft()

    # -- in force ----------------------------------------------------------------------

    def action_put_in_force(self):
        """Apply these drafts: to all orders, or from `date_from` on. A new version
        applies from now on, at the earliest, and ends the one before.

        :raise ValidationError: if another one is for the same returns
        """
        for policy in self:
            if policy.state != "draft":
                continue
            previous = policy.previous_id
            start = policy.date_from
            if previous:
                start = max(start or fields.Datetime.now(), fields.Datetime.now())
                previous._set_state(
                    state="ended", date_to=min(start, previous.date_to or start)
                )
            policy._set_state(date_from=start, state="in_force")

    def action_end(self):
        """Don't apply these policies to orders from now on; earlier ones obey them."""
        self.filtered(lambda policy: policy.state == "in_force")._set_state(
            state="ended", date_to=fields.Datetime.now()
        )

    def action_draft(self):
        """Take policies back that decided nothing yet.

        :raise UserError: for a policy that has decided on a return
        """
        for policy in self:
            # sudo: returns that the user may not see were decided all the same
            if policy.sudo().line_count or policy.next_ids:
                raise UserError(
                    self.env._(
                        "“%(name)s” has decided on returns, or has a next version. "
                        "Make a new version of it, or end it.",
                        name=policy.display_name,
                    )
                )
        self._set_state(state="draft", date_to=False)
        # nor is the one before it followed by anything then
        self.previous_id.filtered(lambda policy: policy.state == "ended")._set_state(
            state="in_force", date_to=False
        )

    def action_new_version(self):
        """Make a draft of the next version of this policy, and open it.

        :raise UserError: if there is one already
        """
        self.ensure_one()
        if self.next_ids:
            raise UserError(
                self.env._(
                    "“%(name)s” is followed by “%(next)s” already. Change that one.",
                    name=self.display_name,
                    next=self.next_ids[0].display_name,
                )
            )
        version = self.with_context(rma_new_version=True).copy(
            {"previous_id": self.id, "version": self.version + 1}
        )
        return version._get_records_action()

    def copy_data(self, default=None):
        """Override to tell a copy from its original."""
        vals_list = super().copy_data(default)
        if not self.env.context.get("rma_new_version") and "name" not in (
            default or {}
        ):
            for policy, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=policy.name)
        return vals_list

    def action_view_lines(self):
        """Open the returned products on which these policies have decided."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "rma_authorization.rma_authorization_line_action"
            ),
            "domain": [("policy_id", "in", self.ids)],
            "context": {},
        }

    def action_try(self):
        """Open the window that tries policies on what was sold."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "rma_authorization.rma_authorization_policy_try_action"
        )

    # -- arithmetic --------------------------------------------------------------------

    @api.model
    def _get_window_end(self, start, number, unit, calendar, on_workday=False):
        """The last day of a window.

        The day that starts it doesn't count. A month after 31 January ends on the last
        of February, and a year after 29 February on the 28th.

        :param date start: the day of the delivery, invoice or order
        :param resource.calendar calendar: whose working days and holidays count; every
            day is one without
        :rtype: date
        """
        if unit == "workday":
            return self._plan_workdays(start + relativedelta(days=1), number, calendar)
        end = start + relativedelta(**{f"{unit}s": number})
        return self._plan_workdays(end, 1, calendar) if on_workday else end

    @api.model
    def _plan_workdays(self, first, number, calendar):
        """The last of `number` working days, of which `first` may be one."""
        if calendar:
            midnight = datetime.datetime.combine(
                first, datetime.time.min, ZoneInfo(calendar.tz or "UTC")
            )
            planned = calendar.plan_days(number, midnight, compute_leaves=True)
            if planned:
                return planned.date()
        return first + relativedelta(days=number - 1)

    @api.constrains("returnable", "window")
    def _check_window(self):
        for policy in self:
            if policy.returnable == "window" and not policy.window:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has a window of no time at all. Enter how long "
                        "goods can be returned, or choose “Never”.",
                        name=policy.display_name,
                    )
                )
