from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread, uid

from senoscope.studies.results.made_object import written
from senoscope.studies.results.presentation import presentations_of
from tests.studies.programs import program
from tests.studies.results.conformance import dciodvfy_errors, own_errors
from tests.studies.results.image_builders import (
    COLUMNS,
    KINDS,
    PUBLIC,
    ROWS,
    colour_cine,
    grey_cine,
    inverted,
    places_of,
    public_study,
    reading_of,
    still,
    study_of,
)
from tests.studies.study_builders import SERIES


def lines(annotation: Dataset) -> list[np.ndarray]:
    """The graphics of an annotation, each (n, 2)."""
    return [
        np.array(each.GraphicData, np.float64).reshape(-1, 2)
        for each in annotation.GraphicObjectSequence
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_dciodvfy_finds_no_error_in_the_marks_of_each_image(tmp_path: Path, kind: str) -> None:
    study, sources = study_of(tmp_path / "study", KINDS[kind](1), KINDS[kind](2))
    made = presentations_of(reading_of(study), sources)
    paths = [written(each, tmp_path / "out") for each in made]
    assert [each.name for each in paths] == ["marks_1.dcm", "marks_2.dcm"]
    assert [dciodvfy_errors(each) for each in paths] == [[], []]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_samples_become_marks_without_an_error(
    public_data: Path, tmp_path: Path, name: str
) -> None:
    study, sources = public_study(public_data, name)
    [made] = presentations_of(reading_of(study), sources)
    assert own_errors(written(made, tmp_path)) == []


def test_an_outline_is_closed_and_counts_from_the_pixels_corner(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "study", grey_cine())
    reading = reading_of(study)
    [made] = presentations_of(reading, sources)
    read_back = dcmread(written(made, tmp_path / "out"))
    outlines = [each for finding in reading.findings for each in finding.outlines]
    annotations = read_back.GraphicAnnotationSequence
    assert len(annotations) == len(outlines) == 4
    for annotation, outlined in zip(annotations, outlines, strict=True):
        drawn = lines(annotation)[0]
        assert (drawn[0] == drawn[-1]).all()
        assert drawn[:-1] == pytest.approx(outlined.contour + 0.5, abs=1e-4)
        [source] = annotation.ReferencedImageSequence
        assert source.ReferencedSOPInstanceUID == f"{SERIES}.1"
        assert source.ReferencedFrameNumber == outlined.at.frame
        assert annotation.GraphicObjectSequence[0].GraphicAnnotationUnits == "PIXEL"


def test_size_and_axes_are_on_the_key_frame_only(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    [made] = presentations_of(reading_of(study), sources)
    said = [
        (each.TextObjectSequence[0].UnformattedTextValue, len(each.GraphicObjectSequence))
        for each in made.GraphicAnnotationSequence
    ]
    assert said == [
        ("1: 12.0 x 6.7 mm, malignancy 37% (suggestion)", 3),
        ("1", 1),
        ("1", 1),
        ("2: no millimetres known, malignancy 37% (suggestion)", 1),
    ]
    assert "Not a medical device" in made.ContentDescription


def test_marks_carry_the_lesions_tracking_uid(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    reading = reading_of(study)
    [made] = presentations_of(reading, sources)
    tracked = {
        (each.TrackingID, each.TrackingUID)
        for annotation in made.GraphicAnnotationSequence
        for each in annotation.GraphicObjectSequence
    }
    assert tracked == {(f"Lesion {each.number}", each.tracking_uid) for each in reading.findings}


def test_a_still_has_no_frame_numbers(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, still())
    [made] = presentations_of(reading_of(study), sources)
    for annotation in made.GraphicAnnotationSequence:
        assert "ReferencedFrameNumber" not in annotation.ReferencedImageSequence[0]


def test_grey_and_colour_have_their_own_kinds_and_the_window_stays(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "grey", grey_cine(WindowCenter="90", WindowWidth="80"))
    [grey] = presentations_of(reading_of(study), sources)
    assert grey.SOPClassUID == uid.GrayscaleSoftcopyPresentationStateStorage
    assert grey.SoftcopyVOILUTSequence[0].WindowCenter == 90
    assert grey.PresentationLUTShape == "IDENTITY"
    assert grey.DisplayedAreaSelectionSequence[0].DisplayedAreaBottomRightHandCorner == [
        COLUMNS,
        ROWS,
    ]
    study, sources = study_of(tmp_path / "inverted", inverted())
    [turned] = presentations_of(reading_of(study), sources)
    assert turned.PresentationLUTShape == "INVERSE"
    study, sources = study_of(tmp_path / "colour", colour_cine())
    [colour] = presentations_of(reading_of(study), sources)
    assert colour.SOPClassUID == uid.ColorSoftcopyPresentationStateStorage
    assert len(colour.ICCProfile) > 100
    assert "PresentationLUTShape" not in colour


def test_what_reaches_beyond_the_picture_ends_at_its_edge(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    reading = reading_of(study)
    wide = reading.findings[0].outlines[0]
    wide = replace(wide, contour=wide.contour * np.float32(9) - np.float32(500))
    finding = replace(reading.findings[0], key=wide, outlines=(wide,))
    [made] = presentations_of(replace(reading, findings=(finding,)), sources)
    drawn = lines(made.GraphicAnnotationSequence[0])[0]
    assert drawn.min() == 0
    assert drawn[:, 0].max() <= COLUMNS
    assert drawn[:, 1].max() <= ROWS


def test_no_findings_no_marks(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    assert presentations_of(replace(reading_of(study), findings=()), sources) == []


@pytest.mark.parametrize("photometric", ["MONOCHROME2", "MONOCHROME1"])
def test_dcmtk_shows_the_same_greys_with_the_marks_as_the_image_has_without(
    tmp_path: Path, photometric: str
) -> None:
    header = grey_cine(WindowCenter="90", WindowWidth="300", PhotometricInterpretation=photometric)
    study, sources = study_of(tmp_path / "study", header)
    [made] = presentations_of(reading_of(study), sources)
    marks = written(made, tmp_path)
    for at in places_of(study):
        command = [program("dcmp2pgm"), "-p", marks, "-f", str(at.frame), tmp_path / "study" / "a"]
        subprocess.run([*command, tmp_path / "shown.pgm"], check=True, timeout=60)
        shown = np.asarray(Image.open(tmp_path / "shown.pgm")).astype(int)
        assert abs(shown - sources.picture(at)).max() <= 1
