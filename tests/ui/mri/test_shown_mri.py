"""Pictures, maps, curves and outlines of a small series."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.kinetics.curve_types import CurveThresholds
from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.ui.mri.colour_maps import ColourMaps, MapAsked, MapKind
from senoscope.ui.mri.cut_planes import CORRECTED, Corrected, CutSeries, Plane
from senoscope.ui.mri.plane_outlines import PlaneOutlines
from senoscope.ui.mri.plane_pictures import Kind, MriPictureAsked, PlanePictures
from senoscope.ui.mri.voxel_curves import CurveAsked, DrawnArea, curve_of
from tests.studies.mri.analyses import BOX, small_analysis, small_series
from tests.ui.mri.series_to_show import SPOT, axial_series

INSIDE, OUTSIDE = (5, 10, 8), (5, 20, 25)


def greys(jpeg: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), 0), np.uint8)


def small_cut() -> CutSeries:
    return CutSeries(small_series(), small_analysis())


def test_a_subtraction_shows_what_enhances_alone() -> None:
    pictures = PlanePictures(small_cut())
    phase = greys(pictures.jpeg(MriPictureAsked(Plane.AXIAL, 5, 1), 512))
    less = greys(pictures.jpeg(MriPictureAsked(Plane.AXIAL, 5, 1, Kind.SUBTRACTION), 512))
    assert less[10, 8] > 200
    assert less[20, 25] < 10 < phase[20, 25]


@pytest.mark.parametrize("plane", Plane)
def test_a_projection_sees_through_the_whole_volume(plane: Plane) -> None:
    pictures = PlanePictures(small_cut())
    far = greys(pictures.jpeg(MriPictureAsked(plane, 0, 1, Kind.PROJECTION), 512))
    wanted = np.zeros((10, 24, 32), bool)
    wanted[BOX] = True
    seen = wanted.any(axis=plane.across)
    seen = seen if plane is Plane.AXIAL else seen[::-1]
    # JPEG smears an edge by a little.
    assert ((far > 128) == seen).mean() > 0.97


def test_a_projection_of_the_breasts_leaves_out_what_lies_elsewhere() -> None:
    analysis = small_analysis()
    analysis.tissue[5:] = 0
    pictures = PlanePictures(CutSeries(small_series(), analysis))
    asked = MriPictureAsked(Plane.CORONAL, 0, 1, Kind.PROJECTION, breasts=True)
    seen = greys(pictures.jpeg(asked, 512))[:, 8]
    assert seen[9 - 4] > 200
    assert seen[9 - 6] < 40
    whole = greys(pictures.jpeg(replace(asked, breasts=False), 512))[:, 8]
    assert whole[9 - 6] > 200


def test_a_narrower_window_cuts_off_and_a_phase_that_is_not_there_is_refused() -> None:
    pictures = PlanePictures(small_cut())
    usual, narrow = (
        greys(pictures.jpeg(MriPictureAsked(Plane.AXIAL, 5, 2, contrast=contrast), 512))
        for contrast in (Contrast(), Contrast(0.2, 0.1))
    )
    assert narrow[10, 8] > usual[10, 8]
    with pytest.raises(SettingsError, match="4 are read"):
        pictures.jpeg(MriPictureAsked(Plane.AXIAL, 5, 4), 512)


def test_the_map_follows_its_thresholds() -> None:
    maps = ColourMaps(small_cut())
    found = {}
    for name, early, delayed in (("usual", 70, 10), ("high", 150, 10), ("wide", 70, 30)):
        asked = MapAsked(MapKind.TYPES, CurveThresholds(early, delayed))
        found[name] = maps.rgba(asked, Plane.AXIAL, 5, CORRECTED)
    inside, outside = INSIDE[1:], OUTSIDE[1:]
    assert found["usual"][outside][3] == 0
    assert found["usual"][inside].argmax() == 3  # opaque
    assert found["usual"][inside][:3].argmax() == 0  # 200 to 160 washes out: red
    assert found["high"][..., 3].max() == 0
    assert found["wide"][inside][:3].argmax() == 1  # within 30 %: green


@pytest.mark.parametrize("kind", [MapKind.PERCENT, MapKind.SER])
def test_other_maps_colour_the_same_voxels(kind: MapKind) -> None:
    drawn = ColourMaps(small_cut()).rgba(MapAsked(kind), Plane.CORONAL, 10, CORRECTED)
    wanted = np.zeros((10, 24, 32), bool)
    wanted[BOX] = True
    assert np.array_equal(drawn[..., 3] > 0, wanted[::-1, 10])


def test_a_voxel_has_its_curve_and_what_is_measured_of_it() -> None:
    told = curve_of(CutSeries(axial_series()), CurveAsked(voxel=list(SPOT)))
    assert told["percent"] == pytest.approx([0, 100, 80, 60], abs=0.01)
    assert told["voxels"] == 1
    assert told["type"] == 3
    assert told["measures"]["peak_percent"] == pytest.approx(100)
    assert told["measures"]["ser"] == pytest.approx(1 / 0.6, rel=1e-3)
    assert told["measures"]["time_to_peak_s"] == 90


@pytest.mark.parametrize(
    ("shape", "points", "voxels"),
    [
        ("rectangle", [5, 8, 11, 13], 42),
        ("ellipse", [5, 8, 11, 13], 22),
        ("outline", [5, 8, 11, 8, 11, 13, 5, 13], 42),
    ],
)
def test_a_drawn_region_is_averaged(shape: str, points: list[float], voxels: int) -> None:
    area = DrawnArea.model_validate(
        {"plane": "axial", "place": 5, "shape": shape, "points": points}
    )
    told = curve_of(small_cut(), CurveAsked(voxel=[0, 0, 0], area=area))
    assert told["voxels"] == voxels
    assert told["mm2"] == voxels
    assert told["percent"] == pytest.approx([0, 100, 80, 60], abs=0.5)


def test_air_has_no_curve_and_an_empty_region_is_refused() -> None:
    series = axial_series()
    for phase in series.phases:
        phase[0, 0, 0] = 0
    told = curve_of(CutSeries(series), CurveAsked(voxel=[0, 0, 0], registered=False))
    assert told["percent"] is None
    area = DrawnArea(plane=Plane.AXIAL, place=5, shape="rectangle", points=[90, 90, 99, 99])
    with pytest.raises(SettingsError, match="holds no voxel"):
        curve_of(CutSeries(series), CurveAsked(voxel=[0, 0, 0], area=area))


def test_outlines_go_round_the_lesion_and_the_breast() -> None:
    cut = small_cut()
    found = PlaneOutlines(cut, small_analysis()).of(Plane.AXIAL, 5)
    [outline] = found["lesions"][1]
    points = np.array(outline).reshape(-1, 2)
    # Columns 5 to 11 and rows 8 to 13 lie within.
    assert points.min(axis=0) == pytest.approx([4.5, 7.5], abs=0.5)
    assert points.max(axis=0) == pytest.approx([11.5, 13.5], abs=0.5)
    assert found["breast"] and found["gland"]
    assert PlaneOutlines(cut, small_analysis()).of(Plane.AXIAL, 0)["lesions"] == {}


def test_what_is_made_good_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Corrected] = []
    cut = small_cut()
    real = cut.signal

    def signal(phase: int, plane: Plane, place: int, corrected: Corrected) -> NDArray[np.float32]:
        seen.append(corrected)
        return real(phase, plane, place, corrected)

    monkeypatch.setattr(cut, "signal", signal)
    curve_of(cut, CurveAsked(voxel=[1, 1, 1], registered=False, evened=False))
    assert set(seen) == {Corrected(motion=False, shading=False)}
