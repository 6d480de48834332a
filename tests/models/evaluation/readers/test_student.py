"""Quantiles of printed tables, and forms that need no table."""

from __future__ import annotations

import math

import pytest

from senoscope.models.evaluation.readers.student import incomplete_beta, t_quantile, t_tail


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062047), (2, 4.3026527), (5, 2.5705818), (10, 2.2281389), (30, 2.0422725),
     (120, 1.9799304), (math.inf, 1.9599640)],
)  # fmt: skip
def test_quantiles_are_those_of_the_table(freedom: float, quantile: float) -> None:
    assert t_quantile(0.05, freedom) == pytest.approx(quantile, abs=1e-6)


@pytest.mark.parametrize("t", [-3.0, 0.0, 0.4, 2.0, 50.0])
def test_one_and_two_degrees_have_a_tail_in_closed_form(t: float) -> None:
    assert t_tail(t, 1) == pytest.approx(1 - 2 * math.atan(abs(t)) / math.pi, abs=1e-12)
    assert t_tail(t, 2) == pytest.approx(1 - abs(t) / math.sqrt(2 + t * t), abs=1e-12)


def test_a_fraction_of_a_degree_lies_between_its_neighbours() -> None:
    assert t_quantile(0.05, 10) > t_quantile(0.05, 10.5) > t_quantile(0.05, 11)


def test_the_incomplete_beta_function_has_its_known_values() -> None:
    assert incomplete_beta(1, 1, 0.3) == pytest.approx(0.3)
    assert incomplete_beta(2, 3, 0.4) == pytest.approx(0.5248)
    assert incomplete_beta(2, 3, 0.9) + incomplete_beta(3, 2, 0.1) == pytest.approx(1)
    assert incomplete_beta(2, 3, 0) == 0
    assert incomplete_beta(2, 3, 1) == 1
