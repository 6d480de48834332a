"""The clip under review: what was read of it, and what the reader made of that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from statistics import median
from threading import Lock

import cv2

from senoscope.calibration.screen.field_of_view import NoField
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import ScanArea
from senoscope.domain.lesion import Lesion
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.domain.track import Track
from senoscope.realtime.clip_review import ClipFrame, ClipReview
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.recording.recorded_readings import RecordedReadings
from senoscope.realtime.recording.recording_file import RecordingFile
from senoscope.realtime.recording.recording_format import ENDING
from senoscope.realtime.sources.framing import Framing
from senoscope.realtime.tracking.key_frames import sharpness
from senoscope.ui.frames.key_frames import KeyFrames, Remark
from senoscope.ui.frames.measured_facts import MeasuredFrame
from senoscope.ui.frames.overlay import Header, described
from senoscope.ui.review.clip_outlines import ClipOutlines

USUAL_SHARPNESS = 6.0
"""Grey levels, see `key_frames.sharpness`: from here on an outline's sharpness counts as full."""


@dataclass(frozen=True, slots=True)
class FollowedLesion:
    """One numbered lesion of the clip: as it was last followed, and the frames that show it.

    `lesion` is its outline on its key frame, or on the last where it has none, and `spacing` of
    that frame.
    """

    track: Track
    lesion: Lesion
    spacing: CalibratedSpacing | None
    first: int
    last: int
    key_frame: int | None
    edited: tuple[int, ...]
    remark: Remark

    @property
    def is_drawn(self) -> bool:
        """Whether `lesion` is a reader's outline."""
        return (self.last if self.key_frame is None else self.key_frame) in self.edited


