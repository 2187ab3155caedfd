# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import dataclasses
import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# From the most specific kind of condition to the least: somebody who is named wins over
# something that is named, a product over its category, and everything over the company.
# The first kind that only one of two policies sets, or sets more narrowly, decides.
DIMENSIONS = (
    "partner",
    "product",
    "partner_tag",
    "category",
    "reason",
    "country",
    "customer_kind",
    "sales_team",
    "team",
    "company",
)

_FIELDS = {
    "partner": ("partner_ids",),
    "product": ("product_tmpl_ids",),
    "partner_tag": ("partner_tag_ids",),
    "category": ("category_ids",),
    "reason": ("reason_ids",),
    "country": ("country_ids", "country_group_ids"),
    "customer_kind": ("customer_kind",),
    "sales_team": ("sales_team_ids",),
    "team": ("team_ids",),
    "company": ("company_id",),
}
MATCH_FIELDS = frozenset(name for names in _FIELDS.values() for name in names)


@dataclasses.dataclass(frozen=True)
class Case:
    """What policies look at: the facts of a line, as ids."""

    company: int
    partner: int
    commercial_partner: int
    partner_tags: frozenset
    product: int
    categories: tuple  # from the root down
    reason: int
    country: int
    customer_kind: str
    sales_team: int
    team: int
    date: datetime.datetime


