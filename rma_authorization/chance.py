# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How likely chance alone makes so many of something: exact tests, no approximation.

The probabilities are those of "as many or more". SciPy has them, and is used where it
is installed; Odoo doesn't need it, so without it they are added up here, term by term.
"""

import math

try:
    from scipy import stats
except ImportError:
    stats = None

# Terms smaller than this share of the sum don't change it any more.
_PRECISION = 1e-17


def at_least_poisson(count, expected):
    """Return the probability of `count` or more where `expected` are to be expected.

    :param int count: what was observed
    :param float expected: mean of the Poisson distribution
    """
    if count <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    if stats:
        return float(stats.poisson.sf(count - 1, expected))
    if count <= expected:
        # the other tail is the shorter one
        return 1.0 - _sum_down(
            _poisson_term(count - 1, expected), count - 1, lambda k: k / expected
        )
    return _sum_up(_poisson_term(count, expected), count, lambda k: expected / (k + 1))


def at_least_binomial(count, trials, share):
    """Return the probability of `count` or more among `trials`, each with `share`.

    :param int count: what was observed
    :param int trials: of how many
    :param float share: probability of each, 0 to 1
    """
    if count <= 0 or share >= 1:
        return 1.0
    if count > trials or share <= 0:
        return 0.0
    if stats:
        return float(stats.binom.sf(count - 1, trials, share))
    odds = share / (1 - share)
    if count <= trials * share:
        return 1.0 - _sum_down(
            _binomial_term(count - 1, trials, share),
            count - 1,
            lambda k: k / (trials - k + 1) / odds,
        )
    return _sum_up(
        _binomial_term(count, trials, share),
        count,
        lambda k: (trials - k) / (k + 1) * odds,
    )


def at_least_compared(count, exposure, other_count, other_exposure):
    """Return how likely `count` or more is if both groups have the same rate.

    Given how many there are in both together, the share of one group follows its
    share of the exposure: the conditional test of two Poisson rates (Przyborowski and
    Wilenski, 1940). The rate itself needs no estimate.

    :param int count: observed in the group in question
    :param float exposure: of that group, for example units in use times days
    :param int other_count: observed in the group that it is compared with
    :param float other_exposure: of the group that it is compared with
    """
    if exposure <= 0:
        return 1.0
    share = exposure / (exposure + other_exposure)
    return at_least_binomial(count, count + other_count, share)


def _poisson_term(count, expected):
    return math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))


def _binomial_term(count, trials, share):
    ways = (
        math.lgamma(trials + 1)
        - math.lgamma(count + 1)
        - math.lgamma(trials - count + 1)
    )
    return math.exp(
        ways + count * math.log(share) + (trials - count) * math.log1p(-share)
    )


def _sum_up(term, count, ratio):
    """Add up the terms from that of `count` on; each is the last one times `ratio`."""
    total = 0.0
    while term > total * _PRECISION:
        total += term
        term *= ratio(count)
        count += 1
    return min(total, 1.0)


def _sum_down(term, count, ratio):
    """Add up the terms from that of `count` down to that of 0."""
    total = 0.0
    while count >= 0 and term > total * _PRECISION:
        total += term
        term *= ratio(count)
        count -= 1
    return min(total, 1.0)
