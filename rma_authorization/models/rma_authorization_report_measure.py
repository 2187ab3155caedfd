# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL


class Ratio(NamedTuple):
    """A measure that is one sum divided by another, times a factor."""

    part: str
    whole: str
    factor: float = 100.0


class Percentile(NamedTuple):
    """A measure that is a percentile of a duration."""

    name: str
    fraction: float


# Measures of groups: no sum or average of what rows say. Each is its formula's code.
RATIOS = {
    "return_rate": Ratio("qty_returned", "qty_shipped"),
    "return_value_rate": Ratio("amount_credited", "amount_sold"),
    "doa_rate": Ratio("qty_doa_confirmed", "qty_shipped"),
    "doa_confirmed_rate": Ratio("qty_doa_confirmed", "qty_doa_claimed"),
    "nff_rate": Ratio("qty_nff", "qty_diagnosed"),
    "scrap_rate": Ratio("qty_scrapped", "qty_disposed"),
    "restock_rate": Ratio("qty_restocked", "qty_disposed"),
    "regrade_rate": Ratio("qty_regraded", "qty_disposed"),
    "repeat_rate": Ratio("qty_repeat", "qty_given_back"),
    "approval_rate": Ratio("approved", "decided"),
    "first_pass_rate": Ratio("first_pass", "decided"),
    "override_rate": Ratio("lines_overridden", "lines_authorized"),
    "expiry_rate": Ratio("expired", "approved"),
    "deflection_rate": Ratio("prevented", "requests"),
    "on_time_rate": Ratio("timers_met", "timers_due"),
    "case_on_time_rate": Ratio("cases_met", "cases_due"),
    "exchange_rate": Ratio("qty_exchanged", "qty_settled"),
    "non_return_rate": Ratio("qty_owed_late", "qty_advanced"),
    "cost_sales_rate": Ratio("amount_cost", "amount_sold"),
    "cost_per_return": Ratio("amount_cost", "closed", 1.0),
    "loss_per_return": Ratio("amount_net", "closed", 1.0),
    "asset_recovery_rate": Ratio("amount_kept", "amount_disposed"),
    "supplier_recovery_rate": Ratio("amount_recovered", "amount_supplier_cost"),
    "warranty_claim_rate": Ratio("qty_warranty", "qty_warranted"),
    "warranty_sales_rate": Ratio("amount_warranty", "amount_sold"),
    "warranty_cost_per_unit": Ratio("amount_warranty", "qty_shipped", 1.0),
    "early_return_rate": Ratio("qty_returned_early", "qty_shipped"),
    "year_return_rate": Ratio("qty_returned_year", "qty_shipped"),
    "late_return_rate": Ratio("qty_returned_late", "qty_shipped"),
    "claim_on_time_rate": Ratio("claims_met", "claims_due"),
    "recurrence_rate": Ratio("cases_recurred", "cases_closed"),
    "satisfaction": Ratio("rating_sum", "ratings", 1.0),
    "response_rate": Ratio("ratings", "surveys"),
}
PERCENTILES = {
    "answer_median": Percentile("answer_hours", 0.5),
    "answer_p90": Percentile("answer_hours", 0.9),
    "decision_median": Percentile("decision_days", 0.5),
    "decision_p90": Percentile("decision_days", 0.9),
    "receipt_median": Percentile("receipt_days", 0.5),
    "receipt_p90": Percentile("receipt_days", 0.9),
    "disposition_median": Percentile("disposition_days", 0.5),
    "disposition_p90": Percentile("disposition_days", 0.9),
    "repair_median": Percentile("repair_days", 0.5),
    "repair_p90": Percentile("repair_days", 0.9),
    "refund_median": Percentile("refund_days", 0.5),
    "refund_p90": Percentile("refund_days", 0.9),
    "age_median": Percentile("age_days", 0.5),
    "remedy_median": Percentile("remedy_days", 0.5),
    "remedy_p90": Percentile("remedy_days", 0.9),
    "turnaround_median": Percentile("turnaround_days", 0.5),
    "turnaround_p90": Percentile("turnaround_days", 0.9),
    "claim_median": Percentile("claim_days", 0.5),
    "claim_p90": Percentile("claim_days", 0.9),
}


