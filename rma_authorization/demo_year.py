# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A year of sales and returns, as a plan: who bought what when, what of it came back,
why, how it was judged, and when each step was taken.

The same day gives the same plan. Nothing here knows of a database.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

MONTHS = 12
# How much is sold in which calendar month, against the average.
SEASONS = (0.8, 0.8, 0.9, 0.9, 1.0, 1.0, 0.9, 0.8, 1.0, 1.1, 1.4, 1.6)
BUSINESSES = ("acme", "harbor", "lumen", "meadow", "orbit")
CONSUMERS = ("nora", "paul")


class Product(NamedTuple):
    """What a business orders of it at a time, how many requests come of an order line,
    and what is wrong with it, most frequent first: `(fault, cause, weight)`."""

    ordered: int
    requests: float
    faults: tuple
    is_repaired: bool = False


NO_FAULT = (None, None, 14)
PRODUCTS = {
    "phone": Product(
        10,
        1.2,
        (
            ("battery", "material", 42),
            ("no_power", "manufacturing", 20),
            ("broken", "dropped", 12),
            ("function", "software", 8),
            NO_FAULT,
        ),
        is_repaired=True,
    ),
    "laptop": Product(
        7,
        0.9,
        (
            ("no_power", "manufacturing", 36),
            ("battery", "material", 22),
            ("intermittent", "software", 12),
            ("liquid", "misuse", 6),
            NO_FAULT,
        ),
        is_repaired=True,
    ),
    "watch": Product(
        10,
        1.0,
        (
            ("battery", "material", 40),
            ("function", "software", 16),
            ("scratched", "wear", 6),
            NO_FAULT,
        ),
        is_repaired=True,
    ),
    "headset": Product(
        45,
        2.2,
        (
            ("intermittent", "manufacturing", 24),
            ("battery", "material", 30),
            ("no_power", "manufacturing", 14),
            ("missing", "packing", 4),
            NO_FAULT,
        ),
    ),
    "router": Product(
        36,
        1.9,
        (
            ("function", "software", 24),
            ("no_power", "manufacturing", 26),
            ("intermittent", "design", 8),
            NO_FAULT,
        ),
    ),
    "charger": Product(
        75,
        1.5,
        (("no_power", "manufacturing", 40), ("broken", "wear", 8), NO_FAULT),
    ),
    "powerbank": Product(28, 0.6, (("battery", "material", 30), NO_FAULT)),
}
# The third lot of this product swells: it comes back far more often than the others.
PLANTED_PRODUCT = "powerbank"
PLANTED_QUARTER = 2
PLANTED_REQUESTS = 2.6
PLANTED_FAULT = ("battery", "manufacturing")

REASONS = (
    ("defective", 56),
    ("no_longer_wanted", 16),
    ("doa", 9),
    ("transit_damage", 8),
    ("wrong_item", 7),
    ("duplicate", 4),
)
# Why the customer returns it says what is found, but for faults.
FOUND = {
    "no_longer_wanted": (),
    "duplicate": (),
    "transit_damage": ("broken", "transport"),
    "wrong_item": ("not_as_ordered", "picking"),
}
DECISIONS = (
    ("authorize", 79),
    ("refuse", 6),
    ("solve", 5),
    ("prevent", 5),
    ("expire", 3),
    ("cancel", 2),
)
SUPPLIER_CAUSES = ("material", "manufacturing", "design", "software")
# How long customers have to send the goods.
VALIDITY_DAYS = 30
# Multiples of it, without their whole part, are spread as evenly as can be.
GOLDEN_RATIO = 0.6180339887
# Steps of a return: days after the step before, at least and at most; and the hour.
PACE = {
    "submitted": (0, 0, 9),
    "decided": (0, 2, 13),
    "received": (3, 8, 10),
    "inspected": (1, 3, 14),
    "settled": (0, 3, 15),
    "closed": (0, 2, 16),
}


class Sale(NamedTuple):
    """An order: `quantities` are {product: quantity}."""

    number: int
    quarter: int
    day: date
    customer: str
    quantities: dict


class Story(NamedTuple):
    """A return of one order's product, and when it came how far: `moments` are
    {step: datetime} of the steps that were taken. `first` is the first of the order's
    units that it is about. `finding` is (fault, cause), and
    empty where no fault was found."""

    sale: int
    product: str
    first: int
    qty: int
    reason: str
    resolution: str
    decision: str
    is_asked: bool
    is_rejected: bool
    is_planted: bool
    finding: tuple
    rating: int
    moments: dict

    def is_suppliers(self):
        """Whether a supplier answers for what was found."""
        return bool(self.finding) and self.finding[1] in SUPPLIER_CAUSES


