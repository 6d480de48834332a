from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from senoscope.domain.reading import Suspicion
from senoscope.studies.results.key_images import (
    COLOURS,
    LINE,
    NARROWEST,
    drawn_key_frame,
    key_images_of,
    lines_of,
)
from senoscope.studies.results.made_object import written
from senoscope.studies.results.outline_mask import axes_of, mask_of
from tests.studies.results.conformance import dciodvfy_errors, own_errors
from tests.studies.results.image_builders import (
    CHINESE,
    KINDS,
    PUBLIC,
    grey_cine,
    outline,
    outlined_finding,
    places_of,
    public_study,
    reading_of,
    study_of,
)
from tests.studies.results.report_builders import SPACING, place
from tests.studies.study_builders import SERIES, STUDY


@pytest.mark.parametrize("kind", KINDS)
def test_dciodvfy_finds_no_error_in_a_picture_of_each_finding(tmp_path: Path, kind: str) -> None:
    study, sources = study_of(tmp_path / "study", KINDS[kind](1), KINDS[kind](2))
    made = key_images_of(reading_of(study), sources)
    paths = [written(each, tmp_path / "out") for each in made]
    assert [each.name for each in paths] == ["key_image_1.dcm", "key_image_2.dcm"]
    assert [dciodvfy_errors(each) for each in paths] == [[], []]
    assert {dcmread(each).StudyInstanceUID for each in paths} == {STUDY}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_samples_become_pictures_without_an_error(
    public_data: Path, tmp_path: Path, name: str
) -> None:
    study, sources = public_study(public_data, name)
    for made in key_images_of(reading_of(study), sources):
        assert own_errors(written(made, tmp_path)) == []


def test_it_says_what_it_is_and_what_it_is_made_of(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "study", grey_cine(ImageLaterality="R"))
    reading = reading_of(study)
    first, second = key_images_of(reading, sources)
    assert first.BurnedInAnnotation == "YES"
    assert "burnt in by software" in first.DerivationDescription
    assert "Not a medical device" in first.DerivationDescription
    [source] = second.SourceImageSequence
    assert source.ReferencedSOPInstanceUID == f"{SERIES}.1"
    assert source.ReferencedFrameNumber == reading.findings[1].key.at.frame == 3
    assert source.PurposeOfReferenceCodeSequence[0].CodeValue == "121322"
    assert first.ImageLaterality == "R"
    assert first.SeriesInstanceUID == second.SeriesInstanceUID != SERIES
    [equipment] = first.ContributingEquipmentSequence
    assert equipment.Manufacturer == first.Manufacturer == "Senoscope"
    path = written(first, tmp_path)
    assert dcmread(path).PatientName == CHINESE
    assert b"SECRET" not in path.read_bytes()


def test_the_words_below_say_size_probability_and_that_it_is_no_diagnosis() -> None:
    finding = outlined_finding(2, (outline(place(frame=7), (300, 200)),))
    lines = lines_of(finding)
    assert lines[0] == "Lesion 2, frame 7: 12.0 x 6.7 mm"
    assert lines[1] == "Malignancy 37% (frames 18% to 68%): uncertain"
    assert lines[2].endswith(": suggestion, not a diagnosis")
    assert lines[3] == "Not for diagnosis"
    assert "no millimetres known" in lines_of(replace(finding, measured=None))[0]


@pytest.mark.parametrize("suspicion", list(Suspicion))
def test_the_outline_is_drawn_where_it_is_and_nothing_else_is_touched(
    suspicion: Suspicion,
) -> None:
    picture = np.full((200, 300), 77, np.uint8)
    found = replace(
        outlined_finding(1, (outline(place(), (300, 200)),)), suspicion=suspicion, measured=None
    )
    drawn = drawn_key_frame(picture, found, None)
    assert drawn.shape == (200 + 4 * LINE + 8, NARROWEST, 3)
    contour = found.key.contour
    at = np.rint(contour).astype(int)
    colour = np.array(COLOURS[suspicion])
    miss = np.abs(drawn[at[:, 1], at[:, 0]].astype(int) - colour).sum(axis=1)
    assert np.median(miss) < 40
    centre = contour.mean(axis=0)
    inner = mask_of(centre + (contour - centre) * np.float32(0.85), 200, 300)
    outer = mask_of(centre + (contour - centre) * np.float32(1.15), 200, 300)
    outer[: int(contour[:, 1].min()), :] = True  # where the number stands
    assert (drawn[:200, :300][inner | ~outer] == 77).all()
    for line in range(4):
        strip = drawn[200 + LINE * line + 4 : 200 + LINE * (line + 1)]
        assert (strip > 200).sum() > 100


def test_axes_are_drawn_where_millimetres_are_known_and_nowhere_else() -> None:
    picture = np.full((200, 300, 3), 77, np.uint8)
    found = outlined_finding(1, (outline(place(), (300, 200)),))
    with_axes = drawn_key_frame(picture, found, SPACING.spacing)
    without = drawn_key_frame(picture, replace(found, measured=None), None)
    for axis in axes_of(found.key.contour, SPACING.spacing):
        x, y = np.rint(axis[0] + (axis[1] - axis[0]) * 0.3).astype(int)
        assert with_axes[y - 1 : y + 2, x - 1 : x + 2].max() > 220
        assert (without[y - 1 : y + 2, x - 1 : x + 2] == 77).all()


def test_the_spacing_is_that_of_the_image_of_the_frame(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path, grey_cine())
    reading = reading_of(study)
    assert reading.pixel_spacing_of(places_of(study)[0].instance_uid) == SPACING.spacing
    assert reading.pixel_spacing_of("1.2.3.999") is None
