from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.risk.incomplete import Moments, imputed

COVARIANCE = np.array([[1.0, 0.6, 0.0], [0.6, 2.0, -0.5], [0.0, -0.5, 1.5]])
MEAN = np.array([1.0, -2.0, 0.5])


def table_with_gaps(n: int = 6000) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    whole = random.multivariate_normal(MEAN, COVARIANCE, n)
    table = whole.copy()
    # The second is missing where the first is large: a plain mean would be biased.
    table[(whole[:, 0] > 1) & (random.random(n) < 0.8), 1] = np.nan
    table[random.random(n) < 0.3, 2] = np.nan
    return whole, table


def test_moments_are_found_although_gaps_hang_on_what_is_known() -> None:
    _, table = table_with_gaps()
    found = Moments.of(table)
    assert np.abs(found.mean - MEAN).max() < 0.08
    assert np.abs(found.covariance - COVARIANCE).max() < 0.15
    assert abs(np.nanmean(table[:, 1]) - MEAN[1]) > 0.15


def test_a_whole_table_gives_its_own_moments() -> None:
    whole, _ = table_with_gaps(50)
    found = Moments.of(whole)
    assert found.covariance == pytest.approx(np.cov(whole, rowvar=False, bias=True))


def test_what_is_expected_is_the_regression_on_what_is_known() -> None:
    filled, spread = Moments(MEAN, COVARIANCE).given(np.array([[2.0, np.nan, 0.5]]))
    known = COVARIANCE[np.ix_([0, 2], [0, 2])]
    across = COVARIANCE[1, [0, 2]]
    slope = across @ np.linalg.inv(known)
    assert filled[0] == pytest.approx([2.0, MEAN[1] + slope[0] * 1.0, 0.5], abs=1e-4)
    assert spread[0, 1, 1] == pytest.approx(2.0 - slope @ across, abs=1e-4)
    assert np.count_nonzero(np.abs(spread[0]) > 1e-9) == 1


def test_drawn_values_have_the_spread_of_those_that_are_missing() -> None:
    whole, table = table_with_gaps()
    gaps = np.isnan(table[:, 1])
    first, second = imputed(table, range(len(table)), 2, np.random.default_rng(1))
    assert first[gaps, 1].std() == pytest.approx(whole[gaps, 1].std(), rel=0.1)
    assert first[gaps, 1].mean() == pytest.approx(whole[gaps, 1].mean(), abs=0.12)
    assert (first[gaps, 1] != second[gaps, 1]).all()
    known = ~np.isnan(table)
    assert (first[known] == table[known]).all()


def test_a_whole_table_is_not_drawn_again() -> None:
    whole, _ = table_with_gaps(30)
    assert len(imputed(whole, range(30), 5, np.random.default_rng(0))) == 1


def test_a_column_of_nothing_is_refused() -> None:
    with pytest.raises(DataSetError, match="1 of 2 columns"):
        Moments.of(np.array([[1.0, np.nan], [2.0, np.nan]]))
