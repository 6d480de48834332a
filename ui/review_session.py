"""What the review page may ask: open one clip, look at it, judge it, close it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from senoscope.domain.errors import SenoscopeError, SettingsError, SourceUnavailable
from senoscope.domain.frame import PixelSpacing, ScanArea
from senoscope.realtime.clip_review import ClipReview, ReviewState
from senoscope.realtime.recorded_readings import RecordedReadings
from senoscope.realtime.recording_file import RecordingFile
from senoscope.realtime.recording_format import ENDING
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.recording import RecordingSource
from senoscope.realtime.worker import BuildReader, FrameReader
from senoscope.ui.clip_export import readings_json
from senoscope.ui.named_source import named_source
from senoscope.ui.open_clip import FollowedLesion, OpenClip
from senoscope.ui.overlay import Header
from senoscope.ui.written import write_text

LEFT_BEHIND_S = 24 * 3600.0
YIELDS = 10
"""Niceness of the process that reads a clip: who scans meanwhile comes first."""


@dataclass(frozen=True)
class Unhurried:
    """Builds a reader in a process that lets others go first."""

    build_reader: BuildReader

    def __call__(self) -> FrameReader:
        """In the AI process."""
        if hasattr(os, "nice"):
            os.nice(YIELDS)
        return self.build_reader()


@dataclass(frozen=True, slots=True)
class KeptRecording:
    """One that can be reviewed. `seconds` of its file's life, `megabytes` of its size."""

    name: str
    began_at: datetime
    seconds: float
    megabytes: float


