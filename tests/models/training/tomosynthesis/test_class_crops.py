"""Crops that class networks learn from and read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.tomosynthesis.class_places import Place
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.training.tomosynthesis.class_crops import (
    CLEAR_MM,
    DEPTHS,
    SIDE,
    ClassSource,
    SourceVolume,
    flipped,
    growths_of,
    view_crops,
)
from tests.models.evaluation.tomosynthesis.class_views import AT, drawn_view

VIEW = drawn_view("a", Diagnosis.BENIGN, 1)


def test_a_crop_of_slabs_has_depths_and_one_of_a_mammogram_has_one() -> None:
    volume = SourceVolume.of(VIEW, ClassSource.DBT)
    ((class_, place),) = volume.growths
    assert (class_, place) == (1, Place(*AT, 0.0))
    crop = volume.crop(place)
    assert crop.shape == (len(DEPTHS), SIDE, SIDE) and abs(float(crop.mean())) < 1e-5
    # Bright in the middle in its own slab, and not four slabs away.
    middle = crop[:, 28:36, 28:36].mean((1, 2))
    assert middle[1] > 2 and middle[1] > 2 * middle[0] > 0
    flat = SourceVolume.of(VIEW, ClassSource.DM)
    ((_, place),) = flat.growths
    assert place.slab == 0
    crop = flat.crop(place)
    assert crop.shape == (1, SIDE, SIDE) and crop[0, 28:36, 28:36].mean() > 0.5


def test_a_crop_is_shifted_by_slab_row_and_column_and_reaches_beyond_the_picture() -> None:
    volume = SourceVolume.of(VIEW, ClassSource.DBT)
    place = Place(30, 40, 4, 0.0)
    shifted, moved = volume.crop(place, (1, 2, -3)), volume.crop(Place(27, 42, 5, 0.0))
    assert (shifted == moved).all()
    corner = volume.crop(Place(0, 0, 0, 0.0), (-1, -8, -8))
    assert corner.shape == (len(DEPTHS), SIDE, SIDE) and np.isfinite(corner).all()
    last = volume.pictures.shape
    far = Place(last[2] - 2 * SIDE - 1, last[1] - 2 * SIDE - 1, last[0] - 1, 0.0)
    assert volume.crop(far, (1, 8, 8)).shape == (len(DEPTHS), SIDE, SIDE)


def test_normal_tissue_is_far_from_any_growth_and_a_crop_has_one_class() -> None:
    volume = SourceVolume.of(VIEW, ClassSource.DBT)
    (x, y, slab), clear = AT, volume.clear_places()
    assert 0 < len(clear) < len(volume.places)
    for each in clear:
        aside_mm = np.hypot(each.x - x, each.y - y) * 0.5
        assert np.hypot(aside_mm, (each.slab - slab) * 2) > CLEAR_MM
    assert len(growths_of([volume], 1)) == 1 and growths_of([volume], 2) == []
    other = replace(VIEW.places[0], diagnosis=Diagnosis.MALIGNANT, at_mm=(26.0, 40.25))
    both = SourceVolume.of(replace(VIEW, places=(*VIEW.places, other)), ClassSource.DBT)
    assert growths_of([both], 1) == growths_of([both], 2) == []


def test_what_is_flipped_keeps_the_direction_of_the_sweep() -> None:
    crop = np.zeros((1, SIDE, SIDE), np.float32)
    crop[0, 10:20, 30] = 1
    rng = np.random.default_rng(0)
    seen = {tuple(np.argwhere(flipped(crop, rng)[0])[0].tolist()) for _ in range(40)}
    assert seen == {(10, 30), (44, 30), (10, 33), (44, 33)}


def test_a_view_without_a_mammogram_or_without_tissue_is_told() -> None:
    alone = replace(VIEW, mammogram=None)
    assert len(view_crops(SourceVolume.of(alone, ClassSource.DBT))) > 4
    with pytest.raises(DataSetError, match="no mammogram beside its tomosynthesis"):
        SourceVolume.of(alone, ClassSource.DM)
    unplaced = replace(VIEW, places=(replace(VIEW.places[0], mammogram_mm=None),))
    with pytest.raises(DataSetError, match="has no place on the mammogram"):
        SourceVolume.of(unplaced, ClassSource.DM)
    nothing = SourceVolume(np.zeros((1, 200, 200), np.float32), (), ())
    with pytest.raises(DataSetError, match="No place in a view"):
        view_crops(nothing)
