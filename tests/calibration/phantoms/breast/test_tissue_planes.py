"""A breast plane by plane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast
from senoscope.calibration.phantoms.breast.growths import SMOOTH_MASS
from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.calibration.phantoms.breast.tissue_planes import TissuePlanes, within
from senoscope.domain.mammogram import Laterality

SMALL = 32
"""A seed whose breast is small."""
KINDS = ("spiculated mass", SMOOTH_MASS, "calcifications")


@pytest.fixture(scope="module", params=["CC", "MLO"])
def pair(request: pytest.FixtureRequest) -> tuple[BreastAnatomy, CompressedBreast]:
    anatomy = BreastAnatomy.drawn(SMALL, Laterality.RIGHT, "C", KINDS)
    return anatomy, CompressedBreast.of(anatomy, request.param)


Pair = tuple[BreastAnatomy, CompressedBreast]


def test_what_stands_over_each_place_is_what_the_mammogram_has(pair: Pair) -> None:
    tissue, mammogram = TissuePlanes.of(*pair), SimulatedMammogram.of_compressed(*pair)
    top = round(tissue.box.top_mm / 0.1)
    rows, columns = tissue.thickness_mm.shape
    shown = mammogram.breast[top : top + rows, :columns]
    assert np.array_equal(tissue.thickness_mm > 0, shown)
    assert mammogram.breast.sum() == shown.sum()
    stands = tissue.inside.sum(0)
    thick = tissue.thickness_mm[2::5, 2::5]
    assert np.abs(stands - thick)[thick > 2].max() < 1.5
    assert tissue.dense.min() >= 0
    assert tissue.dense.max() <= np.float32(1.2)
    dense_mm = tissue.dense.sum(0)[1::2, 1::2]
    dense = mammogram.dense[top + 2 : top + rows : 5, 2:columns:5]
    muscle = mammogram.pectoral[top + 2 : top + rows : 5, 2:columns:5]
    fat = shown[2::5, 2::5] & ~dense & ~muscle
    assert dense_mm[dense].mean() > 1.5 * dense_mm[fat].mean()
    assert muscle.any() == (pair[1].view == "MLO")
    assert dense_mm[muscle].min(initial=np.inf) > 1


def test_the_same_breast_gives_the_same_planes(pair: Pair) -> None:
    anatomy = BreastAnatomy.drawn(SMALL, Laterality.RIGHT, "C", KINDS)
    again = TissuePlanes.of(anatomy, CompressedBreast.of(anatomy, pair[1].view))
    assert np.array_equal(TissuePlanes.of(*pair).dense, again.dense)


def test_grains_lie_where_their_cluster_and_the_specks_are(pair: Pair) -> None:
    tissue = TissuePlanes.of(*pair)
    [cluster] = [each for each in pair[1].growths if each.growth.kind == "calcifications"]
    count = len(cluster.growth.grains)
    assert len(tissue.grains_mm) == count + len(pair[0].specks)
    middle = np.array(cluster.centre_mm) - (0, tissue.box.top_mm, 0)
    away = np.linalg.norm(tissue.grains_mm[-count:, :3] - middle, axis=1)
    assert away.max() < cluster.growth.radius_mm + 0.1
    heights = tissue.grains_mm[:, 0]
    assert heights.min() > 0
    assert heights.max() < len(tissue.dense)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("kind", ["spiculated mass", SMOOTH_MASS, "round mass"])
def test_no_mass_is_smaller_than_the_truth(seed: int, kind: str) -> None:
    anatomy = BreastAnatomy.drawn(seed, Laterality.LEFT, "A", (kind,))
    view = ("CC", "MLO")[seed]
    breast = CompressedBreast.of(anatomy, view)
    bare = CompressedBreast.of(replace(anatomy, growths=()), view)
    [placed] = breast.growths
    grew = (breast.gland - bare.gland > 0.1).any(0)
    assert grew.sum() * 0.25 > 0.8 * np.pi * placed.growth.radius_mm**2
    rows, columns = np.nonzero(grew)
    middle = rows.mean() / 2 + 0.25, columns.mean() / 2 + 0.25
    assert middle == pytest.approx(placed.centre_mm[1:], abs=1.5)


def test_a_thin_slab_is_all_in_the_planes_that_it_touches() -> None:
    from_middle = np.abs(np.arange(10, dtype=np.float32) - 4.5)
    for thickness in (0.0, 0.4, 3.0, 6.5, 10.0):
        share = within(np.full((1, 1), thickness, np.float32), from_middle)
        assert share.sum() == pytest.approx(thickness, abs=1e-4)
        assert np.array_equal(share, share[::-1])
