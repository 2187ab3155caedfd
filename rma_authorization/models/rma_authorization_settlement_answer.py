# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

ANSWERS = [
    ("credit", "Credit Note"),
    ("exchange", "Replacement"),
    ("repair", "Repaired, and Back"),
    ("amount", "Amount Paid"),
    ("back", "Refused, Back to Us"),
    ("gone", "Refused, Scrapped There"),
]
# What else than a resolution of the same name an answer is settled as.
RESOLUTION_OF = {"amount": "none", "back": "none", "gone": "none"}


class RmaAuthorizationSettlementAnswer(models.AbstractModel):
    """What a supplier answered about a part of a line.

    ======== ============================ ==========================================
    answer   settled as                   what follows
    ======== ============================ ==========================================
    credit   credit (`_account`)          reversal of their bill
    exchange exchange                     replacement comes in (`_stock`)
    repair   repair (`_stock`)            the very goods come in
    amount   none                         the amount, in the cost ledger
    back     none                         the very goods come in, to where they were
    gone     none                         nothing
    ======== ============================ ==========================================
    """

    _name = "rma.authorization.settlement.answer"
    _description = "Answer of a Supplier"

    answer = fields.Selection(
        selection=ANSWERS,
        string="Supplier's Answer",
        readonly=True,
        help="What the supplier decided about these goods.",
    )
    amount = fields.Monetary(
        string="Amount Paid",
        readonly=True,
        help="What the supplier or the carrier paid, in the company's currency, where "
        "it isn't on a credit note.",
    )
    currency_id = fields.Many2one(comodel_name="res.currency")

    @api.constrains("answer", "amount")
    def _check_answer(self):
        for settlement in self:
            if settlement.answer and settlement._get_direction() != "supplier":
                raise ValidationError(
                    self.env._(
                        "%(line)s comes from a customer; only suppliers answer.",
                        line=settlement.line_id.display_name,
                    )
                )
            is_paid = settlement.currency_id.compare_amounts(settlement.amount, 0.0) > 0
            if is_paid != (settlement.answer == "amount"):
                raise UserError(
                    self.env._(
                        "%(line)s: enter what was paid where an amount was paid, and "
                        "nowhere else.",
                        line=settlement.line_id.display_name,
                    )
                )

    @api.model
    def _get_answers(self):
        """The answers that the installed apps can carry out, as a selection in the
        user's language."""
        codes = self._fields["resolution"].get_values(self.env)
        return [
            (answer, label)
            for answer, label in self._fields["answer"]._description_selection(self.env)
            if RESOLUTION_OF.get(answer, answer) in codes
        ]

    @api.model
    def _get_resolution_of(self, answer):
        return RESOLUTION_OF.get(answer, answer)

    def _follow_amounts(self):
        """Keep in the cost ledger what suppliers paid."""
        costs = self.env["rma.authorization.cost"].sudo()
        rows = costs.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        costs._follow_documents(
            rows,
            [
                {
                    "name": settlement.authorization_id.partner_reference
                    or settlement.partner_id.display_name,
                    "authorization_id": settlement.authorization_id.id,
                    "line_id": settlement.line_id.id,
                    "kind": "recovery",
                    "amount": -settlement.amount,
                    "res_model": self._name,
                    "res_id": settlement.id,
                }
                for settlement in self
                if settlement.answer == "amount" and settlement.state != "cancelled"
            ],
        )
