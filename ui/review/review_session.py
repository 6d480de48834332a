"""What the review page may ask: open one clip, look at it, judge it, close it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from senoscope.calibration.screen.field_of_view import NoField
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.errors import SenoscopeError, SettingsError, SourceUnavailable
from senoscope.domain.frame import ScanArea
from senoscope.realtime.clip_review import ClipReview, ReviewState
from senoscope.realtime.look_ahead import find_ahead
from senoscope.realtime.recording.recorded_readings import RecordedReadings
from senoscope.realtime.recording.recording_file import RecordingFile
from senoscope.realtime.recording.recording_format import ENDING
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.framing import Cut, Framing, usual_framing
from senoscope.realtime.sources.recording import RecordingSource
from senoscope.realtime.worker import BuildReader, FrameReader
from senoscope.ui.frames.measured_facts import measured_facts
from senoscope.ui.frames.overlay import Header, framing_header
from senoscope.ui.named_source import named_source
from senoscope.ui.review.clip_export import readings_json
from senoscope.ui.review.clip_video import write_video
from senoscope.ui.review.open_clip import FollowedLesion, OpenClip
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

    def read_again(self, framing: Framing) -> None:
        """Read the open clip anew; an area is one of the picture now shown."""
        clip = self.clip
        within = clip.review.scan_area
        if isinstance(framing, ScanArea) and within is not None:
            left, top = within.left + framing.left, within.top + framing.top
            framing = ScanArea(left, top, framing.width, framing.height)
        self._open(clip.path, clip.name, clip.is_upload, framing)

    def exportable(self) -> OpenClip:
        """The open clip. SettingsError where a name might stand on its pictures unasked."""
        clip = self.clip
        if clip.no_field is not None:
            raise SettingsError(
                f"Nothing is exported of this clip yet: {clip.no_field.value} Or read the whole "
                "picture, if no name stands on it."
            )
        return clip

    def film(self) -> Iterator[float]:
        """Make the video of what is `exportable`; see `write_video`."""
        clip = self.exportable()
        yield from write_video(clip, clip.video)

    def _open(
        self,
        path: Path,
        name: str,
        is_upload: bool = False,
        framing: Framing | None = None,
    ) -> None:
        recorded = RecordedReadings() if path.suffix == ENDING and framing is None else None
        if recorded is None:
            source: Source = named_source(str(path), flat_out=True)
        else:
            source = RecordingSource(path, flat_out=True, hear_reading=recorded.hear)
        framing = framing or usual_framing(source)
        ahead: ScreenTemplate | NoField | None = None
        if framing is Cut.FOUND:
            ahead = _ahead(path, name)
            framing = Cut.WHOLE if isinstance(ahead, NoField) else Cut.FOUND
        templates = (ahead,) if isinstance(ahead, ScreenTemplate) else ()
        with self._opening:
            self._close(of=path)
            review = ClipReview(
                source, self._build_reader, self._kept / "reviewed", framing, templates
            )
            clip = OpenClip(review, path, name, is_upload, framing, recorded)
            clip.no_field = ahead if isinstance(ahead, NoField) else None
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
        frames = review.frames()
        agreement = None if clip.recorded is None else clip.recorded.agreement
        return {
            "state": review.state.value,
            # Of a clip that is being read, its lesions change with every frame.
            "version": clip.version + done,
            "name": clip.name,
            "message": clip.message or _unmasked(clip.no_field),
            "progress": {"read": progress.read, "of": progress.of, "left_s": progress.left_s},
            "frames": progress.read,
            "size": None if review.size is None else list(review.size),
            "rate_hz": clip.rate_hz(),
            "simulated": status.simulated,
            "calibrated": bool(frames) and frames[-1].spacing is not None,
            "framing": framing_header(clip.framing),
            "no_field": None if clip.no_field is None else clip.no_field.value,
            "engine": status.engine,
            "models": list(status.models),
            "same": None
            if agreement is None or not agreement.compared
            else {"compared": agreement.compared, "same": agreement.same},
            "lesions": [_lesion(clip, each) for each in clip.lesions()],
        }


def _ahead(path: Path, name: str) -> ScreenTemplate | NoField:
    """The field of view of a file, which messages call by the name that its reader knows."""
    try:
        return find_ahead(named_source(str(path), flat_out=True))
    except SenoscopeError as error:
        raise SourceUnavailable(str(error).replace(str(path), name)) from error


def _unmasked(no_field: NoField | None) -> str:
    if no_field is None:
        return ""
    return f"{no_field.value} Until then all of it is read, and no picture of it is exported."


def _lesion(clip: OpenClip, each: FollowedLesion) -> Header:
    track, on = each.track, clip.measured_frame(each.spacing)
    return {
        "number": track.number,
        "suspicion": track.suspicion,
        "probability": round(track.probability, 2),
        "range": [round(track.lowest, 2), round(track.highest, 2)],
        "seen": track.seen,
        "agree": track.agree,
        "first": each.first,
        "last": each.last,
        "measured": measured_facts(each.lesion, on, each.is_drawn),
        "key_frame": each.key_frame,
        "edited": list(each.edited),
        **asdict(each.remark),
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
    "framing": Cut.WHOLE.value,
    "no_field": None,
    "engine": "",
    "models": [],
    "same": None,
    "lesions": [],
}
