# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A random walk, short by default. `setup/test --walk MINUTES` walks on."""

import os
import random
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import tagged

from .walk.machine import Record
from .walk.reduction import Reduction, describe
from .walk.shop_walk import ShopWalk
from .walk.supplier_rules import ANSWERS
from .walk.world import WalkCommon

set_hypothesis_home_dir(".local/cache/hypothesis")

SETTINGS = settings(
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # what fails is made shorter by `Reduction`: its steps are slow, so that there is
    # no time for as many attempts as hypothesis makes
    phases=[Phase.generate],
    report_multiple_bugs=False,
    max_examples=10,
    stateful_step_count=40,
    print_blob=False,
)
# How goods of some customers go, see `world.CASES`; what is put to stock was theirs.
WAYS = {
    0: ["regrade", "harvest", "repair"],
    1: ["regrade", "harvest", "restock"],
    3: ["scrap", "repair"],
}
# Making a sequence that fails shorter ends after so many seconds.
SHRINKING = 90


@tagged("post_install", "-at_install")
class TestWalk(WalkCommon):
    """The invariants of returns hold after every step of every walk."""

    def _walk(self, record, number):
        """Take some walks.

        :return: {kind of failure: the shortest walk found that fails so}
        """

        def start():
            return ShopWalk(self, record)

        seed(number)(start)
        try:
            run_state_machine_as_test(start, settings=SETTINGS)
        except Exception as error:
            reduction = Reduction(self, SHRINKING)
            calls, failure = reduction.reduce(record.failed)
            failure = failure or error
            return {reduction.classify(failure): describe(calls, failure)}
        return {}

    def test_invariants_hold_for_every_disposition(self):
        """A walk that isn't random: goods of each kind go each way, and back again as
        far as there is a way back."""
        walk = ShopWalk(self)
        try:
            for customer, dispositions in WAYS.items():
                walk.visit(customer=customer)
                for disposition in dispositions:
                    self._take_way(walk, customer, disposition)
            closed = len(walk.options("closed"))
            for number in range(len(walk.options("restocked"))):
                walk.return_restocked(pick=number, share=0)
        finally:
            walk.teardown()
        self.assertEqual(walk.record.refused, {})
        self.assertEqual(closed, sum(map(len, WAYS.values())))

    def test_invariants_hold_for_every_answer(self):
        """A walk that isn't random, either: goods of each kind go back to who supplied
        them, who answers in each way."""
        walk = ShopWalk(self)
        try:
            for number, answer in enumerate(ANSWERS):
                walk.return_purchase(
                    pick=number,
                    share=1,
                    resolution="credit",
                    kept=False,
                    authorized=False,
                )
                walk.go_on_claim(pick=0, times=4, answer=answer)
            closed = len(walk.options("closed_claims"))
        finally:
            walk.teardown()
        self.assertEqual(walk.record.refused, {})
        self.assertEqual(closed, len(ANSWERS))

    def _take_way(self, walk, customer, disposition):
        """One unit comes back and goes this way, in as many steps as it takes."""
        is_property = disposition == "restock"
        own = [
            number
            for number, line in enumerate(walk.options("returnable"))
            if line.order_partner_id == self.customers[customer]
        ]
        walk.request(
            pick=own[0],
            share=1,
            beyond=0,
            resolution="repair" if is_property else "none",
            disposition=False,
            advance=False,
            inspected=True,
            named=True,
            other_unit=False,
            authorized=True,
        )
        new = walk.options("ongoing")[-1]
        goods = {"disposition": disposition, "consent": True}
        walk.go_on(pick=walk.options("ongoing").index(new), times=1, **goods)
        walk.rethink(
            pick=list(walk.options("lines")).index(new.line_ids),
            resolution="none",
            disposition=False,
            advance=False,
        )
        for _step in range(3):
            if new in walk.options("ongoing"):
                walk.go_on(pick=walk.options("ongoing").index(new), times=2, **goods)

    def test_invariants_hold_on_a_random_walk(self):
        record, minutes = Record(), float(os.environ.get("WALK_MINUTES", 0))
        number = int(os.environ.get("WALK_SEED", 0 if not minutes else time.time()))
        start = time.monotonic()
        failures = {}
        while True:
            for kind, found in self._walk(record, number).items():
                if kind not in failures:
                    failures[kind] = f"WALK_SEED={number}: {found}"
                    sys.stderr.write(f"\n{failures[kind]}\n")
            if time.monotonic() - start >= minutes * 60:
                break
            number = random.SystemRandom().randrange(10**9)
        seconds = time.monotonic() - start
        sys.stderr.write(f"\n{record.describe()} in {seconds:.0f} s\n")
        if failures:
            self.fail("\n\n".join(failures.values()))
