"""Tomosynthesis read slice by slice, with the mammograms of its study; else a statement."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset

from senoscope.domain.reading import Unsuitable
from senoscope.studies.images.series import Study
from senoscope.studies.modes.mammography import Mammography
from senoscope.studies.study_reading import EXAM_SCORE, VIEW_SCORE, ImageReading, StudyReading
from tests.models.programmed.mammography.drawn_breasts import plain_breast, with_ball
from tests.studies.mammograms import MOST
from tests.studies.modes.drawn_exam import COLUMNS, drawn
from tests.studies.study_builders import folder_of, read
from tests.studies.tomosynthesis import ct_slices, hologic_private, projections, write_view

COUNT = 12
BALL = (200.0, 500.0)
BALL_AT = 8
"""The slice of its middle, from 0."""
STUDY = "2.25.4711"


def frames(side: str = "L") -> list[NDArray[np.uint16]]:
    """As they are stored; the ball is 12 mm across, and slices are 3 mm apart."""
    stored = []
    for place in range(COUNT):
        off_mm = 3.0 * abs(place - BALL_AT)
        radius_px = 10 * np.sqrt(max(36 - off_mm**2, 0))
        tissue = plain_breast(seed=place)
        picture = with_ball(tissue, BALL, radius_px) if radius_px else tissue
        air = np.full((picture.shape[0] + 80, COLUMNS), 0.02, np.float32)
        air[40 : 40 + picture.shape[0], : picture.shape[1]] = np.maximum(picture, 0.02)
        pixels = np.asarray(np.clip(air, 0, 1) * MOST, np.uint16)
        stored.append(pixels if side == "L" else np.ascontiguousarray(pixels[:, ::-1]))
    return stored


def write(path: Path, side: str = "L", lies: str = "L", **changed: Any) -> Path:
    """One view in the folder, whose breast lies as one of that side."""
    heights_mm = changed.pop("heights_mm", tuple(3.0 * place for place in range(COUNT)))
    path.mkdir(exist_ok=True)
    pictures = changed.pop("frames", frames(lies))
    about = {"heights_mm": heights_mm, "slice_mm": 3.0, "shape": pictures[0].shape}
    write_view(path, side, frames=pictures, **about, **changed)
    return path


def study_in(path: Path) -> Study:
    [study], _ = read(path)
    return study


def read_in(path: Path) -> StudyReading:
    reading = Mammography().read(study_in(path))
    assert reading is not None
    return reading


def facts(image: ImageReading) -> dict[str, float | str | None]:
    return {each.name: each.word or each.number for each in image.facts if each.name != "caution"}


def cautions(image: ImageReading) -> set[str]:
    return {each.word for each in image.facts if each.name == "caution"}


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> StudyReading:
    return read_in(write(tmp_path_factory.mktemp("view")))


def test_a_view_is_read_with_what_is_said_of_it(reading: StudyReading) -> None:
    (image,) = reading.images
    assert (image.read, image.frames, image.trouble) == (COUNT, COUNT, "")
    assert image.heights_mm == tuple(3.0 * place for place in range(COUNT))
    assert (facts(image)["laterality"], facts(image)["view"]) == ("L", "CC")
    score = facts(image)[VIEW_SCORE]
    assert isinstance(score, float) and 0 <= score <= 1
    assert [each.number for each in reading.facts if each.name == EXAM_SCORE] == [score]
    assert cautions(image) == set()


def test_the_ball_is_marked_where_it_lies(reading: StudyReading) -> None:
    marks = [*reading.findings, *reading.below]
    near = [
        each
        for each in marks
        if np.hypot(*(each.key.contour.mean(axis=0) - (BALL[0], BALL[1] + 40))) < 60
    ]
    assert near
    assert min(abs(each.key.at.frame - 1 - BALL_AT) for each in near) <= 1


def test_frames_in_any_order_are_named_as_they_are_stored(tmp_path: Path) -> None:
    order = np.random.default_rng(3).permutation(COUNT)
    shuffled = [frames()[place] for place in order]
    heights_mm = tuple(3.0 * float(place) for place in order)
    again = read_in(write(tmp_path / "in", frames=shuffled, heights_mm=heights_mm))
    (image,) = again.images
    assert image.heights_mm == heights_mm
    straight = read_in(write(tmp_path / "straight"))
    assert [_heights(each, again) for each in (*again.findings, *again.below)] == [
        _heights(each, straight) for each in (*straight.findings, *straight.below)
    ]


def _heights(finding: Any, reading: StudyReading) -> list[float | None]:
    (image,) = reading.images
    return [image.height_mm(each.at.frame) for each in finding.outlines]


def test_a_side_that_the_tissue_contradicts_is_said_and_compared_with_none(tmp_path: Path) -> None:
    (image,) = read_in(write(tmp_path / "in", "L", "R")).images
    assert "side_contradicted" in cautions(image)
    assert "laterality" not in facts(image)
    assert image.read == COUNT


def test_without_places_there_are_no_millimetres_of_height(tmp_path: Path) -> None:
    def unplaced(header: Dataset) -> None:
        for group in header.PerFrameFunctionalGroupsSequence:
            del group.PlanePositionSequence
        for group in header.SharedFunctionalGroupsSequence:
            for measures in group.PixelMeasuresSequence:
                del measures.SliceThickness
                if "SpacingBetweenSlices" in measures:
                    del measures.SpacingBetweenSlices

    (image,) = read_in(write(tmp_path / "in", change=unplaced)).images
    assert image.read == COUNT
    assert image.heights_mm == ()
    assert "no_heights" in cautions(image)


def test_without_a_pixel_size_nothing_is_read_and_the_reason_is_said(tmp_path: Path) -> None:
    def unsized(header: Dataset) -> None:
        for group in header.SharedFunctionalGroupsSequence:
            del group.PixelMeasuresSequence[0].PixelSpacing

    (image,) = read_in(write(tmp_path / "in", change=unsized)).images
    assert image.read == 0
    assert "PixelSpacing" in image.trouble


def test_an_implant_is_not_read(tmp_path: Path) -> None:
    def implanted(header: Dataset) -> None:
        header.BreastImplantPresent = "YES"

    (image,) = read_in(write(tmp_path / "in", change=implanted)).images
    assert dict(image.unsuitable) == {Unsuitable.IMPLANT: COUNT}


def test_a_file_that_is_cut_off_is_said_to_be(tmp_path: Path) -> None:
    path = write(tmp_path / "in")
    (file,) = path.glob("*.dcm")
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    (image,) = read_in(path).images
    assert image.read == 0
    assert "cut off" in image.trouble


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ([projections()], "projections"),
        ([hologic_private()], "Hologic"),
        (ct_slices(), "CT"),
    ],
)
def test_other_forms_are_named(tmp_path: Path, headers: list[Dataset], why: str) -> None:
    study = study_in(folder_of(tmp_path / "in", *headers))
    assert Mammography().accepts(study.series[0])
    reading = Mammography().read(study)
    assert reading is not None
    assert reading.abstained
    assert all(why in each.trouble for each in reading.images)


def test_slices_and_mammograms_of_a_study_are_one_reading(tmp_path: Path) -> None:
    def same_study(header: Dataset) -> None:
        header.StudyInstanceUID = STUDY

    path = write(tmp_path / "in", change=same_study)
    flat = drawn("L", "CC", 7, with_ball(plain_breast(), BALL, 60), StudyInstanceUID=STUDY)
    folder_of(tmp_path / "flat", flat)
    (file,) = (tmp_path / "flat").iterdir()
    file.rename(path / "flat.dcm")
    reading = read_in(path)
    assert sorted(each.frames for each in reading.images) == [1, COUNT]
    assert [each.place for each in reading.images] == sorted(e.place for e in reading.images)
    assert any(each.name == "density_percent" for each in reading.facts)


def test_progress_counts_slices_and_a_reading_can_be_cancelled_between_two(tmp_path: Path) -> None:
    study = study_in(write(tmp_path / "in"))
    said: list[tuple[float, str]] = []
    cancelled = Event()

    def say(share: float, words: str) -> None:
        said.append((share, words))
        if "slice 5 " in words:
            cancelled.set()

    assert Mammography().read(study, say, cancelled) is None
    assert said[-1][1] == f"Image 1 of 1, slice 5 of {COUNT}"
    assert [share for share, _ in said] == sorted(share for share, _ in said)
