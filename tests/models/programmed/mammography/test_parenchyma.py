from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.mammography.nipple import Nipple, skin_line
from senoscope.models.programmed.mammography.parenchyma import (
    FEATURES,
    WINDOW_PX,
    ParenchymalTexture,
    parenchymal_texture,
)
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.risk_map import RiskMap, RiskMapper
from tests.fakes import FakeRiskMapper
from tests.models.programmed.mammography.drawn_breasts import Picture, as_view, plain_breast

NIPPLE = (449.0, 400.0)
NAMES = [each.name for each in FEATURES]


def textured(picture: Picture, nipple: tuple[float, float] = NIPPLE) -> ParenchymalTexture:
    inside = cv2.morphologyEx(
        (plain_breast() > 0).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5))
    )
    parts = BreastParts(inside > 0, None, Nipple(nipple, True), skin_line(inside > 0))
    return parenchymal_texture(as_view(picture), parts)


@pytest.fixture(scope="module")
def plain() -> ParenchymalTexture:
    return textured(plain_breast())


def test_the_lattice_covers_the_tissue_and_nothing_else(plain: ParenchymalTexture) -> None:
    assert plain.cell_px == WINDOW_PX
    assert plain.lattice.shape == (800 // WINDOW_PX, 520 // WINDOW_PX, len(FEATURES))
    known = ~np.isnan(plain.lattice).any(axis=2)
    assert known[8, 0] and known[8, 4]
    assert not known[0, 0] and not known[8, -1]


def test_the_mean_is_over_the_cells(plain: ParenchymalTexture) -> None:
    assert list(plain.mean) == NAMES
    at = NAMES.index("entropy")
    assert plain.mean["entropy"] == pytest.approx(float(np.nanmean(plain.lattice[..., at])))


def test_another_window_of_the_same_picture_says_the_same(plain: ParenchymalTexture) -> None:
    picture = plain_breast()
    other = textured(np.where(picture > 0, 0.5 * picture + 0.2, 0).astype(np.float32))
    for name in ("mean", "entropy", "contrast", "correlation", "power_slope"):
        assert other.mean[name] == pytest.approx(plain.mean[name], rel=1e-3, abs=1e-3)


def test_coarse_tissue_is_smoother_and_its_spectrum_falls_faster() -> None:
    draw = np.random.default_rng(3).normal(0, 1, (800, 520)).astype(np.float32)
    coarse = cv2.GaussianBlur(draw, (0, 0), 4)
    fine, rough = (
        textured(0.5 + 0.05 * each / each.std()) for each in (draw, np.asarray(coarse, np.float32))
    )
    assert fine.mean["power_slope"] == pytest.approx(0, abs=0.15)
    assert rough.mean["power_slope"] < -1.5
    assert rough.mean["correlation"] > fine.mean["correlation"] + 0.6
    assert rough.mean["homogeneity"] > fine.mean["homogeneity"]
    assert rough.mean["contrast"] < fine.mean["contrast"]


def test_behind_the_nipple_is_its_own_square() -> None:
    picture = plain_breast()
    side = round(2.5 * WINDOW_PX)
    left = round(NIPPLE[0] - WINDOW_PX / 2 - side)
    picture[400 - side // 2 : 400 + side // 2, left : left + side] += 0.2
    found = textured(picture).behind_nipple
    assert found is not None and found["mean"] > 1.5
    assert textured(picture, (60.0, 400.0)).behind_nipple is None
    assert textured(picture, (449.0, 30.0)).behind_nipple is None


def test_without_tissue_there_is_no_texture() -> None:
    nothing = np.zeros((800, 520), bool)
    parts = BreastParts(nothing, None, Nipple(NIPPLE, False), np.zeros((0, 2), np.float32))
    with pytest.raises(ImageError, match="beside the muscle"):
        parenchymal_texture(as_view(plain_breast()), parts)


def test_a_map_of_risk_lies_on_the_lattice(plain: ParenchymalTexture) -> None:
    mapper: RiskMapper = FakeRiskMapper()
    found = mapper.risk_map(plain)
    at = NAMES.index("mean")
    assert found.values == pytest.approx(plain.lattice[..., at], nan_ok=True)
    assert found.at((4.4 * WINDOW_PX, 8.6 * WINDOW_PX)) == plain.lattice[8, 4, at]
    assert found.at((WINDOW_PX - 1.0, 8.5 * WINDOW_PX)) == plain.lattice[8, 0, at]
    assert np.isnan(found.at((-WINDOW_PX, 400.0))) and np.isnan(found.at((100.0, 5000.0)))


@pytest.mark.parametrize(("shape", "step"), [((3,), 1.0), ((0, 4), 1.0), ((3, 4), 0.0)])
def test_a_map_that_lies_nowhere_is_refused(shape: tuple[int, ...], step: float) -> None:
    with pytest.raises(ImageError, match="a step above 0"):
        RiskMap(np.zeros(shape), (0.0, 0.0), step)
