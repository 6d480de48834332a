"""Which pixels stay, and what is painted over there."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset

from benchmarks.field_screens import made_screen
from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.deidentification.ultrasound_area import kept_area
from tests.studies.dicom_files import region

BLACK = [np.zeros((300, 400), np.uint8)]


def box(left: int, top: int, right: int, bottom: int, **changed: int) -> Dataset:
    return region(
        RegionLocationMinX0=left,
        RegionLocationMinY0=top,
        RegionLocationMaxX1=right,
        RegionLocationMaxY1=bottom,
        **changed,
    )


def inside(*corners: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    mask = np.zeros((300, 400), bool)
    for left, top, right, bottom in corners:
        mask[top : bottom + 1, left : right + 1] = True
    return mask


def test_all_regions_of_signal_stay_and_no_other() -> None:
    regions = [
        box(10, 20, 200, 150),
        box(150, 100, 390, 290, RegionSpatialFormat=3),
        box(0, 0, 399, 10, RegionSpatialFormat=5),
        box(0, 0, 30, 299, RegionSpatialFormat=0),
    ]
    area = kept_area(BLACK, regions)
    assert (area.inside == inside((10, 20, 200, 150), (150, 100, 390, 290))).all()
    assert area.found_by == "regions"


@pytest.mark.parametrize(
    "regions",
    [
        [],
        [box(0, 0, 399, 299)],
        [box(0, 0, 400, 300)],
        [box(10, 20, 500, 150)],
        [box(10, 20, 200, 150), box(10, 20, 500, 150)],
        [box(200, 20, 10, 150)],
        [box(0, 0, 200, 150, RegionSpatialFormat=5)],
        [Dataset()],
    ],
    ids=["none", "all", "all and one", "beyond", "one beyond", "turned", "graphics", "empty"],
)
def test_where_no_region_tells_and_no_tissue_is_found_it_is_refused(
    regions: list[Dataset],
) -> None:
    with pytest.raises(SourceUnavailable, match="a name might stay"):
        kept_area(BLACK, regions)


@pytest.mark.parametrize("seed", [1001, 1002, 1004])
def test_a_name_beside_the_tissue_goes_without_a_region(seed: int) -> None:
    screen = made_screen(seed, 4)
    area = kept_area(screen.pictures, [])
    assert area.found_by == "field of view"
    for picture in screen.pictures:
        clean = area.applied(picture)
        assert not clean[~area.inside].any()
        assert not (clean[screen.written] > 60).any()
    kept = (area.inside & screen.whole).sum()
    assert kept > 0.8 * screen.live.sum()


@pytest.mark.parametrize("coloured", [False, True])
def test_a_name_on_the_tissue_of_one_region_is_painted_over_in_every_frame(coloured: bool) -> None:
    letters = np.zeros((480, 640), np.uint8)
    cv2.putText(letters, "DOE, JANE", (100, 420), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 230, 2)
    frames = [np.maximum(each.pixels, letters) for each in BModePhantom(3, 640, 480).sweep(5)]
    if coloured:
        frames = [np.stack([each // 3, each, each // 2], axis=2) for each in frames]
    area = kept_area(frames, [box(30, 40, 600, 470)])
    assert len(area.boxes[0]) >= 1
    for frame in frames:
        clean = area.applied(frame)
        painted = clean[letters > 100].reshape(-1, 3 if coloured else 1)
        assert (np.ptp(painted.astype(int), axis=0) == 0).all()
        assert (clean[100:300, 100:500] == frame[100:300, 100:500]).all()
        assert not clean[:40].any() and not clean[:, :30].any()