class RmaAuthorizationPolicyMatch(models.AbstractModel):
    """Which returns a policy is for. Conditions left empty match everything."""

    _name = "rma.authorization.policy.match"
    _description = "Conditions of a Return Policy"

    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Every company when empty."
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        check_company=True,
        help="These customers with all their contacts.",
    )
    product_tmpl_ids = fields.Many2many(
        comodel_name="product.template",
        string="Products",
        check_company=True,
    )
    partner_tag_ids = fields.Many2many(
        comodel_name="res.partner.category",
        string="Customer Tags",
        help="Customers with one of these tags. Of policies for different tags, the "
        "first in the list applies to a customer who has both.",
    )
    category_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        help="Products in these categories, or in those below them.",
    )
    reason_ids = fields.Many2many(
        comodel_name="rma.authorization.reason",
        string="Reasons",
        check_company=True,
    )
    customer_kind = fields.Selection(
        selection=[("consumer", "Consumers"), ("business", "Companies")],
        help="Consumers are persons on their own: not a company, nor one of its "
        "contacts, and without a tax number.",
    )
    country_ids = fields.Many2many(
        comodel_name="res.country",
        string="Countries",
        help="Where the goods were sent, or else where the customer is.",
    )
    country_group_ids = fields.Many2many(
        comodel_name="res.country.group", string="Country Groups"
    )
    sales_team_ids = fields.Many2many(
        comodel_name="crm.team",
        string="Sales Channels",
        check_company=True,
        help="Sales teams of the orders.",
    )
    team_ids = fields.Many2many(
        comodel_name="rma.authorization.team",
        string="Return Teams",
        check_company=True,
    )

    # -- matching ----------------------------------------------------------------------

    def _get_rank(self, case):
        """How specifically this policy is about a case, or None where it isn't.

        :return: tuple, one number per kind of condition; the greatest tuple wins
        """
        self.ensure_one()
        rank = []
        for dimension in DIMENSIONS:
            number = getattr(self, f"_match_{dimension}")(case)
            if number is None:
                return None
            rank.append(number)
        return tuple(rank)

    def _get_mismatches(self, case):
        """The labels of the conditions that a case does not meet."""
        self.ensure_one()
        return [
            self._fields[_FIELDS[dimension][0]]._description_string(self.env)
            for dimension in DIMENSIONS
            if getattr(self, f"_match_{dimension}")(case) is None
        ]

    def _get_conditions(self):
        """The conditions that are set, as {label: what is named there}."""
        self.ensure_one()
        conditions = {}
        for name in [name for names in _FIELDS.values() for name in names]:
            value, field = self[name], self._fields[name]
            if not value:
                continue
            if field.type == "selection":
                text = dict(field._description_selection(self.env))[value]
            else:
                text = ", ".join(value.mapped("display_name"))
            conditions[field._description_string(self.env)] = text
        return conditions

    def _match_any(self, records, ids):
        """1 where one of `ids` is named, 0 where nothing is, None where others are."""
        if not records:
            return 0
        return 1 if not ids.isdisjoint(records.ids) else None

    def _match_partner(self, case):
        """A contact who is named is more specific than the company behind."""
        if not self.partner_ids:
            return 0
        named = self.partner_ids.ids
        if case.partner in named:
            return 2
        return 1 if case.commercial_partner in named else None

    def _match_product(self, case):
        return self._match_any(self.product_tmpl_ids, {case.product})

    def _match_partner_tag(self, case):
        return self._match_any(self.partner_tag_ids, case.partner_tags)

    def _match_category(self, case):
        """The deeper the category that is named, the more specific."""
        if not self.category_ids:
            return 0
        named = set(self.category_ids.ids)
        depths = [
            depth
            for depth, category in enumerate(case.categories, 1)
            if category in named
        ]
        return max(depths, default=None)

    def _match_reason(self, case):
        return self._match_any(self.reason_ids, {case.reason})

    def _match_country(self, case):
        """A country that is named itself is more specific than its group."""
        if not self.country_ids and not self.country_group_ids:
            return 0
        if case.country in self.country_ids.ids:
            return 2
        return 1 if case.country in self.country_group_ids.country_ids.ids else None

    def _match_customer_kind(self, case):
        if not self.customer_kind:
            return 0
        return 1 if self.customer_kind == case.customer_kind else None

    def _match_sales_team(self, case):
        return self._match_any(self.sales_team_ids, {case.sales_team})

    def _match_team(self, case):
        return self._match_any(self.team_ids, {case.team})

    def _match_company(self, case):
        if not self.company_id:
            return 0
        return 1 if self.company_id.id == case.company else None

    # -- ties --------------------------------------------------------------------------

    @api.constrains("state", "date_from", "date_to", "sequence", *MATCH_FIELDS)
    def _check_ties(self):
        """Of two policies in force for one order, one must be the more specific.

        :raise ValidationError: naming the two policies, and what both are for
        """
        in_force = self.search([("state", "!=", "draft")])
        for policy in self & in_force:
            for other in in_force - policy:
                if policy._is_tied_with(other):
                    raise ValidationError(
                        self.env._(
                            "“%(name)s” and “%(other)s” are for the same returns, and "
                            "neither is more specific. Give one of them another "
                            "condition, or end it.",
                            name=policy.display_name,
                            other=other.display_name,
                        )
                    )

    def _is_tied_with(self, other):
        """Whether one return could match both equally."""
        self.ensure_one()
        return (
            self._overlaps_in_time(other)
            and self._ties_partner_tag(other)
            and self._ties_country(other)
            and all(
                self._ties_any(other, *_FIELDS[dimension])
                for dimension in DIMENSIONS
                if dimension not in ("partner_tag", "country")
            )
        )

    def _overlaps_in_time(self, other):
        latest, earliest = datetime.datetime.max, datetime.datetime.min
        return (self.date_from or earliest) < (other.date_to or latest) and (
            other.date_from or earliest
        ) < (self.date_to or latest)

    def _ties_any(self, other, name):
        """Both leave it empty, or both name something that is the same."""
        if not self[name] or not other[name]:
            return not self[name] and not other[name]
        if self._fields[name].type == "selection":
            return self[name] == other[name]
        return bool(self[name] & other[name])

    def _ties_partner_tag(self, other):
        """A customer may have two tags: then the order in the list decides."""
        mine, theirs = self.partner_tag_ids, other.partner_tag_ids
        if mine and theirs and not mine & theirs:
            return self.sequence == other.sequence
        return self._ties_any(other, "partner_tag_ids")

    def _ties_country(self, other):
        """Named countries are compared with each other, and so are groups."""
        if not (self.country_ids | self.country_group_ids.country_ids):
            return not (other.country_ids | other.country_group_ids.country_ids)
        return bool(
            self.country_ids & other.country_ids
            or (self.country_group_ids.country_ids - self.country_ids)
            & (other.country_group_ids.country_ids - other.country_ids)
        )
