"""Views with a class, kept small, and where in them a network looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.evaluation.tomosynthesis.class_measures import class_measures
from senoscope.models.evaluation.tomosynthesis.class_places import picture_places, slab_places
from senoscope.models.evaluation.tomosynthesis.class_view import (
    ClassPlace,
    ClassView,
    keep_class_view,
    kept_class_view,
    mammogram_grey,
    on_grid,
    slabs_of,
)
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from tests.models.evaluation.tomosynthesis.class_views import AT, drawn_view

FINE = PixelSpacing(0.1, 0.1)


@dataclass(frozen=True)
class Flat:
    """Slices of one grey each."""

    greys: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.greys)

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for grey in self.greys:
            yield np.full((100, 50), grey, np.float32)


def test_slices_are_averaged_to_slabs_of_two_mm_and_pixels_of_half_a_mm() -> None:
    heights = (0.0, 1.0, 2.0, 3.5, 4.0)
    view = TomosynthesisView(Flat((0.2, 0.4, 0.6, 1.0, 0.2)), heights, None, "CC", FINE)
    slabs = slabs_of(view)
    assert slabs.shape == (3, 20, 10) and slabs.dtype == np.uint8
    # 0.3, 0.8 and 0.2 of 255; the halfway 76.5 is rounded to an even number.
    assert slabs[:, 0, 0].tolist() == [76, 204, 51]


def test_slices_thicker_than_a_slab_leave_none_empty() -> None:
    view = TomosynthesisView(Flat((0.2, 0.6)), (0.0, 5.0), None, "CC", FINE)
    assert slabs_of(view)[:, 0, 0].tolist() == [51, 51, 153]


@pytest.mark.parametrize(("heights", "spacing"), [(None, FINE), ((0.0, 1.0), None)])
def test_without_millimetres_there_are_no_slabs(
    heights: tuple[float, ...] | None, spacing: PixelSpacing | None
) -> None:
    with pytest.raises(ImageError, match="no pixel size or no heights"):
        slabs_of(TomosynthesisView(Flat((0.2, 0.6)), heights, None, "CC", spacing))
    pixels = np.zeros((100, 80), np.float32)
    with pytest.raises(ImageError, match="says no pixel size"):
        mammogram_grey(Mammogram(pixels, Intent.PRESENTATION, None, "CC", None))


def test_a_place_in_mm_is_at_the_middle_of_its_pixel() -> None:
    # The upper left pixel reaches from 0 to 0.5 mm.
    assert on_grid((0.25, 0.75)) == (0.0, 1.0)


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    view = drawn_view("seed 7", Diagnosis.MALIGNANT, 3)
    keep_class_view(view, tmp_path / "kept" / "a.npz")
    read = kept_class_view(tmp_path / "kept" / "a.npz")
    assert (read.slabs == view.slabs).all() and read.mammogram is not None
    assert (read.mammogram == view.mammogram).all()
    assert (read.anatomy, read.breast) == ("seed 7", ("seed 7", Laterality.LEFT))
    assert (read.view, read.diagnosis) == (view.view, Diagnosis.MALIGNANT)
    assert read.places == view.places and read.measures == view.measures
    alone = ClassView("b", Laterality.RIGHT, "CC", None, view.slabs, None, (), {})
    keep_class_view(alone, tmp_path / "b.npz")
    read = kept_class_view(tmp_path / "b.npz")
    assert read.mammogram is None and read.diagnosis is None and read.places == ()
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["b.npz"]


@pytest.mark.parametrize("content", [b"", b"no picture", b"PK\x03\x04 half"])
def test_what_was_not_kept_here_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataSetError, match=r"a\.npz holds no kept view"):
        kept_class_view(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", slabs=np.zeros((1, 2, 3), np.uint8))
    with pytest.raises(DataSetError, match="Remove it and run again"):
        kept_class_view(tmp_path / "a.npz")


def test_slabs_of_something_else_are_refused() -> None:
    with pytest.raises(ImageError, match=r"float32 \(2, 3, 4\)"):
        ClassView(
            "a", Laterality.LEFT, "CC", None, np.zeros((2, 3, 4), np.float32), None, (), {}
        )  # fmt: skip


@pytest.mark.parametrize("diagnosis", [Diagnosis.BENIGN, Diagnosis.MALIGNANT])
def test_the_first_place_looked_at_is_the_mass(diagnosis: Diagnosis) -> None:
    view = drawn_view("a", diagnosis, 5)
    x, y, slab = AT
    first = slab_places(view.slabs, 4)[0]
    assert abs(first.x - x) <= 3 and abs(first.y - y) <= 3 and abs(first.slab - slab) <= 1
    assert view.mammogram is not None
    first = picture_places(view.mammogram, 4)[0]
    assert abs(first.x - x) <= 3 and abs(first.y - y) <= 3 and first.slab == 0


def test_places_lie_apart_in_the_breast_and_are_not_its_edge() -> None:
    view = drawn_view("a", Diagnosis.NORMAL, 6)
    places = slab_places(view.slabs, 12)
    assert 4 <= len(places) <= 12
    assert [each.contrast for each in places] == sorted(
        (each.contrast for each in places), reverse=True
    )
    for k, one in enumerate(places):
        assert view.slabs[:, one.y, one.x].min() > 0
        for other in places[k + 1 :]:
            apart_mm = np.hypot(one.x - other.x, one.y - other.y) * 0.5
            assert apart_mm > 8.9 or abs(one.slab - other.slab) > 4
    # The whole breast is brighter than air; a place at its rim would be for that alone.
    assert all(view.slabs[:, each.y, each.x + 6].min() > 0 for each in places)


def test_measures_of_baselines_are_of_the_breast_alone() -> None:
    view = drawn_view("a", Diagnosis.NORMAL, 6)
    measures = class_measures(view.slabs, None)
    assert set(measures) == {"slab_brightness", "area_cm2", "thickness_mm"}
    assert measures["thickness_mm"] == 2 * len(view.slabs)
    brighter = class_measures(np.minimum(view.slabs, 127) * 2, None)
    assert brighter["slab_brightness"] > 1.5 * measures["slab_brightness"]
    assert brighter["area_cm2"] == measures["area_cm2"]
    mask_cm2 = (view.slabs.mean(0) > 0).sum() * 0.0025
    assert 0.7 * mask_cm2 < measures["area_cm2"] < mask_cm2


def test_a_place_keeps_its_mammogram(tmp_path: Path) -> None:
    place = ClassPlace(Diagnosis.BENIGN, (1.5, 2.5), 10.0, 4.0, None)
    slabs = np.ones((2, 3, 4), np.uint8)
    keep_class_view(ClassView("a", Laterality.LEFT, "CC", None, slabs, None, (place,), {}),
                    tmp_path / "a.npz")  # fmt: skip
    assert kept_class_view(tmp_path / "a.npz").places == (place,)
