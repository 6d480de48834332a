from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom import uid
from pydicom.config import disable_value_validation

from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.studies.results.copied_modules import NEVER_LACKING
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import FramePlace
from tests.studies.dicom_files import grey_frames, with_element, write
from tests.studies.results.image_builders import (
    CHINESE,
    COLUMNS,
    ROWS,
    colour_cine,
    colours,
    grey_cine,
    inverted,
    jpeg_cine,
    places_of,
    still,
    study_of,
)
from tests.studies.study_builders import SERIES, folder_of, image, read


def test_a_header_holds_everything_but_pixels_and_private_elements(tmp_path: Path) -> None:
    _, sources = study_of(tmp_path, grey_cine())
    header = sources.header(f"{SERIES}.1")
    assert header.PatientName == CHINESE
    assert header.WindowCenter == 127
    assert "PixelData" not in header
    assert not any(element.tag.is_private for element in header)
    for keyword in NEVER_LACKING:
        assert keyword in header


def test_a_header_is_read_once(tmp_path: Path) -> None:
    _, sources = study_of(tmp_path, grey_cine())
    first = sources.header(f"{SERIES}.1")
    (tmp_path / "a").unlink()
    assert sources.header(f"{SERIES}.1") is first


def test_what_breaks_its_form_is_mended_or_left_out_but_never_who_it_is(tmp_path: Path) -> None:
    with disable_value_validation():
        header = grey_cine(
            PatientID="7" * 70,
            PatientSex="W",
            StudyDate="2026.11.28",
            StudyTime="11:25:01",
            PatientBirthDate="19800231x",
            StudyDescription="d" * 70,
            ReferencedStudySequence=[],
        )
        _, sources = study_of(tmp_path, header)
    kept = sources.header(f"{SERIES}.1")
    assert kept.PatientID == "7" * 70
    assert (kept.PatientSex, kept.StudyDate, kept.StudyTime) == ("", "20261128", "112501")
    assert kept.PatientBirthDate == ""
    assert "StudyDescription" not in kept
    assert "ReferencedStudySequence" not in kept


def test_an_image_that_is_not_of_the_study_is_refused(tmp_path: Path) -> None:
    _, sources = study_of(tmp_path, grey_cine())
    with pytest.raises(SourceUnavailable, match="whole study"):
        sources.header("1.2.3.999")


@pytest.mark.parametrize("what", ["gone", "another", "no DICOM", "gigabytes", "cut off"])
def test_a_file_that_has_changed_since_is_refused_in_words(tmp_path: Path, what: str) -> None:
    study, sources = study_of(tmp_path / "DOE", grey_cine())
    path = tmp_path / "DOE" / "a"
    if what == "gone":
        path.unlink()
    elif what == "another":
        write(path, grey_cine(2))
    elif what == "no DICOM":
        path.write_bytes(b"nothing")
    elif what == "gigabytes":
        with_element(path, (0x0009, 0x1001), b"OB", 2**32 - 16)
    else:
        path.write_bytes(path.read_bytes()[:420])
    with pytest.raises(SourceUnavailable) as refused:
        sources.header(study.images[0].instance_uid)
    assert not any(each in str(refused.value) for each in ("DOE", "77-1234", "Wang"))


def test_grey_is_shown_under_the_files_window(tmp_path: Path) -> None:
    frames = np.ascontiguousarray(grey_frames(3)[:, :ROWS, :COLUMNS])
    study, sources = study_of(tmp_path, grey_cine(WindowCenter="10", WindowWidth="2"))
    shown = sources.picture(places_of(study)[2])
    assert shown.shape == (ROWS, COLUMNS)
    assert set(np.unique(frames[2])) == {10, 255}
    assert set(np.unique(shown)) == {255}
    assert sources.picture(places_of(study)[0]).min() == 0


def test_what_is_stored_white_for_black_is_turned_round(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "plain", grey_cine())
    turned, others = study_of(tmp_path / "turned", inverted())
    for plain, other in zip(places_of(study), places_of(turned), strict=True):
        assert (others.picture(other) == 255 - sources.picture(plain)).all()


def test_colours_are_shown_as_they_are(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "rgb", colour_cine())
    assert (sources.picture(places_of(study)[1]) == colours()[1]).all()
    study, sources = study_of(tmp_path / "jpeg", jpeg_cine())
    shown = sources.picture(places_of(study)[1]).astype(int)
    assert abs(shown - colours()[1]).mean() < 3


def test_a_still_has_one_frame(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, still())
    [place] = places_of(study)
    assert sources.picture(place).shape == (ROWS, COLUMNS)
    for frame in (0, 2):
        with pytest.raises(ImageError, match="counted from 1"):
            sources.picture(FramePlace(SERIES, f"{SERIES}.1", uid.UltrasoundImageStorage, frame))


def test_what_is_no_ultrasound_is_not_shown(tmp_path: Path) -> None:
    [study], _ = read(folder_of(tmp_path, image()))
    with pytest.raises(SourceUnavailable, match="expected an ultrasound"):
        SourceImages(study).picture(places_of(study)[0])
