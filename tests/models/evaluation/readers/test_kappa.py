"""Published tables, the house's own kappa, and a count by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.models.evaluation.agreement import cohen_kappa
from senoscope.models.evaluation.readers.kappa import fleiss_kappa, kappa_of_two
from senoscope.models.evaluation.readers.patient_resamples import patient_weights

FLEISS = (
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
)  # fmt: skip
"""Ten subjects, fourteen raters, five categories: kappa 0.210."""


def test_fleiss_kappa_is_that_of_the_well_known_table() -> None:
    said = np.array([np.repeat(np.arange(5), row) for row in FLEISS]).T
    found, agreeing = fleiss_kappa(said, 5, np.arange(10), patient_weights(10, 200))
    assert found.value == pytest.approx(0.210, abs=5e-4)
    assert agreeing == pytest.approx(0.378, abs=5e-4)
    assert found.ci[0] < found.value < found.ci[1]
    assert found.n == 10


def test_cohens_kappa_is_the_houses() -> None:
    random = np.random.default_rng(2)
    one, other = random.integers(0, 3, (2, 60))
    other = np.where(random.random(60) < 0.5, one, other)
    found, agreeing = kappa_of_two(one, other, 3, np.arange(60), patient_weights(60, 300), False)
    assert found.value == pytest.approx(cohen_kappa(np.eye(3, dtype=bool)[one], other))
    assert agreeing == (one == other).mean()


def test_weighted_kappa_punishes_by_the_square_of_the_gap() -> None:
    one, other = np.array([0, 1, 2, 2]), np.array([0, 2, 2, 0])
    found, _ = kappa_of_two(one, other, 3, np.arange(4), patient_weights(4, 20), True)
    # Observed (0 + 1 + 0 + 4) / 4; expected over all 16 pairs of one with other.
    expected = np.mean([(a - b) ** 2 for a in one for b in other])
    assert found.value == pytest.approx(1 - 5 / 4 / expected)


def test_patients_with_two_like_cases_widen_the_interval() -> None:
    random = np.random.default_rng(4)
    one = np.repeat(random.integers(0, 2, 60), 2)
    other = np.repeat(random.integers(0, 2, 60), 2)
    loose, _ = kappa_of_two(one, other, 2, np.arange(120), patient_weights(120), False)
    tied, _ = kappa_of_two(one, other, 2, np.repeat(np.arange(60), 2), patient_weights(60), False)
    assert tied.ci[1] - tied.ci[0] > 1.2 * (loose.ci[1] - loose.ci[0])


def test_who_never_differs_has_no_kappa() -> None:
    same = np.zeros(5, dtype=np.int64)
    found, agreeing = kappa_of_two(same, same, 2, np.arange(5), patient_weights(5, 20), False)
    assert math.isnan(found.value)
    assert agreeing == 1
