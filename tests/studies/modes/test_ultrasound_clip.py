"""A study read whole: the same as live, in pixels of the stored images, one AI process for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset, dcmread, uid

from senoscope.calibration.measurement import measured
from senoscope.calibration.outline_error import network_error
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Reading
from senoscope.domain.spacing import CalibratedSpacing, SpacingOrigin
from senoscope.domain.track import Track
from senoscope.models.package import SEGMENTER, load_package
from senoscope.realtime.clip_review import ClipReview, ReviewState
from senoscope.realtime.look_ahead import find_ahead
from senoscope.realtime.sources.clip import ClipSource
from senoscope.realtime.sources.framing import Cut
from senoscope.studies.images.series import Study
from senoscope.studies.images.ultrasound_clip import read_clip
from senoscope.studies.modes.mode import fitting_modes
from senoscope.studies.modes.ultrasound_clip import UltrasoundClip
from senoscope.studies.study_reading import StudyFinding, StudyReading
from senoscope.ui.assemble import build_reader, study_modes
from senoscope.ui.review.open_clip import OpenClip
from tests.realtime.running import until
from tests.studies.modes.phantom_files import (
    COLUMNS,
    LEFT,
    ROWS,
    TOP,
    spacing,
    still,
    stored,
    sweep,
)
from tests.studies.study_builders import SERIES, STUDY, folder_of, read

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


def study_of(folder: Path, *headers: Dataset) -> Study:
    [study], _ = read(folder_of(folder, *headers))
    return study


def read_by(mode: UltrasoundClip, study: Study) -> StudyReading:
    reading = mode.read(study)
    assert reading is not None
    return reading


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, StudyReading]:
    """A still, a cine, the same cine again, and a still, read by the shipped networks."""
    frames = sweep()
    headers = still(frames[6], 1), stored(frames, 2), stored(frames, 3), still(frames[15], 4)
    study = study_of(tmp_path_factory.mktemp("phantoms"), *headers)
    [mode] = fitting_modes(study, study_modes(build_reader))
    assert isinstance(mode, UltrasoundClip)
    return study, read_by(mode, study)


@pytest.fixture(scope="module")
def reviewed(
    phantoms: tuple[Study, StudyReading], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenClip]:
    """The cine alone, as the review page reads it."""
    path = phantoms[0].images[1].path
    source = ClipSource(read_clip(path), flat_out=True)
    review = ClipReview(source, build_reader, tmp_path_factory.mktemp("spool"), Cut.CLEARED)
    clip = OpenClip(review, path, "cine", False, Cut.CLEARED, None)
    review.start()
    until(lambda: review.state is not ReviewState.READING)
    yield clip
    clip.close()


def of_image(reading: StudyReading, place: int) -> list[StudyFinding]:
    uid_there = reading.images[place].instance_uid
    return [each for each in reading.findings if each.key.at.instance_uid == uid_there]


def seen(clip: OpenClip, number: int) -> dict[int, Track]:
    """The frames, from 1, on which the lesion of that number was found."""
    return {
        frame.place + 1: track
        for frame in clip.review.frames()
        for track in frame.tracks
        if track.number == number and track.is_steady and track.finding is not None
    }


def moved(lesion: Lesion) -> NDArray[np.float32]:
    """From the tissue to the whole stored picture."""
    return lesion.contour + np.array([LEFT, TOP], np.float32)


@pytest.mark.parametrize("place", [1, 2])
def test_a_cine_s_lesions_are_those_of_the_review_bit_for_bit(
    phantoms: tuple[Study, StudyReading], reviewed: OpenClip, place: int
) -> None:
    found, lesions = of_image(phantoms[1], place), reviewed.lesions()
    assert len(found) == len(lesions) == 2
    for finding, lesion in zip(found, lesions, strict=True):
        followed = seen(reviewed, lesion.track.number)
        assert [each.at.frame for each in finding.outlines] == list(followed)
        for outlined in finding.outlines:
            assert np.array_equal(outlined.contour, moved(followed[outlined.at.frame].lesion))
        assert lesion.key_frame is not None
        assert finding.key.at.frame == lesion.key_frame + 1
        assert (finding.probability, finding.lowest, finding.highest, finding.suspicion) == (
            lesion.track.probability,
            lesion.track.lowest,
            lesion.track.highest,
            lesion.track.suspicion,
        )


def test_of_a_still_each_finding_is_one_by_itself(
    phantoms: tuple[Study, StudyReading],
) -> None:
    for place, frame in ((0, 6), (3, 15)):
        alone: Reading = build_reader().read(sweep()[frame], 0)
        found = of_image(phantoms[1], place)
        assert [each.probability for each in found] == [each.probability for each in alone.findings]
        assert len(found) > 0
        for finding, there in zip(found, alone.findings, strict=True):
            assert finding.lowest == finding.highest == finding.probability
            assert [each.at.frame for each in finding.outlines] == [1]
            assert np.array_equal(finding.key.contour, moved(there.lesion))


def test_lesions_are_numbered_through_the_study_and_each_has_a_uid(
    phantoms: tuple[Study, StudyReading],
) -> None:
    reading = phantoms[1]
    assert [each.number for each in reading.findings] == list(range(1, len(reading.findings) + 1))
    uids = {each.tracking_uid for each in reading.findings}
    assert len(uids) == len(reading.findings)
    assert all(uid.UID(each).is_valid for each in uids)


def test_millimetres_are_the_region_s_and_their_doubt_the_network_s(
    phantoms: tuple[Study, StudyReading], reviewed: OpenClip
) -> None:
    scale = CalibratedSpacing(spacing(), SpacingOrigin.DICOM_REGION)
    for each in phantoms[1].images:
        assert each.spacing is not None
        assert each.spacing.spacing.row_mm == pytest.approx(scale.spacing.row_mm)
    finding, lesion = of_image(phantoms[1], 1)[0], reviewed.lesions()[0]
    assert lesion.spacing is not None
    grid = load_package(SEGMENTER).size
    error = network_error(lesion.lesion.presence, (COLUMNS, ROWS), grid)
    assert finding.measured == measured(lesion.lesion, lesion.spacing, error, None)
    assert finding.words[0].name == "shape"
    assert finding.words[0].word is not None


def test_all_that_was_read_is_in_the_books(phantoms: tuple[Study, StudyReading]) -> None:
    reading = phantoms[1]
    assert [(each.frames, each.read) for each in reading.images] == [
        (1, 1),
        (20, 20),
        (20, 20),
        (1, 1),
    ]
    assert reading.reader == build_reader().description
    assert reading.mode == "ultrasound_clip"
    assert not reading.abstained


@pytest.mark.real_gate
def test_of_a_whole_screen_the_field_is_found_ahead_as_for_the_review(
    tmp_path: Path, public_data: Path
) -> None:
    """Nothing says where this sample's tissue is; another image is read before it."""
    sample = dcmread(public_data / "ultrasound-dicom" / "examples_ybr_color.dcm")
    sample.StudyInstanceUID, sample.SeriesInstanceUID = STUDY, SERIES
    study = study_of(tmp_path / "in", still(sweep()[6], 0), sample)
    mode, *_ = study_modes(build_reader)
    reading = mode.read(study)
    assert reading is not None
    path = study.images[1].path
    ahead = find_ahead(ClipSource(read_clip(path), flat_out=True))
    assert isinstance(ahead, ScreenTemplate)
    source = ClipSource(read_clip(path), flat_out=True)
    review = ClipReview(source, build_reader, tmp_path / "spool", Cut.FOUND, (ahead,))
    clip = OpenClip(review, path, "cine", False, Cut.FOUND, None)
    review.start()
    until(lambda: review.state is not ReviewState.READING)
    area, found = review.scan_area, of_image(reading, 1)
    clip_lesions = clip.lesions()
    followed = [seen(clip, each.track.number) for each in clip_lesions]
    clip.close()
    assert area is not None
    assert len(found) == len(clip_lesions) > 0
    for finding, lesion, frames in zip(found, clip_lesions, followed, strict=True):
        assert finding.probability == lesion.track.probability
        assert [each.at.frame for each in finding.outlines] == list(frames)
        corner = np.array([area.left, area.top], np.float32)
        for each in finding.outlines:
            assert np.array_equal(each.contour, frames[each.at.frame].lesion.contour + corner)
