# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


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

    _rma_rating_days_positive = models.Constraint(
        "CHECK(rma_rating_days >= 0)",
        "Customers can't be asked before the return is finished: enter 0 or more days.",
    )
    _rma_validity_days_positive = models.Constraint(
        "CHECK(rma_validity_days > 0)", "Returns are valid for at least one day."
    )
    _rma_waiting_days_positive = models.Constraint(
        "CHECK(rma_reminder_days >= 0 AND rma_answer_days >= 0)",
        "Days until a reminder or an answer can't be negative.",
    )
