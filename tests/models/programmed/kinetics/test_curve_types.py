"""Curve types, exact on synthetic curves, and the worst spot."""

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.kinetics.curve_types import (
    CurveThresholds,
    CurveType,
    angio_map,
    curve_types,
    type_shares,
    worst_curve,
)
from senoscope.models.programmed.kinetics.phase_choice import PhaseChoice

CHOICE = PhaseChoice(1, 1, 2, (0.0, 120.0, 420.0))


@pytest.mark.parametrize(
    ("base", "early", "late", "expected"),
    [
        (100, 200, 221, CurveType.PERSISTENT),
        (100, 200, 220, CurveType.PLATEAU),
        (100, 200, 200, CurveType.PLATEAU),
        (100, 200, 180, CurveType.PLATEAU),
        (100, 200, 179, CurveType.WASHOUT),
        (100, 150, 166, CurveType.PERSISTENT),
        (100, 149, 300, 0),
        (100, 90, 300, 0),
        (0, 0, 0, 0),
        (0, 50, 10, 0),
        (-5, 50, 10, 0),
    ],
)
def test_types_at_and_beside_the_thresholds(base, early, late, expected):
    given = (np.array([[each]], np.int16) for each in (base, early, late))
    assert curve_types(*given) == [[expected]]


def test_every_whole_number_is_typed_as_the_rule_says():
    early, late = np.meshgrid(np.arange(101, 400), np.arange(1, 600), indexing="ij")
    types = curve_types(np.full(early.shape, 100), early, late)
    expected = np.where(10 * late > 11 * early, 1, np.where(10 * late < 9 * early, 3, 2))
    assert np.array_equal(types, np.where(early >= 150, expected, 0))


def test_thresholds_are_settable_and_checked():
    base, early, late = (np.array([each]) for each in (100, 130, 140))
    assert curve_types(base, early, late) == [0]
    assert curve_types(base, early, late, CurveThresholds(30, 5)) == [1]
    for bad in ((0, 10), (float("nan"), 10), (50, -1), (50, 100)):
        with pytest.raises(SettingsError, match="expected above 0, and 0 to 100"):
            CurveThresholds(*bad)


def test_shares_are_of_what_enhances():
    assert type_shares(np.array([0, 1, 1, 2, 3, 0], np.uint8)) == (0.5, 0.25, 0.25)
    assert type_shares(np.zeros(4, np.uint8)) == (0, 0, 0)


def lesion():
    """A plateau everywhere, 12 x 12 x 12 voxels."""
    curves = np.empty((3, 12, 12, 12), np.float32)
    curves[0], curves[1], curves[2] = 100, 200, 200
    mask = np.zeros((12, 12, 12), bool)
    mask[2:10, 2:10, 2:10] = True
    return curves, mask


def test_one_voxel_of_washout_is_not_the_worst_curve_but_a_spot_is():
    curves, mask = lesion()
    curves[2, 5, 5, 5] = 120
    found = worst_curve(curves, mask, CHOICE)
    assert found.kind is CurveType.PLATEAU
    curves[2, 5, 4:7, 4:7] = 150
    found = worst_curve(tuple(curves), mask, CHOICE)
    assert found.kind is CurveType.WASHOUT and found.at == (5, 5, 5)
    assert found.signals.tolist() == [100, 200, 150]


def test_the_worst_spot_lies_within_the_region_and_enhances():
    curves, mask = lesion()
    curves[2, 0:2] = 100
    curves[:, 4, 3:6, 3:6] = np.array([100, 120, 60]).reshape(3, 1, 1)
    found = worst_curve(curves, mask, CHOICE)
    # Spots that overlap the patch which does not enhance have a mean that does.
    z, y, x = found.at
    assert mask[z, y - 1 : y + 2, x - 1 : x + 2].all()
    assert curve_types(*found.signals[:, None]) == [found.kind]
    assert worst_curve(curves * 0 + 100, mask, CHOICE) is None
    assert worst_curve(curves, mask & False, CHOICE) is None
    assert worst_curve(curves, mask, PhaseChoice(1, 1, None, None)) is None


def test_a_region_too_thin_for_a_spot_is_taken_whole():
    curves, mask = lesion()
    thin = np.zeros_like(mask)
    thin[3, 4, 2:10] = True
    curves[2, 3, 4] = 150
    found = worst_curve(curves, thin, CHOICE)
    assert found.kind is CurveType.WASHOUT and found.at is None
    assert found.signals.tolist() == [100, 200, 150]


def test_the_map_has_a_colour_for_each_type_and_is_brighter_where_more_enhances():
    base = np.full(5, 100.0)
    early = np.array([150.0, 300, 225, 300, 120])
    late = np.array([300.0, 300, 100, 500, 120])
    drawn = angio_map(base, early, late, floor=1.0)
    assert drawn.dtype == np.uint8
    assert drawn.tolist() == [[0, 0, 64], [0, 255, 0], [160, 0, 0], [0, 0, 255], [0, 0, 0]]
    slid = angio_map(base, early, late, CurveThresholds(150), floor=1.0)
    assert slid.any(axis=1).tolist() == [False, True, False, True, False]


def test_air_is_black_whatever_its_noise_does():
    base = np.array([400.0] * 30 + [2.0] * 10)
    drawn = angio_map(base, 3 * base, base)
    assert (drawn[:30] == [255, 0, 0]).all() and not drawn[30:].any()
    assert angio_map(base, 3 * base, base, floor=1.0).any(axis=1).all()