class ReviewSession:
    """At most one clip is open. Any thread may ask; SenoscopeErrors say why not.

    `kept` is the folder of this user's recordings and reviews. A clip that was judged or drawn on
    is kept there when it is closed, so that nobody's work is lost by opening the next.
    """

    def __init__(self, build_reader: BuildReader, kept: Path) -> None:
        self._build_reader = Unhurried(build_reader)
        self._kept = kept
        self._opening = Lock()
        self._clip: OpenClip | None = None
        self._version = 0
        """Of the state while nothing is open; a clip counts on from it."""
        self._forget_uploads()

    @property
    def uploads(self) -> Path:
        """Where what is sent is put until it is closed."""
        return self._kept / "uploads"

    @property
    def clip(self) -> OpenClip:
        """The open one. SettingsError: there is none."""
        clip = self._clip
        if clip is None:
            raise SettingsError("No clip is open. Choose a recording or drop a file first.")
        return clip

    def recordings(self) -> tuple[KeptRecording, ...]:
        """The newest first."""
        found = []
        for path in self._recordings().glob(f"*{ENDING}"):
            try:
                file = RecordingFile(path)
            except SourceUnavailable:
                continue
            began_at, facts = file.header.started_at, path.stat()
            file.close()
            lasted = facts.st_mtime - began_at.timestamp()
            found.append(KeptRecording(path.name, began_at, max(lasted, 0), facts.st_size / 2**20))
        return tuple(sorted(found, key=lambda each: each.began_at, reverse=True))

    def open_recording(self, name: str) -> None:
        """One of `recordings`."""
        if name not in {each.name for each in self.recordings()}:
            raise SettingsError(f"No recording {name!r} is kept. Choose one of the list.")
        self._open(self._recordings() / name, name)

    def open_upload(self, path: Path, name: str) -> None:
        """A file below `uploads`, which is deleted once it is closed, or cannot be opened."""
        try:
            self._open(path, name, is_upload=True)
        except SenoscopeError:
            path.unlink(missing_ok=True)
            raise

    def cancel(self) -> None:
        """Read no further."""
        self.clip.review.cancel()

    def close(self) -> None:
        """Let go of the clip; what was judged and drawn is kept. Safe where none is open."""
        with self._opening:
            self._close()

    def state(self) -> Header:
        """What the page shows of it, JSON-ready."""
        clip = self._clip
        return EMPTY | {"version": self._version} if clip is None else self._described(clip)

    def read_again(self, area: ScanArea | None) -> None:
        """Read the open clip anew within `area` of the picture now shown; None: all of it."""
        clip = self.clip
        if area is not None and clip.scan_area is not None:
            left, top = clip.scan_area.left + area.left, clip.scan_area.top + area.top
            area = ScanArea(left, top, area.width, area.height)
        self._open(clip.path, clip.name, clip.is_upload, area)

    def _open(
        self, path: Path, name: str, is_upload: bool = False, area: ScanArea | None = None
    ) -> None:
        recorded = RecordedReadings() if path.suffix == ENDING and area is None else None
        if recorded is None:
            source: Source = named_source(str(path), flat_out=True)
        else:
            source = RecordingSource(path, flat_out=True, hear_reading=recorded.hear)
        with self._opening:
            self._close(of=path)
            review = ClipReview(source, self._build_reader, self._kept / "reviewed", area)
            clip = OpenClip(review, path, name, is_upload, area, recorded)
            clip.version = self._version + 1
            self._clip = clip
            review.start()

    def _close(self, of: Path | None = None) -> None:
        """`of` is read again: its file stays."""
        clip = self._clip
        if clip is None:
            return
        # Where it cannot be kept, it stays open: nothing is lost.
        if clip.changes:
            began = datetime.now(UTC).astimezone()
            file = self._kept / "reviews" / f"review_{began:%Y%m%d-%H%M%S}.json"
            write_text(file, readings_json(clip), private=True)
        self._clip, self._version = None, clip.version + 2
        clip.close(keep_file=clip.path == of)

    def _forget_uploads(self) -> None:
        """What a program that was killed left behind. Another may run, and use what is newer."""
        for path in self.uploads.glob("*"):
            if path.is_file() and time.time() - path.stat().st_mtime > LEFT_BEHIND_S:
                path.unlink(missing_ok=True)

    def _recordings(self) -> Path:
        return self._kept / "recordings"

    def _described(self, clip: OpenClip) -> Header:
        review, status, progress = clip.review, clip.review.status, clip.review.progress
        done = review.state is not ReviewState.READING
        spacing = review.pixel_spacing
        agreement = None if clip.recorded is None else clip.recorded.agreement
        return {
            "state": review.state.value,
            # Of a clip that is being read, its lesions change with every frame.
            "version": clip.version + done,
            "name": clip.name,
            "message": clip.message,
            "progress": {"read": progress.read, "of": progress.of, "left_s": progress.left_s},
            "frames": progress.read,
            "size": None if review.size is None else list(review.size),
            "rate_hz": clip.rate_hz(),
            "simulated": status.simulated,
            "calibrated": spacing is not None,
            "scan_area": None
            if clip.scan_area is None
            else [getattr(clip.scan_area, side) for side in ("left", "top", "width", "height")],
            "engine": status.engine,
            "models": list(status.models),
            "same": None
            if agreement is None or not agreement.compared
            else {"compared": agreement.compared, "same": agreement.same},
            "lesions": [_lesion(each, spacing) for each in clip.lesions()],
        }


def _lesion(each: FollowedLesion, spacing: PixelSpacing | None) -> Header:
    track, remark = each.track, each.remark
    return {
        "number": track.number,
        "suspicion": track.suspicion,
        "probability": round(track.probability, 2),
        "range": [round(track.lowest, 2), round(track.highest, 2)],
        "seen": track.seen,
        "agree": track.agree,
        "first": each.first,
        "last": each.last,
        "axes_mm": None
        if spacing is None
        else [round(axis, 1) for axis in each.lesion.axes_mm(spacing)],
        "key_frame": each.key_frame,
        "edited": list(each.edited),
        "verdict": remark.verdict.value,
        "side": remark.side.value,
        "clock": remark.clock,
        "from_nipple_cm": remark.from_nipple_cm,
        "note": remark.note,
    }


EMPTY: Header = {
    "state": "empty",
    "version": 0,
    "name": "",
    "message": "",
    "progress": {"read": 0, "of": None, "left_s": None},
    "frames": 0,
    "size": None,
    "rate_hz": 30.0,
    "simulated": False,
    "calibrated": False,
    "scan_area": None,
    "engine": "",
    "models": [],
    "same": None,
    "lesions": [],
}
