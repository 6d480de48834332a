"""What becomes of a study of which something cannot be read."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset, uid

from senoscope.domain.errors import InstallationError, SourceUnavailable
from senoscope.domain.reading import Unsuitable
from senoscope.studies.images.series import Study
from senoscope.studies.modes.mode import fitting_modes
from senoscope.studies.modes.ultrasound_clip import UltrasoundClip
from senoscope.studies.study_reading import StudyReading
from tests.fakes import BuildFakeReader, FakeReader
from tests.realtime.running import workers
from tests.studies.dicom_files import compressed, jpegs, region
from tests.studies.study_builders import SERIES, folder_of, image, read, ultrasound

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")

SIDE = 64


def mode(reader: FakeReader | None = None, build_error: str = "") -> UltrasoundClip:
    return UltrasoundClip(BuildFakeReader(reader or FakeReader(), build_error), 256)


def study_of(folder: Path, *headers: Dataset) -> Study:
    [study], _ = read(folder_of(folder, *headers))
    return study


def shades(count: int) -> NDArray[np.uint8]:
    """Even frames, each of another grey than the one before; not two alike in 120."""
    greys = (np.arange(count) % 120 * 2 + 10).astype(np.uint8)
    return np.broadcast_to(greys[:, None, None], (count, SIDE, SIDE))


def clip(frames: NDArray[np.uint8], number: int = 1, **changed: object) -> Dataset:
    """All of the picture is a calibrated region."""
    whole = region(
        RegionLocationMinX0=0,
        RegionLocationMinY0=0,
        RegionLocationMaxX1=SIDE - 1,
        RegionLocationMaxY1=SIDE - 1,
    )
    given: dict[str, object] = {
        "NumberOfFrames": len(frames),
        "Rows": SIDE,
        "Columns": SIDE,
        "PixelData": frames.tobytes(),
        "InstanceNumber": number,
        "SequenceOfUltrasoundRegions": [whole],
    }
    return ultrasound(number, **(given | changed))


def whole(reading: StudyReading | None) -> StudyReading:
    assert reading is not None
    return reading


def test_the_images_beside_a_damaged_one_are_read(tmp_path: Path) -> None:
    bad = clip(shades(3), 2, PixelData=None)
    study = study_of(tmp_path, clip(shades(12)), bad, clip(shades(12), 3))
    reading = whole(mode().read(study))
    assert [each.read for each in reading.images] == [12, 0, 12]
    assert [bool(each.trouble) for each in reading.images] == [False, True, False]
    assert "no pixels" in reading.images[1].trouble
    assert [each.key.at.instance_uid for each in reading.findings] == [f"{SERIES}.1", f"{SERIES}.3"]


def test_a_study_of_damaged_images_alone_starts_no_ai(tmp_path: Path) -> None:
    study = study_of(tmp_path, clip(shades(3), PixelData=None))
    reading = whole(mode(build_error="no weights").read(study))
    assert reading.abstained
    assert reading.reader.engine == ""


def test_a_frame_that_cannot_be_decoded_shifts_no_frame_number(tmp_path: Path) -> None:
    coded = jpegs(list(shades(14)))
    coded[4] = b"\xff\xd8 no picture \xff\xd9"
    header = compressed(clip(shades(14)), coded, uid.JPEGBaseline8Bit)
    reading = whole(mode().read(study_of(tmp_path, header)))
    [found] = reading.findings
    assert (reading.images[0].frames, reading.images[0].read) == (14, 13)
    frames = [each.at.frame for each in found.outlines]
    # Steady once it was found in eight frames: on the ninth, since one of these was none.
    assert frames == [9, 10, 11, 12, 13, 14]


def test_of_frames_alike_each_is_outlined(tmp_path: Path) -> None:
    frames = np.repeat(shades(12), 2, axis=0)
    reading = whole(mode().read(study_of(tmp_path, clip(frames))))
    [found] = reading.findings
    assert reading.images[0].read == 24
    assert [each.at.frame for each in found.outlines] == list(range(15, 25))


def test_a_cine_too_short_to_follow_is_taken_for_stills(tmp_path: Path) -> None:
    reading = whole(mode().read(study_of(tmp_path, clip(shades(3)))))
    assert [each.key.at.frame for each in reading.findings] == [1, 2, 3]
    assert all(len(each.outlines) == 1 for each in reading.findings)


def test_an_ai_that_dies_is_started_again_and_the_rest_is_read(tmp_path: Path) -> None:
    study = study_of(tmp_path, clip(shades(12)), clip(shades(2), 2))
    reading = whole(mode(FakeReader(crash_at=10)).read(study))
    lost = 12 - reading.images[0].read
    assert 1 <= lost <= 2
    assert reading.images[0].trouble == ""
    assert reading.images[1].read == 2


def test_an_ai_that_cannot_be_built_is_said_once(tmp_path: Path) -> None:
    study = study_of(tmp_path, clip(shades(3)), clip(shades(3), 2))
    with pytest.raises(InstallationError, match="cannot be read: no weights"):
        mode(build_error="no weights").read(study)


@pytest.mark.real_gate
def test_where_everything_is_abstained_on_the_images_say_why(tmp_path: Path) -> None:
    dark = shades(12) // 50
    reading = whole(mode().read(study_of(tmp_path, clip(dark), clip(dark[:1], 2))))
    assert reading.abstained
    assert reading.findings == ()
    for each in reading.images:
        assert sum(each.unsuitable.values()) == each.frames
        assert each.trouble == ""
        assert each.spacing is not None
    assert reading.images[0].unsuitable == {Unsuitable.NO_ULTRASOUND: 12}


def test_a_long_cine_can_be_cancelled(tmp_path: Path) -> None:
    study = study_of(tmp_path, clip(shades(2000)))
    cancelled = Event()
    shares = []

    def say(share: float, words: str) -> None:
        assert words == "Image 1 of 1"
        shares.append(share)
        if share > 0:
            cancelled.set()

    assert mode(FakeReader(delay_s=0.01)).read(study, say, cancelled) is None
    assert 0 < shares[-1] < 0.9


def test_one_ai_process_reads_all_images_and_progress_rises(tmp_path: Path) -> None:
    study = study_of(tmp_path, *(clip(shades(40), each) for each in (1, 2, 3)))
    pids: set[int] = set()
    shares: list[float] = []
    said: set[str] = set()

    def say(share: float, words: str) -> None:
        pids.update(each.pid for each in workers())
        shares.append(share)
        said.add(words)

    whole(mode(FakeReader(delay_s=0.01)).read(study, say))
    assert len(pids) == 1
    assert shares == sorted(shares)
    assert said == {f"Image {each} of 3" for each in (1, 2, 3)}


def test_what_no_mode_reads_is_said_with_what_was_expected(tmp_path: Path) -> None:
    study = study_of(tmp_path, image())
    with pytest.raises(SourceUnavailable, match="series of MR; expected ultrasound images or cine"):
        fitting_modes(study, [mode()])


def test_other_series_of_the_study_are_left_alone(tmp_path: Path) -> None:
    other = image(9, SeriesInstanceUID=f"{SERIES}.9")
    reading = whole(mode().read(study_of(tmp_path, clip(shades(3)), other)))
    assert [each.instance_uid for each in reading.images] == [f"{SERIES}.1"]
