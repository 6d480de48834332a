"""A probability becomes a word at the operating point."""

from __future__ import annotations

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.reading import OperatingPoint, Suspicion


def test_words_change_exactly_at_the_operating_point() -> None:
    point = OperatingPoint(0.2, 0.7)
    words = [point.suspicion(p) for p in (0.0, 0.1999, 0.2, 0.6999, 0.7, 1.0)]
    assert words == [
        Suspicion.LOW, Suspicion.LOW, Suspicion.UNCERTAIN,
        Suspicion.UNCERTAIN, Suspicion.HIGH, Suspicion.HIGH,
    ]  # fmt: skip


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.5, 0.5)])
def test_an_operating_point_may_touch_its_limits(low: float, high: float) -> None:
    assert OperatingPoint(low, high).suspicion(0.5) is (
        Suspicion.HIGH if low == high else Suspicion.UNCERTAIN
    )


@pytest.mark.parametrize(("low", "high"), [(-0.1, 0.5), (0.6, 0.5), (0.1, 1.1)])
def test_an_operating_point_out_of_order_is_refused(low: float, high: float) -> None:
    with pytest.raises(SettingsError, match="0 <= low_below <= high_from <= 1"):
        OperatingPoint(low, high)
