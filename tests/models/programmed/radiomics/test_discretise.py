import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.radiomics.discretise import FixedCount, FixedWidth


def test_bins_of_fixed_width_start_at_a_multiple_of_the_width():
    values = np.array([26.0, 49.9, 50.0, 74.0, 101.0])
    assert FixedWidth(25).levels(values).tolist() == [1, 1, 2, 2, 4]


def test_bins_of_fixed_width_hold_below_zero():
    assert FixedWidth(10).levels(np.array([-10.1, -10.0, -0.5, 0.0])).tolist() == [1, 2, 2, 3]


def test_a_fixed_count_of_bins_spans_minimum_to_maximum_and_holds_the_maximum():
    values = np.array([2.0, 3.9, 4.0, 9.9, 10.0])
    assert FixedCount(4).levels(values).tolist() == [1, 1, 2, 4, 4]


def test_equal_intensities_are_one_level():
    flat = np.full(3, 7.0)
    assert FixedCount(64).levels(flat).tolist() == [1, 1, 1]
    assert FixedWidth(25).levels(flat).tolist() == [1, 1, 1]


@pytest.mark.parametrize("width", [0.0, -1.0, float("nan"), float("inf")])
def test_a_width_that_is_not_positive_is_refused(width):
    with pytest.raises(SettingsError, match="bin width"):
        FixedWidth(width)


@pytest.mark.parametrize("count", [0, -3, 1025])
def test_a_count_out_of_range_is_refused(count):
    with pytest.raises(SettingsError, match="bin count"):
        FixedCount(count)


def test_bins_too_narrow_for_the_intensities_are_refused_with_their_number():
    with pytest.raises(SettingsError, match="make 1025 grey levels"):
        FixedWidth(1).levels(np.array([0.0, 1024.0]))
    assert FixedWidth(1).levels(np.array([0.0, 1023.0])).max() == 1024
