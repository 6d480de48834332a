"""What the live page may ask of the running loop: try a source, start it, remember it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from platformdirs import user_data_path

from senoscope.domain.errors import ImageError, SettingsError, SourceUnavailable
from senoscope.domain.frame import Frame, ScanArea
from senoscope.realtime.capture import RUN, Capture
from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.base import ComesBack, Source, Stills
from senoscope.realtime.sources.choose import (
    available_sources,
    is_built_in,
    normal_form,
)
from senoscope.realtime.sources.framing import Cut, Framing, usual_framing
from senoscope.ui.frames.key_frames import KeyFrame, KeyFrames
from senoscope.ui.live.exam_record import save_exam
from senoscope.ui.live.exam_recording import ExamRecording
from senoscope.ui.live.live_actions import LiveActions, Preview
from senoscope.ui.live.why import Explainer
from senoscope.ui.named_source import named_source
from senoscope.ui.settings import Settings, save_settings

PREVIEW_LIMIT_S = 15.0
"""A network stream may take five seconds to open and as long again for its first picture."""


class WatchedSource:
    """Another source, whose latest whole picture can be looked at while it runs.

    A camera cannot be opened twice, and the loop keeps nothing outside the scan area. With
    `on_first`, `open` also waits for the first usable picture, and fails where that call does.
    """

    def __init__(
        self, text: str, source: Source, on_first: Callable[[Frame], object] | None = None
    ) -> None:
        self.text = text
        self.latest: Frame | None = None
        self._source = source
        self._on_first = on_first
        self._first: Frame | None = None

    @property
    def name(self) -> str:
        """The watched source's."""
        return self._source.name

    @property
    def simulated(self) -> bool:
        """The watched source's."""
        return self._source.simulated

    @property
    def stills(self) -> bool:
        """The watched source's."""
        return isinstance(self._source, Stills) and self._source.stills

    @property
    def usual_cut(self) -> Cut:
        """The watched source's."""
        return usual_framing(self._source)

    @property
    def comes_back(self) -> bool:
        """The watched source's."""
        return isinstance(self._source, ComesBack) and self._source.comes_back

    @property
    def progress(self) -> float | None:
        """How far opening has come, 0..1, where the watched source says."""
        return getattr(self._source, "progress", None)

    def open(self) -> None:
        """Open the watched source."""
        self._source.open()
        if self._on_first is not None:
            self.latest = self._first = self._usable()
            self._on_first(self._first)

    def grab(self) -> Frame | None:
        """Grab from the watched source."""
        frame, self._first = self._first or self._source.grab(), None
        self.latest = frame or self.latest
        return frame

    def close(self) -> None:
        """Close the watched source."""
        self._source.close()

    def _usable(self) -> Frame:
        """The first picture that can be used; the last complaint where a whole run cannot."""
        for left in reversed(range(RUN)):
            try:
                frame = self._source.grab()
            except ImageError:
                if not left:
                    raise
            else:
                if frame is not None:
                    return frame
                break
        raise SourceUnavailable(f"The {self.name} ended before its first picture. Choose another.")


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What the page may start, and how: `rate_hz` and `size` as in `source_from_text`.

    Without `any_source` only the phantom, cameras, and what the loop was started with: who reaches
    the page from elsewhere must not look through this machine's files or network with it.
    """

    rate_hz: float | None = None
    size: tuple[int, int] = (1024, 768)
    any_source: bool = True


NO_RULES = SourceRules()


class LiveSession:
    """One running loop, and the settings that outlive it.

    `explainer` None where what the loop reads with cannot be explained. `kept` is the folder for
    exams and recordings, None for this user's.
    """

    def __init__(
        self,
        loop: LiveLoop,
        source: WatchedSource,
        settings: Settings,
        settings_file: Path,
        rules: SourceRules = NO_RULES,
        explainer: Explainer | None = None,
        kept: Path | None = None,
    ) -> None:
        self._loop = loop
        self._source = source
        self._given = source.text
        self._settings = settings
        self._settings_file = settings_file
        self._rules = rules
        self._explainer = explainer
        loop.aligned = settings.aligned
        kept = kept or kept_folder()
        self._exams = kept / "exams"
        self._key_frames = KeyFrames()
        loop.subscribe_read(self._key_frames.look)
        self._recording = ExamRecording(loop, kept / "recordings")
        self._starting, self._trying = Lock(), Lock()
        self.keep_study: Callable[[ExamSummary, Sequence[KeyFrame], str], None] | None = None
        """Told of an ended exam; returns at once, raises nothing. None: it becomes no study."""

    @property
    def source(self) -> WatchedSource:
        """The one that the loop reads."""
        return self._source

    @property
    def actions(self) -> LiveActions:
        """For the page."""
        return LiveActions(
            known_sources=known_sources,
            preview=self.preview,
            start_source=self.start_source,
            first_run=lambda: self._settings.source is None,
            exam=self._loop.exam,
            end_exam=self.end_exam,
            align=self.align,
            key_frames=self._key_frames,
            recording=self._recording,
            explain=None if self._explainer is None else self._explainer.explain,
        )

    def preview(self, text: str) -> Preview:
        """One whole picture of a source. SenoscopeError says why there is none."""
        text, normal = self._allowed(text)
        framing = self._settings.framings.get(normal)
        running = self._source
        if self._runs(normal) and running.latest is not None:
            return Preview.of(running, running.latest, self._loop.status().fps, framing)
        source = self._chosen(text, phantom_frames=1)
        return Preview.of(source, self._tried(source), None, framing)

    def start_source(self, text: str, framing: Framing | None) -> None:
        """Read `text` from now on and at the next start; None: in its usual framing.

        SenoscopeError where it cannot be opened or its pictures do not hold the area: the present
        source then goes on. StorageError when it was started and is not remembered.
        """
        text, normal = self._allowed(text)
        scan_area = framing if isinstance(framing, ScanArea) else None
        with self._starting:
            source = self._source
            if self._runs(normal) and (scan_area is None or source.latest is not None):
                if scan_area is not None and source.latest is not None:
                    scan_area.crop(source.latest)
            else:
                check = None if scan_area is None else scan_area.crop
                source = WatchedSource(text, self._chosen(text, repeat=True), check)
            framing = framing or usual_framing(source)
            self._loop.switch_source(source, framing)
            self._source = source
            if scan_area is not None and source.latest is not None:
                framing = replace(scan_area, picture=source.latest.size)
            self._settings = self._settings.with_source(normal, framing)
            save_settings(self._settings, self._settings_file)

    def align(self, wanted: bool) -> None:
        """Let frames wait for their own readings, or not. StorageError: it is not remembered."""
        self._loop.aligned = wanted
        with self._starting:
            self._settings = replace(self._settings, aligned=wanted)
            save_settings(self._settings, self._settings_file)

    def end_exam(self, patient: str = "", who: str = "") -> ExamSummary:
        """Begin another exam, and keep what the ended one came to, if anything.

        StorageError when it has ended and cannot be kept.
        """
        self._recording.stop()
        kept = self._key_frames.all()
        ended = self._loop.begin_exam(patient)
        self._key_frames.begin(self._loop.exam().name)
        if ended.books.captured:
            try:
                save_exam(ended, kept, self._exams)
            finally:
                if self.keep_study is not None:
                    self.keep_study(ended, kept, who)
        return ended

    def _allowed(self, text: str) -> tuple[str, str]:
        """What to open for `text`, and its normal form. SettingsError where the page may not."""
        normal = normal_form(text)
        if self._rules.any_source or is_built_in(normal):
            return text, normal
        if normal == normal_form(self._given):
            return self._given, normal
        raise SettingsError(
            "This page is served to other machines, so it only starts the phantom, cameras and "
            "the source Senoscope was started with. Start it with senoscope live --source for "
            "another."
        )

    def _runs(self, normal: str) -> bool:
        """Whether the source of that normal form is the one the loop reads, and did not end."""
        return normal == normal_form(self._source.text) and not self._loop.status().ended

    def _chosen(self, text: str, *, repeat: bool = False, phantom_frames: int = 150) -> Source:
        return named_source(
            text,
            rate_hz=self._rules.rate_hz,
            size=self._rules.size,
            repeat=repeat,
            phantom_frames=phantom_frames,
        )

    def _tried(self, source: Source) -> Frame:
        """Its first usable picture. A device that hangs is given up, and left to its own thread."""
        if not self._trying.acquire(timeout=PREVIEW_LIMIT_S):
            raise SourceUnavailable(
                "Another source is still being tried. Wait until that has ended, then try again."
            )
        frames: list[Frame] = []
        capture = Capture(WatchedSource("", source, frames.append), lambda _frame, _cpu_ns: None)
        try:
            capture.open()
            capture.wait_open(PREVIEW_LIMIT_S)
        finally:
            capture.stop()
            self._trying.release()
        return frames[0]


def kept_folder() -> Path:
    """Where the exams, recordings and reviews of this user are."""
    return user_data_path("senoscope", appauthor=False)


def known_sources() -> tuple[str, ...]:
    """Sources that need no typing, as `source_from_text` takes them."""
    cameras = (name for name, reason in available_sources() if reason is None)
    return ("phantom", *(name.removeprefix("camera ") for name in cameras if "camera " in name))
