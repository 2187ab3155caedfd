# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount


class Worth(NamedTuple):
    """What returned goods would bring when they are sold again: amounts for all of
    them, in `currency`, the company's."""

    qty: float
    price: float
    percent: float
    resale: float
    handling: float
    freight: float
    net: float
    currency: models.BaseModel

    @property
    def is_worth(self):
        """Whether selling them brings more than scrapping them, or than leaving them
        with the customer: that brings nothing, and costs nothing."""
        return self.currency.compare_amounts(self.net, 0.0) > 0


class RmaAuthorizationWorth(models.Model):
    """What share of the price returned goods still bring, by their grade, and what it
    costs to sell them again.

    An aid for whoever decides between stock, scrap and leaving the goods with the
    customer; nothing is decided by it.
    """

    _name = "rma.authorization.worth"
    _description = "Resale Value of Returned Goods"
    _order = "company_id, categ_id, id"
    _rec_name = "categ_id"

    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        ondelete="cascade",
        help="Every company when empty.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Product Category",
        index=True,
        ondelete="cascade",
        help="Also for the categories below it; all goods when empty.",
    )
    percent_new = fields.Float(
        string="As New (%)", default=90.0, help="Share of the sales price."
    )
    percent_good = fields.Float(
        string="Good (%)", default=70.0, help="Share of the sales price."
    )
    percent_worn = fields.Float(
        string="Worn (%)", default=45.0, help="Share of the sales price."
    )
    percent_damaged = fields.Float(
        string="Damaged (%)", default=10.0, help="Share of the sales price."
    )
    handling = fields.Monetary(
        help="What cleaning, packing and putting away costs for one unit.",
    )
    freight = fields.Monetary(
        help="What the way to where it is sold again costs for one unit.",
    )

    _once = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(categ_id, 0))",
        "There is a row for this company and category already: change that one.",
    )
    _percents_possible = models.Constraint(
        "CHECK(percent_new BETWEEN 0 AND 100 AND percent_good BETWEEN 0 AND 100 "
        "AND percent_worn BETWEEN 0 AND 100 AND percent_damaged BETWEEN 0 AND 100)",
        "Returned goods bring something between nothing and their price: enter shares "
        "from 0 to 100.",
    )
    _costs_positive = models.Constraint(
        "CHECK(handling >= 0 AND freight >= 0)",
        "Handling and freight cost something or nothing: enter no negative amounts.",
    )

    @api.constrains("company_id", "handling", "freight")
    def _check_currency(self):
        """Costs are in the currency of a company."""
        for row in self:
            if not row.company_id and (row.handling or row.freight):
                raise ValidationError(
                    self.env._(
                        "%(category)s: handling and freight are in the currency of a "
                        "company. Choose the company, or leave them at zero.",
                        category=row.categ_id.display_name or self.env._("All goods"),
                    )
                )

    # -- estimate ----------------------------------------------------------------------

    @api.model
    def _estimate(self, goods):
        """What goods would bring when they are sold again.

        :param dict goods: {key: (line, quantity in its unit, grade)}, any keys
        :return: {key: Worth}; without those that have no grade, no quantity or no row
        """
        # sudo: whoever inspects need not see prices elsewhere, or these rows
        worth_sudo = self.sudo()
        graded = {
            key: one
            for key, one in goods.items()
            if one[0] and one[2] and one[0].product_uom_id.compare(one[1], 0.0) > 0
        }
        if not graded:
            return {}
        rows = {
            (row.company_id.id, row.categ_id.id): row for row in worth_sudo.search([])
        }
        found = {}
        for key, (line, qty, grade) in graded.items():
            line_sudo = line.sudo()
            if row := self._choose(rows, line_sudo):
                found[key] = row._prepare_worth(line_sudo, qty, grade)
        return found

    def _choose(self, rows, line):
        """The row of the nearest category; the company's own before that of all."""
        category = line.product_id.categ_id
        while True:
            for company_id in (line.company_id.id, False):
                if row := rows.get((company_id, category.id)):
                    return row
            if not category:
                return None
            category = category.parent_id

    def _prepare_worth(self, line, qty, grade):
        self.ensure_one()
        company, currency = line.company_id, line.company_id.currency_id
        # a product that companies share has its price in the currency of each
        product = line.product_id.with_company(company)
        units = line._to_product_uom(qty)
        price = product.currency_id._convert(
            product.lst_price,
            currency,
            company,
            fields.Date.context_today(self),
        )
        percent = self[f"percent_{grade}"]
        resale = currency.round(units * price * percent / 100.0)
        handling = currency.round(units * self.handling)
        freight = currency.round(units * self.freight)
        return Worth(
            qty=units,
            price=price,
            percent=percent,
            resale=resale,
            handling=handling,
            freight=freight,
            net=currency.round(resale - handling - freight),
            currency=currency,
        )

    # -- in words ----------------------------------------------------------------------

    @api.model
    def _get_note(self, worth):
        """The figures in a sentence, in the language of the context."""

        def show(amount):
            return format_amount(self.env, amount, worth.currency)

        figures = {
            "qty": f"{worth.qty:g}",
            "price": show(worth.price),
            "percent": f"{worth.percent:g}",
            "resale": show(worth.resale),
            "handling": show(worth.handling),
            "freight": show(worth.freight),
            "net": show(worth.net),
        }
        if worth.is_worth:
            return self.env._(
                "Sold again: %(qty)s × %(price)s × %(percent)s%% = %(resale)s, less "
                "handling %(handling)s and freight %(freight)s, leaves %(net)s.",
                **figures,
            )
        return self.env._(
            "Sold again: %(qty)s × %(price)s × %(percent)s%% = %(resale)s, less "
            "handling %(handling)s and freight %(freight)s, leaves %(net)s: scrapping "
            "it, or leaving it with the customer, costs less.",
            **figures,
        )
