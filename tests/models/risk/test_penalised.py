from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.risk.penalised import PenalisedFit, fit_penalised, log_loss, pooled


def test_a_table_of_two_by_two_gives_its_odds_ratio_and_the_error_of_woolf() -> None:
    # 30 of 100 with the factor have it, 10 of 100 without: log OR and 1/a + 1/b + 1/c + 1/d.
    exposed = np.repeat([1.0, 1.0, 0.0, 0.0], [30, 70, 10, 90])
    sick = np.repeat([True, False, True, False], [30, 70, 10, 90])
    design = np.column_stack([exposed, np.ones(200)])
    fit = fit_penalised(design, sick, np.zeros(2))
    assert fit.weights[0] == pytest.approx(np.log(30 * 90 / (70 * 10)), abs=1e-6)
    assert fit.weights[1] == pytest.approx(np.log(10 / 90), abs=1e-6)
    assert fit.standard_errors[0] == pytest.approx(np.sqrt(1 / 30 + 1 / 70 + 1 / 10 + 1 / 90))


def test_a_penalty_draws_weights_to_zero_but_not_the_intercept() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=400)
    sick = random.random(400) < 1 / (1 + np.exp(-(values - 2)))
    design = np.column_stack([values, np.ones(400)])
    free, held = (fit_penalised(design, sick, np.array([one, 0.0])) for one in (0.0, 1e4))
    assert abs(held.weights[0]) < 0.05 * abs(free.weights[0])
    assert held.weights[1] == pytest.approx(np.log(sick.mean() / (1 - sick.mean())), abs=0.05)
    assert held.standard_errors[0] < free.standard_errors[0]


@pytest.mark.parametrize("all_of", [True, False])
def test_one_outcome_alone_is_refused(all_of: bool) -> None:
    with pytest.raises(DataSetError, match="some of both"):
        fit_penalised(np.ones((5, 1)), np.full(5, all_of), np.zeros(1))


def test_classes_that_a_line_parts_are_refused_without_a_penalty_and_fitted_with_one() -> None:
    values = np.arange(20.0) / 10
    design = np.column_stack([values, np.ones(20)])
    with pytest.raises(DataSetError, match="without an error"):
        fit_penalised(design, values > 0.95, np.zeros(2))
    assert fit_penalised(design, values > 0.95, np.array([1.0, 0.0])).weights[0] > 0


def test_pooled_variance_is_that_within_and_between() -> None:
    fits = [PenalisedFit(np.array([one]), np.array([[0.5]])) for one in (1.0, 2.0, 3.0)]
    found = pooled(fits)
    assert found.weights[0] == pytest.approx(2)
    assert found.covariance[0, 0] == pytest.approx(0.5 + (1 + 1 / 3) * 1.0)
    assert pooled(fits[:1]).covariance[0, 0] == 0.5


def test_log_loss_of_even_odds_is_that_of_a_coin() -> None:
    assert log_loss(np.array([True, False]), np.zeros(2)) == pytest.approx(np.log(2))
