"""Simulated tomosynthesis of a whole breast."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast
from senoscope.calibration.phantoms.breast.growths import SMOOTH_MASS
from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.calibration.phantoms.breast.tomosynthesis import SimulatedTomosynthesis
from senoscope.domain.mammogram import Laterality

SMALL = 32
"""A seed whose breast is small."""
Pair = tuple[SimulatedTomosynthesis, SimulatedMammogram]


@pytest.fixture(scope="module")
def anatomy() -> BreastAnatomy:
    return BreastAnatomy.drawn(SMALL, Laterality.LEFT, "B", (SMOOTH_MASS, "calcifications"))


@pytest.fixture(scope="module")
def pair(anatomy: BreastAnatomy) -> Pair:
    breast = CompressedBreast.of(anatomy, "MLO")
    return (
        SimulatedTomosynthesis.of_compressed(anatomy, breast),
        SimulatedMammogram.of_compressed(anatomy, breast),
    )


def test_slices_lie_on_the_mammogram_where_they_say(pair: Pair) -> None:
    volume, mammogram = pair
    x, y = volume.corner_px
    count, rows, columns = volume.slices.shape
    assert count == len(volume.heights_mm) == round(volume.thickness_mm)
    assert volume.slices.dtype == np.uint16
    assert volume.slices.max() < 4096
    shown = mammogram.breast[y : y + rows, x : x + columns]
    assert np.array_equal(volume.breast, shown)
    assert shown.sum() == mammogram.breast.sum()
    assert ((volume.slices > 0) == volume.breast).all()
    assert (volume.nipple[0] + x, volume.nipple[1] + y) == pytest.approx(mammogram.nipple)
    for deep, flat in zip(volume.marks, mammogram.marks, strict=True):
        assert (deep.centre[0] + x, deep.centre[1] + y) == pytest.approx(flat.centre)
        assert (deep.kind, deep.radius_px) == (flat.kind, flat.radius_px)
        assert deep.is_malignant == (deep.kind == "calcifications")
        assert deep.height_mm + volume.from_support_mm == pytest.approx(flat.depth_mm)
        assert abs(volume.heights_mm[deep.slice_index] - deep.height_mm) <= 0.5


def test_a_reader_takes_it_as_a_view(pair: Pair) -> None:
    seen = pair[0].as_view()
    first, *_ = seen.slices
    assert (first.dtype, first.shape) == (np.float32, pair[0].breast.shape)
    assert np.array_equal(np.rint(first * 4095), pair[0].slices[0])
    assert (seen.laterality, seen.view, seen.heights_mm) == ("L", "MLO", pair[0].heights_mm)


def test_a_mass_stands_out_in_its_slice_and_not_far_from_it(pair: Pair) -> None:
    volume = pair[0]
    [mass] = [each for each in volume.marks if each.kind == SMOOTH_MASS]
    x, y = map(round, mass.centre)
    reach = round(1.3 * mass.radius_px)

    def edge(one: int) -> float:
        line = volume.slices[one, y - reach : y + reach, x - 15 : x + 15].mean(1)
        return float(np.abs(np.gradient(np.convolve(line, np.ones(5) / 5, "valid"))).max())

    far = [one for one in range(len(volume.slices)) if abs(one - mass.slice_index) > 10]
    near = range(mass.slice_index - 1, mass.slice_index + 2)
    assert min(map(edge, near)) > 2 * max(map(edge, far))


def test_each_grain_of_a_cluster_that_is_seen_is_bright_where_it_lies(
    pair: Pair, anatomy: BreastAnatomy
) -> None:
    volume = pair[0]
    [cluster] = [each for each in volume.marks if each.kind == "calcifications"]
    grains = anatomy.growths[1].grains
    coarse = grains[:, 3] > 0.15
    assert coarse.any()
    for (x, y), up in zip(cluster.flat.grains[coarse], grains[coarse, 0], strict=True):
        one = round(float(cluster.height_mm + up))
        row, column = round(float(y)), round(float(x))
        near = volume.slices[one, row - 15 : row + 16, column - 15 : column + 16]
        here = volume.slices[one - 1 : one + 2, row - 2 : row + 3, column - 2 : column + 3]
        assert here.max() > np.median(near) + 4 * np.median(np.abs(near - np.median(near)))


def test_the_same_seed_gives_the_same_bits(pair: Pair, anatomy: BreastAnatomy) -> None:
    again = SimulatedTomosynthesis.of(anatomy, "MLO")
    assert np.array_equal(again.slices, pair[0].slices)
