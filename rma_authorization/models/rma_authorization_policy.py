# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RmaAuthorizationPolicy(models.Model):
    """What a company promises about returns, and what it demands.

    Of the policies in force when an order was confirmed, the most specific one that
    matches a line decides on it (`rma.authorization.policy.match`). How it decides is
    in `rma.authorization.policy.judge`.
    """

    _name = "rma.authorization.policy"
    _description = "Return Policy"
    _inherit = ["rma.authorization.policy.match", "mail.thread"]
    _order = "sequence, name, date_from desc, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
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
        index=True,
        tracking=True,
    )
    date_from = fields.Datetime(
        string="In Force from",
        copy=False,
        help="Orders confirmed from then on; all earlier ones, too, when empty.",
    )
    date_to = fields.Datetime(
        string="In Force until",
        readonly=True,
        copy=False,
        help="Orders confirmed before; the next version applies to later ones.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="rma.authorization.policy",
        string="Previous Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
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
        default="delivery",
        required=True,
        help="What the time is counted from. Where there was no delivery, the invoice "
        "counts, and the order where there is none either.",
    )
    window = fields.Integer(default=30, string="Return Window")
    window_unit = fields.Selection(
        selection=[
            ("day", "Days"),
            ("workday", "Working Days"),
            ("month", "Months"),
            ("year", "Years"),
        ],
        default="day",
        required=True,
    )
    window_on_workday = fields.Boolean(
        string="Ends on a Working Day",
        help="A window that would end on a weekend or holiday ends with the next "
        "working day.",
    )
    # times
    validity_days = fields.Integer(
        help="Days until which authorized goods have to come back; the company's "
        "when zero."
    )
    reminder_days = fields.Integer(
        default=7,
        help="So many days before authorized goods have to be back, the customer is "
        "reminded; never when zero.",
    )
    answer_days = fields.Integer(
        default=14,
        help="A request on which the customer answers no question for so many days is "
        "closed; never when zero.",
    )

    target_ids = fields.One2many(
        comodel_name="rma.authorization.target",
        inverse_name="policy_id",
        string="Time Targets",
        copy=True,
    )

    def _compute_currency_id(self):
        for policy in self:
            company = policy.company_id or self.env.company
            policy.currency_id = company.currency_id
