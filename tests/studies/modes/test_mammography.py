"""Mammograms read: parts, density and marks, and a statement where anything is not as usual."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import cv2
import numpy as np
import pytest

from senoscope.domain.reading import Unsuitable
from senoscope.studies.images.series import Study
from senoscope.studies.modes.mammogram_view import pieces_of
from senoscope.studies.modes.mammography import Mammography
from senoscope.studies.results.report_json import reading_json, reading_of_json
from senoscope.studies.study_reading import FindingKind, ImageReading, StudyReading
from tests.models.programmed.mammography.drawn_breasts import plain_breast
from tests.studies.mammograms import FOR_PROCESSING, code
from tests.studies.modes.drawn_exam import BALL, COLUMNS, drawn, exam
from tests.studies.study_builders import folder_of, read

CC = "399162004"
TOP = 40
"""Rows of air above the drawn breast."""


def study_in(folder: Path) -> Study:
    [study], _ = read(folder)
    return study


def read_exam(folder: Path, *views: tuple[str, str], **changed: Any) -> StudyReading:
    given = (views,) if views else ()
    reading = Mammography().read(study_in(exam(folder, *given, **changed)))
    assert reading is not None
    return reading


def read_one(folder: Path, **changed: Any) -> ImageReading:
    [image] = read_exam(folder, ("L", "CC"), **changed).images
    return image


def facts(image: ImageReading) -> dict[str, float | str | None]:
    return {each.name: each.word or each.number for each in image.facts if each.name != "caution"}


def cautions(image: ImageReading) -> list[str]:
    return [each.word for each in image.facts if each.name == "caution"]


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> StudyReading:
    return read_exam(tmp_path_factory.mktemp("four"))


def test_all_four_views_are_read_and_what_lies_in_both_is_one_finding(four: StudyReading) -> None:
    assert [each.read for each in four.images] == [1, 1, 1, 1]
    best = {kind: next(each for each in four.findings if each.kind is kind) for kind in (
        FindingKind.MASS, FindingKind.CALCIFICATIONS)}  # fmt: skip
    sides = {each.instance_uid: facts(each)["laterality"] for each in four.images}
    for finding in best.values():
        views = [each.at.instance_uid for each in finding.outlines]
        assert len(set(views)) == 2
        assert {sides[each] for each in views} == {"L"}
        assert finding.measured is None
        assert finding.lowest <= finding.probability == finding.highest
    centre = best[FindingKind.MASS].key.contour.mean(axis=0)
    assert centre == pytest.approx((BALL[0], BALL[1] + TOP), abs=30)


def test_marks_lie_in_pixels_of_the_file_whatever_the_side(tmp_path: Path) -> None:
    # The same sick breast, once stored as a left one and once as a right one.
    reading = read_exam(tmp_path / "l", ("L", "CC"))
    turned = read_exam(tmp_path / "r", ("L", "CC"), PatientOrientation=["P", "L"])
    left = reading.findings[0].key.contour
    assert turned.findings[0].key.contour == pytest.approx(left)
    for each in (*reading.findings, *reading.below):
        assert each.key.contour.min() >= 0
        assert each.key.contour[:, 0].max() < COLUMNS


def test_what_is_below_the_threshold_is_no_finding(four: StudyReading) -> None:
    least = {each.name: each.number for each in four.facts if each.name.startswith("shown_from")}
    assert len(least) == 3
    for finding in four.findings:
        assert finding.highest >= (least[f"shown_from_{finding.kind.name.lower()}"] or 0)
    for mark in four.below:
        assert mark.probability < (least[f"shown_from_{mark.kind.name.lower()}"] or 0)
    numbers = [each.number for each in (*four.findings, *four.below)]
    assert numbers == list(range(1, len(numbers) + 1))
    scores = [each.probability for each in four.findings]
    assert scores == sorted(scores, reverse=True)


def test_density_is_said_of_each_view_and_of_the_exam(four: StudyReading) -> None:
    percents = []
    for image in four.images:
        said = facts(image)
        if said["view"] == "CC":
            assert said["breast_area"] == pytest.approx(27.6, rel=0.05)  # half an ellipse
        assert float(said["dense_area"] or 0) <= float(said["breast_area"] or 0)
        percents.append(float(said["density_percent"] or 0))
    exam_facts = {each.name: each for each in four.facts}
    assert exam_facts["density_percent"].number == pytest.approx(np.mean(percents))
    assert exam_facts["density_category"].word in "ABCD"
    chances = [exam_facts[f"density_{each}"].number or 0 for each in "abcd"]
    assert sum(chances) == pytest.approx(1)


def test_a_reading_of_mammograms_is_kept_and_read_back(four: StudyReading) -> None:
    kept = reading_of_json(reading_json(four))
    assert kept.below[0].kind is four.below[0].kind
    assert kept.images[0].regions[0].contour.tolist() == (
        four.images[0].regions[0].contour.tolist()
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"SOPClassUID": FOR_PROCESSING, "PresentationIntentType": "FOR PROCESSING"},
         Unsuitable.FOR_PROCESSING),
        ({"BreastImplantPresent": "YES"}, Unsuitable.IMPLANT),
        ({"PartialView": "YES"}, Unsuitable.PART),
        ({"ViewCodeSequence": [code(CC, "399163009")]}, Unsuitable.PART),
        ({"ViewCodeSequence": [code(CC, "399055006")]}, Unsuitable.PART),
        ({"ViewCodeSequence": [code("127457009")], "ViewPosition": None}, Unsuitable.PART),
    ],
)  # fmt: skip
def test_what_the_reader_was_not_made_for_is_not_read(
    tmp_path: Path, changed: dict[str, Any], why: Unsuitable
) -> None:
    image = read_one(tmp_path, **changed)
    assert (image.read, dict(image.unsuitable), image.trouble) == (0, {why: 1}, "")
    assert "density_percent" not in facts(image)
    assert facts(image)["laterality"] == "L"


def test_a_cut_out_of_a_breast_is_not_measured_as_one(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    tissue = cv2.GaussianBlur(draw.normal(0, 1, (500, 400)), (0, 0), 20)
    picture = np.clip(2000 + 600 * tissue / tissue.std(), 0, 4095).astype(np.uint16)
    image = read_one(tmp_path, PixelData=picture.tobytes(), Rows=500, Columns=400)
    assert image.read == 0
    assert image.trouble or image.unsuitable == {Unsuitable.PART: 1}


@pytest.mark.parametrize(
    ("changed", "caution"),
    [
        ({"ImagerPixelSpacing": None}, "no_marks_sought"),
        ({"ImagerPixelSpacing": None}, "no_spacing"),
        ({"ViewCodeSequence": None, "ViewPosition": None}, "no_view"),
        ({"WindowCenter": 1e9, "WindowWidth": 1}, "window_unused"),
        ({"BreastImplantPresent": "YES", "ViewCodeSequence": [code(CC, "399209000")]},
         "implant_displaced"),
    ],
)  # fmt: skip
def test_what_was_read_otherwise_than_usual_is_said(
    tmp_path: Path, changed: dict[str, Any], caution: str
) -> None:
    image = read_one(tmp_path, **changed)
    assert image.read == 1
    assert caution in cautions(image)


def test_a_breast_at_the_other_side_s_edge_is_compared_with_none(tmp_path: Path) -> None:
    # All say left and have their chest wall where a right one has it: a mirrored set.
    reading = read_exam(
        tmp_path, ("R", "CC"), ("R", "MLO"), ImageLaterality="L", PatientOrientation=None
    )
    for image in reading.images:
        assert "side_contradicted" in cautions(image)
        assert "laterality" not in facts(image)
    assert all(len(each.outlines) == 1 for each in reading.findings)
    assert not any(each.name in ("density_L", "density_R") for each in reading.facts)


def test_where_one_breast_is_denser_is_outlined_in_it(tmp_path: Path) -> None:
    bright = plain_breast()
    cv2.circle(bright, (200, 380), 130, 0.75, -1)
    air_left = drawn("L", "CC", 1, bright)
    folder = folder_of(tmp_path / "pair", air_left, drawn("R", "CC", 2, plain_breast(seed=2)))
    reading = Mammography().read(study_in(folder))
    assert reading is not None
    left, right = sorted(reading.images, key=lambda each: str(facts(each)["laterality"]))
    places = [each.contour for each in left.regions if each.name == "asymmetry"]
    assert any(each.mean(axis=0) == pytest.approx((200, 380 + TOP), abs=60) for each in places)
    at_the_same_place = (COLUMNS - 1 - 200, 380 + TOP)
    for each in right.regions:
        if each.name == "asymmetry":
            assert cv2.pointPolygonTest(each.contour, at_the_same_place, measureDist=False) < 0


def test_two_of_one_view_are_both_read(tmp_path: Path) -> None:
    reading = read_exam(tmp_path, ("L", "CC"), ("L", "CC"))
    assert [each.read for each in reading.images] == [1, 1]
    assert all(len(each.outlines) == 1 for each in reading.findings)


def test_of_damaged_pixels_that_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    folder = exam(tmp_path, (("L", "CC"), ("L", "MLO")))
    with (folder / "a").open("r+b") as file:
        file.truncate(file.seek(0, 2) - 1000)
    study = study_in(folder)
    reading = Mammography().read(study)
    assert reading is not None
    assert sorted(each.read for each in reading.images) == [0, 1]
    assert [bool(each.trouble) for each in reading.images] == [
        not each.read for each in reading.images
    ]


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    stopped = Event()
    stopped.set()
    assert Mammography().read(study_in(exam(tmp_path, (("L", "CC"),))), cancelled=stopped) is None


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[float] = []
    Mammography().read(
        study_in(exam(tmp_path, (("L", "CC"), ("R", "CC")))), lambda share, _: told.append(share)
    )
    assert told == [0.0, 0.5, 1.0]


def test_pieces_and_holes_make_up_the_mask_again() -> None:
    mask = np.zeros((120, 100), bool)
    mask[10:100, 10:80] = True
    mask[30:60, 30:60] = False
    mask[40:50, 40:50] = True
    found = np.zeros(mask.shape, np.uint8)
    for each in pieces_of(mask, 1):
        piece = np.zeros(mask.shape, np.uint8)
        cv2.fillPoly(piece, [each.astype(np.int32)], 1)
        found ^= piece
    assert (found != mask).mean() < 0.03  # the rims of holes alone