class OpenClip:
    """One review, its key frames, outlines and remarks. Any thread may ask.

    `name` is shown to the person who opened it and goes nowhere else. An upload's file at `path` is
    deleted with it. `framing` is how it is read. `recorded` compares with the readings of a
    recording, None for other clips.
    """

    def __init__(
        self,
        review: ClipReview,
        path: Path,
        name: str,
        is_upload: bool,
        framing: Framing,
        recorded: RecordedReadings | None,
    ) -> None:
        self.review, self.path, self.name, self.is_upload = review, path, name, is_upload
        self.framing, self.recorded = framing, recorded
        self.no_field: NoField | None = None
        """Why the field of view was not found, where nobody asked for the whole picture."""
        self.outlines = ClipOutlines()
        self.version = 0
        """Counts the changes that the reader made."""
        self._exports = path.parent / f".{path.name}.exports"
        self._lock = Lock()
        self._key_frames = KeyFrames()
        self._remarks: dict[int, Remark] = {}
        self._qualities: dict[int, dict[int, float]] = {}
        self._summed: tuple[tuple[int, int, int], tuple[FollowedLesion, ...]] | None = None
        review.subscribe_read(self._key_frames.look)
        review.subscribe_read(self._note)
        if recorded is not None:
            review.subscribe_read(lambda read: recorded.hear(read.reading))

    @property
    def message(self) -> str:
        """Why it is not whole, by the name that the reader knows it by; "" where it is."""
        return self.review.message.replace(str(self.path), self.name)

    @property
    def video(self) -> Path:
        """Where a video of it is made; gone when it is closed."""
        return self._exports / "review.mp4"

    @property
    def changes(self) -> int:
        """Remarks and outlines that exist nowhere else."""
        return len(self._remarks) + len(self.outlines)

    def close(self, keep_file: bool = False) -> None:
        """Let go of the frames, of what was exported, and of an upload's file."""
        self.review.close()
        shutil.rmtree(self._exports, ignore_errors=True)
        if self.is_upload and not keep_file:
            self.path.unlink(missing_ok=True)

    def lesions(self) -> tuple[FollowedLesion, ...]:
        """By their numbers."""
        frames = self.review.frames()
        at = len(frames), self.version, self._key_frames.version
        # A page asks every second, of up to an hour's frames.
        if self._summed is None or self._summed[0] != at:
            self._summed = at, self._sum_up(frames)
        return self._summed[1]

    def _sum_up(self, frames: Sequence[ClipFrame]) -> tuple[FollowedLesion, ...]:
        best = {
            each.track.number: self.review.place_of(each.shown.frame.index)
            for each in self._key_frames.all()
        }
        first: dict[int, int] = {}
        last: dict[int, tuple[Track, ClipFrame]] = {}
        shown: dict[int, tuple[Lesion, CalibratedSpacing | None]] = {}
        for frame in frames:
            for track in frame.tracks:
                if not track.is_steady:
                    continue
                number = track.number
                first.setdefault(number, frame.place)
                last[number] = track, frame
                if best.get(number, frame.place) == frame.place:
                    lesion = self.outlines.lesion((frame.place, number), track.lesion)
                    shown[number] = lesion, frame.spacing
        return tuple(
            FollowedLesion(
                track,
                *shown.get(number, (track.lesion, frame.spacing)),
                first[number],
                frame.place,
                best.get(number),
                self.outlines.places(number),
                self._remarks.get(number, Remark()),
            )
            for number, (track, frame) in sorted(last.items())
        )

    def remark(self, number: int, remark: Remark) -> None:
        """What the reader says of a lesion. SettingsError: there is none of that number."""
        known = [each.track.number for each in self.lesions()]
        if number not in known:
            raise SettingsError(f"Lesion {number} was named; the clip has {known or 'none'}.")
        with self._lock:
            self._remarks[number] = remark
            self.version += 1

    def tracks(self, frame: ClipFrame) -> Iterator[tuple[Track, bool]]:
        """Of a frame, with the outlines drawn in place of those read; whether one was drawn."""
        for track in frame.tracks:
            # The very one that was read where none was drawn.
            lesion = self.outlines.lesion((frame.place, track.number), track.lesion)
            yield replace(track, lesion=lesion), lesion is not track.lesion

    def steady(self, frame: ClipFrame) -> list[tuple[Track, bool]]:
        """Those of `tracks` that have a number."""
        return [(track, edited) for track, edited in self.tracks(frame) if track.is_steady]

    def frame(self, place: int) -> ClipFrame:
        """SettingsError where there is none, or none yet."""
        frames = self.review.frames(place)
        if place < 0 or not frames:
            raise SettingsError(
                f"Frame {place} was asked for; {len(self.review.frames())} were read, counted "
                "from 0."
            )
        return frames[0]

    def measured_frame(self, spacing: CalibratedSpacing | None) -> MeasuredFrame:
        """What lengths rest on, on a frame of that `spacing`."""
        source, cut = self._origin
        return MeasuredFrame.of(
            spacing, self.review.size or (0, 0), source, cut, self.review.scan_area
        )

    def header(self, place: int) -> Header:
        """What is drawn over the frame and said of it."""
        frame = self.frame(place)
        reading, on = frame.reading, self.measured_frame(frame.spacing)
        return {
            "place": place,
            "time_ms": round(frame.time_ms, 1),
            "size": list(self.review.size or (0, 0)),
            "read": reading is not None,
            "why": frame.unsuitable,
            "findings": []
            if reading is None
            else [
                described(track, reading, on, True, edited) | {"edited": edited}
                for track, edited in self.tracks(frame)
            ],
        }

    def jpeg(self, place: int) -> bytes:
        """The frame as it was read, compressed."""
        self.frame(place)
        pixels = self.review.frame(place).pixels
        return cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, 90))[1].tobytes()

    def lane(self, frame: ClipFrame) -> Header:
        """A frame on the timeline: [number, probability, own probability or None, quality]."""
        qualities: Mapping[int, float] = self._qualities.get(frame.index, {})
        reading = frame.reading
        lesions = []
        for track in frame.tracks:
            if track.is_steady:
                own = None
                if track.finding is not None and reading is not None:
                    own = round(reading.findings[track.finding].probability, 3)
                quality = round(qualities.get(track.number, 0.0), 2)
                lesions.append([track.number, round(track.probability, 3), own, quality])
        return {
            "time_ms": round(frame.time_ms, 1),
            "why": frame.unsuitable,
            "read": reading is not None and reading.unsuitable is None,
            "lesions": lesions,
        }

    def changed(self) -> None:
        """An outline was."""
        with self._lock:
            self.version += 1

    def rate_hz(self) -> float:
        """Of the clip's own times; 30 before two frames came."""
        times = [frame.time_ms for frame in self.review.frames()[:200]]
        steps = [after - before for before, after in pairwise(times)]
        usual = median(steps) if steps else 0.0
        return round(1000 / usual, 2) if usual > 0 else 30.0

    @cached_property
    def _origin(self) -> tuple[str, ScanArea | None]:
        """The source whose pictures these are, and what of them was recorded."""
        if self.path.suffix != ENDING:
            return self.review.status.source_name, None
        file = RecordingFile(self.path)
        header = file.header
        file.close()
        return header.source_name, header.scan_area

    def _note(self, read: ReadFrame) -> None:
        found = {
            track.number: track.lesion.presence
            * min(1.0, sharpness(read.frame, track) / USUAL_SHARPNESS)
            for track in read.tracks
            if track.is_steady and track.finding is not None
        }
        if found:
            self._qualities[read.frame.index] = found
