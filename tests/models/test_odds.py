"""Probability to log odds and back."""

from __future__ import annotations

import math

import pytest

from senoscope.models.odds import logistic, logit


@pytest.mark.parametrize("probability", [0.001, 0.25, 0.5, 0.9, 0.9999])
def test_one_undoes_the_other(probability: float) -> None:
    assert logit(probability) == pytest.approx(math.log(probability / (1 - probability)))
    assert logistic(logit(probability)) == pytest.approx(probability)


def test_certainty_is_far_but_not_infinite() -> None:
    assert logit(1.0) == pytest.approx(-logit(0.0))
    assert 13 < logit(1.0) < 14


@pytest.mark.parametrize(("log_odds", "probability"), [(-1e4, 0.0), (1e4, 1.0)])
def test_extreme_log_odds_are_certainty_not_a_crash(log_odds: float, probability: float) -> None:
    assert logistic(log_odds) == probability
