# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class RmaAuthorizationLineOwed(models.AbstractModel):
    """What customers owe us: goods that were replaced before they came back."""

    _name = "rma.authorization.line.owed"
    _description = "Return Line, Goods Owed to Us"
    _inherit = ["rma.authorization.line.quantity"]

    currency_id = fields.Many2one(comodel_name="res.currency")
    qty_owed = fields.Float(
        string="Owed to Us",
        digits="Product Unit",
        compute="_compute_qty_owed",
        store=True,
        help="Replaced in advance, and neither arrived, lost at our risk, waived nor "
        "invoiced.",
    )
    qty_owed_waived = fields.Float(
        string="Waived",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="The customer keeps so much of what was replaced in advance, for nothing.",
    )
    owed_deadline = fields.Date(
        string="Owed by",
        compute="_compute_owed_deadline",
        store=True,
        help="By when the goods have to be here: so many days, by policy or company, "
        "after all of the replacement was delivered. Empty until then.",
    )
    is_owed_late = fields.Boolean(
        string="Owed Too Long",
        compute="_compute_is_owed_late",
        search="_search_is_owed_late",
    )
    amount_owed_goods = fields.Monetary(
        string="Value Owed",
        compute="_compute_amount_owed",
        store=True,
        help="Value of the goods owed, at the price that the company has chosen for "
        "what doesn't come back; in its currency.",
    )

    _owed_index = models.Index("(owed_deadline) WHERE qty_owed > 0")

    # -- computes ------------------------------------------------------------------

    @api.depends(
        "state",
        "resolution",
        "disposition",
        "qty_settled",
        "qty_settling",
        "qty_received",
        "qty_lost_due",
        "qty_owed_waived",
        "settlement_ids.qty",
        "settlement_ids.state",
        "settlement_ids.resolution",
    )
    def _compute_qty_owed(self):
        for line in self:
            line.qty_owed = line._get_owed_qty(("in_progress", "done"))

    @api.depends(
        "qty_owed",
        "policy_id",
        "settlement_ids.date_done",
        "authorization_id.owed_extended",
        "authorization_id.date_tracking",
    )
    def _compute_owed_deadline(self):
        for line in self:
            company, authorization = line.company_id, line.authorization_id
            days = line.policy_id.advance_days or company.rma_advance_days
            replaced = line._get_lending_settlements(("done",)).filtered("date_done")
            if not days or not replaced or not line._has_open("qty_owed"):
                line.owed_deadline = False
                continue
            dates = [max(replaced.mapped("date_done")) + relativedelta(days=days)]
            if authorization.owed_extended:
                dates.append(authorization.owed_extended)
            if authorization.date_tracking:
                dates.append(authorization._get_transit_end())
            line.owed_deadline = max(dates)

    @api.depends("owed_deadline")
    def _compute_is_owed_late(self):
        today = fields.Date.context_today(self)
        for line in self:
            line.is_owed_late = bool(line.owed_deadline and line.owed_deadline < today)

    def _search_is_owed_late(self, operator, value):
        """By the deadline, so that it is always true."""
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        late = fields.Domain("owed_deadline", "<", today)
        return late if True in value else ~late

    @api.depends("qty_owed", "sale_line_id", "product_id", "product_uom_id")
    def _compute_amount_owed(self):
        for line in self:
            is_owed = line._has_open("qty_owed")
            value = line._get_owed_value(line.qty_owed) if is_owed else 0.0
            line.amount_owed_goods = value

    # -- quantities ----------------------------------------------------------------

    def _get_lending_settlements(self, states):
        """Those that gave the customer something for goods that have to come back."""
        return self.settlement_ids.filtered(
            lambda settlement: (
                settlement.state in states
                and settlement._get_resolution_handler()._lends_replacement()
            )
        )

    def _get_unreturned_qty(self, states=("planned", "in_progress", "done")):
        """What was replaced, by settlements in these states, before it came back, in
        the line's unit. What is lost at our risk counts as come back."""
        self.ensure_one()
        if not self._expects_goods():
            return 0.0
        replaced = sum(self._get_lending_settlements(states).mapped("qty"))
        promised = self.qty_settled + self.qty_settling
        missing = self._get_rest(promised, self.qty_received + self.qty_lost_due)
        return min(replaced, missing)

    def _get_owed_qty(self, states):
        """What the customer owes us of that, in the line's unit.

        :param states: of the settlements; only ``done`` ones were wholly delivered
        """
        self.ensure_one()
        if self.direction != "customer" or self.state not in ("authorized", "closed"):
            return 0.0
        return self._get_rest(
            self._get_unreturned_qty(states), self._get_owed_cleared_qty()
        )

    def _get_owed_cleared_qty(self):
        """What needn't come back any more, in the line's unit. Override to add ways;
        fields read here belong in the depends of `_compute_qty_owed`."""
        self.ensure_one()
        return self.qty_owed_waived

    def _get_owed_value(self, qty):
        """Value of `qty` (line's unit) at the company's chosen price, in its currency:
        what the customer paid, with taxes; or the list price."""
        self.ensure_one()
        if self.company_id.rma_advance_price == "sale":
            value = self._get_value(qty)
            if not self.company_id.currency_id.is_zero(value):
                return value
        # goods that were themselves a replacement were sold for nothing
        unit = self.product_id.uom_id
        qty = self.product_uom_id._compute_quantity(qty, unit, round=False)
        return qty * self.product_id.with_company(self.company_id).lst_price
