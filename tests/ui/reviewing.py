"""A review page's server, with a clip of even frames and a fake reader that finds one lesion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.recording.recorder import Recorder
from senoscope.realtime.recording.recording_format import RecordingHeader
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.review.review_session import ReviewSession
from tests import builders
from tests.fakes import BuildFakeReader, FakeLiveLoop, FakeReader
from tests.realtime.running import until
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.opened import Asked, Served

FRAMES = 24
STEP_NS = 40_000_000
SPACING = PixelSpacing(0.1, 0.2)


@dataclass
class Reviewing(Served):
    session: ReviewSession
    kept: Path

    def read(self) -> Any:
        """The state once nothing is being read any more."""
        until(lambda: self.asked("/clip")["state"] != "reading")
        return self.asked("/clip")


def recorded_clip(
    folder: Path,
    frames: int = FRAMES,
    presence: float | None = None,
    cut: ScanArea | None = None,
) -> Path:
    """A recording of even frames, each with the reading that a FakeReader makes of it.

    With `presence` the readings say that, which no FakeReader says of these frames. `cut` is what
    of the phantom's pictures was recorded.
    """
    recorder = Recorder(folder)
    recorder.start(RecordingHeader("phantom", (96, 64), simulated=True, scan_area=cut))
    for index in range(frames):
        at_ns = 1000 + STEP_NS * index
        frame = builders.frame(index, value=index, captured_at_ns=at_ns, pixel_spacing=SPACING)
        recorder.add_frame(frame)
        said = index / 255 if presence is None else presence
        recorder.add_reading(builders.reading(index, presence=said))
    return recorder.stop()


@contextmanager
def reviewing(kept: Path, reader: FakeReader | None = None) -> Iterator[Reviewing]:
    """Serve a review page; what it keeps is below `kept`."""
    session = ReviewSession(BuildFakeReader(reader or FakeReader()), kept)
    settings = PageSettings(kept / "snapshots", OPERATING_POINT)
    actions = replace(Asked().actions, review=session)
    app = build_app(FakeLiveLoop([], status()), actions, settings)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        try:
            yield Reviewing(client, session, kept)
        finally:
            session.close()
