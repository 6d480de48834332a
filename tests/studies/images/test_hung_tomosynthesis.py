"""Tomosynthesis as it is looked at: what a slab holds, and what damage leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.studies.images.hung_tomosynthesis import HungTomosynthesis
from senoscope.studies.images.stored_tomosynthesis import read_tomosynthesis
from tests.studies.tomosynthesis import (
    COUNT,
    STEP_MM,
    mark_column,
    only_image,
    slice_frames,
    write_view,
)
from tests.ui.studies.sliced_exams import COUNT as MANY
from tests.ui.studies.sliced_exams import damaged_slices, frame_of


def hung(path: Path, *given: Any, **changed: Any) -> HungTomosynthesis:
    write_view(path, *given, **changed)
    return HungTomosynthesis.of(only_image(path))


def seen(view: HungTomosynthesis, place: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return view.hung(view.shade(place, view.decoded(place)))


@pytest.mark.parametrize("side", ["L", "R"])
def test_slices_are_those_that_a_reader_sees(tmp_path: Path, side: str) -> None:
    order = (2, 0, 4, 1, 3)
    frames = slice_frames(side)
    view = hung(
        tmp_path, side, frames=[frames[place] for place in order],
        heights_mm=tuple(STEP_MM * place for place in order),
    )  # fmt: skip
    stored = read_tomosynthesis(only_image(tmp_path))
    assert len(view) == COUNT and tuple(view.numbers) == stored.frames
    assert view.order.heights_mm == stored.seen.heights_mm
    assert view.hanging == stored.hanging and view.spacing == stored.seen.spacing
    for place in range(COUNT):
        assert np.array_equal(seen(view, place), np.rint(stored.slices[place] * 255))
    assert view.cautions == ()


def test_points_of_the_file_are_found_on_what_is_shown(tmp_path: Path) -> None:
    view = hung(tmp_path, "R")
    assert view.hanging is not None and view.hanging.wall is Edge.RIGHT
    rows, columns = view.shape
    grey = seen(view, 3)
    x, y = view.from_stored @ [columns - 1 - mark_column(3) - 5, 250, 1]
    assert (round(x), round(y)) == (mark_column(3) + 5, 250)
    assert grey[round(y), round(x)] > 230 and grey.shape == (rows, columns)


def test_a_slab_is_at_least_its_slice(tmp_path: Path) -> None:
    view = hung(tmp_path)
    assert view.slab(2, 0.01) == range(2, 3)
    assert view.slab(2, 2 * STEP_MM) == range(1, 3)
    assert view.slab(2, 3 * STEP_MM) == range(1, 4)
    assert view.slab(0, 1000.0) == range(COUNT) == view.slab(4, None)
    for place in (-1, COUNT):
        with pytest.raises(SettingsError, match=f"the image has {COUNT}, counted from 1"):
            view.slab(place, None)
    with pytest.raises(SettingsError, match="more than 0 mm"):
        view.slab(2, 0.0)


@pytest.mark.parametrize("middle", [MANY // 2 + 1, MANY // 4 + 1])
def test_it_hangs_by_other_slices_where_a_sampled_one_is_damaged(
    tmp_path: Path, middle: int
) -> None:
    damaged_slices(tmp_path, frame_of(middle))
    view = HungTomosynthesis.of(only_image(tmp_path))
    assert view.hanging is not None and view.hanging.wall is Edge.LEFT
    assert "no_window" not in view.cautions
    with pytest.raises(SourceUnavailable, match=f"Frame {frame_of(middle)} of {MANY}"):
        view.decoded(middle - 1)
    assert view.decoded(middle).shape == (500, 400)


def test_where_no_slice_can_be_decoded_nothing_is_shown(tmp_path: Path) -> None:
    damaged_slices(tmp_path, *range(1, MANY + 1))
    with pytest.raises(SourceUnavailable, match=f"Not one of the {MANY} slices"):
        HungTomosynthesis.of(only_image(tmp_path))


def test_a_single_slice_is_a_view(tmp_path: Path) -> None:
    view = hung(tmp_path, frames=slice_frames()[:1])
    assert len(view) == 1 and view.slab(0, 10.0) == range(1)
