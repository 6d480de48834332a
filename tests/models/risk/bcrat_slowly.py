"""The tool once more, otherwise: R's rules as R writes them, and hazards integrated in small steps.

`None` is R's NA: a comparison with it is NA, and `which` does not count it.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from senoscope.models.risk.bcrat_constants import BcratConstants

STEPS_A_YEAR = 400


MENARCHE = (  # of menarche and start; the last that holds counts
    (0, lambda m, t: 14 <= m <= t or m == 99),
    (1, lambda m, t: 12 <= m < 14),
    (2, lambda m, t: 0 < m < 12),
    (None, lambda m, t: m > t and m != 99),
)
BIRTH = (  # of first birth, menarche and start
    (0, lambda f, m, t: f < 20 or f == 99),
    (1, lambda f, m, t: 20 <= f < 25),
    (2, lambda f, m, t: 25 <= f < 30 or f == 98),
    (3, lambda f, m, t: 30 <= f < 98),
    (None, lambda f, m, t: f < m and m != 99),
    (None, lambda f, m, t: t < f < 98),
)
RELATIVES = (
    (0, lambda n: n in (0, 99)),
    (1, lambda n: n == 1),
    (2, lambda n: 2 <= n < 99),
)
FACTORS = {0: 0.93, 1: 1.82, 99: 1.0}
HISPANIC_BIRTH = {0: 0, 1: 1, 2: 1, 3: 2}


def so(test, *values):
    return None not in values and bool(test(*values))


def last_that_holds(rules, *values):
    step = None
    for value, test in rules:
        step = value if so(test, *values) else step
    return step


def has_errors(race, start, end, biopsies, hyperplasia) -> bool:
    return (
        race not in range(1, 12)
        or not so(lambda t: 20 <= t < 90, start)
        or not so(lambda a, b: a < b <= 90, start, end)
        or biopsies is None
        or (biopsies in (0, 99) and so(lambda h: h != 99, hyperplasia))
        # Of other counts R says no error for another answer, and has no number.
        or (biopsies not in (0, 99) and hyperplasia not in FACTORS)
    )


def recoded(race, start, end, biopsies, hyperplasia, menarche, birth, relatives):
    """(biopsies, menarche, birth, relatives, hyperplasia factor), or None where R says error."""
    if has_errors(race, start, end, biopsies, hyperplasia):
        return None
    nb = {0: 0, 99: 0, 1: 1}.get(biopsies, 2)
    am = last_that_holds(MENARCHE, menarche, start)
    af = 0 if race == 2 else last_that_holds(BIRTH, birth, menarche, start)
    nr = last_that_holds(RELATIVES, relatives)
    if None in (am, af, nr):
        return None
    factor = FACTORS[hyperplasia] if nb else 1.0
    if race in (3, 5):
        nb = min(nb, 1)
        af = af if birth == 98 else HISPANIC_BIRTH[af]
    am = {2: min(am, 1), 3: 0}.get(race, am)
    return nb, am, af, nr if race in (1, 2, 4) else min(nr, 1), factor


def relative_risks(steps, constants: BcratConstants):
    nb, am, af, nr, factor = steps
    terms = np.array([nb, am, af, nr, 0, af * nr])
    below = factor * math.exp(terms @ constants.beta)
    terms[4] = nb
    return below, factor * math.exp(terms @ constants.beta)


def absolute(incidence, mortality, start, end, below, above):
    """Percent, by the trapezium rule within each whole year of age."""
    total, survival = 0.0, 1.0
    edges = sorted({start, end, *(age for age in range(20, 91) if start < age < end)})
    for first, last in pairwise(edges):
        age = (first + last) / 2
        band = int((age - 20) // 5)
        cancer = incidence[band] * (below if age < 50 else above)
        steps = np.linspace(0, last - first, STEPS_A_YEAR + 1)
        alive = survival * np.exp(-(cancer + mortality[band]) * steps)
        total += np.trapezoid(cancer * alive, steps)
        survival = alive[-1]
    return 100 * total
