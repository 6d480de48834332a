"""What the live page may ask of the running loop: try a source, start it, remember it."""

from __future__ import annotations

from pathlib import Path

import cv2

from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.frame import Frame, ScanArea
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.choose import available_sources, source_from_text
from senoscope.ui.pages.live import LiveActions, Preview
from senoscope.ui.settings import Settings, save_settings


class WatchedSource:
    """Another source, whose latest whole picture can be looked at while it runs.

    A camera cannot be opened twice, and the loop keeps nothing outside the scan area.
    """

    def __init__(self, text: str, source: Source) -> None:
        self.text = text
        self._source = source
        self.latest: Frame | None = None

    @property
    def name(self) -> str:
        """The watched source's."""
        return self._source.name

    @property
    def simulated(self) -> bool:
        """The watched source's."""
        return self._source.simulated

    @property
    def progress(self) -> float | None:
        """How far opening has come, 0..1, where the watched source says."""
        return getattr(self._source, "progress", None)

    def open(self) -> None:
        """Open the watched source."""
        self._source.open()

    def grab(self) -> Frame | None:
        """Grab from the watched source."""
        frame = self._source.grab()
        self.latest = frame or self.latest
        return frame

    def close(self) -> None:
        """Close the watched source."""
        self._source.close()


class LiveSession:
    """One running loop, and the settings that outlive it."""

    def __init__(
        self, loop: LiveLoop, source: WatchedSource, settings: Settings, settings_file: Path
    ) -> None:
        self._loop = loop
        self._source = source
        self._settings = settings
        self._settings_file = settings_file

    @property
    def actions(self) -> LiveActions:
        """For the page."""
        return LiveActions(
            known_sources=known_sources,
            preview=self.preview,
            start_source=self.start_source,
            first_run=lambda: self._settings.source is None,
        )

    def preview(self, text: str) -> Preview:
        """One whole picture of a source. SourceError or ImageError says why there is none."""
        running = self._source
        if text == running.text and running.latest is not None:
            return _preview(running.name, running.latest, self._loop.status().fps)
        source = source_from_text(text)
        try:
            source.open()
            frame = source.grab()
        finally:
            source.close()
        if frame is None:
            raise SourceUnavailable(
                f"{source.name} ended before its first picture. Choose another."
            )
        return _preview(source.name, frame, None)

    def start_source(self, text: str, scan_area: ScanArea | None) -> None:
        """Read `text` from now on and at the next start. StorageError when not remembered."""
        if text != self._source.text or self._loop.status().ended:
            source = WatchedSource(text, source_from_text(text, repeat=True))
            self._loop.switch_source(source, scan_area)
            self._source = source
        else:
            self._loop.switch_source(self._source, scan_area)
        self._settings = self._settings.with_source(text, scan_area)
        save_settings(self._settings, self._settings_file)


def known_sources() -> tuple[str, ...]:
    """Sources that need no typing, as `source_from_text` takes them."""
    cameras = (name for name, reason in available_sources() if reason is None)
    return ("phantom", *(name.removeprefix("camera ") for name in cameras if "camera " in name))


def _preview(name: str, frame: Frame, fps: float | None) -> Preview:
    return Preview(
        name=name,
        size=frame.size,
        fps=fps,
        simulated=frame.simulated,
        calibrated=frame.pixel_spacing is not None,
        jpeg=cv2.imencode(".jpg", frame.pixels)[1].tobytes(),
    )
