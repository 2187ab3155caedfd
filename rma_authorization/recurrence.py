# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What came back more often than chance makes it: counting and asking, no database."""

import collections
from datetime import timedelta

from .chance import at_least_compared, at_least_poisson

# Days for which a sold unit counts as in use, and those that recent days are compared
# with.
LIFE_DAYS = 730
BASE_DAYS = 365
# The watch looks once a week; more often, chance would have more chances.
LOOKS_A_YEAR = 52

Shipment = collections.namedtuple("Shipment", "product lot vendor date qty")
Finding = collections.namedtuple("Finding", "id product fault lot vendor date qty")
# What came back too often: `key` is a product and the fault, lot or vendor that the
# kind looks at; `count` units where `expected` were to be expected, which chance alone
# makes with `probability`; `findings` are the ids of those counted.
Alarm = collections.namedtuple("Alarm", "kind key count expected probability findings")


def get_days_in_use(sold, start, end):
    """Return the days between start and end on which what was sold that day was in
    use."""
    gone = sold + timedelta(days=LIFE_DAYS)
    return max((min(gone, end) - max(sold, start)).days, 0)


class Tally:
    """The counts of one company on one day, by question; arithmetic only."""

    KINDS = ("rise", "fault", "lot", "vendor", "level")

    def __init__(self, company, today, shipments, findings, compared):
        self.minimum = max(company.rma_sentinel_minimum, 1)
        self.recent = today - timedelta(days=company.rma_sentinel_days)
        self.base = self.recent - timedelta(days=BASE_DAYS)
        self.today = today
        self.accepted = company.rma_sentinel_rate / 100.0 / 365.0
        self.limit = company.rma_sentinel_alarms / LOOKS_A_YEAR / len(self.KINDS)
        self.compared = compared
        # unit-days in use: of the recent days, of the year before, of both by group
        self.in_use = collections.Counter()
        self.in_use_before = collections.Counter()
        self.in_use_lot = collections.Counter()
        self.in_use_vendor = collections.Counter()
        # those of all groups of a product together
        self.in_use_lots = collections.Counter()
        self.in_use_vendors = collections.Counter()
        for shipment in shipments:
            self._add_shipment(shipment)
        # Older ones are no question, and goods that were never sold neither.
        self.findings = collections.defaultdict(dict)
        self._products = {}
        for finding in findings:
            if finding.date >= self.base and finding.product in self.in_use:
                self.findings[finding.product][finding.id] = finding
                self._products[finding.id] = finding.product
        self.faults = {finding.fault for finding in findings if finding.fault}
        # alarms of the products that nothing was forgotten of since they were asked for
        self._alarms = {}

    def _add_shipment(self, shipment):
        product = shipment.product
        before = get_days_in_use(shipment.date, self.base, self.recent) * shipment.qty
        recent = get_days_in_use(shipment.date, self.recent, self.today) * shipment.qty
        self.in_use[product] += recent
        self.in_use_before[product] += before
        if shipment.lot and product in self.compared:
            self.in_use_lot[product, shipment.lot] += before + recent
            self.in_use_lots[product] += before + recent
        if shipment.vendor:
            self.in_use_vendor[product, shipment.vendor] += before + recent
            self.in_use_vendors[product] += before + recent

    def forget(self, ids):
        """These are explained now."""
        for finding_id in ids:
            product = self._products.pop(finding_id, None)
            if product is not None:
                del self.findings[product][finding_id]
                self._alarms.pop(product, None)

    def get_alarms(self):
        """Return every Alarm that the findings give that aren't explained."""
        # No question is about two products, so most answers still hold.
        for product in self.findings:
            if product not in self._alarms:
                self._alarms[product] = list(self._ask(product))
        return [
            alarm
            for kind in self.KINDS
            for alarms in self._alarms.values()
            for alarm in alarms
            if alarm.kind == kind
        ]

    def _ask(self, product):
        findings = list(self.findings[product].values())
        if self._count(findings) < self.minimum:
            return
        for kind in self.KINDS:
            for alarm in getattr(self, f"_ask_{kind}")(findings):
                if alarm.count >= self.minimum:
                    yield alarm

    def _group(self, findings, key):
        """{key: findings} of those for which `key` gives one."""
        groups = collections.defaultdict(list)
        for finding in findings:
            if (found := key(finding)) is not None:
                groups[found].append(finding)
        return groups

    def _count(self, findings):
        return round(sum(finding.qty for finding in findings))

    def _ask_rise(self, findings):
        groups = self._group(findings, lambda finding: (finding.product, None))
        return self._compare_times("rise", groups, len(self.in_use))

    def _ask_fault(self, findings):
        groups = self._group(
            findings,
            lambda finding: (finding.product, finding.fault) if finding.fault else None,
        )
        return self._compare_times("fault", groups, len(self.in_use) * len(self.faults))

    def _compare_times(self, kind, groups, questions):
        """Compare the recent days with the year before, for each group."""
        for key, findings in groups.items():
            recent = [f for f in findings if f.date >= self.recent]
            count, before = self._count(recent), self._count(findings)
            before -= count
            days, days_before = self.in_use[key[0]], self.in_use_before[key[0]]
            probability = at_least_compared(count, days, before, days_before)
            expected = before * days / days_before if days_before else 0.0
            if probability < self.limit / questions:
                yield self._make(kind, key, recent, expected, probability)

    def _ask_lot(self, findings):
        groups = self._group(
            findings,
            lambda finding: (
                (finding.product, finding.lot)
                if (finding.product, finding.lot) in self.in_use_lot
                else None
            ),
        )
        return self._compare_groups("lot", groups, self.in_use_lot, self.in_use_lots)

    def _ask_vendor(self, findings):
        groups = self._group(
            findings,
            lambda finding: (
                (finding.product, finding.vendor)
                if (finding.product, finding.vendor) in self.in_use_vendor
                else None
            ),
        )
        return self._compare_groups(
            "vendor", groups, self.in_use_vendor, self.in_use_vendors
        )

    def _compare_groups(self, kind, groups, in_use, in_use_together):
        """Compare each group with the others of its product."""
        together = sum(self._count(findings) for findings in groups.values())
        for key, findings in groups.items():
            count = self._count(findings)
            others = together - count
            days_others = in_use_together[key[0]] - in_use[key]
            if days_others <= 0:
                continue
            probability = at_least_compared(count, in_use[key], others, days_others)
            if probability < self.limit / len(in_use):
                expected = others * in_use[key] / days_others
                yield self._make(kind, key, findings, expected, probability)

    def _ask_level(self, findings):
        if not self.accepted:
            return
        for key, found in self._group(
            findings, lambda finding: (finding.product, None)
        ).items():
            recent = [f for f in found if f.date >= self.recent]
            expected = self.in_use[key[0]] * self.accepted
            probability = at_least_poisson(self._count(recent), expected)
            if probability < self.limit / len(self.in_use):
                yield self._make("level", key, recent, expected, probability)

    def _make(self, kind, key, findings, expected, probability):
        return Alarm(
            kind,
            key,
            self._count(findings),
            expected,
            probability,
            [finding.id for finding in findings],
        )


