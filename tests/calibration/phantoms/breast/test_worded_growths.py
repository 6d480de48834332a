"""Simulated growths whose words are known."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.calcification_kinds import (
    DISTRIBUTIONS,
    MORPHOLOGIES,
    TOWARDS_NIPPLE,
    WORDED_KINDS,
    worded_grains,
)
from senoscope.calibration.phantoms.breast.compressed import _turned_to
from senoscope.calibration.phantoms.breast.growths import KINDS, Growth
from senoscope.calibration.phantoms.breast.worded_growths import worded_views
from senoscope.domain.lexicon import WORDS, CalcificationDistribution, CalcificationMorphology
from senoscope.models.evaluation.mammography.worded_view import WordedView
from senoscope.models.programmed.mammography.marks import MarkKind


@pytest.fixture(scope="module")
def views() -> list[WordedView]:
    return list(worded_views(range(9100, 9102)))


def test_kinds_are_words_of_the_lexicon_and_none_of_those_that_cade_trains_on() -> None:
    assert {*MORPHOLOGIES} <= {*CalcificationMorphology}
    assert {*DISTRIBUTIONS} <= {*CalcificationDistribution}
    assert not {*WORDED_KINDS} & {*KINDS}


@pytest.mark.parametrize("kind", WORDED_KINDS)
def test_grains_lie_as_the_word_says(kind: str) -> None:
    for seed in range(5):
        grains = worded_grains(np.random.default_rng(seed), kind)
        down, along = grains[:, 1], grains[:, 2]
        reach = float(np.hypot(down - np.median(down), along - np.median(along)).max())
        distribution = WORDED_KINDS[kind][1]
        assert (grains[:, 3] > 0).all()
        if distribution == "grouped":
            assert reach < 12
        elif distribution == "linear":
            assert np.ptp(along) > 4 * np.ptp(down)
        else:
            assert 2 * reach > 20


def test_ducts_run_to_the_nipple() -> None:
    none = np.zeros((0, 5), np.float32)
    grains = np.array([[1, 0, 10, 0.1], [2, 3, 0, 0.1]], np.float32)
    growth = Growth(TOWARDS_NIPPLE[0], (0.5, 0, 0), 5.0, none[:, :4], none, grains)
    turned = _turned_to(growth, (3.0, 4.0)).grains
    # `down` is y and `along` is x on the detector.
    assert turned[0, [2, 1]] == pytest.approx([6, 8])
    assert turned[1, [2, 1]] == pytest.approx([-2.4, 1.8])
    assert turned[:, [0, 3]] == pytest.approx(grains[:, [0, 3]])


def test_each_view_has_a_mass_and_calcifications_with_their_words(views: list[WordedView]) -> None:
    assert [each.view.view for each in views] == ["CC", "MLO"] * 2
    for each in views:
        assert [region.kind for region in each.regions] == [
            MarkKind.MASS,
            MarkKind.CALCIFICATIONS,
        ]
        for region in each.regions:
            assert region.contour.ndim == 2 and len(region.contour) > 5
            for name, words in region.truth.items():
                assert words and words <= {*WORDS[name]}


def test_both_views_of_a_woman_have_the_same_shape_and_morphology(views: list[WordedView]) -> None:
    for one, other in zip(views[::2], views[1::2], strict=True):
        assert one.anatomy == other.anatomy
        assert one.regions[0].truth["shape"] == other.regions[0].truth["shape"]
        assert one.regions[1].truth == other.regions[1].truth


def test_a_seed_gives_the_same_picture_again(views: list[WordedView]) -> None:
    again = next(worded_views(range(9100, 9101)))
    assert np.array_equal(again.view.pixels, views[0].view.pixels)
    assert np.array_equal(again.regions[1].contour, views[0].regions[1].contour)
