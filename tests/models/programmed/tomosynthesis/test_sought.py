from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import ImageError
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.depth import depth_of
from senoscope.models.programmed.tomosynthesis.grain_clusters import grain_clusters
from senoscope.models.programmed.tomosynthesis.soft_volumes import place_profile
from senoscope.models.programmed.tomosynthesis.sought import SoughtView, seek
from tests.models.programmed.tomosynthesis.drawn_volumes import (
    BALL,
    BALL_MM,
    DOTS,
    DOTS_MM,
    SLICES,
    Drawn,
    drawn_view,
)


def test_the_slices_are_gone_through_once() -> None:
    view = drawn_view(slices=7)
    assert isinstance(view.slices, Drawn)
    seek(view)
    assert len(view.slices.passes) == 1


def test_the_breast_is_found_on_the_mean_of_all_slices(drawn: SoughtView) -> None:
    assert drawn.sought.about.slices == SLICES
    assert drawn.sought.about.nipple_mm[0] == pytest.approx(45, abs=1.5)
    assert drawn.parts.breast[400, 200]
    assert drawn.mean.pixels.shape == drawn.parts.breast.shape


def test_grains_are_where_they_are_sharpest(drawn: SoughtView) -> None:
    first = grain_clusters(drawn.sought.grains, 1.0)[0]
    middle = np.mean(DOTS, axis=0) * 0.1
    assert first.at_mm == pytest.approx(tuple(middle), abs=0.5)
    assert first.slice_at == pytest.approx(DOTS_MM, abs=0.7)
    assert round(np.exp(first.features["count"])) == len(DOTS)


def test_a_ball_is_deepest_in_its_middle(drawn: SoughtView) -> None:
    places = drawn.sought.places
    away = np.hypot(*(places.at_mm - np.array(BALL) * 0.1).T)
    its = [
        one
        for one, kind in enumerate(places.kind)
        if kind is MarkKind.MASS and away[one] < 2 and abs(places.slice_at[one] - BALL_MM) < 3
    ]
    assert its
    for one in its:
        assert depth_of(place_profile(places, one, 1.0)).at == pytest.approx(BALL_MM, abs=1)


def test_points_behind_one_another_are_no_cluster() -> None:
    found = grain_clusters(seek(drawn_view(dots=DOTS[:2], ball=None)).sought.grains, 1.0)
    middle = np.mean(DOTS[:2], axis=0) * 0.1
    on_it = [
        each
        for each in found
        if np.hypot(*np.subtract(each.at_mm, middle)) < 2 and abs(each.slice_at - DOTS_MM) < 2
    ]
    assert not on_it


@pytest.mark.parametrize(
    ("spacing", "said"), [(None, "how many millimetres"), (PixelSpacing(0.2, 0.2), "every 0.2 mm")]
)
def test_without_a_fine_spacing_nothing_is_sought(spacing: PixelSpacing | None, said: str) -> None:
    with pytest.raises(ImageError, match=said):
        seek(drawn_view(slices=3, spacing=spacing))
