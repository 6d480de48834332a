from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.clip import Clip
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.sources.clip import ClipSource

MS = 10**6
HANG_LIMIT_S = 30.0
TIMES = (0.0, 20.0, 80.0, 100.0)


class Decoded:
    """Frame n is of grey n; remembers which were asked for. `bad` cannot be decoded."""

    def __init__(self, count: int, bad: int | None = None) -> None:
        self.asked: list[int] = []
        self._count, self._bad = count, bad

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int, /) -> NDArray[np.uint8]:
        self.asked.append(place)
        if place == self._bad:
            raise ImageError("this frame cannot be decoded")
        return np.full((120, 160), place, np.uint8)


def clip(frames: Decoded | list[NDArray[np.uint8]] | None = None, **changed: object) -> Clip:
    given = Decoded(4) if frames is None else frames
    facts = {"pixel_spacing": PixelSpacing(0.1, 0.2), "scan_area": None, "name": "DICOM cine"}
    return Clip(given, TIMES[: len(given)], **(facts | changed))  # type: ignore[arg-type]


def frames_of(source: ClipSource, most: int = 100) -> list[Frame]:
    source.open()
    frames: list[Frame] = []
    while len(frames) < most and (frame := source.grab()) is not None:
        frames.append(frame)
    return frames


def spaced_ms(frames: list[Frame]) -> list[float]:
    return [(frame.captured_at_ns - frames[0].captured_at_ns) / MS for frame in frames]


def test_flat_out_frames_are_as_far_apart_as_they_were_taken() -> None:
    began_ns = time.monotonic_ns()
    source = ClipSource(clip(), flat_out=True)
    frames = frames_of(source)
    assert [int(frame.pixels[5, 5]) for frame in frames] == [0, 1, 2, 3]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert spaced_ms(frames) == list(TIMES)
    assert began_ns <= frames[0].captured_at_ns <= time.monotonic_ns()
    assert all(frame.pixel_spacing == PixelSpacing(0.1, 0.2) for frame in frames)
    assert (source.name, source.simulated, source.share) == ("DICOM cine", False, 1.0)


def test_at_its_own_pace_a_frame_comes_when_it_was_taken_and_not_before() -> None:
    source = ClipSource(clip())
    source.open()
    began_ns = time.monotonic_ns()
    came_ms = []
    while source.grab() is not None:
        came_ms.append((time.monotonic_ns() - began_ns) / MS)
    assert all(came >= due for came, due in zip(came_ms, TIMES, strict=True))


def test_a_rate_replaces_the_clip_s_own_times() -> None:
    assert spaced_ms(frames_of(ClipSource(clip(), 500.0))) == [0, 2, 4, 6]
    assert spaced_ms(frames_of(ClipSource(clip(), 10.0, flat_out=True))) == [0, 100, 200, 300]
    with pytest.raises(SettingsError):
        ClipSource(clip(), 0.0)


def test_a_repeated_clip_goes_on_in_index_and_time() -> None:
    frames = frames_of(ClipSource(clip(), flat_out=True, repeat=True), most=7)
    assert [frame.index for frame in frames] == list(range(7))
    assert [int(frame.pixels[5, 5]) for frame in frames] == [0, 1, 2, 3, 0, 1, 2]
    assert spaced_ms(frames)[3:5] == [100, pytest.approx(100 + 100 / 3, abs=1e-3)]


def test_who_falls_behind_goes_on_from_there_without_a_burst() -> None:
    source = ClipSource(clip(), repeat=True)
    source.open()
    first = source.grab()
    time.sleep(0.4)
    late, after = source.grab(), source.grab()
    assert first is not None and late is not None and after is not None
    assert late.captured_at_ns - first.captured_at_ns >= 400 * MS
    assert after.captured_at_ns - late.captured_at_ns == 60 * MS


def test_only_what_lies_in_the_scan_area_is_delivered() -> None:
    picture = np.full((120, 160), 255, np.uint8)
    picture[20:120, 10:150] = 7
    area = ScanArea(10, 20, 140, 100, (160, 120))
    (frame,) = frames_of(ClipSource(clip([picture], scan_area=area), flat_out=True))
    assert frame.size == (140, 100)
    assert (frame.pixels == 7).all() and frame.pixels.flags.c_contiguous


def test_red_is_red() -> None:
    red = np.zeros((120, 160, 3), np.uint8)
    red[..., 0] = 200
    (frame,) = frames_of(ClipSource(clip([red]), flat_out=True))
    assert int(frame.pixels[5, 5]) == 60  # red weighs 0.299
    assert frame.colour_share == 1.0


def test_frames_are_decoded_when_they_are_shown_and_a_bad_one_is_passed_over() -> None:
    decoded = Decoded(4, bad=1)
    source = ClipSource(clip(decoded), flat_out=True)
    source.open()
    assert decoded.asked == []
    assert source.grab() is not None and decoded.asked == [0]
    with pytest.raises(ImageError):
        source.grab()
    third = source.grab()
    assert third is not None and int(third.pixels[5, 5]) == 2


def test_one_frame_is_a_still() -> None:
    assert ClipSource(clip(Decoded(1))).stills
    assert not ClipSource(clip()).stills


def test_closing_ends_a_waiting_grab() -> None:
    source = ClipSource(clip(), rate_hz=0.01)
    source.open()
    assert source.grab() is not None
    came: list[Frame | None] = []
    waiting = threading.Thread(target=lambda: came.append(source.grab()))
    waiting.start()
    source.close()
    waiting.join(HANG_LIMIT_S)
    assert came == [None]
    assert source.grab() is None
