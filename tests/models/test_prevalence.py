from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.reading import OperatingPoint
from senoscope.models.prevalence import PrevalenceShift


def test_a_coin_s_toss_becomes_the_prior_odds() -> None:
    assert PrevalenceShift(0.5, 0.1).probability(0.5) == pytest.approx(0.1)
    assert PrevalenceShift(1 / 3, 0.1).probability(1 / 3) == pytest.approx(0.1)


def test_the_same_prevalence_changes_nothing_and_the_way_back_undoes() -> None:
    for given in (0.0, 0.2, 0.9, 1.0):
        assert PrevalenceShift(0.3, 0.3).probability(given) == pytest.approx(given)
        there = PrevalenceShift(0.3, 0.05).probability(given)
        assert PrevalenceShift(0.05, 0.3).probability(there) == pytest.approx(given)


def test_at_the_site_probabilities_are_frequencies_again() -> None:
    """A test with known likelihoods, its posterior under one prior, moved to another."""
    rng = np.random.default_rng(2)
    malignant = rng.random(200_000) < 0.1
    score = rng.normal(malignant * 1.5, 1.0)
    odds = 0.4 / 0.6 * np.exp(1.5 * score - 1.5**2 / 2)
    shift = PrevalenceShift(0.4, 0.1)
    moved = np.array([shift.probability(each) for each in (odds / (1 + odds)).tolist()])
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.0)):
        inside = (moved >= low) & (moved < high)
        assert moved[inside].mean() == pytest.approx(malignant[inside].mean(), abs=0.02)


def test_every_lesion_keeps_its_word() -> None:
    shift, point = PrevalenceShift(0.33, 0.08), OperatingPoint(0.2, 0.7)
    moved = shift.operating_point(point)
    for given in np.linspace(0, 1, 41):
        if given not in (0.2, 0.7):
            assert moved.suspicion(shift.probability(given)) is point.suspicion(given)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 33.0, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(SettingsError, match="between 0 and 1"):
        PrevalenceShift(0.3, share)
    with pytest.raises(SettingsError):
        PrevalenceShift(share, 0.3)