class Weeks:
    """Half a year of one product by week: counted, and to be expected.

    Expected is the rate of what the group is compared with (the year before; the other
    lots or suppliers; the accepted rate) times the days for which its own units were in
    use that week.
    """

    COUNT = 26

    def __init__(self, company, today, shipments, findings, is_mine, *, accepted):
        # the last week ends with this day
        self.days = [
            today - timedelta(days=7 * number - 1)
            for number in range(self.COUNT, 0, -1)
        ]
        mine = [row for row in shipments if is_mine is None or is_mine(row)]
        found = [row for row in findings if is_mine is None or is_mine(row)]
        self.counted = [
            round(sum(row.qty for row in found if self._is_in(row.date, day)))
            for day in self.days
        ]
        if accepted:
            rate = company.rma_sentinel_rate / 100.0 / 365.0
        elif is_mine is None:
            end = today - timedelta(days=company.rma_sentinel_days)
            rate = self._get_rate(shipments, findings, end)
        else:
            others = [row for row in shipments if not is_mine(row)]
            theirs = [row for row in findings if not is_mine(row)]
            rate = self._get_rate(others, theirs, today)
        self.expected = [
            rate * self._get_in_use(mine, day, day + timedelta(days=7))
            for day in self.days
        ]

    @staticmethod
    def _is_in(date, day):
        return day <= date < day + timedelta(days=7)

    @staticmethod
    def _get_in_use(shipments, start, end):
        return sum(row.qty * get_days_in_use(row.date, start, end) for row in shipments)

    def _get_rate(self, shipments, findings, end):
        """Units found in the year before that day, for each day that one was in use."""
        start = end - timedelta(days=BASE_DAYS)
        in_use = self._get_in_use(shipments, start, end)
        count = sum(row.qty for row in findings if start <= row.date < end)
        return count / in_use if in_use else 0.0