class RmaAuthorizationReportMeasure(models.AbstractModel):
    """The measures of returns, each with its formula as help.

    Sums are columns of the view. Ratios are divided after everything was added up, in
    every group and in every total: an average of ratios would let a product with one
    sale count as much as one with a thousand. Percentiles are taken of all durations of
    the group. None of these exists for a single row.
    """

    _name = "rma.authorization.report.measure"
    _description = "Measures of Returns"

    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)

    # -- sums: units, in the product's unit ----------------------------------------
    qty_shipped = fields.Float(
        string="Units Shipped",
        readonly=True,
        help="Units of goods delivered to customers, before any return; on the day of "
        "the delivery, or of the order where deliveries aren't known.",
    )
    qty_returned = fields.Float(
        string="Units Returned",
        readonly=True,
        help="Units that came back, on the day when the first of their line arrived.",
    )
    qty_returned_early = fields.Float(
        string="Units Returned within 6 Months",
        readonly=True,
        help="Units that came back within 6 months of their sale.",
    )
    qty_returned_year = fields.Float(
        string="Units Returned after 6 to 18 Months",
        readonly=True,
        help="Units that came back more than 6 months after their sale, and within 18.",
    )
    qty_returned_late = fields.Float(
        string="Units Returned after 18 Months",
        readonly=True,
        help="Units that came back more than 18 months after their sale.",
    )
    qty_warranted = fields.Float(
        string="Units Shipped with a Warranty",
        readonly=True,
        help="Of the units shipped those of order lines with a warranty passport, "
        "expired or not.",
    )
    qty_warranty = fields.Float(
        string="Warranty Claims Accepted",
        readonly=True,
        help="Units under warranty in which a fault was found that neither the "
        "customer nor the carrier caused, and that weren't rejected.",
    )
    qty_doa_claimed = fields.Float(
        string="Units Claimed DOA",
        readonly=True,
        help="Units that came back for a reason that means dead on arrival.",
    )
    qty_doa_confirmed = fields.Float(
        string="Units Confirmed DOA",
        readonly=True,
        help="Of the units claimed dead on arrival those within the policy's time in "
        "which a fault was found.",
    )
    qty_repeat = fields.Float(
        string="Units Returned Again",
        readonly=True,
        help="Units that came back within 90 days of their return before: the same "
        "number, or the replacement of what was returned.",
    )
    qty_given_back = fields.Float(
        string="Units Given Back",
        readonly=True,
        help="Units repaired, replaced or sent back: the customer has them again.",
    )
    qty_inspected = fields.Float(string="Units Inspected", readonly=True)
    qty_diagnosed = fields.Float(
        string="Units Diagnosed",
        readonly=True,
        help="Units that were checked for a fault.",
    )
    qty_faulty = fields.Float(
        string="Units with a Fault", readonly=True, help="Diagnosed, and one was found."
    )
    qty_nff = fields.Float(
        string="Units without a Fault",
        readonly=True,
        help="Diagnosed, and no fault was found (NFF).",
    )
    qty_disposed = fields.Float(
        string="Units Disposed of",
        readonly=True,
        help="Units whose way was carried out: to stock, scrap, back to the customer …",
    )
    qty_restocked = fields.Float(string="Units Restocked", readonly=True)
    qty_regraded = fields.Float(string="Units Regraded", readonly=True)
    qty_scrapped = fields.Float(string="Units Scrapped", readonly=True)
    qty_settled = fields.Float(
        string="Units Settled",
        readonly=True,
        help="Units for which the customer got something: credit, exchange, repair …",
    )
    qty_exchanged = fields.Float(string="Units Exchanged", readonly=True)
    qty_advanced = fields.Float(
        string="Units Replaced in Advance",
        readonly=True,
        help="Units replaced before the goods had come back.",
    )
    qty_owed_late = fields.Float(
        string="Units Owed Too Long",
        readonly=True,
        help="Units replaced in advance that haven't come back by their day.",
    )
    # -- sums: documents -------------------------------------------------------------
    requests = fields.Integer(
        readonly=True,
        help="Requests handed in, and those that self-help prevented.",
    )
    prevented = fields.Integer(
        string="Returns Prevented",
        readonly=True,
        help="Requests that self-help solved before they were handed in.",
    )
    decided = fields.Integer(
        string="Requests Decided",
        readonly=True,
        help="Each request once, with the first decision on it.",
    )
    approved = fields.Integer(
        string="Requests Authorized",
        readonly=True,
        help="Of those decided: authorized by the first decision.",
    )
    first_pass = fields.Integer(
        string="Authorized at First Pass",
        readonly=True,
        help="Authorized by the first decision, without a question to the customer "
        "before it.",
    )
    lines_authorized = fields.Integer(readonly=True)
    lines_overridden = fields.Integer(
        string="Lines Authorized by Exception",
        readonly=True,
        help="Authorized though the policy said no.",
    )
    expired = fields.Integer(
        string="Authorizations Expired",
        readonly=True,
        help="Each time that an authorization expired, because nothing came.",
    )
    closed = fields.Integer(string="Returns Closed", readonly=True)
    timers_due = fields.Integer(
        string="Milestones Due",
        readonly=True,
        help="Milestones that were reached, or whose time is over.",
    )
    timers_met = fields.Integer(string="Milestones Reached in Time", readonly=True)
    surveys = fields.Integer(string="Customers Asked", readonly=True)
    ratings = fields.Integer(string="Ratings Given", readonly=True)
    rating_sum = fields.Float(
        string="Sum of Ratings", readonly=True, help="From 1 to 5 each."
    )
    cases = fields.Integer(string="Quality Cases", readonly=True)
    cases_due = fields.Integer(
        string="Case Days Due",
        readonly=True,
        help="Days for containment (D3) and closing (D8) of quality cases that were "
        "reached, or are over.",
    )
    cases_met = fields.Integer(string="Case Days Kept", readonly=True)
    cases_closed = fields.Integer(
        string="Quality Cases Closed",
        readonly=True,
        help="On the day of their closure (D8).",
    )
    cases_recurred = fields.Integer(
        string="Quality Cases That Came Again",
        readonly=True,
        help="Quality cases closed whose fault was confirmed again in a unit of the "
        "product that was sold after the last corrective action was done, or that "
        "another case came again after.",
    )
    claims_open = fields.Integer(
        string="Open Claims",
        readonly=True,
        help="Lines of returns to suppliers and carriers that aren't settled in full, "
        "as of today.",
    )
    claims_due = fields.Integer(
        readonly=True,
        help="Lines of returns to suppliers and carriers that were answered in full, "
        "on the day of the last answer, and those whose time for an answer is over, "
        "on its last day.",
    )
    claims_met = fields.Integer(
        string="Claims Answered in Time",
        readonly=True,
        help="Of the claims due those answered within the supplier's answer time. It "
        "begins with the request, anew when they agree, and anew when they have the "
        "goods; a refusal is an answer.",
    )
    # -- sums: money, in the currency of the company one works in ----------------------
    amount_sold = fields.Monetary(
        string="Net Sales",
        readonly=True,
        help="Untaxed price of the units shipped, before any credit.",
    )
    amount_credited = fields.Monetary(
        string="Credit Value",
        readonly=True,
        help="Credits in the cost ledger, untaxed.",
    )
    amount_cost = fields.Monetary(
        string="Costs",
        readonly=True,
        help="Freight in and out + labour + parts + value lost + other, from the cost "
        "ledger.",
    )
    amount_fee = fields.Monetary(
        string="Fees Kept", readonly=True, help="What customers were charged."
    )
    amount_recovered = fields.Monetary(
        string="Recovered",
        readonly=True,
        help="What suppliers and carriers paid, from the cost ledger.",
    )
    amount_net = fields.Monetary(
        string="Net Loss",
        readonly=True,
        help="Costs + credit value − fees kept − recovered.",
    )
    amount_supplier_cost = fields.Monetary(
        string="Costs due to Suppliers",
        readonly=True,
        help="Costs and credit value of returns that a supplier is responsible for.",
    )
    amount_warranty = fields.Monetary(
        string="Warranty Costs",
        readonly=True,
        help="Costs and credit value of return lines with an accepted warranty claim.",
    )
    amount_claim_open = fields.Monetary(
        string="Value of Open Claims",
        readonly=True,
        help="What the goods of open claims cost us, as far as they aren't settled, as "
        "of today.",
    )
    amount_penalty = fields.Monetary(
        string="Penalties",
        readonly=True,
        help="What customers charged us, from the quality cases.",
    )
    amount_disposed = fields.Monetary(
        string="Cost of Goods Disposed of",
        readonly=True,
        help="Units disposed of × the product's cost, without goods that the customer "
        "keeps or gets back.",
    )
    amount_kept = fields.Monetary(
        string="Value Kept",
        readonly=True,
        help="Cost of goods disposed of − value lost by scrap and regrade.",
    )
    # -- durations of single rows, in days --------------------------------------------
    answer_hours = fields.Float(
        string="Hours to First Answer",
        readonly=True,
        aggregator="avg",
        help="First answer − request, in working hours, less those in which the "
        "customer had to answer.",
    )
    decision_days = fields.Float(
        string="Days to Decision",
        readonly=True,
        aggregator="avg",
        help="First decision − request.",
    )
    receipt_days = fields.Float(
        string="Days from Authorization to Receipt",
        readonly=True,
        aggregator="avg",
        help="First arrival − authorization.",
    )
    disposition_days = fields.Float(
        string="Days from Dock to Disposition",
        readonly=True,
        aggregator="avg",
        help="Finding − first arrival.",
    )
    repair_days = fields.Float(
        string="Days of Repair",
        readonly=True,
        aggregator="avg",
        help="Repair settled − first arrival.",
    )
    refund_days = fields.Float(
        string="Days to Credit",
        readonly=True,
        aggregator="avg",
        help="Credit settled − finding, or first arrival where there is none.",
    )
    age_days = fields.Float(
        string="Days in Service",
        readonly=True,
        aggregator="avg",
        help="First arrival − sale.",
    )
    remedy_days = fields.Float(
        string="Days to Remedy",
        readonly=True,
        aggregator="avg",
        help="Settlement done − request.",
    )
    turnaround_days = fields.Float(
        string="Days of Turnaround",
        readonly=True,
        aggregator="avg",
        help="Closed − requested.",
    )
    claim_days = fields.Float(
        string="Days of Open Claims",
        readonly=True,
        aggregator="avg",
        help="Today − request to the supplier, of open claims.",
    )
    # -- ratios ------------------------------------------------------------------------
    return_rate = fields.Float(
        string="Return Rate (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units returned ÷ units shipped × 100. Both on their own day; by Date of "
        "Sale, what came back of what was sold then.",
    )
    return_value_rate = fields.Float(
        string="Return Rate by Value (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Credit value ÷ net sales × 100.",
    )
    doa_rate = fields.Float(
        string="DOA Rate (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units confirmed dead on arrival ÷ units shipped × 100.",
    )
    doa_confirmed_rate = fields.Float(
        string="DOA Confirmed (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units confirmed dead on arrival ÷ units claimed dead on arrival × 100.",
    )
    nff_rate = fields.Float(
        string="No Fault Found (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units without a fault ÷ units diagnosed × 100; not ÷ all units returned.",
    )
    scrap_rate = fields.Float(
        string="Scrap Rate (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units scrapped ÷ units disposed of × 100.",
    )
    restock_rate = fields.Float(
        string="Restock Rate (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units restocked ÷ units disposed of × 100.",
    )
    regrade_rate = fields.Float(
        string="B-Stock Rate (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units regraded ÷ units disposed of × 100.",
    )
    repeat_rate = fields.Float(
        string="Repeat Returns (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units returned again within 90 days ÷ units given back × 100.",
    )
    approval_rate = fields.Float(
        string="Approval Rate (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Requests authorized by the first decision ÷ requests decided × 100.",
    )
    first_pass_rate = fields.Float(
        string="First-Pass Approval (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Requests authorized at first pass ÷ requests decided × 100.",
    )
    override_rate = fields.Float(
        string="Policy Leakage (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Lines authorized by exception ÷ lines authorized × 100.",
    )
    expiry_rate = fields.Float(
        string="Expired (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Authorizations expired ÷ requests authorized × 100.",
    )
    deflection_rate = fields.Float(
        string="Deflection (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Returns prevented ÷ requests × 100.",
    )
    on_time_rate = fields.Float(
        string="On Time (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Milestones reached in time ÷ milestones due × 100.",
    )
    case_on_time_rate = fields.Float(
        string="8D on Time (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Case days kept ÷ case days due × 100.",
    )
    exchange_rate = fields.Float(
        string="Exchange Share (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units exchanged ÷ units settled × 100.",
    )
    non_return_rate = fields.Float(
        string="Not Returned (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units owed too long ÷ units replaced in advance × 100.",
    )
    cost_sales_rate = fields.Float(
        string="Costs of Sales (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Costs ÷ net sales × 100.",
    )
    cost_per_return = fields.Monetary(
        compute="_compute_of_group",
        aggregator="avg",
        help="Costs ÷ returns closed.",
    )
    loss_per_return = fields.Monetary(
        string="Net Loss per Return",
        compute="_compute_of_group",
        aggregator="avg",
        help="(Costs + credit value − fees kept − recovered) ÷ returns closed.",
    )
    asset_recovery_rate = fields.Float(
        string="Recovery Rate (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Value kept ÷ cost of goods disposed of × 100.",
    )
    supplier_recovery_rate = fields.Float(
        string="Supplier Recovery (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Recovered ÷ costs due to suppliers × 100.",
    )
    warranty_claim_rate = fields.Float(
        string="Warranty Claims (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Warranty claims accepted ÷ units shipped with a warranty × 100. Both on "
        "their own day; by Date of Sale, the claims of what was sold then.",
    )
    warranty_sales_rate = fields.Float(
        string="Warranty Costs of Sales (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Warranty costs ÷ net sales × 100.",
    )
    warranty_cost_per_unit = fields.Monetary(
        string="Warranty Costs per Unit",
        compute="_compute_of_group",
        aggregator="avg",
        help="Warranty costs ÷ units shipped.",
    )
    early_return_rate = fields.Float(
        string="Returned within 6 Months (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units returned within 6 months of their sale ÷ units shipped × 100. By "
        "Date of Sale, of what was sold then, which has its final figure after that "
        "time (as TL 9000's early returns).",
    )
    year_return_rate = fields.Float(
        string="Returned after 6 to 18 Months (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units returned more than 6 and up to 18 months after their sale ÷ units "
        "shipped × 100. By Date of Sale, of what was sold then, which has its final "
        "figure after that time (as TL 9000's one-year returns).",
    )
    late_return_rate = fields.Float(
        string="Returned after 18 Months (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units returned more than 18 months after their sale ÷ units shipped × "
        "100. By Date of Sale, of what was sold then (as TL 9000's long-term returns).",
    )
    claim_on_time_rate = fields.Float(
        string="Claims Answered in Time (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Claims answered in time ÷ claims due × 100.",
    )
    recurrence_rate = fields.Float(
        string="Recurrence (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Quality cases that came again ÷ quality cases closed × 100.",
    )
    satisfaction = fields.Float(
        compute="_compute_of_group",
        aggregator="avg",
        help="Sum of ratings ÷ ratings given; from 1 to 5.",
    )
    response_rate = fields.Float(
        string="Answers to Surveys (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Ratings given ÷ customers asked × 100.",
    )
    # -- percentiles -------------------------------------------------------------------
    answer_median = fields.Float(
        string="First Answer, Median (hours)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the requests were answered within so many working hours.",
    )
    answer_p90 = fields.Float(
        string="First Answer, 90 % (hours)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the requests were answered within so many working hours.",
    )
    repair_median = fields.Float(
        string="Repair, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the repairs were done within so many days of the arrival.",
    )
    repair_p90 = fields.Float(
        string="Repair, 90 % (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the repairs were done within so many days of the arrival.",
    )
    refund_median = fields.Float(
        string="Credit, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the credits were settled within so many days of the finding.",
    )
    refund_p90 = fields.Float(
        string="Credit, 90 % (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the credits were settled within so many days of the finding.",
    )
    age_median = fields.Float(
        string="Age at Return, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the units came back within so many days of their sale.",
    )
    decision_median = fields.Float(
        string="Decision, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the requests were decided within so many days.",
    )
    decision_p90 = fields.Float(
        string="Decision, 90 % (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the requests were decided within so many days.",
    )
    receipt_median = fields.Float(
        string="Authorization to Receipt, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the goods arrived within so many days of the authorization.",
    )
    receipt_p90 = fields.Float(
        string="Authorization to Receipt, 90 % (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the goods arrived within so many days of the authorization.",
    )
    disposition_median = fields.Float(
        string="Dock to Disposition, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the goods were judged within so many days of their arrival.",
    )
    disposition_p90 = fields.Float(
        string="Dock to Disposition, 90 % (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the goods were judged within so many days of their arrival.",
    )
    remedy_median = fields.Float(
        string="Time to Remedy, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the settlements were done within so many days of the request.",
    )
    remedy_p90 = fields.Float(
        string="Time to Remedy, 90 % (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the settlements were done within so many days of the request.",
    )
    turnaround_median = fields.Float(
        string="Turnaround, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the returns were closed within so many days of the request.",
    )
    turnaround_p90 = fields.Float(
        string="Turnaround, 90 % (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the returns were closed within so many days of the request.",
    )

    claim_median = fields.Float(
        string="Age of Open Claims, Median (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Half of the open claims were made up to so many days ago.",
    )
    claim_p90 = fields.Float(
        string="Age of Open Claims, 90 % (days)",
        compute="_compute_of_group",
        aggregator="avg",
        help="90 % of the open claims were made up to so many days ago.",
    )

    @api.model
    def _get_ratios(self):
        """{measure: Ratio}. Override to add those of an addon."""
        return dict(RATIOS)

    @api.model
    def _get_percentiles(self):
        """{measure: Percentile}. Override to add those of an addon."""
        return dict(PERCENTILES)

    def _compute_of_group(self):
        """These are measures of groups, see `_read_group_select`."""
        names = [*self._get_ratios(), *self._get_percentiles()]
        for row in self:
            for name in names:
                row[name] = 0.0

    def _get_measured_columns(self, aggregates):
        """Names of the columns that these aggregates are made of."""
        columns = set()
        ratios, percentiles = self._get_ratios(), self._get_percentiles()
        for spec in aggregates:
            name = spec.partition(":")[0]
            if name in ratios:
                columns |= {ratios[name].part, ratios[name].whole}
            elif name in percentiles:
                columns.add(percentiles[name].name)
            elif name in self._fields and not self._fields[name].relational:
                columns.add(name)
        return columns

    def _read_group_select(self, aggregate_spec, query):
        """Override of the ORM: ratios are divided after the sums, and percentiles taken
        of all rows. Clients ask for "avg", the aggregator of these fields, and for
        amounts beside it for "sum_currency", in the currency of the company.
        """
        name, _colon, function = aggregate_spec.partition(":")
        if function not in ("avg", "sum_currency"):
            return super()._read_group_select(aggregate_spec, query)
        if ratio := self._get_ratios().get(name):
            whole = self._read_group_select(f"{ratio.whole}:sum", query)
            function = "sum" if function == "avg" else function
            part = self._read_group_select(f"{ratio.part}:{function}", query)
            # nothing where there is nothing to divide by; zero where nothing happened
            # to what there is
            return SQL(
                "%s * COALESCE(%s, 0) / NULLIF(%s, 0)", ratio.factor, part, whole
            )
        if percentile := self._get_percentiles().get(name):
            return SQL(
                "PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s)",
                percentile.fraction,
                self._field_to_sql(self._table, percentile.name, query),
            )
        return super()._read_group_select(aggregate_spec, query)
