from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.ultrasound_clip import read_clip
from senoscope.studies.results.key_images import key_images_of
from senoscope.studies.results.live_key_frame import LiveStudy, key_frame_image, live_series
from senoscope.studies.results.made_object import written
from senoscope.studies.results.presentation import presentations_of
from senoscope.studies.results.segmentation import segmentation_of
from senoscope.studies.results.source_images import SourceImages
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.image_builders import reading_of
from tests.studies.results.report_builders import picture
from tests.studies.study_builders import read

SPACING = PixelSpacing(0.08, 0.12)
WHOLE = ScanArea(0, 0, 320, 240, (320, 240))
LIVE = LiveStudy(generate_uid(prefix=None), "Exam 12 小", datetime(2026, 11, 28, 9, 15, tzinfo=UTC))


@pytest.mark.parametrize("pixels", [picture(), picture()[..., 0]], ids=["colour", "grey"])
@pytest.mark.parametrize("spacing", [SPACING, None])
def test_a_live_key_frame_is_an_ultrasound_image_that_is_read_like_any_other(
    tmp_path: Path, pixels: np.ndarray, spacing: PixelSpacing | None
) -> None:
    made = key_frame_image(pixels, LIVE, live_series(), 1, spacing)
    path = written(made, tmp_path)
    assert path.name == "image_1.dcm"
    assert dciodvfy_errors(path) == []
    clip = read_clip(path)
    assert (np.asarray(clip.frames[0]) == pixels).all()
    assert clip.pixel_spacing == spacing
    assert clip.scan_area == (WHOLE if spacing else None)
    kept = dcmread(path)
    assert (kept.PatientID, kept.StudyInstanceUID) == ("Exam 12 小", LIVE.uid)
    assert kept.StudyDate == "20261128"


def test_results_refer_to_live_key_frames(tmp_path: Path) -> None:
    series = live_series()
    for number in (1, 2):
        written(
            key_frame_image(picture(), LIVE, series, number, spacing=SPACING), tmp_path / "live"
        )
    [study], _ = read(tmp_path / "live")
    assert [len(each.images) for each in study.series] == [2]
    reading, sources = reading_of(study), SourceImages(study)
    for of in (segmentation_of, presentations_of, key_images_of):
        for made in of(reading, sources):
            assert dciodvfy_errors(written(made, tmp_path / "out")) == []


def test_a_pseudonym_that_dicom_cannot_hold_is_refused() -> None:
    for name in ("", " ", "a^b", "a\\b", "a=b", "a" * 65, "a\nb"):
        with pytest.raises(SettingsError, match="pseudonym"):
            LiveStudy(LIVE.uid, name, LIVE.began)


def test_pixels_of_another_form_are_refused() -> None:
    for pixels in (np.zeros((64, 64), np.uint16), np.zeros((64, 64, 4), np.uint8)):
        with pytest.raises(ImageError, match="uint8"):
            key_frame_image(pixels, LIVE, live_series(), 1)  # type: ignore[arg-type]