class Year:
    """The twelve months before `today`.

    :param date today: any day; everything happened before it
    """

    def __init__(self, today):
        self.today = today
        self._random = Random(1904)
        self._planned = 0
        self.sales = self._plan_sales()
        self.stories = sorted(
            self._plan_stories(), key=lambda story: story.moments["submitted"]
        )

    # -- sales -------------------------------------------------------------------------

    def _plan_sales(self):
        sales = []
        for month in range(MONTHS):
            for place, customer in enumerate(BUSINESSES + CONSUMERS):
                # each every third month
                if (month + place) % 3:
                    continue
                day = self.today - timedelta(days=352 - 30 * month - 2 * place)
                number = len(sales)
                quantities = self._plan_quantities(number, day, customer)
                sales.append(Sale(number, month // 3, day, customer, quantities))
        return sales

    def _plan_quantities(self, number, day, customer):
        names = list(PRODUCTS)
        season = SEASONS[day.month - 1]
        is_business = customer in BUSINESSES
        # every product has its turn
        chosen = [names[(4 * number + n) % len(names)] for n in range(4)]
        return {
            name: max(1, round(PRODUCTS[name].ordered * season)) if is_business else 1
            for name in (chosen if is_business else chosen[:1])
        }

    # -- returns -----------------------------------------------------------------------

    def _plan_stories(self):
        due = dict.fromkeys(PRODUCTS, 0.0)
        for sale in self.sales:
            for product, qty in sale.quantities.items():
                is_planted = (product, sale.quarter) == (
                    PLANTED_PRODUCT,
                    PLANTED_QUARTER,
                )
                due[product] += (
                    PLANTED_REQUESTS if is_planted else PRODUCTS[product].requests
                ) * (1.0 if sale.customer in BUSINESSES else 0.4)
                left = qty
                while due[product] >= 1.0 and left:
                    due[product] -= 1.0
                    story = self._plan_story(sale, product, qty - left, is_planted)
                    if story:
                        left -= story.qty
                        yield story

    def _plan_story(self, sale, product, first, is_planted):
        reason = "defective" if is_planted else self._choose(REASONS)
        start = self._get_start(sale, reason)
        finding = self._find(product, reason, is_planted)
        left = sale.quantities[product] - first
        qty = min(left, self._choose(((1, 70), (2, 22), (3, 8))))
        self._planned += 1
        decision = "authorize" if is_planted else self._spread(DECISIONS)
        is_rejected = bool(finding) and finding[1] in ("misuse", "dropped")
        moments = self._get_moments(start, decision)
        if not moments:
            return None
        return Story(
            sale=sale.number,
            product=product,
            first=first,
            qty=qty,
            reason=reason,
            resolution=self._get_resolution(product, reason),
            decision=decision,
            is_asked=self._random.random() < 0.1,
            is_rejected=is_rejected,
            is_planted=is_planted,
            finding=finding,
            rating=self._choose(((5, 46), (4, 26), (3, 12), (2, 7), (1, 9))),
            moments=moments,
        )

    def _spread(self, choices):
        """As `_choose`, but evenly: what is rare is there every year."""
        return self._choose(choices, self._planned * GOLDEN_RATIO % 1)

    def _choose(self, choices, point=None):
        """One of `(…, weight)`; without the weight, and alone where nothing else is
        left."""
        point = self._random.random() if point is None else point
        point *= sum(choice[-1] for choice in choices)
        chosen = choices[-1]
        for choice in choices:
            point -= choice[-1]
            if point < 0:
                chosen = choice
                break
        *values, _weight = chosen
        return values[0] if len(values) == 1 else tuple(values)

    def _get_start(self, sale, reason):
        """Day of the request: changes of mind come soon, faults later."""
        longest = 110 if reason == "defective" else 18
        return sale.day + timedelta(days=4 + int(longest * self._random.random() ** 2))

    def _find(self, product, reason, is_planted):
        if is_planted:
            return PLANTED_FAULT
        if reason in FOUND:
            return FOUND[reason]
        found = self._choose(PRODUCTS[product].faults)
        return found if found[0] else ()

    def _get_resolution(self, product, reason):
        if reason in ("no_longer_wanted", "duplicate"):
            return "credit"
        if PRODUCTS[product].is_repaired and reason == "defective":
            return self._choose((("repair", 55), ("exchange", 20), ("credit", 25)))
        return self._choose((("credit", 60), ("exchange", 40)))

    # -- time --------------------------------------------------------------------------

    def _get_moments(self, start, decision):
        """{step: when}, as far as it has come until today."""
        # one in ten takes much longer than it should
        slowness = 3 if self._random.random() < 0.1 else 1
        moments, day = {}, start
        for step, (least, most, hour) in PACE.items():
            days = least + int((most - least + 1) * self._random.random())
            day = get_workday(day + timedelta(days=days * slowness))
            minutes = 15 * int(4 * self._random.random())
            if day >= self.today:
                break
            moments[step] = datetime.combine(day, time(hour, minutes))
            if step == "decided" and decision != "authorize":
                self._end(moments, decision)
                break
        return moments

    def _end(self, moments, decision):
        """Nothing comes: it was decided so, or the customer's time went by."""
        decided = moments["decided"]
        if decision == "solve":
            moments.update(settled=decided, closed=decided)
        expired = decided + timedelta(days=VALIDITY_DAYS + 1)
        if decision == "expire" and expired.date() < self.today:
            moments["expired"] = expired


def get_workday(day):
    """The day, or the Monday after it."""
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
