# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.rma_authorization.models.rma_authorization_report_measure import Ratio

RATIOS = {
    "depot_yield": Ratio("qty_repaired_right", "qty_repaired_serial"),
    "repairing_late_rate": Ratio("qty_repairing_late", "qty_repairing"),
    "lent_late_rate": Ratio("qty_lent_late", "qty_lent"),
}


class RmaAuthorizationReportMeasure(models.AbstractModel):
    """Repairs and units on loan."""

    _inherit = "rma.authorization.report.measure"

    # -- sums: units, in the product's unit ----------------------------------------
    qty_repaired = fields.Float(
        string="Units Repaired",
        readonly=True,
        help="Units of finished repairs, for customers and for our stock, on the day "
        "of their end; cancelled repairs don't count.",
    )
    qty_repaired_serial = fields.Float(
        string="Units Repaired with a Number",
        readonly=True,
        help="Of the units repaired those with a serial number: only these are known "
        "if they come back.",
    )
    qty_repaired_right = fields.Float(
        string="Units Repaired Right",
        readonly=True,
        help="Of the units repaired with a number those that haven't come back with "
        "the same fault within the days that a repair has to hold (90, or those of the "
        "policy).",
    )
    qty_repairing = fields.Float(
        string="Units in Repair",
        readonly=True,
        help="Units of repairs that are neither finished nor cancelled, as of today; "
        "also those that wait for an estimate to be accepted.",
    )
    qty_repairing_late = fields.Float(
        string="Units in Repair Past Due",
        readonly=True,
        help="Units in repair whose promised time is over.",
    )
    qty_lent = fields.Float(
        string="Units on Loan",
        readonly=True,
        help="Units of ours that customers have meanwhile, as of today.",
    )
    qty_lent_late = fields.Float(
        string="Units on Loan Overdue",
        readonly=True,
        help="Units on loan that should have been back before today.",
    )
    # -- ratios ------------------------------------------------------------------------
    depot_yield = fields.Float(
        string="Depot Yield (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units repaired right ÷ units repaired with a number × 100.",
    )
    repairing_late_rate = fields.Float(
        string="Repairs Past Due (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units in repair past due ÷ units in repair × 100.",
    )
    lent_late_rate = fields.Float(
        string="Loaners Overdue (%)",
        compute="_compute_of_group",
        aggregator="avg",
        help="Units on loan overdue ÷ units on loan × 100.",
    )

    @api.model
    def _get_ratios(self):
        """Override of `rma_authorization` to add those of repairs and loans."""
        return {**super()._get_ratios(), **RATIOS}
