"""What is kept of a clip's frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from senoscope.domain.clip import Clip
from senoscope.domain.frame import ScanArea
from senoscope.domain.reading import Reading, Suspicion, Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.published import ReadFrame
from senoscope.studies.modes.heard_frames import HeardFrames
from tests import builders

AREA = ScanArea(7, 11, 200, 150)
RULER = CalibratedSpacing(PixelSpacing(0.2, 0.2), SpacingOrigin.RULER, 1.0)


def heard(frames: int, area: ScanArea | None = AREA) -> HeardFrames:
    shades = [np.full((161, 207), each, np.uint8) for each in range(frames)]
    return HeardFrames(Clip(shades, tuple(map(float, range(frames))), None, area, "clip"))


def read(place: int, steady: bool = True, area: ScanArea | None = None) -> ReadFrame:
    reading = builders.reading(place)
    frame = replace(builders.frame(place), spacing=RULER)
    tracks = builders.tracks(reading.findings)
    if not steady:
        tracks = tuple(replace(each, number=0, suspicion=None) for each in tracks)
    return ReadFrame(frame, reading, tracks, "clip", builders.EXAM, area)


def test_outlines_are_in_pixels_of_the_whole_stored_image() -> None:
    inside, field = builders.lesion().contour, ScanArea(3, 5, 100, 90)
    for frames in (1, 20):
        frames_heard = heard(frames)
        frames_heard.hear(0, read(0, area=field))
        [lesion] = frames_heard.lesions()
        assert np.array_equal(lesion.contours[0], inside + np.array([7 + 3, 11 + 5], np.float32))
        assert lesion.contours[0].dtype == np.float32


def test_a_lesion_is_outlined_where_it_was_found_and_only_once_it_is_steady() -> None:
    frames_heard = heard(20)
    frames_heard.hear(0, read(0, steady=False))
    frames_heard.hear(1, read(1))
    gone = read(2)
    away = tuple(replace(each, finding=None, probability=0.2) for each in gone.tracks)
    frames_heard.hear(2, replace(gone, tracks=away))
    frames_heard.hear(3, read(3))
    [lesion] = frames_heard.lesions()
    assert list(lesion.contours) == [1, 3]
    assert frames_heard.read == {0, 1, 2, 3}


def test_the_probability_is_as_of_the_last_frame() -> None:
    frames_heard = heard(20)
    frames_heard.hear(0, read(0))
    later = read(1)
    last = replace(
        later.tracks[0], probability=0.3, lowest=0.1, highest=0.4, suspicion=Suspicion.UNCERTAIN
    )
    frames_heard.hear(1, replace(later, tracks=(last,)))
    [lesion] = frames_heard.lesions()
    assert (lesion.probability, lesion.lowest, lesion.highest) == (0.3, 0.1, 0.4)
    assert lesion.suspicion is Suspicion.UNCERTAIN


def test_frames_that_were_not_to_be_read_are_counted_by_reason() -> None:
    frames_heard = heard(20)
    why = Reading(0, (), 0.0, unsuitable=Unsuitable.COLOUR)
    frames_heard.hear(0, replace(read(0), reading=why, tracks=()))
    frames_heard.repeat({1: 0})
    assert (frames_heard.read, frames_heard.unsuitable) == (set(), {Unsuitable.COLOUR: 1})
    assert frames_heard.spacing is None


def test_a_scale_that_changes_is_none_of_the_whole_image() -> None:
    frames_heard = heard(20)
    frames_heard.hear(0, read(0))
    assert frames_heard.spacing == RULER
    zoomed = CalibratedSpacing(PixelSpacing(0.1, 0.1), SpacingOrigin.RULER, 1.0)
    other = read(1)
    frames_heard.hear(1, replace(other, frame=replace(other.frame, spacing=zoomed)))
    assert frames_heard.spacing is None
