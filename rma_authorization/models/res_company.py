# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import pytz

from odoo import fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    rma_validity_days = fields.Integer(
        string="Return Validity",
        default=30,
        help="Days until which authorized goods have to come back.",
    )
    rma_reminder_days = fields.Integer(
        string="Return Reminder",
        default=7,
        help="Where no policy says it: so many days before authorized goods have to be "
        "back, the customer is reminded; never when zero.",
    )
    rma_answer_days = fields.Integer(
        string="Time to Answer",
        default=14,
        help="Where no policy says it: a request on which the customer answers no "
        "question for so many days is closed; never when zero.",
    )
    rma_inspection_required = fields.Boolean(
        string="Inspect before Settlement",
        default=True,
        help="Nothing is credited, exchanged or repaired before it was inspected.",
    )
    rma_keep_proof = fields.Boolean(
        string="Picture of Kept Goods",
        help="Nothing is paid for goods that the customer keeps before a picture shows "
        "that they are destroyed.",
    )
    rma_manager_amount = fields.Monetary(
        string="Manager above",
        help="Returns worth more than this are authorized by a manager; no limit when "
        "zero. Policies may set a limit of their own.",
    )
    rma_return_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Return Address",
        help="Where customers send their goods; the company's address when empty.",
    )
    rma_rating_enabled = fields.Boolean(
        string="Satisfaction Requests",
        default=True,
        help="Customers are asked once how a finished return was.",
    )
    rma_rating_days = fields.Integer(
        string="Days until the Satisfaction Request",
        default=3,
        help="Days after the end of a return; 0 for at once.",
    )
    rma_public_link = fields.Selection(
        selection=[
            ("mail", "Mail the Link"),
            ("show", "Open at Once"),
            ("off", "No Public Pages"),
        ],
        string="Returns without an Account",
        default="mail",
        required=True,
        help="How somebody without an account who knows an order's number, and its "
        "e-mail address or postcode, gets to the return of its goods.",
    )
    rma_sentinel = fields.Boolean(
        string="Watch for Recurring Faults",
        default=True,
        help="Opens a quality case when a product comes back with a fault more often "
        "than chance makes it.",
    )
    rma_sentinel_alarms = fields.Float(
        string="False Alarms a Year",
        default=1.0,
        help="How many cases a year may open by chance alone, at most. Fewer mean that "
        "real faults are noticed later.",
    )
    rma_sentinel_days = fields.Integer(
        string="Recent Days",
        default=30,
        help="These days are compared with the year before them.",
    )
    rma_sentinel_minimum = fields.Integer(
        string="Least Number of Units",
        default=3,
        help="Fewer faulty units never open a case.",
    )
    rma_sentinel_rate = fields.Float(
        string="Accepted Faults a Year (%)",
        default=5.0,
        help="Of the units in use. More than that opens a case also for a product that "
        "is new; not looked at when zero.",
    )
    rma_case_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Leader of New Cases",
        help="Who gets the cases that open by themselves.",
        domain="[('share', '=', False)]",
    )
    rma_case_containment_days = fields.Integer(
        string="Days to Contain",
        default=2,
        help="By then customers are to be protected from more faulty units.",
    )
    rma_case_close_days = fields.Integer(
        string="Days to Close",
        default=60,
        help="By then a case is to be closed.",
    )
    rma_warranty_months = fields.Integer(
        string="Warranty",
        help="Months on every product that neither has a term of its own nor by its "
        "category. 0: none.",
    )
    rma_warranty_start = fields.Selection(
        selection=[
            ("delivery", "Delivery"),
            ("invoice", "Invoice"),
            ("order", "Order"),
        ],
        string="Warranty Starts with",
        default="delivery",
        required=True,
    )
    rma_warranty_replacement = fields.Selection(
        selection=[
            ("inherit", "The Rest of the Old One"),
            ("new", "A New Term"),
        ],
        string="Warranty of Replacements",
        default="inherit",
        required=True,
    )
    rma_warranty_replacement_days = fields.Integer(
        string="Least Warranty of Replacements",
        default=90,
        help="Days for which a replacement is under warranty at least.",
    )
    rma_warranty_downtime = fields.Boolean(
        string="Add Time in Repair",
        default=True,
        help="The days between receipt and delivery back are added to the warranty.",
    )
    rma_warranty_legal_extension = fields.Boolean(
        string="12 Months more after a Repair",
        help="Once per unit, after a repair under warranty, as Directive (EU) "
        "2024/1799 demands.",
    )
    rma_warranty_terms = fields.Text(string="Warranty Terms", translate=True)

    rma_advance_condition = fields.Selection(
        selection=[
            ("none", "Nobody Is Asked"),
            ("account", "Nothing Overdue, else a Manager"),
            ("manager", "Always a Manager"),
        ],
        string="Replacement in Advance",
        default="none",
        required=True,
        help="Who lets a replacement go out before the goods are here, where the "
        "policy allows it.",
    )
    rma_advance_days = fields.Integer(
        string="Days to Send Back",
        default=30,
        help="Where no policy says it: so many days after a replacement in advance was "
        "delivered, the goods have to be here; no deadline when zero.",
    )
    rma_advance_reminder_days = fields.Integer(
        string="Reminder of Owed Goods",
        default=7,
        help="So many days before that the customer is reminded, and once more on the "
        "last day; on the last day alone when zero.",
    )
    rma_advance_transit_days = fields.Integer(
        string="Days on the Way",
        default=14,
        help="A parcel whose tracking number is known is waited for so many days.",
    )
    rma_advance_price = fields.Selection(
        selection=[("sale", "What the Customer Paid"), ("list", "List Price")],
        string="Price of Owed Goods",
        default="sale",
        required=True,
        help="The value of what is not sent back after its replacement.",
    )

    _rma_advance_days_positive = models.Constraint(
        "CHECK(rma_advance_days >= 0 AND rma_advance_reminder_days >= 0 "
        "AND rma_advance_transit_days >= 0)",
        "Times to send goods back can't be negative.",
    )
    _rma_case_days_positive = models.Constraint(
        "CHECK(rma_case_containment_days >= 0 AND rma_case_close_days >= 0)",
        "Cases can't be due before they are opened: enter days from zero on.",
    )
    _rma_sentinel_positive = models.Constraint(
        "CHECK(rma_sentinel_alarms > 0 AND rma_sentinel_days > 0"
        " AND rma_sentinel_minimum > 0 AND rma_sentinel_rate >= 0)",
        "The watch for recurring faults needs a number of false alarms, days and units "
        "above zero, and a rate from zero on.",
    )
    _rma_rating_days_positive = models.Constraint(
        "CHECK(rma_rating_days >= 0)",
        "Customers can't be asked before the return is finished: enter 0 or more days.",
    )
    _rma_warranty_months_positive = models.Constraint(
        "CHECK(rma_warranty_months >= 0 AND rma_warranty_replacement_days >= 0)",
        "A warranty is no shorter than nothing.",
    )
    _rma_validity_days_positive = models.Constraint(
        "CHECK(rma_validity_days > 0)", "Returns are valid for at least one day."
    )
    _rma_waiting_days_positive = models.Constraint(
        "CHECK(rma_reminder_days >= 0 AND rma_answer_days >= 0)",
        "Days until a reminder or an answer can't be negative.",
    )

    def write(self, vals):
        """Past deliveries of what has a warranty now get their passports."""
        res = super().write(vals)
        if "rma_warranty_months" in vals:
            self.env["rma.authorization.warranty.scan"]._restart(self)
        if {"rma_warranty_months", "resource_calendar_id"} & set(vals):
            self.env.registry.clear_cache()
        if "rma_advance_price" in vals:
            self._revalue_rma_owed()
        return res

    def _revalue_rma_owed(self):
        """What is owed to us is worth what the company now asks for it."""
        # sudo: whoever sets the price needs no rights on returns
        lines_sudo = self.env["rma.authorization.line"].sudo()
        lines_sudo.search(
            [("company_id", "in", self.ids), ("qty_owed", ">", 0)]
        )._compute_amount_owed()

    def _get_rma_day(self, moment):
        """The day that it is for this company at `moment`, a datetime in UTC."""
        timezone = pytz.timezone(self._get_rma_timezone())
        return pytz.utc.localize(moment).astimezone(timezone).date()

    def _get_rma_timezone(self):
        """Name of the time zone in which this company's days begin and end."""
        self.ensure_one()
        calendar = self._get_rma_calendar()
        # sudo: the clock is the same for everybody
        return (
            calendar
            and calendar._get_rma_timezone()
            or self.sudo().partner_id.tz
            or "UTC"
        )

    def _get_rma_calendar(self):
        """Its working hours, remembered: every clock asks for them."""
        calendar = self.env["resource.calendar"].sudo()
        return calendar.browse(self._find_rma_calendar_ids())

    @ormcache("self.id")
    def _find_rma_calendar_ids(self):
        return tuple(self.sudo().resource_calendar_id.ids)

    @ormcache("self.id")
    def _promises_rma_warranties(self):
        """As `_has_rma_warranties`, remembered until somebody changes terms."""
        return self._has_rma_warranties()

    def _has_rma_warranties(self):
        """Whether anything that this company sells has a warranty."""
        self.ensure_one()
        if self.rma_warranty_months:
            return True
        promising = [("rma_warranty_months", ">", 0)]
        return any(
            self.env[model].sudo().with_company(self).search(promising, limit=1)
            for model in ("product.category", "product.template")
        )
