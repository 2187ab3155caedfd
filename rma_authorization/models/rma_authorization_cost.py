# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

COST_KINDS = [
    ("freight_in", "Freight In"),
    ("freight_out", "Freight Out"),
    ("labour", "Labour"),
    ("parts", "Parts"),
    ("value_loss", "Value Lost"),
    ("credit", "Credit Given"),
    ("fee", "Fee Kept"),
    ("recovery", "Recovered"),
    ("other", "Other"),
]


class RmaAuthorizationCost(models.Model):
    """A row of the cost ledger: what a return cost us, or brought back.

    Rows with a source (`res_model`, `res_id`) come with their document, are kept true
    to it and go with it; nobody changes them by hand. The others are entered by people.
    """

    _name = "rma.authorization.cost"
    _description = "Return Cost"
    _inherit = ["rma.authorization.cost.estimate"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Description", required=True)
    authorization_id = fields.Many2one(
        comodel_name="rma.authorization", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="rma.authorization.line",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('authorization_id', '=', authorization_id)]",
    )
    company_id = fields.Many2one(
        related="authorization_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="authorization_id.currency_id")
    kind = fields.Selection(selection=COST_KINDS, required=True, default="other")
    date = fields.Date(default=fields.Date.context_today, required=True)
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="In the company's currency: positive is a cost, negative a recovery.",
    )
    document_currency_id = fields.Many2one(
        comodel_name="res.currency",
        string="Foreign Currency",
        help="The currency that was paid in, where it isn't the company's.",
    )
    amount_currency = fields.Monetary(
        string="Amount in Foreign Currency",
        currency_field="document_currency_id",
        help="What was paid; the amount follows from it at the rate of the date.",
    )
    res_model = fields.Char(string="Source Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Source", model_field="res_model", readonly=True
    )

    @api.depends("amount_currency", "document_currency_id", "date", "company_id")
    def _compute_amount(self):
        for cost in self:
            foreign = cost.document_currency_id
            if foreign and cost.date and cost.company_id:
                cost.amount = foreign._convert(
                    cost.amount_currency, cost.currency_id, cost.company_id, cost.date
                )
            else:
                cost.amount = cost.amount

    @api.depends("name", "kind")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for cost in self:
            cost.display_name = f"{labels.get(cost.kind, '')}: {cost.name or ''}"

    def action_open_source(self):
        """Open the document this row comes from."""
        self.ensure_one()
        if not self.res_model or not self.res_id:
            return None
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    # -- checks ------------------------------------------------------------------------

    @api.constrains("authorization_id", "line_id")
    def _check_line(self):
        for cost in self:
            if cost.line_id.authorization_id not in (
                cost.authorization_id,
                cost.authorization_id.browse(),
            ):
                raise ValidationError(
                    self.env._(
                        "%(cost)s: %(line)s is a line of another return. Choose one of "
                        "%(authorization)s.",
                        cost=cost.display_name,
                        line=cost.line_id.display_name,
                        authorization=cost.authorization_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and (vals.get("res_model") or vals.get("res_id")):
                raise self._get_source_error(vals.get("name"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_hand(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_hand(self):
        self._check_by_hand({})

    def _check_by_hand(self, vals):
        """Only the code that follows the documents, which works as superuser, touches
        rows that have one."""
        if self.env.su:
            return
        if vals.get("res_model") or vals.get("res_id"):
            raise self._get_source_error(self[:1].display_name)
        for cost in self:
            if cost.res_model:
                raise UserError(
                    self.env._(
                        "%(cost)s comes from a document and can't be changed or "
                        "deleted by hand. Correct the document, or add another row.",
                        cost=cost.display_name,
                    )
                )

    def _get_source_error(self, name):
        return UserError(
            self.env._(
                "%(cost)s: only documents themselves add rows with a source. Enter the "
                "row without one.",
                cost=name or self.env._("Cost"),
            )
        )

    # -- rows that come from documents -------------------------------------------------

    @api.model
    def _follow_documents(self, costs, vals_list):
        """Make the rows of documents say what the documents say now: rows are changed
        where they differ, created where they lack, and deleted where nothing is left.

        :param costs: the rows that these documents have
        :param list vals_list: rows that they should have, with `authorization_id`,
            `line_id`, `kind`, `res_model` and `res_id`, one for each combination of
            these; the amount in the company's currency, nothing for no row
        """
        found = {cost._get_source_key(): cost for cost in costs}
        missing, kept = [], self.browse()
        for vals in vals_list:
            authorization = self.env["rma.authorization"].browse(
                vals["authorization_id"]
            )
            if authorization.company_id.currency_id.is_zero(vals["amount"]):
                continue
            cost = found.get(
                (
                    vals["authorization_id"],
                    vals.get("line_id") or False,
                    vals["kind"],
                    vals["res_model"],
                    vals["res_id"],
                )
            )
            if not cost:
                missing.append(vals)
                continue
            kept |= cost
            if cost.currency_id.compare_amounts(cost.amount, vals["amount"]):
                cost.amount = vals["amount"]
        (costs - kept).unlink()
        self.create(missing)

    def _get_source_key(self):
        self.ensure_one()
        return (
            self.authorization_id.id,
            self.line_id.id,
            self.kind,
            self.res_model,
            self.res_id,
        )
