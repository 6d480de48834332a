from __future__ import annotations

import pytest

from senoscope.calibration.outline_error import OutlineError, network_error
from senoscope.domain.errors import SettingsError

SIZE = (1024, 768)


def test_the_less_sure_a_lesion_the_further_its_outline_may_be_off() -> None:
    sure, less, least = (network_error(presence, SIZE, 192) for presence in (0.97, 0.955, 0.9))
    assert sure.axes < less.axes < least.axes
    assert sure.area < less.area < least.area
    assert sure.place < less.place < least.place


@pytest.mark.parametrize(("presence", "as_sure_as"), [(0.0, 0.5), (0.95, 0.955), (0.965, 1.0)])
def test_a_presence_at_a_limit_is_one_of_the_surer(presence: float, as_sure_as: float) -> None:
    assert network_error(presence, SIZE, 192) == network_error(as_sure_as, SIZE, 192)


def test_an_edge_may_lie_half_a_pixel_of_the_networks_grid_off() -> None:
    assert network_error(0.97, (384, 300), 192).step_px == 2
    assert network_error(0.97, (300, 384), 192).step_px == 2


@pytest.mark.parametrize("presence", [-0.1, float("nan")])
def test_what_is_no_presence_is_refused(presence: float) -> None:
    with pytest.raises(SettingsError, match="expected 0 to 1"):
        network_error(presence, SIZE, 192)


@pytest.mark.parametrize("given", [(-0.1, 0, 0, 1), (0, 0, float("nan"), 1), (0, 0, 0, 0)])
def test_an_error_is_not_below_nothing(given: tuple[float, float, float, float]) -> None:
    with pytest.raises(SettingsError, match="expected nothing below 0"):
        OutlineError(*given)
