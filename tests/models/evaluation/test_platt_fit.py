"""A probability and two limits of words, from logits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.platt_fit import PlattFit, operating_point, platt_fit
from senoscope.models.odds import logistic
from tests.models import scripted


def test_the_operating_point_keeps_its_shares() -> None:
    rng = np.random.default_rng(1)
    malignant = np.arange(2000) < 1000
    probability = np.where(malignant, rng.beta(5, 2, 2000), rng.beta(2, 5, 2000))
    low, high = operating_point(probability, malignant)
    assert low < high
    assert (probability[malignant] >= low).mean() == pytest.approx(0.95, abs=0.002)
    assert (probability[~malignant] < high).mean() == pytest.approx(0.90, abs=0.002)


def test_an_operating_point_of_classes_far_apart_is_in_order_too() -> None:
    malignant = np.arange(100) < 50
    low, high = operating_point(np.where(malignant, 0.9, 0.1), malignant)
    assert 0 <= low <= high <= 1


def test_a_lesion_that_a_limit_was_set_to_keep_is_kept() -> None:
    # 21 malignant ones: the limit is the second lowest's own probability.
    logits = np.concatenate([np.linspace(-3, 3, 21), np.linspace(-5, 2, 40)])
    malignant = np.arange(61) < 21
    fit = platt_fit(logits, malignant)
    kept = [logistic(fit.slope * each + fit.intercept) >= fit.low_below for each in logits[:21]]
    assert kept == [False] + [True] * 20


def test_the_fit_finds_the_slope_shift_and_share_that_were_put_in() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(-1, 1.5, 6000)
    malignant = rng.random(6000) < 1 / (1 + np.exp(-truth))
    fit = platt_fit((truth + 1) / 2, malignant)
    assert (fit.slope, fit.intercept) == pytest.approx((2, -1), abs=0.12)
    assert fit.prevalence == malignant.mean()
    assert fit.probability((truth + 1) / 2).mean() == pytest.approx(malignant.mean(), abs=0.001)


def test_a_probability_of_any_logit_is_one() -> None:
    fit = PlattFit(2.0, 0.0, 0.3, 0.1, 0.5)
    assert fit.probability(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]


def test_a_card_s_settings_make_the_same_fit_again() -> None:
    package = scripted.package()
    fit = PlattFit.of(package)
    assert fit == PlattFit(2.0, -1.0, 0.3, 0.2, 0.7)
    assert fit.settings.items() <= dict(package.settings).items()


@pytest.mark.parametrize(
    "numbers",
    [
        (math.nan, 0.0, 0.3, 0.1, 0.5),
        (1.0, math.inf, 0.3, 0.1, 0.5),
        (1.0, 0.0, 0.0, 0.1, 0.5),
        (1.0, 0.0, 1.0, 0.1, 0.5),
        (1.0, 0.0, 0.3, 0.6, 0.5),
        (1.0, 0.0, 0.3, -0.1, 0.5),
        (1.0, 0.0, 0.3, math.nan, 0.5),
    ],
)
def test_numbers_that_make_no_probability_are_refused(numbers: tuple[float, ...]) -> None:
    with pytest.raises(SettingsError, match="Fit again"):
        PlattFit(*numbers)
