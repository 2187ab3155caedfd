# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from odoo.addons.rma_authorization import chance


@tagged("post_install", "-at_install")
class TestChance(BaseCase):
    """Probabilities are those of tables, with and without SciPy."""

    # P(X >= count), to ten digits, as tables of the distributions give them
    POISSON = [
        (0, 2.5, 1.0),
        (1, 2.5, 0.9179150014),
        (3, 2.5, 0.4561868842),
        (8, 2.5, 0.0042466955),
        (3, 0.01, 1.6542165281e-07),
        (850, 900.0, 0.9548527153),
        (1000, 900.0, 5.4990226577e-04),
        (2, 0.0, 0.0),
    ]
    BINOMIAL = [
        (0, 10, 0.3, 1.0),
        (2, 10, 0.3, 0.8506916541),
        (7, 10, 0.3, 0.0105920784),
        (10, 10, 0.5, 0.0009765625),
        (15, 60, 0.02, 7.4478687655e-13),
        (500, 50000, 0.008, 7.3117159259e-07),
        (3, 2, 0.5, 0.0),
        (2, 2, 1.0, 1.0),
        (1, 2, 0.0, 0.0),
    ]

    def _check(self, found, expected):
        self.assertLess(abs(found - expected), max(expected * 1e-8, 1e-12))

    def test_probabilities_are_those_of_tables(self):
        libraries = [("sums", None)]
        if chance.stats:
            libraries.append(("SciPy", chance.stats))
        for name, library in libraries:
            with patch.object(chance, "stats", library):
                for count, expected, probability in self.POISSON:
                    with self.subTest("Poisson", by=name, count=count, mean=expected):
                        found = chance.at_least_poisson(count, expected)
                        self._check(found, probability)
                for count, trials, share, probability in self.BINOMIAL:
                    with self.subTest("binomial", by=name, count=count, of=trials):
                        found = chance.at_least_binomial(count, trials, share)
                        self._check(found, probability)

    def test_two_rates_are_compared_by_the_share_of_the_exposure(self):
        # 9 of 15 in a tenth of the exposure: P(X >= 9), X ~ Bin(15, 0.1)
        self._check(chance.at_least_compared(9, 100, 6, 900), 2.8464824530e-06)
        self.assertEqual(chance.at_least_compared(9, 0, 6, 900), 1.0)
        # where there is nothing to compare with, nothing is unlikely
        self.assertEqual(chance.at_least_compared(9, 100, 0, 0), 1.0)
